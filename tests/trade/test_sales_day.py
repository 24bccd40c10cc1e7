"""The vendor's sales day: offered and ordered in the CRM, invoiced, issued and paid in POHODA, seen whole in the CRM.

The same day with each CRM: only the link's file differs, and what a CRM is said to lack in desks.yaml.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from pohoda_sandbox import act, act_documents
from tests.trade.selling import CODE, ICO, make_card, make_client, make_offer, make_order, today
from tests.trade.world import LINKS, World, outcomes, wrote

TABLES = ("AD", "NAB", "OBJ", "FA", "Uhrady", "SKz")
KINDS = ("client", "offer", "order", "invoice", "payment", "product")


def counts(world: World) -> tuple[list[int], list[int]]:
    """How many records both sides have, by table and by kind."""
    return (
        [world.row(f"SELECT COUNT(*) AS n FROM {table}")["n"] for table in TABLES],
        [len(world.desk.records(kind)) for kind in KINDS],
    )


@pytest.mark.parametrize("read", ["sql", "xml"])
@pytest.mark.parametrize("link", LINKS)
def test_a_sales_day(link: str, read: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.open(tmp_path, monkeypatch, link, size=3, read=read, entered=False) as world:
        desk, pohoda = world.desk, world.pohoda
        make_card(world)
        world.round()
        client = make_client(world)
        offer = make_offer(world, client)
        order = make_order(world, client, offer)
        before = counts(world)

        # The morning's work goes to POHODA.
        morning = world.round()
        good = {"created", "updated", "unchanged", "left_out"}
        prices = morning.pop(("price_lists", "to_crm")).keys()
        assert prices <= (good if desk.has("price_list") else good | {"cannot_write"})
        made = outcomes([morning])
        assert not made.keys() - good
        partner = world.row("SELECT * FROM AD WHERE ICO = ?", ICO)
        offered = world.row("SELECT * FROM NAB WHERE RefAD = ?", partner["ID"])
        ordered = world.row("SELECT * FROM OBJ WHERE RefAD = ?", partner["ID"])
        for table, document in (("NABpol", offered), ("OBJpol", ordered)):
            assert (document["KcCelkem"], document["Kc2"], document["KcDPH2"]) == (430.5, 350, 80.5)
            lines = world.rows(f"SELECT * FROM {table} WHERE RefAg = ? ORDER BY OrderFld", document["ID"])
            card = world.row("SELECT ID FROM SKz WHERE IDS = ?", CODE)["ID"]
            told = [(one["RefSKz"] or None, one["Mnozstvi"], one["KcJedn"], one["Sleva"], one["Kc"]) for one in lines]
            assert told == [(card, 3, 100, 10, 270), (None, 2, 40, 0, 80)]

        # People go on on both sides: POHODA invoices, issues and books money, while fields change.
        number = str(ordered["Cislo"])
        act_documents.advance(pohoda, number, Decimal(200))
        asked = str(world.row("SELECT Cislo FROM FA WHERE RelTpFak = 4 AND RefAD = ?", partner["ID"])["Cislo"])
        act.payment(pohoda, asked)
        act_documents.invoice(pohoda, number, [asked])
        billed = str(world.row("SELECT Cislo FROM FA WHERE RelTpFak = 1 AND RefAD = ?", partner["ID"])["Cislo"])
        act.payment(pohoda, billed, Decimal("130.50"))
        desk.edit("client", client, phone="041 222 22 22")
        act.edit(pohoda, ICO, ["Ulice=Krátka 2"])
        desk.edit("offer", offer, note="Zákazník chce dodať do piatku.")
        evening = world.round()

        # The offer exists in POHODA, which takes no change of it.
        [refused] = [line for line in world.plans["offers", "to_pohoda"] if line["outcome"] == "cannot_write"]
        assert (refused["_id"], refused["changes"]) == (offer, {"note": [None, "Zákazník chce dodať do piatku."]})
        assert evening["offers", "to_pohoda"]["cannot_write"] == 1
        assert desk.record("offer", id=offer)["note"] == "Zákazník chce dodať do piatku."
        assert world.row("SELECT Pozn FROM NAB WHERE ID = ?", offered["ID"])["Pozn"] is None

        # The customer is whole on both sides.
        partner = world.row("SELECT * FROM AD WHERE ICO = ?", ICO)
        assert (partner["Tel"], partner["Ulice"]) == ("041 222 22 22", "Krátka 2")
        assert desk.record("client", id=client, phone="041 222 22 22", street="Krátka 2")

        # The salesperson sees what became of the order.
        money = {"net": 200, "vat": 0, "gross": 200, "paid": 200, "rest": 0}
        asked_for = desk.record("invoice", type="advance", client=client, number=asked, order=order)
        assert asked_for.items() >= desk.shown("invoice", **money, status="paid").items()
        money = {"net": 350, "vat": 80.5, "gross": 430.5, "paid": 330.5, "rest": 100}
        invoice = desk.record("invoice", type="invoice", client=client, number=billed, order=order)
        assert invoice.items() >= desk.shown("invoice", **money, status="part_paid", issued_on=today(world)).items()
        product = desk.record("product", code=CODE)
        table, work, less = invoice["items"]
        told = {"kind": "product", "product": product["id"], "quantity": 3, "gross": 332.1}
        assert table.items() >= desk.shown("line", **told).items()
        assert work.items() >= desk.shown("line", kind="text", product=None, quantity=2, gross=98.4).items()
        told = {"kind": "advance", "product": None, "quantity": 1, "gross": -200, "code": asked}
        assert less.items() >= desk.shown("line", **told).items()
        assert desk.record("order", client=client, id=order, status="done", offer=offer, number=number)
        assert [one["amount"] for one in desk.records("payment", invoice=invoice["id"])] == [130.5]
        assert [one["amount"] for one in desk.records("payment", invoice=asked_for["id"])] == [200]
        assert product["stock"] == 7
        if desk.has("stock_level"):
            assert [one["stock"] for one in desk.records("stock_level", product=product["id"])] == [7]

        # The rest is paid; both sides come to rest, and nothing was made twice.
        act.payment(pohoda, billed)
        world.round()
        assert desk.record("invoice", id=invoice["id"], paid=430.5, rest=0, status="paid")
        amounts = sorted(one["amount"] for one in desk.records("payment", invoice=invoice["id"]))
        assert amounts == [100, 130.5]
        after = counts(world)
        assert [now - was for now, was in zip(after[0], before[0], strict=True)] == [1, 1, 1, 2, 3, 0]
        assert [now - was for now, was in zip(after[1], before[1], strict=True)] == [0, 0, 0, 2, 3, 0]
        found = world.reconciled()
        assert {flow: one.differences for flow, one in found.items() if not one.equal} == {}
        assert found["offers", "to_pohoda"].open["cannot_write"] == 1
        summed = [agenda for (agenda, _), one in found.items() if one.sums and all(line.equal for line in one.sums)]
        assert summed.count("payments") == 1 and summed.count("issued_invoices") == summed.count("received_orders") == 2
        written = world.writes()
        assert wrote(world.round("full")) == 0
        assert world.writes() == written
