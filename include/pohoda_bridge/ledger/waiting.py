"""Records that wait: due by themselves, held for another record, in quarantine, in conflict."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, select, update

from pohoda_bridge.ledger import deletions, schema
from pohoda_bridge.ledger.scope import Scope, fetch, remove, upsert
from pohoda_bridge.ledger.store import utc_now


def make_due(connection: Connection, scope: Scope, technical: Iterable[str], why: str) -> None:
    """These records are read again by the next run, changed or not."""
    upsert(connection, schema.due, [{**scope.columns(), "technical": t, "why": why} for t in technical])


def due(connection: Connection, scope: Scope) -> dict[str, str]:
    """Everything to take up again: technical id -> why. A held record only once what it waits for is bound."""
    found = {r.technical: r.why for r in connection.execute(select(schema.due).where(scope.of(schema.due)))}
    found.update(dict.fromkeys(_come(connection, scope, schema.wishes), "a record that it refers to came"))
    found.update(dict.fromkeys(_come(connection, scope, schema.held), "held"))
    doubts = select(schema.intents.c.technical).where(
        scope.of(schema.intents), schema.intents.c.state.in_(("open", "doubt"))
    )
    found.update({row.technical: "doubt" for row in connection.execute(doubts)})
    handed = select(schema.intents.c.technical).where(scope.of(schema.intents), schema.intents.c.state == "submitted")
    found.update({row.technical: "submitted" for row in connection.execute(handed)})
    found.update(dict.fromkeys(deletions.queued(connection, scope), "deleted"))
    return found


def _come(connection: Connection, scope: Scope, table: Table) -> Iterable[str]:
    """The records whose awaited one is bound now, by its id or by its business key."""
    to_crm = scope.direction == "to_crm"
    ids, id_ = (schema.aliases, "technical") if to_crm else (schema.bindings, "crm_id")
    for known, column, awaited in ((ids, id_, "waits_for"), (schema.bindings, "key", "waits_key")):
        on = (
            known.c.link == table.c.link, known.c.agenda == table.c.waits_agenda, known.c[column] == table.c[awaited],
        )  # fmt: skip
        yield from connection.scalars(select(table.c.technical).join(known, and_(*on)).where(scope.of(table)))


def waits(connection: Connection, scope: Scope) -> set[str]:
    """The records that wait for a person or for another record: held, in quarantine, in conflict."""
    tables = (schema.held, schema.quarantine, schema.conflicts)
    return {t for table in tables for t in connection.scalars(select(table.c.technical).where(scope.of(table)))}


def settle(connection: Connection, scope: Scope, outcomes: Mapping[str, str]) -> None:
    """What these records (technical id -> outcome) waited for is over, but for what the outcome says still waits."""
    for table, stays in (
        (schema.due, None),
        (schema.wishes, None),
        (schema.held, "held"),
        (schema.quarantine, "quarantined"),
        (schema.conflicts, "conflict"),
    ):
        remove(connection, table, scope, [t for t, outcome in outcomes.items() if outcome != stays])


def hold(connection: Connection, scope: Scope, rows: Sequence[Mapping[str, Any]]) -> None:
    """rows: technical, waits_agenda, waits_for, waits_key, reason. One that waits on keeps its day."""
    kept = fetch(connection, schema.held, scope, [row["technical"] for row in rows])
    upsert(
        connection, schema.held,
        [{**scope.columns(), "since": _since(kept.get(row["technical"])), **row} for row in rows],
    )  # fmt: skip


def wish(connection: Connection, scope: Scope, rows: Iterable[Mapping[str, Any]]) -> None:
    """rows: technical, waits_agenda, waits_for, waits_key: what these records went without."""
    upsert(connection, schema.wishes, [{**scope.columns(), **row} for row in rows])


def to_quarantine(connection: Connection, scope: Scope, run_id: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """rows: technical, reasons (list of dicts), record (dict). One that comes back keeps its day and dismissal."""
    kept = fetch(connection, schema.quarantine, scope, [row["technical"] for row in rows])
    stored = []
    for row in rows:
        old = kept.get(row["technical"])
        stored.append({
            **scope.columns(), "technical": row["technical"], "run_id": run_id,
            "since": _since(old), "dismissed": bool(old.dismissed) if old else False,
            "reasons": json.dumps(row["reasons"], ensure_ascii=False),
            "record": json.dumps(row["record"], ensure_ascii=False, default=str),
        })  # fmt: skip
    upsert(connection, schema.quarantine, stored)


def quarantined(connection: Connection, scope: Scope) -> list[dict[str, Any]]:
    """Every record in quarantine with its reasons and its values, dismissed ones too."""
    query = select(schema.quarantine).where(scope.of(schema.quarantine)).order_by(schema.quarantine.c.technical)
    return [
        {**row._mapping, "reasons": json.loads(row.reasons), "record": json.loads(row.record)}
        for row in connection.execute(query)
    ]


def dismiss(connection: Connection, scope: Scope, technical: str) -> bool:
    """A person has looked at the record and leaves it; False when it is not in quarantine."""
    where = (scope.of(schema.quarantine)) & (schema.quarantine.c.technical == technical)
    return connection.execute(update(schema.quarantine).where(where).values(dismissed=True)).rowcount == 1


def in_conflict(connection: Connection, scope: Scope, rows: Sequence[Mapping[str, Any]]) -> None:
    """rows: technical, fields ({name: {pohoda, crm}}). The day and a decision made before are kept."""
    kept = fetch(connection, schema.conflicts, scope, [row["technical"] for row in rows])
    upsert(
        connection, schema.conflicts,
        [
            {**scope.columns(), "technical": row["technical"], "since": _since(kept.get(row["technical"])),
             "fields": json.dumps(row["fields"], ensure_ascii=False, default=str),
             "decision": kept[row["technical"]].decision if row["technical"] in kept else "{}"}
            for row in rows
        ],
    )  # fmt: skip


def conflicts(connection: Connection, scope: Scope) -> dict[str, dict[str, Any]]:
    """The open conflicts by technical id: the fields with both values, and what a person has decided."""
    query = select(schema.conflicts).where(scope.of(schema.conflicts))
    return {
        row.technical: {
            "fields": json.loads(row.fields),
            "decision": json.loads(row.decision),
            "since": row.since,
        }
        for row in connection.execute(query)
    }


def held(connection: Connection, scope: Scope) -> dict[str, dict[str, Any]]:
    """The records that wait for another one, by technical id."""
    query = select(schema.held).where(scope.of(schema.held))
    return {row.technical: dict(row._mapping) for row in connection.execute(query)}


def decide(connection: Connection, scope: Scope, technical: str, decision: Mapping[str, str]) -> bool:
    """A person's choice for a conflict: field -> side that wins; the record is due again."""
    where = (scope.of(schema.conflicts)) & (schema.conflicts.c.technical == technical)
    changed = connection.execute(update(schema.conflicts).where(where).values(decision=json.dumps(decision)))
    if changed.rowcount == 1:
        make_due(connection, scope, [technical], "conflict decided")
    return changed.rowcount == 1


def why_waiting(connection: Connection, scope: Scope, technical: str) -> dict[str, str]:
    """Everything one record waits for: state -> reason."""
    found: dict[str, str] = {}
    if row := fetch(connection, schema.quarantine, scope, [technical]).get(technical):
        found["quarantined"] = "; ".join(reason["en"] for reason in json.loads(row.reasons))
    if row := fetch(connection, schema.held, scope, [technical]).get(technical):
        found["held"] = row.reason
    if row := fetch(connection, schema.conflicts, scope, [technical]).get(technical):
        found["conflict"] = "both sides changed " + ", ".join(json.loads(row.fields))
    if row := fetch(connection, schema.due, scope, [technical]).get(technical):
        found["due"] = f"goes with the next run: {row.why}"
    return found


def _since(old: Any) -> datetime:
    """Since when a record waits: a row that is noted again keeps its day."""
    return old.since if old is not None else utc_now()
