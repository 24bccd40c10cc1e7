"""why: everything the ledger knows of one record, in words."""

import json
from typing import Any

import click
from sqlalchemy import ColumnElement, Connection, literal, or_, select

from pohoda_bridge.cli.answer import answer, json_option
from pohoda_bridge.cli.quarantine import scopes
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Scope, bindings, intents, open_ledger, runs, schema, waiting
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.records.telling import tell
from pohoda_bridge.settings import ledger_url
from pohoda_bridge.sync.ruling import reasons
from pohoda_bridge.trigger import technical_ids


@click.command(help="Why a record did or did not go. KEY: technical id, POHODA's ID, the CRM's id, or a business key.")
@click.argument("link")
@click.argument("agenda")
@click.argument("key")
@json_option
def why(link: str, agenda: str, key: str, as_json: bool) -> None:
    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        told = [
            _told(connection, scope, technical)
            for scope in scopes(link, agenda)
            for technical in _technical(connection, scope, key)
        ]
    told = told or _unmet(link, agenda, key)
    if not told:
        raise StopAgenda(f"no run has met a record {key!r} of {agenda}; a full sync reads everything")

    def show() -> None:
        for record in told:
            click.echo("\n".join(record["text"]))

    answer({"records": told}, as_json, show=show)


def _unmet(link: str, agenda: str, key: str) -> list[dict[str, Any]]:
    """Records that no run has met, by technical id, read from the source now: it may have kept them back by a rule."""
    known = catalogue()
    told: list[dict[str, Any]] = []
    for flow in known.flows(link) if link in known.links else ():
        if flow.agenda.agenda == agenda and flow.settings.rules_at_source:
            with open_job(flow) as job:
                found = reasons(job, technical_ids(flow, (key,)))
            told += [_told_unmet(flow.direction, agenda, link, one, why) for one, why in found.items()]
    return told


def _told_unmet(direction: str, agenda: str, link: str, technical: str, why: str | None) -> dict[str, Any]:
    reason = why or "nothing keeps it out; the next full run reads it"
    text = [f"{agenda} {direction}, record {technical}", f"  no run has met it: {reason}"]
    return {
        "link": link, "agenda": agenda, "direction": direction, "technical": technical, "crm_id": None,
        "pohoda_id": None, "waits": {}, "outcomes": [], "attempts": [], "reason": reason, "text": text,
    }  # fmt: skip


def _technical(connection: Connection, scope: Scope, key: str) -> list[str]:
    """The records that the key names, by the first way of looking that finds any."""
    seen, outcomes, noted = schema.seen.c.technical, schema.outcomes.c.technical, schema.intents.c.technical
    same_run = schema.runs.c.id == schema.outcomes.c.run_id
    own = schema.aliases.c.technical if scope.direction == "to_crm" else schema.bindings.c.crm_id
    queries = (
        select(seen).where(scope.of(schema.seen), _named(seen, key)),
        select(own)
        .select_from(schema.aliases)
        .join(schema.bindings, schema.bindings.c.id == schema.aliases.c.binding_id)
        .where(
            scope.of(schema.aliases),
            or_(
                schema.bindings.c.crm_id == key,
                _named(schema.aliases.c.technical, key),
                _has_part(schema.bindings.c.key, key),
            ),
        ),
        select(outcomes).join(schema.runs, same_run).where(scope.of(schema.runs), _named(outcomes, key)),
        select(noted).where(scope.of(schema.intents), _named(noted, key)),
    )
    found = (list(dict.fromkeys(connection.scalars(query))) for query in queries)
    return next((technical for technical in found if technical), [])


def _named(column: ColumnElement[str], key: str) -> ColumnElement[bool]:
    """A technical id, or the number at its end."""
    return or_(column == key, column.like(f"%/{_escaped(key)}", escape="\\"))


def _has_part(column: ColumnElement[str], key: str) -> ColumnElement[bool]:
    """Whether one whole part of a business key (an IČO, a name, a postcode) is this text."""
    part = key.casefold().replace("\\", "\\\\").replace("|", "\\|")
    return (literal("|") + column + "|").contains(f"|{part}|", autoescape=True)


def _escaped(key: str) -> str:
    return key.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _told(connection: Connection, scope: Scope, technical: str) -> dict[str, Any]:
    binding = bindings.by_source(connection, scope, [technical]).get(technical)
    side, pair = ("CRM", "crm_id") if scope.direction == "to_crm" else ("POHODA", "technical")
    history = runs.history(connection, scope, technical)
    text = [f"{scope.agenda} {scope.direction}, record {technical}"]
    bound = f"  bound to {side} record {getattr(binding, pair)}" if binding else f"  not bound to a {side} record"
    text.append(bound)
    for run, outcome in history:
        dry = " (dry run)" if run.request.dry_run else ""
        reason = f": {outcome.reason}" if outcome.reason else ""
        text.append(f"  {run.started:%Y-%m-%d %H:%M:%S} UTC: {outcome.outcome.replace('_', ' ')}{dry}{reason}")
        text += [
            f"      {line}" for name, (old, new) in outcome.changes.items() for line in tell(name, old, new).lines()
        ]
    waits = waiting.why_waiting(connection, scope, technical)
    text += [f"  {state}: {reason}" for state, reason in waits.items()]
    attempts = intents.attempts(connection, scope, technical)
    text += [f"  write {i.action}, {i.state}{': ' + '; '.join(i.reasons) if i.reasons else ''}" for i in attempts]
    if not history and not waits:
        text.append("  unchanged since it was last looked at")
    return {
        **scope.columns(),
        "technical": technical,
        "crm_id": binding.crm_id if binding else None,
        "pohoda_id": binding.technical if binding else None,
        "waits": waits,
        "outcomes": [
            {"run_id": run.id, "outcome": o.outcome, "reason": o.reason, "changes": o.changes} for run, o in history
        ],
        "attempts": [
            {"action": i.action, "state": i.state, "reasons": i.reasons, "drift": i.drift, "item": json.loads(i.item)}
            for i in attempts
        ],
        "text": text,
    }
