"""Stock cards as products; every expected figure is worked out by hand."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.product_card import CardFields, Product, product_of, structure_of

DAY = date(2026, 12, 31)
CARD: Mapping[str, Any] = {
    "kind": "card", "plu": 512, "sale_price": Decimal("10.5"), "sale_basis": "net", "vat_sale": "high",
    "purchase_price": Decimal("7.00005"), "purchase_basis": "net", "vat_purchase": "low",
    "average_price": Decimal("6.12345"), "stock": None,
}  # fmt: skip


def made(country: str = "SK", **values: Any) -> Product:
    return product_of(CardFields(**{**CARD, **values}), country, DAY)


def test_a_card_with_net_prices() -> None:
    assert made() == Product(
        plu="512", price=Decimal("10.5"), vat_percent=Decimal(23), purchase_price=Decimal("7.0001"),
        cost=Decimal("6.1235"), currency="EUR", levels=None, stock_total=Decimal(0),
    )  # fmt: skip
    assert made("CZ", plu=0)[0::2] == (None, Decimal(21), Decimal("6.1235"), None)


@pytest.mark.parametrize(
    ("country", "slot", "gross", "net"),
    [("SK", "high", "12.30", "10"), ("SK", "third", "0.99", "0.9429"), ("CZ", "low", "99.90", "89.1964")],
)
def test_prices_entered_with_vat_lose_it(country: str, slot: str, gross: str, net: str) -> None:
    found = made(country, sale_price=Decimal(gross), sale_basis="gross", vat_sale=slot)
    assert (found.price, found.vat_percent is not None) == (Decimal(net), True)
    assert (Decimal(net) * (100 + (found.vat_percent or 0)) / 100).quantize(Decimal("0.01")) == Decimal(gross)
    bought = made(country, purchase_price=Decimal(gross), purchase_basis="gross", vat_purchase=slot)
    assert bought.purchase_price == Decimal(net)


def test_a_price_with_vat_of_no_known_rate_is_refused_and_nothing_needs_no_rate() -> None:
    with pytest.raises(RejectRecord, match="VAT rate"):
        made("CZ", sale_basis="gross", vat_sale="third")
    assert made("CZ", sale_basis="gross", sale_price=Decimal(0), vat_sale="third").price == 0


def test_what_lies_in_the_stores() -> None:
    stock = [
        {"store": "MAIN", "quantity": Decimal("12.5"), "reserved": Decimal(3), "on_issued_orders": Decimal(7)},
        {"store": "SHOP", "quantity": Decimal(-1), "reserved": None},
        {"store": None, "quantity": Decimal(4)},
    ]
    found = made(stock=stock)
    assert found.levels == [
        {"store": "MAIN", "on_hand": Decimal("12.5"), "reserved": 3, "ordered": 7, "available": Decimal("9.5")},
        {"store": "SHOP", "on_hand": -1, "reserved": 0, "ordered": 0, "available": -1},
    ]
    assert found.stock_total == Decimal("15.5")
    for kind in ("service", "text"):
        assert (made(kind=kind, stock=stock).levels, made(kind=kind, stock=stock).stock_total) == (None, 0)


def test_a_card_is_filed_below_its_store_in_its_branches() -> None:
    assert structure_of("MAIN", ["Goods", None, "", "Chairs"]) == "MAIN/Goods/Chairs"
    assert (structure_of("MAIN", []), structure_of(None, [None])) == ("MAIN", None)
