"""Values on their way in and out: exact numbers, times, options, empty text, and what no file could hold."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.crm.wire import Forms, dumps, from_wire, to_wire

FORMS = Forms("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", ZoneInfo("Europe/Bratislava"), "Id")
NAMES = {"Customer": "customer", "Company": "company"}


@pytest.mark.parametrize(
    ("kind", "wire", "canonical"),
    [
        ("text", "Žltý kôň 🐎", "Žltý kôň 🐎"),
        ("text", "", None),
        ("text", None, None),
        ("text", " ", " "),
        ("text", 12345678, "12345678"),
        ("text", "half \ud83d", "half \ufffd"),
        ("number", 14, Decimal(14)),
        ("number", "14", Decimal(14)),
        ("number", " 14.50 ", Decimal("14.50")),
        ("number", Decimal("14.0"), Decimal(14)),
        ("number", "0", Decimal(0)),
        ("number", "fourteen", "fourteen"),
        ("number", "NaN", "NaN"),
        ("number", "1e999999", "1e999999"),
        ("currency", Decimal("0.10"), Decimal("0.10")),
        ("currency", -5, Decimal(-5)),
        ("bool", True, True),
        ("bool", "False", False),
        ("bool", 1, True),
        ("bool", "perhaps", "perhaps"),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("date", "2026-02-28 10:00:00", date(2026, 2, 28)),
        ("date", "2026-02-30", "2026-02-30"),
        ("datetime", "2026-02-28 10:11:12", datetime(2026, 2, 28, 10, 11, 12)),
        ("datetime", "2026-02-28T10:11:12Z", datetime(2026, 2, 28, 11, 11, 12)),
        ("datetime", "soon", "soon"),
        ("option", "Company", "company"),
        ("option", "Spaceship", "Spaceship"),
        ("options", ["Supplier", "Customer"], ["Supplier", "customer"]),
        ("options", "Customer", ["customer"]),
        ("options", [], None),
        ("options", None, None),
        ("ref", 7, "7"),
        ("ref", {"ID": "7"}, "7"),
    ],
)
def test_from_wire(kind: str, wire: Any, canonical: Any) -> None:
    read = from_wire(wire, kind, NAMES, FORMS)
    assert (read, type(read)) == (canonical, type(canonical))


@pytest.mark.parametrize(
    ("kind", "canonical", "wire"),
    [
        ("text", "  ", "  "),
        ("text", None, None),
        ("text", 7, "7"),
        ("number", Decimal("14.50"), Decimal("14.50")),
        ("number", 14, 14),
        ("currency", "0.10", Decimal("0.10")),
        ("bool", False, False),
        ("date", date(2026, 2, 28), "2026-02-28"),
        ("datetime", datetime(2026, 2, 28, 1, 2, 3), "2026-02-28 01:02:03"),
        ("option", "company", "Company"),
        ("option", "Spaceship", "Spaceship"),
        ("options", ["customer", "B"], ["B", "Customer"]),
        ("options", None, None),
    ],
)
def test_to_wire(kind: str, canonical: Any, wire: Any) -> None:
    names = {own: far for far, own in NAMES.items()}
    assert to_wire(canonical, kind, names, FORMS) == wire


@pytest.mark.parametrize(
    ("kind", "value"), [("number", 1.5), ("number", "x"), ("number", True), ("bool", "yes"), ("text", "\ud83d")]
)
def test_what_cannot_be_sent_is_said(kind: str, value: Any) -> None:
    with pytest.raises(ValueError):
        to_wire(value, kind, {}, FORMS)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15))
def test_a_number_comes_back_exactly(number: Decimal) -> None:
    sent = json.loads(dumps({"x": [number]}), parse_float=Decimal)["x"][0]
    assert from_wire(sent, "currency", {}, FORMS) == number


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_comes_back_exactly(text: str) -> None:
    assert from_wire(json.loads(dumps(to_wire(text, "text", {}, FORMS))), "text", {}, FORMS) == (text or None)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.decimals() | st.text(), st.lists))
def test_whatever_a_service_answers_is_read(value: Any) -> None:
    for kind in ("text", "number", "currency", "bool", "date", "datetime", "option", "options", "ref"):
        assert not isinstance(from_wire(value, kind, NAMES, FORMS), float)


def test_moments_of_another_zone_become_local() -> None:
    assert FORMS.read_moment("2026-07-01T10:00:00+00:00") == datetime(2026, 7, 1, 12)
    assert FORMS.read_moment(datetime(2026, 7, 1, tzinfo=UTC).isoformat()) == datetime(2026, 7, 1, 2)
