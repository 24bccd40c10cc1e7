"""fields: where each field of an agenda lives in POHODA and in the CRM, held against the live sides; custom fields."""

from collections.abc import Iterator
from typing import Any

import click

from pohoda_bridge.catalogue import Agenda, Catalogue, Field, Flow, Link
from pohoda_bridge.catalogue.load import nearest
from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.connections import from_environment
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.pohoda.reader import Custom
from pohoda_bridge.pohoda.side import PohodaSide


@click.command(help="The mapping of an agenda, held against the live sides, and the custom fields of POHODA E1.")
@click.argument("link")
@click.argument("agenda")
@json_option
def fields(link: str, agenda: str, as_json: bool) -> None:
    known = catalogue()
    flows = [flow for flow in known.flows(link) if flow.agenda.agenda == agenda]
    if agenda not in known.agendas:
        raise SettingsError(f"unknown agenda {agenda!r}{nearest(agenda, known.agendas)}")
    live, custom = _pohoda(known, known.links[link], agenda, flows)
    asked = known.agendas[agenda]
    rows = [row for flow in flows for row in _mapped(flow)] or [_row(asked, name, live) for name in sorted(asked.names)]
    rows += list(_of_sets(asked))
    columns = ("direction", "field", "sql", "xml", "pohoda type", "CRM field", "CRM type")
    shown = [(r["direction"], r["field"], r["sql"], r["xml"], r["pohoda_type"], r["crm"], r["crm_type"]) for r in rows]

    def show() -> None:
        table(columns, shown, empty="The agenda has no fields.")
        own = [(c["field"], c["set"], c["caption"], c["type"], _values(c["values"])) for c in custom]
        empty = "POHODA has no custom fields here."
        table(("custom field", "set", "caption", "type", "values"), own, empty=empty, title="Custom fields")

    answer({"fields": rows, "custom": custom}, as_json, show=show)


def _pohoda(
    known: Catalogue, link: Link, agenda: str, flows: list[Flow]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """The live fields of POHODA alone, and its custom fields."""
    unit = known.units[link.unit]
    side = PohodaSide(unit, known.agendas, flows[0].read if flows else unit.read, from_environment)
    try:
        return dict(side.describe(agenda)), [_custom(one) for one in side.custom(agenda)]
    finally:
        side.close()


def _mapped(flow: Flow) -> Iterator[dict[str, Any]]:
    """The fields of a flow, those first that it carries."""
    with open_job(flow) as job:
        live = job.source.describe(flow.agenda.agenda), job.target.describe(flow.agenda.agenda)
    pohoda, crm = live if flow.direction == "to_crm" else reversed(live)
    for name in sorted({*flow.agenda.names, *flow.mapping}, key=lambda n: (n not in flow.mapping, n)):
        mapped = flow.mapping.get(name)
        yield {
            **_row(flow.agenda, name, dict(pohoda)), "direction": flow.direction,
            "crm": mapped.to if mapped else None, "crm_type": crm.get(name),
        }  # fmt: skip


def _row(agenda: Agenda, name: str, live: dict[str, str]) -> dict[str, Any]:
    field = next((part.fields[name] for part in agenda.parts if name in part.fields), None)
    derived = next((d.with_ for d in agenda.derive if name in d.gives), None)
    if field is None:
        kind = "set" if any(name in part.sets for part in agenda.parts) else "derived"
        made = "" if kind == "set" else f"{derived or 'setting'}()"
        return {**_place(name, Field()), "type": kind, "sql": made, "pohoda_type": live.get(name)}
    return {**_place(name, field), "pohoda_type": live.get(name)}


def _of_sets(agenda: Agenda) -> Iterator[dict[str, Any]]:
    sets = {name: of for part in agenda.parts for name, of in part.sets.items()}
    for name, of in sets.items():
        yield from (_place(f"{name}.{own}", field) for own, field in of.fields.items())


def _place(name: str, field: Field) -> dict[str, Any]:
    nowhere = dict.fromkeys(("direction", "pohoda_type", "crm", "crm_type"))
    return {**nowhere, "field": name, "type": field.type, "sql": field.sql, "xml": field.xml}


def _custom(one: Custom) -> dict[str, Any]:
    values = dict(one.values) if one.values is not None else None
    return {"field": one.key, "set": one.set, "caption": one.caption, "type": one.type, "values": values}


def _values(values: dict[str, str] | None) -> str:
    return ", ".join(f"{code} ({text})" if text else code for code, text in (values or {}).items())
