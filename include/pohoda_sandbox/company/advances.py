"""Advance invoices: issued and received, paid, deducted in an invoice later, or waiting for one."""

from datetime import date, timedelta
from decimal import Decimal

from pohoda_sandbox.company.amounts import ZERO, Terms, cents, money
from pohoda_sandbox.company.invoices import (
    ADVANCE,
    INVOICE,
    PROFORMA,
    RECEIVED,
    RECEIVED_ADVANCE,
    balance,
    deduct,
    finish,
    free_line,
    invoice,
    stocked,
)  # fmt: skip
from pohoda_sandbox.company.paper import Paper, drawn_lines, linked, write
from pohoda_sandbox.company.partners import Partner
from pohoda_sandbox.company.payments import pay
from pohoda_sandbox.company.rates import BASIC
from pohoda_sandbox.company.settlement import AGENDAS
from pohoda_sandbox.company.writing import Row
from pohoda_sandbox.company.year import Year

_FINAL = {ADVANCE: INVOICE, PROFORMA: INVOICE, RECEIVED_ADVANCE: RECEIVED}


def advance(year: Year, day: date, kind: int) -> None:
    """Asks for an advance; most are paid, and most of those deducted in an invoice some weeks later."""
    drawing = year.firm.drawing
    partner = year.firm.partners.any()
    made = invoice(year, day, kind, partner, Terms(year.rates, exempt=True), SText="Záloha")
    amount = Decimal(drawing.draw.randrange(10_000, 400_000)) / 100
    free_line(year, made, "Záloha na dodávku", amount)
    balance(made)
    made.row["KcUplat"] = ZERO
    paid, then = (day + timedelta(days=drawing.draw.randrange(*span)) for span in ((1, 10), (15, 70)))
    if drawing.often(75) and paid <= year.last:
        pay(year, made.row, paid, made.row["KcLikv"])
        if drawing.often(75):
            use(year, then, made.row, partner)
    write(year, made)


def use(year: Year, day: date, row: Row, partner: Partner) -> None:
    """Plans the invoice that deducts a paid advance, wholly or in part, and notes on the advance what it takes."""
    free = money(row["KcCelkem"]) - money(row.get("KcUplat"))
    part = cents(free / 2) if year.firm.drawing.often(25) else free
    if year.later(day, lambda then: _final(year, then, row, partner, part)):
        row["KcUplat"] = money(row.get("KcUplat")) + part


def _final(year: Year, day: date, advance_row: Row, partner: Partner, part: Decimal) -> None:
    kind = _FINAL[int(advance_row["RelTpFak"])]
    made: Paper = invoice(year, day, kind, partner, Terms(year.rates, with_vat=year.firm.drawing.often(20)))
    drawn_lines(year, made)
    made.total()
    if made.row["KcCelkem"] < part:
        # What was agreed costs at least what was paid for it.
        missing = cents(part - made.row["KcCelkem"]) + year.firm.drawing.draw.randrange(300)
        free_line(year, made, "Práce podľa zmluvy", missing, BASIC)
    deduct(year, made, advance_row, part)
    if kind == INVOICE:
        stocked(year, made, day)
    finish(year, made)
    linked(year, (AGENDAS[int(advance_row["RelTpFak"])], advance_row), (AGENDAS[kind], made.row))
