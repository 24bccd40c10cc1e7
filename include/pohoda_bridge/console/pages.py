"""What the console shows, from the ledger and the store. Every value is escaped."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from pohoda_bridge.catalogue import Catalogue, Flow
from pohoda_bridge.ledger import Run, Scope, intents, open_ledger, runs, waiting
from pohoda_bridge.link import catalogue
from pohoda_bridge.settings import ledger_url, store_url
from pohoda_bridge.sync import Store
from pohoda_bridge.sync.job import path_name

SHOWN = 100
_PAGE = re.compile(r"(runs/)?[A-Za-z0-9_+-]+\.html")


def overview(may_see: Callable[[str], bool], only: str | None = None) -> str | None:
    """The flows with what is open in each, and the newest runs, as far as the reader may see them.

    `only` shows a single DAG; None when there is none of that name.
    """
    known = catalogue()
    flows = [flow for flow in _flows(known).values() if only in {None, flow.dag_id} and may_see(flow.dag_id)]
    broken = {
        name: text
        for name, text in known.broken.items()
        if only in {None, f"{name}__settings"} and may_see(f"{name}__settings")
    }
    if only and not flows and not broken:
        return None
    seen = {flow.dag_id for flow in flows}
    link = flows[0].link.link if only and flows else None
    ledger = open_ledger(ledger_url())
    try:
        with ledger.transaction() as connection:
            newest = [run for run in runs.latest(connection, link=link, limit=1000) if dag_id(run) in seen][:SHOWN]
            opened = {flow.dag_id: _open(connection, flow) for flow in flows}
    finally:
        ledger.close()
    root = "../" if only else ""
    return _rendered("overview.html", flows=flows, open=opened, runs=newest, broken=broken, root=root)


def dag_of_run(run_id: str) -> str | None:
    """The DAG a run belongs to, or None when the ledger knows no such run."""
    run = _run(run_id)
    return dag_id(run) if run else None


def run_page(run_id: str) -> str:
    """The report of a run; of one that made none, how it stands."""
    run = _run(run_id)
    assert run is not None
    folder = Store(store_url()).of("runs", *run.scope.columns().values(), path_name(run_id))
    report = _text(folder, "report.html") if run.state == "done" and run.report else None
    return report or _rendered("run.html", run=run, dag_id=dag_id(run))


def docs_page(dag_id: str, page: str) -> str | None:
    """A page of a flow's Data Docs; only names that we write ourselves are looked for."""
    if dag_id not in _flows(catalogue()) or not _PAGE.fullmatch(page):
        return None
    found = _text(Store(store_url()).of("docs", dag_id), page)
    return message("no run of this flow has judged any data yet") if found is None and page == "index.html" else found


def message(text: str) -> str:
    """A page that says one thing."""
    return _rendered("message.html", text=text)


def dag_id(run: Run) -> str:
    """The DAG of the run's flow."""
    return "__".join(run.scope.columns().values())


def _flows(known: Catalogue) -> dict[str, Flow]:
    return {flow.dag_id: flow for link in known.links for flow in known.flows(link)}


def _open(connection: Connection, flow: Flow) -> dict[str, Any]:
    scope = Scope(flow.link.link, flow.agenda.agenda, flow.direction)
    cursor = runs.cursor(connection, scope)
    return {
        "cursor": cursor.strftime("%Y-%m-%d %H:%M:%S") if cursor else "",
        "quarantined": sum(not row["dismissed"] for row in waiting.quarantined(connection, scope)),
        "held": len(waiting.held(connection, scope)),
        "in_doubt": len(intents.unanswered(connection, scope)),
        "submitted": len(intents.submitted(connection, scope)),
        "conflicts": len(waiting.conflicts(connection, scope)),
    }


def _run(run_id: str) -> Run | None:
    ledger = open_ledger(ledger_url())
    try:
        with ledger.transaction() as connection:
            return runs.find(connection, run_id)
    finally:
        ledger.close()


def _rendered(template: str, **values: Any) -> str:
    from jinja2 import Environment, PackageLoader

    environment = Environment(loader=PackageLoader("pohoda_bridge.console", "templates"), autoescape=True)
    return environment.get_template(template).render(**values)


def _text(store: Store, name: str) -> str | None:
    try:
        return store.read_text(name)
    except FileNotFoundError:
        return None
