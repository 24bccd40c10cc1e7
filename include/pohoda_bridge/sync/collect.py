"""Take the answers of a target that answers later: each closes its intent as a call's answer would.

The order holds whatever breaks in between: the ledger notes what became of a pack before its answer is put away, so
that an answer is read once more rather than lost. Answers of nobody's packs are told and left where they are.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Intent, intents, waiting
from pohoda_bridge.ledger.intents import UNSETTLED
from pohoda_bridge.ledger.leases import Lease, renew
from pohoda_bridge.ledger.store import utc_now
from pohoda_bridge.quality.reasons import refusals
from pohoda_bridge.records.fingerprint import canonical, loads
from pohoda_bridge.side import Answer, Later, Pack, Row
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.load import taken
from pohoda_bridge.sync.send import DONE, due_again, item_of, send, settle

log = logging.getLogger(__name__)
Packs = dict[str, list[Intent]]


@dataclass
class Gathered:
    """What came of a flow's submitted records, counted by outcome, and what still waits, since when (UTC).

    `foreign`: packs in the folder of answers that no flow has sent. `unreadable`: pack -> why its answer says nothing.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    oldest: datetime | None = None
    foreign: list[str] = field(default_factory=list)
    unreadable: Mapping[str, str] = field(default_factory=dict)


def collect(job: Job, run_id: str, *, lost: bool = False) -> Gathered:
    """Note every answer that has come for the flow. What was answered is due again, or in quarantine.

    `lost`: a person says that packs which lie nowhere any more get no answer; they become doubts. StopAgenda, when all
    else is noted: the target takes nothing of the agenda before somebody mended what it says.
    """
    found, target = Gathered(), job.target
    if isinstance(target, Later) and (_packs(job) or target.answered()):
        with taken(job, run_id) as lease:
            stop = _collected(job, target, lease, found)
            if lost:
                _give_up(job, target, lease, found)
            _sweep(job, target, found)
        if stop:
            raise StopAgenda("; ".join(sorted(set(stop))))
    with job.ledger.transaction() as ledger:
        found.waiting = len(intents.submitted(ledger, job.scope))
        found.oldest = intents.oldest_submitted(ledger, job.scope)
    log.info("%s: collected %s, %d wait", job.flow.dag_id, dict(found.outcomes), found.waiting)
    return found


def worth_waiting(job: Job) -> bool:
    """Whether an answer is still to be expected soon: something was submitted within the unit's `answer_minutes`."""
    since = utc_now() - timedelta(minutes=job.flow.unit.answer_minutes)
    with job.ledger.transaction() as ledger:
        return intents.oldest_submitted(ledger, job.scope, since) is not None


def told(job: Job, lines: list[Row]) -> list[Row]:
    """The lines of a run's report, with what became of those that were submitted and are collected by now."""
    handed = {line["_id"] for line in lines if line["outcome"] == "submitted"}
    if not handed:
        return lines
    with job.ledger.transaction() as ledger:
        newest = intents.newest(ledger, job.scope, sorted(handed))
        refused = {row["technical"]: row["reasons"] for row in waiting.quarantined(ledger, job.scope)}
    became = {technical: _became(job, intent, refused.get(technical, ())) for technical, intent in newest.items()}
    return [{**line, **became.get(line["_id"], {})} for line in lines]


def _packs(job: Job) -> Packs:
    """The intents whose answers may lie there, by pack: the submitted ones, and doubts that a killed run left."""
    with job.ledger.transaction() as ledger:
        open_ = [*intents.submitted(ledger, job.scope).values(), *intents.unanswered(ledger, job.scope).values()]
    packs: Packs = {}
    for intent in open_:
        packs.setdefault(intent.pack_id, []).append(intent)
    return packs


def _collected(job: Job, target: Later, lease: Lease, found: Gathered) -> list[str]:
    """Note what has come; returns why nothing of the agenda is taken."""
    packs = _packs(job)
    lost = {pack for pack, of in packs.items() if all(intent.state != "submitted" for intent in of)}
    there = target.handed(sorted(lost))
    packs = {pack: of for pack, of in packs.items() if pack not in lost or pack in there}
    if not packs:
        return []
    asked = [Pack(pack, [item_of(job, intent) for intent in of]) for pack, of in packs.items()]
    came = target.collect(job.agenda, asked)
    found.unreadable = came.unreadable
    for pack, answers in came.answers.items():
        _close(job, lease, packs[pack], answers, found)
        target.put_away([pack])
    for pack in sorted(came.smaller):
        _halve(job, lease, packs[pack])
        target.put_away([pack])
    return list(came.stop.values())


def _close(job: Job, lease: Lease, pack: Sequence[Intent], answers: Sequence[Answer], found: Gathered) -> None:
    by_item = {answer.item_id: answer for answer in answers}
    with job.ledger.transaction() as ledger:
        renew(ledger, lease)
        results = {intent.technical: settle(ledger, job, intent, by_item[intent.id]) for intent in pack}
        refused = {t: result for t, result in results.items() if result["outcome"] == "quarantined"}
        for intent in pack:
            if intent.technical in refused:
                _quarantine(ledger, job, intent, refused[intent.technical])
        due = sorted(t for t, result in results.items() if t not in refused and result["outcome"] != "in_doubt")
        due_again(ledger, job, due, "its answer was collected")
    found.outcomes.update(result["outcome"] for result in results.values())


def _quarantine(ledger: Connection, job: Job, intent: Intent, result: Row) -> None:
    reasons = result.get("reasons") or refusals([result["reason"]], job.flow.crm.reasons)
    record = {name: canonical(value) for name, value in loads(intent.item).items() if not name.startswith("_")}
    row: dict[str, Any] = {"technical": intent.technical, "reasons": reasons, "record": record}
    waiting.to_quarantine(ledger, job.scope, intent.run_id, [row])


def _halve(job: Job, lease: Lease, pack: Sequence[Intent]) -> None:
    """Each half for itself, under new ids: nothing of the whole was stored, and that is certain."""
    with job.ledger.transaction() as ledger:
        renew(ledger, lease)
        for intent in pack:
            intents.close(ledger, intent, "retry", reasons=["its pack was refused as a whole and is halved"])
        due_again(ledger, job, [intent.technical for intent in pack], "its pack was refused as a whole")
    middle = len(pack) // 2
    for half in (pack[:middle], pack[middle:]):
        name = uuid4().hex
        send(job, lease, [replace(intent, id=uuid4().hex, pack_id=name, reasons=()) for intent in half])


def _give_up(job: Job, target: Later, lease: Lease, found: Gathered) -> None:
    """Packs that lie nowhere: the next run looks their records up, and sends what is not there with the same ids."""
    packs = _packs(job)
    with job.ledger.transaction() as ledger:
        renew(ledger, lease)
        for pack in packs.keys() - target.handed(sorted(packs)):
            for intent in packs[pack]:
                intents.close(ledger, intent, "doubt", reasons=["its pack is gone from POHODA's folder, unanswered"])
                found.outcomes["in_doubt"] += 1


def _sweep(job: Job, target: Later, found: Gathered) -> None:
    """Put away answers that were noted before somebody was killed; tell of those that belong to nobody."""
    names = target.answered()
    with job.ledger.transaction() as ledger:
        known = intents.packs(ledger, names)
    target.put_away(sorted(pack for pack, states in known.items() if not states & set(UNSETTLED)))
    found.foreign = sorted(names - known.keys())
    if found.foreign:
        log.warning("%s: %d answers of packs that nobody here has sent", job.flow.dag_id, len(found.foreign))


def _became(job: Job, intent: Intent, refused: Sequence[Row]) -> Row:
    """`refused`: the reasons in quarantine, as its answer put them there."""
    reason = "; ".join(intent.reasons) or None
    if intent.state == "written":
        drift = f"stored otherwise than sent: {', '.join(intent.drift)}" if intent.drift else None
        written = {"outcome": DONE[intent.action], "reason": drift, "target_id": intent.target_id}
        return {**written, "drift": intent.drift, "again": True}
    if intent.state == "refused":
        there = {one["en"]: one for one in refused}
        reasons = [there.get(one["en"], one) for one in refusals(intent.reasons, job.flow.crm.reasons)]
        return {"outcome": "quarantined", "reason": reason, "reasons": reasons}
    if intent.state in {"retry", "dropped"}:
        return {"outcome": "held", "reason": reason or "it is compared anew", "again": True}
    return {"outcome": "in_doubt", "reason": reason} if intent.state == "doubt" else {}
