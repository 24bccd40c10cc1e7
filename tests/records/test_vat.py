"""Percentages of VAT by the dates of the laws, and what lines and slots of a document get of them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.records.derive import DERIVATIONS, DeriveContext
from pohoda_bridge.records.names import splitter
from pohoda_bridge.records.vat import SLOTS, percent


@pytest.mark.parametrize(
    ("country", "day", "low", "high", "third"),
    [
        ("CZ", "2004-04-30", None, None, None),
        ("CZ", "2004-05-01", 5, 19, None),
        ("CZ", "2007-12-31", 5, 19, None),
        ("CZ", "2008-01-01", 9, 19, None),
        ("CZ", "2009-12-31", 9, 19, None),
        ("CZ", "2010-01-01", 10, 20, None),
        ("CZ", "2011-12-31", 10, 20, None),
        ("CZ", "2012-01-01", 14, 20, None),
        ("CZ", "2012-12-31", 14, 20, None),
        ("CZ", "2013-01-01", 15, 21, None),
        ("CZ", "2014-12-31", 15, 21, None),
        ("CZ", "2015-01-01", 15, 21, 10),
        ("CZ", "2023-12-31", 15, 21, 10),
        ("CZ", "2024-01-01", 12, 21, None),
        ("SK", "2003-12-31", None, None, None),
        ("SK", "2004-01-01", None, 19, None),
        ("SK", "2006-12-31", None, 19, None),
        ("SK", "2007-01-01", 10, 19, None),
        ("SK", "2010-04-30", 10, 19, None),
        ("SK", "2010-05-01", 10, 19, 6),
        ("SK", "2010-12-31", 10, 19, 6),
        ("SK", "2011-01-01", 10, 20, None),
        ("SK", "2022-12-31", 10, 20, None),
        ("SK", "2023-01-01", 10, 20, 5),
        ("SK", "2024-12-31", 10, 20, 5),
        ("SK", "2025-01-01", 19, 23, 5),
    ],
)
def test_each_slot_has_the_percentage_of_the_law_of_the_day(country, day, low, high, third):
    wanted = [None if rate is None else Decimal(rate) for rate in (0, low, high, third)]
    assert [percent(country, date.fromisoformat(day), slot) for slot in SLOTS] == wanted


@given(
    country=st.sampled_from(["CZ", "SK", "DE", ""]),
    day=st.none() | st.dates(),
    slot=st.sampled_from([*SLOTS, "?7", None]),
    explicit=st.decimals("0.1", "30", places=1),
)
def test_what_pohoda_says_itself_wins(country, day, slot, explicit):
    assert percent(country, day, slot, explicit) == explicit


def test_a_rate_that_nobody_can_tell_is_none_and_no_guess():
    assert percent("DE", date(2026, 1, 1), "high") is None
    assert percent("CZ", None, "high") is None
    assert percent("CZ", date(2026, 1, 1), None) is None
    assert percent("CZ", date(2026, 1, 1), "?7") is None
    assert percent("CZ", None, "none") == 0


@pytest.mark.parametrize("nothing", [None, Decimal(0), Decimal("0.0")])
def test_no_explicit_percentage_leaves_the_slot(nothing):
    assert percent("SK", date(2026, 1, 1), "high", nothing) == 23
    assert percent("SK", date(2026, 1, 1), "none", nothing) == 0


def derived(lines, abroad=None, historic=False, *days, country="SK"):
    context = DeriveContext("2026/FA/7", {}, splitter("strict"), country)
    return DERIVATIONS["vat_percents"](context, (lines, abroad, historic, *days))


def line(slot, explicit=None, **further):
    return {"vat_slot": slot, "vat_explicit": explicit, **further}


def test_lines_and_slots_get_the_percentage_of_the_day_of_supply():
    told, *slots = derived([line("high", text="Stôl"), line("none")], None, False, date(2024, 12, 31), date(2025, 1, 5))
    assert told == [line("high", text="Stôl", vat_percent=Decimal(20)), line("none", vat_percent=Decimal(0))]
    assert slots == [10, 20, 5]
    assert derived([], None, False, None, date(2025, 1, 5)) == ([], 19, 23, 5)
    assert derived([], None, False, None, date(2024, 1, 5), country="CZ") == ([], 12, 21, None)
    assert derived(None, None, False, None, None) == (None, None, None, None)


@pytest.mark.parametrize(("abroad", "historic"), [("DE", False), ("CZ", False), (None, True)])
def test_with_rates_of_elsewhere_only_what_a_line_says_is_known(abroad, historic):
    lines = [line("high"), line("high", Decimal(19)), line("none")]
    told, *slots = derived(lines, abroad, historic, date(2026, 5, 5))
    assert [one["vat_percent"] for one in told] == [None, 19, 0]
    assert slots == [None, None, None]
    assert "vat_percent" not in lines[0], "what was read stays as it is"
