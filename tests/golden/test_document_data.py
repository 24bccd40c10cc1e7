"""The golden documents add up by themselves, and cover what an accountant meets."""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.records.checks import fault

from .cases import Case, cases, partners

CENT = Decimal("0.01")
RATES = {"SK": {"high": 23, "low": 19, "third": 5}, "CZ": {"high": 21, "low": 12}}
FAMILIES = {
    "received_orders": 20, "issued_orders": 8, "offers": 10, "invoices": 30, "advances": 5, "proformas": 3,
    "credit_notes": 10, "debit_notes": 2, "contracts": 6,
}  # fmt: skip
EVERY = pytest.mark.parametrize("case", cases(), ids=str)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def test_there_are_enough_of_every_family_in_both_countries() -> None:
    found = Counter(case.family for case in cases())
    assert set(found) == set(FAMILIES)
    assert all(found[family] >= least for family, least in FAMILIES.items())
    assert len(cases()) >= 100
    assert {(case.family, case.country) for case in cases()} == {(f, c) for f in FAMILIES for c in ("SK", "CZ")}
    currencies = {(case.country, case.record.get("currency")) for case in cases()}
    assert {("SK", "CZK"), ("SK", "HUF"), ("SK", "USD"), ("CZ", "EUR"), ("CZ", "HUF")} <= currencies


def test_numbers_and_stories_are_told_once() -> None:
    numbers = Counter((case.agenda, case.record["number"]) for case in cases() if "number" in case.record)
    assert [number for number, times in numbers.items() if times > 1] == []
    assert all(len(case.about) > 15 and not case.about.endswith(".") for case in cases())


@EVERY
def test_a_case_shows_fields_that_it_has(case: Case) -> None:
    agenda = open_catalogue().agendas[case.agenda]
    sets = {name: set(of.fields) for name, of in agenda.sets.items()}
    known = set(agenda.fields) | set(sets) | sets.get("lines", set()) | {"lines.kind"}
    assert case.shows
    assert set(case.shows) <= known
    assert set(case.record) <= set(agenda.fields) | set(agenda.sets)
    for name in sets:
        assert all(set(entry) <= sets[name] for entry in case.record.get(name, ()))


@EVERY
def test_amounts_add_up(case: Case) -> None:
    record = case.record
    sums: dict[str, Decimal] = {}
    foreign = Decimal(0)
    for line in record.get("lines", ()):
        _line_adds_up(case, line)
        if line.get("kind") == "advance" and not line.get("vat"):
            continue
        slot = line["vat_slot"]
        foreign += line.get("foreign_net", Decimal(0)) + line.get("foreign_vat", Decimal(0))
        for part in ("net", "vat"):
            sums[f"{part}_{slot}"] = sums.get(f"{part}_{slot}", Decimal(0)) + line.get(part, Decimal(0))
    given = {name: value for name, value in record.items() if name.partition("_")[0] in {"net", "vat"}}
    given = {name: value for name, value in given.items() if isinstance(value, Decimal)}
    assert given == {name: total for name, total in sums.items() if total}
    if "lines" in record:
        assert record["total"] == sum(sums.values()) + record.get("rounding", Decimal(0))
        assert record.get("foreign_total", Decimal(0)) == foreign


def _line_adds_up(case: Case, line: dict[str, Any]) -> None:
    """Price and quantity give the amount, the law of the country its VAT, the rate of the document the home amounts."""
    before = "foreign_" if "currency" in case.record else ""
    percent = line.get("vat_explicit", RATES[case.country].get(line["vat_slot"], 0)) * (not line.get("reverse_charge"))
    amount = cents(line["quantity"] * line[f"{before}unit_price"] * (100 - line.get("discount", Decimal(0))) / 100)
    net, vat = line[f"{before}net"], line.get(f"{before}vat", Decimal(0))
    if line.get("with_vat"):
        assert (net + vat, vat) == (amount, cents(amount * percent / (100 + percent)))
    else:
        assert (net, vat) == (amount, cents(amount * percent / 100))
    if before:
        home = case.record["rate"] / case.record["rate_amount"]
        assert line["net"] == cents(net * home)
        assert line.get("vat", Decimal(0)) == cents(line["net"] * percent / 100) == cents(vat * home)


def test_partners_have_numbers_that_can_be_right() -> None:
    for country, cards in partners().items():
        assert len({card["id"] for card in cards.values()}) == len(cards)
        for card in cards.values():
            where = {"country": country, "row_country": card["country"]}
            assert [rule for rule in ("ico", "dic", "ic_dph") if fault(rule, card.get(rule), **where)] == []
            assert country == "SK" or "ic_dph" not in card
