"""The code lists that documents of the sample company need beside those of its address book."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pohoda_sandbox.company.amounts import Exchange
from pohoda_sandbox.company.writing import Writer, add_to_all

STORES = {"HLAVNÍ": "Hlavný sklad", "PRODEJNA": "Predajňa", "VZORKY": "Sklad vzoriek"}
UNITS = {"ks": "kus", "bal": "balenie", "kg": "kilogram", "m": "meter", "hod": "hodina", "l": "liter"}
VAT_CLASSES = {"UD": "Tuzemské plnenie", "UN": "Nezahŕňa sa", "PD": "Prijaté tuzemské plnenie", "PN": "Nezahŕňa sa",
               "UDdodEU": "Dodanie do EÚ", "UDzasEU": "Predaj na diaľku (OSS)",
               "UDpdp": "Prenesenie daňovej povinnosti", "UDslEU": "Služba do EÚ", "UDvyvoz": "Vývoz",
               "UDosv": "Oslobodené plnenie"}  # fmt: skip
POSTINGS = {"2Fv": ("Predaj tovaru", 2), "3Fv": ("Služby", 2), "1Fp": ("Nákup tovaru", 3), "4Zv": ("Zálohy", 43),
            "1OP": ("Ostatné pohľadávky", 18), "1OZ": ("Ostatné záväzky", 19)}  # fmt: skip
ACCOUNTS = {"BANK": ("2600123456", "1100", 2), "EUR": ("2900765432", "1100", 2), "HP": ("", "", 1)}
PEOPLE = (("Ľubica", "Hĺbková"), ("Ondřej", "Řezníček"))
SERIES = {
    "issued": ("01", 2, "Vydané faktúry"), "advance": ("08", 43, "Vydané zálohové faktúry"),
    "proforma": ("09", 43, "Proforma faktúry"), "credit": ("05", 2, "Dobropisy"),
    "receivable": ("06", 18, "Ostatné pohľadávky"), "received": ("11", 3, "Prijaté faktúry"),
    "received_advance": ("12", 44, "Prijaté zálohové faktúry"), "received_credit": ("13", 3, "Prijaté dobropisy"),
    "liability": ("14", 19, "Ostatné záväzky"), "order": ("20", 11, "Prijaté objednávky"),
    "issued_order": ("21", 12, "Vydané objednávky"), "offer": ("30", 92, "Vydané ponuky"),
    "bank": ("BV", 28, "Banka"), "cash_in": ("HP", 27, "Príjmové doklady"), "cash_out": ("HV", 27, "Výdajové doklady"),
    "internal": ("ID", 29, "Interné doklady"),
}  # fmt: skip
_KURS = {
    "SK": {"CZK": (Decimal("0.04045"), 1), "HUF": (Decimal("0.2487"), 100)},
    "CZ": {"EUR": (Decimal("24.715"), 1), "HUF": (Decimal("6.148"), 100)},
}
COUNTER_LENGTH = 5


@dataclass(frozen=True)
class Codes:
    """Ids of rows by code; `currencies` has the foreign ones with their usual rate."""

    countries: dict[str, int]
    centres: dict[str, int]
    activities: dict[str, int]
    payments: dict[str, int]
    stores: dict[str, int]
    vat_classes: dict[str, int]
    postings: dict[str, int]
    accounts: dict[str, int]
    people: tuple[int, ...]
    currencies: dict[str, Exchange]


def insert_codes(writers: Sequence[Writer], home: str) -> Codes:
    """Adds the lists to all years; those of the address book are there already."""

    def known(table: str, key: str = "IDS") -> dict[str, int]:
        rows = writers[0].pohoda.rows(f'SELECT ID, "{key}" AS code FROM "{table}" WHERE "{key}" <> \'\'')
        return {row["code"]: int(row["ID"]) for row in rows}

    def add(table: str, **columns: object) -> int:
        return add_to_all(writers, table, **columns)

    currencies = known("sCMeny", "Kod")
    for code, text in UNITS.items():
        add("sMJ", IDS=code, SText=text)
    return Codes(
        countries=known("sZeme", "Kod"),
        centres=known("sSTR"),
        activities=known("sCIN"),
        payments=known("sFormUh"),
        stores={code: add("sSklad", IDS=code, SText=text) for code, text in STORES.items()},
        vat_classes={
            code: add("sDPH", IDS=code, SText=text, Vydaj=code[0] == "P", Nabizet=True)
            for code, text in VAT_CLASSES.items()
        },
        postings={code: add("pPK", IDS=code, SText=text, RelPkAg=of) for code, (text, of) in POSTINGS.items()},
        accounts={
            code: add(
                "sUcet",
                IDS=code,
                SText=number,
                KodBanky=bank,
                RelJeUcet=kind,
                RefCM=currencies["EUR"] if code == "EUR" and home == "CZ" else None,
            )
            for code, (number, bank, kind) in ACCOUNTS.items()
        },
        people=tuple(add("sOdpOsoby", Jmeno=first, Prijmeni=last) for first, last in PEOPLE),
        currencies={code: Exchange(currencies[code], code, kurs, units) for code, (kurs, units) in _KURS[home].items()},
    )


class Series:
    """A number series of a year; a full one is followed by another."""

    def __init__(self, writer: Writer, year: int, code: str, agenda: int, text: str) -> None:
        self._writer, self._year, self._agenda, self._text = writer, year, agenda, text
        self._prefix, self._number, self._full = f"{year % 100:02d}{code}", 0, 0
        self._id = writer.id("sCRady")

    def take(self) -> dict[str, object]:
        """The next number, as columns of a document."""
        if self._number == 10**COUNTER_LENGTH - 1:
            self.close()
            self._number, self._full, self._id = 0, self._full + 1, self._writer.id("sCRady")
        self._number += 1
        return {"Cislo": f"{self._ids}{self._number:0{COUNTER_LENGTH}d}", "RelCR": self._id}

    @property
    def _ids(self) -> str:
        return f"{self._prefix}{self._full or ''}"

    def close(self) -> None:
        """Adds the row of the series with its counter."""
        row = {"ID": self._id, "IDS": self._ids, "Cislo": f"{self._number:0{COUNTER_LENGTH}d}", "SText": self._text}
        self._writer.add("sCRady", {**row, "RelCrAg": self._agenda, "Rok": self._year})
