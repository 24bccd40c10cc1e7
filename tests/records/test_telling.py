"""A change as people read it: old and new, and of a set which rows came, changed and went."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.records.telling import tell

TABLE = {"code": "S1", "name": "Stôl", "quantity": "2", "unit_price": "10"}
CHAIR = {"code": "S2", "name": "Stolička", "quantity": "4", "unit_price": "5", "product": "id-of-the-crm"}


@pytest.mark.parametrize(("old", "new", "told"), [
    ("1", "2", "f: 1 -> 2"),
    (None, "x", "f: nothing -> x"),
    ("x", "", "f: x -> nothing"),
    (False, True, "f: no -> yes"),
    (0, None, "f: 0 -> nothing"),
    (["a"], ["a", "b"], "f: a -> a, b"),
])  # fmt: skip
def test_a_plain_value_is_one_line(old: Any, new: Any, told: str) -> None:
    assert tell("f", old, new).lines() == [told]


@pytest.mark.parametrize(("old", "new", "rows"), [
    ([], [CHAIR], ["+ S2 Stolička: quantity 4, unit_price 5"]),
    ([TABLE, CHAIR], [CHAIR], ["- S1 Stôl: quantity 2, unit_price 10"]),
    ([TABLE, CHAIR], [CHAIR, {**TABLE, "quantity": "3"}], ["~ S1 Stôl: quantity 2 -> 3"]),
    ([TABLE], [{**TABLE, "name": "Stôl dubový"}], ["~ S1 Stôl dubový: name Stôl -> Stôl dubový"]),
    ([TABLE], [{**TABLE, "discount": "5"}], ["~ S1 Stôl: discount nothing -> 5"]),
    ([TABLE, TABLE], [TABLE], ["- S1 Stôl: quantity 2, unit_price 10"]),
    ([TABLE, CHAIR], [CHAIR, TABLE], ["the same rows in another order"]),
    ([{"name": "text"}], [], ["- text"]),
    ([{"store": "A", "on_hand": "1"}, {"store": "B", "on_hand": "1"}],
     [{"store": "A", "on_hand": "1"}, {"store": "B", "on_hand": "0"}], ["~ B: on_hand 1 -> 0"]),
    ([{"scope": "all", "value": "5"}], [{"scope": "all", "value": "7"}], ["~ all: value 5 -> 7"]),
])  # fmt: skip
def test_of_a_set_the_rows_that_differ_are_told(old: list[Any], new: list[Any], rows: list[str]) -> None:
    assert list(tell("items", old, new).rows) == rows


def test_the_rows_stand_below_how_many_there_are() -> None:
    assert tell("items", None, [TABLE]).lines() == [
        "items: nothing -> 1 row", "  + S1 Stôl: quantity 2, unit_price 10",
    ]  # fmt: skip


def test_many_rows_are_cut_and_counted() -> None:
    told = tell("rules", None, [{"product": str(n)} for n in range(100)], most=10)
    assert (told.new, len(told.rows), told.rows[-1]) == ("100 rows", 11, "… 90 more")


_rows = st.lists(st.dictionaries(st.sampled_from(["code", "name", "quantity"]), st.sampled_from("abc"), min_size=1))


@given(_rows, _rows)
def test_every_row_is_counted_once(old: list[Any], new: list[Any]) -> None:
    rows = tell("items", old, new, most=1000).rows
    signs = [row[0] for row in rows]
    kept = len(old) - signs.count("-") - signs.count("~")
    assert 0 <= kept == len(new) - signs.count("+") - signs.count("~")
    assert bool(rows) == bool(old or new)
