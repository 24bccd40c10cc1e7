"""What a run reads, and how far it reaches back over a change of the clock."""

from datetime import datetime, timedelta

import pytest

from pohoda_bridge.ledger import Request
from pohoda_bridge.side import Window
from pohoda_bridge.sync.window import window_of

ZONE = "Europe/Bratislava"
PLAIN, LONG = timedelta(minutes=5), timedelta(minutes=75)


def _reach(cursor: str) -> timedelta:
    at = datetime.fromisoformat(cursor)
    window = window_of(Request(), at, ZONE)
    assert window.since is not None
    assert (window.until, window.ids) == (None, None)
    return at - window.since


@pytest.mark.parametrize(
    ("cursor", "reach"),
    [
        ("2026-07-15T12:00:00", PLAIN),
        ("2026-12-15T12:00:00", PLAIN),
        ("2026-03-28T01:00:00", PLAIN),  # 25 hours before the clock goes forward on 29 March 2026 at 2:00
        ("2026-03-29T01:59:59", LONG),
        ("2026-03-29T03:00:00", LONG),
        ("2026-03-30T01:00:00", LONG),
        ("2026-03-31T04:00:00", PLAIN),
        ("2026-10-24T01:00:00", PLAIN),  # the clock goes back on 25 October 2026 at 3:00, 2:00 to 3:00 comes twice
        ("2026-10-25T01:59:59", LONG),
        ("2026-10-25T02:30:00", LONG),
        ("2026-10-25T03:10:00", LONG),
        ("2026-10-27T04:00:00", PLAIN),
    ],
)
def test_the_overlap(cursor: str, reach: timedelta) -> None:
    assert _reach(cursor) == reach


def test_a_row_saved_in_the_hour_that_came_twice_is_read() -> None:
    """The cursor stood at 2:59 (first time); a row saved 10 minutes later, at 2:09 by the clock, is in the window."""
    window = window_of(Request(), datetime(2026, 10, 25, 2, 59), ZONE)
    assert window.since is not None
    assert window.since <= datetime(2026, 10, 25, 2, 9)


def test_a_zone_without_a_change_has_the_plain_overlap() -> None:
    assert window_of(Request(), datetime(2026, 10, 25, 2, 30), "UTC").since == datetime(2026, 10, 25, 2, 25)


def test_what_each_request_reads() -> None:
    cursor, early, late = (datetime(2026, 7, day) for day in (20, 1, 2))
    assert window_of(Request("full"), cursor, ZONE) == Window()
    assert window_of(Request(), None, ZONE) == Window()
    assert window_of(Request("ids", ids=("a", "b")), cursor, ZONE) == Window(ids=("a", "b"))
    assert window_of(Request("window", early, late), cursor, ZONE) == Window(early, late)
    assert window_of(Request("window", early, None), cursor, ZONE) == Window(early)
