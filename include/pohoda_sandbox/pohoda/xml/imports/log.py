"""The log of imports: which item of which pack made which record, kept in the unit's database."""

from dataclasses import dataclass

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.codes import AGENDAS_OF_INVOICES, SERIES
from pohoda_sandbox.pohoda.xml.filters import ADDRESS_BOOK

AGENDAS = {
    ADDRESS_BOOK: "AD",
    11: "OBJ",
    12: "OBJ",
    39: "sZAK",
    92: "NAB",
    **dict.fromkeys(AGENDAS_OF_INVOICES.values(), "FA"),
}
"""Agenda number -> the table of its records."""


@dataclass(frozen=True)
class Imported:
    """One earlier import: the day, the record unless it was deleted since, the number it got."""

    agenda: str
    day: str
    id: int | None
    number: str | None


def note(pohoda: Pohoda, pack: str, item: str, agenda: int, record: int, number: str | None) -> None:
    """Remembers that the item was imported."""
    pohoda.insert("sImportXML", Pack=pack, Item=item, RelAgID=agenda, RefDocID=record, Cislo=number)


def earlier(pohoda: Pohoda, pack: str, item: str) -> list[Imported]:
    """Every import of an item with these ids, oldest first."""
    rows = pohoda.rows("SELECT * FROM sImportXML WHERE Pack = ? AND Item = ? ORDER BY ID", pack, item)
    return [
        Imported(
            agenda=SERIES[row["RelAgID"]],
            day=row["DatCreate"][:10],
            id=row["RefDocID"] if _there(pohoda, row["RelAgID"], row["RefDocID"]) else None,
            number=row["Cislo"],
        )
        for row in rows
    ]


def _there(pohoda: Pohoda, agenda: int, record: int) -> bool:
    return bool(pohoda.rows(f"SELECT 1 FROM {AGENDAS[agenda]} WHERE ID = ?", record))
