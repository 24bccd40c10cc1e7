"""Both sides changed a record between two runs: what meets, who wins, and what a person decides."""

from typing import Any

import pytest

from pohoda_bridge.ledger import waiting
from tests.both import WAYS, Both
from tests.bothways.test_matching import both_ways, bound
from tests.cli.conftest import Command

ORDERS = pytest.mark.parametrize("order", [WAYS, WAYS[::-1]])
COLUMNS = {"phone": "Tel", "web": "WWW", "fax": "Fax", "name": "Firma"}


def pair(both: Both, **link: Any) -> str:
    """AD/1 and its client, equal on both sides; the client's id."""
    both.link(**link)
    both.company(Firma="Alfa", Tel="+421 1", WWW="a.example", Fax="+421 1")
    both_ways(both, WAYS[::-1])
    both_ways(both)
    (record,) = both.records()
    return str(record["id"])


def people_change(both: Both, client: str, pohoda: dict[str, str], crm: dict[str, str]) -> None:
    both.pohoda.edit("AD", 1, **{COLUMNS[name]: value for name, value in pohoda.items()})
    both.edit(client, **crm)


def values(both: Both, client: str, *names: str) -> list[tuple[Any, Any]]:
    """What POHODA and the CRM have in these fields."""
    card = both.card(1)
    return [(card[COLUMNS[name]], both.value(client, name)) for name in names]


def listed(both: Both, command: Command) -> dict[str, Any]:
    done = command("conflicts", "list", both.kind, "--json")
    return {one["direction"]: (one["technical"], one["fields"]) for one in done.data["conflicts"]}


def waits(both: Both, way: str) -> dict[str, str]:
    with both.job("clients", way) as job, job.ledger.transaction() as ledger:
        return waiting.due(ledger, job.scope)


@ORDERS
def test_changes_of_different_fields_merge(both: Both, order: tuple[str, ...]) -> None:
    client = pair(both, default_master="ask")
    people_change(both, client, {"phone": "+421 2"}, {"web": "b.example", "fax": ""})
    assert both_ways(both, order) == {"updated": 2}
    assert values(both, client, "phone", "web") == [("+421 2", "+421 2"), ("b.example", "b.example")]
    assert (both.card(1)["Fax"] or "", both.value(client, "fax") or "") == ("", "")
    assert both_ways(both, order) == {"unchanged": 2}


@ORDERS
def test_each_field_has_its_master_whichever_direction_runs_first(both: Both, order: tuple[str, ...]) -> None:
    """One direction's settings are enough: both know the master."""
    masters = {"phone": "crm", "web": "pohoda"}
    client = pair(both, default_master="ask", agendas={"clients": {"to_crm": {"master": masters}}})
    people_change(both, client, {"phone": "+421 2", "web": "p.example"}, {"phone": "+421 3", "web": "c.example"})
    both_ways(both, order)
    both_ways(both, order)
    assert values(both, client, "phone", "web") == [("+421 3", "+421 3"), ("p.example", "p.example")]
    assert both_ways(both, order) == {"unchanged": 2}


@pytest.mark.parametrize(("master", "wins", "order"), [("pohoda", "+421 2", WAYS), ("crm", "+421 3", WAYS[::-1])])
def test_the_link_has_a_master_for_all_else(both: Both, master: str, wins: str, order: tuple[str, ...]) -> None:
    client = pair(both, default_master=master)
    people_change(both, client, {"phone": "+421 2"}, {"phone": "+421 3"})
    both_ways(both, order)
    both_ways(both, order)
    assert values(both, client, "phone") == [(wins, wins)]
    assert both_ways(both, order) == {"unchanged": 2}


@ORDERS
def test_without_a_master_the_record_is_one_conflict_a_direction(
    both: Both, command: Command, order: tuple[str, ...]
) -> None:
    client = pair(both, default_master="ask")
    people_change(both, client, {"phone": "+421 2", "web": "p.example"}, {"phone": "+421 3"})
    writes = both.crm.writes()
    for _ in range(2):
        assert both_ways(both, order) == {"conflict": 2}
    fields = {"phone": {"pohoda": "+421 2", "crm": "+421 3"}}
    assert listed(both, command) == {"to_crm": ("2026/AD/1", fields), "to_pohoda": (client, fields)}
    shown = command("conflicts", "list", both.kind).out
    assert all(word in shown for word in ("POHODA", "phone", "+421 2", "+421 3"))
    assert both.crm.writes() == writes
    assert values(both, client, "phone", "web") == [("+421 2", "+421 3"), ("p.example", "a.example")]


@ORDERS
@pytest.mark.parametrize(("by", "winner"), [("pohoda", "crm"), ("crm", "pohoda")])
def test_a_person_settles_it_for_both_directions(
    both: Both, command: Command, by: str, winner: str, order: tuple[str, ...]
) -> None:
    client = pair(both, default_master="ask")
    people_change(both, client, {"phone": "+421 2", "web": "p.example"}, {"phone": "+421 3", "web": "c.example"})
    both_ways(both, order)
    record = {"pohoda": "2026/AD/1", "crm": client}[by]
    done = command("conflicts", "resolve", both.kind, "clients", record, winner, "--json")
    assert sorted(done.data["decided"]) == sorted(["2026/AD/1", client])
    both_ways(both, order)
    both_ways(both, order)
    phone, web = {"pohoda": ("+421 2", "p.example"), "crm": ("+421 3", "c.example")}[winner]
    assert values(both, client, "phone", "web") == [(phone, phone), (web, web)]
    assert listed(both, command) == {}
    assert both_ways(both, order) == {"unchanged": 2}


@ORDERS
def test_a_person_settles_field_by_field(both: Both, command: Command, order: tuple[str, ...]) -> None:
    client = pair(both, default_master="ask")
    people_change(both, client, {"phone": "+421 2", "web": "p.example"}, {"phone": "+421 3", "web": "c.example"})
    both_ways(both, order)
    command("conflicts", "resolve", both.kind, "clients", client, "crm", "--field", "phone")
    assert both_ways(both, order) == {"conflict": 2}
    assert values(both, client, "phone") == [("+421 2", "+421 3")]
    assert {way: list(fields) for way, (_, fields) in listed(both, command).items()} == {
        "to_crm": ["web"],
        "to_pohoda": ["web"],
    }
    command("conflicts", "resolve", both.kind, "clients", "2026/AD/1", "pohoda", "--field", "web")
    both_ways(both, order)
    both_ways(both, order)
    assert values(both, client, "phone", "web") == [("+421 3", "+421 3"), ("p.example", "p.example")]
    assert listed(both, command) == {}


@pytest.mark.parametrize("way", WAYS)
def test_a_decision_made_before_the_other_direction_ran_holds_there_too(both: Both, command: Command, way: str) -> None:
    client = pair(both, default_master="ask")
    people_change(both, client, {"phone": "+421 2"}, {"phone": "+421 3"})
    both.sync("clients", way)
    command("conflicts", "resolve", both.kind, "clients", client, "crm")
    other = WAYS[1 - WAYS.index(way)]
    assert "conflict" not in both.sync("clients", other)
    both_ways(both)
    assert values(both, client, "phone") == [("+421 3", "+421 3")]


@ORDERS
def test_two_that_differ_when_they_are_first_linked_are_a_conflict_too(
    both: Both, command: Command, order: tuple[str, ...]
) -> None:
    both.link(default_master="ask")
    both.company(Firma="Alfa", ICO="87654326", Tel="+421 2")
    client = both.add(name="Alfa", ico="87654326", phone="+421 3")
    both_ways(both, order)
    assert listed(both, command)["to_crm"] == ("2026/AD/1", {"phone": {"pohoda": "+421 2", "crm": "+421 3"}})
    assert bound(both) == 0
    done = command("conflicts", "resolve", both.kind, "clients", client, "crm", "--json")
    assert sorted(done.data["decided"]) == sorted(["2026/AD/1", client])
    both_ways(both, order)
    both_ways(both, order)
    assert values(both, client, "phone") == [("+421 3", "+421 3")]
    assert listed(both, command) == {}


@pytest.mark.parametrize("way", WAYS)
def test_a_conflict_dissolves_when_both_become_equal(both: Both, command: Command, way: str) -> None:
    """The side that did not change is not read again by itself: its direction is told."""
    client = pair(both, default_master="ask")
    people_change(both, client, {"phone": "+421 2"}, {"phone": "+421 3"})
    both_ways(both)
    if way == "to_pohoda":
        both.edit(client, phone="+421 2")
    else:
        both.pohoda.edit("AD", 1, Tel="+421 3")
    assert both.sync("clients", way) == {"unchanged": 1}
    other = WAYS[1 - WAYS.index(way)]
    assert list(waits(both, other)) == [{"to_crm": "2026/AD/1", "to_pohoda": client}[other]]
    both.sync("clients", other)
    assert (listed(both, command), waits(both, other)) == ({}, {})
    people_change(both, client, {"phone": "+421 4"}, {})
    both_ways(both)
    assert values(both, client, "phone") == [("+421 4", "+421 4")]


@pytest.mark.parametrize("way", WAYS)
def test_one_way_a_change_of_the_target_alone_is_asked_about(both: Both, command: Command, way: str) -> None:
    other = WAYS[1 - WAYS.index(way)]
    client = pair(both)
    people_change(both, client, *(({}, {"phone": "+421 3"}) if way == "to_crm" else ({"phone": "+421 2"}, {})))
    both.link(default_master="ask", agendas={"clients": {other: {"enabled": False}}})
    assert both.sync("clients", way) == {"conflict": 1}
    assert list(listed(both, command)) == [way]
    source = {"to_crm": "pohoda", "to_pohoda": "crm"}[way]
    command("conflicts", "resolve", both.kind, "clients", client, source)
    assert both.sync("clients", way) == {"updated": 1}
    both.link()
    assert values(both, client, "phone") == [("+421 1", "+421 1")]
