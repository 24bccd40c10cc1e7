"""Totals of documents computed anew: to the cent, whatever the order of the lines, and never mended."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.records.rounding import MODES, rounded
from pohoda_bridge.records.totals import differences, totals
from pohoda_bridge.records.vat import SLOTS
from tests.golden.cases import Case, cases
from tests.strategies import documents

D = Decimal
CENT = D("0.01")
DAY = date(2026, 3, 5)
DOCUMENTS = [case for case in cases() if case.agenda != "deals"]
WITH_LINES = [case for case in cases() if case.record.get("lines")]


def line(price: str, quantity: str = "1", slot: str = "high", **further: Any) -> dict[str, Any]:
    return {"unit_price": D(price), "quantity": D(quantity), "vat_slot": slot, **further}


def document(*lines: dict[str, Any], **further: Any) -> dict[str, Any]:
    return {"kind": "invoice", "issued_on": DAY, "lines": list(lines), **further}


def told(record: dict[str, Any], country: str = "SK") -> list[str]:
    return [fault.en for fault in differences(record, country)]


def codes(record: dict[str, Any], country: str = "SK") -> list[str]:
    return [fault.code for fault in differences(record, country)]


@pytest.mark.parametrize("case", DOCUMENTS, ids=str)
def test_documents_worked_out_by_hand_have_no_difference(case: Case) -> None:
    assert told(case.record, case.country) == []


@pytest.mark.parametrize("case", WITH_LINES, ids=str)
def test_a_cent_in_a_total_of_any_of_them_is_noticed(case: Case) -> None:
    name = "foreign_total" if "currency" in case.record else "total"
    (fault,) = differences(case.record | {name: case.record[name] + CENT}, case.country)
    assert fault.code == "amount_unlike"
    assert f"computed {case.record[name]:.2f};" in fault.en


@pytest.mark.parametrize(
    ("of", "net", "vat"),
    [
        (line("10.05", "3", discount=D(10)), "27.14", "6.24"),
        (line("123", with_vat=True), "100.00", "23.00"),
        (line("0.99", "7", "low", with_vat=True), "5.82", "1.11"),
        (line("3.335", "3"), "10.01", "2.30"),
        (line("-10.05", "3", discount=D(10)), "-27.14", "-6.24"),
        (line("100", "0"), "0", "0"),
        (line("100", slot="none"), "100", "0"),
        (line("100", reverse_charge=True), "100", "0"),
        (line("100", vat_explicit=D("5.5")), "100", "5.50"),
        ({"net": D("10.00"), "vat_slot": "high"}, "10", "2.30"),
        ({"net": D("0.82"), "vat": D("0.18"), "vat_slot": "high"}, "0.82", "0.18"),
    ],
)
def test_a_line_is_rounded_by_itself(of: dict[str, Any], net: str, vat: str) -> None:
    found = totals(document(of), "SK")
    assert (sum(found.net.values()), sum(found.vat.values())) == (D(net), D(vat))
    assert found.total == D(net) + D(vat)


def test_amounts_stand_by_slot_and_the_percentage_is_that_of_the_day() -> None:
    record = document(line("100"), line("100", slot="low"), line("10", slot="third"), line("1", slot="none"))
    found = totals(record, "SK")
    assert found.net == {"none": 1, "low": 100, "high": 100, "third": 10}
    assert found.vat == {"none": 0, "low": 19, "high": 23, "third": D("0.5")}
    assert totals(record | {"taxed_on": date(2024, 12, 31)}, "SK").vat["high"] == 20
    assert totals(record | {"lines": [line("100", slot="low")]}, "CZ").vat["low"] == 12


def test_a_difference_names_field_and_both_amounts_in_three_languages() -> None:
    (fault,) = differences(document(line("100"), line("10", net=D("10.02"), vat=D("2.30"))), "SK")
    assert fault.en == "line 2, net amount: given 10.02, computed 10.00; correct it or the lines"
    assert fault.cs == "položka 2, částka bez DPH: uvedeno 10,02, vypočteno 10,00; opravte částku nebo položky"
    assert fault.sk == "položka 2, suma bez DPH: uvedené 10,02, vypočítané 10,00; opravte sumu alebo položky"


@pytest.mark.parametrize("name", ["net", "vat", "net_high", "vat_high", "total", "net_low", "vat_third", "net_none"])
def test_every_amount_that_the_document_gives_is_held_against_its_lines(name: str) -> None:
    right = {"net": D(100), "vat": D(23), "net_high": D(100), "vat_high": D(23), "total": D(123)}
    assert told(document(line("100"), **right)) == []
    assert len(told(document(line("100"), **right | {name: right.get(name, D(0)) + CENT}))) == 1


def test_a_line_may_be_rounded_otherwise_by_its_source_and_counts_as_it_is() -> None:
    own = line("3.335", "3", net=D("10.00"), vat=D("2.30"))
    assert told(document(own, net_high=D("10.00"), total=D("12.30"))) == []
    assert told(document(own, total=D("12.31"))) == ["total: given 12.31, computed 12.30; correct it or the lines"]
    assert len(told(document({**own, "net": D("9.99"), "vat": D("2.29")}))) == 1


def test_without_lines_the_amounts_by_rate_make_the_total() -> None:
    record = document(net_low=D(100), vat_low=D(19), net_none=D("0.40"), rounding_mode="math2one", total=D(119))
    assert told(record) == []
    assert len(told(record | {"total": D("119.40")})) == 1
    assert len(told(document(total=D(5)))) == 1, "POHODA takes no total alone"
    assert told(document(total=D(5), sources=[{"number": "26PO1"}])) == [], "its lines come from the order"


def test_a_rate_that_nobody_can_tell_is_no_guess() -> None:
    assert codes(document(line("100", net=D(100)), oss_country="DE")) == ["percent_unknown"]
    assert codes(document(line("100", vat_explicit=D(19), vat=D(19)), oss_country="DE", total=D(119))) == []
    assert codes(document(line("100", slot="?7"), total=D(1))) == ["percent_unknown"]


@pytest.mark.parametrize(
    ("mode", "amount", "wanted"),
    [
        ("none", "10.55", "10.55"), ("math2one", "10.50", "11"), ("math2one", "10.49", "10"),
        ("math2half", "10.25", "10.5"), ("math2tenth", "10.55", "10.6"), ("math5cent", "10.52", "10.50"),
        ("math5cent", "10.53", "10.55"), ("up2one", "10.01", "11"), ("up2half", "10.01", "10.5"),
        ("up2tenth", "10.01", "10.1"), ("down2one", "10.99", "10"), ("down2half", "10.99", "10.5"),
        ("down2tenth", "10.99", "10.9"), ("math2one", "-10.50", "-11"), ("up2one", "-10.50", "-10"),
        ("down2one", "-10.50", "-11"),
    ],
)  # fmt: skip
def test_a_document_is_rounded_by_each_way_of_pohoda(mode: str, amount: str, wanted: str) -> None:
    record = document(line(amount, slot="none"), rounding_mode=mode)
    assert totals(record, "CZ").total == D(wanted)
    rounding = D(wanted) - D(amount)
    assert told(record | {"rounding": rounding, "total": D(wanted)}, "CZ") == []
    assert len(told(record | {"rounding": rounding + CENT, "total": D(wanted)}, "CZ")) == 1


def test_rounding_without_a_way_is_taken_as_given_but_not_any() -> None:
    assert told(document(line("10.55", slot="none"), rounding=D("-0.55"), total=D(10))) == []
    assert codes(document(line("10.55", slot="none"), rounding=D("-1.55"), total=D(9))) == ["rounding_large"]
    assert codes(document(line("10", slot="none"), rounding_mode="math2two")) == ["rounding_unknown"]


def test_a_credit_note_takes_money_back() -> None:
    record = document(line("100", "-1", net=D(-100), vat=D(-23)), kind="credit_note", total=D(-123), net_high=D(-100))
    assert told(record) == []
    positive = record | {"lines": [line("100")], "total": D(123), "net_high": D(100)}
    assert codes(positive) == ["credit_positive"]


ADVANCE = {"kind": "advance", "unit_price": D(-50), "quantity": D(1), "vat_slot": "none"}
TAXED = {**ADVANCE, "vat_slot": "high"}


@pytest.mark.parametrize(
    ("advance", "further", "right"),
    [
        (ADVANCE, {"total": D(123), "net_none": D(0), "advance_deducted": D(50)}, True),
        (ADVANCE, {"total": D(73), "net_none": D(0), "advance_deducted": D(50)}, True),
        (ADVANCE, {"total": D(73), "net_none": D(-50)}, True),
        (ADVANCE, {"total": D(74)}, False),
        (ADVANCE, {"total": D(123), "advance_deducted": D(51)}, False),
        (ADVANCE, {"total": D(123), "net_none": D(-50)}, False),
        (TAXED, {"total": D("61.50"), "net_high": D(50), "vat_high": D("11.50")}, True),
        (TAXED, {"total": D(123), "net_high": D(100), "vat_high": D(23), "advance_deducted": D("61.50")}, True),
        (TAXED, {"total": D("61.50"), "net_high": D(50), "vat_high": D(23)}, False),
    ],
)
def test_deducted_advances(advance: dict[str, Any], further: dict[str, Any], right: bool) -> None:
    assert (told(document(line("100"), advance, **further)) == []) is right


def test_a_taxed_advance_may_lower_the_total_and_an_untaxed_one_only_what_is_to_be_paid() -> None:
    record = document(line("100"), ADVANCE, TAXED, total=D("61.50"), net_high=D(50), vat_high=D("11.50"))
    assert told(record | {"net_none": D(0), "advance_deducted": D("111.50")}) == []
    assert len(told(record | {"net_none": D(0), "total": D("61.51")})) == 1


def test_an_advance_that_raises_the_invoice_is_refused() -> None:
    raises = {**ADVANCE, "unit_price": D(50), "net": D(50)}
    assert codes(document(line("100"), raises, total=D(173))) == ["advance_positive"]


def test_a_foreign_document_adds_up_in_its_currency_and_at_home() -> None:
    own = line("0", "3", vat_explicit=D(23), foreign_unit_price=D("10.05"), foreign_net=D("30.15"),
               foreign_vat=D("6.93"), net=D("745.16"), vat=D("171.27"))  # fmt: skip
    czech = document(own, currency="EUR", rate=D("24.715"), rate_amount=1, foreign_total=D("37.08"),
                     net_high=D("745.16"), vat_high=D("171.27"), total=D("916.43"))  # fmt: skip
    assert told(czech, "CZ") == []
    assert len(told(czech | {"foreign_total": D("37.09")}, "CZ")) == 1
    assert len(told(czech | {"total": D("916.45")}, "CZ")) == 1
    # 171.27 is the converted VAT, 171.39 that of the converted net amount; each of them a cent more or less.
    for vat, right in (("171.28", True), ("171.39", True), ("171.33", False)):
        lines = [{**own, "vat": D(vat)}]
        head = {"vat_high": D(vat), "total": D("745.16") + D(vat)}
        assert (told(czech | {"lines": lines, **head}, "CZ") == []) is right


def test_the_home_vat_of_a_foreign_line_may_follow_from_its_home_net_amount() -> None:
    own = line("0", foreign_unit_price=D("0.10"), foreign_net=D("0.10"), foreign_vat=D("0.02"))
    head = {"currency": "EUR", "rate": D("24.715"), "rate_amount": 1}
    for vat, right in (("0.49", True), ("0.52", True), ("0.60", False)):
        found = told(document({**own, "net": D("2.47"), "vat": D(vat)}, **head), "CZ")
        assert (found == []) is right, vat


def test_a_rate_may_be_for_a_hundred_units_and_must_be_there() -> None:
    record = document(line("0", foreign_unit_price=D(1000), slot="none"), currency="HUF", rate=D("0.2487"))
    assert told(record | {"rate_amount": 100, "total": D("2.49")}) == []
    assert len(told(record | {"rate_amount": 1, "total": D("2.49")})) == 1
    assert codes(record | {"rate": None}) == ["rate_missing"]
    assert codes(document(line("100"), currency="EUR", total=D(123))) == [], "the home currency by its name"


@pytest.mark.parametrize("value", [D("NaN"), D("Infinity"), D("1E+30"), D("-1E+400"), "many", [1]])
def test_a_number_that_no_document_has_is_told_and_breaks_nothing(value: Any) -> None:
    assert codes(document(line("100") | {"quantity": value})) == ["number_unfit"]
    assert codes(document(line("100"), total=value)) == ["number_unfit"]


def test_the_greatest_numbers_are_exact() -> None:
    greatest = D("99999999999999")
    found = totals(document(line(str(greatest), str(greatest), "none"), line("0.01", slot="none")), "SK")
    assert found.total == D("9999999999999800000000000001.01")


PRICES = st.decimals("-10000", "10000", places=4)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "unit_price": PRICES,
            "quantity": st.decimals("-1000", "1000", places=3),
            "vat_slot": st.sampled_from(SLOTS),
            "discount": st.sampled_from([None, D(0), D(5), D("12.5"), D(100)]),
            "with_vat": st.booleans(),
            "reverse_charge": st.sampled_from([False, False, False, True]),
        }
    ),
    max_size=8,
)
ROUNDED = st.sampled_from([None, "none", *MODES])


@settings(max_examples=150, deadline=None)
@given(lines=LINES, mode=ROUNDED, data=st.data())
def test_the_order_of_lines_does_not_matter_and_no_cent_is_lost(lines: Any, mode: Any, data: Any) -> None:
    record = document(*lines, rounding_mode=mode)
    found = totals(record, "SK")
    other = data.draw(st.permutations(lines))
    assert totals(record | {"lines": other}, "SK") == found
    singly = [totals(document(one), "SK") for one in lines]
    assert sum(one.total for one in singly) + found.rounding == found.total
    assert sum(found.net.values()) + sum(found.vat.values()) + found.rounding == found.total
    for one, of in zip(singly, lines, strict=True):
        assert one.total == one.total.quantize(CENT)
        if of["with_vat"]:
            gross = of["unit_price"] * of["quantity"] * (100 - (of["discount"] or 0)) / 100
            assert abs(one.total - gross) <= CENT / 2


@settings(max_examples=150, deadline=None)
@given(lines=LINES, mode=ROUNDED)
def test_computed_totals_have_no_difference_and_a_cent_more_has(lines: Any, mode: Any) -> None:
    record = document(*lines, rounding_mode=mode)
    found = totals(record, "SK")
    given_too = {f"net_{slot}": amount for slot, amount in found.net.items()}
    given_too |= {f"vat_{slot}": amount for slot, amount in found.vat.items() if slot != "none"}
    given_too |= {"total": found.total, "rounding": found.rounding}
    assert told(record | given_too) == []
    for name, amount in given_too.items():
        if mode or name != "rounding":
            assert len(told(record | given_too | {name: amount + CENT})) in ({1} if lines else {1, 2}), name


@settings(max_examples=60, deadline=None)
@given(data=st.data(), agenda=st.sampled_from(["issued_invoices", "received_orders", "offers"]))
def test_what_another_computed_has_no_difference(data: Any, agenda: str) -> None:
    country = data.draw(st.sampled_from(["SK", "CZ"]))
    record = data.draw(documents(open_catalogue().agendas[agenda], country, {}))
    assert told(record, country) == []
    name = "foreign_total" if "currency" in record else "total"
    if record["lines"]:
        assert len(told(record | {name: record[name] - CENT}, country)) == 1


@settings(max_examples=100, deadline=None)
@given(lines=LINES)
def test_a_credit_note_gives_back_what_its_invoice_took(lines: Any) -> None:
    back = [one | {"quantity": -one["quantity"]} for one in lines]
    assert totals(document(*back), "SK").total == -totals(document(*lines), "SK").total


@settings(deadline=None)
@given(amount=st.decimals("-100000", "100000", places=2), mode=st.sampled_from(sorted(MODES)))
def test_rounding_moves_by_less_than_its_step_and_in_its_direction(amount: Decimal, mode: str) -> None:
    step, _ = MODES[mode]
    found = rounded(amount, mode)
    assert found % step == 0
    assert abs(found - amount) < step
    assert not mode.startswith("up") or found >= amount
    assert not mode.startswith("down") or found <= amount
    assert not mode.startswith("math") or abs(found - amount) <= step / 2
