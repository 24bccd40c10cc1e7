"""How orders, offers, invoices and contracts are written: made once, never changed; the order comes from the schema."""

from collections.abc import Iterator, Sequence
from typing import Any

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.pohoda.reader import Custom, Source
from pohoda_bridge.pohoda.writing.leaves import Element, Notes
from pohoda_bridge.pohoda.writing.lines import Lines
from pohoda_bridge.pohoda.writing.outgoing import LEAVES, Block, Form, Leaf, Outgoing, Unwritable
from pohoda_bridge.pohoda.writing.sources import Sources
from pohoda_bridge.pohoda.writing.summary import summed
from pohoda_bridge.pohoda.xml.paths import Paths
from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.side import Item, Lookup

CREATE_ONLY = "POHODA takes documents by XML once and changes none: correct it in POHODA"
_IN_STOCK = Field(type="boolean")
_ORIGINAL, _CORRECTED = "originalDocument", "originalDocumentNumber"
_CORRECTING = frozenset({"credit_note", "debit_note"})


class DocumentForm(Form):
    """The form of an agenda whose records are documents."""

    def __init__(self, agenda: Agenda, source: Source, ext_id: str | None, custom: Sequence[Custom] = ()) -> None:
        super().__init__(agenda, source, ext_id, custom)
        paths = Paths(agenda)
        steps = {name: paths.of_record(str(spec.xml)) for name, spec in self.fields.items()}
        below: dict[str, dict[str, tuple[Field, list[str]]]] = {str(self.xml.header): {}}
        for name, (first, *rest) in steps.items():
            below.setdefault(first, {})[name] = (self.fields[name], rest)
        below[str(self.xml.header)]["in_stock"] = (_IN_STOCK, ["validate", "inStock"])
        self.header = Element(str(self.xml.header), below.pop(str(self.xml.header)), self._referred)
        self.summary = next((Element(name, found, self._referred) for name, found in below.items()), None)
        self.lines = Lines(agenda, self._referred) if "lines" in agenda.sets else None
        self.sources = Sources(agenda, self._referred)
        refused = self.header.refused | (self.summary.refused if self.summary else set())
        self.fields = {name: spec for name, spec in self.fields.items() if name not in refused}
        self.taken = {*self.fields, *self.custom, *sets(agenda)}

    def outgoing(self, item: Item) -> Outgoing:
        if item.action == "update":
            raise Unwritable([CREATE_ONLY])
        if item.action == "delete":
            return super().outgoing(item)
        notes = Notes(list(self._misfits(item)))
        values = self._values(item, notes)
        made = self.sources.made(values, notes)
        if made.original:
            values["original_number"] = made.original
        lines = values.get("lines") or ()
        currency = values.get("currency")
        foreign = currency is not None and currency != HOME_CURRENCIES[self._source.unit.country]
        header = [*self._mark(item, notes.reasons), *self.header.leaves(values, notes)]
        header += self._parameters(item, notes.reasons, notes.losses)
        header = [own for leaf in header for own in self._of_country(leaf, values.get("kind"))]
        if not made.blocks:
            self.header.complete(header, notes)
        blocks = [*made.blocks, Block((self.header.name,), tuple(header))]
        if self.lines:
            blocks += self.lines.blocks(lines, notes, foreign=foreign, abroad=bool(values.get("oss_country")))
        if self.summary:
            sums = summed(values, tuple(self.summary.fields), notes, foreign=foreign, lines=lines)
            blocks.append(Block((self.summary.name,), tuple(self.summary.leaves(sums, notes))))
        if notes.reasons:
            raise Unwritable(notes.reasons)
        return Outgoing(item, tuple(header), notes.losses, blocks=tuple(block for block in blocks if block.leaves))

    def expected(self, outgoing: Outgoing) -> dict[str, Any]:
        """A document that is found was made from this item: nobody could have changed it by XML."""
        return {}

    def coded(self, item: Item) -> Iterator[tuple[str, Field, str]]:
        yield from super().coded(item)
        for number, line in enumerate(item.values.get("lines") or (), 1):
            for name, spec in self.lines.fields.items() if self.lines else ():
                if spec.codes is not None and isinstance(line.get(name), str):
                    yield f"lines[{number}].{name}", spec, line[name]

    def referred(self, item: Item) -> Iterator[tuple[str, str, Lookup]]:
        for name, spec in self.fields.items():
            if spec.type == "reference" and spec.ref and item.values.get(name):
                yield name, spec.ref, Lookup(id=item.values[name])
        for number, line in enumerate(item.values.get("lines") or (), 1):
            for name, spec in self.lines.fields.items() if self.lines else ():
                if spec.type == "reference" and spec.ref and line.get(name):
                    yield f"lines[{number}].{name}", spec.ref, Lookup(id=line[name])
            if key := Lines.card(line):
                yield f"lines[{number}].code", "products", Lookup(key=key)

    def named(self, steps: Sequence[tuple[str, int]], outgoing: Outgoing) -> str | None:
        names = [name for name, _ in steps]
        if self.header.name in names:
            return "original_number" if names[-1] == _CORRECTED else super().named(steps, outgoing)
        for at, (name, position) in enumerate(steps):
            below = "/".join(names[at + 1 :])
            if self.summary and name == self.summary.name:
                return self.summary.named(below, LEAVES)
            if self.lines and name in self.lines.elements:
                lines = enumerate(outgoing.item.values.get("lines") or (), 1)
                own = [number for number, line in lines if (self.lines.path_of(line) or ("",))[-1] == name]
                of = f"lines[{own[position - 1]}]" if position <= len(own) else "lines"
                found = self.lines.elements[name].named(below, LEAVES)
                return f"{of}.{found}" if found else of
        return None

    def _of_country(self, leaf: Leaf, kind: Any) -> Iterator[Leaf]:
        """The kind by the name that the unit's country has for it; what a Slovak note corrects, told twice: the control
        statement takes it from an element of its own."""
        country = self._source.unit.country
        own = self.agenda.write.countries.get(country, {}) if self.agenda.write else {}
        yield Leaf(leaf.path, own[kind]) if kind in own and leaf.path == self.header.fields["kind"][1] else leaf
        if country == "SK" and kind in _CORRECTING and leaf.path == _ORIGINAL:
            yield Leaf(_CORRECTED, leaf.text)

    def _values(self, item: Item, notes: Notes) -> dict[str, Any]:
        values = {name: value for name, value in item.values.items() if value is not None}
        if values.get("number"):
            values.pop("series", None)
        if "kind" in self.fields:
            values.setdefault("kind", self._only_kind())
        for name in ("issued_on", "accounted_on"):
            if getattr(values.get(name), "year", self._source.year) != self._source.year:
                notes.reasons.append(f"{name}: it lies outside the books of {self._source.year}, where it would go")
        lines = values.get("lines") or ()
        if self.agenda.write and values.get("kind") in self.agenda.write.checks_stock:
            values["in_stock"] = any(line.get("product") or Lines.card(line) for line in lines) or None
        return values

    def _only_kind(self) -> str | None:
        """The kind that all documents of the agenda are of."""
        names = self.xml.types
        known = [word for word, of in self.fields["kind"].words.items() if len(names) == 1 and names[0] in of.xml]
        return known[0] if known else None


def sets(agenda: Agenda) -> frozenset[str]:
    """The sets of the agenda's documents that XML takes."""
    write = agenda.write
    taken = {"lines"} | ({"sources"} if write and (write.links or write.corrects) else set())
    return frozenset(taken & agenda.sets.keys())
