"""The accountant's rules put to documents: the first that fits, for what is empty, line by line where lines differ."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.catalogue.accounting import load
from pohoda_bridge.records.accounting import filled
from pohoda_bridge.records.accounting_table import KINDS, Rule, Table
from tests.golden.cases import Case, cases

SK, CZ = SimpleNamespace(country="SK"), SimpleNamespace(country="CZ")
D = Decimal
UNITS = open_catalogue().units
CARD, SERVICE = "2026/SKz/1", "2026/SKz/2"
KINDS_OF = {CARD: "card", SERVICE: "service"}


def line(slot: str | None = "high", product: str | None = CARD, **further: Any) -> dict[str, Any]:
    return {"vat_slot": slot, "product": product, "unit_price": D(10), "quantity": D(1), **further}


def invoice(*lines: dict[str, Any], **further: Any) -> dict[str, Any]:
    return {"kind": "invoice", "issued_on": date(2026, 3, 5), "country": "SK", "lines": list(lines), **further}


def table(tmp_path: Path, text: str, unit: Any = SK) -> Table:
    path = tmp_path / "firma.accounting.csv"
    path.write_text(text, encoding="utf-8")
    return load(path, unit)


def shipped(record: dict[str, Any], unit: str = "firma", agenda: str = "issued_invoices") -> dict[str, Any]:
    of = UNITS[unit]
    return filled(record, of.accounting, of, agenda, KINDS_OF)[0]


def test_the_first_rule_that_fits_gives_what_is_empty_and_says_so(tmp_path: Path) -> None:
    rules = table(
        tmp_path,
        "kind;country;vat_class;accounting;series;rounding;centre;new_centre\n"
        "# a remark\n"
        "offer;;;;99;;;\n"
        "invoice;home;UD;2Fv;{yy}01;math2one;;BA\n"
        "invoice;;UN;3Fv;{yyyy};none;;KE\n",
    )
    record = invoice(line(), accounting="9Fv", text="Tovar")
    made, given_by = filled(record, rules, SK, "issued_invoices")
    assert made == record | {"vat_class": "UD", "series": "2601", "rounding_mode": "math2one", "centre": "BA"}
    assert given_by == dict.fromkeys(("vat_class", "series", "rounding_mode", "centre"), 4)
    assert record == invoice(line(), accounting="9Fv", text="Tovar"), "what came in stays as it was"
    abroad, given_by = filled(record | {"country": "DE", "accounting": ""}, rules, SK, "issued_invoices")
    assert (abroad["vat_class"], abroad["accounting"], abroad["series"]) == ("UN", "3Fv", "2026")
    assert set(given_by.values()) == {5}


def test_a_document_with_a_number_of_its_own_gets_no_series(tmp_path: Path) -> None:
    rules = table(tmp_path, "series;vat_class\n{yy}01;UD\n")
    made, given_by = filled(invoice(line(), number="X-1"), rules, SK, "issued_invoices")
    assert "series" not in made
    assert given_by == {"vat_class": 2}
    undated = invoice(line()) | {"issued_on": None}
    assert "series" not in filled(undated, rules, SK, "issued_invoices")[0], "a series of which year?"


@pytest.mark.parametrize(
    ("condition", "further", "fits"),
    [
        ("country", {"country": "SK"}, {"home": True, "SK": True, "EU": False, "other": False, "CZ | home": True}),
        ("country", {"country": "DE"}, {"home": False, "EU": True, "DE": True, "AT": False, "AT | DE": True}),
        ("country", {"country": "US"}, {"other": True, "EU": False, "US": True}),
        ("country", {"country": None}, {"home": True}),
        ("country", {"country": None, "dic": "DE136695976"}, {"DE": True, "home": False}),
        ("country", {"country": None, "dic": "EL123456789"}, {"GR": True}),
        ("vat_payer", {"dic": "2021000014"}, {"yes": False, "no": True, "any": True}),
        ("vat_payer", {"dic": "2021000014", "ic_dph": "SK 2021000014"}, {"yes": True, "no": False}),
        ("vat_payer", {"dic": "CZ27074358"}, {"yes": True}),
        ("currency", {}, {"home": True, "EUR": True, "CZK": False, "foreign": False}),
        ("currency", {"currency": "EUR"}, {"home": True}),
        ("currency", {"currency": "CZK"}, {"home": False, "CZK": True, "foreign": True, "USD | CZK": True}),
        ("centre", {"centre": "BA"}, {"BA": True, "KE": False, "KE | BA": True}),
        ("centre", {}, {"BA": False}),
        ("kind", {"kind": "credit_note"}, {"credit_note": True, "invoice": False, "invoice | credit_note": True}),
        ("kind", {"kind": None}, {"invoice": True}),
        ("kind", {"kind": "?7"}, {"invoice": False, "any": False}),
    ],
)
def test_conditions_on_the_document(
    tmp_path: Path, condition: str, further: dict[str, Any], fits: dict[str, bool]
) -> None:
    for cell, right in fits.items():
        rules = table(tmp_path, f"{condition};vat_class\n{cell};UD\n")
        made, _ = filled(invoice(line()) | further, rules, SK, "issued_invoices")
        assert ("vat_class" in made) is right, cell


@pytest.mark.parametrize(
    ("of", "rate", "goods"),
    [
        (line(), {"high", "23"}, {"goods"}),
        (line("low", SERVICE), {"low", "19"}, {"service"}),
        (line("third", None), {"third", "5"}, {"service"}),
        (line("none", "2026/SKz/9"), {"none", "0"}, {"goods"}),
        (line(None), {"none", "0"}, {"goods"}),
        (line("high", vat_explicit=D("5.50")), {"high", "5.5"}, {"goods"}),
        (line("high", reverse_charge=True), {"reverse"}, {"goods"}),
    ],
)
def test_conditions_on_the_lines(tmp_path: Path, of: dict[str, Any], rate: set[str], goods: set[str]) -> None:
    for name, words, all_ in (
        ("vat_rate", rate, ("none", "low", "high", "third", "reverse", "oss", "0", "23 %", "19", "5", "5,5")),
        ("goods", goods, ("goods", "service")),
    ):
        for cell in all_:
            rules = table(tmp_path, f"{name};vat_class\n{cell};UD\n")
            made, _ = filled(invoice(of), rules, SK, "issued_invoices", KINDS_OF)
            word = cell.removesuffix(" %").replace(",", ".")
            assert ("vat_class" in made) is (word in words), cell


def test_lines_of_oss_have_its_rate_and_their_percentage(tmp_path: Path) -> None:
    record = invoice(line(vat_explicit=D(19)), oss_country="DE", country="DE")
    for cell, right in (("oss", True), ("19", True), ("high", False)):
        rules = table(tmp_path, f"vat_rate;vat_class\n{cell};UDzasEU\n")
        assert ("vat_class" in filled(record, rules, SK, "issued_invoices")[0]) is right
    rules = table(tmp_path, "vat_rate;vat_class\n23;UD\n")
    untold = invoice(line(), oss_country="DE", country="DE")
    assert "vat_class" not in filled(untold, rules, SK, "issued_invoices")[0], "23 % is the law of another country"


MIXED = "kind;goods;vat_rate;vat_class;accounting;account\n;service;;UDs;3Fv;X\n;;none;UDn;2Fv;Y\n;;;UD;2Fv;BANK\n"


def test_lines_that_differ_get_their_own_classification(tmp_path: Path) -> None:
    rules = table(tmp_path, MIXED)
    record = invoice(line(), line(product=SERVICE), line("none"), line("low"))
    made, given_by = filled(record, rules, SK, "issued_invoices", KINDS_OF)
    assert (made["vat_class"], made["accounting"], made["account"]) == ("UD", "2Fv", "BANK")
    own = [{name: one[name] for name in ("vat_class", "accounting", "account") if name in one} for one in made["lines"]]
    assert own == [{}, {"vat_class": "UDs", "accounting": "3Fv"}, {"vat_class": "UDn"}, {}]
    assert given_by == {
        "vat_class": 4, "accounting": 4, "account": 4,
        "lines.2.vat_class": 2, "lines.2.accounting": 2, "lines.3.vat_class": 3,
    }  # fmt: skip


def test_what_the_document_or_a_line_says_itself_holds(tmp_path: Path) -> None:
    rules = table(tmp_path, MIXED)
    record = invoice(line(), line(product=SERVICE, accounting="7Fv"), vat_class="UN")
    made, given_by = filled(record, rules, SK, "issued_invoices", KINDS_OF)
    assert made["vat_class"] == "UN"
    assert [one.get("vat_class") for one in made["lines"]] == [None, None]
    assert made["lines"][1]["accounting"] == "7Fv"
    assert not [name for name in given_by if name.startswith("lines")]


def test_deducted_advances_and_remarks_do_not_count_and_are_left_alone(tmp_path: Path) -> None:
    rules = table(tmp_path, MIXED)
    remark = {"text": "Ďakujeme", "vat_slot": "low", "unit_price": D(0), "quantity": D(0)}
    advance = {"kind": "advance", "vat_slot": "high", "net": D(-5)}
    made, _ = filled(invoice(line("none"), remark, advance), rules, SK, "issued_invoices", KINDS_OF)
    assert made["vat_class"] == "UDn", "the lines that count agree"
    assert made["lines"][1:] == [remark, advance]


def test_only_what_the_kind_has_is_filled() -> None:
    gives = {name: name[:5] for name in KINDS["invoice"]}
    rules = Table("t.csv", (Rule(2, {}, gives),))
    for agenda, kind in (("received_orders", "received_order"), ("offers", "offer"), ("deals", "deal")):
        record = {"kind": "received", "issued_on": date(2026, 1, 1), "lines": [line(), line("low", SERVICE)]}
        _, given_by = filled(record, rules, SK, agenda)
        named = {"rounding": "rounding_mode", "new_centre": "centre"}
        assert set(given_by) == {named.get(name, name) for name in KINDS[kind]}
    for agenda in ("received_invoices", "clients"):
        assert filled({"kind": "invoice"}, rules, SK, agenda) == ({"kind": "invoice"}, {})
    assert filled(invoice(line()), None, SK, "issued_invoices") == (invoice(line()), {})


PAYER = {"ic_dph": "SK2021000014"}
GERMAN = {"country": "DE", "dic": "DE136695976"}


@pytest.mark.parametrize(
    ("record", "vat_class", "section", "accounting"),
    [
        (invoice(line(), **PAYER), "UD", "A1", "2Fv"),
        (invoice(line(product=None), **PAYER), "UD", "A1", "3Fv"),
        (invoice(line()), "UD", "D2", "2Fv"),
        (invoice(line(reverse_charge=True), **PAYER), "UDpdp", "A2", "2Fv"),
        (invoice(line(product=None, reverse_charge=True), **PAYER), "UDpdp", None, "3Fv"),
        (invoice(line("none", SERVICE)), "UDosv", None, "3Fv"),
        (invoice(line("none"), **GERMAN), "UDdodEU", None, "2Fv"),
        (invoice(line("none", SERVICE), **GERMAN), "UDslEU", None, "3Fv"),
        (invoice(line(), country="DE"), "UD", "D2", "2Fv"),
        (invoice(line(vat_explicit=D(19)), country="DE", oss_country="DE"), "UDzasEU", None, "2Fv"),
        (invoice(line("none"), country="GB"), "UDvyvoz", None, "2Fv"),
        (invoice(line("none", SERVICE), country="CH"), "UN", None, "3Fv"),
        (invoice(line(), **PAYER) | {"kind": "credit_note"}, "UD", "C1", "2Fv"),
        (invoice(line()) | {"kind": "credit_note"}, "UD", "D2", "2Fv"),
        (invoice(line()) | {"kind": "advance"}, None, None, "4Zv"),
    ],
)
def test_the_slovak_table_that_ships(record: dict[str, Any], vat_class: Any, section: Any, accounting: str) -> None:
    made = shipped(record)
    assert (made.get("vat_class"), made.get("kv_section"), made["accounting"]) == (vat_class, section, accounting)
    assert (made["series"], made["account"], made["rounding_mode"]) == (
        {"invoice": "2601", "credit_note": "2605", "advance": "2608"}[made["kind"]], "BANK", "none",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("record", "vat_class", "account"),
    [
        (invoice(line(), country="CZ", dic="CZ46123458"), "UD", "BANK"),
        (invoice(line(reverse_charge=True), country="CZ", dic="CZ46123458"), "UDpdp", "BANK"),
        (invoice(line("none"), **GERMAN, currency="EUR"), "UDdodEU", "EUR"),
        (invoice(line("none"), **GERMAN, currency="HUF"), "UDdodEU", None),
        (invoice(line("none", None), country="SK", dic="SK2021000025", currency="EUR"), "UDslEU", "EUR"),
        (invoice(line("none"), country="CH", currency="EUR"), "UDvyvoz", "EUR"),
    ],
)
def test_the_czech_table_that_ships(record: dict[str, Any], vat_class: str, account: Any) -> None:
    made = shipped(record, "obchod")
    assert (made["vat_class"], made.get("account")) == (vat_class, account)
    assert "kv_section" not in made


ASKED = [
    case
    for case in cases()
    if case.record.get("lines") and case.record.get("vat_class") in {"UD", "UDpdp", "UDdodEU", "UDslEU", "UDvyvoz"}
]


@pytest.mark.parametrize("case", ASKED, ids=str)
def test_documents_worked_out_by_hand_would_get_the_classification_that_they_have(case: Case) -> None:
    assert len(ASKED) > 40
    unit = "firma" if case.country == "SK" else "obchod"
    made = shipped(without_classes(case.record), unit)
    # Where a line has no card nothing tells goods from a service: a firm that sells so has other rules.
    alike = {"UDslEU": "UDdodEU", "UN": "UDvyvoz", "UDosv": "UD"}
    found, wanted = classes(made), classes(case.record)
    assert [alike.get(one, one) for one in found] == [alike.get(one, one) for one in wanted]


def without_classes(row: dict[str, Any]) -> dict[str, Any]:
    bare = {name: value for name, value in row.items() if name not in {"vat_class", "accounting"}}
    return bare | ({"lines": [without_classes(one) for one in row["lines"]]} if "lines" in row else {})


def classes(record: dict[str, Any]) -> list[str]:
    """The classification that holds for each line that is accounted for."""
    lines = [one for one in record["lines"] if one.get("kind") != "advance" and one["unit_price"]]
    return [one.get("vat_class") or record["vat_class"] for one in lines]


@settings(deadline=None)
@given(
    kind=st.sampled_from([*KINDS, None, "?7"]),
    country=st.sampled_from(["SK", "CZ", "DE", "US", None]),
    dic=st.sampled_from([None, "CZ46123458", "DE136695976", "2021000014"]),
    currency=st.sampled_from([None, "EUR", "CZK", "HUF"]),
    lines=st.lists(
        st.builds(
            line,
            slot=st.sampled_from(["none", "low", "high", None, "?7"]),
            product=st.sampled_from([CARD, SERVICE, None]),
            reverse_charge=st.booleans(),
            accounting=st.sampled_from([None, "9Fv"]),
        ),
        max_size=4,
    ),
    unit=st.sampled_from(["firma", "obchod"]),
)
def test_nothing_that_a_document_says_is_ever_changed(unit: str, lines: Any, **head: Any) -> None:
    record = invoice(*lines) | head
    of = UNITS[unit]
    made, given_by = filled(record, of.accounting, of, "issued_invoices", KINDS_OF)
    rows = {rule.row for rule in of.accounting.rules}
    assert set(given_by.values()) <= rows
    assert {name: made[name] for name, value in record.items() if name != "lines" and value} == {
        name: value for name, value in record.items() if name != "lines" and value
    }
    changed = {name for name in made if name != "lines" and made[name] != record.get(name)}
    for number, (before, after) in enumerate(zip(record["lines"], made["lines"], strict=True), 1):
        changed |= {f"lines.{number}.{name}" for name in after if after[name] != before.get(name)}
        assert {name: after[name] for name, value in before.items() if value is not None}.items() <= before.items()
    assert changed == set(given_by)
