"""What people enter in eWay-CRM goes to POHODA and comes back with POHODA's number; later edits go nowhere silently."""

from decimal import Decimal
from typing import Any

import pytest

from tests.trade_eway.world import World, wrote

LINES: list[dict[str, Any]] = [
    {"FileAs": "Stůl dubový", "Quantity": 3, "ListPrice": 100, "Discount": 10, "VatRate": 21, "Rank": 1},
    {"FileAs": "Montáž", "Quantity": 2, "ListPrice": 40, "VatRate": 21, "Rank": 2},
]
"""3 x 100 less 10 % are 270.00, with 56.70 of VAT; 2 x 40 are 80.00, with 16.80: 350.00 + 73.50 = 423.50."""


@pytest.fixture
def customer(world: World) -> str:
    """One that is bound to a card of POHODA."""
    return str(next(cart["Companies_CustomerGuid"] for cart in world.sandbox.eway.records("Carts")))


def test_an_invoice_to_be_invoiced_becomes_one_of_pohoda_and_gets_its_number(world: World, customer: str) -> None:
    goods = next(item for item in world.sandbox.eway.records("Goods") if item["Code"])
    lines = [{**LINES[0], "Code": goods["Code"], "Goods_GoodsInfoGuid": goods["ItemGUID"]}, LINES[1]]
    guid = world.cart("IssuedInvoice", "ToBeInvoiced", customer, GoodsInCart=lines)
    draft = world.cart("IssuedInvoice", "Draft", customer, GoodsInCart=lines)
    before = {row["Cislo"] for row in world.rows("SELECT Cislo FROM FA")}
    assert world.sync("issued_invoices", "to_pohoda")["created"] == 1
    (made,) = [row for row in world.rows("SELECT * FROM FA") if row["Cislo"] not in before]
    assert Decimal(str(made["KcCelkem"])) == Decimal("423.5")
    named = world.rows("SELECT Firma FROM AD WHERE ID = ?", made["RefAD"])[0]["Firma"]
    assert named == world.item("Companies", ItemGUID=customer)["CompanyName"]
    made_lines = world.rows("SELECT * FROM FApol WHERE RefAg = ? ORDER BY OrderFld", made["ID"])
    assert [Decimal(str(line["Kc"])) for line in made_lines] == [270, 80]
    assert made_lines[0]["RefSKz"]
    world.sync("issued_invoices", "to_crm")
    cart = world.item("Carts", ItemGUID=guid)
    assert (cart["FileAs"], cart["IsInvoiced"], cart["PriceTotal"]) == (made["Cislo"], True, 423.5)
    assert (len(cart["GoodsInCart"]), cart["GoodsInCart"][0]["Goods_GoodsInfoGuid"]) == (2, goods["ItemGUID"])
    assert world.item("Carts", ItemGUID=draft)["FileAs"] == "nový"
    counts = world.round()
    assert {flow for flow in counts if wrote({flow: counts[flow]})} <= {("products", "to_crm")}  # what is in stock


def test_an_order_and_an_accepted_offer_go_too_and_later_edits_are_told(world: World, customer: str) -> None:
    order = world.cart("ReceivedOrder", "InProcess", customer, GoodsInCart=LINES)
    issued = world.cart("IssuedOrder", "InProcess", customer, GoodsInCart=LINES)
    offer = world.cart("Proposal", "Processed", customer, GoodsInCart=LINES)
    world.cart("Proposal", "InProcess", customer, GoodsInCart=LINES)
    counts = world.round()
    flows = {agenda: counts[agenda, "to_pohoda"] for agenda in ("offers", "received_orders", "issued_orders")}
    assert [flows[agenda]["created"] for agenda in flows] == [1, 1, 1], flows
    numbers = {row["Cislo"] for table in ("OBJ", "NAB") for row in world.rows(f"SELECT Cislo FROM {table}")}
    assert {world.item("Carts", ItemGUID=guid)["FileAs"] for guid in (order, issued, offer)} <= numbers
    assert wrote(world.round()) == 0
    line = next(one for one in world.item("Carts", ItemGUID=order)["GoodsInCart"] if one["Rank"] == 2)
    world.sandbox.eway.edit("GoodsInCart", line["ItemGUID"], Quantity=4)
    assert world.sync("received_orders", "to_pohoda")["cannot_write"] == 1
    (plan,) = [one for one in world.plans["received_orders", "to_pohoda"] if one["outcome"] == "cannot_write"]
    assert plan["_id"] == order
    assert [row["quantity"] for row in plan["changes"]["items"][1]] == ["3", "4"]


def test_a_project_becomes_a_contract_once(world: World, customer: str) -> None:
    guid = world.sandbox.eway.create(
        "Projects", ProjectName="Kuchyně", ProjectStart="2026-03-02", ProjectEnd="2026-05-01",
        Companies_CustomerGuid=customer,
    )  # fmt: skip
    number = str(world.item("Projects", ItemGUID=guid)["HID"])
    assert world.sync("deals", "to_pohoda")["created"] == 1
    (made,) = world.rows("SELECT * FROM sZAK WHERE SText = 'Kuchyně'")
    assert made["Cislo"] == number
    assert [str(made[name])[:10] for name in ("PlZahaj", "PlPredani", "Zahajeni")] == [
        "2026-03-02", "2026-05-01", "2026-03-02"]  # fmt: skip
    world.sandbox.eway.edit("Projects", guid, ProjectName="Kuchyně a jídelna")
    assert world.sync("deals", "to_pohoda")["cannot_write"] == 1
    assert len(world.rows("SELECT * FROM sZAK WHERE Cislo = ?", number)) == 1


def test_a_document_that_a_person_deleted_is_not_made_again(world: World, customer: str) -> None:
    guid = world.cart("ReceivedOrder", "InProcess", customer, GoodsInCart=LINES)
    world.round()
    world.sandbox.eway.delete("Carts", guid)
    assert wrote(world.round("full")) == 0
    assert [item for item in world.sandbox.eway.records("GoodsInCart") if item["Carts_GoodsInCartGuid"] == guid] == []
