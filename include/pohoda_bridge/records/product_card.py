"""A stock card of POHODA as a product: net prices, the percentage of VAT, what lies in each store."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.records.vat import percent

Row = Mapping[str, Any]
PLACES = Decimal("0.0001")
ZERO, HUNDRED = Decimal(0), Decimal(100)
NOT_STOCKED = frozenset({"text", "service"})


class CardFields(NamedTuple):
    """What a product is made of; the names of the agenda file."""

    kind: str | None
    plu: int | None
    sale_price: Decimal | None
    sale_basis: str | None
    vat_sale: str | None
    purchase_price: Decimal | None
    purchase_basis: str | None
    vat_purchase: str | None
    average_price: Decimal | None
    stock: Sequence[Row] | None


class Product(NamedTuple):
    """Prices without VAT in the home currency, each of four places; `levels` has a row for each store: `store`,
    `on_hand`, `reserved`, `ordered` (from suppliers) and `available` (on hand and not reserved).
    """

    plu: str | None
    price: Decimal | None
    vat_percent: Decimal | None
    purchase_price: Decimal | None
    cost: Decimal | None
    currency: str
    levels: list[Row] | None
    stock_total: Decimal


def product_of(of: CardFields, country: str, day: date | None) -> Product:
    """The product; `day` is the one whose percentages count. RejectRecord for a price with VAT of no known rate."""
    stock = () if of.kind in NOT_STOCKED else of.stock or ()
    return Product(
        plu=str(of.plu) if of.plu else None,
        price=net_price(of.sale_price, of.sale_basis, percent(country, day, of.vat_sale)),
        vat_percent=percent(country, day, of.vat_sale),
        purchase_price=net_price(of.purchase_price, of.purchase_basis, percent(country, day, of.vat_purchase)),
        cost=_rounded(of.average_price or ZERO),
        currency=HOME_CURRENCIES[country],
        levels=[_level(row) for row in stock if row.get("store")] or None,
        stock_total=_rounded(sum((row.get("quantity") or ZERO for row in stock), ZERO)),
    )


def structure_of(store: str | None, branches: Sequence[str | None]) -> str | None:
    """Where a card is filed (Členění), as POHODA's listing has it: `STORE/Branch/Branch below`."""
    return "/".join(filter(None, (store, *branches))) or None


def net_price(price: Decimal | None, basis: object, rate: Decimal | None) -> Decimal:
    """A price without VAT; one that the company enters with VAT (`gross`) loses it. Taken back at four places, the VAT
    gives the same cent again.
    """
    if basis == "gross" and price:
        if rate is None:
            raise RejectRecord("a price is with VAT, but the rate of the card is not known; mend the card's VAT rate")
        price = price * HUNDRED / (HUNDRED + rate)
    return _rounded(price or ZERO)


def _level(row: Row) -> Row:
    on_hand, reserved, ordered = (row.get(name) or ZERO for name in ("quantity", "reserved", "on_issued_orders"))
    return {
        "store": row["store"],
        "on_hand": _rounded(on_hand),
        "reserved": _rounded(reserved),
        "ordered": _rounded(ordered),
        "available": _rounded(on_hand - reserved),
    }


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(PLACES, ROUND_HALF_UP)
