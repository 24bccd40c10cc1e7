"""Carry out the plan, pack by pack, under the lease on the target; what moved since then waits for the next run."""

import logging
import time
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection

from pohoda_bridge.errors import Busy, RejectRecord
from pohoda_bridge.ledger import Intent, bindings, intents, runs, waiting
from pohoda_bridge.ledger.leases import Lease, acquire, release, renew
from pohoda_bridge.ledger.scope import chunks
from pohoda_bridge.quality.reasons import refusals
from pohoda_bridge.side import Answer, Later, Row, Window
from pohoda_bridge.sync.decide import target_print
from pohoda_bridge.sync.doubts import look_up
from pohoda_bridge.sync.extract import print_of
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.send import DONE, SUBMITTED, bind, due_again, new_intents, send, settle

log = logging.getLogger(__name__)
CHECKED_TOGETHER = 200
"""So many records are read again from both sides at once, right before they are written."""


def load(job: Job, run_id: str) -> None:
    """Write what the plan says and note each record's result. Begun again, it goes on where it stopped."""
    files = job.files(run_id)
    with job.ledger.transaction() as ledger:
        request = runs.get(ledger, run_id).request
    lines = () if request.dry_run else (line for line in files.lines("plan") if line["action"] != "none")
    first = next(iter(lines), None)
    if first is None:
        files.write("results", [])
        return
    with taken(job, run_id) as lease:
        files.write("results", _results(job, run_id, lease, first, iter(lines)))


@contextmanager
def taken(job: Job, run_id: str) -> Generator[Lease]:
    """The lease on the target, given back at the end. Busy when another run keeps it for longer than a short wait."""
    lease = _lease(job, run_id)
    try:
        yield lease
    finally:
        with job.ledger.transaction() as ledger:
            release(ledger, lease)


def _lease(job: Job, run_id: str, wait: float = 60.0) -> Lease:
    end = time.monotonic() + wait
    owner = f"{job.flow.dag_id} {run_id}"
    while True:
        try:
            with job.ledger.transaction() as ledger:
                return acquire(ledger, job.lease_target, owner)
        except Busy:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def _results(job: Job, run_id: str, lease: Lease, first: Row, rest: Iterator[Row]) -> Iterator[list[Row]]:
    for lines in chunks(_chain(first, rest), CHECKED_TOGETHER):
        results = _chunk(job, run_id, lease, lines)
        log.info("%s: %d records handled", job.flow.dag_id, len(results))
        yield [{"_id": technical, **result} for technical, result in results.items()]


def _chain(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _chunk(job: Job, run_id: str, lease: Lease, lines: list[Row]) -> dict[str, Row]:
    technical = [line["_id"] for line in lines]
    with job.ledger.transaction() as ledger:
        earlier = {t: i for t, i in intents.of_run(ledger, run_id).items() if i.state in {"written", "refused"}}
        doubts = [i for t, i in intents.unanswered(ledger, job.scope).items() if t in set(technical)]
        handed = intents.submitted(ledger, job.scope).keys() & set(technical)
    results = {t: _earlier(job, earlier[t]) for t in technical if t in earlier}
    results.update({t: {"outcome": "submitted", "reason": SUBMITTED} for t in handed})
    results.update(_clear(job, lease, doubts, gone={line["_id"] for line in lines if not line.get("print")}))
    lines = [line for line in lines if line["_id"] not in results]
    ready, moved = _unmoved(job, [line for line in lines if line["action"] != "resolve"])
    moved |= {line["_id"] for line in lines if line["action"] == "resolve"}
    moved_on = {"outcome": "held", "reason": "it changed since it was planned; it goes next time", "again": True}
    results.update(dict.fromkeys(moved, moved_on))
    with job.ledger.transaction() as ledger:
        renew(ledger, lease)
        due_again(ledger, job, sorted(moved), "it changed since it was planned")
        _move_pairs(ledger, job, ready)
        results.update({line["_id"]: _bound(ledger, job, run_id, line) for line in ready if line["action"] == "bind"})
    for part in chunks((line for line in ready if line["action"] != "bind"), job.target.pack_size(job.agenda)):
        sent = send(job, lease, new_intents(job, run_id, part))
        unclear = [line["_id"] for line in part if sent[line["_id"]]["outcome"] == "in_doubt"]
        if unclear:
            with job.ledger.transaction() as ledger:
                opened = intents.unanswered(ledger, job.scope)
            sent.update(_clear(job, lease, [opened[t] for t in unclear]))
        results.update(sent)
    return results


def _move_pairs(ledger: Connection, job: Job, lines: list[Row]) -> None:
    """A CRM record that took the place of one that is gone takes its pair, before anything else is done with it."""
    own = "_id" if job.flow.direction == "to_pohoda" else "target_id"
    old = {line["instead_of"]: line[own] for line in lines if line.get("instead_of")}
    for crm_id, binding in bindings.by_crm_id(ledger, job.scope, old).items():
        bindings.move(ledger, binding, old[crm_id])
        if own == "_id":
            waiting.make_due(ledger, job.scope.back, [binding.technical], "its pair goes on as another record")


def _bound(ledger: Connection, job: Job, run_id: str, line: Row) -> Row:
    """Bind a pair that needs no write."""
    try:
        bind(ledger, job, line["_id"], line["key"] or "", run_id, line["base"], {"_id": line["target_id"]})
    except RejectRecord as error:
        return {"outcome": "quarantined", "reason": error.text, "target_id": line["target_id"]}
    return {"outcome": line["outcome"], "reason": line["reason"], "target_id": line["target_id"]}


def _clear(job: Job, lease: Lease, doubts: Sequence[Intent], gone: Collection[str] = ()) -> dict[str, Row]:
    """Look the doubts up; what is certainly not there is sent again, pack by pack, with the same ids.

    What lies with a writer that answers later is submitted. Of a record that is `gone` from the source nothing is sent.
    """
    results = _handed(job, lease, doubts)
    doubts = [intent for intent in doubts if intent.technical not in results]
    if not doubts:
        return results
    cleared, absent = look_up(job, lease, doubts)
    results.update(cleared)
    results.update(_drop(job, [intent for intent in absent if intent.technical in gone]))
    packs: dict[str, list[Intent]] = {}
    for intent in (intent for intent in absent if intent.technical not in gone):
        packs.setdefault(intent.pack_id, []).append(intent)
    for pack in packs.values():
        again = send(job, lease, pack, again=True)
        written = sorted(t for t, result in again.items() if result["outcome"] not in {"in_doubt", "submitted"})
        with job.ledger.transaction() as ledger:
            due_again(ledger, job, written, "sent again after a doubt")
        results.update({technical: {**result, "again": True} for technical, result in again.items()})
    return results


def _handed(job: Job, lease: Lease, doubts: Sequence[Intent]) -> dict[str, Row]:
    """Those whose packs lie with a writer that answers later: no look-up could tell more, and nothing goes again."""
    if not doubts or not isinstance(job.target, Later):
        return {}
    there = job.target.handed(sorted({intent.pack_id for intent in doubts}))
    with job.ledger.transaction() as ledger:
        renew(ledger, lease)
        return {
            intent.technical: settle(ledger, job, intent, Answer(intent.id, "submitted"))
            for intent in doubts
            if intent.pack_id in there
        }


def _drop(job: Job, unwanted: Sequence[Intent]) -> dict[str, Row]:
    """Close intents that were looked up, are not there and are not wanted any more."""
    if not unwanted:
        return {}
    with job.ledger.transaction() as ledger:
        for intent in unwanted:
            intents.close(ledger, intent, "dropped")
    reason = "it is not in the source any more, and an earlier write of it was never stored"
    return {intent.technical: {"outcome": "left_out", "reason": reason} for intent in unwanted}


def _earlier(job: Job, intent: Intent) -> Row:
    """The result of a record that an earlier try of this run has written already."""
    if intent.state == "refused":
        reasons = refusals(intent.reasons, job.flow.crm.reasons)
        return {"outcome": "quarantined", "reason": "; ".join(intent.reasons), "reasons": reasons}
    return {"outcome": DONE[intent.action], "target_id": intent.target_id}


def _unmoved(job: Job, lines: list[Row]) -> tuple[list[Row], set[str]]:
    """Read both sides again; returns the lines that are still as planned, and the ids of the others."""
    if not lines:
        return [], set()
    ids = tuple(line["_id"] for line in lines)
    source = {row["_id"]: row for part in job.source.read(job.agenda, Window(ids=ids)).parts for row in part}
    wanted = tuple(sorted({line["target_id"] for line in lines if line.get("target_id")}))
    reading = job.target.read(job.agenda, Window(ids=wanted)).parts if wanted else iter(())
    target = {row["_id"]: row for part in reading for row in part}
    with job.ledger.transaction() as ledger:
        bound = bindings.by_source(ledger, job.scope, ids)
    ready = [line for line in lines if _is_as_planned(job, line, source, target, bound)]
    return ready, set(ids) - {line["_id"] for line in ready}


def _is_as_planned(
    job: Job, line: Row, source: dict[str, Row], target: dict[str, Row], bound: dict[str, bindings.Binding]
) -> bool:
    row = source.get(line["_id"])
    if (print_of(row, job.flow.print) if row else "") != line["print"]:
        return False
    if line["action"] == "create":
        return line["_id"] not in bound
    found = target.get(line["target_id"])
    return found is not None and target_print(job, found) == line["target_print"]
