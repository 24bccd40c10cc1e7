"""Compare both sides in full: are they equal, and if not, what is open and why. It writes to no side."""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from pohoda_bridge.ledger import Binding, bindings, deletions, runs, waiting
from pohoda_bridge.side import Row, Window
from pohoda_bridge.sync.decide import comparison
from pohoda_bridge.sync.gone import absent, hidden
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.owner import own
from pohoda_bridge.sync.refer import Named, References
from pohoda_bridge.sync.shape import as_rows, shape
from pohoda_bridge.sync.sums import Line, Sums


@dataclass(frozen=True)
class Reconciled:
    """`differences` have no listed outcome that explains them; `open` counts the explained ones by reason."""

    agenda: str
    direction: str
    source: int
    target: int
    equal: bool
    duplicates: int
    open: dict[str, int]
    differences: list[dict[str, Any]]
    sums: list[Line]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def reconcile(job: Job) -> Reconciled:
    """Nothing is left to carry between any bound pair, or a listed open outcome says why not.

    A value that a side stores otherwise than it was sent (drift) was reported then, and counts as carried.
    """
    with job.ledger.transaction() as ledger:
        bound = bindings.sources(ledger, job.scope)
        open_ = _open(ledger, job)
        standing = runs.standing(ledger, job.scope)
        gone_there = deletions.known(ledger, job.scope.back)
    target = {row["_id"]: row for part in job.target.read(job.agenda, Window()).parts for row in part}
    differences: list[dict[str, Any]] = []
    counted: Counter[str] = Counter()
    sums = Sums(job.flow.agenda, job.flow.unit.country)
    total = 0
    for part in job.source.read(job.agenda, Window()).parts:
        shaped = as_rows(shape(part, job.flow))
        with job.ledger.transaction() as ledger:
            references = References.of(ledger, job, shaped)
            pairs = [bound[row["_id"]] for row in shaped if row["_id"] in bound]
            theirs = [target.get(binding.target_id(job.flow.direction), {}) for binding in pairs]
            named = Named.of(ledger, job, theirs, (values for b in pairs for values in (b.pohoda, b.crm)))
        for row in shaped:
            total += 1
            technical = row["_id"]
            binding = bound.get(technical)
            reason = open_.get(technical) or ("left_out" if row["_left_out"] else None)
            pair = target.get(binding.target_id(job.flow.direction)) if binding else None
            if binding and pair:
                own(job, row, pair)
                sums.add(row, pair)
                fields = _differing(job, references.resolve(row).record, pair, binding, named)
                if not fields:
                    continue
                reason = reason or ("cannot_write" if standing.get(technical) == "cannot_write" else None)
                if reason is None:
                    differences.append({"id": technical, "target_id": pair["_id"], "fields": fields})
                    continue
            elif binding and (there := binding.target_id(job.flow.direction)) in gone_there:
                reason = _deletion(gone_there[there])
            elif (reason := reason or standing.get(technical)) is None:
                what = "its pair is gone from the target" if binding else "it was never carried"
                differences.append({"id": technical, "what": what})
                continue
            counted[reason] += 1
    for technical, pair_id, reason in _deleted(job):
        if reason:
            counted[reason] += 1
        elif pair_id in target:
            differences.append({"id": technical, "target_id": pair_id, "what": "it was deleted in the source"})
    marks = Counter((row["_mark"].source, row["_mark"].id) for row in target.values() if row.get("_mark"))
    duplicates = sum(number - 1 for number in marks.values() if number > 1)
    return Reconciled(
        job.agenda, job.flow.direction, total, len(target), not differences and not duplicates,
        duplicates, dict(counted), differences, sums.lines() if job.flow.agenda.sums else [],
    )  # fmt: skip


def _deleted(job: Job) -> list[tuple[str, str, str | None]]:
    """The bound records that are gone from the source, with their pairs and what became of their deletions."""
    gone, _, _ = absent(job)
    with job.ledger.transaction() as ledger:
        known = deletions.known(ledger, job.scope)
    reasons = {technical: _deletion(done) for technical, done in known.items()}
    reasons |= dict.fromkeys(hidden(job.source, job.agenda, gone.keys() - known.keys()), "hidden")
    return [(one, binding.target_id(job.flow.direction), reasons.get(one)) for one, binding in sorted(gone.items())]


def _deletion(done: str | None) -> str:
    return f"deletion {done or 'queued'}"


def _open(ledger: Any, job: Job) -> dict[str, str]:
    """Records with a listed open outcome: technical id -> its name."""
    found = dict.fromkeys(waiting.held(ledger, job.scope), "held")
    found.update(dict.fromkeys((row["technical"] for row in waiting.quarantined(ledger, job.scope)), "quarantined"))
    found.update(dict.fromkeys(waiting.conflicts(ledger, job.scope), "conflict"))
    names = {"doubt": "in_doubt", "submitted": "submitted"}
    found.update({t: names[why] for t, why in waiting.due(ledger, job.scope).items() if why in names})
    return found


def _differing(job: Job, row: Row, pair: Row, binding: Binding, named: Named) -> list[str]:
    """The fields that a run would write, ask about or cannot write; what was settled otherwise is no difference."""
    found = comparison(job, row, pair, binding, {}, named, skip=frozenset())
    return sorted({*found.write, *found.conflicts, *found.stuck})
