"""Cards of one code are one product, whatever the size; rows keep their values on the way."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Fold
from pohoda_bridge.pohoda import fold
from pohoda_bridge.pohoda.fold import folded
from pohoda_bridge.side import Mark, Row

STOCK = Fold(by=("code",), into="stock", fields=("store", "quantity"))


def card(number: int, code: str | None, store: str = "MAIN", **more: Any) -> Row:
    plain = {"_id": f"2026/SKz/{number}", "_saved": None, "_mark": None, "code": code, "store": store}
    return plain | {"quantity": Decimal(number)} | more


def products(*cards: Row) -> list[Row]:
    return [row for part in folded(STOCK, [list(cards)]) for row in part]


def test_the_oldest_card_tells_of_the_product_and_all_cards_are_listed() -> None:
    saved, later = datetime(2026, 1, 1, 8), datetime(2026, 5, 1, 9, 30)
    first = card(3, "A-1", name="Pero", since=date(2026, 1, 2), _saved=saved, lines=[{"price": Decimal("1.50")}])
    other = card(9, "a-1 ", "SHOP", name="Other", _saved=later, _mark=Mark("Bridge", "x"))
    (product,) = products(first, card(5, "B"), other)[:1]
    assert product == first | {
        "_saved": later,
        "_mark": Mark("Bridge", "x"),
        "stock": [
            {"card": "2026/SKz/3", "store": "MAIN", "quantity": Decimal(3)},
            {"card": "2026/SKz/9", "store": "SHOP", "quantity": Decimal(9)},
        ],
    }


def test_cards_without_a_code_stand_alone() -> None:
    assert [row["_id"] for row in products(card(1, None), card(2, None), card(3, "   "))] == [
        "2026/SKz/1",
        "2026/SKz/2",
        "2026/SKz/3",
    ]


@given(st.lists(st.sampled_from(["A", "a", "B ", "b", "C", None])))
def test_every_card_is_in_one_product_and_the_order_is_kept(codes: list[str | None]) -> None:
    cards = [card(number, code) for number, code in enumerate(codes, start=1)]
    found = products(*cards)
    assert sorted(entry["card"] for row in found for entry in row["stock"]) == sorted(row["_id"] for row in cards)
    assert [row["stock"][0]["card"] for row in found] == [row["_id"] for row in found]
    numbers = [int(row["_id"].rpartition("/")[2]) for row in found]
    assert numbers == sorted(numbers)
    assert len(found) == len({code.strip().lower() for code in codes if code}) + codes.count(None)


def test_products_come_in_parts(monkeypatch: Any) -> None:
    monkeypatch.setattr(fold, "PART", 3)
    parts = list(folded(STOCK, ([card(number, str(number))] for number in range(1, 9))))
    assert [len(part) for part in parts] == [3, 3, 2]
