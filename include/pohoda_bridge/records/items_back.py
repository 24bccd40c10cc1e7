"""Items of a CRM as lines of a POHODA document, with the amounts that the CRM shows.

A line names its card by code and store where it has both: then POHODA takes the card of that store. Its rate is the
slot that had the percentage on the day; a percentage that no slot had then goes as it is. Home amounts of a document in
a foreign currency are POHODA's: it converts them by the rate of the document.
"""

from decimal import Decimal, localcontext
from typing import Any

from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.records.amounts import DIGITS, ZERO, Row, number
from pohoda_bridge.records.items import ADVANCE, HUNDRED, ONE, PLACES, ItemFields, borne, is_foreign
from pohoda_bridge.records.rounding import CENT, cents
from pohoda_bridge.records.vat import slot_of

_EXACT = Decimal("0.00000001")


def lines_of(items: list[Row], currency: str | None, of: ItemFields, country: str) -> list[dict[str, Any]]:
    """The lines that make these items, for a unit at home in `country` (CZ, SK)."""
    prefix = "foreign_" if is_foreign(currency, country) else ""
    with localcontext() as context:
        context.prec = DIGITS
        return [_line(item, prefix, of, country) for item in items]


def home_or(currency: str | None, country: str) -> str | None:
    """The currency as POHODA has it: none at home."""
    return None if currency == HOME_CURRENCIES[country] else currency


def _line(item: Row, prefix: str, of: ItemFields, country: str) -> dict[str, Any]:
    quantity, discount = number(item.get("quantity")), number(item.get("discount")) or ZERO
    if quantity is None:
        quantity = ONE
    net, vat, rate = _amounts(item, quantity, discount)
    slot, explicit = slot_of(country, of.day, rate, abroad=bool(of.oss_country))
    line = {
        **_named(item),
        "quantity": quantity,
        "vat_slot": slot,
        "vat_explicit": explicit,
        "with_vat": False,
        "discount": discount,
        f"{prefix}unit_price": _price(item, net, quantity, discount),
        f"{prefix}net": net,
        f"{prefix}vat": vat,
    }
    return {name: value for name, value in line.items() if value is not None and value != ""}


def _named(item: Row) -> dict[str, Any]:
    if item.get("kind") == ADVANCE:
        return {"kind": ADVANCE, "advance_number": item.get("code")}
    code, store = item.get("code"), item.get("store")
    named = {name: item.get(name) for name in ("code", "unit", "note")} | {"text": item.get("name")}
    if code and store:
        return {**named, "store": store}
    return {**named, "product": item.get("product"), "store": store if item.get("product") else None}


def _amounts(item: Row, quantity: Decimal, discount: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Net amount, VAT and its percentage: what the item says, and what follows from that."""
    net, vat, price = (number(item.get(name)) for name in ("net", "vat", "unit_price"))
    if net is None:
        net = cents((price or ZERO) * quantity * (HUNDRED - discount) / HUNDRED)
    rate = number(item.get("vat_percent"))
    if rate is None:
        rate = borne({}, net, vat or ZERO)
    return net, cents(net * rate / HUNDRED) if vat is None else vat, rate


def _price(item: Row, net: Decimal, quantity: Decimal, discount: Decimal) -> Decimal:
    """The unit price; the exact one where four places of it do not make the net amount, as of a price with VAT."""
    price, part = number(item.get("unit_price")), quantity * (HUNDRED - discount)
    if not part:
        return price or ZERO
    exact = (net * HUNDRED / part).quantize(_EXACT)
    if price is None:
        return exact
    made = cents(price * part / HUNDRED)
    return exact if abs(made - net) > CENT and abs(exact - price) <= PLACES else price
