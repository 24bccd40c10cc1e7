"""Where canonical values live on the wire, compiled from a mapping: plain fields, parts of objects, rows of sets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pohoda_bridge.catalogue import Crm, Mapped, WireField
from pohoda_bridge.catalogue.crm import Named
from pohoda_bridge.crm.answer import folded
from pohoda_bridge.crm.wire import Forms, from_wire, to_wire


class Directory(Protocol):
    """Records that are known by a name."""

    def name(self, named: Named, identity: str) -> str: ...

    def identity(self, named: Named, name: str) -> str: ...


@dataclass
class Column:
    """One canonical value: its wire name, below `object` when that is filled; `kind` as the live service tells it.

    `key` is the wire name of the id that each part of a set has. `clears`: what is empty is sent as well.
    """

    name: str
    mapped: Mapped
    wire: str
    kind: str
    object: str = ""
    key: str = ""
    inner: dict[str, "Column"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.read_from = (self.object.casefold(), self.wire.casefold())
        self._own = {wire: own for own, wire in (self.mapped.values or {}).items()}

    def read(self, known: Mapping[str, Any], forms: Forms, names: Directory) -> Any:
        """The canonical value in a record whose keys are folded."""
        above, wire = self.read_from
        if above:
            holder = known.get(above)
            known = folded(holder) if isinstance(holder, dict) else {}
        value = known.get(wire)
        if self.inner:
            parts = value if isinstance(value, list) else []
            return [self.row(part, forms, names) for part in parts if isinstance(part, dict)] or None
        found = from_wire(value, self.kind, self._own, forms)
        named = self.mapped.named
        return names.name(named, found) if named and found is not None else found

    def row(self, part: Mapping[str, Any], forms: Forms, names: Directory) -> dict[str, Any]:
        """The filled canonical values of one row of the set."""
        known = folded(part)
        values = ((name, column.read(known, forms, names)) for name, column in self.inner.items())
        return {name: value for name, value in values if value is not None}

    def shown(self, known: Mapping[str, Any]) -> bool:
        """Whether an answer with folded keys shows the value, be it empty."""
        above, wire = self.read_from
        if above:
            holder = known.get(above)
            return above in known and (holder is None or (isinstance(holder, dict) and wire in folded(holder)))
        parts = known.get(wire) if self.inner else None
        return wire in known and all(
            column.shown(folded(part))
            for part in (parts if isinstance(parts, list) else ())
            if isinstance(part, dict)
            for column in self.inner.values()
        )

    def write(self, value: Any, forms: Forms, names: Directory) -> Any:
        """The value as it is sent, None to clear. Raises ValueError with the name of what cannot go."""
        if self.inner:
            if not isinstance(value, list | tuple):
                if value is None:
                    return []
                raise ValueError(f"{self.name}: is no list of rows")
            return [self._part(number, row, forms, names) for number, row in enumerate(value)]
        try:
            if self.mapped.named and value is not None:
                return names.identity(self.mapped.named, str(value))
            return to_wire(value, self.kind, self.mapped.values or {}, forms)
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None

    def part(self, row: Any, forms: Forms, names: Directory, *, clears: bool = False) -> dict[str, Any]:
        """One row as it is sent; with `clears` also what of it is empty. Raises ValueError."""
        if not isinstance(row, Mapping):
            raise ValueError("is no row")
        if unknown := sorted(set(row) - set(self.inner)):
            raise ValueError(f"{', '.join(unknown)}: the CRM has no place for it")
        sent = {c.wire: c.write(row.get(name), forms, names) for name, c in self.inner.items()}
        return {wire: value for wire, value in sent.items() if clears or value is not None}

    def _part(self, number: int, row: Any, forms: Forms, names: Directory) -> dict[str, Any]:
        try:
            return self.part(row, forms, names)
        except ValueError as error:
            raise ValueError(f"{self.name}[{number + 1}].{error}") from None


def columns_of(crm: Crm, entity: str, mapping: Mapping[str, Mapped]) -> dict[str, Column]:
    """A column for each canonical name, kinds as the file says; what it does not know is text."""
    found: dict[str, Column] = {}
    for name, mapped in mapping.items():
        above, _, wire = mapped.to.rpartition(".")
        place = crm.place(entity, mapped.to)
        kind = "parts" if mapped.fields else place.kind if place else "text"
        column = Column(name, mapped, wire, kind, above, key=(place.key or "") if place and mapped.fields else "")
        rows = crm.places(entity, mapped)
        column.inner = {row: _inner(row, part, rows) for row, part in mapped.fields.items()}
        found[name] = column
    return found


def _inner(name: str, mapped: Mapped, rows: Mapping[str, WireField]) -> Column:
    return Column(name, mapped, mapped.to, rows[mapped.to].kind if mapped.to in rows else "text")
