"""Records that are not in the source any more: what was found deleted goes by the policy, all else is only told.

A deletion is never guessed from a run: it is found by comparing ids (`find_deleted`), which refuses to believe a source
that is empty or has shrunken. Leaving a rule is no deletion.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Binding, bindings, deletions, sightings, waiting
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.side import Hiding, Row, Side, Window
from pohoda_bridge.sync.decide import target_print
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.refer import Named

SETTLED: Mapping[str, frozenset[str]] = {
    "keep": frozenset({"kept", "marked"}), "mark": frozenset({"marked"}), "propagate": frozenset(),
}  # fmt: skip
"""By policy: what may have become of a deletion so that nothing is left to do."""
log = logging.getLogger(__name__)
BELIEVED = 0.5
"""So large a share of the bound records must still be there, or the source is taken for broken."""


def absent(job: Job) -> tuple[dict[str, Binding], frozenset[str], int]:
    """(bound records that are gone from the source, by their ids there; the ids that are there; how many pairs live).

    A record that has come under a new id (of a new year) is not gone, nor is one of a year that is not read any more.
    """
    with job.ledger.transaction() as ledger:
        bound = bindings.sources(ledger, job.scope)
    there = job.source.ids(job.agenda)
    alive = {bound[technical].id for technical in there if technical in bound}
    now = {job.source.mark_of(technical).source for technical in there}
    gone = {
        technical: binding
        for technical, binding in bound.items()
        if binding.id not in alive and (not there or job.source.mark_of(technical).source in now)
    }
    return gone, there, len(alive)


def hidden(side: Side, agenda: str, gone: Collection[str]) -> frozenset[str]:
    """Those of the records that are not on the side any more that it hides: it does not tell that they were deleted.

    The accident: a person makes a record private, or takes a right from our user, and its pair is deleted.
    """
    if not gone or not isinstance(side, Hiding):
        return frozenset()
    return frozenset(gone) - side.deleted(agenda, gone)


def find_deleted(job: Job, *, believe: bool = False) -> list[str]:
    """Queue the bound records that are gone from the source; returns the new ones. One that is back is due again.

    StopAgenda is the brake: so many are new that the source is taken for broken, unless a person says `believe`. What
    is believed counts as seen no more, bound or not: else a full run would take the source for broken for ever.
    """
    job.source.describe(job.agenda)
    gone, there, alive = absent(job)
    with job.ledger.transaction() as ledger:
        known = deletions.known(ledger, job.scope)
        waits = {*waiting.waits(ledger, job.scope)} - there - gone.keys() - known.keys()
        seen = sightings.known(ledger, job.scope)
    new = [technical for technical in gone if technical not in known]
    unseen = frozenset[str]() if believe else hidden(job.source, job.agenda, new)
    if unseen:
        log.warning("%s: %d bound records are hidden from our user", job.flow.dag_id, len(unseen))
        gone = {technical: binding for technical, binding in gone.items() if technical not in unseen}
        alive += len(unseen)
        new = [technical for technical in new if technical not in unseen]
    if new and not believe and (not there or alive < BELIEVED * (alive + len(new))):
        raise StopAgenda(
            f"the source shows {alive} of {alive + len(new)} bound records of {job.agenda}: is it the right company "
            "and a complete database? No deletion was believed. If a person did delete them: "
            f"pohoda-bridge reconcile {job.flow.link.link} --queue --believe"
        )
    back = sorted(known.keys() & there)
    with job.ledger.transaction() as ledger:
        deletions.settle(ledger, job.scope, dict.fromkeys(back, "back"))
        waiting.make_due(ledger, job.scope, back, "it is in the source again")
        waiting.make_due(ledger, job.scope, sorted(waits), "it is not in the source any more")
        if believe or len(seen & there) >= BELIEVED * len(seen):
            mates = sightings.forget(ledger, job.scope, seen - there - unseen)
            waiting.make_due(ledger, job.scope, sorted(mates), "a record with the same unique value went")
        return deletions.queue(ledger, job.scope, gone, settled=SETTLED[job.flow.settings.deletions])


def lines(job: Job, gone: Sequence[str], doubts: Collection[str], handed: Collection[str] = ()) -> list[Row]:
    """The plan's lines of records that were asked for and are not in the source."""
    with job.ledger.transaction() as ledger:
        known = {t: done for t, done in deletions.known(ledger, job.scope).items() if t in set(gone)}
        bound = bindings.by_source(ledger, job.scope, known)
        parts = _parts_to_go(ledger, job) if known else None
    ids = tuple(sorted(b.target_id(job.flow.direction) for b in bound.values()))
    read = job.target.read(job.agenda, Window(ids=ids)).parts if ids else ()
    targets: dict[str, Row | None] = {row["_id"]: row for part in read for row in part}
    targets |= dict.fromkeys(hidden(job.target, job.agenda, set(ids) - targets.keys()))
    found: list[Row] = []
    for technical in gone:
        line: Row = {"_id": technical, "outcome": "left_out", "action": "none"}
        if technical in doubts:
            reason = "an earlier write was not answered, and it is not in the source any more"
            line |= {"outcome": "in_doubt", "action": "resolve", "reason": reason}
        elif technical in handed:
            line |= {"outcome": "submitted", "reason": "it was handed over; the target answers later"}
        elif technical not in known:
            line |= {"reason": "it is not in the source any more"}
        else:
            line |= _of_deleted(job, bound.get(technical), targets, known[technical], parts)
        found.append(line)
    return found


def _of_deleted(
    job: Job, binding: Binding | None, targets: Mapping[str, Row | None], done: str | None, parts: str | None
) -> Row:
    if binding is None:
        return {"deletion": "deleted", "reason": "it was deleted in the source, and its pair is gone"}
    target_id = binding.target_id(job.flow.direction)
    if target_id not in targets:
        return {"target_id": target_id, "deletion": "deleted", "reason": "it was deleted on both sides"}
    if (target := targets[target_id]) is None:
        reason = "it was deleted in the source; the target does not show its pair (hidden, or deleted long ago)"
        return {"target_id": target_id, "deletion": "kept", "reason": reason}
    policy = job.flow.settings.deletions
    if done in SETTLED[policy]:
        return {"target_id": target_id, "deletion": done, "reason": f"it was deleted in the source; its pair is {done}"}
    if policy == "propagate" and parts is not None:
        reason = f"it was deleted in the source; the deletions of {parts} go first"
        return {"target_id": target_id, "outcome": "held", "reason": reason}
    return {"target_id": target_id, **_by_policy(job, binding, target)}


def _parts_to_go(ledger: Connection, job: Job) -> str | None:
    """An agenda whose records refer to this one's, and of which some are still to be deleted: sides keep what is used.

    It ends with that agenda's next run: whatever becomes of its deletions, they are then not queued any more.
    """
    for agenda, direction in job.flow.link.enabled():
        refers = any(mapped.ref == job.agenda for mapped in job.flow.crm.agendas[agenda].fields.values())
        settings = job.flow.link.agendas[agenda].direction(direction)
        if direction == job.flow.direction and agenda != job.agenda and refers and settings:
            scope = replace(job.scope, agenda=agenda)
            if settings.deletions == "propagate" and deletions.queued(ledger, scope):
                return agenda
    return None


def _by_policy(job: Job, binding: Binding, target: Row) -> Row:
    kept: Row = {"deletion": "kept"}
    policy = job.flow.settings.deletions
    if policy == "keep":
        return {**kept, "reason": "it was deleted in the source; its pair is kept"}
    if not (job.target.deletes if policy == "propagate" else job.target.marks)(job.agenda):
        what = "delete" if policy == "propagate" else "mark"
        reason = f"it was deleted in the source; the target cannot {what} it"
        return {**kept, "outcome": "cannot_write", "reason": reason}
    if policy == "propagate" and _changed(job, binding, target):
        return {**kept, "reason": "it was deleted in the source, but changed on the target since; it is kept"}
    outcome, action, deletion = ("updated", "mark", "marked") if policy == "mark" else ("deleted", "delete", "deleted")
    return {
        "outcome": outcome, "action": action, "deletion": deletion, "reason": "it was deleted in the source",
        "key": binding.key, "print": "", "values": "{}", "base": {}, "target_print": target_print(job, target),
    }  # fmt: skip


def _changed(job: Job, binding: Binding, target: Row) -> bool:
    """Whether a mapped field of the target is not what it was when both sides were last equal.

    A reference was noted as an id of the one side or the other; one whose record is bound no more tells nothing.
    """
    last = binding.target(job.flow.direction)
    with job.ledger.transaction() as ledger:
        named = Named.of(ledger, job, [target], [last])
    then, now = named.row(last), named.row(target)
    return any(
        name in then
        and canonical(now.get(name)) != then[name]
        and (mapped.ref is None or last[name] in named.ids.get(mapped.ref, {}))
        for name, mapped in job.flow.mapping.items()
    )
