"""match: the preview of a first connection; nothing is made or linked before a person accepted it."""

from typing import Any

import pytest

from pohoda_bridge.ledger import schema
from tests.bridge import Bridge

from .conftest import Command

ICO = "87654326"


@pytest.fixture
def first(bridge: Bridge) -> Bridge:
    """A first connection: one record to link, one new, one ambiguous, one refused, one left out."""
    bridge.link(accept="ask")
    create = bridge.sandbox.gram.create
    bridge.company(Firma="Linked", ICO=ICO)
    create("Client", Name="Linked", CompanyId=ICO)
    bridge.company(Firma="New")
    bridge.company(Firma="Doubtful", ICO="12345679")
    for name in ("Doubtful 1", "Doubtful 2"):
        create("Client", Name=name, CompanyId="12345679")
    bridge.company(Firma="Refused", Pozn="x" * 2001)
    bridge.add("AD", Jmeno="Jan Novák")
    return bridge


def _bound(bridge: Bridge) -> int:
    with bridge.job() as job, job.ledger.transaction() as ledger:
        return len(list(ledger.execute(schema.bindings.select())))


def _groups(done: Any) -> dict[str, int]:
    groups: dict[str, int] = done.data["groups"]
    return groups


def test_the_preview_says_what_would_become_of_each_and_changes_nothing(first: Bridge, command: Command) -> None:
    before = first.sandbox.gram.writes()
    done = command("match", "gram", "clients", "--json")
    assert (done.code, done.data["accepted"]) == (0, False)
    assert _groups(done) == {"linked": 1, "new": 1, "ambiguous": 1, "quarantined": 1, "left_out": 1}
    kinds = {one["id"]: (one["kind"], bool(one["target_id"])) for one in done.data["records"]}
    assert kinds == {
        "2026/AD/1": ("linked", True), "2026/AD/2": ("new", False), "2026/AD/3": ("ambiguous", False),
        "2026/AD/4": ("quarantined", False), "2026/AD/5": ("left_out", False),
    }  # fmt: skip
    shown = command("match", "gram", "clients").out
    assert "add --accept to go on" in shown
    assert (first.sandbox.gram.writes(), _bound(first)) == (before, 0)


def test_no_run_makes_or_links_anything_before_the_acceptance(first: Bridge, command: Command) -> None:
    before = first.sandbox.gram.writes()
    for _ in range(2):
        assert first.sync()["left_out"] >= 3
    assert (first.sandbox.gram.writes(), _bound(first), len(first.records())) == (before, 0, 3)


@pytest.mark.parametrize("synced_before", [False, True])
def test_after_the_acceptance_what_is_certain_goes(first: Bridge, command: Command, synced_before: bool) -> None:
    if synced_before:
        first.sync()
    done = command("match", "gram", "clients", "--accept", "--json")
    assert (done.data["accepted"], _groups(done)["new"]) == (True, 1)
    counts = first.sync()
    assert (counts["created"], counts["updated"] + counts["unchanged"]) == (1, 1 + (1 if synced_before else 0))
    assert sorted(record["Name"] for record in first.records()) == ["Doubtful 1", "Doubtful 2", "Linked", "New"]
    assert _bound(first) == 2
    left = _groups(command("match", "gram", "clients", "--json"))
    assert {name: left[name] for name in left if name != "left_out"} == {"bound": 2, "ambiguous": 1, "quarantined": 1}


def test_what_a_person_clears_up_goes_by_itself(first: Bridge, command: Command) -> None:
    command("match", "gram", "clients", "--accept")
    first.sync()
    (wrong,) = [record["Id"] for record in first.records() if record["Name"] == "Doubtful 2"]
    first.sandbox.gram.delete("Client", wrong)
    first.sync()
    assert sorted(record["Name"] for record in first.records()) == ["Doubtful", "Linked", "New"]


def test_each_agenda_is_accepted_by_itself(first: Bridge, command: Command) -> None:
    command("match", "gram", "clients", "--accept")
    first.add("AD", RefAD=1, Firma="Linked", Jmeno="Eva Nová")
    first.sync()
    assert first.sync("contacts")["left_out"] >= 1
    assert first.records("Contact") == []
    command("match", "gram", "contacts", "--accept")
    assert first.sync("contacts")["created"] == 1
