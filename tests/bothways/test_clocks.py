"""No change of the CRM is skipped on its way to POHODA, whatever the clocks of the two sides do (G7)."""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pohoda_bridge.ledger.schema import metadata
from tests.both import KINDS, Both

NOON = datetime(2026, 5, 20, 12, 0)
NUMBERS = itertools.count(1)


@pytest.fixture(params=KINDS)
def carried(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    """A client and its company, bound."""
    with Both.open(request.param, tmp_path, monkeypatch) as both:
        both.add(name="Alfa s.r.o.", city="Žilina")
        both.sync("clients", "to_pohoda")
        both.sync("clients", "to_crm")
        yield both


def carried_at(both: Both, now: datetime) -> None:
    """The records as they are were carried when the CRM's clock showed this time, and never before."""
    with both.job() as job, job.ledger.transaction() as ledger:
        ledger.execute(metadata.tables["cursors"].delete())
    both.crm.clock.set(now)
    both.sync("clients", "to_pohoda")
    assert both.sync("clients", "to_pohoda") in ({}, {"unchanged": 1})


def is_taken(both: Both, now: datetime, *, stamped: datetime | None = None) -> None:
    """A person edits the client when the CRM's clock shows `now`, or `stamped`; the next run brings it."""
    (client,), phone = both.records(), f"+421 {next(NUMBERS)}"
    both.crm.clock.set(stamped or now)
    both.edit(client["id"], phone=phone)
    both.crm.clock.set(now)
    both.sync("clients", "to_pohoda")
    (card,) = both.cards()
    assert card["Tel"] == phone, f"a change was skipped at {now}, stamped {stamped or now}"


def test_the_clock_of_the_crm_was_set_back_or_ahead(carried: Both) -> None:
    for minutes in (3, 30, 60, 600, 60 * 24 * 40, -30, -60 * 24):
        clock_set_back(carried, timedelta(minutes=minutes))


def clock_set_back(both: Both, back: timedelta) -> None:
    carried_at(both, NOON)
    for minutes in (1, 11, 70):
        is_taken(both, NOON - back + timedelta(minutes=minutes))


def test_a_change_committed_later_than_its_stamp(carried: Both) -> None:
    for seconds in (10, 60, 240):
        committed_late(carried, timedelta(seconds=seconds))


def committed_late(both: Both, late: timedelta) -> None:
    carried_at(both, NOON)
    is_taken(both, NOON + timedelta(seconds=1), stamped=NOON - late)


def test_summer_time_ends_and_begins(carried: Both) -> None:
    """2:59 comes before 2:05: an hour of stamps comes twice; half a year later one never comes."""
    carried_at(carried, datetime(2026, 10, 25, 2, 59))
    is_taken(carried, datetime(2026, 10, 25, 2, 5))
    is_taken(carried, datetime(2026, 10, 25, 3, 1))
    carried_at(carried, datetime(2026, 3, 29, 1, 59))
    is_taken(carried, datetime(2026, 3, 29, 3, 0))


def test_a_wrong_clock_of_pohoda_hides_nothing_either_way(carried: Both) -> None:
    """Its stamps are what `to_crm` reads by; what comes from the CRM is stored under them, and is no change there."""
    clock: Callable[[], datetime] = carried.pohoda.clock
    (client,) = carried.records()
    (card,) = carried.cards()
    for minutes in (-60 * 24 * 40, -30, 30, 60 * 24):
        carried.pohoda.clock = lambda step=timedelta(minutes=minutes): clock() + step
        name, web = next(NUMBERS), f"{next(NUMBERS)}.example"
        carried.edit(client["id"], phone=f"+421 {name}")
        carried.sandbox.tds.add_database(carried.sandbox.info["tds"]["database"], carried.pohoda)
        carried.pohoda.edit("AD", card["ID"], WWW=web)
        carried.sync("clients", "to_pohoda")
        carried.sync("clients", "to_crm")
        assert carried.card(card["ID"])["Tel"] == f"+421 {name}"
        assert carried.value(client["id"], "web") == web, f"a change was skipped, {minutes} minutes"
        assert set(carried.sync("clients", "to_pohoda")) <= {"unchanged"}


def test_a_history_that_eway_lost_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month without a run: the changes of its beginning are in no list of changes any more."""
    with Both.open("eway", tmp_path, monkeypatch) as both:
        first, second = both.add(name="Alfa s.r.o."), both.add(name="Beta s.r.o.")
        for _ in range(3):
            both.sync("clients", "to_pohoda")
            both.crm.clock.advance(timedelta(hours=1).total_seconds())
        both.edit(first, phone="+421 1")
        both.crm.clock.advance(timedelta(days=40).total_seconds())
        both.edit(second, phone="+421 2")
        both.sync("clients", "to_pohoda")
        assert {(card["Firma"], card["Tel"]) for card in both.cards()} == {
            ("Alfa s.r.o.", "+421 1"), ("Beta s.r.o.", "+421 2"),
        }  # fmt: skip
        asked = [entry["method"] for entry in both.crm.traffic.dump()]
        last = {method: number for number, method in enumerate(asked)}
        assert last["GetItemChangeIdentifiers"] < last["GetCompaniesIdentifiers"], "a part of the changes was believed"
