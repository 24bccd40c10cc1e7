"""Clear doubts: a write without an answer is looked up on the target before anything of it is sent again.

No answer to the look-up is no answer: the record stays in doubt. A target without a searchable mark is looked through
by natural key; anything but exactly one certain hit there is for a person. Only what POHODA does not have is sent again
all the same: it goes with the ids of its first sending, and POHODA refuses those that it took before.
"""

import logging
from collections.abc import Sequence
from typing import Literal

from pohoda_bridge.errors import Retry
from pohoda_bridge.ledger import Intent, bindings
from pohoda_bridge.ledger.leases import Lease, renew
from pohoda_bridge.records.fingerprint import canonical, loads
from pohoda_bridge.side import Answer, Lookup, Row
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.match import natural_keys
from pohoda_bridge.sync.send import due_again, settle

log = logging.getLogger(__name__)
Found = Literal["written", "absent", "unknown"]


def look_up(job: Job, lease: Lease, doubts: Sequence[Intent]) -> tuple[dict[str, Row], list[Intent]]:
    """(results by technical id of the cleared and of the unclear ones, intents that are certainly not there).

    A cleared record is due again: the next run compares what was written then with what the source says now.
    """
    try:
        rows = job.target.look_up(job.agenda, [_wanted(job, intent) for intent in doubts])
    except Retry as error:
        log.warning("%s: %d writes stay in doubt, the look-up was not answered", job.flow.dag_id, len(doubts))
        reason = f"a write was not answered, and the look-up neither ({error.text})"
        return {intent.technical: {"outcome": "in_doubt", "reason": reason} for intent in doubts}, []
    results: dict[str, Row] = {}
    absent: list[Intent] = []
    with job.ledger.transaction() as ledger:
        renew(ledger, lease)
        for intent, hits in zip(doubts, rows, strict=True):
            free = _free(job, intent, hits, bindings.by_target(ledger, job.scope, [row["_id"] for row in hits]))
            state = _state(job, intent, free)
            if state == "absent":
                absent.append(intent)
            elif state == "unknown":
                reason = f"a write was not answered and {len(free)} records may be its result; a person decides"
                results[intent.technical] = {"outcome": "in_doubt", "reason": reason}
            else:
                answer = Answer(intent.id, "written", next(iter(free), None), details={"action": "found"})
                result = settle(ledger, job, intent, answer)
                results[intent.technical] = {"reason": "found after a doubt", **_filled(result), "again": True}
        due_again(ledger, job, sorted(results.keys() - _unclear(results)), "cleared after a doubt")
    return results, absent


def _wanted(job: Job, intent: Intent) -> Lookup:
    if intent.action != "create":
        return Lookup(id=intent.target_id)
    if job.target.searchable(job.agenda):
        return Lookup(mark=job.source.mark_of(intent.technical, job.agenda), item=intent.id)
    values = {name: value for name, value in loads(intent.item).items() if not name.startswith("_")}
    key = next((key for key in natural_keys(job) if all(values.get(name) is not None for name in key)), ())
    return Lookup(key={name: values[name] for name in key or sorted(values)})


def _free(job: Job, intent: Intent, hits: Sequence[Row], bound: dict[str, bindings.Binding]) -> list[Row]:
    """The hits that are not another record's pair already."""
    others = {id_ for id_, pair in bound.items() if pair.source_id(job.flow.direction) != intent.technical}
    return [row for row in hits if intent.action != "create" or row["_id"] not in others]


def _state(job: Job, intent: Intent, rows: Sequence[Row]) -> Found:
    certain = job.flow.direction == "to_pohoda" or job.target.searchable(job.agenda)
    if intent.action == "delete":
        return "absent" if rows else "written"
    if intent.action == "mark":
        return "absent"
    if intent.action == "update":
        sent = loads(intent.item)
        as_sent = rows and all(canonical(rows[0].get(name)) == canonical(value) for name, value in sent.items())
        return "written" if as_sent else "absent"
    if len(rows) == 1:
        return "written"
    return "absent" if certain and not rows else "unknown"


def _filled(result: Row) -> Row:
    return {name: value for name, value in result.items() if value is not None}


def _unclear(results: dict[str, Row]) -> set[str]:
    return {technical for technical, result in results.items() if result["outcome"] == "in_doubt"}
