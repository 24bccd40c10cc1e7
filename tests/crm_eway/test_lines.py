"""Lines of a cart go with it, keep their guids, and leave when they are wanted no more."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.crm.eway import EwayCrm
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Item, Row, Window

from .conftest import Bench, row_of, rows, states, write

AGENDA = "received_orders"
SUMS = {"total_net": Decimal(350), "total_vat": Decimal("73.5"), "total_gross": Decimal("423.5")}


def line(name: str, quantity: int, price: int, **more: Any) -> Row:
    discount = more.get("discount", Decimal(0))
    net = Decimal(price * quantity) * (100 - discount) / 100
    vat = net * 21 / 100
    return {"name": name, "quantity": Decimal(quantity), "unit_price": Decimal(price), "discount": discount,
            "vat_percent": Decimal(21), "net": net, "vat": vat, "gross": net + vat, **more}  # fmt: skip


TABLE, FITTING = line("Stôl", 3, 100, discount=Decimal(10)), line("Montáž", 2, 40)


def ordered(crm: EwayCrm, **values: Any) -> Row:
    item = Item(uuid4().hex, "k", "create", {"number": "1", "items": [TABLE, FITTING], **SUMS, **values})
    (answer,) = write(crm, item, agenda=AGENDA)
    assert (answer.state, answer.reasons) == ("written", ())
    assert answer.row is not None
    return answer.row


def changed(crm: EwayCrm, row: Row, **values: Any) -> Row:
    (answer,) = write(crm, Item(uuid4().hex, "k", "update", values, target_id=row["_id"]), agenda=AGENDA)
    assert (answer.state, answer.reasons) == ("written", ())
    assert answer.row is not None
    return answer.row


@pytest.fixture
def crm(bench: Bench) -> EwayCrm:
    return bench.open(agenda=AGENDA)


def guids(bench: Bench, row: Row) -> list[str]:
    return [one["ItemGUID"] for one in bench.record(row["_id"], "Carts")["GoodsInCart"]]


def test_a_cart_is_of_its_kind_and_keeps_the_order_of_its_lines(bench: Bench, crm: EwayCrm) -> None:
    row = ordered(crm)
    assert row["items"] == [TABLE, FITTING]
    cart = bench.record(row["_id"], "Carts")
    assert [one["Rank"] for one in cart["GoodsInCart"]] == [1, 2]
    assert [one["SalePrice"] for one in cart["GoodsInCart"]] == [90, 40]
    assert all(one["IncludeInCartPrice"] and not one["VatIncluded"] for one in cart["GoodsInCart"])
    assert rows(crm, AGENDA) == [row]
    assert rows(bench.open(agenda="issued_orders"), "issued_orders") == []


def test_lines_that_stay_keep_their_guids_and_one_too_many_goes(bench: Bench, crm: EwayCrm) -> None:
    row = ordered(crm, total_gross=Decimal(424))
    table, fitting = guids(bench, row)
    more = changed(crm, row, items=[FITTING, line("Doprava", 1, 50), {**TABLE, "note": "dub"}])
    assert [more["items"][place]["name"] for place in range(3)] == ["Montáž", "Doprava", "Stôl"]
    assert (guids(bench, row)[0], guids(bench, row)[2]) == (fitting, table)
    less = changed(crm, more, items=[FITTING])
    assert (less["items"], guids(bench, row)) == ([FITTING], [fitting])
    assert less["total_gross"] == Decimal(424), "the sum is POHODA's, whatever the lines that went did to it"
    assert len(bench.eway.records("GoodsInCart")) == 1


def test_a_save_that_is_repeated_makes_no_second_line(bench: Bench, crm: EwayCrm) -> None:
    bench.eway.refuse("rcDatabaseTimeout", "SaveCart", stored=True)
    row = ordered(crm)
    assert (len(row["items"]), len(bench.eway.records("GoodsInCart")), bench.eway.count("SaveCart")) == (2, 2, 1)


def test_a_line_that_a_person_changes_shows_its_cart_as_changed(bench: Bench, crm: EwayCrm) -> None:
    row = ordered(crm)
    reading = crm.read(AGENDA, Window())
    list(reading.parts)
    bench.eway.edit("GoodsInCart", guids(bench, row)[1], Quantity=4)
    (seen,) = rows(crm, AGENDA, Window(since=reading.now))
    assert (seen["_id"], seen["items"][1]["quantity"]) == (row["_id"], 4)
    item = Item(uuid4().hex, "k", "update", {"note": "n"}, target_id=row["_id"])
    bench.eway.edit("GoodsInCart", guids(bench, row)[0], Quantity=5)
    (answer,) = write(crm, item, agenda=AGENDA)
    assert (answer.state, answer.details.get("moved")) == ("refused", True)


def test_a_kind_that_its_list_lacks_stops_before_anything_is_written(bench: Bench) -> None:
    (kind,) = [one for one in bench.eway.records("EnumValues") if one["FileAs"] == "ReceivedOrder"]
    bench.eway.edit("EnumValues", kind["ItemGUID"], FileAs="x", En="x", Cs="x", Sk="x")
    with pytest.raises(StopAgenda, match=r"Carts has no 'ReceivedOrder' in its list of TypeEn"):
        bench.open(agenda=AGENDA).describe(AGENDA)


def test_a_row_with_a_value_of_no_place_is_refused(bench: Bench, crm: EwayCrm) -> None:
    item = Item(uuid4().hex, "k", "create", {"items": [TABLE, {**FITTING, "quantity": "x"}]})
    (answer,) = write(crm, item, agenda=AGENDA)
    assert (states([answer]), answer.reasons) == (["refused"], ("items[2].quantity: is no number",))
    assert bench.eway.records("Carts") == []


def test_a_line_that_is_only_offered_beside_is_no_line_of_the_document_and_stays(bench: Bench, crm: EwayCrm) -> None:
    row = ordered(crm)
    _, fitting = guids(bench, row)
    bench.eway.edit("GoodsInCart", fitting, IncludeInCartPrice=False)
    shown = row_of(crm, row["_id"], AGENDA)
    assert shown["items"] == [TABLE]
    more = changed(crm, shown, items=[TABLE, line("Doprava", 1, 50)])
    assert [one["name"] for one in more["items"]] == ["Stôl", "Doprava"]
    assert fitting in guids(bench, row) and len(guids(bench, row)) == 3
    for guid in guids(bench, row):
        bench.eway.edit("GoodsInCart", guid, IncludeInCartPrice=False)
    shown = row_of(crm, row["_id"], AGENDA)
    assert len(shown["items"]) == 3, "where no line counts, the mark tells nothing"


def test_a_price_with_vat_is_not_taken_for_one_without(bench: Bench, crm: EwayCrm) -> None:
    row = ordered(crm)
    bench.eway.edit("GoodsInCart", guids(bench, row)[1], VatIncluded=True, ListPrice=48.4, PriceTotalExcludingVat=80)
    shown = row_of(crm, row["_id"], AGENDA)
    assert shown["items"] == [TABLE, {name: value for name, value in FITTING.items() if name != "unit_price"}]
    again = changed(crm, shown, items=[TABLE, FITTING])
    assert again["items"] == [TABLE, FITTING]
    assert not any(one["VatIncluded"] for one in bench.record(row["_id"], "Carts")["GoodsInCart"])


def test_a_products_price_goes_without_vat_whatever_it_was_before(bench: Bench) -> None:
    guid = bench.eway.create("Goods", Code="K1", FileAs="Stôl", SalePrice=121, VatIncluded=True)
    crm = bench.open(agenda="products")
    for values, included in (({"note": "n"}, True), ({"price_net": Decimal(100)}, False)):
        assert states(write(crm, Item(uuid4().hex, "k", "update", values, target_id=guid), agenda="products")) == [
            "written"
        ]
        assert bench.record(guid, "Goods")["VatIncluded"] is included


def test_lines_have_the_currency_of_their_cart(bench: Bench, crm: EwayCrm) -> None:
    row = ordered(crm, document_currency="EUR")
    cart = bench.record(row["_id"], "Carts")
    assert {one["SaleCurrencyEn"] for one in cart["GoodsInCart"]} == {cart["CurrencyEn"]} != {None}
    more = changed(crm, row, items=[FITTING])
    cart = bench.record(more["_id"], "Carts")
    assert [one["SaleCurrencyEn"] for one in cart["GoodsInCart"]] == [cart["CurrencyEn"]]


def test_a_line_in_another_currency_than_its_cart_is_read_in_that_of_the_cart(bench: Bench, crm: EwayCrm) -> None:
    row = ordered(crm, document_currency="EUR")
    values = bench.eway.records("EnumValues")
    krone = next(one["ItemGUID"] for one in values if (one["EnumTypeName"], one["FileAs"]) == ("Currency", "CZK"))
    euros = {"ListPrice": 40, "PriceTotalExcludingVat": 80, "VatTotal": 16.8, "PriceTotal": 96.8}
    krones = {name: 25 * amount for name, amount in euros.items()}
    ours = {f"{name}ParentCurrency": amount for name, amount in euros.items()}
    bench.eway.edit("GoodsInCart", guids(bench, row)[1], SaleCurrencyEn=krone, **krones, **ours)
    assert row_of(crm, row["_id"], AGENDA)["items"] == [TABLE, FITTING]
