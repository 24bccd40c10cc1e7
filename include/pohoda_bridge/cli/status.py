"""status: the newest runs, how far each flow was read, and what is open."""

from typing import Any

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.cli.collect import age
from pohoda_bridge.ledger import Scope, intents, open_ledger, runs, waiting
from pohoda_bridge.link import catalogue
from pohoda_bridge.settings import ledger_url


@click.command(help="Runs, cursors and what is open.")
@click.option("--link", help="Only this link.")
@click.option("--limit", default=30, show_default=True, help="How many runs.")
@json_option
def status(link: str | None, limit: int, as_json: bool) -> None:
    known = catalogue()
    if link is not None and link not in known.broken:
        known.flows(link)
    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        newest = runs.latest(connection, link=link, limit=limit)
        flows = [
            _flow(connection, Scope(name, agenda, direction))
            for name, settings in known.links.items()
            if link in {None, name}
            for agenda, direction in settings.enabled()
        ]
    ledger.close()
    data = {"runs": [_run(run) for run in newest], "flows": flows, "broken": known.broken}

    def show() -> None:
        for name, text in known.broken.items():
            click.echo(f"link {name} is broken:\n{text}\n")
        columns = ("flow", "read until", "quarantined", "held", "in doubt", "submitted", "conflicts")
        rows = [
            (f["flow"], f["cursor"], f["quarantined"], f["held"], f["in_doubt"], _submitted(f), f["conflicts"])
            for f in flows
        ]
        table(columns, rows, empty="No link runs anything.")
        told = [
            (f"{run.started:%Y-%m-%d %H:%M:%S}", "__".join(run.scope.columns().values()), run.state,
             ", ".join(f"{name} {n}" for name, n in run.counts.items() if n) or run.report if run.state != "done" else
             ", ".join(f"{name} {n}" for name, n in run.counts.items() if n))
            for run in newest
        ]  # fmt: skip
        table(("started (UTC)", "flow", "state", "what"), told, empty="No run yet.")

    answer(data, as_json, show=show)


def _flow(connection: Any, scope: Scope) -> dict[str, Any]:
    cursor = runs.cursor(connection, scope)
    return {
        "flow": "__".join(scope.columns().values()),
        **scope.columns(),
        "cursor": cursor.isoformat(sep=" ", timespec="seconds") if cursor else None,
        "quarantined": sum(not row["dismissed"] for row in waiting.quarantined(connection, scope)),
        "held": len(waiting.held(connection, scope)),
        "in_doubt": len(intents.unanswered(connection, scope)),
        "submitted": len(intents.submitted(connection, scope)),
        "submitted_since": intents.oldest_submitted(connection, scope),
        "conflicts": len(waiting.conflicts(connection, scope)),
    }


def _submitted(flow: dict[str, Any]) -> str:
    """How many wait for an answer, and the oldest of them for how long."""
    return f"{flow['submitted']}, {age(flow['submitted_since'])}" if flow["submitted"] else "0"


def _run(run: runs.Run) -> dict[str, Any]:
    return {
        "run_id": run.id, **run.scope.columns(), "mode": run.request.mode, "dry_run": run.request.dry_run,
        "state": run.state, "started": run.started, "finished": run.finished, "counts": run.counts,
        "report": run.report,
    }  # fmt: skip
