"""check: settings, connections and fields held against the real sides; `--data` lists what to mend in the data."""

import tempfile
from typing import Any

import click

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.maintenance import judged
from pohoda_bridge.sync import Store


@click.command(help="Hold settings, connections and rights against the real sides; --data lists faulty data.")
@click.argument("link", required=False)
@click.option("--data", is_flag=True, help="Read everything and list the data faults; nothing is written.")
@json_option
@click.pass_context
def check(context: click.Context, link: str | None, data: bool, as_json: bool) -> None:
    known = catalogue()
    checks: list[dict[str, Any]] = [
        {"what": f"settings of {name}", "fault": text} for name, text in known.broken.items()
    ]
    findings: list[dict[str, Any]] = []
    for name in [link] if link else list(known.links):
        for flow in known.flows(name):
            checks.append({"what": flow.dag_id, "fault": _fault(flow)})
            if data and checks[-1]["fault"] is None:
                findings += _findings(flow)
    faults = [one for one in checks if one["fault"]]

    def show() -> None:
        table(("what", "state"), [(c["what"], c["fault"] or "right") for c in checks], empty="There is no link.")
        if data:
            rows = [(f["flow"], f["id"], f["level"], f["en"], f["sk"]) for f in findings]
            table(("flow", "record", "level", "fault", "chyba"), rows, empty="No fault in the data.")

    answer({"ok": not faults, "checks": checks, "findings": findings}, as_json, show=show)
    if faults:
        context.exit(1)


def _findings(flow: Flow) -> list[dict[str, Any]]:
    """The faults in all data of a flow; nothing is left behind."""
    with tempfile.TemporaryDirectory() as folder:
        return [{"flow": flow.dag_id, **finding} for finding in judged(flow, "check", Store(folder))]


def _fault(flow: Flow) -> str | None:
    """What keeps the flow from running, or None."""
    try:
        with open_job(flow) as job:
            job.source.describe(job.agenda)
            job.target.describe(job.agenda)
            job.target.ready(job.agenda)
    except BridgeError as error:
        return error.text
    return None
