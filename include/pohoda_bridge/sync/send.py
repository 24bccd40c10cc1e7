"""The write protocol, for one pack: intents committed, call, answers and bindings committed.

Whatever breaks between two of these leaves an intent without an answer: a doubt, which only a look-up may clear.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from pohoda_bridge.errors import RejectRecord, Retry
from pohoda_bridge.ledger import Intent, bindings, intents, waiting
from pohoda_bridge.ledger.leases import Lease, renew
from pohoda_bridge.quality.reasons import refusals
from pohoda_bridge.records.fingerprint import canonical, loads
from pohoda_bridge.records.keys import business_key
from pohoda_bridge.side import Answer, Item, Pack, Row
from pohoda_bridge.sync.duplicates import refusal, stop
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.refer import Named

DONE = {"create": "created", "update": "updated", "mark": "updated", "delete": "deleted"}
FOUND = frozenset({"relinked", "found"})
"""Actions of an answer whose record the target had before: its values are not ours, so nothing is bound yet."""

SUBMITTED = "it was handed over; the target answers later"


def new_intents(job: Job, run_id: str, lines: Sequence[Row]) -> list[Intent]:
    """Intents for these lines of the plan, one pack, with ids of their own."""
    pack_id = uuid4().hex
    return [
        Intent(
            id=uuid4().hex, pack_id=pack_id, run_id=run_id, technical=line["_id"], key=line["key"] or "",
            action=line["action"], target_id=line.get("target_id"), print=line["print"], item=line["values"],
            source=json.dumps(line["base"], ensure_ascii=False),
        )
        for line in lines
    ]  # fmt: skip


def send(job: Job, lease: Lease, pack: Sequence[Intent], *, again: bool = False) -> dict[str, Row]:
    """Write one pack; returns what became of each record, by technical id.

    Raises Retry for what was not sent, StopAgenda for a duplicate that the target refused (`on_duplicate: stop`).
    Raises Busy when the lease was lost meanwhile: its intents are then doubts of the run that took the lease over.
    """
    with job.ledger.transaction() as ledger:
        until = intents.reopen(ledger, pack, lease) if again else intents.open_all(ledger, job.scope, pack, lease)
    items = [item_of(job, intent) for intent in pack]
    answers = {a.item_id: a for a in job.target.write(job.agenda, Pack(pack[0].pack_id, items, until))}
    unsent = Answer("", "doubt", reasons=("the answer says nothing of this record",))
    with job.ledger.transaction() as ledger:
        renew(ledger, lease)
        results = {i.technical: settle(ledger, job, i, answers.get(i.id, unsent)) for i in pack}
    if twice := {i.technical: answers[i.id].details["duplicate"] for i in pack if _is_duplicate(answers.get(i.id))}:
        stop(job, twice)
    waits = [results[intent.technical]["reason"] for intent in pack if results[intent.technical]["outcome"] == "retry"]
    if waits:
        raise Retry(f"the target took no more for now: {waits[0]}; {len(waits)} records go at the next try")
    return results


def settle(ledger: Connection, job: Job, intent: Intent, answer: Answer) -> Row:
    """Close an intent with its answer and bind the pair; returns the record's result (outcome, reason, target_id)."""
    if answer.state == "written" and intent.action in {"delete", "mark"}:
        if intent.action == "delete":
            bindings.unbind(ledger, job.scope, intent.technical)
        intents.close(ledger, intent, "written")
        return {"outcome": DONE[intent.action], "target_id": intent.target_id}
    if answer.state == "written" and answer.row is not None:
        target_id = answer.row["_id"]
        sent = loads(intent.item)
        drift = _drift(sent, Named(job).row(answer.row))
        found = intent.action == "create" and answer.details.get("action") == "found" and not answer.row.get("_mark")
        if drift and answer.details.get("action") in FOUND and not found:
            intents.close(ledger, intent, "dropped", target_id=target_id)
            reason = "the target had it already, with other values; they are compared next time"
            return {"outcome": "held", "reason": reason, "target_id": target_id, "again": True}
        open_ = frozenset(drift) if found else frozenset()
        base = json.loads(intent.source)
        try:
            filled = set(base) - job.returning if intent.action == "create" else set[str]()
            written = {name: answer.row[name] for name in ("_id", *({*sent, *filled} & answer.row.keys()))}
            key = _key_of_new(job, answer.row) if intent.action == "create" else None
            bind(ledger, job, intent.technical, key or intent.key, intent.run_id, base, written, unsettled=open_)
        except RejectRecord as error:
            intents.close(ledger, intent, "refused", target_id=target_id, reasons=[error.text])
            return {"outcome": "quarantined", "reason": error.text, "target_id": target_id}
        intents.close(ledger, intent, "written", target_id=target_id, drift=drift)
        told = _stored_text(drift, answer.details)
        return {"outcome": DONE[intent.action], "reason": told, "target_id": target_id, "drift": drift}
    if answer.state == "refused" and answer.details.get("moved"):
        intents.close(ledger, intent, "retry", reasons=answer.reasons)
        due_again(ledger, job, [intent.technical], "it changed since it was planned")
        return {"outcome": "held", "reason": "; ".join(answer.reasons), "again": True}
    if answer.state == "refused":
        intents.close(ledger, intent, "refused", reasons=answer.reasons)
        if answer.details.get("gone"):
            return {"outcome": "left_out", "reason": "its record was deleted on the target by a person"}
        reasons = answer.reasons or ("refused by the target",)
        said = refusals(reasons, job.flow.crm.reasons)
        if _is_duplicate(answer):
            said = [_beside(refusal(job, answer.details["duplicate"]), said)]
        elif answer.details.get("told"):
            said = [{"rule": "target", "fields": [], **one} for one in answer.details["told"]]
        return {"outcome": "quarantined", "reason": "; ".join(reasons), "reasons": said}
    if answer.state == "submitted":
        intents.close(ledger, intent, "submitted", reasons=answer.reasons)
        return {"outcome": "submitted", "reason": SUBMITTED}
    if answer.state == "retry":
        intents.close(ledger, intent, "retry", reasons=answer.reasons)
        return {"outcome": "retry", "reason": "; ".join(answer.reasons)}
    intents.close(ledger, intent, "doubt", reasons=answer.reasons)
    return {"outcome": "in_doubt", "reason": "; ".join(answer.reasons) or "the write was not answered"}


def bind(
    ledger: Connection,
    job: Job,
    technical: str,
    key: str,
    run_id: str,
    base: Mapping[str, Sequence[Any]],
    row: Row,
    *,
    unsettled: frozenset[str] = frozenset(),
) -> None:
    """Store the pair with the values that count as synced now; what `row` has was written, and counts as it was stored.

    What the target filled in by itself into a new record is its own change where there is a way back, else it is ours.

    `unsettled` fields count as never synced: a record found after a doubt may lack what its create did not get to
    (a target may need several calls), or hold what a person wrote since; without a mark only the binding knows it.
    """
    settled = {name: pair for name, pair in base.items() if name not in unsettled}
    source = dict.fromkeys(base) | {name: pair[0] for name, pair in settled.items()}
    target = dict.fromkeys(base) | {
        name: canonical(row[name]) if name in row else pair[1] for name, pair in settled.items()
    }
    pohoda, crm = (source, target) if job.flow.direction == "to_crm" else (target, source)
    pohoda_id, crm_id = (technical, row["_id"]) if job.flow.direction == "to_crm" else (row["_id"], technical)
    bindings.bind(ledger, job.scope, technical=pohoda_id, key=key, crm_id=crm_id, pohoda=pohoda, crm=crm, run_id=run_id)


def _key_of_new(job: Job, row: Row) -> str | None:
    """The key that POHODA gave a record by itself, by which its other records name it; None for any other key."""
    alone = job.flow.direction == "to_pohoda" and job.flow.agenda.key == (("number",),)
    return business_key(("number",), row) if alone else None


def _is_duplicate(answer: Answer | None) -> bool:
    """Whether the target's own check refused the item, naming the records that it has already."""
    return answer is not None and answer.state == "refused" and bool(answer.details.get("duplicate"))


def _beside(reason: Row, target_says: Sequence[Row]) -> Row:
    """The reason with what the target itself says of it."""
    said = {language: "; ".join(one[language] for one in target_says) for language in ("en", "cs", "sk")}
    return {**reason, **{language: f"{reason[language]} ({text})" for language, text in said.items()}}


def due_again(ledger: Connection, job: Job, technical: Sequence[str], why: str) -> None:
    """These records are due in the next run, whether they change or not."""
    waiting.make_due(ledger, job.scope, technical, why)


def item_of(job: Job, intent: Intent) -> Item:
    """The intent as its target is asked to write it; the same at every sending."""
    values = loads(intent.item)
    beside = bool(values.pop("_beside", False))
    mark = job.source.mark_of(intent.technical, job.agenda) if intent.action == "create" else None
    return Item(intent.id, intent.key, intent.action, values, intent.target_id, mark, beside)


def _drift(sent: Mapping[str, Any], stored: Row) -> dict[str, Any]:
    """The fields that the target stored otherwise than they were sent: name -> [sent, stored]."""
    return {
        name: [canonical(value), canonical(stored.get(name))]
        for name, value in sent.items()
        if name in stored and canonical(value) != canonical(stored.get(name))
    }


def _stored_text(drift: Mapping[str, Any], details: Mapping[str, Any]) -> str | None:
    """What a person should know of a stored record: what is not as it was sent, and what the accountant added."""
    told = [f"stored otherwise than sent: {', '.join(drift)}"] if drift else []
    if lost := [f"{loss['field']}: {loss['character']} as {loss['stored']!r}" for loss in details.get("losses") or ()]:
        told.append(f"characters that POHODA lacks ({', '.join(lost)})")
    if filled := details.get("filled"):
        rows = ", ".join(f"{name} (row {row})" for name, row in filled["rows"].items())
        told.append(f"filled by {filled['table']}: {rows}")
    told += [one["en"] for one in details.get("told") or ()]
    return "; ".join(told) or None
