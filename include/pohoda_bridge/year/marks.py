"""The CRM's records before and after: their marks, what they hold, and the marks set to the other year."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.errors import Retry
from pohoda_bridge.ledger.scope import chunks
from pohoda_bridge.side import Mark, Relink, Relinks, Window
from pohoda_bridge.sync import CrmRows, Job
from pohoda_bridge.sync.decide import target_print

TOGETHER = 50


@dataclass(frozen=True)
class Stand:
    """The records of one agenda as the CRM has them: id -> mark, id -> fingerprint of the mapped values."""

    marks: Mapping[str, Mark | None]
    prints: Mapping[str, str]


@dataclass
class Relinked:
    """What became of the marks: how many by what the CRM said, and the refused ones with the reason."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {"relinked": self.counts["relinked"], "unchanged": self.counts["unchanged"], "refused": self.refused}


def stand(job: Job) -> Stand:
    """Read the CRM's records of the agenda in full."""
    marks: dict[str, Mark | None] = {}
    prints: dict[str, str] = {}
    for part in job.target.read(job.agenda, Window()).parts:
        marks |= {row["_id"]: row.get("_mark") for row in part}
        prints |= {row["_id"]: target_print(job, row) for row in part}
    return Stand(marks, prints)


def relink(job: Job, wanted: Iterable[Relink], held: Callable[[], float]) -> Relinked:
    """Set these marks, and nothing else; none where the CRM keeps no marks of ours. `held` gives the leases' end.

    Retry when one was not answered: asked again, what was done is unchanged.
    """
    side = job.target.side if isinstance(job.target, CrmRows) else job.target
    found = Relinked()
    if not (isinstance(side, Relinks) and side.relinks(job.agenda)):
        return found
    for part in chunks(wanted, TOGETHER):
        for answer in side.relink(job.agenda, part, held()):
            if answer.state == "written":
                found.counts[str(answer.details.get("action"))] += 1
            elif answer.state == "refused":
                found.refused[answer.item_id] = "; ".join(answer.reasons)
            else:
                raise Retry(
                    f"the CRM gave no certain answer ({'; '.join(answer.reasons)}); run the same command again, it "
                    "goes on where it stopped"
                )
    return found
