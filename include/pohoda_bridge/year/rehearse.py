"""What the change would do, proved on a copy of the ledger: every flow to the CRM is planned with the new year."""

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from pohoda_bridge.ledger import Ledger, Request, Scope, years
from pohoda_bridge.pohoda.identity import parsed
from pohoda_bridge.sync import Job, Store, extract, plan, transform, validate
from pohoda_bridge.year.carry import Carrying, Decisions, carry
from pohoda_bridge.year.change import Change
from pohoda_bridge.year.copy import copied


@dataclass
class Rehearsal:
    """`planned`: flow -> what its first run in the new year would do, counted; `again` are records that it would make
    anew although they are known."""

    carryings: list[Carrying] = field(default_factory=list)
    planned: dict[str, dict[str, int]] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing that is known would be made anew, and nothing is for a person to decide."""
        return not self.again and not any(one.ambiguous for one in self.carryings)

    def as_dict(self) -> dict[str, Any]:
        return {
            "clean": self.clean, "created_again": self.again, "planned": self.planned,
            "agendas": [
                {
                    "link": one.link, "agenda": one.agenda, "carried": len(one.carried),
                    "by": dict(Counter(pair.how for pair in one.carried)), "new": len(one.new),
                    "ambiguous": [asdict(doubt) for doubt in one.ambiguous],
                    "without_pair": one.left if one.newest_only else [],
                    "stay_in_their_year": 0 if one.newest_only else len(one.left),
                }
                for one in self.carryings
            ],
        }  # fmt: skip


def rehearse(change: Change, decisions: Decisions, renew: Callable[[], object] = lambda: None) -> Rehearsal:
    """Carry the bindings on a copy, then plan in full; no side is written. `renew` is called now and then."""
    found = Rehearsal()
    with copied(change.ledger, change.links) as copy, tempfile.TemporaryDirectory(prefix="pohoda-bridge-") as folder:
        for flow in change.agendas():
            renew()
            with change.job(flow, copy, Store(folder)) as job:
                carrying = carry(job, change.year, decisions)
                with copy.transaction() as ledger:
                    carry_over(ledger, job.scope, carrying, change.year)
            found.carryings.append(carrying)
        for flow in change.to_crm():
            renew()
            with change.job(flow, copy, Store(folder)) as job:
                _plan(job, found, copy)
    return found


def carry_over(ledger: Connection, scope: Scope, carrying: Carrying, year: int) -> None:
    """Note in a ledger what was found: harmless when it was noted before."""
    fresh = {one.old: one.new for one in carrying.fresh()}
    years.alias(ledger, scope, {one.new: one.binding for one in carrying.fresh()})
    years.rename(ledger, scope, fresh)
    old = {technical for technical in years.noted_ids(ledger, scope) if _older(technical, year)}
    years.leave(ledger, scope, old if carrying.newest_only else old & fresh.keys())
    years.read_anew(ledger, scope)


def _plan(job: Job, found: Rehearsal, copy: Ledger) -> None:
    run_id = f"rehearsal-{uuid4().hex[:8]}"
    counts: Counter[str] = Counter()
    known = {
        one.new
        for carrying in found.carryings
        if (carrying.link, carrying.agenda) == (job.scope.link, job.scope.agenda)
        for one in carrying.carried
    }
    if extract(job, run_id, Request("full", dry_run=True)):
        validate(job, run_id)
        transform(job, run_id)
        plan(job, run_id)
        for line in job.files(run_id).lines("plan"):
            counts[line["outcome"]] += 1
            if line["action"] == "create" and line["_id"] in known:
                found.again.append(line["_id"])
    found.planned[job.flow.dag_id] = dict(counts)


def _older(technical: str, year: int) -> bool:
    found = parsed(technical)
    return found is not None and found[0] < year
