"""Planted dirt of documents and stock, each with its entry in the list.

| kind                  | table | what is wrong with the row                                                    |
|-----------------------|-------|-------------------------------------------------------------------------------|
| card_without_code     | SKz   | a card without code                                                           |
| card_code_twice       | SKz   | two cards of one store with one code; `group` has both                        |
| unit_missing          | SKz   | a card without unit                                                           |
| sum_off               | FA, OBJ | the total is a cent more than its lines                                     |
| line_vat              | FApol | VAT that does not fit the rate of its line; the totals have it as it is       |
| currency_without_rate | FA    | a foreign currency without rate                                               |
| date_outside          | FA    | dated outside every accounting year, its digits turned round                  |
| unknown_partner       | FA, OBJ | a partner whose row does not exist                                          |
| number_missing        | FA, OBJ | no document number, though it has lines and amounts                         |
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import CENT, Terms
from pohoda_sandbox.company.dirt import Dirt
from pohoda_sandbox.company.invoices import INVOICE, balance, free_line, invoice
from pohoda_sandbox.company.paper import Paper, paper, write
from pohoda_sandbox.company.rates import BASIC
from pohoda_sandbox.company.year import Year

NOBODY = 99_999_999


def plant(year: Year) -> Iterator[Dirt]:
    """Adds one set of every kind to a year that is about to be closed."""
    yield from _cards(year)
    for table in ("FA", "OBJ"):
        of = _document(year, table)
        of.row["KcCelkem"] += CENT
        if table == "FA":
            of.row["KcLikv"] += CENT
        yield _written(year, of, "sum_off", "KcCelkem")
        of = _document(year, table)
        of.row["RefAD"] = NOBODY
        yield _written(year, of, "unknown_partner", "RefAD")
        of = _document(year, table)
        of.row["Cislo"] = None
        yield _written(year, of, "number_missing", "Cislo")
    yield from _invoices(year)


def _invoices(year: Year) -> Iterator[Dirt]:
    of = _document(year, "FA")
    of.lines[0]["KcDPH"] += Decimal(7)
    balance(of)
    write(year, of)
    yield Dirt("line_vat", "FApol", of.lines[0]["ID"], "KcDPH", str(of.lines[0]["KcDPH"]))
    of = _document(year, "FA", foreign=True)
    of.row |= {"CmKurs": None, "CmMnoz": None}
    yield _written(year, of, "currency_without_rate", "CmKurs")
    of = _document(year, "FA")
    wrong = date(2000 + int(f"{year.year % 100:02d}"[::-1]), of.day.month, min(of.day.day, 28))
    of.row["Datum"] = wrong if wrong.year > year.year else date(year.year + 20, 1, 31)
    yield _written(year, of, "date_outside", "Datum")


def _document(year: Year, table: str, *, foreign: bool = False) -> Paper:
    partner = year.firm.partners.from_country((year.firm.home,))
    usual = next(iter(year.firm.codes.currencies.values()))
    terms = Terms(year.rates, exchange=usual if foreign else None)
    if table == "FA":
        of = invoice(year, year.last, INVOICE, partner, terms)
    else:
        of = paper(year, "OBJ", "order", year.last, partner, terms, RelTpObj=1, SText="Objednávka", Vyrizeno=True)
    row = free_line(year, of, "Práca technika", Decimal(year.firm.drawing.draw.randrange(1_000, 50_000)) / 100, BASIC)
    if table == "FA":
        balance(of)
    else:
        row |= {"Dodano": row["Mnozstvi"], "DodBefor": 0.0}
        of.total()
    return of


def _written(year: Year, of: Paper, kind: str, column: str) -> Dirt:
    write(year, of)
    value = of.row[column]
    return Dirt(kind, of.table, of.id, column, "" if value is None else str(value))


def _cards(year: Year) -> Iterator[Dirt]:
    stock = year.firm.stock
    kept = stock.cards[0].row()

    def card(**columns: Any) -> int:
        row = {**kept, "ID": year.writer.id("SKz"), "EAN": None, "StavZ": 0.0, "VNakup": Decimal(0), **columns}
        stock.others.append(row)
        return int(row["ID"])

    yield Dirt("card_without_code", "SKz", card(IDS=None, Nazev="Karta bez kódu"), "IDS")
    yield Dirt("unit_missing", "SKz", card(IDS="BEZMJ", Nazev="Karta bez mernej jednotky", MJ=None), "MJ")
    both = tuple(card(IDS="DVAKRAT", Nazev=f"Dvakrát tá istá karta {place}") for place in (1, 2))
    for id in both:
        yield Dirt("card_code_twice", "SKz", id, "IDS", "DVAKRAT", both)
