"""Bindings: one POHODA record <-> one CRM record, unique both ways, with the values last synced on each side."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import Scope, chunks, upsert
from pohoda_bridge.ledger.store import utc_now
from pohoda_bridge.side import Direction


@dataclass(frozen=True)
class Binding:
    """`pohoda` and `crm` are the mapped values as that side held them when both were last equal, in canonical form.

    `technical` is the POHODA record: the one that was asked for, else the newest of those that are this record.
    """

    id: int
    key: str
    technical: str
    crm_id: str
    pohoda: Mapping[str, Any]
    crm: Mapping[str, Any]

    def target(self, direction: Direction) -> Mapping[str, Any]:
        return self.crm if direction == "to_crm" else self.pohoda

    def source(self, direction: Direction) -> Mapping[str, Any]:
        return self.pohoda if direction == "to_crm" else self.crm

    def source_id(self, direction: str) -> str:
        return self.technical if direction == "to_crm" else self.crm_id

    def target_id(self, direction: str) -> str:
        return self.crm_id if direction == "to_crm" else self.technical


def by_source(connection: Connection, scope: Scope, ids: Iterable[str]) -> dict[str, Binding]:
    """Bindings of these records of the scope's source, by their ids."""
    found = by_technical if scope.direction == "to_crm" else by_crm_id
    return found(connection, scope, ids)


def by_target(connection: Connection, scope: Scope, ids: Iterable[str]) -> dict[str, Binding]:
    """Bindings of these records of the scope's target, by their ids."""
    found = by_crm_id if scope.direction == "to_crm" else by_technical
    return found(connection, scope, ids)


def sources(connection: Connection, scope: Scope) -> dict[str, Binding]:
    """Every binding of the agenda by the id of the scope's source."""
    every = all_of(connection, scope)
    return every if scope.direction == "to_crm" else {every[one].crm_id: every[one] for one in sorted(every, key=_age)}


def by_technical(connection: Connection, scope: Scope, technical: Iterable[str]) -> dict[str, Binding]:
    """Bindings of these POHODA records, by technical id."""
    found: dict[str, Binding] = {}
    for part in chunks(technical):
        query = _aliased().where(scope.of(schema.aliases), schema.aliases.c.technical.in_(part))
        found.update({row.technical: _binding(row) for row in connection.execute(query)})
    return found


def by_key(connection: Connection, scope: Scope, keys: Iterable[str]) -> dict[str, Binding]:
    """Bindings by business key: a record of a new year or a restored backup finds its pair again."""
    return {binding.key: binding for binding in _where(connection, scope, "key", keys)}


def by_crm_id(connection: Connection, scope: Scope, ids: Iterable[str]) -> dict[str, Binding]:
    """Bindings by the CRM's record id."""
    return {binding.crm_id: binding for binding in _where(connection, scope, "crm_id", ids)}


def all_of(connection: Connection, scope: Scope) -> dict[str, Binding]:
    """Every binding of the agenda by technical id."""
    return {row.technical: _binding(row) for row in connection.execute(_aliased().where(scope.of(schema.aliases)))}


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

    A business key belongs to the record that has it now: another binding that had it goes on without one.
    """
    key = key or _no_key(crm_id)
    same_key = by_key(connection, scope, [key]).get(key)
    old = by_technical(connection, scope, [technical]).get(technical)
    if old is None and same_key is not None and same_key.crm_id == crm_id:
        old = same_key
    if old is not None and old.crm_id != crm_id:
        raise RejectRecord(f"it is bound to CRM record {old.crm_id}, not to {crm_id}")
    if old is not None:  # what only the other direction carries was synced by it
        pohoda, crm = {**old.pohoda, **pohoda}, {**old.crm, **crm}
    values = {
        "key": key, "crm_id": crm_id, "run_id": run_id, "at": utc_now(),
        "pohoda_values": json.dumps(pohoda, ensure_ascii=False), "crm_values": json.dumps(crm, ensure_ascii=False),
    }  # fmt: skip
    try:
        with connection.begin_nested():
            if same_key is not None and same_key != old:
                _change(connection, same_key, key=_no_key(same_key.crm_id))
            if old is None:
                columns = {"link": scope.link, "agenda": scope.agenda, **values}
                binding_id = connection.scalar(
                    insert(schema.bindings).values(**columns).returning(schema.bindings.c.id)
                )
            else:
                binding_id = old.id
                _change(connection, old, **values)
    except IntegrityError as error:
        raise RejectRecord(f"CRM record {crm_id} is bound to another record") from error
    alias = {"link": scope.link, "agenda": scope.agenda, "technical": technical, "binding_id": binding_id}
    upsert(connection, schema.aliases, [alias])


def technical_ids(connection: Connection, scope: Scope, found: Iterable[Binding]) -> dict[int, set[str]]:
    """The POHODA records of these bindings: binding's id -> technical ids."""
    ids: dict[int, set[str]] = {}
    for part in chunks(binding.id for binding in found):
        query = select(schema.aliases).where(scope.of(schema.aliases), schema.aliases.c.binding_id.in_(part))
        for row in connection.execute(query):
            ids.setdefault(row.binding_id, set()).add(row.technical)
    return ids


def move(connection: Connection, binding: Binding, crm_id: str) -> None:
    """The pair goes on with another CRM record, which took the place of one that is gone."""
    _change(connection, binding, crm_id=crm_id)


def forget(connection: Connection, scope: Scope, names: Collection[str]) -> None:
    """Forget the last synced values of these fields in every pair of the agenda: they count as never synced."""
    for row in connection.execute(select(schema.bindings).where(scope.of(schema.bindings))).all():
        told = {"pohoda_values": row.pohoda_values, "crm_values": row.crm_values}
        left = {column: {n: v for n, v in json.loads(text).items() if n not in names} for column, text in told.items()}
        values = {column: json.dumps(kept, ensure_ascii=False) for column, kept in left.items()}
        connection.execute(update(schema.bindings).where(schema.bindings.c.id == row.id).values(**values))


def unbind(connection: Connection, scope: Scope, source_id: str) -> None:
    """Forget the pair of a record of the scope's source; the records stay as they are."""
    binding = by_source(connection, scope, [source_id]).get(source_id)
    if binding:
        connection.execute(delete(schema.aliases).where(schema.aliases.c.binding_id == binding.id))
        connection.execute(delete(schema.bindings).where(schema.bindings.c.id == binding.id))


def _no_key(crm_id: str) -> str:
    """What stands in the place of a business key, for a record without one."""
    return f"id:{crm_id}"


def _change(connection: Connection, binding: Binding, **values: Any) -> None:
    connection.execute(update(schema.bindings).where(schema.bindings.c.id == binding.id).values(**values))


def _aliased() -> Select[Any]:
    on = schema.bindings.c.id == schema.aliases.c.binding_id
    return select(schema.aliases.c.technical, schema.bindings).join(schema.bindings, on)


def _where(connection: Connection, scope: Scope, column: str, values: Iterable[str]) -> list[Binding]:
    newest: dict[int, Any] = {}
    for part in chunks(values):
        where = (scope.of(schema.bindings), schema.bindings.c[column].in_(part))
        for row in connection.execute(_aliased().where(*where)):
            if row.id not in newest or _age(row.technical) > _age(newest[row.id].technical):
                newest[row.id] = row
    return [_binding(row) for row in newest.values()]


def _age(technical: str) -> tuple[str, int, str]:
    """What is greater for a newer row of POHODA: its year and table, then its number."""
    place, _, number = technical.rpartition("/")
    return place, len(number), number


def _binding(row: Any) -> Binding:
    values = (json.loads(text) for text in (row.pohoda_values, row.crm_values))
    return Binding(row.id, row.key, row.technical, row.crm_id, *values)
