"""The vendor's sales day: offered and ordered in Gram, invoiced, issued and paid in POHODA, seen whole in Gram."""

from decimal import Decimal
from pathlib import Path

import pytest

from pohoda_bridge.side import Row
from pohoda_sandbox import act, act_documents
from tests.trade.selling import CODE, ICO, make_card, make_client, make_order, make_quote, today
from tests.trade.world import World, outcomes, wrote

TABLES = ("AD", "NAB", "OBJ", "FA", "Uhrady", "SKz")
ENTITIES = ("Client", "Quote", "Order", "Invoice", "Payment", "Product")


def counts(world: World) -> tuple[list[int], list[int]]:
    """How many records both sides have, by table and by entity."""
    return (
        [world.row(f"SELECT COUNT(*) AS n FROM {table}")["n"] for table in TABLES],
        [len(world.records(entity)) for entity in ENTITIES],
    )


def totals(record: Row) -> tuple[float, float, float]:
    return record["TotalNet"], record["TotalVat"], record["TotalGross"]


def paid(record: Row) -> tuple[float, float, str]:
    return record["PaidAmount"], record["RemainingAmount"], record["Status"]


@pytest.mark.parametrize("read", ["sql", "xml"])
def test_a_sales_day(read: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with World.open(tmp_path, monkeypatch, size=20, read=read, entered=False) as world:
        gram, pohoda = world.sandbox.gram, world.sandbox.pohoda
        make_card(world)
        world.round()
        client = make_client(world)
        quote = make_quote(world, client)
        order = make_order(world, client, quote)
        before = counts(world)

        # The morning's work goes to POHODA.
        made = outcomes([world.round()])
        assert not made.keys() - {"created", "updated", "unchanged", "left_out"}
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
        gram.edit("Client", client, Phone="041 222 22 22")
        act.edit(pohoda, ICO, ["Ulice=Krátka 2"])
        gram.edit("Quote", quote, Note="Zákazník chce dodať do piatku.")
        evening = world.round()

        # The offer exists in POHODA, which takes no change of it.
        [refused] = [line for line in world.plans["offers", "to_pohoda"] if line["outcome"] == "cannot_write"]
        assert (refused["_id"], refused["changes"]) == (quote, {"note": [None, "Zákazník chce dodať do piatku."]})
        assert evening["offers", "to_pohoda"]["cannot_write"] == 1
        assert world.record("Quote", Id=quote)["Note"] == "Zákazník chce dodať do piatku."
        assert world.row("SELECT Pozn FROM NAB WHERE ID = ?", offered["ID"])["Pozn"] is None

        # The customer is whole on both sides.
        partner = world.row("SELECT * FROM AD WHERE ICO = ?", ICO)
        card = world.record("Client", Id=client)
        assert (partner["Tel"], partner["Ulice"]) == ("041 222 22 22", "Krátka 2")
        assert (card["Phone"], card["Street"]) == ("041 222 22 22", "Krátka 2")

        # The salesperson sees what became of the order.
        asked_for = world.record("Invoice", Type="Advance", Client=client)
        assert (asked_for["Number"], asked_for["Order"]) == (asked, order)
        assert (totals(asked_for), paid(asked_for)) == ((200, 0, 200), (200, 0, "Paid"))
        invoice = world.record("Invoice", Type="Invoice", Client=client)
        assert (invoice["Number"], invoice["Order"], invoice["IssueDate"]) == (billed, order, today(world))
        assert (totals(invoice), paid(invoice)) == ((350, 80.5, 430.5), (330.5, 100, "PartPaid"))
        product = world.record("Product", Code=CODE)
        items = [(one["Kind"], one["Product"], one["Quantity"], one["TotalGross"]) for one in invoice["Items"]]
        assert items == [
            ("Product", product["Id"], 3, 332.1), ("Text", None, 2, 98.4), ("Advance", None, 1, -200)
        ]  # fmt: skip
        assert invoice["Items"][2]["Code"] == asked
        done = world.record("Order", Client=client)
        assert (done["Id"], done["Status"], done["Quote"], done["Number"]) == (order, "Done", quote, number)
        assert [one["Amount"] for one in world.records("Payment", Invoice=invoice["Id"])] == [130.5]
        assert [one["Amount"] for one in world.records("Payment", Invoice=asked_for["Id"])] == [200]
        assert product["StockTotal"] == 7
        assert [one["OnHand"] for one in world.records("StockLevel", Product=product["Id"])] == [7]

        # The rest is paid; both sides come to rest, and nothing was made twice.
        act.payment(pohoda, billed)
        world.round()
        assert paid(world.record("Invoice", Id=invoice["Id"])) == (430.5, 0, "Paid")
        amounts = sorted(one["Amount"] for one in world.records("Payment", Invoice=invoice["Id"]))
        assert amounts == [100, 130.5]
        after = counts(world)
        assert [now - was for now, was in zip(after[0], before[0], strict=True)] == [1, 1, 1, 2, 3, 0]
        assert [now - was for now, was in zip(after[1], before[1], strict=True)] == [0, 0, 0, 2, 3, 0]
        found = world.reconciled()
        assert {flow: one.differences for flow, one in found.items() if not one.equal} == {}
        assert found["offers", "to_pohoda"].open["cannot_write"] == 1
        assert all(line.equal for one in found.values() for line in one.sums)
        written = world.writes()
        assert wrote(world.round("full")) == 0
        assert world.writes() == written
