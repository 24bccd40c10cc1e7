"""Lines of documents as items, and back: amounts worked out by hand, and every golden document."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.items import completed
from pohoda_bridge.records.totals import differences
from tests.golden.cases import Case, cases
from tests.records.documents import derived, restored, shown

D = Decimal
DAY = date(2026, 3, 5)
DOCUMENTS = [case for case in cases() if case.agenda != "deals"]
NUMBERS = ("quantity", "unit_price", "discount", "vat_percent", "net", "vat", "gross")
GOLDEN = {case.family + "/" + case.name: case for case in DOCUMENTS}


def of_line(country: str = "SK", **line: Any) -> tuple[str, ...]:
    """The numbers of the item that a line becomes."""
    (item,) = derived("issued_invoices", {"issued_on": DAY, "lines": [line]}, country)["items"]
    return tuple(f"{item[name].normalize():f}" for name in NUMBERS)


# Quantity, unit price, discount, percentage, net, VAT, gross: worked out by hand.
@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        ("invoices/minimal_sk", [("1", "100", "0", "23", "100", "23", "123")]),
        ("invoices/rounded_cz", [("30", "58.5", "0", "21", "1755", "368.55", "2123.55"),
                                 ("35", "19.5", "0", "21", "682.5", "143.33", "825.83")]),
        ("invoices/eur_with_vat_cz", [("4", "50", "0", "21", "200", "42", "242"),
                                      ("2", "25", "0", "12", "50", "6", "56")]),
        ("received_orders/with_vat_sk", [("3", "8.122", "0", "23", "24.37", "5.6", "29.97"),
                                         ("2", "12.521", "0", "19", "25.04", "4.76", "29.8")]),
        ("invoices/with_vat_rounded_cz", [("3", "206.1983", "0", "21", "618.6", "129.9", "748.5"),
                                          ("1", "348.125", "0", "12", "348.12", "41.78", "389.9")]),
        ("received_orders/discount_lines", [("2", "189.9", "5", "23", "360.81", "82.99", "443.8"),
                                            ("7", "23.45", "12.5", "23", "143.63", "33.03", "176.66"),
                                            ("1", "10", "33.33", "23", "6.67", "1.53", "8.2")]),
        ("received_orders/discount_of_all", [("1", "1500", "0", "23", "1500", "345", "1845"),
                                             ("4", "35", "100", "23", "0", "0", "0")]),
        ("received_orders/fraction_of_unit", [("12.3456", "1.2345", "0", "23", "15.24", "3.51", "18.75"),
                                              ("0.0125", "980.5555", "0", "23", "12.26", "2.82", "15.08")]),
        ("offers/variants_in_text", [("0", "0", "0", "0", "0", "0", "0"),
                                     ("140", "39.9", "0", "23", "5586", "1284.78", "6870.78"),
                                     ("0", "0", "0", "0", "0", "0", "0")]),
        ("credit_notes/eur_in_cz", [("-4", "50", "0", "21", "-200", "-42", "-242")]),
        ("invoices/advance_whole_sk", [("1", "2000", "0", "23", "2000", "460", "2460"),
                                       ("1", "-1000", "0", "0", "-1000", "0", "-1000")]),
        ("invoices/advance_taxed_cz", [("1", "50000", "0", "21", "50000", "10500", "60500"),
                                       ("1", "-10000", "0", "21", "-10000", "-2100", "-12100")]),
        ("invoices/reverse_charge_sk", [("1", "8400", "0", "0", "8400", "0", "8400"),
                                        ("1", "700", "0", "23", "700", "161", "861")]),
        ("invoices/oss_goods_sk", [("1", "20", "0", "7", "20", "1.4", "21.4"),
                                   ("1", "80", "0", "19", "80", "15.2", "95.2")]),
        ("invoices/old_rate_sk", [("5", "10.5", "0", "20", "52.5", "10.5", "63"),
                                  ("2", "9.9", "0", "10", "19.8", "1.98", "21.78")]),
        ("invoices/non_payer_sk", [("3", "25", "0", "0", "75", "0", "75"),
                                   ("1", "18.7", "0", "0", "18.7", "0", "18.7")]),
    ],
)  # fmt: skip
def test_items_worked_out_by_hand(case: str, wanted: list[tuple[str, ...]]) -> None:
    of = GOLDEN[case]
    items = derived(of.agenda, of.record, of.country)["items"]
    found = [tuple(f"{item[name].normalize():f}" for name in NUMBERS) for item in items]
    assert found == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        # No quantity, but an amount: one of it, or the item would come to nothing.
        ({"text": "Paušál", "vat_slot": "high", "unit_price": D(0), "net": D(50), "vat": D("11.5")},
         ("1", "50", "0", "23", "50", "11.5", "61.5")),
        # A slot with a rate, and no VAT: a unit that pays none.
        ({"text": "Práca", "quantity": D(2), "vat_slot": "high", "unit_price": D(10), "net": D(20), "vat": D(0)},
         ("2", "10", "0", "0", "20", "0", "20")),
        # Nobody knows the percentage of that slot in Czechia; the amounts show it.
        ({"text": "Kniha", "quantity": D(1), "vat_slot": "third", "unit_price": D(100), "net": D(100), "vat": D(10)},
         ("1", "100", "0", "10", "100", "10", "110")),
        ({"text": "Cent", "quantity": D(1), "vat_slot": "high", "unit_price": D("0.01"), "net": D("0.01"), "vat": D(0)},
         ("1", "0.01", "0", "21", "0.01", "0", "0.01")),
    ],
)  # fmt: skip
def test_what_a_crm_needs_is_filled_so_that_sums_stay(line: dict[str, Any], wanted: tuple[str, ...]) -> None:
    country = "CZ" if line["text"] in {"Kniha", "Cent"} else "SK"
    assert of_line(country, **line) == wanted


def test_names_and_kinds_of_items() -> None:
    advance = derived("issued_invoices", GOLDEN["invoices/advance_whole_sk"].record, "SK")["items"][1]
    assert advance["kind"] == "advance"
    assert (advance["code"], advance["name"]) == ("260890001", "Odpočet zálohy č. 260890001")
    goods = derived("received_orders", GOLDEN["received_orders/stock_two_stores"].record, "SK")["items"]
    assert [(i["kind"], i["product"], i["code"], i["store"]) for i in goods] == [
        ("product", "2026/SKz/301", "SKR-8", "HLAVNÍ"), ("product", "2026/SKz/302", "SKR-8", "PRODEJNA"),
    ]  # fmt: skip
    (bare,) = derived("offers", {"lines": [{"quantity": D(1)}]}, "SK")["items"]
    assert (bare["kind"], bare["name"]) == ("text", "-")
    assert not {"unit", "note", "product", "code", "store"} & bare.keys()


def test_a_document_without_lines_has_an_item_for_each_rate() -> None:
    header = {"text": "Vyúčtovanie", "issued_on": DAY, "net_none": D(5), "net_high": D(100), "vat_high": D(23),
              "total": D(128)}  # fmt: skip
    row = derived("issued_invoices", header, "SK")
    assert [(i["name"], i["vat_percent"], i["gross"]) for i in row["items"]] == [
        ("Vyúčtovanie", 0, 5), ("Vyúčtovanie", 23, 123),
    ]  # fmt: skip
    abroad = {"text": "Služby", "currency": "USD", "foreign_total": D(10), "foreign_rounding": D("0.5"), "total": D(9)}
    assert [i["net"] for i in derived("offers", abroad, "SK")["items"]] == [D("9.5")]
    assert derived("offers", {}, "SK")["items"] == []


def test_a_number_that_no_document_can_have_is_told() -> None:
    with pytest.raises(RejectRecord, match="no document can have"):
        of_line(quantity=D("1e90"), unit_price=D(1), net=D(1))


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        ("invoices/rounded_cz", ("2437.5", "511.88", "2949", "-0.38")),
        ("invoices/eur_with_vat_cz", ("250", "48", "298", "0")),
        ("invoices/with_vat_rounded_cz", ("966.72", "171.68", "1138", "-0.4")),
        ("invoices/advance_whole_sk", ("2000", "460", "2460", "0")),
        ("invoices/advance_taxed_cz", ("40000", "8400", "48400", "0")),
        ("credit_notes/eur_in_cz", ("-200", "-42", "-242", "0")),
        ("invoices/oss_goods_sk", ("100", "16.6", "116.6", "0")),
        ("invoices/reverse_charge_sk", ("9100", "161", "9261", "0")),
    ],
)
def test_totals_are_those_that_pohoda_keeps(case: str, wanted: tuple[str, ...]) -> None:
    of = GOLDEN[case]
    row = derived(of.agenda, of.record, of.country)
    found = tuple(row[f"total_{name}"] for name in ("net", "vat", "gross", "rounding"))
    assert tuple(f"{value.normalize():f}" for value in found) == wanted
    assert found[0] + found[1] + found[3] == found[2]
    assert row["keep_totals"] is True


def test_foreign_totals_hold_no_amount_of_home() -> None:
    row = derived("issued_invoices", GOLDEN["invoices/eur_with_vat_cz"].record, "CZ")
    of = GOLDEN["invoices/eur_with_vat_cz"].record
    assert row["document_currency"] == "EUR"
    assert row["total_gross"] == of["foreign_total"] != of["total"]
    assert derived("offers", {}, "CZ")["document_currency"] == "CZK"
    # Named home currency is home.
    assert derived("offers", {"currency": "EUR", "net_none": D(7), "total": D(7)}, "SK")["total_gross"] == 7


def test_rounding_in_a_foreign_currency_goes_as_the_way_that_makes_it() -> None:
    line = {"quantity": D(1), "vat_slot": "high", "foreign_unit_price": D("10.03"), "foreign_net": D("10.03"),
            "foreign_vat": D("2.31")}  # fmt: skip
    record = {"kind": "invoice", "issued_on": DAY, "currency": "CZK", "rate": D("0.04"), "rate_amount": 1,
              "lines": [line], "foreign_rounding": D("-0.34"), "foreign_total": D(12)}  # fmt: skip
    wanted = shown("issued_invoices", record, "SK")
    found = [wanted[f"total_{name}"] for name in ("net", "vat", "rounding", "gross")]
    assert found == [D("10.03"), D("2.31"), D("-0.34"), 12]
    made = restored("issued_invoices", wanted, "SK")
    assert made["rounding_mode"] == "math2one"
    assert differences(made, "SK") == []
    # No way of POHODA rounds by seven cents: the amount stays, and POHODA's side refuses it.
    odd = restored("issued_invoices", wanted | {"total_rounding": D("-0.07"), "total_gross": D("12.27")}, "SK")
    assert (odd.get("rounding_mode"), odd["rounding"]) == (None, D("-0.07"))


@pytest.mark.parametrize("case", DOCUMENTS, ids=str)
def test_items_and_rounding_add_up_to_the_totals(case: Case) -> None:
    row = derived(case.agenda, case.record, case.country)
    # A deducted advance without VAT lowers what is to be paid, not the totals.
    counted = [item for item in row["items"] if item["kind"] != "advance" or item["vat"]]
    for name in ("net", "vat"):
        assert sum((item[name] for item in counted), D(0)) == row[f"total_{name}"]
    assert row["total_net"] + row["total_vat"] + row["total_rounding"] == row["total_gross"]


@pytest.mark.parametrize("case", DOCUMENTS, ids=str)
def test_every_golden_document_comes_back_without_a_difference(case: Case) -> None:
    wanted = shown(case.agenda, case.record, case.country)
    made = restored(case.agenda, wanted, case.country)
    assert [fault.en for fault in differences(made, case.country)] == []
    again = shown(case.agenda, made, case.country)
    # POHODA finds the card of a store by its code.
    items = [{n: v for n, v in item.items() if n != "product" or "store" not in item} for item in wanted["items"]]
    assert again["items"] == items
    assert made.get("currency") == case.record.get("currency")


def test_a_cent_in_the_crms_total_is_noticed() -> None:
    for case in (GOLDEN["invoices/rates_sk"], GOLDEN["credit_notes/eur_in_cz"]):
        wanted = shown(case.agenda, case.record, case.country)
        made = restored(case.agenda, wanted | {"total_gross": wanted["total_gross"] + D("0.01")}, case.country)
        assert [fault.code for fault in differences(made, case.country)] == ["amount_unlike"]
        made = restored(case.agenda, wanted | {"total_vat": wanted["total_vat"] - D("0.01")}, case.country)
        assert [fault.code for fault in differences(made, case.country)] == ["amount_unlike"]


def test_items_of_a_crm_get_the_form_of_those_of_pohoda() -> None:
    bare = {"name": "Práca", "quantity": D(3), "unit_price": D("10.05"), "vat_percent": D(23), "note": ""}
    wanted = {"kind": "text", "name": "Práca", "quantity": D(3), "unit_price": D("10.05"), "vat_percent": D(23),
              "discount": D(0), "net": D("30.15"), "vat": D("6.93"), "gross": D("37.08")}  # fmt: skip
    assert completed([bare]) == [wanted]
    assert completed([wanted]) == [wanted]
    assert completed([bare | {"code": "S", "store": "HL"}, bare | {"product": "x"}, bare | {"kind": "advance"}]) == [
        wanted | {"kind": "product", "code": "S", "store": "HL"}, wanted | {"kind": "product", "product": "x"},
        wanted | {"kind": "advance"},
    ]  # fmt: skip
    # What the CRM says itself stays, a cent off too.
    assert completed([wanted | {"net": D("30.14")}])[0]["net"] == D("30.14")
    assert completed([{"name": "Poznámka"}]) == [{"kind": "text", "name": "Poznámka", "discount": D(0)}]


def back(country: str = "SK", **item: Any) -> dict[str, Any]:
    wanted = {"issued_on": DAY, "items": [{"name": "Tovar", "quantity": D(2), "vat_percent": D(23), **item}],
              "document_currency": {"SK": "EUR", "CZ": "CZK"}[country]}  # fmt: skip
    (line,) = restored("received_orders", wanted, country)["lines"]
    return line


@pytest.mark.parametrize(
    ("percent", "country", "slot"),
    [
        ("0", "SK", ("none", None)), ("23", "SK", ("high", None)), ("19", "SK", ("low", None)),
        ("5", "SK", ("third", None)), ("20", "SK", ("high", D(20))), ("10", "SK", ("low", D(10))),
        ("21", "CZ", ("high", None)), ("12", "CZ", ("low", None)), ("15", "CZ", ("low", D(15))),
        ("19", "CZ", ("high", D(19))), ("27", "SK", ("high", D(27))), ("7.7", "CZ", ("low", D("7.7"))),
    ],
)  # fmt: skip
def test_a_percentage_is_a_slot_of_the_day_or_goes_as_it_is(
    percent: str, country: str, slot: tuple[str, Decimal | None]
) -> None:
    line = back(country, vat_percent=D(percent), unit_price=D(10))
    assert (line["vat_slot"], line.get("vat_explicit")) == slot


def test_a_card_goes_by_code_and_store_or_by_its_id() -> None:
    names = ("product", "code", "store")
    of = {"kind": "product", "product": "2026/SKz/301", "unit_price": D(1)}
    assert [back(**of, code="S", store="HL").get(name) for name in names] == [None, "S", "HL"]
    assert [back(**of, code="S").get(name) for name in names] == ["2026/SKz/301", "S", None]
    assert [back(**of, store="HL").get(name) for name in names] == ["2026/SKz/301", None, "HL"]
    assert [back(store="HL", unit_price=D(1)).get(name) for name in names] == [None, None, None]


def test_amounts_that_the_crm_does_not_say_follow_from_the_price() -> None:
    line = back(unit_price=D("10.05"), quantity=D(3), discount=D(10))
    assert (line["net"], line["vat"], line["with_vat"]) == (D("27.14"), D("6.24"), False)
    line = back(net=D(20), vat=D("4.60"))
    assert line["unit_price"] == 10
    # Four places of a price with VAT taken out do not make the amount of a thousand.
    line = back(unit_price=D("0.8049"), quantity=D(1000), net=D("804.88"), vat=D("185.12"))
    assert line["unit_price"] == D("0.80488000")
    # A price that has nothing to do with the amount stays, so that the difference is told.
    assert back(unit_price=D(9), quantity=D(1000), net=D("804.88"))["unit_price"] == 9


_cents = st.decimals(0, 9999, places=2)


@st.composite
def _items(draw: st.DrawFn) -> dict[str, Any]:
    quantity, price = draw(st.decimals(-500, 500, places=4)), draw(st.decimals(0, 9999, places=4))
    discount = draw(st.sampled_from([D(0), D(5), D("12.5"), D("33.33"), D(100)]))
    percent = D(draw(st.sampled_from([0, 5, 10, 12, 19, 20, 21, 23, 25])))
    net = (price * quantity * (100 - discount) / 100).quantize(D("0.01"), "ROUND_HALF_UP")
    if not quantity:
        net = D(0)
    vat = (net * percent / 100).quantize(D("0.01"), "ROUND_HALF_UP")
    item = {"kind": "text", "name": draw(st.sampled_from(["Práca", "Doprava"])), "quantity": quantity,
            "unit_price": price, "discount": discount, "vat_percent": percent, "net": net, "vat": vat,
            "gross": net + vat}  # fmt: skip
    optional = {"unit": "ks", "note": "Poznámka", "code": "A-1"}
    return item | {name: optional[name] for name in draw(st.sets(st.sampled_from(sorted(optional))))}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(_items(), min_size=1, max_size=4), st.sampled_from(["EUR", "CZK", "USD"]), st.sampled_from(["SK", "CZ"])
)
def test_what_a_crm_says_of_items_comes_back(items: list[dict[str, Any]], currency: str, country: str) -> None:
    sums = {name: sum((item[name] for item in items), D(0)) for name in ("net", "vat", "gross")}
    wanted = {"kind": "invoice", "issued_on": DAY, "items": items, "document_currency": currency, "rate": D("1.5"),
              "rate_amount": 1, "total_rounding": D(0),
              **{f"total_{name}": amount for name, amount in sums.items()}}  # fmt: skip
    made = restored("issued_invoices", wanted, country)
    assert [fault.en for fault in differences(made, country)] == []
    again = derived("issued_invoices", made, country)
    assert again["items"] == items
    assert again["document_currency"] == currency
