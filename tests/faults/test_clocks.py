"""No change is skipped, whatever the source's clock does (G7)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.faults import checks
from tests.faults.arena import Arena

NOON = datetime(2026, 5, 20, 12, 0)


def carried_at(arena: Arena, now: datetime) -> None:
    """The company as it is was carried when POHODA's clock showed this time, and never before."""
    with arena.ledger.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM cursors")
    arena.clock(lambda: now)
    arena.agendas = ("clients",)
    arena.round()
    arena.round()


def is_taken(arena: Arena, change: Callable[[], None], row: int, phone: str) -> None:
    change()
    arena.round()
    assert arena.client(row)["Phone"] == phone, "a change was skipped"
    arena.recover()
    checks.equal_of(arena, "clients")


def edited(arena: Arena, row: int, phone: str, **more: object) -> Callable[[], None]:
    return lambda: arena.pohoda.edit("AD", row, Tel=phone, **more)


@pytest.mark.parametrize("back", [3, 30, 60, 600, 60 * 24 * 40])
def test_the_clock_was_set_back(carried: Arena, back: int) -> None:
    """Set back by so many minutes between two runs; the row bears a stamp long before the cursor."""
    clock_set_back(carried, timedelta(minutes=back))


def clock_set_back(arena: Arena, back: timedelta) -> None:
    carried_at(arena, NOON)
    row = arena.companies()[0]["ID"]
    for minutes, phone in ((1, "+421 1"), (11, "+421 2"), (70, "+421 3")):
        now = NOON - back + timedelta(minutes=minutes)
        arena.clock(lambda now=now: now)
        is_taken(arena, edited(arena, row, phone), row, phone)


def test_the_clock_went_back_unseen_between_two_runs(carried: Arena) -> None:
    """By half an hour, an hour ago: the source's time is later than the cursor again, the row's stamp is not."""
    carried_at(carried, NOON)
    hour_ago(carried)
    row = carried.companies()[0]["ID"]
    carried.clock(lambda: NOON + timedelta(minutes=30))
    is_taken(carried, edited(carried, row, "+421 1", DatSave=NOON - timedelta(minutes=20)), row, "+421 1")


def hour_ago(arena: Arena) -> None:
    """Our own clock moved on by an hour since the last run."""
    with arena.ledger.transaction() as connection:
        connection.exec_driver_sql("UPDATE runs SET started = datetime(started, '-1 hour')")


@pytest.mark.parametrize("late", [10, 60, 240])
def test_a_row_committed_later_than_its_stamp(carried: Arena, late: int) -> None:
    committed_late(carried, timedelta(seconds=late))


def committed_late(arena: Arena, late: timedelta) -> None:
    """A long transaction: the stamp lies before the cursor when the row can first be seen."""
    carried_at(arena, NOON)
    row = arena.companies()[0]["ID"]
    is_taken(arena, edited(arena, row, "+421 1", DatSave=NOON - late), row, "+421 1")


def test_summer_time_ends(carried: Arena) -> None:
    """2:59 comes before 2:05: an hour of stamps comes twice."""
    before, after = datetime(2026, 10, 25, 2, 59), datetime(2026, 10, 25, 2, 5)
    carried_at(carried, before)
    row = carried.companies()[0]["ID"]
    carried.clock(lambda: after)
    is_taken(carried, edited(carried, row, "+421 1"), row, "+421 1")
    carried.clock(lambda: datetime(2026, 10, 25, 3, 1))
    is_taken(carried, edited(carried, row, "+421 2"), row, "+421 2")


def test_summer_time_begins(carried: Arena) -> None:
    carried_at(carried, datetime(2026, 3, 29, 1, 59))
    row = carried.companies()[0]["ID"]
    carried.clock(lambda: datetime(2026, 3, 29, 3, 0))
    is_taken(carried, edited(carried, row, "+421 1"), row, "+421 1")


@pytest.mark.parametrize("page", [1, 2, 3])
def test_equal_stamps_across_the_border_of_a_page(arena: Arena, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    """Every row saved in the same second, read in pages that end anywhere, rows saved meanwhile."""
    from pohoda_bridge.pohoda.sql import reader

    monkeypatch.setattr(reader, "PAGE", page)
    arena.clock(lambda: NOON)
    for company in arena.pohoda.rows("SELECT ID FROM AD"):
        arena.pohoda.edit("AD", company["ID"], Okres="Nové")
    arena.round()
    for company in arena.companies():
        arena.pohoda.edit("AD", company["ID"], Tel="+421 7")
    counts = arena.run("clients")
    assert counts["updated"] == len(arena.companies())
    arena.round()
    checks.at_rest(arena)
    checks.equal(arena)
