"""Rules on whole records: for each a record that is right and records that are wrong in one thing."""

from datetime import date
from decimal import Decimal as D

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Expectation, open_catalogue
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.quality.judge import judge
from pohoda_bridge.quality.labels import labels
from pohoda_bridge.records.document_checks import RECORD_CHECKS, Known, record_fault
from pohoda_bridge.records.record_faults import RECORD_FAULTS

LINES = [
    {"net": D("100.01"), "vat": D("23"), "vat_slot": "high", "product": "2026/SKz/1", "unit": "ks", "quantity": D(2)},
    {"net": D("50.02"), "vat": D("9.5"), "vat_slot": "low", "kind": "item"},
    {"net": D("7"), "vat": D(0), "vat_slot": None},
]
INVOICE = {
    "_id": "2026/FA/7", "kind": "invoice", "issued_on": date(2026, 3, 1), "taxed_on": date(2026, 2, 28),
    "partner": "2026/AD/1", "lines": LINES, "net_none": D(7), "net_low": D("50.02"), "vat_low": D("9.5"),
    "net_high": D("100.01"), "vat_high": D(23), "net_third": D(0), "vat_third": D(0), "rounding": D("0.02"),
    "total": D("189.55"), "balance": D("89.55"), "settled_on": date(2026, 3, 5), "_paid": D(100),
    "_known": Known(frozenset({"2026/AD/1", "2026/SKz/1"})),
}  # fmt: skip
EURO = {"currency": "EUR", "rate": D("25.1"), "rate_amount": 1, "foreign_total": D("7.55")}
FIELDS = {
    "sum_of_lines": ("lines", "total"), "vat_of_rate": ("lines",), "rate_filled": ("currency",),
    "in_year": ("issued_on",), "known": ("partner",), "unit": ("lines.unit",), "once": ("stock.store",),
    "balanced": ("balance",),
}  # fmt: skip


def line(number, **changes):
    """The lines with one of them changed."""
    return {"lines": [{**one, **changes} if place == number else one for place, one in enumerate(LINES)]}


ADVANCE = {"net": D(-10), "vat": D(0), "vat_slot": "none", "kind": "advance"}
TAXED = {"net": D(-10), "vat": D("-2.3"), "vat_slot": "high", "kind": "advance"}
CASES = [
    ("sum_of_lines", {}, None),
    ("sum_of_lines", line(0, net=D("100.02")), "lines_sum"),
    ("sum_of_lines", line(1, vat=D("9.49")), "lines_sum"),
    ("sum_of_lines", line(0, vat_slot="third"), "lines_sum"),
    ("sum_of_lines", {"total": D("189.56")}, "total_sum"),
    ("sum_of_lines", {"rounding": D("0.03")}, "total_sum"),
    ("sum_of_lines", {"total": D("179.55"), "advance_deducted": D(10)}, None),
    ("sum_of_lines", {"lines": [], "total": D("189.55")}, None),
    ("sum_of_lines", {"lines": None, "total": None}, None),
    ("sum_of_lines", {"lines": [*LINES, ADVANCE]}, None),
    ("sum_of_lines", {"lines": [*LINES, ADVANCE], "net_none": D(-3), "total": D("179.55")}, None),
    ("sum_of_lines", {"lines": [*LINES, ADVANCE], "net_none": D(-4), "total": D("178.55")}, "lines_sum"),
    ("sum_of_lines",
     {"lines": [*LINES, ADVANCE, TAXED], "net_high": D("90.01"), "vat_high": D("20.7"), "total": D("177.25")}, None),
    ("sum_of_lines", {**EURO, **line(0, net=D("100.04"))}, None),
    ("sum_of_lines", {**EURO, **line(0, net=D("100.05"))}, "lines_sum"),
    ("vat_of_rate", {}, None),
    ("vat_of_rate", line(0, vat=D("23.01")), None),
    ("vat_of_rate", line(0, vat=D("23.02")), "vat_line"),
    ("vat_of_rate", line(0, vat=D(0)), None),
    ("vat_of_rate", line(2, vat=D("0.5")), "vat_line"),
    ("vat_of_rate", {"taxed_on": date(2024, 12, 31)}, "vat_line"),
    ("vat_of_rate", {"taxed_on": None, "issued_on": None}, None),
    ("vat_of_rate", line(0, vat=D(23), vat_explicit=D(20)), "vat_line"),
    ("vat_of_rate", {**line(0, vat=D(20), vat_explicit=D(20)), "vat_high": D(20)}, None),
    ("vat_of_rate", {**line(0, vat=D(20)), "vat_historic": True}, None),
    ("vat_of_rate", {**line(0, vat=D(19), vat_explicit=D(19)), "oss_country": "DE"}, None),
    ("vat_of_rate", {**line(0, vat=D(25), vat_explicit=D(19)), "oss_country": "DE"}, "vat_line"),
    ("vat_of_rate", {"lines": [], "vat_low": D("9.6")}, "vat_slot"),
    ("vat_of_rate", {**EURO, **line(0, vat=D("23.2"))}, None),
    ("vat_of_rate", {**EURO, **line(0, vat=D("23.4"))}, "vat_line"),
    ("rate_filled", {}, None),
    ("rate_filled", EURO, None),
    ("rate_filled", {**EURO, "rate": None}, "rate_missing"),
    ("rate_filled", {**EURO, "rate": D(0)}, "rate_missing"),
    ("rate_filled", {**EURO, "rate_amount": None}, "rate_missing"),
    ("rate_filled", {**EURO, "foreign_total": D(0)}, "foreign_total_missing"),
    ("in_year", {}, None),
    ("in_year", {"issued_on": None}, None),
    ("in_year", {"issued_on": date(2027, 1, 1)}, "year_later"),
    ("in_year", {"issued_on": date(2025, 12, 31)}, None),
    ("in_year", {"issued_on": date(2025, 12, 31), "balance": D(0)}, None),
    ("in_year", {"issued_on": date(2025, 6, 1), "balance": D(0), "settled_on": date(2025, 7, 1)}, "year_earlier"),
    ("in_year", {"issued_on": date(2025, 6, 1), "balance": D(0), "settled_on": None}, "year_earlier"),
    ("in_year", {"issued_on": date(2025, 6, 1), "balance": D(0), "settled_on": None, "kind": "advance"}, None),
    ("known", {}, None),
    ("known", {"partner": None}, None),
    ("known", {"partner": "2026/AD/2"}, "reference_gone"),
    ("known", {"partner": "2025/AD/2"}, None),
    ("known", {"partner": "2026/AD/2", "_known": None}, None),
    ("known", {"partner": "2026/AD/2", "_known": Known(frozenset())}, None),
    ("unit", {}, None),
    ("unit", line(0, unit=None), "unit_line"),
    ("unit", line(1, unit=None), None),
    ("unit", line(0, unit_factor=D(0)), "unit_factor"),
    ("once", {"stock": [{"store": "A"}, {"store": "B"}, {"store": None}, {"store": None}]}, None),
    ("once", {"stock": [{"store": "A"}, {"store": "B"}, {"store": "A"}]}, "card_twice"),
    ("once", {}, None),
    ("balanced", {}, None),
    ("balanced", {"_paid": D("99.99")}, None),
    ("balanced", {"_paid": D("100.01")}, "balance_unlike_payments"),
    ("balanced", {"_paid": D("100.01"), **EURO}, None),
    ("balanced", {"_paid": None, "balance": D("189.56")}, "balance_over_total"),
    ("balanced", {"_paid": D(200), "balance": D("-10.45")}, None),
    ("balanced", {"total": D(-50), "balance": D(0), "_paid": D(-50)}, None),
    ("balanced", {"total": D(-50), "balance": D(0), "_paid": D(-51)}, "balance_unlike_payments"),
]  # fmt: skip


def code(rule, row, country="SK", fields=()):
    found = record_fault(rule, row, fields or FIELDS[rule], country=country)
    return found and found.code


@pytest.mark.parametrize(("rule", "change", "wanted"), CASES)
def test_each_fault_is_found_by_its_rule(rule, change, wanted):
    assert code(rule, {**INVOICE, **change}) == wanted


def test_every_fault_is_found_by_a_case():
    cards = {"unit_missing"}
    assert {wanted for _, _, wanted in CASES if wanted} | cards == set(RECORD_FAULTS)
    assert {rule for rule, _, _ in CASES} == set(RECORD_CHECKS)


@pytest.mark.parametrize(
    ("card", "wanted"),
    [
        ({"kind": "card", "unit": "ks"}, None),
        ({"kind": "card", "unit": None}, "unit_missing"),
        ({"kind": "text", "unit": None}, None),
        ({"kind": "card", "unit": "ks", "unit_2": "kg", "unit_2_factor": D(10)}, None),
        ({"kind": "card", "unit": "ks", "unit_3": "kg", "unit_3_factor": D(0)}, "unit_factor"),
    ],
)
def test_units_of_a_card(card, wanted):
    assert code("unit", card, fields=("unit",)) == wanted


def test_references_of_lines_are_judged_too():
    assert code("known", INVOICE, fields=("lines.product",)) is None
    assert code("known", {**INVOICE, **line(1, product="2026/SKz/9")}, fields=("lines.product",)) == "reference_gone"


@pytest.mark.parametrize(
    ("country", "day", "vat", "wanted"),
    [
        ("CZ", date(2024, 1, 1), D(210), None),
        ("CZ", date(2024, 1, 1), D("210.02"), "vat_line"),
        ("CZ", date(2019, 9, 30), D("210.9"), None),
        ("CZ", date(2019, 10, 1), D("210.9"), "vat_line"),
        ("CZ", date(2012, 12, 31), D(200), None),
        ("SK", date(2024, 12, 31), D(200), None),
        ("SK", date(2025, 1, 1), D(230), None),
        ("SK", date(2025, 1, 1), D(200), "vat_line"),
    ],
)
def test_vat_by_country_and_day(country, day, vat, wanted):
    made = {"taxed_on": day, "lines": [{"net": D(1000), "vat": vat, "vat_slot": "high"}]}
    assert code("vat_of_rate", made, country) == wanted


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.decimals(D("-9999"), D("9999"), places=2), st.sampled_from(["none", "low", "high", "third"])),
             min_size=1, max_size=8),
    st.booleans(), st.integers(0, 7), st.sampled_from(["net", "vat"]),
)  # fmt: skip
def test_documents_that_are_rounded_line_by_line_are_right_and_a_cent_makes_them_wrong(given_lines, gross, place, kind):
    rates = {"none": D(0), "low": D(19), "high": D(23), "third": D(5)}
    lines = []
    for amount, slot in given_lines:
        rate = rates[slot]
        vat = (amount * rate / (100 + rate if gross else 100)).quantize(D("0.01"))
        lines.append({"net": amount - vat if gross else amount, "vat": vat, "vat_slot": slot})
    made = {"taxed_on": date(2026, 1, 1), "lines": lines}
    for slot in rates:
        for part in ("net", "vat"):
            made[f"{part}_{slot}"] = sum((one[part] for one in lines if one["vat_slot"] == slot), D(0))
    made["total"] = sum((one["net"] + one["vat"] for one in lines), D(0))
    assert code("sum_of_lines", made) is None
    assert code("vat_of_rate", made) is None
    lines[place % len(lines)][kind] += D("0.01")
    assert code("sum_of_lines", made) == "lines_sum"


def test_great_expectations_tells_the_fault_of_each_row_with_its_text():
    rules = [Expectation(rule=rule, fields=fields, level="warn") for rule, fields in FIELDS.items() if rule != "once"]
    rows = [INVOICE, {**INVOICE, "_id": "2026/FA/8", "total": D(1), "partner": "2026/AD/2"}, {**INVOICE, **EURO}]
    found = judge(pd.DataFrame(rows, dtype=object), rules, country="SK", title="test")
    assert [(one.id, one.rule, one.code) for one in found] == [
        ("2026/FA/8", "sum_of_lines:lines+total", "total_sum"),
        ("2026/FA/8", "known:partner", "reference_gone"),
        ("2026/FA/8", "balanced:balance", "balance_over_total"),
    ]
    assert found[1].text.cs == RECORD_FAULTS["reference_gone"].cs
    with pytest.raises(StopAgenda, match="without lines"):
        judge(pd.DataFrame(rows, dtype=object).drop(columns="lines"), rules, country="SK", title="test")


@pytest.mark.parametrize("fault", RECORD_FAULTS.values(), ids=lambda fault: fault.code)
def test_faults_say_what_to_do_in_three_languages(fault):
    texts = (fault.en, fault.cs, fault.sk)
    assert len(set(texts)) == 3
    assert all(";" in text for text in texts)


@pytest.mark.parametrize("agenda", open_catalogue().agendas.values(), ids=lambda agenda: agenda.agenda)
def test_every_field_has_a_label(agenda):
    assert agenda.expect
    asked = [name for entry in agenda.expect for name in entry.fields]
    for name in {*asked, *agenda.names}:
        assert labels([name]).sk != name, name
