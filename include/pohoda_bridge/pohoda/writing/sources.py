"""What a document is made from: links for the pairs that POHODA allows, and the invoice that a credit note corrects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda.writing.leaves import Element, Notes, Numbered
from pohoda_bridge.pohoda.writing.lines import ADVANCE
from pohoda_bridge.pohoda.writing.outgoing import Block
from pohoda_bridge.side import Row

LINK, CORRECTED = ("links", "link"), ("correctiveDocument",)


@dataclass(frozen=True)
class Made:
    """The blocks that say what a document is made from, and the number of the document that it corrects."""

    blocks: tuple[Block, ...] = ()
    original: str | None = None


class Sources:
    """How the sources of an agenda's documents are written."""

    def __init__(self, agenda: Agenda, numbered: Numbered) -> None:
        self._agenda = agenda
        fields = agenda.sets["sources"].fields if "sources" in agenda.sets else {}
        paths = {name: (spec, str(spec.xml).split("/")) for name, spec in fields.items()}
        self._link = Element("link", paths, numbered)
        self._corrected = Element(CORRECTED[0], paths, numbered)

    def made(self, values: Row, notes: Notes) -> Made:
        """What the document is made from. POHODA ignores lines of a credit note that it makes from an invoice itself:
        one with lines of its own only names the invoice."""
        write, kind, lines = self._agenda.write, values.get("kind"), values.get("lines") or ()
        blocks: list[Block] = []
        corrected: list[tuple[str, Row]] = []
        for number, source in enumerate(values.get("sources") or (), 1):
            of, agenda = f"sources[{number}].", source.get("agenda")
            if write and kind in write.links.get(str(agenda), ()):
                leaves = tuple(self._link.leaves(_named(source), notes, of))
                blocks.append(Block(LINK, leaves))
            elif write and kind in write.corrects and agenda == self._agenda.agenda:
                corrected.append((of, source))
            elif not _deducted(source, lines) or agenda != self._agenda.agenda:
                notes.reasons.append(f"{of}agenda: POHODA makes no such document from one of {agenda}")
            if not source.get("number") and source.get("record") is None:
                notes.reasons.append(f"{of}number: it must be filled")
        if lines:
            return Made(tuple(blocks), self._original(values, corrected, notes))
        if len(corrected) > 1:
            notes.reasons.append("sources: a credit note corrects one invoice")
        made = tuple(self._corrections(corrected[:1], notes))
        return Made((*blocks, *made))

    def _corrections(self, corrected: list[tuple[str, Row]], notes: Notes) -> Iterator[Block]:
        for of, source in corrected:
            leaves = self._corrected.leaves(_named(source), notes, of)
            yield Block(CORRECTED, tuple(leaves), ("itemTransfer", "true"))

    @staticmethod
    def _original(values: Row, corrected: list[tuple[str, Row]], notes: Notes) -> str | None:
        """The number of the invoice; one that the record has itself counts."""
        numbers: set[Any] = {source.get("number") for _, source in corrected}
        if values.get("original_number") or not numbers:
            return None
        if len(numbers) > 1 or None in numbers:
            notes.reasons.append("original_number: fill in the number of the invoice that is corrected")
            return None
        return str(numbers.pop())


def _named(source: Row) -> Row:
    """The source by its number, which outlives its year; by its id where it has none."""
    return {name: value for name, value in source.items() if name != "record" or not source.get("number")}


def _deducted(source: Row, lines: Any) -> bool:
    """Whether the document deducts this advance: the line is the link."""
    numbers = {line.get("advance_number") for line in lines if line.get("kind") == ADVANCE}
    return source.get("number") in numbers
