"""Amounts of documents: lines in home and foreign currency, rates, the summary by VAT slot."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pohoda_sandbox.pohoda.xml.codes import ROUNDINGS, SLOTS
from pohoda_sandbox.pohoda.xml.listings.common import ref
from pohoda_sandbox.pohoda.xml.listings.form import Constant, Default, Element, Form, If, Node, Row, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask
from pohoda_sandbox.pohoda.xml.listings.vat import rates

_HISTORY = {1: "historyLow", 2: "historyHigh", 3: "historyThird"}


def total(*parts: Any) -> Decimal:
    """The sum of amounts of which any may be NULL."""
    return sum((Decimal(str(part)) for part in parts if part is not None), Decimal(0))


def with_rates(items: str) -> Callable[[Ask, list[Row]], None]:
    """Adds the rates of the document's day to it and to its lines, and to these what they must know of it."""

    def prepare(ask: Ask, page: list[Row]) -> None:
        for row in page:
            row["rates"] = rates(ask.country, row.get("DatZdPln") or row["Datum"])
            for line in row[items]:
                line["rates"] = row["rates"]
                line["history"] = row["HistSzDPH"]
                line["foreign"] = row["RefCM"]

    return prepare


def line(ask: Ask, prefix: str) -> dict[str, Node]:
    """What every line has from its VAT on: rate, percentage, discount, amounts."""
    foreign = _amounts("Cm")
    return {
        f"{prefix}:payVAT": "SDph",
        f"{prefix}:rateVAT": Element({"value": _percent}, _slot),
        f"{prefix}:percentVAT": If("ProcentoDPH", "ProcentoDPH"),
        f"{prefix}:discountPercentage": Default("Sleva", "0.0"),
        f"{prefix}:homeCurrency": _amounts("Kc"),
        f"{prefix}:foreignCurrency": foreign if ask.ways.zeros else If(lambda row: row["foreign"], foreign),
    }


def _amounts(column: str) -> Form:
    unit, price, vat = f"{column}Jedn", column, f"{column}DPH"
    return {
        "typ:unitPrice": Default(unit),
        "typ:price": Default(price),
        "typ:priceVAT": Default(vat),
        "typ:priceSum": lambda row: total(row[price], row[vat]),
    }


def _percent(row: Row) -> Any:
    """The percentage of a line: its own where it has one, else that of its slot on the document's day."""
    number = row["RelSzDPH"] or 0
    return row["ProcentoDPH"] or (row["rates"][number - 1] if 1 <= number <= 3 else 0)


def _slot(row: Row) -> str:
    """`high`, or `historyHigh` on a document with historical rates."""
    number = row["RelSzDPH"] or 0
    return (_HISTORY if row["history"] and number else SLOTS).get(number, "none")


def summary(ask: Ask, prefix: str, table: str) -> Form:
    """Home amounts by VAT slot, without a total as the program writes them, and the foreign total."""
    known = ask.pohoda.columns(table)
    home: dict[str, Node] = {"typ:priceNone": Default("Kc0")} | _slots("Low", 1) | _slots("High", 2)
    third = _slots("3", 3)
    home |= third if ask.country == "SK" else {name: If("Kc3", node) for name, node in third.items()}
    nothing = "" if ask.ways.empties else "0"
    home["typ:round"] = {"typ:priceRound": Default("KcZaokr", nothing)}
    foreign: dict[str, Node] = {
        "typ:currency": ref("RefCM", "sCMeny", "Kod"),
        "typ:rate": "CmKurs",
        "typ:amount": "CmMnoz",
        "typ:priceSum": Default("CmCelkem"),
    }
    if "cmzaokr" in known:
        foreign["typ:round"] = {"typ:priceRound": Default("CmZaokr", nothing)}
    rounded = Words("ZaokrFV", ROUNDINGS, "none") if "zaokrfv" in known else Constant("none")
    return {
        f"{prefix}:roundingDocument": rounded,
        f"{prefix}:roundingVAT": Constant("none"),
        f"{prefix}:typeCalculateVATInclusivePrice": Constant("VATNewMethod"),
        f"{prefix}:homeCurrency": home,
        f"{prefix}:foreignCurrency": If("RefCM", foreign),
    }


def _slots(name: str, number: int) -> dict[str, Node]:
    base, vat = f"Kc{number}", f"KcDPH{number}"
    return {
        f"typ:price{name}": Default(base),
        f"typ:price{name}VAT": Element({"rate": lambda row: row["rates"][number - 1]}, Default(vat)),
        f"typ:price{name}Sum": lambda row: total(row[base], row[vat]),
    }
