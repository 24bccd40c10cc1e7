"""A document on its way in: what was sent, and the rows it becomes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from lxml import etree

from pohoda_sandbox.company.amounts import Exchange
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.imports.families import Family
from pohoda_sandbox.pohoda.xml.imports.outcome import Saving
from pohoda_sandbox.pohoda.xml.names import child

Row = dict[str, Any]


@dataclass
class Line:
    """One line to be: its columns, the element it came from, its external id, its card, and the line that it was made
    from (agenda, row)."""

    row: Row
    element: etree._Element | None = None
    external: str = ""
    card: Row | None = None
    source: tuple[int, Row] | None = None

    @property
    def quantity(self) -> Decimal:
        """In the card's own unit."""
        return Decimal(str(self.row.get("Mnozstvi") or 0)) * Decimal(str(self.row.get("MJKoef") or 1))


@dataclass(frozen=True)
class Source:
    """A document that another one is made from; `how` is link, correct or cancel."""

    how: str
    agenda: int
    table: str
    row: Row


@dataclass
class Draft:
    """`element` is the document, `header` its header; `kind` the number of its kind, `row` and `lines` what becomes
    of it. `exchange` is None for a document in home currency."""

    saving: Saving
    family: Family
    element: etree._Element
    header: etree._Element
    kind: int
    row: Row = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    exchange: Exchange | None = None
    linked: Mapping[str, Any] | None = None

    @property
    def pohoda(self) -> Pohoda:
        return self.saving.pohoda

    @property
    def agenda(self) -> int:
        return self.family.agenda(self.kind)

    @property
    def buys(self) -> bool:
        return self.family.buys(self.kind)

    @property
    def day(self) -> date:
        """The day whose VAT rates hold."""
        return date.fromisoformat(str(self.row.get("DatZdPln") or self.row["Datum"])[:10])

    @property
    def country(self) -> str:
        rows = self.pohoda.rows("SELECT LC FROM Verze LIMIT 1")
        return str(rows[0]["LC"] or "CZ") if rows else "CZ"

    def sent(self, name: str) -> etree._Element | None:
        """An element of the header by its local name."""
        return child(self.header, f"{self.family.prefix}:{name}")
