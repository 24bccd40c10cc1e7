"""Contracts ("zakázky") of the sample company, in every state."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pohoda_sandbox.company.codes import Codes
from pohoda_sandbox.company.custom import Values
from pohoda_sandbox.company.drawing import Drawing
from pohoda_sandbox.company.partners import Partners
from pohoda_sandbox.company.writing import Writer, add_to_all

PLANNED, OPENED, DELIVERED, CLOSED = 1, 2, 3, 4
"""Numbers of `RefStav`. Their list is not published; these are in the order of POHODA's XML."""
_NAMES = ("Oprava strechy", "Přístavba skladu", "Výměna oken", "Rozvody elektriny", "Údržba výťahu", "Zateplení")


def insert_contracts(writers: Sequence[Writer], drawing: Drawing, codes: Codes, partners: Partners, custom: Values,
                     first: date, number: int) -> list[str]:  # fmt: skip
    """Adds `number` contracts begun in the year of `first`, to those of the address book; gives all numbers."""
    known = [str(row["Cislo"]) for row in writers[0].pohoda.rows("SELECT Cislo FROM sZAK ORDER BY ID")]
    for place in range(number):
        begins = first + timedelta(days=drawing.draw.randrange(200))
        ends, state = begins + timedelta(days=drawing.draw.randrange(20, 120)), 1 + place % 4
        dates: dict[str, Any] = {"PlZahaj": begins, "PlPredani": ends}
        if state != PLANNED:
            dates["Zahajeni"] = begins + timedelta(days=2)
        if state in {DELIVERED, CLOSED}:
            dates |= {"Predani": ends, "Zaruka": ends + timedelta(days=730)}
        known.append(f"{first:%y}Zak{len(known) + 1:05d}")
        made = {name: writers[0].pohoda.now() - timedelta(days=drawing.draw.randrange(1, 30)) for name in _STAMPS}
        add_to_all(
            writers,
            "sZAK",
            Cislo=known[-1],
            SText=f"{drawing.pick(_NAMES)} {place + 1}",
            RefStav=state,
            RefOsoba=drawing.pick((None, *codes.people)),
            Ost1="A1" if place % 5 == 0 else None,
            Pozn="Stavbyvedúci: p. Vŕba" if place % 3 == 0 else None,
            **dates,
            **partners.copy(partners.any(), "sZAK"),
            **custom.of("sZAK"),
            **{**made, "DatCreate": min(made.values())},
        )
    return known


_STAMPS = ("DatCreate", "DatSave")
