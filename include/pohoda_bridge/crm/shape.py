"""An agenda in this CRM: its entity, its mapped fields with their kinds, and records turned into rows and back."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.catalogue import Crm, Mapped
from pohoda_bridge.catalogue.crm import Deleted
from pohoda_bridge.crm.answer import folded
from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.columns import Column, Directory, columns_of
from pohoda_bridge.crm.marks import shown
from pohoda_bridge.crm.wire import Forms
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Item, Row

PLACE = re.compile(r"(\w*)((?:\[\d+\])?)\.?(.*)", re.DOTALL)


class NoRecord(Exception):
    """What stands where a record should has no id."""


@dataclass
class Shape:
    """`columns` begin as the file says; `describe` puts in the live kinds and `locked`. `names` are the records that
    values name.
    """

    crm: Crm
    api: Api
    agenda: str
    mapping: Mapping[str, Mapped]
    forms: Forms
    names: Directory
    locked: frozenset[str] = frozenset()
    columns: dict[str, Column] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.columns = columns_of(self.crm, self.entity, self.mapping)
        self._own = [column for column in self.columns.values() if not column.mapped.entity]

    @property
    def kinds(self) -> dict[str, str]:
        """Canonical name -> kind on the wire."""
        return {name: column.kind for name, column in self.columns.items()}

    @property
    def children(self) -> tuple[Column, ...]:
        """The sets whose rows are records of their own."""
        return tuple(column for column in self.columns.values() if column.mapped.entity)

    @property
    def entity(self) -> str:
        return self.crm.agendas[self.agenda].entity

    @property
    def constants(self) -> Mapping[str, Any]:
        return self.crm.agendas[self.agenda].constants

    @property
    def deletes(self) -> bool:
        """Whether the CRM's file knows how to delete a record."""
        return self.api.delete is not None and not self.crm.entities[self.entity].read_only

    @property
    def deleted(self) -> Deleted | None:
        """How a record is marked whose pair was deleted; None where it cannot be."""
        return None if self.crm.entities[self.entity].read_only else self.crm.agendas[self.agenda].deleted

    @property
    def writable(self) -> frozenset[str]:
        if self.crm.entities[self.entity].read_only:
            return frozenset()
        return frozenset(name for name in self.columns if name not in self.locked and not self._read_only(name))

    def _read_only(self, name: str) -> bool:
        mapped = self.mapping[name]
        if mapped.entity:
            return self.crm.entities[mapped.entity].read_only
        place = self.crm.place(self.entity, mapped.to)
        return place is not None and place.read_only

    def identity(self, record: Mapping[str, Any]) -> str:
        """Raises NoRecord."""
        return identity(self.api, folded(record))

    def belongs(self, record: Mapping[str, Any]) -> bool:
        """Whether a record of the entity is one of the agenda: it carries the agenda's constants."""
        known = folded(record)
        return all(known.get(wire.casefold()) == value for wire, value in self.constants.items())

    def row(self, record: Any) -> Row:
        """The record in canonical names, without the sets whose rows are records of their own. Raises NoRecord."""
        system = self.api.system
        known = folded(record) if isinstance(record, dict) else {}
        row: Row = {"_id": identity(self.api, known)}
        row["_saved"] = self.forms.read_moment(known.get(system.modified.casefold())) if system.modified else None
        source, external = (known.get(name.casefold()) for name in (system.source or "", system.external_id or ""))
        row["_mark"] = shown(system, str(source), str(external)) if source and external else None
        if system.version and (version := known.get(system.version.casefold())) is not None:
            row["_version"] = version
        for column in self._own:
            row[column.name] = column.read(known, self.forms, self.names)
        return row

    def complete(self, record: Any) -> bool:
        """Whether an answer holds the whole record, every mapped field of it."""
        known = folded(record) if isinstance(record, dict) else {}
        return all(column.shown(known) for column in self._own)

    def body(self, item: Item) -> dict[str, Any]:
        """What is sent for an item, of a deletion and a mark nothing yet; children are no part of it.

        Raises ValueError: why it cannot go.
        """
        if item.action != "create" and not item.target_id:
            raise ValueError(f"{'an update' if item.action == 'update' else 'it'} needs the id of the record")
        if item.action == "delete" and not self.deletes:
            raise ValueError("the CRM's file tells no way to delete such a record")
        if item.action == "mark" and self.deleted is None:
            raise ValueError("the CRM's file tells no way to mark such a record")
        if item.action in {"delete", "mark"}:
            return {}
        sent = dict(self.constants) if item.action == "create" else {}
        for name, value in item.values.items():
            if name == "_version" and self.api.system.version:
                sent[self.api.system.version] = value
                continue
            if name not in self.writable:
                raise ValueError(f"{name}: the CRM cannot take this field")
            column = self.columns[name]
            if column.mapped.entity or (value is None and item.action == "create"):
                continue
            holder = sent.setdefault(column.object, {}) if column.object else sent
            holder[column.wire] = column.write(value, self.forms, self.names)
        if item.action == "create" and item.mark and self.api.marks:
            sent[str(self.api.system.source)] = item.mark.source
            sent[str(self.api.system.external_id)] = item.mark.id
        return sent

    def canonical(self, wire: str) -> str:
        """The canonical name of a wire field, for reasons a user reads; the wire name itself when it has none.

        `Items[0].VatPercent` becomes `items[1].vat_percent`: people count rows from one.
        """
        first, number, rest = PLACE.fullmatch(wire.casefold()).groups("")  # type: ignore[union-attr]
        for name, column in self.columns.items():
            if column.read_from == ((first, rest) if column.object else ("", first)):
                inner = next((n for n, c in column.inner.items() if c.read_from[1] == rest), rest)
                row = f"[{int(number[1:-1]) + 1}]" if number else ""
                return f"{name}{row}.{inner}" if column.inner and rest else name
        return wire


def identity(api: Api, record: Mapping[str, Any]) -> str:
    """The id of a record with folded keys. Raises NoRecord."""
    found = record.get(api.system.id.casefold())
    if found is None or found == "" or isinstance(found, dict | list | bool):
        raise NoRecord
    return str(found)


def shape_of(
    crm: Crm, api: Api, agenda: str, mapping: Mapping[str, Mapped] | None, forms: Forms, names: Directory
) -> Shape:
    """StopAgenda when the CRM's file does not know the agenda."""
    if agenda not in crm.agendas:
        raise StopAgenda(f"{crm.title} has no agenda {agenda!r}; its file knows {', '.join(crm.agendas)}")
    return Shape(crm, api, agenda, crm.agendas[agenda].fields if mapping is None else mapping, forms, names)
