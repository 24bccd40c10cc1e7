"""How invoices of the sample company get paid: wholly, in part, too much, in several goes, in cash, or not yet."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import cents, money
from pohoda_sandbox.company.settlement import (
    BANK,
    CASH,
    INTERNAL,
    ISSUED,
    PAYERS,
    Settlement,
    link,
    on_invoice,
    payer,
    settlement,
)  # fmt: skip
from pohoda_sandbox.company.writing import Row
from pohoda_sandbox.company.year import Year

_WAYS = ("whole",) * 12 + ("part",) * 3 + ("over", "several", "several", "cash", "cash")


def pay(year: Year, invoice: Row, day: date, amount: Decimal, agenda: int = BANK) -> None:
    """Pays an invoice in its currency and changes its row; the payment and the link between them are written."""
    kurs = year.moved(Decimal(str(invoice["CmKurs"]))) if invoice.get("RefCM") and agenda != INTERNAL else None
    _book(year, invoice, settlement(invoice, amount, day, kurs), agenda)


def _book(year: Year, invoice: Row, paid: Settlement, agenda: int) -> None:
    comes = (invoice["RelTpFak"] in ISSUED) == (paid.sent > 0)
    series = {BANK: "bank", CASH: "cash_in" if comes else "cash_out", INTERNAL: "internal"}[agenda]
    number = year.number(series)
    own: dict[str, Any] = {"RelCR": number["RelCR"], **year.stamps(paid.day)}
    accounts = year.firm.codes.accounts
    if agenda == BANK:
        abroad = invoice.get("RefCM") and year.firm.home == "CZ"
        own |= {"RefUcet": accounts["EUR" if abroad else "BANK"], "Vypis": f"{paid.day:%m}/{paid.day.day}"}
    elif agenda == CASH:
        own["RefUcet"] = accounts["HP"]
    cislo = str(number["Cislo"])
    id = year.writer.add(PAYERS[agenda], payer(invoice, paid, agenda, cislo) | own)
    year.writer.add("Uhrady", link(invoice, paid, agenda, id, cislo))
    invoice |= on_invoice(invoice, paid)


def offset(year: Year, one: Row, other: Row, day: date) -> None:
    """Settles two invoices of one currency against each other by internal documents, as far as the smaller one goes."""
    column = "CmLikv" if one.get("RefCM") else "KcLikv"
    part = min(abs(money(one[column])), abs(money(other[column])))
    for invoice in (one, other):
        if part:
            pay(year, invoice, day, part.copy_sign(money(invoice[column])), INTERNAL)


def drawn_payments(year: Year, invoice: Row, way: str = "") -> None:
    """Pays an invoice in one of the ways as far as the days lie within the year; one in four stays unpaid."""
    drawing = year.firm.drawing
    if not way:
        if drawing.often(25):
            return
        way = drawing.pick(_WAYS)
    foreign = bool(invoice.get("RefCM"))
    left = money(invoice["CmLikv" if foreign else "KcLikv"])
    if not left:
        return
    day = invoice["Datum"] + timedelta(days=drawing.draw.randrange(1, 35))
    for place, (part, agenda) in enumerate(_parts(way, left, foreign)):
        later = day + timedelta(days=place * 9)
        if later <= year.last:
            pay(year, invoice, later, part, agenda)


def _parts(way: str, left: Decimal, foreign: bool) -> list[tuple[Decimal, int]]:
    third = cents(left / 3)
    match way:
        case "part":
            return [(third, BANK)]
        case "over" if not foreign:
            return [(left + cents(left / 10), BANK)]
        case "several":
            return [(third, BANK), (third, BANK if foreign else CASH), (left - third - third, BANK)]
        case "cash" if not foreign:
            return [(left, CASH)]
        case _:
            return [(left, BANK)]
