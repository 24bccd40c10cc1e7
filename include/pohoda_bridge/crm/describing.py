"""The live fields of an entity held against the CRM's file, before anything is read or written with wrong names."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, get_args

from pohoda_bridge.catalogue import WireField
from pohoda_bridge.catalogue.crm import Kind
from pohoda_bridge.crm.answer import folded
from pohoda_bridge.crm.api import Api, Describe
from pohoda_bridge.crm.columns import Column
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.http import Http, label
from pohoda_bridge.crm.shape import Shape
from pohoda_bridge.errors import StopAgenda

Told = Mapping[str, Any] | None
Fields = Mapping[str, Mapping[str, Any]]
log = logging.getLogger(__name__)


def describe(http: Http, api: Api, shape: Shape) -> Mapping[str, str]:
    """Canonical name -> live kind, and the shape told of them. StopAgenda names each field that is gone or another.

    A service that cannot describe itself is trusted to be what the file says.
    """
    fields = _live(http, api, shape, shape.entity)
    if fields is None:
        return dict(shape.kinds)
    names = api.describe
    assert names is not None
    live = Live(shape, names, fields)
    for name, column in shape.columns.items():
        live.take(name, column)
    for wire in shape.constants:
        live.known("constant", shape.entity, wire, shape.crm.entities[shape.entity].fields, fields)
    for column in shape.children:
        of = str(column.mapped.entity)
        own = _live(http, api, shape, of) or {}
        for name, inner in column.inner.items() if own else ():
            live.kind(f"{column.name}.{name}", inner, of, shape.crm.entities[of].fields, own)
        if own:
            live.known(column.name, of, str(column.mapped.parent), shape.crm.entities[of].fields, own)
    if live.faults:
        told = "; ".join(live.faults)
        raise StopAgenda(f"{shape.agenda}: {told}. Mend {shape.crm.crm}.yaml or the link's fields")
    shape.locked = frozenset(live.locked)
    return dict(shape.kinds)


@dataclass
class Live:
    """What the service tells of an entity's fields, held against the file field by field; `faults` in words."""

    shape: Shape
    names: Describe
    fields: Fields
    faults: list[str] = field(default_factory=list)
    locked: set[str] = field(default_factory=set)

    def take(self, name: str, column: Column) -> None:
        """A column of the entity, with the columns of its rows; its live kind counts from now on."""
        if column.mapped.entity:
            return
        entity, known, fields = self.shape.entity, self.shape.crm.entities[self.shape.entity].fields, self.fields
        if column.object:
            above = self.known(name, entity, column.object, known, fields)
            entity, known, fields = f"{entity}.{column.object}", known[column.object].fields, self._below(above)
        told = self.kind(name, column, entity, known, fields)
        if told is not None and self.names.read_only and told.get(self.names.read_only.casefold()) is True:
            self.locked.add(name)
        rows = self._below(told)
        for row, inner in column.inner.items() if rows else ():
            of = known[column.wire].fields if column.wire in known else {}
            self.kind(f"{name}.{row}", inner, f"{entity}.{column.wire}", of, rows)

    def kind(self, name: str, column: Column, entity: str, known: Mapping[str, WireField], fields: Fields) -> Told:
        """The field of a column, whose live kind it takes; a field that nobody describes keeps the file's."""
        told = self.known(name, entity, column.wire, known, fields) if fields else None
        if told is not None:
            column.kind = self._kind(told)
        return told

    def known(self, name: str, entity: str, wire: str, known: Mapping[str, WireField], fields: Fields) -> Told:
        """What the service tells of a wire field; None, and a fault, when there is none of the file's kind."""
        told = fields.get(wire.casefold())
        if told is None:
            nearest = _nearest(wire, fields, self.names.name)
            self.faults.append(f"{entity} has no field {wire} any more ({name}){nearest}")
            return None
        kind = self._kind(told)
        if (wire in known and kind != known[wire].kind) or kind not in get_args(Kind):
            expected = f", the file says {known[wire].kind}" if wire in known else ""
            self.faults.append(f"{entity}.{wire} ({name}) is now of kind {kind}{expected}")
            return None
        return told

    def _kind(self, told: Mapping[str, Any]) -> str:
        kind = str(told.get(self.names.kind.casefold()))
        return self.names.kinds.get(kind, kind)

    def _below(self, told: Told) -> Fields:
        """The fields of an object or of parts; none where the service does not describe them."""
        inner = told.get(self.names.fields.casefold()) if told and self.names.fields else None
        return _by_name(self.names, inner) if isinstance(inner, list) else {}


def _live(http: Http, api: Api, shape: Shape, entity: str) -> dict[str, dict[str, Any]] | None:
    """Live fields by folded wire name; None when the service does not describe itself."""
    if api.describe is None:
        return None
    try:
        entries = http.read(api.describe, entity).at(api.envelope.records)
    except Failure:
        log.info("%s does not describe its fields; its file is trusted", shape.crm.title)
        return None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Failure("unreadable", label(api.describe, entity)).error()
    return _by_name(api.describe, entries)


def _by_name(names: Describe, entries: Sequence[Any]) -> dict[str, dict[str, Any]]:
    live = [folded(entry) for entry in entries if isinstance(entry, dict)]
    return {str(entry.get(names.name.casefold())).casefold(): entry for entry in live}


def _nearest(wire: str, fields: Mapping[str, Mapping[str, Any]], name: str) -> str:
    close = get_close_matches(wire.casefold(), fields, n=1)
    return f"; the nearest is {fields[close[0]][name.casefold()]}" if close else ""
