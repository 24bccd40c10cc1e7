"""What each kind of run reads: the cursor, the form, or the data interval of a backfill."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.ledger import Request
from pohoda_bridge.trigger import local_window, request_of, technical_ids, told

ZONE = "Europe/Bratislava"
NONE = (None, None)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return at(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("run_type", ["scheduled", "asset_triggered", "asset_materialization"])
def test_a_tick_reads_from_the_cursor_whatever_its_interval_and_form_say(run_type: str) -> None:
    interval = (utc("2026-01-01T00:00"), utc("2026-01-01T00:15"))
    assert request_of(run_type, {"mode": "full"}, interval, ZONE) == Request()


@pytest.mark.parametrize("run_type", ["manual", "operator_triggered", "a type of a later Airflow"])
def test_any_other_run_does_what_its_form_says(run_type: str) -> None:
    assert request_of(run_type, {"mode": "full", "dry_run": True}, NONE, ZONE) == Request("full", dry_run=True)


@pytest.mark.parametrize(
    ("params", "request_"),
    [
        ({}, Request()),
        ({"mode": "incremental", "since": None, "until": None, "ids": [], "dry_run": False}, Request()),
        ({"dry_run": True}, Request(dry_run=True)),
        ({"mode": "full"}, Request("full")),
        ({"mode": "window", "since": "2026-01-31T08:00:00"}, Request("window", at("2026-01-31T08:00"))),
        ({"mode": "window", "since": "2026-01-31T07:00:00Z"}, Request("window", at("2026-01-31T08:00"))),
        ({"until": "2026-07-31T08:00:00+00:00"}, Request("window", None, at("2026-07-31T10:00"))),
        ({"ids": ["17", " 2026/AD/18 "]}, Request("ids", ids=("17", "2026/AD/18"))),
    ],
)
def test_the_form(params: dict[str, Any], request_: Request) -> None:
    assert request_of("manual", params, NONE, ZONE) == request_


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"mode": "window"}, "needs `since`"),
        ({"mode": "everything"}, "unknown mode 'everything'"),
        ({"mode": "full", "since": "2026-01-01T00:00:00"}, "mode `full` reads everything"),
        ({"since": "yesterday"}, "`since` is no time: 'yesterday'"),
        ({"since": "2026-01-02T00:00:00", "until": "2026-01-02T00:00:00"}, "must be before"),
        ({"mode": "full", "ids": ["1"]}, "`ids` names the records already"),
        ({"ids": ["1"], "until": "2026-01-02T00:00:00"}, "`ids` names the records already"),
    ],
)
def test_a_form_that_contradicts_itself_is_refused(params: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError) as raised:
        request_of("manual", params, NONE, ZONE)
    assert says in raised.value.text


def test_a_backfill_reads_its_interval_in_the_units_time_and_never_moves_the_cursor() -> None:
    interval = (utc("2026-01-10T23:00"), utc("2026-01-11T23:00"))
    asked = request_of("backfill", {"mode": "full", "dry_run": False}, interval, ZONE)
    assert asked == Request("window", at("2026-01-11T00:00"), at("2026-01-12T00:00"))
    assert not asked.moves_cursor
    assert request_of("backfill", {"dry_run": True}, interval, ZONE).dry_run


def test_a_backfill_without_an_interval_is_refused() -> None:
    with pytest.raises(SettingsError):
        request_of("backfill", {}, NONE, ZONE)


@pytest.mark.parametrize(
    ("start", "end", "since", "until"),
    [
        # The clock goes forward on 29 March 2026, 02:00 -> 03:00 (01:00 UTC): an hour does not exist.
        ("2026-03-28T23:00", "2026-03-29T22:00", "2026-03-29T00:00", "2026-03-30T00:00"),
        ("2026-03-29T00:45", "2026-03-29T01:00", "2026-03-29T01:45", "2026-03-29T03:00"),
        # It goes back on 25 October 2026, 03:00 -> 02:00 (01:00 UTC): an hour comes twice.
        ("2026-10-24T22:00", "2026-10-25T23:00", "2026-10-24T23:00", "2026-10-26T01:00"),
        ("2026-10-25T00:45", "2026-10-25T01:00", "2026-10-25T01:45", "2026-10-25T03:00"),
        ("2026-10-25T00:30", "2026-10-25T01:15", "2026-10-25T01:30", "2026-10-25T03:15"),
        ("2026-10-25T01:15", "2026-10-25T01:30", "2026-10-25T02:15", "2026-10-25T02:30"),
    ],
)
def test_the_window_of_an_interval_around_a_change_of_the_clock(start: str, end: str, since: str, until: str) -> None:
    window = local_window(utc(start), utc(end), ZoneInfo(ZONE))
    assert window == (at(since), at(until))


def loses(window: Any, start: datetime, end: datetime, moment: datetime) -> bool:
    """Whether a row saved at the moment, within the interval, is not within the window."""
    since, until = window(start, end, ZoneInfo(ZONE))
    local = moment.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)
    return start <= moment < end and not since <= local < until


MOMENTS = st.integers(0, 60 * 24 * 365).map(lambda minutes: utc("2026-01-01T00:00") + timedelta(minutes=minutes))
AUTUMN = st.integers(-180, 180).map(lambda minutes: utc("2026-10-25T01:00") + timedelta(minutes=minutes))


@given(st.lists(MOMENTS, min_size=3, max_size=3) | st.lists(AUTUMN, min_size=3, max_size=3))
def test_a_row_saved_in_the_interval_lies_in_its_window(moments: list[datetime]) -> None:
    start, moment, end = sorted(moments)
    assert not loses(local_window, start, end, moment)


def test_a_window_of_plain_local_times_would_lose_the_first_pass_of_the_hour_that_comes_twice() -> None:
    def plain(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
        return start.astimezone(zone).replace(tzinfo=None), end.astimezone(zone).replace(tzinfo=None)

    start, moment, end = utc("2026-10-25T00:45"), utc("2026-10-25T00:50"), utc("2026-10-25T01:00")
    assert loses(plain, start, end, moment)
    assert not loses(local_window, start, end, moment)


def test_a_bare_number_is_pohodas_own_id_in_the_newest_year() -> None:
    flow = open_catalogue().flow("gram", "addresses", "to_crm")
    assert technical_ids(flow, ("17", "2025/AD/18")) == ("2026/ADdodaci/17", "2025/AD/18")


def test_a_request_in_words_names_no_record() -> None:
    assert told(Request()) == "incremental"
    assert told(Request("ids", ids=("1", "2"), dry_run=True)) == "ids, 2 records by id, dry run: nothing is written"
    assert "from 2026-01-01 00:00:00 to before now" in told(Request("window", at("2026-01-01T00:00")))
