"""A customer's prices product by product, with the discounts that they come of, and as one text."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pohoda_bridge.records.own_prices import own_prices
from pohoda_bridge.records.price_rules import PriceFields, price_list

NOTHING: Mapping[str, Any] = dict.fromkeys(PriceFields._fields)
Made = tuple[list[dict[str, Any]] | None, str | None]


def made(**values: Any) -> Made:
    told = {**NOTHING, "form": "individual", "customer": "2026/AD/17", **values}
    found = price_list(PriceFields(**told), "SK", date(2026, 12, 31))
    return own_prices(told["form"], told["cards"], found.rules, found.currency)


def card(code: str, price: str = "0", discount: str = "0", product: int | None = 1, **more: Any) -> dict[str, Any]:
    known = {"product": f"2026/SKz/{product}"} if product else {}
    return {**known, "code": code, "price": Decimal(price), "discount": Decimal(discount), "vat_sale": "high", **more}


def test_a_row_has_the_price_without_vat_and_the_discount_it_comes_of() -> None:
    cards = [card("B2", "1.23", "7", 2, with_vat=True), card("a1", "93.50", product=3), card("C", "0", "12.5", 4)]
    rows, _ = made(cards=cards)
    assert rows == [
        {"product": "2026/SKz/3", "product_code": "a1", "price": Decimal("93.5")},
        {"product": "2026/SKz/2", "product_code": "B2", "price": Decimal(1), "discount": Decimal(7)},
        {"product": "2026/SKz/4", "product_code": "C", "discount": Decimal("12.5")},
    ]


def test_the_listing_says_what_holds_for_everything_for_groups_and_products() -> None:
    groups = [{"group_id": 4, "price_group": "Textil", "discount": Decimal(5)}]
    cards = [card("B2", "1200", "7"), card("A", "0", "-10", 3), card("gone", "5", product=None)]
    rows, told = made(cards=cards, groups=groups, all_cards_discount=Decimal("2.50"))
    assert told == "*: -2.5 %\n[Textil]: -5 %\nA: +10 %\nB2: 1200 EUR (-7 %)\ngone: 5 EUR"
    assert [row["product_code"] for row in rows or ()] == ["A", "B2"], "a row is nothing without its product"


def test_of_several_rows_of_a_product_the_first_that_says_something_counts() -> None:
    rows, told = made(cards=[card("A"), card("A", "8", "20"), card("a", "9", "10")])
    assert [(row["price"], row["discount"]) for row in rows or ()] == [(Decimal(8), Decimal(20))]
    assert told == "A: 8 EUR (-20 %)"


def test_levels_and_actions_are_nobodys_own() -> None:
    assert made(form="level", code="VIP", prices=[{**card("A", "5"), "product_code": "A"}]) == (None, None)
    assert made(form="action", code="JAR", cards=[card("A", "5")]) == (None, None)
    assert made(cards=[]) == (None, None)
