"""Rules: what each operator holds for, missing values, and nesting. The table is written by hand."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import Rule

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("rule", "holding", "failing"),
    [
        ({"equals": "SK"}, ["SK"], ["sk", "CZ", None, ""]),
        ({"equals": 14}, [14, Decimal("14.00")], [15, None]),
        ({"equals": True}, [True], [False, None]),
        ({"equals": None}, [None], ["SK", 0, False]),
        ({"in": ["SK", "CZ"]}, ["SK", "CZ", ["AT", "CZ"]], ["sk", "AT", None, ["AT"], []]),
        ({"in": [None, "SK"]}, ["SK"], [None]),
        ({"empty": True}, [None, "", []], ["x", 0, False, ["x"]]),
        ({"empty": False}, ["x", 0, False], [None, "", []]),
        ({"filled": True}, ["x", 0, False], [None, "", []]),
        ({"filled": False}, [None, "", []], ["x", 0]),
        ({"contains": "Sklad"}, ["hlavný sklad", "SKLAD", ["Obchod", "Sklady"]], ["skla", None, ["Obchod"]]),
        ({"starts_with": "vip"}, ["VIP", "vip partner", ["x", "Vip"]], ["super vip", None]),
        ({"above": "10.5"}, [11, Decimal("10.51")], [Decimal("10.5"), 10, None]),
        ({"below": "0"}, [-1, Decimal("-0.01")], [0, 1, None]),
        ({"since": DAY}, [DAY, date(2026, 3, 2), datetime(2026, 3, 1, 0, 0)], [date(2026, 2, 28), None]),
        ({"until": DAY}, [DAY, datetime(2026, 3, 1, 23, 59)], [date(2026, 3, 2), datetime(2026, 3, 2), None]),
    ],
)  # fmt: skip
def test_an_operator(rule: dict[str, Any], holding: list[Any], failing: list[Any]) -> None:
    made = Rule.model_validate({"field": "f", **rule})
    assert [value for value in holding if not made.holds({"f": value})] == []
    assert [value for value in failing if made.holds({"f": value})] == []
    assert made.holds({}) == made.holds({"f": None})


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        ({"country": "SK", "days": 40, "groups": None}, True),
        ({"country": "SK", "days": 10, "groups": ["VIP"]}, True),
        ({"country": "SK", "days": None, "groups": ["VIP"]}, True),
        ({"country": "SK", "days": 10, "groups": ["Obchod"]}, False),
        ({"country": "AT", "days": 40, "groups": ["VIP"]}, False),
        ({"country": None, "days": None, "groups": None}, False),
    ],
)  # fmt: skip
def test_nested_rules(row: dict[str, Any], holds: bool) -> None:
    """In SK, and (more than 30 days, or in a VIP group); `not` around `any` twice is the same."""
    any_ = {"any": [{"field": "days", "above": 30}, {"field": "groups", "contains": "VIP"}]}
    rules = [Rule.model_validate(one) for one in ({"field": "country", "equals": "SK"}, any_)]
    assert all(rule.holds(row) for rule in rules) is holds
    twice = Rule.model_validate({"not": {"not": any_}})
    assert twice.holds(row) is rules[1].holds(row)


def test_not_turns_a_missing_value_round() -> None:
    assert Rule.model_validate({"not": {"field": "f", "above": 1}}).holds({"f": None})


def test_a_rule_names_its_fields_and_reads_as_a_sentence() -> None:
    rule = Rule.model_validate({"any": [{"field": "a", "equals": 1}, {"not": {"field": "b", "empty": True}}]})
    assert rule.fields() == {"a", "b"}
    assert str(rule) == "any of (a equals 1; not (b empty True))"
