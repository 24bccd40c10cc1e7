"""The companies of the address book as partners of documents: their copy that a document keeps."""

from dataclasses import dataclass, field
from typing import Any

from pohoda_sandbox.company.drawing import Drawing
from pohoda_sandbox.pohoda.database import Pohoda

_COPIED = (
    "Firma", "Utvar", "Jmeno", "Ulice", "PSC", "Obec", "RefZeme", "ICO", "DIC", "ICDPH", "Email", "Tel", "GSM",
    "Firma2", "Utvar2", "Jmeno2", "Ulice2", "PSC2", "Obec2", "RefZeme2", "Tel2", "Email2", "CenyIDS", "Cislo",
    "Smlouva",
)  # fmt: skip
_NEVER = {"Cislo"}
_COMPANIES = "SELECT ID FROM AD WHERE RefAD IS NULL AND Firma <> '' ORDER BY ID"
_FROM = """
    SELECT AD.ID FROM AD JOIN sZeme z ON z.ID = AD.RefZeme
    WHERE AD.RefAD IS NULL AND AD.Firma <> '' AND z.Kod = ? ORDER BY AD.ID LIMIT 1"""
_ROW = """
    SELECT AD.*, z.Kod AS Krajina,
        (SELECT MIN(d.ID) FROM ADdodaci d WHERE d.RefAg = AD.ID AND d.Vychozi = 1) AS RefADdod
    FROM AD LEFT JOIN sZeme z ON z.ID = AD.RefZeme WHERE AD.ID = ?"""


@dataclass
class Partner:
    id: int
    country: str
    row: dict[str, Any]


@dataclass
class Partners:
    """Draws partners from the unit's address book; `ids` are those of companies that are nobody's contact person."""

    pohoda: Pohoda
    drawing: Drawing
    ids: list[int] = field(default_factory=list)
    _columns: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ids = [int(row["ID"]) for row in self.pohoda.rows(_COMPANIES)]

    def any(self) -> Partner:
        return self.of(self.drawing.pick(self.ids))

    def from_country(self, countries: tuple[str, ...]) -> Partner:
        """A partner from one of the countries; anybody when there is none."""
        for _ in range(12):
            partner = self.any()
            if partner.country in countries:
                return partner
        found = [row["ID"] for code in countries for row in self.pohoda.rows(_FROM, code)]
        return self.of(int(found[0])) if found else partner

    def of(self, id: int) -> Partner:
        row = self.pohoda.rows(_ROW, id)[0]
        return Partner(id, str(row["Krajina"] or ""), row)

    def copy(self, partner: Partner, table: str) -> dict[str, Any]:
        """The partner's columns as a row of the table repeats them, with the reference to it."""
        if table not in self._columns:
            known = self.pohoda.columns(table)
            names = {name.lower() for name in _NEVER}
            self._columns[table] = [name for name in (*_COPIED, "RefADdod") if name.lower() in known.keys() - names]
        return {"RefAD": partner.id} | {name: partner.row.get(name) for name in self._columns[table]}
