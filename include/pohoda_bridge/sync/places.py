"""Where the CRM has each field, as the link says: one that got another place was never synced there.

The accident: a link gives a text another custom field. That one is empty everywhere, as if people had emptied it, and
POHODA's values went.
"""

import json

from pohoda_bridge.ledger import Kept, bindings
from pohoda_bridge.sync.job import Job


def forget_moved(job: Job) -> None:
    """Forget what was last synced of the fields that have another place in the CRM than in the agenda's last run."""
    kept = Kept(job.ledger, f"places of {job.flow.link.link} {job.agenda}")
    before: dict[str, str] = json.loads(kept.load() or "{}")
    now = {name: mapped.to for name, mapped in job.flow.reading.items()}
    if moved := {name for name, wire in now.items() if before.get(name, wire) != wire}:
        with job.ledger.transaction() as ledger:
            bindings.forget(ledger, job.scope, moved)
    if before != before | now:
        kept.save(json.dumps(before | now))
