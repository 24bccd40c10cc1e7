"""The service's own clock: it runs, and tests can move it ahead of ours or behind."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

Now = Callable[[], datetime]


class Clock:
    """A moment is aware UTC inside and naive local time on the wire; a naive value of the source is local."""

    def __init__(self, zone: str, source: Now | None = None) -> None:
        self.zone = ZoneInfo(zone)
        self._source = source or (lambda: datetime.now(UTC))
        self._shift = timedelta()

    def now(self) -> datetime:
        return self.utc(self._source()) + self._shift

    def advance(self, seconds: float) -> None:
        self._shift += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        self._shift = self.utc(moment) - self.utc(self._source())

    def text(self, form: str, moment: datetime | None = None) -> str:
        """The moment (now when left out) in the wire's form, local and cut to what the form carries."""
        return (moment or self.now()).astimezone(self.zone).strftime(form)

    def utc(self, moment: datetime) -> datetime:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)
