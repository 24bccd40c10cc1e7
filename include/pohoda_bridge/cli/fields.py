"""fields: where each field of an agenda lives in POHODA and in the CRM, held against the live sides."""

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.link import catalogue, open_job


@click.command(help="The mapping of an agenda, held against the live sides.")
@click.argument("link")
@click.argument("agenda")
@json_option
def fields(link: str, agenda: str, as_json: bool) -> None:
    rows = []
    for flow in (flow for flow in catalogue().flows(link) if flow.agenda.agenda == agenda):
        with open_job(flow) as job:
            live = job.source.describe(agenda), job.target.describe(agenda)
        pohoda, crm = live if flow.direction == "to_crm" else reversed(live)
        for name in sorted({*flow.agenda.names, *flow.mapping}, key=lambda n: (n not in flow.mapping, n)):
            field, mapped = flow.agenda.fields.get(name), flow.mapping.get(name)
            derived = next((d.with_ for d in flow.agenda.derive if name in d.gives), None)
            rows.append({
                "direction": flow.direction, "field": name, "type": field.type if field else "derived",
                "sql": field.sql if field else f"{derived or 'setting'}()", "xml": field.xml if field else None,
                "pohoda_type": pohoda.get(name), "crm": mapped.to if mapped else None,
                "crm_type": crm.get(name),
            })  # fmt: skip
    columns = ("direction", "field", "sql", "xml", "pohoda type", "CRM field", "CRM type")
    shown = [(r["direction"], r["field"], r["sql"], r["xml"], r["pohoda_type"], r["crm"], r["crm_type"]) for r in rows]
    answer({"fields": rows}, as_json, show=lambda: table(columns, shown, empty="The link does not carry this agenda."))
