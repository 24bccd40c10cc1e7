"""Windows of time over a service's own clock: where one begins, and what was saved within it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def earliest(since: datetime | None, overlap_seconds: int, zone: ZoneInfo) -> datetime | None:
    """The start of a window less the overlap; in the hour that a clock change repeats, less that hour too."""
    if since is None:
        return None
    begin = since - timedelta(seconds=overlap_seconds)
    first, second = (begin.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return begin - max(timedelta(), (first or timedelta()) - (second or timedelta()))


def within(saved: datetime | None, begin: datetime | None, until: datetime | None) -> bool:
    """A record without a time is always read: nothing says that it did not change."""
    return saved is None or ((begin is None or saved >= begin) and (until is None or saved < until))
