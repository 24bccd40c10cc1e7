"""All 17 flows come to rest: both sides equal, nothing written by a further round, nothing of people's touched."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.side import Row
from tests.trade.world import World, outcomes, wrote

SEEN = ("Client", "Contact", "Invoice", "Order", "Quote", "Deal")
"""Entities whose records people write notes and activities about."""
NUMBERED = ("Deal", "Quote", "Order", "Invoice", "ReceivedInvoice")
UNTOLD = {"quarantined", "conflict", "held", "cannot_write", "in_doubt"}


def remarks(world: World) -> list[Row]:
    """A note and an activity of a person on the first record of each kind there is."""
    for entity in SEEN:
        for record in world.records(entity)[:1]:
            of: dict[str, Any] = {"Entity": entity, "Record": record["Id"]}
            world.sandbox.gram.create("Note", **of, Text=f"{entity}: volať po obede")
            world.sandbox.gram.create("Activity", **of, Subject=f"{entity}: stretnutie")
    return said(world)


def said(world: World) -> list[Row]:
    return sorted([*world.records("Note"), *world.records("Activity")], key=lambda one: str(one["Id"]))


@pytest.mark.parametrize("level", ["L0", "L1", "L2", "L3"])
def test_all_flows_come_to_rest(level: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.open(tmp_path, monkeypatch, size=12, level=level) as world:
        theirs = {entity: len(world.records(entity)) for entity in world.entities}
        remarks(world)
        rounds = world.until_quiet()
        assert wrote(rounds[0]) and len(rounds) <= 3 and not wrote(rounds[-1])
        assert not UNTOLD & outcomes(rounds[1:]).keys()
        found = world.reconciled()
        assert {flow: one.differences for flow, one in found.items() if not one.equal} == {}
        lines = {flow: one.sums for flow, one in found.items()}
        assert all(line.equal for of_flow in lines.values() for line in of_flow)
        assert len(lines["issued_invoices", "to_crm"]) > 20

        noted, before = remarks(world), world.writes()
        assert wrote(world.round("full")) == 0
        assert world.writes() == before
        made = {entity: len(world.records(entity)) - number for entity, number in theirs.items()}
        assert made["Client"] > 6 and made["Invoice"] > 20 and made["StockLevel"] > 10 and made["Payment"] > 10
        assert {run for entity in world.entities for run in world.workflow_runs(entity)} == {1}
        assert said(world) == noted
        for entity in NUMBERED:
            numbers = Counter((record.get("Type"), record["Number"]) for record in world.records(entity))
            assert numbers and max(numbers.values()) == 1, f"{entity}: a document is there twice"
