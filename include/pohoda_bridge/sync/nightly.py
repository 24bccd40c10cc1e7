"""The nightly look at both sides in full: what it finds is queued for the flow's next run. It writes to no side."""

from dataclasses import dataclass
from typing import Any

from pohoda_bridge.ledger import waiting
from pohoda_bridge.sync.gone import find_deleted
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.reconcile import Reconciled, reconcile


@dataclass(frozen=True)
class Night:
    """What a flow's next run takes up: records newly found deleted, and the differences that nothing explains."""

    deleted: list[str]
    reconciled: Reconciled

    def as_dict(self) -> dict[str, Any]:
        return {**self.reconciled.as_dict(), "deleted": self.deleted}


def nightly(job: Job, *, believe: bool = False) -> Night:
    """Look for deletions, compare both sides, make every unexplained difference due. StopAgenda: see `find_deleted`."""
    deleted = find_deleted(job, believe=believe)
    found = reconcile(job)
    with job.ledger.transaction() as ledger:
        different = [difference["id"] for difference in found.differences]
        waiting.make_due(ledger, job.scope, different, "both sides differ")
    return Night(deleted, found)
