"""Quiet hours: spans of a unit's local day in which its mServer is left alone, for backups and updates."""

import re
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


def span(text: str) -> tuple[time, time]:
    """`22:00-23:30`; the end may lie after midnight. ValueError says what is wrong."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"quiet hours are written like 22:00-23:30, not {text!r}")
    first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    if first == last:
        raise ValueError(f"quiet hours {text!r} have no length")
    return first, last


def quiet_until(spans: Iterable[str], zone: ZoneInfo, now: float) -> datetime | None:
    """When the quiet hours at this moment (seconds since the epoch) end, in local time; None outside of them.

    Spans that follow each other are one. The beginning belongs to a span, the end does not.
    """
    known = [span(text) for text in spans]
    here = moment = datetime.fromtimestamp(now, zone)
    for _ in known:
        ends = [_end(one, moment) for one in known]
        moment = max((end for end in ends if end is not None), default=moment, key=datetime.timestamp)
    return None if moment == here else moment


def _end(one: tuple[time, time], moment: datetime) -> datetime | None:
    first, last = one
    clock = moment.time()
    inside = first <= clock < last if first < last else clock >= first or clock < last
    if not inside:
        return None
    day = moment.date() + timedelta(days=1 if first > last and clock >= first else 0)
    return datetime.combine(day, last, moment.tzinfo)
