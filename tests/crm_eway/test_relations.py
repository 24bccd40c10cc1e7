"""Members that are kept as relations: what is shown of them, and what a save adds and ends."""

from typing import Any

import pytest

from pohoda_bridge.crm.eway import EwayCrm
from pohoda_bridge.side import Window
from tests.crm_eway.conftest import Bench, change, row_of, rows, states, write

NUMBERED = {"invoice": "26F1", "order": "26P1", "second": "26P2", "offer": "26N1", "credit": "26D1"}
KIND = {"invoice": "IssuedInvoice", "order": "ReceivedOrder", "second": "ReceivedOrder", "offer": "Proposal",
        "credit": "IssuedCreditNote"}  # fmt: skip
AGENDA = "issued_invoices"


def carts(bench: Bench) -> dict[str, str]:
    """A cart of each kind; their guids."""
    values = {one["FileAs"]: one["ItemGUID"] for one in bench.eway.records("EnumValues")}
    return {
        name: bench.eway.create("Carts", FileAs=NUMBERED[name], TypeEn=values[kind]).lower()
        for name, kind in KIND.items()
    }


def invoices(bench: Bench, **fields: str) -> EwayCrm:
    return bench.open(agenda=AGENDA, fields=fields)


def related(bench: Bench, guid: str, kind: str = "GENERAL") -> set[tuple[str, bool]]:
    """The other items of an item's relations, and whether the item is the first of the two."""
    there = (item for folder in ("Carts", "Goods") for item in bench.eway.records(folder) if item["ItemGUID"] == guid)
    found = [one for item in there for one in item["Relations"] if one["RelationType"] == kind]
    return {(one["ForeignItemGUID"], not one["DifferDirection"]) for one in found}


def by_person(bench: Bench, first: str, second: str) -> None:
    bench.eway.link(("Carts", first), "GENERAL", ("Carts", second))


def test_a_reference_is_told_apart_by_the_kind_of_the_other_cart(bench: Bench) -> None:
    of = carts(bench)
    crm = invoices(bench)
    answers = write(crm, change(of["invoice"], order=of["order"], offer=of["offer"]), agenda=AGENDA)
    assert states(answers) == ["written"]
    shown = row_of(crm, of["invoice"], AGENDA)
    assert (shown["order"], shown["offer"], shown["corrected"]) == (of["order"], of["offer"], None)
    assert related(bench, of["invoice"]) == {(of["order"], True), (of["offer"], True)}
    assert row_of(invoices(bench), of["credit"], AGENDA)["order"] is None


def test_only_a_credit_note_corrects(bench: Bench) -> None:
    of = carts(bench)
    crm = invoices(bench)
    write(crm, change(of["credit"], corrected=of["invoice"]), agenda=AGENDA)
    found = {row["_id"]: row["corrected"] for row in rows(crm, AGENDA)}
    assert found == {of["credit"]: of["invoice"], of["invoice"]: None}


def test_another_reference_takes_the_place_of_ours(bench: Bench) -> None:
    of = carts(bench)
    crm = invoices(bench)
    write(crm, change(of["invoice"], order=of["order"]), agenda=AGENDA)
    write(crm, change(of["invoice"], order=of["second"]), agenda=AGENDA)
    assert related(bench, of["invoice"]) == {(of["second"], True)}
    write(crm, change(of["invoice"], order=None), agenda=AGENDA)
    assert related(bench, of["invoice"]) == set()
    assert row_of(crm, of["invoice"], AGENDA)["order"] is None


@pytest.mark.parametrize("wanted", ["order", "second", None])
def test_what_a_person_related_stays(bench: Bench, wanted: str | None) -> None:
    """It is shown as long as there is none of ours, and not made twice."""
    of = carts(bench)
    by_person(bench, of["order"], of["invoice"])
    crm = invoices(bench)
    assert row_of(crm, of["invoice"], AGENDA)["order"] == of["order"]
    write(crm, change(of["invoice"], order=of[wanted] if wanted else None), agenda=AGENDA)
    ours = {(of["second"], True)} if wanted == "second" else set()
    assert related(bench, of["invoice"]) == {(of["order"], False)} | ours
    assert row_of(crm, of["invoice"], AGENDA)["order"] == of[wanted or "order"]


def test_of_several_relations_of_people_none_is_guessed(bench: Bench) -> None:
    of = carts(bench)
    for name in ("order", "second"):
        by_person(bench, of["invoice"], of[name])
    assert row_of(invoices(bench), of["invoice"], AGENDA)["order"] is None


def test_the_kinds_of_many_carts_are_asked_for_together(bench: Bench) -> None:
    of = carts(bench)
    for name in ("order", "offer"):
        by_person(bench, of["invoice"], of[name])
    crm = invoices(bench)
    crm.describe(AGENDA)
    bench.forget()
    assert len([row for part in crm.read(AGENDA, Window(ids=(of["invoice"], of["credit"]))).parts for row in part]) == 2
    assert bench.sent().count("GetCartsByItemGuids") == 2


def test_goods_have_a_supplier(bench: Bench) -> None:
    (company,) = bench.companies(1)
    good = bench.eway.create("Goods", Code="A", FileAs="A").lower()
    crm = bench.open(agenda="products")
    assert states(write(crm, change(good, supplier=company.lower()), agenda="products")) == ["written"]
    assert related(bench, good, "SUPPLIER") == {(company.lower(), True)}
    assert row_of(crm, good, "products")["supplier"] == company.lower()


def test_what_is_no_reference_refuses_the_record(bench: Bench) -> None:
    good = bench.eway.create("Goods", Code="A", FileAs="A").lower()
    crm = bench.open(agenda="products")
    (answer,) = write(crm, change(good, supplier="none"), agenda="products")
    assert (answer.state, "supplier" in answer.reasons[0]) == ("refused", True)


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
def test_a_relation_that_is_not_answered_leaves_a_doubt(bench: Bench, kind: str) -> None:
    of = carts(bench)
    crm = invoices(bench)
    bench.fault(kind, match="SaveRelation", times=9)
    item: Any = change(of["invoice"], order=of["order"])
    assert states(write(crm, item, agenda=AGENDA)) == ["doubt"]
