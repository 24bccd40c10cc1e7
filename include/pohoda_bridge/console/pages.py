"""What the console shows, from the ledger and the store."""

import re

from pohoda_bridge.errors import SettingsError
from pohoda_bridge.ledger import open_ledger, runs
from pohoda_bridge.link import catalogue
from pohoda_bridge.settings import ledger_url, store_url
from pohoda_bridge.sync import Store
from pohoda_bridge.sync.job import path_name

_PAGE = re.compile(r"(runs/)?[A-Za-z0-9_+-]+\.html")


def overview() -> str:
    """The flows with their Data Docs, and the newest runs with their reports."""
    from jinja2 import Environment, PackageLoader

    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        newest = runs.latest(connection, limit=100)
    ledger.close()
    known = catalogue()
    flows = [flow for link in known.links for flow in known.flows(link)]
    environment = Environment(loader=PackageLoader("pohoda_bridge.console", "templates"), autoescape=True)
    return environment.get_template("overview.html").render(flows=flows, runs=newest, broken=known.broken)


def report_page(run_id: str) -> str | None:
    """The report of a run, or None when the run made none."""
    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        run = runs.find(connection, run_id)
    ledger.close()
    if run is None:
        return None
    return _text(Store(store_url()).of("runs", *run.scope.columns().values(), path_name(run_id)), "report.html")


def docs_page(dag_id: str, page: str) -> str | None:
    """A page of a flow's Data Docs; only names that we write ourselves are looked for."""
    known = catalogue()
    try:
        flows = {flow.dag_id for link in known.links for flow in known.flows(link)}
    except SettingsError:
        flows = set()
    if dag_id not in flows or not _PAGE.fullmatch(page):
        return None
    return _text(Store(store_url()).of("docs", dag_id), page)


def _text(store: Store, name: str) -> str | None:
    try:
        return store.read_text(name)
    except FileNotFoundError:
        return None
