"""What a scheduler does once a night for a link: compare each flow, judge all its data, forget what is long over."""

import logging
import tempfile
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from pohoda_bridge import redact
from pohoda_bridge.catalogue import Flow
from pohoda_bridge.connections import Connections, from_environment
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import Request, Scope, open_ledger, retention, runs
from pohoda_bridge.ledger.store import utc_now
from pohoda_bridge.link import catalogue, find_flow, open_job
from pohoda_bridge.settings import ledger_url, store_url
from pohoda_bridge.side import Row
from pohoda_bridge.steps import as_ours, for_the_log
from pohoda_bridge.sync import Store, extract, nightly, validate
from pohoda_bridge.sync.job import path_name

log = logging.getLogger(__name__)
Names = tuple[str, str, str]


def reconcile_flow(names: Names, *, connections: Callable[[str], Any]) -> dict[str, Any]:
    """Compare a flow's sides and queue what was found; returns the numbers. `names` are link, agenda, direction."""
    with _logged():
        flow = find_flow(*names)
        with open_job(flow, connections=lambda of: as_ours(connections(of))) as job:
            night = nightly(job)
    found = night.reconciled
    told = {
        "equal": found.equal, "source": found.source, "target": found.target, "open": found.open,
        "deleted": len(night.deleted), "differences": len(found.differences), "duplicates": found.duplicates,
    }  # fmt: skip
    log.info("%s: %s", flow.dag_id, told)
    return told


def report_quality(names: Names, day: str, *, connections: Callable[[str], Any]) -> dict[str, int]:
    """Judge all data of a flow and publish the page of the day in its Data Docs; returns the faults by level."""
    run_id = f"quality-{day}"
    with _logged():
        flow, store = find_flow(*names), Store(store_url())
        try:
            found = judged(flow, run_id, store, connections=lambda of: as_ours(connections(of)))
        finally:
            _folder(store, Scope(*names), run_id).drop()
    told = {"refuse": 0, "warn": 0, **Counter(finding["level"] for finding in found)}
    log.info("%s: all data judged, %s", flow.dag_id, told)
    return told


def forget_old(link: str) -> int:
    """Forget what was over `keep_days` ago, in the ledger and in the store; returns how many runs."""
    with _logged():
        known = catalogue()
        known.flows(link)
        settings = known.links[link]
        before, store = utc_now() - timedelta(days=settings.keep_days), Store(store_url())
        ledger = open_ledger(ledger_url())
        try:
            with ledger.transaction() as connection:
                old = retention.outdated(connection, link, before)
            for run in old:
                _folder(store, run.scope, run.id).drop()
            with ledger.transaction() as connection:
                number = retention.forget(connection, link, before, settings.enabled())
        finally:
            ledger.close()
    log.info("%s: %d runs forgotten that ended before %s", link, number, before.date())
    return number


def newest_run(names: Names) -> str | None:
    """The id of the flow's newest run that is done and was no dry run: what a mail of the night tells beside."""
    ledger = open_ledger(ledger_url())
    try:
        with ledger.transaction() as connection:
            return runs.newest_done(connection, Scope(*names))
    finally:
        ledger.close()


def judged(flow: Flow, run_id: str, store: Store, *, connections: Connections = from_environment) -> list[Row]:
    """The faults in all data of a flow, judged in a ledger of its own; batch and Data Docs lie in `store`."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, secrets = open_ledger(f"sqlite:///{Path(folder) / 'check.db'}"), open_ledger(ledger_url())
        try:
            with open_job(flow, connections=connections, ledger=ledger, store=store, secrets=secrets) as job:
                if not extract(job, run_id, Request("full", dry_run=True)):
                    return []
                validate(job, run_id)
                return list(job.files(run_id).lines("findings"))
        finally:
            ledger.close()
            secrets.close()


def _folder(store: Store, scope: Scope, run_id: str) -> Store:
    return store.of("runs", scope.link, scope.agenda, scope.direction, path_name(run_id))


@contextmanager
def _logged() -> Generator[None]:
    """An error leaves with the text for the log alone."""
    redact.install()
    try:
        yield
    except BridgeError as error:
        raise for_the_log(error) from error.__cause__
