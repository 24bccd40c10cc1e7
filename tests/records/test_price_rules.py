"""Price levels, own prices and actions as lists of rules; every expected figure is worked out by hand."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.price_rules import PriceFields, PriceList, price_list

DAY = date(2026, 12, 31)
NOTHING: Mapping[str, Any] = dict.fromkeys(PriceFields._fields)


def made(country: str = "SK", **values: Any) -> PriceList:
    return price_list(PriceFields(**{**NOTHING, **values}), country, DAY)


def price(code: str, price: str, product: int = 1, vat: str = "high", **more: Any) -> dict[str, Any]:
    known = {"product": f"2026/SKz/{product}", "product_code": code, "code": code, "vat_sale": vat}
    return {**known, "price": Decimal(price), **more}


def test_a_level_is_a_list_of_prices_without_vat() -> None:
    prices = [price("B", "10.00", 2), price("a", "0", 3), price("A1", "2.5", 4)]
    product = {"scope": "product", "method": "fixed"}
    assert made(form="level", code="VIP", price_basis="net", discount=Decimal(0), prices=prices) == PriceList(
        name="VIP", method="fixed", value=None, currency="EUR", client=None, clients=None,
        rules=[
            {**product, "product": "2026/SKz/4", "product_code": "A1", "price": Decimal("2.5")},
            {**product, "product": "2026/SKz/2", "product_code": "B", "price": Decimal(10)},
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("country", "slot", "gross", "net"),
    [
        ("SK", "high", "12.30", "10"),  # 23 %
        ("SK", "low", "1.19", "1"),  # 19 %
        ("SK", "third", "9.99", "9.5143"),  # 5 %: 9.514285...
        ("CZ", "high", "100.00", "82.6446"),  # 21 %: 82.644628...
        ("CZ", "none", "7.77", "7.77"),
    ],
)
def test_prices_with_vat_become_net_and_give_the_same_cent_again(country: str, slot: str, gross: str, net: str) -> None:
    (rule,) = (
        made(country, form="level", code="G", price_basis="gross", prices=[price("A", gross, vat=slot)]).rules or ()
    )
    assert rule["price"] == Decimal(net)
    rate = {"SK": {"high": 23, "low": 19, "third": 5}, "CZ": {"high": 21, "none": 0}}[country][slot]
    assert (rule["price"] * (100 + rate) / 100).quantize(Decimal("0.01")) == Decimal(gross)


def test_a_price_with_vat_of_no_known_rate_is_refused() -> None:
    with pytest.raises(RejectRecord, match="price of A is with VAT"):
        made("CZ", form="level", code="G", price_basis="gross", prices=[price("A", "1", vat="third")])


@pytest.mark.parametrize(
    ("told", "method", "value"),
    [
        ({"discount": Decimal("15")}, "discount", "15"),
        ({"rebate": Decimal("33.33333")}, "margin", "33.3333"),
        ({"margin": Decimal("20")}, "margin", "25"),  # a fifth of the price is a quarter of the cost
        ({"discount": Decimal(-5), "margin": Decimal(20)}, "discount", "-5"),
    ],
)
def test_what_a_level_says_of_everything(told: Mapping[str, Decimal], method: str, value: str) -> None:
    found = made(form="level", code="L", **told)
    assert (found.method, found.value) == (method, Decimal(value))
    assert found.rules == [{"scope": "all", "method": method, "value": Decimal(value)}]


def test_a_margin_of_the_whole_price_says_nothing() -> None:
    assert made(form="level", code="L", margin=Decimal(100)).rules is None


def test_the_prices_of_one_customer() -> None:
    cards = [
        price("x", "8", 3),
        price("X", "9", 3, discount=Decimal(10)),  # the same product once more
        price("Y", "0", 5, discount=Decimal("12.5")),
        price("Z", "2.46", 6, with_vat=True),
    ]
    groups = [{"group_id": 4, "price_group": "Textil", "discount": Decimal(5)}, {"group_id": 2, "discount": Decimal(0)}]
    found = made(
        form="individual", customer="2026/AD/17", customer_name="Vzor s.r.o.", customer_number="AD7", cards=cards,
        groups=groups, all_cards_discount=Decimal(2),
    )  # fmt: skip
    assert (found.name, found.client, found.method, found.value) == (
        "Vzor s.r.o. (AD7)", "2026/AD/17", "discount", Decimal(2)
    )  # fmt: skip
    told = [(rule["scope"], rule.get("product_code", rule.get("group")), rule["method"]) for rule in found.rules or ()]
    assert told == [
        ("all", None, "discount"), ("group", "Textil", "discount"), ("product", "x", "fixed"),
        ("product", "Y", "discount"), ("product", "Z", "fixed"),
    ]  # fmt: skip
    assert [rule.get("value") or rule.get("price") for rule in found.rules or ()] == [
        Decimal(2), Decimal(5), Decimal(8), Decimal("12.5"), Decimal(2)
    ]  # fmt: skip


def test_own_prices_without_a_name_are_known_by_the_customers_id() -> None:
    names = {country: made(country, form="individual", customer="2026/AD/17").name for country in ("SK", "CZ")}
    assert names == {"SK": "Individuálne ceny (17)", "CZ": "Individuální ceny (17)"}


def test_an_action_is_for_its_customers_and_by_its_cards() -> None:
    found = made(
        form="action", code="JAR", discount=Decimal(10), cards=[price("A", "5.4", currency="CZK")],
        customers=[{"customer": "2026/AD/2"}, {"customer": None}],
    )  # fmt: skip
    assert (found.name, found.currency, found.clients) == ("Akcia JAR", "CZK", [{"client": "2026/AD/2"}])
    assert [rule["scope"] for rule in found.rules or ()] == ["product"]
    assert [rule["scope"] for rule in made(form="action", code="JAR", discount=Decimal(10)).rules or ()] == ["all"]


def test_prices_in_several_currencies_are_no_list() -> None:
    with pytest.raises(RejectRecord, match="CZK, EUR"):
        made(form="action", code="JAR", cards=[price("A", "5", currency="CZK"), price("B", "5", 2)])
    assert made(form="level", code="K", currency="CZK", prices=[price("A", "5")]).currency == "CZK"
