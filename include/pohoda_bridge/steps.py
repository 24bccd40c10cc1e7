"""One step of a run, as a scheduler calls it: opens the link, calls the step, notes a failure on the run."""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pohoda_bridge import redact
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError, Retry
from pohoda_bridge.ledger import runs
from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.sync import Job, collect, extract, load, plan, report, transform, validate, worth_waiting
from pohoda_bridge.trigger import Interval, request_of, technical_ids, told

log = logging.getLogger(__name__)


def collected(job: Job, run_id: str) -> bool:
    """Take the answers that have come; whether none is to be expected soon any more."""
    collect(job, run_id)
    return not worth_waiting(job)


STEPS: Mapping[str, Callable[[Job, str], Any]] = {
    "validate": validate, "transform": transform, "plan": plan, "load": load, "collect": collected, "report": report,
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A scheduler's run: its id, its type, the values of its form, its data interval, whether no try is left."""

    id: str
    type: str
    params: Mapping[str, Any]
    interval: Interval = (None, None)
    last_try: bool = True


def run_step(
    name: str,
    names: tuple[str, str, str],
    run: Run,
    *,
    connections: Callable[[str], Any],
    mask: Callable[[str], object] = lambda secret: None,
) -> Any:
    """What the step returns: for `extract` whether there is anything to do, for `collect` whether no answer is to be
    waited for any more, for `report` the counts.

    `names` are link, agenda, direction. `connections` gives a scheduler's own connection by id, `mask` takes each
    secret that its log must not show. A BridgeError leaves with the text for the log alone; the text for people is
    noted on the run, unless a transient error is tried again.
    """
    redact.install()
    redact.tell(mask)
    flow = find_flow(*names)
    with open_job(flow, connections=lambda connection_id: as_ours(connections(connection_id))) as job:
        try:
            if name == "extract":
                request = request_of(run.type, run.params, run.interval, flow.source_zone)
                request = replace(request, ids=technical_ids(flow, request.ids))
                log.info("%s: a %s run, %s", flow.dag_id, run.type, told(request))
                return extract(job, run.id, request)
            with job.ledger.transaction() as ledger:
                runs.resumed(ledger, run.id)
            result = STEPS[name](job, run.id)
        except BridgeError as error:
            if run.last_try or not isinstance(error, Retry):
                _note(job, run.id, error.text)
            raise for_the_log(error) from error.__cause__
        except Exception as error:
            error.args = tuple(redact.masked(one) if isinstance(one, str) else one for one in error.args)
            if run.last_try:
                _note(job, run.id, f"{name} ended by a fault of ours ({type(error).__name__}): see its log")
            raise
    return result if name in {"collect", "report"} else None


def _note(job: Job, run_id: str, text: str) -> None:
    """Note on the run why it failed; a ledger that cannot be written must not hide the reason from the log."""
    try:
        with job.ledger.transaction() as ledger:
            runs.failed(ledger, run_id, redact.masked(text))
    except Exception:
        log.exception("the ledger could not note that run %s has failed", run_id)


def for_the_log(error: BridgeError) -> BridgeError:
    """The error as a log may carry it: one with a text that none may loses that text, and what caused it."""
    if error.log != error.text:
        where = "the whole text: the run's page in the console, or `pohoda-bridge status`"
        error.args = (f"{error.log} ({where})",)
        error.__cause__ = error.__context__ = None
    error.args = (redact.masked(str(error)),)
    return error


def as_ours(found: Any) -> Connection:
    """A scheduler's connection as ours."""
    extra = found.extra if isinstance(found.extra, dict) else json.loads(found.extra or "{}")
    return Connection(found.conn_id, found.host or "", found.port, found.login, found.password, found.schema, extra)
