"""check: settings, connections and fields held against the real sides, and what rules take; `--data` lists what to
mend in POHODA."""

from dataclasses import asdict
from typing import Any

import click

from pohoda_bridge.catalogue import Catalogue, Flow
from pohoda_bridge.cli import about
from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.connections import from_environment
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.settings import store_url
from pohoda_bridge.survey import Published, Survey, publish, survey
from pohoda_bridge.sync.fit import custom_fields_fit
from pohoda_bridge.sync.ruling import Ruled, ruled


@click.command(help="Hold settings, connections and rights against the real sides; --data lists faulty data.")
@click.argument("link", required=False)
@click.option("--data", is_flag=True, help="Read all of POHODA, without the CRM, and list what to mend there.")
@click.option("--language", type=click.Choice(["en", "cs", "sk"]), help="Of the list (default: the unit's own).")
@json_option
@click.pass_context
def check(context: click.Context, link: str | None, data: bool, language: Any, as_json: bool) -> None:
    known = catalogue()
    checks: list[dict[str, Any]] = [
        {"what": f"settings of {name}", "fault": text} for name, text in known.broken.items()
    ]
    links = [link] if link else list(known.links)
    warnings = _warnings(known, links, whole=link is None)
    if data:
        surveys = _surveys(known, links, whole=link is None)
        found = [(one, publish(one, language or one.unit.language, _folder(one))) for one in surveys]
        checks += [
            {"what": f"{one.unit.unit} {name}", "fault": one.unread.get(name)}
            for one, _ in found
            for name in one.titles
        ]
        answer(_told(checks, found) | {"warnings": warnings}, as_json, show=lambda: _show(found))
    else:
        looked = [(flow.dag_id, _look(flow)) for name in links for flow in known.flows(name)]
        checks += [{"what": what, "fault": fault} for what, (fault, _) in looked]
        sides = [one for name in links for one in about.told(known, name)]
        said = {one["fault"] for one in checks}
        checks += [{"what": one.what, "fault": one.fault} for one in sides if one.fault and one.fault not in said]
        warnings += [text for one in sides for text in one.about.warnings]
        rows = [(c["what"], c["fault"] or "right") for c in checks]
        rules = {what: asdict(found) for what, (_, found) in looked if found}
        told = {
            "ok": not _faulty(checks), "checks": checks, "warnings": list(dict.fromkeys(warnings)), "rules": rules,
            "sides": [{"link": one.link, "side": one.side, **one.about.facts} for one in sides if one.about.facts],
        }  # fmt: skip

        def show() -> None:
            table(("what", "state"), rows, empty="There is no link.")
            for one in sides:
                for name, text in one.about.facts.items():
                    click.echo(f"{one.what}: {name} {text}")
            _show_rules(looked)

        answer(told, as_json, show=show)
    if warnings and not as_json:
        click.echo("\n".join(["Warnings:", *dict.fromkeys(warnings)]))
    if _faulty(checks):
        context.exit(1)


def _warnings(known: Catalogue, links: list[str], *, whole: bool) -> list[str]:
    """What the accountants' tables of the links' units, without a link of every unit, say in vain."""
    units = known.units if whole else dict.fromkeys(known.links[name].unit for name in links if name in known.links)
    return [text for unit in units for text in known.units[unit].accounting.warnings]


def _surveys(known: Catalogue, links: list[str], *, whole: bool) -> list[Survey]:
    """Every unit of the links, and without a link every unit there is."""
    by_unit: dict[str, list[str]] = {name: [] for name in known.units} if whole else {}
    for name in links:
        known.flows(name)
        by_unit.setdefault(known.links[name].unit, []).append(name)
    return [
        survey(known, known.units[unit], names, from_environment, lambda text: click.echo(text, err=True))
        for unit, names in by_unit.items()
    ]


def _folder(of: Survey) -> str:
    return f"{store_url().rstrip('/')}/check/{of.unit.unit}"


def _told(checks: list[dict[str, Any]], found: list[tuple[Survey, Published]]) -> dict[str, Any]:
    return {
        "ok": not _faulty(checks),
        "checks": checks,
        "units": [
            {
                "unit": one.unit.unit, "page": places.page, "book": places.book,
                "agendas": {
                    name: {"rows": rows, "refuse": one.levels(name)["refuse"], "warn": one.levels(name)["warn"]}
                    for name, rows in one.rows.items()
                },
            }
            for one, places in found
        ],
        "findings": [
            {
                "unit": one.unit.unit, "agenda": fault.agenda, "id": fault.id, "rule": fault.rule,
                "level": fault.level, "fields": fault.fields, **fault.text.model_dump(),
            }
            for one, _ in found
            for faults in one.faults.values()
            for fault in faults
        ],
    }  # fmt: skip


def _show(found: list[tuple[Survey, Published]]) -> None:
    rows = []
    for one, _ in found:
        for name in one.titles:
            levels = one.levels(name)
            counts = (one.rows[name], levels["refuse"], levels["warn"]) if name in one.rows else (None, None, None)
            rows.append((one.unit.unit, name, *counts, one.unread.get(name)))
    columns = ("unit", "agenda", "records", "must be mended", "warnings", "could not be read")
    table(columns, rows, empty="There is no unit.")
    for _, places in found:
        click.echo(f"For the accountant: {places.page}\n                    {places.book}")


def _faulty(checks: list[dict[str, Any]]) -> bool:
    return any(one["fault"] for one in checks)


def _look(flow: Flow) -> tuple[str | None, Ruled | None]:
    """What keeps the flow from running, or None; and what its rules take of all records, where it has any."""
    try:
        with open_job(flow) as job:
            job.source.describe(job.agenda)
            job.target.describe(job.agenda)
            custom_fields_fit(job)
            job.target.ready(job.agenda)
            return None, ruled(job) if flow.settings.rules else None
    except BridgeError as error:
        return error.text, None


def _show_rules(looked: list[tuple[str, tuple[str | None, Ruled | None]]]) -> None:
    for what, (_, found) in looked:
        if found:
            click.echo(f"{what}: {found.go} of {found.records} records go")
            for rule, held in found.rules:
                click.echo(f"  {held} of {found.records} hold: {rule}")
