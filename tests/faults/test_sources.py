"""A source or target that is not what it was stops the agenda before the first write (G11, G12, G22)."""

from collections.abc import Callable
from typing import Any

import pytest

from pohoda_bridge.errors import BridgeError, StopAgenda
from tests.faults import checks
from tests.faults.arena import AGENDAS, ENTITIES, Arena


def stops(arena: Arena, agenda: str = "clients", mode: str = "full") -> str:
    """The run ends with StopAgenda, and neither the CRM nor what the ledger knows of the records has changed."""
    records, writes = checks.world(arena), arena.gram.writes()
    known = arena.dump("runs", "groups", "due", "leases")
    with pytest.raises(StopAgenda) as stopped:
        arena.run(agenda, mode)
    assert arena.gram.writes() == writes, "something was written"
    assert checks.world(arena) == records
    assert arena.dump("runs", "groups", "due", "leases") == known
    return stopped.value.text


def emptied(arena: Arena, agenda: str = "clients", keep: int = 0) -> None:
    table = "ADdodaci" if agenda == "addresses" else "AD"
    rows = [row["ID"] for row in arena.pohoda.rows(f"SELECT ID FROM {table} ORDER BY ID")]
    for row in rows[keep:]:
        arena.pohoda.rows(f"DELETE FROM {table} WHERE ID = ?", row)


@pytest.mark.parametrize("agenda", AGENDAS)
def test_an_empty_source_deletes_nothing_and_stops(carried: Arena, agenda: str) -> None:
    emptied(carried, agenda)
    assert "Nothing was changed" in stops(carried, agenda)


@pytest.mark.parametrize("agenda", AGENDAS)
def test_a_source_that_shrank_to_a_few_stops(carried: Arena, agenda: str) -> None:
    emptied(carried, agenda, keep=1)
    stops(carried, agenda)


def test_an_empty_source_without_a_full_read_changes_nothing(carried: Arena) -> None:
    """Nothing changed is what an incremental run sees; the CRM keeps everything."""
    records = checks.world(carried)
    emptied(carried)
    assert carried.try_round()
    assert checks.world(carried) == records


def test_some_that_are_gone_are_kept_in_the_crm(carried: Arena) -> None:
    records = checks.world(carried)
    persons = carried.pohoda.rows("SELECT ID FROM AD WHERE RefAD IS NOT NULL")
    carried.pohoda.delete("AD", persons[0]["ID"])
    carried.round("full")
    assert checks.world(carried) == records
    checks.quiet(carried)


@pytest.mark.parametrize(("agenda", "at", "name"), [("clients", "sql", "ICO"), ("addresses", "sql", "Ulice2")])
def test_a_column_that_is_gone_stops_the_agenda(carried: Arena, agenda: str, at: str, name: str) -> None:
    carried.fault("drift", at=at, name=name, times=1000)
    told = stops(carried, agenda, "incremental")
    assert name in told
    carried.calm()
    carried.round()


@pytest.mark.parametrize(("agenda", "name"), [("clients", "Phone"), ("addresses", "Street"), ("contacts", "LastName")])
def test_a_field_of_the_crm_that_is_gone_stops_the_agenda(arena: Arena, agenda: str, name: str) -> None:
    for before in AGENDAS[: AGENDAS.index(agenda)]:
        arena.run(before)
    writes = arena.gram.writes()
    field_gone(arena, agenda, name)
    assert arena.gram.writes() == writes, "something was written"
    arena.calm()
    arena.round()
    arena.recover()
    checks.at_rest(arena)


def field_gone(arena: Arena, agenda: str, name: str) -> None:
    arena.fault("drift", name=name, times=1000, match=f"Entity/{ENTITIES[agenda]}/Field")
    with pytest.raises(StopAgenda, match=name):
        arena.run(agenda)


@pytest.mark.parametrize("changed", [{"ICO": "87654321"}, {"Rok": 2025}])
@pytest.mark.parametrize("agenda", ["clients", "contacts"])
def test_another_company_or_year_stops_the_agenda(arena: Arena, agenda: str, changed: dict[str, Any]) -> None:
    """Over SQL and over XML: the first question finds out."""
    (unit,) = arena.pohoda.rows("SELECT ID FROM sKonfig")
    arena.pohoda.edit("sKonfig", unit["ID"], **changed)
    with pytest.raises(BridgeError) as stopped:
        arena.run(agenda)
    assert isinstance(stopped.value, StopAgenda), stopped.value
    assert arena.gram.writes() == 0


def test_a_token_that_is_not_accepted_stops_the_agenda(arena: Arena) -> None:
    before: Callable[..., Any] = arena.connection
    from dataclasses import replace

    arena.connection = lambda name: replace(before(name), password="wrong") if name == "gram_api" else before(name)
    with pytest.raises(StopAgenda):
        arena.run("clients")
    assert not arena.gram.records("Client")
