"""The lines of a document as elements: text and stock lines, and deducted advances."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.pohoda.writing.leaves import Element, Notes, Numbered
from pohoda_bridge.pohoda.writing.outgoing import Block, Leaf
from pohoda_bridge.side import Row

ADVANCE = "advance"
_HISTORIC = "history"
_CARD = Field(limit=64)


class Lines:
    """How the lines of an agenda's documents are written; `set` is the agenda's set of them."""

    def __init__(self, agenda: Agenda, numbered: Numbered) -> None:
        of = agenda.sets["lines"]
        rows = of.xml.rows if of.xml else ()
        self.paths = [tuple(path.strip("/").split("/")) for path in rows]
        self.known = frozenset(of.fields)
        self.fields = {name: spec for name, spec in of.fields.items() if spec.write and spec.xml not in {None, "."}}
        self._words = of.fields["kind"].words if "kind" in of.fields else {}
        # A card that is known by its code alone.
        paths = {name: (spec, str(spec.xml).split("/")) for name, spec in self.fields.items()}
        paths["card"] = (_CARD, ["stockItem", "stockItem", "ids"])
        self.elements = {path[-1]: Element(path[-1], paths, numbered) for path in self.paths}

    def blocks(self, lines: Sequence[Row], notes: Notes, *, foreign: bool, abroad: bool = False) -> Iterator[Block]:
        """A block for each line; what is wrong with one is noted as `lines[2].text`, the first being 1.

        `abroad`: its VAT is another country's (OSS), whose percentages are none of the unit's historic rates.
        """
        for number, line in enumerate(lines, 1):
            of = f"lines[{number}]."
            path = self.path_of(line)
            if path is None:
                notes.reasons.append(f"{of}kind: POHODA takes no such line")
                continue
            element = self.elements[path[-1]]
            values = self._values(line, foreign=foreign, advance=line.get("kind") == ADVANCE)
            notes.reasons += [of + reason for reason in self._misfits(line, values, element, foreign=foreign)]
            leaves = list(element.leaves(values, notes, of))
            if not abroad:
                leaves = [self._historic(leaf, values) for leaf in leaves]
            element.complete(leaves, notes, of)
            yield Block(path, tuple(leaves))

    def path_of(self, line: Row) -> tuple[str, ...] | None:
        """The element that a line becomes, None when POHODA makes such lines itself."""
        known = self._words.get(str(line.get("kind")))
        if known is None:
            return self.paths[0]
        return next((path for path in self.paths if path[-1] in known.xml), None)

    @staticmethod
    def card(line: Row) -> Mapping[str, Any]:
        """The key of the stock card that a line names by its code and store, empty when it names none so."""
        if line.get("product") is None and line.get("store") and line.get("code"):
            return {"code": line["code"], "store": line["store"]}
        return {}

    def _values(self, line: Row, *, foreign: bool, advance: bool) -> dict[str, Any]:
        """What is sent of a line: always whether its price has VAT, its rate, and its discount, as POHODA takes that of
        the price level where none is told; one name of what it refers to."""
        always = {"with_vat": False, "vat_slot": "none", "discount": Decimal(0)}
        values = always | {name: value for name, value in line.items() if value is not None}
        if card := self.card(line):
            values["card"] = card["code"]
        if not foreign:
            values = {name: value for name, value in values.items() if not name.startswith("foreign_")}
        if values.get("reverse_charge") is False:
            del values["reverse_charge"]
        if advance:
            values.setdefault("quantity", Decimal(1))
            values |= {name: values.get(name, Decimal(0)) for name in _amounts(foreign=foreign)}
            if values.get("advance"):
                values.pop("advance_number", None)
        return values

    def _misfits(self, line: Row, values: Row, element: Element, *, foreign: bool) -> Iterator[str]:
        for name in sorted(line.keys() - self.known):
            yield f"{name}: POHODA does not take it"
        for name in sorted(element.refused & values.keys()):
            if values[name] not in {False, 1}:
                yield f"{name}: POHODA does not take it in such a line"
        if foreign and values.get("foreign_unit_price") is None:
            yield "foreign_unit_price: it must be filled in a document of a foreign currency"
        if line.get("kind") == ADVANCE and values["quantity"] != 1:
            yield "quantity: an advance is deducted once"
        if line.get("store") and not line.get("product") and not line.get("code"):
            yield "store: the line names no stock card"

    @staticmethod
    def _historic(leaf: Leaf, values: Row) -> Leaf:
        """A percentage of its own goes with the historic rate of its slot."""
        if leaf.path != "rateVAT" or values.get("vat_explicit") is None or leaf.text == "none":
            return leaf
        return Leaf(leaf.path, f"{_HISTORIC}{leaf.text.capitalize()}")


def _amounts(*, foreign: bool) -> tuple[str, ...]:
    """The amounts that a deducted advance must have."""
    return ("foreign_unit_price", "foreign_net", "foreign_vat") if foreign else ("unit_price", "net", "vat")
