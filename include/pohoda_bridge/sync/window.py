"""Which part of the source a run reads: from the cursor with an overlap, all of it, or what was asked for."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pohoda_bridge.ledger import Request
from pohoda_bridge.side import Window

OVERLAP = timedelta(minutes=5)
CLOCK_CHANGE_OVERLAP = timedelta(minutes=75)
"""Rows saved shortly before the cursor may have been committed after it was read, so a read reaches back a little."""


def window_of(request: Request, cursor: datetime | None, timezone: str) -> Window:
    """The window to read. Without a cursor an incremental run reads everything."""
    if request.mode == "ids":
        return Window(ids=request.ids)
    if request.mode == "window":
        return Window(since=request.since, until=request.until)
    if request.mode == "full" or cursor is None:
        return Window()
    return Window(since=cursor - overlap(cursor, ZoneInfo(timezone)))


def reaching_back(window: Window, now: datetime, age: timedelta, timezone: str) -> Window:
    """The window, or a longer one when the source's clock was set back; `now` is its time, `age` the cursor's.

    Whatever was saved since the cursor bears a stamp after the cursor, or, by a clock set back, after `now - age`.
    """
    begun = now - age
    if window.since is None or begun >= window.since:
        return window
    return replace(window, since=begun - overlap(begun, ZoneInfo(timezone)))


def overlap(cursor: datetime, zone: ZoneInfo) -> timedelta:
    """How far to reach back: over an hour when the zone's clock was changed within a day of the cursor.

    POHODA's times are local and without a zone: when the clock goes back, an hour of them comes twice.
    """
    day = timedelta(days=1)
    offsets = {(cursor + shift).replace(tzinfo=zone).utcoffset() for shift in (-day, timedelta(), day)}
    return CLOCK_CHANGE_OVERLAP if len(offsets) > 1 else OVERLAP
