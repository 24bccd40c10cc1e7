"""What a change of the accounting year does to the ledger, and the journal of it.

A known record gets its id of the new year beside the old one; what was noted under the old id goes on under the new
one, or is forgotten where the next full read tells it anew.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import Scope, chunks, fetch, remove, upsert

TOLD_ANEW = (schema.seen, schema.groups, schema.due, schema.quarantine, schema.held, schema.wishes, schema.conflicts)
"""What a full read brings again: ids of a year that is not read any more would only stand in its way."""
GO_ON = (schema.deletions, schema.decisions, schema.conflicts)
"""What a person decided, or a deletion that was carried out: it holds for the record, not for its id."""


def alias(connection: Connection, scope: Scope, ids: Mapping[str, int]) -> None:
    """These technical ids (-> id of the binding) are known records too."""
    rows = [
        {"link": scope.link, "agenda": scope.agenda, "technical": technical, "binding_id": binding}
        for technical, binding in ids.items()
    ]
    upsert(connection, schema.aliases, rows)


def rename(connection: Connection, scope: Scope, ids: Mapping[str, str]) -> None:
    """What was noted of POHODA's records under old ids goes on under new ones (old -> new); `scope` is to_crm's."""
    for table in GO_ON:
        rows = [{**row._mapping, "technical": ids[old]} for old, row in fetch(connection, table, scope, ids).items()]
        if rows:
            upsert(connection, table, rows)
            remove(connection, table, scope, ids)
    back = schema.decisions
    for part in chunks(ids):
        where = (scope.back.of(back), back.c.pair.in_(part))
        for pair in connection.scalars(select(back.c.pair).where(*where)).all():
            changed = update(back).where(scope.back.of(back), back.c.pair == pair).values(pair=ids[pair])
            connection.execute(changed)


def noted_ids(connection: Connection, scope: Scope) -> set[str]:
    """Every id under which something is noted that a full read tells anew."""
    return {
        technical
        for table in TOLD_ANEW
        for technical in connection.scalars(select(table.c.technical).where(scope.of(table)).distinct())
    }


def leave(connection: Connection, scope: Scope, ids: Collection[str]) -> None:
    """These ids are not read any more: nothing waits under them, and no new record is a duplicate of them."""
    for table in TOLD_ANEW:
        remove(connection, table, scope, ids)


def read_anew(connection: Connection, scope: Scope) -> None:
    """The flow's next run reads its source in full."""
    connection.execute(delete(schema.cursors).where(scope.of(schema.cursors)))


def unanswered(connection: Connection, links: Collection[str]) -> dict[str, int]:
    """Writes of these links whose answer is not known yet, counted by flow (`<link>__<agenda>__<direction>`)."""
    table = schema.intents
    columns = (table.c.link, table.c.agenda, table.c.direction)
    query = (
        select(*columns, func.count())
        .where(table.c.link.in_(links), table.c.state.in_(("open", "doubt", "submitted")))
        .group_by(*columns)
    )
    return {"__".join(row[:3]): row[3] for row in connection.execute(query)}


def written_since(connection: Connection, links: Collection[str], at: Any) -> dict[str, int]:
    """Records that were written to any side since then (UTC), counted by flow."""
    table = schema.intents
    columns = (table.c.link, table.c.agenda, table.c.direction)
    query = (
        select(*columns, func.count())
        .where(table.c.link.in_(links), table.c.state != "retry", table.c.state != "refused", table.c.opened > at)
        .group_by(*columns)
    )
    return {"__".join(row[:3]): row[3] for row in connection.execute(query)}


def newest_ids(connection: Connection, links: Iterable[str]) -> list[str]:
    """One technical id of the newest year that each agenda of these links is bound in."""
    table = schema.aliases
    query = select(func.max(table.c.technical)).where(table.c.link.in_(list(links))).group_by(table.c.agenda)
    return [technical for technical in connection.scalars(query) if technical]


def note(connection: Connection, unit: str, entry: Mapping[str, Any]) -> None:
    """The journal of a unit's newest change of year."""
    upsert(connection, schema.kept, [{"name": _name(unit), "text": json.dumps(entry, ensure_ascii=False)}])


def noted(connection: Connection, unit: str) -> dict[str, Any] | None:
    """What the journal says of the unit's newest change of year."""
    text = connection.scalar(select(schema.kept.c.text).where(schema.kept.c.name == _name(unit)))
    return dict(json.loads(text)) if text else None


def both(scope: Scope) -> tuple[Scope, Scope]:
    """The scopes of both directions, to_crm first."""
    return replace(scope, direction="to_crm"), replace(scope, direction="to_pohoda")


def _name(unit: str) -> str:
    return f"change of year of {unit}"
