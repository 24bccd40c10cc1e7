"""One item as elements to send: every value in POHODA's form; whatever is wrong is told before anything goes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import identity, values
from pohoda_bridge.pohoda.reader import Custom, Source
from pohoda_bridge.pohoda.writing import outgoing_custom
from pohoda_bridge.pohoda.writing.texts import check, text_of
from pohoda_bridge.pohoda.xml.requests import askable
from pohoda_bridge.pohoda.xml.search import MARK_LENGTH
from pohoda_bridge.records.codepage import Loss
from pohoda_bridge.side import Answer, Item, Lookup

LEAVES = ("ids", "id", "numberRequested", "refAD", "valueType")
"""Elements that say which record or number another element refers to."""


class Unwritable(Exception):
    """The item cannot go; every reason begins with the field it is about."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(f"{len(reasons)} reasons")
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Leaf:
    """An element without children: its path of local names, and its text; `nil` is xsi:nil.

    The path begins below the header, in a document below its block. `attribute` is one by name and value. `parameter`
    is the name of a custom field and the element that carries its value.
    """

    path: str
    text: str = field(default="", repr=False)
    nil: bool = False
    attribute: tuple[str, str] | None = None
    parameter: tuple[str, str] | None = None


@dataclass(frozen=True)
class Block:
    """A part of a document that stands for itself: its path below the document, what it holds, its attribute.

    Blocks come in the order of the schema; the last step of the path is made anew for each (a line, a link).
    """

    path: tuple[str, ...]
    leaves: tuple[Leaf, ...]
    attribute: tuple[str, str] | None = None


@dataclass(frozen=True)
class Outgoing:
    """An item ready to go. `number` is the record that is meant (of a sub-record its owner), None for a new record.

    `part` is the sub-record that is meant. `losses` are told field by field; a deletion has no leaves. Of a document
    the leaves are its header, and `blocks` all of it.
    """

    item: Item
    leaves: tuple[Leaf, ...]
    losses: Mapping[str, tuple[Loss, ...]]
    number: int | None = None
    part: int | None = None
    blocks: tuple[Block, ...] = ()


class Form:
    """How items of an agenda are written; StopAgenda when POHODA takes none of them by XML."""

    def __init__(self, agenda: Agenda, source: Source, ext_id: str | None, custom: Sequence[Custom] = ()) -> None:
        if agenda.write is None or agenda.read.xml is None:
            raise StopAgenda(f"{agenda.agenda}: POHODA takes no such records by XML")
        self.agenda = agenda
        self.xml = agenda.read.xml
        self.actions = agenda.write.actions
        self.ext_id = ext_id if self.xml.rows is None else None
        self.owner = next((name for name, spec in agenda.fields.items() if self.xml.rows and spec.xml == "../id"), None)
        self.fields = {name: spec for name, spec in agenda.fields.items() if spec.write and spec.xml is not None}
        self.custom = {one.key: one for one in custom if one.set is None}
        self.taken = {*self.fields, *self.custom}
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
        leaves += self._parameters(item, reasons, losses)
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

    def all_of(self, items: Sequence[Item]) -> tuple[list[Outgoing], dict[str, Answer]]:
        """The items ready to go, in order, and the answers of those that cannot."""
        ready: list[Outgoing] = []
        answers: dict[str, Answer] = {}
        for item in items:
            try:
                ready.append(self.outgoing(item))
            except Unwritable as error:
                answers[item.id] = Answer(item.id, "refused", reasons=error.reasons)
        return ready, answers

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

    def coded(self, item: Item) -> Iterator[tuple[str, Field, str]]:
        """The values of the item that must be in a list of POHODA's: field, its definition, value."""
        for name, value in item.values.items():
            spec = self.fields.get(name)
            if spec is not None and spec.codes is not None and isinstance(value, str):
                yield name, spec, value

    def referred(self, item: Item) -> Iterator[tuple[str, str, Lookup]]:
        """What a document names and POHODA must have: the field, the agenda it is of, and how to find it."""
        yield from ()

    def named(self, steps: Sequence[tuple[str, int]], outgoing: Outgoing) -> str | None:
        """The field whose element a path (names with their positions from 1) ends at, or lies right above."""
        names = [name for name, _ in steps]
        if self.xml.header not in names:
            return None
        outer = f"{self.xml.rows}/" if self.xml.rows else ""
        below = "/".join(names[names.index(self.xml.header) + 1 :]).removeprefix(outer)
        for name, spec in self.fields.items():
            path = str(spec.xml).removeprefix("../")
            if path == below or path in {f"{below}/{leaf}" for leaf in LEAVES}:
                return name
        return None

    def _referred(self, value: object, spec: Field) -> int | None:
        return self._number(value, self._source.table_of(spec.ref))

    def _owned_by(self, item: Item) -> int | None:
        return self.reference(item, self.owner) if self.owner and item.action == "create" else None

    def _misfits(self, item: Item) -> Iterator[str]:
        if item.action not in self.actions:
            yield f"POHODA lets XML not {item.action} records of {self.agenda.agenda}"
        for name in sorted(set(item.values) - self.taken):
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
        if value is not None:
            check(spec, value)
        text = None if value is None else self._text(name, spec, value, losses)
        if text:
            yield Leaf(path, text)
        elif value is not None and spec.needed:
            raise ValueError("it must be filled")
        elif item.action == "update":
            yield _cleared(path, spec)

    def _parameters(self, item: Item, reasons: list[str], losses: dict[str, tuple[Loss, ...]]) -> Iterator[Leaf]:
        """The custom fields that the item has a value of, or empties."""
        for key, one in self.custom.items():
            if key not in item.values or item.action == "delete":
                continue
            try:
                text, lost = outgoing_custom.text(one, item.values[key])
            except ValueError as error:
                reasons.append(f"{key}: {error}")
                continue
            if lost:
                losses[key] = lost
            if text or item.action == "update":
                name = (one.name.removeprefix("Ref"), outgoing_custom.element(one))
                yield Leaf("parameters/parameter", text, parameter=name)

    def _text(self, name: str, spec: Field, value: Any, losses: dict[str, tuple[Loss, ...]]) -> str:
        if spec.type == "reference":
            number = self._referred(value, spec)
            if number is None:
                raise ValueError("it lies in another year or table of POHODA")
            return str(number)
        text, lost = text_of(spec, value)
        if lost:
            losses[name] = lost
        return text

    def _number(self, technical_id: object, table: str) -> int | None:
        number = identity.number_in(technical_id, self._source.year, table)
        return number if number is not None and number < 2**31 else None


def _cleared(path: str, spec: Field) -> Leaf:
    above = path.rpartition("/")[0]
    if spec.needed or spec.clear == "never":
        raise ValueError("it cannot be emptied in POHODA")
    if spec.clear == "null":
        return Leaf(f"{above}/valueType", "nullValue")
    if spec.clear == "nil":
        return Leaf(above, nil=True)
    return Leaf(path, {"zero": "false" if spec.type == "boolean" else "0"}.get(spec.clear, ""))
