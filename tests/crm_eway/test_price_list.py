"""The three ways of the price list: nothing is written, by assumed methods, or as a text in a custom field."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.crm.eway import EwayCrm
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.records.ordered import in_order
from pohoda_bridge.side import Item, Lookup, Row

from .conftest import Bench, change, row_of, rows, states, write

AGENDA = "price_lists"
LISTING = {"price_listing": "af_24"}
ASSUMED = {"price_list": "assumed"}
DELETED = {"action": "deleted"}


def new(**values: Any) -> Item:
    return Item(uuid4().hex, "key", "create", values)


def own(product: str, price: str | None = None, discount: str | None = None) -> Row:
    figures = {"price": price, "discount": discount}
    return {"product": product, **{name: Decimal(value) for name, value in figures.items() if value is not None}}


def goods(bench: Bench, count: int = 3) -> list[str]:
    return sorted(bench.eway.create("Goods", Code=f"K{number}", FileAs=f"K{number}") for number in range(count))


def assumed(bench: Bench, **options: Any) -> EwayCrm:
    bench.eway.switches.price_lists = True
    return bench.open(agenda=AGENDA, extra=ASSUMED, **options)


class TestPublished:
    def test_sale_prices_are_read_and_nothing_else_is_there(self, bench: Bench) -> None:
        (company,) = bench.companies(1)
        crm = bench.open(agenda=AGENDA)
        found = rows(crm, AGENDA)
        assert {row["code"]: row["discount"] for row in found} == {"Základná": Decimal(0), "Partner": Decimal(10)}
        assert {row["client"] for row in found} == {row["own_prices"] for row in found} == {None}
        assert crm.ids(AGENDA) == {row["_id"] for row in found}
        by_name, by_company = crm.look_up(AGENDA, [Lookup(key={"code": "partner"}), Lookup(key={"client": company})])
        assert ([row["code"] for row in by_name], by_company) == (["Partner"], [])
        assert row_of(crm, by_name[0]["_id"], AGENDA) == by_name[0]
        assert not set(bench.sent()) & {"GetIndividualDiscounts", "SaveSalePrice"}

    def test_every_record_is_closed_and_says_why(self, bench: Bench) -> None:
        crm = bench.open(agenda=AGENDA)
        assert "sale prices" in str(crm.closed(AGENDA, {"code": "VIP", "client": None}))
        assert "price list (Ceník) of a company" in str(crm.closed(AGENDA, {"code": None, "client": uuid4().hex}))
        assert not crm.deletes(AGENDA)
        bench.forget()
        (answer,) = write(crm, new(code="VIP", discount=Decimal(5)), agenda=AGENDA)
        assert (answer.state, "published" in answer.reasons[0]) == ("refused", True)
        assert bench.eway.writes() == 0

    def test_other_agendas_are_open(self, bench: Bench) -> None:
        assert bench.open().closed("clients", {"client": "x"}) is None


class TestAssumed:
    def test_a_level_is_made_changed_and_deleted(self, bench: Bench) -> None:
        crm = assumed(bench)
        (made,) = write(crm, new(code="VIP", discount=Decimal("7.5"), name="Pre stálych"), agenda=AGENDA)
        assert made.state == "written" and made.row
        guid = made.row["_id"]
        item = bench.record(guid, "SalePrices")
        assert (item["FileAs"], item["Discount"], item["Note"]) == ("VIP", 7.5, "Pre stálych")
        (changed,) = write(crm, change(guid, discount=Decimal(8)), agenda=AGENDA)
        assert changed.row and changed.row == row_of(crm, guid, AGENDA)
        assert (changed.row["discount"], changed.row["own_prices"]) == (Decimal(8), None)
        (gone,) = write(crm, Item(uuid4().hex, "k", "delete", {}, guid), agenda=AGENDA)
        assert (gone.state, gone.details, gone.row) == ("written", DELETED, None)
        assert [item["FileAs"] for item in bench.eway.records("SalePrices")] == ["Základná", "Partner"]

    def test_every_company_has_a_list_though_an_empty_one(self, bench: Bench) -> None:
        (company,) = bench.companies(1)
        crm = assumed(bench)
        ((found,),) = crm.look_up(AGENDA, [Lookup(key={"client": company})])
        assert (found["_id"], found["client"], found["own_prices"], found["code"]) == (company, company, None, None)
        assert company in crm.ids(AGENDA)

    def test_only_what_changes_of_a_companys_prices_is_sent(self, bench: Bench) -> None:
        first, second = bench.companies(2)
        one, two, three = goods(bench)
        crm = assumed(bench)
        strange = bench.eway.create(
            "IndividualDiscounts", Companies_CompanyGuid=second, Goods_GoodGuid=one, UnitPrice=4, Discount=1
        )
        prices = in_order([own(one, "93.5", "7"), own(two, discount="12.5")])
        (answer,) = write(crm, change(first, own_prices=prices), agenda=AGENDA)
        assert answer.state == "written" and answer.row and answer.row["own_prices"] == prices
        bench.forget()
        later = in_order([own(one, "93.5", "7"), own(three, "5")])
        (answer,) = write(crm, change(first, own_prices=later), agenda=AGENDA)
        assert answer.row and answer.row["own_prices"] == later == row_of(crm, first, AGENDA)["own_prices"]
        sent = [method for method in bench.sent() if method.startswith(("Save", "Delete"))]
        assert sent == ["SaveIndividualDiscount", "DeleteIndividualDiscount"]
        bench.forget()
        (answer,) = write(crm, change(first, own_prices=later), agenda=AGENDA)
        assert (answer.state, bench.eway.writes()) == ("written", 0)
        (gone,) = write(crm, Item(uuid4().hex, "k", "delete", {}, first), agenda=AGENDA)
        assert (gone.state, gone.details, gone.row) == ("written", DELETED, None)
        assert [item["ItemGUID"] for item in bench.eway.records("IndividualDiscounts")] == [strange]
        assert {item["ItemGUID"] for item in bench.eway.records("Companies")} == {first, second}

    def test_a_second_row_of_a_product_is_taken_away(self, bench: Bench) -> None:
        (company,) = bench.companies(1)
        one, *_ = goods(bench)
        for price in (4, 5):
            row = {"Companies_CompanyGuid": company, "Goods_GoodGuid": one, "UnitPrice": price}
            bench.eway.create("IndividualDiscounts", **row)
        (answer,) = write(assumed(bench), change(company, own_prices=[own(one, "4")]), agenda=AGENDA)
        assert answer.row and answer.row["own_prices"] == [own(one, "4")]

    def test_a_save_that_was_not_answered_is_a_doubt_and_repeated_makes_no_second(self, bench: Bench) -> None:
        (company, other), (one, two, _) = bench.companies(2), goods(bench)
        crm = assumed(bench)
        bench.fault("cut_after", match="SaveIndividualDiscount", skip=1)
        items = [change(company, own_prices=[own(one, "4"), own(two, "5")]), change(other, own_prices=[own(one, "4")])]
        assert states(write(crm, *items, agenda=AGENDA)) == ["doubt", "retry"]
        assert states(write(crm, *items, agenda=AGENDA)) == ["written", "written"]
        assert len(bench.eway.records("IndividualDiscounts")) == 3

    def test_a_refusal_is_of_its_record_alone(self, bench: Bench) -> None:
        (company, other), (one, *_) = bench.companies(2), goods(bench)
        crm = assumed(bench)
        items = [change(uuid4().hex, own_prices=None), change(company, own_prices=[own(str(uuid4()), "4")]),
                 change(other, own_prices=[own(one, "4")])]  # fmt: skip
        answers = write(crm, *items, agenda=AGENDA)
        assert states(answers) == ["refused", "refused", "written"]
        assert answers[0].details["gone"] is True

    def test_a_service_without_these_methods_stops_the_agenda(self, bench: Bench) -> None:
        crm = bench.open(agenda=AGENDA, extra=ASSUMED)
        with pytest.raises(StopAgenda, match="SaveSalePrice"):
            write(crm, new(code="VIP"), agenda=AGENDA)


class TestField:
    def test_the_text_lies_in_the_company_and_comes_and_goes_with_it(self, bench: Bench) -> None:
        first, second = bench.companies(2, Note="ich")
        crm = bench.open(agenda=AGENDA, fields=LISTING)
        assert crm.closed(AGENDA, {"client": first, "list_currency": "USD"}) is None
        assert crm.closed(AGENDA, {"client": None, "code": "VIP"})
        assert crm.look_up(AGENDA, [Lookup(key={"client": first})]) == [[]]
        (made,) = write(crm, new(client=first, price_listing="K1: 5 EUR\nK2: -7 %"), agenda=AGENDA)
        assert made.state == "written" and made.row
        assert (made.row["_id"], made.row["client"]) == (first, first)
        item = bench.record(first)
        assert (item["AdditionalFields"]["af_24"], item["Note"]) == ("K1: 5 EUR\nK2: -7 %", "ich")
        assert {row["_id"] for row in rows(crm, AGENDA)} == crm.ids(AGENDA) >= {first}
        assert second not in crm.ids(AGENDA)
        (changed,) = write(crm, change(first, price_listing="K1: 6 EUR"), agenda=AGENDA)
        assert changed.row == row_of(crm, first, AGENDA)
        assert changed.row and changed.row["price_listing"] == "K1: 6 EUR"
        (gone,) = write(crm, Item(uuid4().hex, "k", "delete", {}, first), agenda=AGENDA)
        assert (gone.state, gone.details) == ("written", DELETED)
        assert (bench.record(first)["AdditionalFields"]["af_24"], bench.record(first)["Note"]) == (None, "ich")
        assert first not in crm.ids(AGENDA)
        assert row_of(crm, first, AGENDA)["price_listing"] is None, "its company is there, for a text in another field"

    def test_a_field_that_is_not_there_stops_the_agenda(self, bench: Bench) -> None:
        with pytest.raises(StopAgenda, match="af_99"):
            bench.open(agenda=AGENDA, fields={"price_listing": "af_99"}).describe(AGENDA)

    def test_its_own_prices_have_no_method_besides(self, bench: Bench) -> None:
        crm = bench.open(agenda=AGENDA, fields=LISTING)
        assert "own_prices" not in crm.writable(AGENDA)
        assert "own_prices" in assumed(bench).writable(AGENDA)


def test_what_can_be_read_is_described(bench: Bench) -> None:
    levels = {"code": "text", "discount": "number", "name": "text"}
    assert bench.open(agenda=AGENDA).describe(AGENDA) == levels
    field = bench.open(agenda=AGENDA, fields=LISTING).describe(AGENDA)
    assert field == {**levels, "client": "ref", "price_listing": "text"}
