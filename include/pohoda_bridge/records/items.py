"""The lines of a POHODA document as items in its currency: net prices, percentages, amounts as POHODA has them.

A price with VAT becomes the net one; home amounts of a document in a foreign currency stay out. A percentage is the one
that the line really bears: reverse charge and a unit that pays no VAT have none, whatever the slot. Lines without a
quantity are text; a deducted advance is an item of its own, below zero, whose code is the number of the advance.
A document without lines, only with amounts by rate, has an item for each rate.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation, localcontext
from typing import Any, NamedTuple

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.records.amounts import DIGITS, ZERO, Row, number
from pohoda_bridge.records.rounding import CENT, cents
from pohoda_bridge.records.vat import SLOTS, percent

PLACES = Decimal("0.0001")
"""Quantities, prices and percentages have four places, as in POHODA and in CRMs; amounts have two."""
ONE, HUNDRED = Decimal(1), Decimal(100)
ADVANCE, PRODUCT, TEXT = "advance", "product", "text"
NO_NAME = "-"
"""The name of a line that says nothing: a CRM takes no item without one."""
_DEDUCTION = "Odpočet zálohy"


class ItemFields(NamedTuple):
    """What items are made of; the names of a document in the agenda files."""

    lines: list[Row] | None
    currency: str | None
    text: str | None
    oss_country: str | None
    vat_historic: bool | None
    net_none: Decimal | None
    net_low: Decimal | None
    vat_low: Decimal | None
    net_high: Decimal | None
    vat_high: Decimal | None
    net_third: Decimal | None
    vat_third: Decimal | None
    foreign_total: Decimal | None
    foreign_rounding: Decimal | None
    issued_on: date | None
    taxed_on: date | None = None

    @property
    def day(self) -> date | None:
        """The day whose percentages count."""
        return self.taxed_on or self.issued_on

    @property
    def law(self) -> Mapping[str, bool]:
        """Whether the percentages are those of another country, or of another time."""
        return {"abroad": bool(self.oss_country), "historic": bool(self.vat_historic)}


def is_foreign(currency: str | None, country: str) -> bool:
    """Whether a document of a unit at home in `country` (CZ, SK) has its amounts in another currency."""
    return (currency or HOME_CURRENCIES[country]) != HOME_CURRENCIES[country]


def items_of(values: tuple[Any, ...], country: str) -> list[dict[str, Any]]:
    """The items of a document (`ItemFields`): quantities, prices and percentages of four places, amounts of two.

    RejectRecord for numbers that no document can have.
    """
    of = ItemFields(*values)
    try:
        with localcontext() as context:
            context.prec = DIGITS
            lines = of.lines or list(_by_rate(of, country))
            return [_item(line, "foreign_" if is_foreign(of.currency, country) else "") for line in lines]
    except InvalidOperation as error:
        raise RejectRecord("a line has a number that no document can have; correct it in POHODA") from error


def _item(line: Row, prefix: str) -> dict[str, Any]:
    quantity, discount = number(line.get("quantity")) or ZERO, number(line.get("discount")) or ZERO
    price, net, vat = (number(line.get(prefix + name)) or ZERO for name in ("unit_price", "net", "vat"))
    rate = borne(line, net, vat)
    if line.get("with_vat"):
        price = price * HUNDRED / (HUNDRED + rate)
    if not quantity and (net or vat or line.get("kind") == ADVANCE):
        quantity, discount, price = ONE, ZERO, net
    item = {
        **_named(line),
        "quantity": quantity.quantize(PLACES),
        "unit": line.get("unit"),
        "unit_price": price.quantize(PLACES),
        "discount": discount.quantize(PLACES),
        "vat_percent": rate.quantize(PLACES),
        "net": cents(net),
        "vat": cents(vat),
        "gross": cents(net) + cents(vat),
        "store": line.get("store"),
        "note": line.get("note"),
    }
    return {name: value for name, value in item.items() if value is not None and value != ""}


def completed(items: list[Row]) -> list[dict[str, Any]]:
    """Items of a CRM in the form that POHODA's have: with a kind, a discount, and what follows from their price."""
    with localcontext() as context:
        context.prec = DIGITS
        return [_completed(item) for item in items]


def _completed(item: Row) -> dict[str, Any]:
    quantity, price = number(item.get("quantity")), number(item.get("unit_price"))
    discount, net, vat = (number(item.get(name)) for name in ("discount", "net", "vat"))
    if net is None and quantity is not None and price is not None:
        net = cents(price * quantity * (HUNDRED - (discount or ZERO)) / HUNDRED)
    if vat is None and net is not None and (rate := number(item.get("vat_percent"))) is not None:
        vat = cents(net * rate / HUNDRED)
    of_card = item.get("product") or (item.get("code") and item.get("store"))
    made = {"kind": PRODUCT if of_card else TEXT, **item, "discount": discount or ZERO, "net": net, "vat": vat}
    if net is not None and vat is not None:
        made["gross"] = net + vat
    return {name: value for name, value in made.items() if value is not None and value != ""}


def _named(line: Row) -> dict[str, Any]:
    """What the item is and what it is called."""
    if line.get("kind") == ADVANCE:
        of = line.get("advance_number")
        name = f"{_DEDUCTION} č. {of}" if of else _DEDUCTION
        return {"kind": ADVANCE, "code": of, "name": name}
    code, product = line.get("code"), line.get("product")
    name = line.get("text") or code or NO_NAME
    kind = PRODUCT if product or (code and line.get("store")) else TEXT
    return {"kind": kind, "product": product, "code": code, "name": name}


def borne(line: Row, net: Decimal, vat: Decimal) -> Decimal:
    """The percentage of VAT that a line bears: that of its rate, else the one that its amounts show."""
    rate = ZERO if line.get("reverse_charge") else line.get("vat_percent")
    if rate is not None and (vat or not cents(net * rate / HUNDRED)):
        return Decimal(rate)
    if not net or not vat:
        return ZERO
    shown = vat * HUNDRED / net
    whole = shown.quantize(ONE)
    return whole if abs(net * whole / HUNDRED - vat) <= CENT else shown.quantize(PLACES)


def _by_rate(of: ItemFields, country: str) -> Iterator[dict[str, Any]]:
    """A line for each rate that a document without lines has an amount of; in a foreign currency only the whole."""
    if is_foreign(of.currency, country):
        whole = (of.foreign_total or ZERO) - (of.foreign_rounding or ZERO)
        if whole:
            yield {"text": of.text, "quantity": ONE, "vat_percent": ZERO,
                   "foreign_unit_price": whole, "foreign_net": whole}  # fmt: skip
        return
    law = "" if any(of.law.values()) else country
    for slot in SLOTS:
        net = getattr(of, f"net_{slot}") or ZERO
        vat = getattr(of, f"vat_{slot}", None) or ZERO
        if net or vat:
            yield {"text": of.text, "quantity": ONE, "vat_percent": percent(law, of.day, slot),
                   "unit_price": net, "net": net, "vat": vat}  # fmt: skip
