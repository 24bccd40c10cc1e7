"""One step of a run, as a scheduler calls it: opens the link, calls the step, notes a failure on the run."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pohoda_bridge import redact
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import runs
from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.sync import Job, extract, load, plan, report, transform, validate
from pohoda_bridge.trigger import request_of

STEPS: Mapping[str, Callable[[Job, str], Any]] = {
    "validate": validate, "transform": transform, "plan": plan, "load": load, "report": report,
}  # fmt: skip


def run_step(
    name: str,
    names: tuple[str, str, str],
    *,
    run_id: str,
    asked: tuple[str, Mapping[str, Any]],
    interval: tuple[datetime | None, datetime | None],
    connections: Callable[[str], Any],
) -> Any:
    """What the step returns: for `extract` whether there is anything to do, for `report` the counts.

    `asked` is the run's type and the values of its form; `connections` gives a scheduler's own connection by id.
    """
    redact.install()
    flow = find_flow(*names)
    with open_job(flow, connections=lambda connection_id: _connection(connections(connection_id))) as job:
        try:
            if name == "extract":
                return extract(job, run_id, request_of(*asked, interval, flow.unit.timezone))
            result = STEPS[name](job, run_id)
        except BridgeError as error:
            with job.ledger.transaction() as ledger:
                runs.failed(ledger, run_id, error.text)
            raise
    return result if name == "report" else None


def _connection(found: Any) -> Connection:
    """A scheduler's connection as ours."""
    extra = found.extra if isinstance(found.extra, dict) else json.loads(found.extra or "{}")
    return Connection(found.conn_id, found.host or "", found.port, found.login, found.password, found.schema, extra)
