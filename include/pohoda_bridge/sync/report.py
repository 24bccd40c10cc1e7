"""Close a run: every record's one outcome, what waits, and the cursor, in one transaction; and the report of it."""

import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import OUTCOMES, Outcome, Run, bindings, deletions, runs, sightings, waiting
from pohoda_bridge.quality.reasons import refusals
from pohoda_bridge.side import Row
from pohoda_bridge.sync.collect import told
from pohoda_bridge.sync.figures import note as note_shares
from pohoda_bridge.sync.figures import shares
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.page import render
from pohoda_bridge.sync.store import Store
from pohoda_bridge.sync.sums import Line, of_run

log = logging.getLogger(__name__)
SETTLED = frozenset({"created", "updated", "deleted", "unchanged", "left_out"})
PAIRED = frozenset({"created", "updated", "unchanged", "cannot_write", "conflict"})
TOGETHER = 1000


def report(job: Job, run_id: str) -> dict[str, int]:
    """Record the outcomes of a run and move its cursor; returns the counts, which add up to `read`."""
    files = job.files(run_id)
    with job.ledger.transaction() as ledger:
        run = runs.get(ledger, run_id)
    if run.state == "done":
        return dict(run.counts)
    results = {row["_id"]: row for row in files.lines("results")}
    lines = told(job, [_final(line, results) for line in files.lines("plan")])
    counts = count(lines, run.skipped)
    sums = _sums(job, files, run, lines)
    added = shares(job, lines, files.read("records"))
    address = files.write_text("report.html", render(job.flow, run, counts, lines, sums))
    with job.ledger.transaction() as ledger:
        if not run.request.dry_run:
            for start in range(0, len(lines), TOGETHER):
                _note(ledger, job, run, lines[start : start + TOGETHER])
            _look_at_not_written(ledger, job, lines)
            note_shares(ledger, job, added)
        runs.record_outcomes(ledger, run_id, [_outcome(line) for line in lines])
        runs.finish(ledger, run, counts, address)
    log.info("%s: %s", job.flow.dag_id, {name: number for name, number in counts.items() if number})
    return counts


def _sums(job: Job, files: Store, run: Run, lines: list[Row]) -> list[Line]:
    """What the run's pairs amount to on both sides, where it wrote something."""
    written = any(line["outcome"] in {"created", "updated"} for line in lines)
    if run.request.dry_run or not written or not job.flow.agenda.sums:
        return []
    pairs = {line["_id"]: line["target_id"] for line in lines if line.get("target_id") and line["outcome"] in PAIRED}
    found = of_run(job, files.read("records"), pairs)
    for line in (line for line in found if not line.equal):
        log.warning("%s: sums differ on %s: %s", job.flow.dag_id, line.day, line.as_dict())
    return found


def count(lines: Iterable[Row], skipped: int) -> dict[str, int]:
    """Outcomes counted; `read` is their sum. A record with two outcomes, or an unknown one, is a fault of ours."""
    seen: set[str] = set()
    found: Counter[str] = Counter()
    for line in lines:
        if line["_id"] in seen or line["outcome"] not in OUTCOMES:
            what = f"{line['_id']} has no single known outcome ({line['outcome']})"
            raise StopAgenda(f"record {what}; please report this")
        seen.add(line["_id"])
        found[line["outcome"]] += 1
    found["unchanged"] += skipped
    return {"read": len(seen) + skipped, **{name: found[name] for name in OUTCOMES}}


def _final(line: Row, results: dict[str, Row]) -> Row:
    """The line with what came of it; a planned write without a result cannot be: the load would not have ended."""
    return {**line, **{k: v for k, v in results.get(line["_id"], {}).items() if v is not None or k == "reason"}}


def _note(ledger: Connection, job: Job, run: Run, lines: list[Row]) -> None:
    by_outcome: dict[str, list[Row]] = {}
    for line in lines:
        by_outcome.setdefault(line["outcome"], []).append(line)
    waiting.settle(ledger, job.scope, {line["_id"]: line["outcome"] for line in lines})
    waiting.make_due(ledger, job.scope, [line["_id"] for line in lines if line.get("again")], "taken up again")
    sightings.note(ledger, job.scope, [_sighting(line) for line in lines if line.get("print")])
    updated = [line for line in by_outcome.get("updated", []) if line.get("target_id") and line["action"] != "mark"]
    sightings.overwritten(ledger, job.scope.back, [line["target_id"] for line in updated])
    refused = [_refused(job, line) for line in by_outcome.get("quarantined", [])]
    waiting.to_quarantine(ledger, job.scope, run.id, refused)
    waiting.hold(ledger, job.scope, [_held(line) for line in by_outcome.get("held", [])])
    waiting.wish(ledger, job.scope, wishes(lines))
    _note_deletions(ledger, job, lines)
    conflicts = [{"technical": line["_id"], "fields": line["conflicts"]} for line in by_outcome.get("conflict", [])]
    waiting.in_conflict(ledger, job.scope, conflicts)
    pairs = {line["target_id"] for line in lines if line.get("target_id") and line["outcome"] != "conflict"}
    over = sorted(pairs & waiting.conflicts(ledger, job.scope.back).keys())
    waiting.make_due(ledger, job.scope.back, over, "its conflict is over in the other direction")


def _look_at_not_written(ledger: Connection, job: Job, lines: list[Row]) -> None:
    """A change that a record of this side could not take is looked at again once that record was read: a person may
    have made it there."""
    met = {line["target_id"] for line in lines if line.get("target_id")}
    stuck = sorted(met & runs.not_written(ledger, job.scope.back).keys()) if met else []
    waiting.make_due(ledger, job.scope.back, stuck, "its pair, which could not take its change, was read again")


def _note_deletions(ledger: Connection, job: Job, lines: list[Row]) -> None:
    """What became of records that were found deleted; one that is read is there again."""
    results = {line["_id"]: "back" for line in lines if line.get("print")}
    ended = {**dict.fromkeys({*SETTLED, "cannot_write"}), "quarantined": "refused"}
    results |= {
        x["_id"]: ended[x["outcome"]] or x["deletion"] for x in lines if "deletion" in x and x["outcome"] in ended
    }
    deletions.settle(ledger, job.scope, results)
    for line in lines:
        if line.get("deletion") == "deleted" and line["outcome"] == "left_out":
            bindings.unbind(ledger, job.scope, line["_id"])


def _sighting(line: Row) -> tuple[str, str, bool]:
    waits_for_person = line.get("match") is not None
    return line["_id"], line["print"], line["outcome"] in SETTLED and not waits_for_person and not line.get("again")


def _refused(job: Job, line: Row) -> dict[str, Any]:
    reasons = line.get("reasons") or refusals([line.get("reason") or ""], job.flow.crm.reasons)
    return {"technical": line["_id"], "reasons": reasons, "record": line.get("record") or _new(line)}


def _new(line: Row) -> dict[str, Any]:
    return {name: change[1] for name, change in (line.get("changes") or {}).items()}


def _held(line: Row) -> dict[str, Any]:
    agenda, technical, key = line.get("waits") or (None, None, None)
    return {"technical": line["_id"], "waits_agenda": agenda, "waits_for": technical, "waits_key": key,
            "reason": line["reason"]}  # fmt: skip


def wishes(lines: Iterable[Row]) -> list[dict[str, Any]]:
    """Each once: several lines of a document may name one product, and PostgreSQL takes no row twice in one upsert."""
    names = ("waits_agenda", "waits_for", "waits_key")
    every = ((line["_id"], wish) for line in lines for wish in line.get("wishes") or ())
    known_last = sorted(every, key=lambda one: one[1][2] is not None)
    found = {(technical, wish[0], wish[1]): wish for technical, wish in known_last}
    return [{"technical": of, **dict(zip(names, wish, strict=True))} for (of, _, _), wish in found.items()]


def _outcome(line: Row) -> Outcome:
    reasons = line.get("reasons")
    reason = "; ".join(r["en"] for r in reasons) if reasons else line.get("reason")
    return Outcome(line["_id"], line["outcome"], reason, line.get("target_id"), line.get("changes") or {})
