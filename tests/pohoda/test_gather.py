"""Prices of cards are gathered into the records that they name: one for a product, its oldest card's."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.catalogue import Gather, open_catalogue
from pohoda_bridge.pohoda.gather import gathered
from pohoda_bridge.side import Lookup, Row, Window
from tests.pohoda.test_every_field import Company
from tests.pohoda.two_years import everything

PRICES = Gather(
    form="card", rows="prices", by="level", key="code", into="prices",
    fields=("product", "product_code", "vat_sale", "price"), once="product_code", reference="product",
    fills={"cards": {"by": "product", "fields": ["vat_sale"]}, "groups": {"by": "group_id", "fields": ["price_group"]}},
)  # fmt: skip


def card(number: int, code: str | None, vat: str = "high", **prices: str) -> Row:
    priced = [{"level": level, "price": Decimal(price)} for level, price in prices.items()]
    known = f"2026/SKz/{number}"
    return {"_id": known, "_saved": None, "product": known, "product_code": code, "vat_sale": vat, "prices": priced}


def completed(records: list[Row], *cards: Row) -> list[Row]:
    with gathered(PRICES, [list(cards[:2]), list(cards[2:])]) as known:
        return [row for part in known.completed(records) for row in part]


def prices(*found: tuple[int, str | None, str]) -> list[Row]:
    return [
        {"product": f"2026/SKz/{number}", "product_code": code, "vat_sale": "high", "price": Decimal(price)}
        for number, code, price in found
    ]


def test_a_level_gets_one_price_of_each_product_its_oldest_cards() -> None:
    level = {"_id": "2026/SkCeny/1", "code": "Zľava", "_saved": "yesterday"}
    cards = card(9, "b", zľava="7", other="8"), card(4, "A", ZĽAVA="1"), card(12, "a ", Zľava="5"), card(11, "C")
    (row,) = completed([level], *cards)
    assert row == {**level, "_saved": None, "prices": prices((4, "A", "1"), (9, "b", "7"))}


def test_the_product_is_the_oldest_card_even_when_a_younger_one_has_the_price() -> None:
    (row,) = completed([{"_id": "2026/SkCeny/1", "code": "L"}], card(8, "A", L="2"), card(3, "a"))
    assert row["prices"] == prices((3, "A", "2"))


def test_cards_without_a_code_stay_apart() -> None:
    (row,) = completed([{"_id": "2026/SkCeny/1", "code": "L"}], card(1, None, L="2"), card(2, None, L="3"))
    assert row["prices"] == prices((1, None, "2"), (2, None, "3"))


def test_a_record_that_nothing_names_has_no_prices() -> None:
    found = completed([{"_id": "2026/SkCeny/1", "code": "M"}, {"_id": "2026/AD/1", "code": None}], card(1, "A", L="2"))
    assert [row["prices"] for row in found] == [[], []]


def test_rows_that_refer_to_a_card_learn_what_the_oldest_one_says() -> None:
    cards = [{"product": "2026/SKz/8", "price": Decimal(1)}, {"product": "2026/SKz/99", "price": Decimal(2)}]
    (row,) = completed([{"_id": "2026/AD/1", "cards": cards}], card(8, "A"), card(3, "a", "low"))
    assert row["cards"] == [
        {"product": "2026/SKz/3", "price": Decimal(1), "vat_sale": "low"},
        {"product": "2026/SKz/99", "price": Decimal(2), "vat_sale": None},
    ]


def test_groups_learn_their_code_from_any_card() -> None:
    cards = [{**card(number, f"P{number}"), "group_id": 7, "price_group": "Textil"} for number in (1, 2)]
    (row,) = completed([{"_id": "2026/AD/1", "groups": [{"group_id": 7}, {"group_id": 8, "name": "x"}]}], *cards)
    assert row["groups"] == [
        {"group_id": 7, "price_group": "Textil"},
        {"group_id": 8, "name": "x", "price_group": None},
    ]


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    made = Company(Path(tmp_path_factory.mktemp("company")))
    numbers: dict[str, Any] = {code: made.pohoda.insert("SkCeny", IDS=code, SText=code) for code in ("L1", "L2")}
    for code, price in {"A": 10, "B": 20, "a": 30}.items():
        number = made.pohoda.insert("SKz", IDS=code, Nazev=code, RelDPHp=2, RelSkTyp=1)
        made.pohoda.insert("SKzCn", RefAg=number, RefSkCeny=numbers["L1"], ProdejC=Decimal(price))
    template = made.pohoda.insert("SKz", IDS="T", Nazev="T", RelDPHp=2, RelSkTyp=1, Template=True)
    made.pohoda.insert("SKzCn", RefAg=template, RefSkCeny=numbers["L2"], ProdejC=Decimal(5))
    yield made
    made.close()


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_levels_come_whole_by_every_way_and_window_and_cards_are_no_records(company: Company, way: str) -> None:
    side = company.sides[way]
    found = everything(side, "price_lists")
    assert {row["code"]: [(one["product_code"], one["price"]) for one in row["prices"]] for row in found} == {
        "L1": [("A", Decimal(10)), ("B", Decimal(20))],
        "L2": [],
    }
    assert {row["form"] for row in found} == {"level"}
    assert side.ids("price_lists") == {row["_id"] for row in found}
    later = Window(since=company.pohoda.now())
    assert everything(side, "price_lists", later) == found
    known = found[0]["_id"]
    assert everything(side, "price_lists", Window(ids=(known,))) == [found[0]]
    assert side.look_up("price_lists", [Lookup(id="2026/SkCeny/99"), Lookup(id=known)]) == [[], [found[0]]]


def test_every_record_has_the_names_of_all_forms() -> None:
    agenda = open_catalogue().agendas["price_lists"]
    assert {"customer", "prices", "cards", "form"} <= agenda.own_names
    assert "product_code" not in agenda.own_names


def test_records_of_few_rows_come_together_and_one_of_many_does_not_hold_them_up() -> None:
    rows = [{"_id": f"2026/AD/{number}", "code": None, "cards": [{"product": None}] * 9} for number in range(500)]
    with gathered(PRICES, [[card(1, "A", L="1")]]) as known:
        parts = [len(part) for part in known.completed(rows)]
    assert parts == [200, 200, 100]
