"""Bindings: one POHODA record <-> one CRM record, unique both ways, with the values last synced on each side."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import Scope, chunks, upsert
from pohoda_bridge.ledger.store import utc_now
from pohoda_bridge.side import Direction


@dataclass(frozen=True)
class Binding:
    """`values[side]` are the mapped values as that side held them when both were last equal, in canonical form."""

    id: int
    key: str
    crm_id: str
    pohoda: Mapping[str, Any]
    crm: Mapping[str, Any]

    def target(self, direction: Direction) -> Mapping[str, Any]:
        return self.crm if direction == "to_crm" else self.pohoda

    def source(self, direction: Direction) -> Mapping[str, Any]:
        return self.pohoda if direction == "to_crm" else self.crm


def by_technical(connection: Connection, scope: Scope, technical: Iterable[str]) -> dict[str, Binding]:
    """Bindings of these POHODA records, by technical id."""
    found: dict[str, Binding] = {}
    for part in chunks(technical):
        query = (
            select(schema.aliases.c.technical, schema.bindings)
            .join(schema.bindings, schema.bindings.c.id == schema.aliases.c.binding_id)
            .where(scope.of(schema.aliases), schema.aliases.c.technical.in_(part))
        )
        found.update({row.technical: _binding(row) for row in connection.execute(query)})
    return found


def by_key(connection: Connection, scope: Scope, keys: Iterable[str]) -> dict[str, Binding]:
    """Bindings by business key: a record of a new year or a restored backup finds its pair again."""
    return {binding.key: binding for binding in _where(connection, scope, "key", keys)}


def by_crm_id(connection: Connection, scope: Scope, ids: Iterable[str]) -> dict[str, Binding]:
    return {binding.crm_id: binding for binding in _where(connection, scope, "crm_id", ids)}


def all_of(connection: Connection, scope: Scope) -> dict[str, Binding]:
    """Every binding of the agenda by technical id."""
    query = (
        select(schema.aliases.c.technical, schema.bindings)
        .join(schema.bindings, schema.bindings.c.id == schema.aliases.c.binding_id)
        .where(scope.of(schema.aliases))
    )
    return {row.technical: _binding(row) for row in connection.execute(query)}


def bind(
    connection: Connection,
    scope: Scope,
    *,
    technical: str,
    key: str,
    crm_id: str,
    pohoda: Mapping[str, Any],
    crm: Mapping[str, Any],
    run_id: str,
) -> None:
    """Store the pair, or its new last synced values. RejectRecord when either record is bound to another one.

    A record without a business key (`key` is empty) is known by its technical id alone.
    """
    key = key or f"id:{technical}"
    values = {
        "key": key, "crm_id": crm_id, "run_id": run_id, "at": utc_now(),
        "pohoda_values": json.dumps(pohoda, ensure_ascii=False), "crm_values": json.dumps(crm, ensure_ascii=False),
    }  # fmt: skip
    old = by_technical(connection, scope, [technical]).get(technical) or by_key(connection, scope, [key]).get(key)
    try:
        with connection.begin_nested():
            if old is None:
                columns = {"link": scope.link, "agenda": scope.agenda, **values}
                binding_id = connection.scalar(
                    insert(schema.bindings).values(**columns).returning(schema.bindings.c.id)
                )
            else:
                binding_id = old.id
                if old.crm_id != crm_id:
                    raise RejectRecord(f"it is bound to CRM record {old.crm_id}, not to {crm_id}")
                connection.execute(update(schema.bindings).where(schema.bindings.c.id == binding_id).values(**values))
    except IntegrityError as error:
        raise RejectRecord(f"CRM record {crm_id} or the same business key is bound to another record") from error
    alias = {"link": scope.link, "agenda": scope.agenda, "technical": technical, "binding_id": binding_id}
    upsert(connection, schema.aliases, [alias])


def unbind(connection: Connection, scope: Scope, technical: str) -> None:
    """Forget the pair; the records stay as they are."""
    binding = by_technical(connection, scope, [technical]).get(technical)
    if binding:
        connection.execute(delete(schema.aliases).where(schema.aliases.c.binding_id == binding.id))
        connection.execute(delete(schema.bindings).where(schema.bindings.c.id == binding.id))


def _where(connection: Connection, scope: Scope, column: str, values: Iterable[str]) -> list[Binding]:
    found = []
    for part in chunks(values):
        query = select(schema.bindings).where(scope.of(schema.bindings), schema.bindings.c[column].in_(part))
        found += [_binding(row) for row in connection.execute(query)]
    return found


def _binding(row: Any) -> Binding:
    return Binding(row.id, row.key, row.crm_id, json.loads(row.pohoda_values), json.loads(row.crm_values))
