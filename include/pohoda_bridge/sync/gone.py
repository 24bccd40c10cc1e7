"""Records that are not in the source any more: what was found deleted goes by the policy, all else is only told.

A deletion is never guessed from a run: it is found by comparing ids (`find_deleted`), which refuses to believe a source
that is empty or has shrunken. Leaving a rule is no deletion.
"""

from collections.abc import Collection, Mapping, Sequence

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Binding, bindings, deletions
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.side import Row, Window
from pohoda_bridge.sync.decide import target_print
from pohoda_bridge.sync.job import Job

SETTLED: Mapping[str, frozenset[str]] = {
    "keep": frozenset({"kept", "marked"}), "mark": frozenset({"marked"}), "propagate": frozenset(),
}  # fmt: skip
"""By policy: what may have become of a deletion so that nothing is left to do."""
BELIEVED = 0.5
"""So large a share of the bound records must still be there, or the source is taken for broken."""


def find_deleted(job: Job) -> list[str]:
    """Queue the bound records that are gone from the source; returns the new ones. StopAgenda is the brake."""
    there = job.source.ids(job.agenda)
    with job.ledger.transaction() as ledger:
        bound = bindings.sources(ledger, job.scope)
    alive = {bound[technical].id for technical in there if technical in bound}
    now = {job.source.mark_of(technical).source for technical in there}
    gone = [t for t, b in bound.items() if b.id not in alive and (not there or job.source.mark_of(t).source in now)]
    if gone and (not there or len(alive) < BELIEVED * (len(alive) + len(gone))):
        raise StopAgenda(
            f"the source shows {len(alive)} of {len(alive) + len(gone)} bound records of {job.agenda}: is it the right "
            "company and a complete database? No deletion was believed"
        )
    with job.ledger.transaction() as ledger:
        return deletions.queue(ledger, job.scope, gone, settled=SETTLED[job.flow.settings.deletions])


def lines(job: Job, gone: Sequence[str], doubts: Collection[str]) -> list[Row]:
    """The plan's lines of records that were asked for and are not in the source."""
    with job.ledger.transaction() as ledger:
        queued = deletions.queued(ledger, job.scope)
        bound = bindings.by_source(ledger, job.scope, [t for t in gone if t in queued])
    ids = tuple(sorted(b.target_id(job.flow.direction) for b in bound.values()))
    parts = job.target.read(job.agenda, Window(ids=ids)).parts if ids else ()
    targets = {row["_id"]: row for part in parts for row in part}
    return [_line(job, technical, technical in doubts, bound.get(technical), targets) for technical in gone]


def _line(job: Job, technical: str, in_doubt: bool, binding: Binding | None, targets: Mapping[str, Row]) -> Row:
    line: Row = {"_id": technical, "outcome": "left_out", "action": "none"}
    if in_doubt:
        reason = "an earlier write was not answered, and it is not in the source any more"
        return {**line, "outcome": "in_doubt", "action": "resolve", "reason": reason}
    if binding is None:
        return {**line, "reason": "it is not in the source any more"}
    line["target_id"] = binding.target_id(job.flow.direction)
    target = targets.get(line["target_id"])
    if target is None:
        return {**line, "deletion": "deleted", "reason": "it was deleted on both sides"}
    return {**line, **_by_policy(job, binding, target)}


def _by_policy(job: Job, binding: Binding, target: Row) -> Row:
    kept: Row = {"deletion": "kept"}
    policy = job.flow.settings.deletions
    if policy == "keep":
        return {**kept, "reason": "it was deleted in the source; its pair is kept"}
    if not (job.target.deletes if policy == "propagate" else job.target.marks)(job.agenda):
        what = "delete" if policy == "propagate" else "mark"
        reason = f"it was deleted in the source; the target cannot {what} it"
        return {**kept, "outcome": "cannot_write", "reason": reason}
    last = binding.target(job.flow.direction)
    if policy == "propagate" and any(canonical(target.get(n)) != last.get(n) for n in job.flow.mapping if n in last):
        return {**kept, "reason": "it was deleted in the source, but changed on the target since; it is kept"}
    outcome, action, deletion = ("updated", "mark", "marked") if policy == "mark" else ("deleted", "delete", "deleted")
    return {
        "outcome": outcome, "action": action, "deletion": deletion, "reason": "it was deleted in the source",
        "key": binding.key, "print": "", "values": "{}", "base": {}, "target_print": target_print(job, target),
    }  # fmt: skip
