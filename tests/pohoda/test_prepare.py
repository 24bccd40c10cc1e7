"""What the accountant's table gives a new document, and documents whose amounts are not what their lines make."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.pohoda.prepare import prepared
from pohoda_bridge.side import Answer, Item, Pack
from pohoda_bridge.sync.send import _stored_text

CATALOGUE = open_catalogue()
UNIT = CATALOGUE.units["firma"]
INVOICES = CATALOGUE.agendas["issued_invoices"]
LINE = {
    "text": "Práca", "quantity": Decimal(2), "unit_price": Decimal("10.25"), "vat_slot": "high", "net": Decimal("20.5"),
    "vat": Decimal("4.72"),
}  # fmt: skip


def item(name: str = "1", **values: Any) -> Item:
    plain = {"kind": "invoice", "issued_on": date(2026, 5, 4), "company": "Firma", "country": "SK", "lines": [LINE]}
    return Item(name, name, "create", {**plain, **values})


def test_what_a_document_lacks_comes_from_the_table_and_the_answer_says_so() -> None:
    pack = Pack("p", [item(), item("2", accounting="9Fv")])
    made = prepared(INVOICES, UNIT, pack)
    first, second = (one.values for one in made.pack.items)
    assert (first["vat_class"], first["kv_section"], first["accounting"]) == ("UD", "D2", "3Fv")
    assert second["accounting"] == "9Fv"
    answers = made.answers(pack, [Answer("2", "written"), Answer("1", "written", details={"number": "7"})], "table")
    assert [answer.item_id for answer in answers] == ["1", "2"]
    told = answers[0].details["filled"]
    assert (answers[0].details["number"], told["table"]) == ("7", "table")
    assert set(told["rows"]) >= {"vat_class", "kv_section", "accounting"}
    assert "accounting" not in answers[1].details["filled"]["rows"]


@pytest.mark.parametrize("name", ["total", "vat", "net"])
def test_amounts_that_are_a_cent_off_are_refused_and_right_ones_are_not_sent(name: str) -> None:
    right = {"total": Decimal("25.22"), "vat": Decimal("4.72"), "net": Decimal("20.5")}[name]
    pack = Pack("p", [item("good", **{name: right}), item("bad", **{name: right + Decimal("0.01")})])
    made = prepared(INVOICES, UNIT, pack)
    assert [one.id for one in made.pack.items] == ["good"]
    assert name not in made.pack.items[0].values
    _, bad = made.answers(pack, [Answer("good", "written")], "table")
    assert bad.state == "refused"
    assert str(right) in bad.reasons[0]


def test_other_agendas_and_changes_go_as_they_are() -> None:
    change = Item("u", "u", "update", {"note": "x"}, target_id="2026/FA/1")
    for agenda, one in ((INVOICES, change), (CATALOGUE.agendas["clients"], Item("c", "c", "create", {"company": "x"}))):
        pack = Pack("p", [one])
        made = prepared(agenda, UNIT, pack)
        assert list(made.pack.items) == [one]
        assert made.answers(pack, [Answer(one.id, "written")], "t") == [Answer(one.id, "written")]


def test_why_names_the_rows_of_the_table() -> None:
    pack = Pack("p", [item()])
    made = prepared(INVOICES, UNIT, pack)
    (answer,) = made.answers(pack, [Answer("1", "written")], UNIT.accounting.name)
    told = _stored_text({}, answer.details)
    assert told is not None
    assert told.startswith("filled by firma.accounting.csv: ")
    row = answer.details["filled"]["rows"]["vat_class"]
    assert f"vat_class (row {row})" in told
    assert _stored_text({}, {}) is None


@pytest.mark.parametrize("own", [False, True])
def test_a_document_without_its_rate_goes_only_where_pohoda_may_take_its_own(own: bool) -> None:
    """The link's flow judges it the same way before that."""
    line = {**LINE, "foreign_unit_price": LINE["unit_price"], "foreign_net": LINE["net"], "foreign_vat": LINE["vat"]}
    unit = UNIT.model_copy(update={"own_rates": own})
    made = prepared(INVOICES, unit, Pack("p", [item(currency="CZK", lines=[line])]))
    assert len(made.pack.items) == own
    flow = replace(CATALOGUE.flow("eway", "issued_invoices", "to_pohoda"), unit=unit)
    assert ("rate_filled" in {entry.rule for entry in flow.expectations}) is not own
