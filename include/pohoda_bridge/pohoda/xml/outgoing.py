"""One item as elements to send: every value in POHODA's form; whatever is wrong is told before anything goes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import codepage, identity, values
from pohoda_bridge.pohoda.codepage import Loss
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml.requests import askable
from pohoda_bridge.pohoda.xml.search import MARK_LENGTH
from pohoda_bridge.side import Item

_LINE_END = re.compile(r"\r\n|\r|\n")
_TYPES: Mapping[str, tuple[type, ...]] = {
    "text": (str,), "reference": (str,), "integer": (int,), "decimal": (Decimal, int), "boolean": (bool,),
    "date": (date,), "datetime": (datetime,),
}  # fmt: skip


class Unwritable(Exception):
    """The item cannot go; every reason begins with the field it is about."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"{len(reasons)} reasons")
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Leaf:
    """An element without children: its path of local names below the header, and its text; `nil` is xsi:nil."""

    path: str
    text: str = field(default="", repr=False)
    nil: bool = False


@dataclass(frozen=True)
class Outgoing:
    """An item ready to go. `number` is the record that is meant (of a sub-record its owner), None for a new record.

    `part` is the sub-record that is meant. `losses` are told field by field; a deletion has no leaves.
    """

    item: Item
    leaves: tuple[Leaf, ...]
    losses: Mapping[str, tuple[Loss, ...]]
    number: int | None = None
    part: int | None = None


class Form:
    """How items of an agenda are written; StopAgenda when POHODA takes none of them by XML."""

    def __init__(self, agenda: Agenda, source: Source, ext_id: str | None) -> None:
        if agenda.write is None or agenda.read.xml is None:
            raise StopAgenda(f"{agenda.agenda}: POHODA takes no such records by XML")
        self.agenda = agenda
        self.xml = agenda.read.xml
        self.actions = agenda.write.actions
        self.ext_id = ext_id if self.xml.rows is None else None
        self.owner = next((name for name, spec in agenda.fields.items() if self.xml.rows and spec.xml == "../id"), None)
        self.fields = {name: spec for name, spec in agenda.fields.items() if spec.write and spec.xml is not None}
        self._source = source
        self._prefix = f"{self.xml.rows}/" if self.xml.rows else ""

    def outgoing(self, item: Item) -> Outgoing:
        """The item as elements, in the order of the agenda file. Raises Unwritable with all reasons."""
        reasons = list(self._misfits(item))
        leaves: list[Leaf] = list(self._mark(item, reasons))
        losses: dict[str, tuple[Loss, ...]] = {}
        for name, spec in self.fields.items():
            if name in item.values and name != self.owner and item.action != "delete":
                try:
                    leaves += self._leaf(item, name, spec, losses)
                except ValueError as error:
                    reasons.append(f"{name}: {error}")
        known = item.action != "create"
        number = self._number(item.target_id, self.agenda.read.sql.table) if known else None
        if known and number is None:
            reasons.append("its record lies in another year or table of POHODA")
        if not leaves and not reasons and item.action != "delete":
            reasons.append("there is nothing to write")
        if reasons:
            raise Unwritable(reasons)
        if self.owner is None:
            return Outgoing(item, tuple(leaves), losses, number)
        return Outgoing(item, tuple(leaves), losses, self._owned_by(item), number)

    def expected(self, outgoing: Outgoing) -> dict[str, Any]:
        """What a reading will show of the item when POHODA stores it as it was sent."""
        names = {self._prefix + str(spec.xml): name for name, spec in self.fields.items()}
        return {
            names[leaf.path]: values.from_xml(self.fields[names[leaf.path]].type, leaf.text)
            for leaf in outgoing.leaves
            if leaf.path in names and self.fields[names[leaf.path]].type != "reference"
        }

    def reference(self, item: Item, name: str) -> int | None:
        """The number of the record that a field of the item refers to, or None."""
        return self._number(item.values.get(name), self._source.table_of(self.fields[name].ref))

    def _owned_by(self, item: Item) -> int | None:
        return self.reference(item, self.owner) if self.owner and item.action == "create" else None

    def _misfits(self, item: Item) -> Iterator[str]:
        if item.action not in self.actions:
            yield f"POHODA lets XML not {item.action} records of {self.agenda.agenda}"
        for name in sorted(set(item.values) - set(self.fields)):
            yield f"{name}: POHODA does not take it"
        for name, spec in self.fields.items():
            if spec.needed and item.action == "create" and item.values.get(name) is None:
                yield f"{name}: it must be filled"
        if item.action == "update" and self.owner in item.values:
            yield f"{self.owner}: it cannot go to another record"
        if self.owner and item.action == "create" and item.values.get(self.owner) and self._owned_by(item) is None:
            yield f"{self.owner}: it lies in another year or table of POHODA"

    def _mark(self, item: Item, reasons: list[str]) -> Iterator[Leaf]:
        if item.action != "create" or item.mark is None or self.ext_id is None:
            return
        if not askable(item.mark.id, MARK_LENGTH) or not askable(item.mark.source, MARK_LENGTH):
            reasons.append("its mark does not fit into POHODA's external id")
        yield Leaf(f"{self.ext_id}/ids", item.mark.id)
        yield Leaf(f"{self.ext_id}/exSystemName", item.mark.source)

    def _leaf(self, item: Item, name: str, spec: Field, losses: dict[str, tuple[Loss, ...]]) -> Iterator[Leaf]:
        """One element, or none where a new record has nothing to say. ValueError tells what is wrong with the value."""
        value, path = item.values[name], self._prefix + str(spec.xml)
        if value is not None and (
            not isinstance(value, _TYPES.get(spec.type, ())) or (spec.type != "boolean" and isinstance(value, bool))
        ):
            raise ValueError(f"{type(value).__name__} is no value of a {spec.type} field")
        text = None if value is None else self._text(name, spec, value, losses)
        if text:
            yield Leaf(path, text)
        elif value is not None and spec.needed:
            raise ValueError("it must be filled")
        elif item.action == "update":
            yield _cleared(path, spec)

    def _text(self, name: str, spec: Field, value: Any, losses: dict[str, tuple[Loss, ...]]) -> str:
        if spec.type == "text":
            text, lost = _fitted(value, lines=spec.convert == "lines")
            if lost:
                losses[name] = lost
            if spec.limit and len(text) > spec.limit:
                raise ValueError(f"{len(text)} characters, POHODA takes {spec.limit}")
            return text
        if spec.type == "reference":
            number = self._number(value, self._source.table_of(spec.ref))
            if number is None:
                raise ValueError("it lies in another year or table of POHODA")
            return str(number)
        if spec.limit and isinstance(value, int) and not isinstance(value, bool) and abs(value) > spec.limit:
            raise ValueError(f"{value} is more than POHODA takes, {spec.limit}")
        return _plain(value)

    def _number(self, technical_id: object, table: str) -> int | None:
        number = identity.number_in(technical_id, self._source.year, table)
        return number if number is not None and number < 2**31 else None


def _fitted(value: str, *, lines: bool) -> tuple[str, tuple[Loss, ...]]:
    """The text as POHODA keeps it: lines end with CR LF in notes, elsewhere a line break is a space."""
    text, lost = codepage.fitted(value)
    if lines:
        return _LINE_END.sub("\r\n", text).rstrip(), lost
    text = text.strip(" \t\r\n")
    if broken := len(_LINE_END.findall(text)):
        lost = (Loss("U+000A", " ", broken), *lost)
    return _LINE_END.sub(" ", text), lost


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > 14:
            raise ValueError("no amount that POHODA could keep")
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _cleared(path: str, spec: Field) -> Leaf:
    above = path.rpartition("/")[0]
    if spec.needed or spec.clear == "never":
        raise ValueError("it cannot be emptied in POHODA")
    if spec.clear == "null":
        return Leaf(f"{above}/valueType", "nullValue")
    if spec.clear == "nil":
        return Leaf(above, nil=True)
    return Leaf(path, {"zero": "false" if spec.type == "boolean" else "0"}.get(spec.clear, ""))
