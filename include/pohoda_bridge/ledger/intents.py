"""Intents: what is about to be written, committed before the call and closed by its answer.

The accident behind them: a server stores an invoice, the answer is lost, the client sends again, and the customer has
two. So an intent without an answer is a doubt, and nothing of it is sent again before it was looked up on the target.
States: open (sent or about to be), doubt (no answer), written, refused (definite: nothing stored), retry (definite:
nothing stored, a later attempt may work), dropped (the target has a record of ours with other values: compared anew),
submitted (it lies with a writer that answers later: neither sent again nor looked up before the answer was collected).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.leases import Lease, renew
from pohoda_bridge.ledger.scope import Scope, chunks
from pohoda_bridge.ledger.store import utc_now
from pohoda_bridge.side import Action

UNANSWERED = ("open", "doubt")
UNSETTLED = (*UNANSWERED, "submitted")


@dataclass(frozen=True)
class Intent:
    """One record about to be written. `item` is the side's Item, `source` the record's values, both as stored text."""

    id: str
    pack_id: str
    run_id: str
    technical: str
    key: str
    action: Action
    target_id: str | None
    print: str
    item: str
    source: str
    state: str = "open"
    reasons: Sequence[str] = ()
    drift: Mapping[str, Any] = field(default_factory=dict)


def open_all(connection: Connection, scope: Scope, intents: Sequence[Intent], lease: Lease) -> float:
    """Note the intents before the call, under the lease: a writer that lost it opens none. Returns the lease's end."""
    until = renew(connection, lease)
    rows = [
        {"id": i.id, "pack_id": i.pack_id, "run_id": i.run_id, **scope.columns(), "technical": i.technical,
         "key": i.key, "action": i.action, "target_id": i.target_id, "print": i.print, "item": i.item,
         "source": i.source, "state": "open", "opened": utc_now()}
        for i in intents
    ]  # fmt: skip
    connection.execute(insert(schema.intents), rows)
    return until


def reopen(connection: Connection, intents: Sequence[Intent], lease: Lease) -> float:
    """The same intents, with the same pack and item ids, are sent again after a look-up found nothing."""
    until = renew(connection, lease)
    ids = [intent.id for intent in intents]
    connection.execute(update(schema.intents).where(schema.intents.c.id.in_(ids)).values(state="open"))
    return until


def close(
    connection: Connection,
    intent: Intent,
    state: str,
    *,
    target_id: str | None = None,
    reasons: Iterable[str] = (),
    drift: Mapping[str, Any] | None = None,
) -> None:
    """Note the answer; with state `doubt` that there was none, with `submitted` that it comes later."""
    values = {
        "state": state, "closed": utc_now(), "target_id": target_id or intent.target_id,
        "reasons": json.dumps(list(reasons), ensure_ascii=False),
        "drift": json.dumps(drift or {}, ensure_ascii=False, default=str),
    }  # fmt: skip
    connection.execute(update(schema.intents).where(schema.intents.c.id == intent.id).values(**values))


def unanswered(connection: Connection, scope: Scope) -> dict[str, Intent]:
    """All doubts of the flow by technical id; an intent that a killed worker left open is one of them."""
    query = select(schema.intents).where(scope.of(schema.intents), schema.intents.c.state.in_(UNANSWERED))
    return {row.technical: _intent(row) for row in connection.execute(query)}


def submitted(connection: Connection, scope: Scope) -> dict[str, Intent]:
    """All intents of the flow that wait for the answer of a writer that answers later, by technical id."""
    query = select(schema.intents).where(scope.of(schema.intents), schema.intents.c.state == "submitted")
    return {row.technical: _intent(row) for row in connection.execute(query)}


def oldest_submitted(connection: Connection, scope: Scope, since: datetime | None = None) -> datetime | None:
    """When the intent was opened (UTC) that waits longest for such an answer, of those opened `since`."""
    where = [scope.of(schema.intents), schema.intents.c.state == "submitted"]
    where += [schema.intents.c.opened >= since] if since else []
    found: datetime | None = connection.scalar(select(func.min(schema.intents.c.opened)).where(*where))
    return found


def packs(connection: Connection, ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """The states that the intents of these packs have, of any flow; a pack that is no one's is left out."""
    found: dict[str, set[str]] = {}
    for part in chunks(ids):
        query = select(schema.intents.c.pack_id, schema.intents.c.state).where(schema.intents.c.pack_id.in_(part))
        for pack_id, state in connection.execute(query):
            found.setdefault(pack_id, set()).add(state)
    return {pack_id: frozenset(states) for pack_id, states in found.items()}


def newest(connection: Connection, scope: Scope, technical: Iterable[str]) -> dict[str, Intent]:
    """The newest intent of each of these records, whatever became of it."""
    found: dict[str, Intent] = {}
    for part in chunks(technical):
        query = (
            select(schema.intents)
            .where(scope.of(schema.intents), schema.intents.c.technical.in_(part))
            .order_by(schema.intents.c.opened)
        )
        found.update({row.technical: _intent(row) for row in connection.execute(query)})
    return found


def of_run(connection: Connection, run_id: str) -> dict[str, Intent]:
    """The newest intent of each record that the run opened since it began; those of an earlier begin are history."""
    began = select(schema.runs.c.started).where(schema.runs.c.id == run_id).scalar_subquery()
    query = (
        select(schema.intents)
        .where(schema.intents.c.run_id == run_id, schema.intents.c.opened >= began)
        .order_by(schema.intents.c.opened)
    )
    return {row.technical: _intent(row) for row in connection.execute(query)}


def attempts(connection: Connection, scope: Scope, technical: str, limit: int = 5) -> list[Intent]:
    """The newest intents of one record, whatever became of them."""
    query = (
        select(schema.intents)
        .where(scope.of(schema.intents), schema.intents.c.technical == technical)
        .order_by(schema.intents.c.opened.desc())
        .limit(limit)
    )
    return [_intent(row) for row in connection.execute(query)]


def _intent(row: Any) -> Intent:
    return Intent(
        row.id, row.pack_id, row.run_id, row.technical, row.key, row.action, row.target_id, row.print, row.item,
        row.source, row.state, tuple(json.loads(row.reasons)), json.loads(row.drift),
    )  # fmt: skip
