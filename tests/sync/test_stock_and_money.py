"""Products, price lists and payments on their way to Gram: rows of their own, and two equal settlements."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.ledger import Request
from tests.bridge import Bridge

AGENDAS = ("clients", "products", "price_lists", "issued_invoices", "payments")
FULL = Request(mode="full")


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """A company with a product in two stores, with prices in a level beside the two that each company has, and an
    invoice that was paid in two equal halves.
    """
    with pytest.MonkeyPatch.context() as patch, Bridge.open(tmp_path_factory.mktemp("stock"), patch) as made:
        made.link(agendas={name: {"to_crm": {}} for name in AGENDAS})
        customer = made.company(Firma="Odberateľ a.s.", ICO="36000001", Cislo="AD1", CenyIDS="MALO")
        group = made.add("SkCS", IDS="Náradie", SText="Náradie")
        stores = {code: made.add("sSklad", IDS=code, SText=code) for code in ("HLAVNÍ", "PREDAJŇA")}
        level = made.add("SkCeny", IDS="MALO", SText="Maloobchod", SDph=True)
        card = {"IDS": "KL-1", "Nazev": "Kliešte", "RelSkTyp": 1, "RelDPHp": 2, "RefSkSkup": group, "Odbyt": True}
        ids = []
        for (code, store), quantity in zip(stores.items(), (5, 2), strict=True):
            stock = {"StavZ": Decimal(quantity), "Rezer": Decimal(1), "ProdejKc": Decimal("10"), "RefSklad": store}
            ids.append(made.add("SKz", **card, **stock))
            price = Decimal("12.30") if code == "HLAVNÍ" else Decimal(99)
            made.add("SKzCn", RefAg=ids[-1], RefSkCeny=level, ProdejC=price)
        made.add("ADcn", RefAg=customer, RelAgID=22, RefPol=group, Sleva=5.0)
        made.add("ADcn", RefAg=customer, RelAgID=20, RefPol=ids[1], Kod="KL-1", Nazev="Kliešte", Cena=Decimal("8.5"))
        invoice: dict[str, Any] = {"Cislo": "26F1", "RelTpFak": 1, "Datum": date(2026, 3, 1), "RefAD": customer}
        invoice |= {"Firma": "Odberateľ a.s.", "Kc0": Decimal(100), "KcCelkem": Decimal(100), "SText": "Faktúra"}
        number = made.add("FA", **invoice)
        paid = {"RelAgH": 2, "RelIDH": number, "CisloH": "26F1", "RelAgU": 28, "RelIDU": 4, "CisloU": "26BV4"}
        for amount in (50, 50, -10):
            made.add("Uhrady", KcU=Decimal(amount), DatumU=date(2026, 3, 9), **paid)
        yield made


@pytest.fixture(scope="module")
def first(bridge: Bridge) -> dict[str, dict[str, int]]:
    """What the first runs did."""
    return {name: dict(bridge.sync(name)) for name in AGENDAS}


@pytest.fixture(autouse=True)
def _went(first: dict[str, dict[str, int]]) -> None:
    """Each test looks at what went."""


def names(bridge: Bridge, entity: str, field: str) -> dict[str, str]:
    return {record["Id"]: record[field] for record in bridge.records(entity)}


def test_everything_goes_and_goes_once(bridge: Bridge, first: dict[str, dict[str, int]]) -> None:
    assert first == {
        "clients": {"created": 1}, "products": {"created": 1}, "price_lists": {"created": 3, "updated": 1},
        "issued_invoices": {"created": 1}, "payments": {"created": 3},
    }  # fmt: skip
    again = {name: dict(bridge.sync(name, FULL)) for name in AGENDAS}
    assert again == {name: {"unchanged": sum(counts.values())} for name, counts in first.items()}
    assert all(bridge.reconcile(name).equal for name in AGENDAS)


def test_a_product_is_one_record_with_a_level_for_each_store(bridge: Bridge) -> None:
    (product,) = bridge.records("Product")
    told = {name: product[name] for name in ("Code", "PriceNet", "VatPercent", "Currency", "Active", "StockTotal")}
    assert told == {
        "Code": "KL-1", "PriceNet": 10, "VatPercent": 23, "Currency": "EUR", "Active": True, "StockTotal": 7
    }  # fmt: skip
    assert names(bridge, "ProductGroup", "Name") == {product["Group"]: "Náradie"}
    stores = names(bridge, "Warehouse", "Code")
    levels = {stores[one["Warehouse"]]: (one["OnHand"], one["Available"]) for one in bridge.records("StockLevel")}
    assert levels == {"HLAVNÍ": (5, 4), "PREDAJŇA": (2, 1)}


def test_price_lists_have_rules_with_prices_without_vat(bridge: Bridge) -> None:
    lists = names(bridge, "PriceList", "Name")
    (product,) = bridge.records("Product")
    rules = [(lists[one["PriceList"]], one["Scope"], one["Method"], one["Value"], one["Price"], one["Product"])
             for one in bridge.records("PriceListRule")]  # fmt: skip
    own = "Odberateľ a.s. (AD1)"
    assert sorted(rules, key=str) == [
        ("MALO", "Product", "Fixed", None, 10, product["Id"]),  # 12.30 with 23 % in the oldest card
        (own, "Group", "Discount", 5, None, None),
        (own, "Product", "Fixed", None, 8.5, product["Id"]),  # entered on the younger card of the same product
    ]


def test_a_customer_has_the_list_of_its_level_though_customers_come_first(bridge: Bridge) -> None:
    (client,) = bridge.records("Client")
    (level,) = [one for one in bridge.records("PriceList") if one["Name"] == "MALO"]
    assert (client["PriceList"], level["Kind"], level["Method"]) == (level["Id"], "Level", "Fixed")


def test_two_equal_settlements_and_a_refund_are_three_payments(bridge: Bridge) -> None:
    (invoice,) = bridge.records("Invoice")
    payments = bridge.records("Payment")
    assert sorted(one["Amount"] for one in payments) == [-10, 50, 50]
    assert {(one["Invoice"], one["DocumentKind"], one["DocumentNumber"]) for one in payments} == {
        (invoice["Id"], "Bank", "26BV4")
    }


def test_a_price_and_a_quantity_that_change_are_the_only_rows_written(bridge: Bridge) -> None:
    before = {one["Id"]: one for entity in ("PriceListRule", "StockLevel") for one in bridge.records(entity)}
    (price,) = bridge.sandbox.pohoda.rows("SELECT ID FROM SKzCn WHERE ProdejC < 99")
    (stock,) = bridge.sandbox.pohoda.rows("SELECT ID FROM SKz WHERE StavZ = 2")
    bridge.edit(price["ID"], "SKzCn", ProdejC=Decimal("24.60"))
    bridge.edit(stock["ID"], "SKz", StavZ=Decimal(9))
    assert [bridge.sync(name)["updated"] for name in ("price_lists", "products")] == [1, 1]
    after = {one["Id"]: one for entity in ("PriceListRule", "StockLevel") for one in bridge.records(entity)}
    assert before.keys() == after.keys()
    changed = [one for known, one in after.items() if one != before[known]]
    assert sorted(one.get("Price", one.get("OnHand")) for one in changed) == [9, 20]
