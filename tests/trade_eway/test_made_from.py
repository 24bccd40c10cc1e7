"""What carts are made from are relations between them: those of POHODA's documents, and those that people make."""

from typing import Any

from tests.trade_eway.world import World, wrote

LINES: list[dict[str, Any]] = [{"FileAs": "Montáž", "Quantity": 2, "ListPrice": 40, "VatRate": 21, "Rank": 1}]


def related(cart: dict[str, Any]) -> set[str]:
    return {one["ForeignItemGUID"] for one in cart["Relations"] if one["RelationType"] == "GENERAL"}


def test_invoices_lead_to_the_orders_that_they_were_made_from(world: World) -> None:
    links = world.rows(
        "SELECT i.Cislo AS invoice, o.Cislo AS placed FROM Vazby v JOIN FA i ON i.ID = v.RefID1 "
        "JOIN OBJ o ON o.ID = v.RefID2 WHERE v.RelAgID1 = 2 AND v.RelAgID2 = 11 AND i.RelTpFak = 1"
    )
    carts = {cart["FileAs"]: cart for cart in world.sandbox.eway.records("Carts")}
    assert links
    assert all(carts[link["placed"]]["ItemGUID"] in related(carts[link["invoice"]]) for link in links)


def test_an_order_that_a_person_relates_becomes_the_source_of_the_invoice(world: World) -> None:
    """The person's relation stays the only one."""
    eway = world.sandbox.eway
    customer = str(next(cart["Companies_CustomerGuid"] for cart in eway.records("Carts")))
    order = world.cart("ReceivedOrder", "InProcess", customer, GoodsInCart=LINES)
    assert world.sync("received_orders", "to_pohoda")["created"] == 1
    invoice = world.cart("IssuedInvoice", "ToBeInvoiced", customer, GoodsInCart=LINES)
    eway.link(("Carts", order), "GENERAL", ("Carts", invoice))
    assert world.sync("issued_invoices", "to_pohoda")["created"] == 1
    world.round()
    numbers = [world.item("Carts", ItemGUID=guid)["FileAs"] for guid in (order, invoice)]
    (placed,) = world.rows("SELECT ID FROM OBJ WHERE Cislo = ?", numbers[0])
    (made,) = world.rows("SELECT ID FROM FA WHERE Cislo = ?", numbers[1])
    (link,) = world.rows("SELECT * FROM Vazby WHERE RefID1 = ? AND RelAgID1 = 2", made["ID"])
    assert (link["RelAgID2"], link["RefID2"]) == (11, placed["ID"])
    there = [one for one in world.item("Carts", ItemGUID=invoice)["Relations"] if one["RelationType"] == "GENERAL"]
    assert [one["ForeignItemGUID"] for one in there] == [order]
    assert wrote(world.round("full")) == 0
