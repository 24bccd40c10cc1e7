"""conflicts list, resolve: fields that both sides changed and that have no master."""

from typing import Any

import click
from sqlalchemy import Connection

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.cli.quarantine import scopes
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Scope, bindings, open_ledger, runs, waiting
from pohoda_bridge.records.telling import tell
from pohoda_bridge.settings import ledger_url


@click.group(help="List or resolve what both sides changed.")
def conflicts() -> None:
    pass


@conflicts.command("list", help="Every conflict with both values.")
@click.argument("link")
@json_option
def list_(link: str, as_json: bool) -> None:
    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        found = [
            {**scope.columns(), "technical": technical, **conflict, "fields": _by_side(scope, conflict["fields"])}
            for scope in scopes(link)
            for technical, conflict in waiting.conflicts(connection, scope).items()
        ]
    rows = [
        (f"{c['agenda']} {c['direction']}", c["technical"], name, told.old, "\n".join((told.new, *told.rows)))
        for c in found
        for name, values in c["fields"].items()
        for told in (tell(name, values["pohoda"], values["crm"]),)
    ]
    columns = ("flow", "record", "field", "POHODA", "CRM")
    answer({"conflicts": found}, as_json, show=lambda: table(columns, rows, empty="There is no conflict."))


@conflicts.command("resolve", help="Let one side win, for all fields of a record or for the named ones.")
@click.argument("link")
@click.argument("agenda")
@click.argument("record")
@click.argument("winner", type=click.Choice(["pohoda", "crm"]))
@click.option("--field", "fields", multiple=True, help="Only this field; repeatable.")
@json_option
def resolve(link: str, agenda: str, record: str, winner: str, fields: tuple[str, ...], as_json: bool) -> None:
    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        decided = []
        for scope in scopes(link, agenda):
            own = _own_id(connection, scope, record)
            conflict = waiting.conflicts(connection, scope).get(own)
            if conflict and set(fields) <= set(conflict["fields"]):
                decision = {**conflict["decision"], **dict.fromkeys(fields or conflict["fields"], winner)}
                waiting.decide(connection, scope, own, decision)
                decided.append(own)
    if not decided:
        raise StopAgenda(f"there is no such conflict of {record}; `pohoda-bridge conflicts list {link}` shows them")
    answer({"decided": decided}, as_json, show=lambda: click.echo(f"{record}: {winner} wins with the next run."))


def _by_side(scope: Scope, fields: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    sides = ("pohoda", "crm") if scope.direction == "to_crm" else ("crm", "pohoda")
    return {name: dict(zip(sides, (both["source"], both["target"]), strict=True)) for name, both in fields.items()}


def _own_id(connection: Connection, scope: Scope, record: str) -> str:
    """The id of the record in this direction's source: a decision on either of a pair holds both ways.

    A pair that is not bound yet, as both differ from the start, is known by the outcome of the one of the source.
    """
    if binding := bindings.by_target(connection, scope, [record]).get(record):
        return binding.source_id(scope.direction)
    for technical in waiting.conflicts(connection, scope):
        if any(outcome.target_id == record for _, outcome in runs.history(connection, scope, technical, limit=1)):
            return technical
    return record
