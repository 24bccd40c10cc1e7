"""dags, pools: what the settings make in Airflow, told without Airflow."""

import json

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.link import catalogue
from pohoda_bridge.pools import pools_of


@click.command(help="The DAGs that the settings make.")
@json_option
def dags(as_json: bool) -> None:
    known = catalogue()
    found = [
        {"dag_id": flow.dag_id, "link": name, "agenda": flow.agenda.agenda, "direction": flow.direction,
         "enabled": True, "schedule": flow.settings.schedule, "after": list(flow.agenda.after)}
        for name in known.links
        for flow in known.flows(name)
    ]  # fmt: skip
    found += [
        {"dag_id": f"{name}__settings", "link": name, "enabled": False, "fault": text}
        for name, text in known.broken.items()
    ]
    rows = [(dag["dag_id"], dag.get("schedule") or "", dag.get("fault") or "") for dag in found]
    answer(found, as_json, show=lambda: table(("DAG", "schedule", "fault"), rows, empty="There is no link."))


@click.command(help="Airflow's pools for these settings, in the form of `airflow pools import`.")
@json_option
def pools(as_json: bool) -> None:
    found = pools_of(catalogue())
    answer(found, as_json, show=lambda: click.echo(json.dumps(found, indent=2)))
