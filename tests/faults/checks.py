"""The promises as functions that raise AssertionError: the tests and the seeded faults call the same ones."""

import json
import time
from collections import Counter
from typing import Any

from pohoda_bridge.sync import find_deleted, reconcile
from tests.faults.arena import AGENDAS, ENTITIES, MOVING, Arena

NATURAL = {
    "Client": ("Name", "CompanyId", "Zip"),
    "Address": ("Client", "Name", "Street", "Zip", "City", "Person"),
    "Contact": ("Client", "LastName", "FirstName", "Email"),
}
OWN = {"Id", "Owner", "Created", "CreatedBy", "Modified", "ModifiedBy", "Version"}
World = dict[str, list[tuple[tuple[str, Any], ...]]]


def world(arena: Arena) -> World:
    """Every record of the CRM by its values alone: references by the mark of the other record, without own ids."""
    marks = {r["Id"]: r["ExternalId"] for entity in ENTITIES.values() for r in arena.gram.records(entity)}
    return {
        entity: sorted(
            tuple(sorted((k, str(marks.get(v, v) if isinstance(v, str) else v)) for k, v in r.items() if k not in OWN))
            for r in arena.gram.records(entity)
        )
        for entity in ENTITIES.values()
    }


def no_duplicate(arena: Arena) -> None:
    """Counted on the CRM itself, by our mark and by natural key."""
    for entity, key in NATURAL.items():
        records = arena.gram.records(entity)
        by_mark = Counter((r["ExternalSource"], r["ExternalId"]) for r in records if r["ExternalId"])
        by_key = Counter(tuple(str(r[name]).casefold() for name in key) for r in records)
        for found in (by_mark, by_key):
            assert not (twice := {k: n for k, n in found.items() if n > 1}), f"{entity} twice: {twice}"


def no_mark_twice(arena: Arena) -> None:
    """Where POHODA itself has a company twice, natural keys say nothing: each row has one record all the same."""
    for entity in NATURAL:
        marks = Counter((r["ExternalSource"], r["ExternalId"]) for r in arena.gram.records(entity) if r["ExternalId"])
        assert not (twice := {mark: n for mark, n in marks.items() if n > 1}), f"{entity} twice: {twice}"


def none_lost(arena: Arena, expected: World) -> None:
    """The CRM holds exactly what an undisturbed sync would have left there."""
    found = world(arena)
    for entity, records in expected.items():
        missing = [dict(r).get("ExternalId") for r in records if r not in found[entity]]
        extra = [dict(r).get("ExternalId") for r in found[entity] if r not in records]
        assert (missing, extra) == ([], []), f"{entity}: lost {missing}, not expected {extra}"


def bound_one_to_one(arena: Arena) -> None:
    """Every record of ours on the CRM has one binding, every binding one record of POHODA and one of the CRM."""
    for agenda, entity in ENTITIES.items():
        bindings = [b for b in arena.table("bindings") if b["agenda"] == agenda]
        aliases = Counter(a["binding_id"] for a in arena.table("aliases") if a["agenda"] == agenda)
        assert aliases == Counter(b["id"] for b in bindings), f"{agenda}: a binding without just one record"
        ours = Counter(r["Id"] for r in arena.gram.records(entity) if r["ExternalId"])
        assert Counter(b["crm_id"] for b in bindings) == ours, f"{agenda}: bindings and records of the CRM differ"


def nothing_open(arena: Arena) -> None:
    """No intent without an answer, nothing due, no lease held."""
    states = Counter(row["state"] for row in arena.table("intents"))
    assert not states["open"] + states["doubt"], f"intents without an answer: {states}"
    assert not arena.table("due"), f"still due: {arena.table('due')}"
    assert all(row["owner"] == "" or row["until"] < time.time() for row in arena.table("leases")), "a lease is held"


def counts_add_up(counts: dict[str, int]) -> None:
    assert counts["read"] == sum(n for name, n in counts.items() if name != "read"), counts


def runs_add_up(arena: Arena) -> None:
    """Of every run that ended: each record has one outcome, and the counts add up to what was read."""
    told = Counter(row["run_id"] for row in arena.table("outcomes"))
    for row in arena.table("runs"):
        if row["state"] == "done":
            counts = json.loads(row["counts"])
            counts_add_up(counts)
            assert told[row["id"]] == counts["read"] - counts.get("unchanged", 0), row["id"]


def quiet(arena: Arena, mode: str = "incremental") -> None:
    """A run of every agenda with nothing to do: no write, and no change of the ledger but the run's own row.

    What waits for a person or a change may be judged once more: its row then names the newer run.
    """
    before, writes = arena.dump(*MOVING), arena.gram.writes()
    arena.round(mode)
    assert arena.gram.writes() == writes, "the second run wrote"
    changed = {name: rows for name, rows in arena.dump(*MOVING).items() if rows != before[name]}
    assert not changed, f"the second run changed {list(changed)}"


def equal(arena: Arena) -> None:
    """Both sides are equal by the product's own full compare, once what people deleted is listed."""
    for agenda in AGENDAS:
        equal_of(arena, agenda)


def equal_of(arena: Arena, agenda: str) -> None:
    with arena.job(agenda) as job:
        find_deleted(job, believe=True)
        found = reconcile(job)
    assert found.equal, found


def at_rest(arena: Arena, expected: World | None = None) -> None:
    """Everything that must hold once nothing is going on."""
    no_duplicate(arena)
    if expected is not None:
        none_lost(arena, expected)
    bound_one_to_one(arena)
    nothing_open(arena)
    runs_add_up(arena)
    quiet(arena)
