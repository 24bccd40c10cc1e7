"""Documents between POHODA and Gram: what sales people make goes to POHODA, is numbered there and comes back."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.both import Both
from tests.faults.judging import quickly

JUDGED = True
WAYS: dict[str, Any] = {"to_pohoda": {}, "to_crm": {}}
AGENDAS = {"offers": WAYS, "received_orders": WAYS, "issued_invoices": WAYS, "issued_orders": {"to_pohoda": {}}}
ITEMS = [
    {"Kind": "Text", "Name": "Práca", "Quantity": 3, "Unit": "hod", "UnitPrice": 20.5, "VatPercent": 23},
    {"Kind": "Text", "Name": "Kniha", "Quantity": 2, "UnitPrice": 9.99, "DiscountPercent": 10, "VatPercent": 5},
]
# 61.50 + 14.15 (61.5 * 0.23 = 14.145), 17.98 (19.98 - 10 %) + 0.90
TOTALS = {"TotalNet": 79.48, "TotalVat": 15.05, "TotalGross": 94.53}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with pytest.MonkeyPatch.context() as patch:
        quickly(patch, None)
        with Both.open("gram", tmp_path_factory.mktemp("documents"), patch, agendas=AGENDAS) as opened:
            opened.company(Firma="Alfa, s.r.o.", ICO="46123458", Obec="Nitra")
            assert opened.sync("clients") == {"created": 1}
            yield opened


def made(both: Both, entity: str, **wire: Any) -> str:
    """A person makes a document in Gram; its id."""
    (client,) = both.crm.records("Client")
    given = {"IssueDate": "2026-03-05", "Currency": "EUR", "Items": ITEMS, **wire}
    return str(both.crm.create(entity, Client=client["Id"], **given))


def row(both: Both, table: str) -> dict[str, Any]:
    """The newest document of POHODA's table."""
    return both.cards(table)[-1]


def shown(both: Both, entity: str, identity: str) -> dict[str, Any]:
    (found,) = [record for record in both.crm.records(entity) if record["Id"] == identity]
    return dict(found)


def test_offer_order_invoice_and_credit_note_of_gram_are_made_in_pohoda_and_come_back(both: Both) -> None:
    quote = made(both, "Quote", Status="Accepted", Text="Ponuka")
    order = made(both, "Order", Quote=quote, OrderNumber="OBJ-7")
    for agenda in ("offers", "received_orders"):
        assert both.sync(agenda, "to_pohoda") == {"created": 1}
    placed = row(both, "OBJ")
    assert (placed["Firma"], placed["PDoklad"], Decimal(str(placed["KcCelkem"]))) == (
        "Alfa, s.r.o.", "OBJ-7", Decimal("94.53"),
    )  # fmt: skip

    invoice = made(both, "Invoice", Type="Invoice", Order=order)
    assert both.sync("issued_invoices", "to_pohoda") == {"created": 1}
    bill = row(both, "FA")
    (link,) = both.pohoda.rows("SELECT * FROM Vazby WHERE RefID1 = ? AND RelAgID1 = 2", bill["ID"])
    assert (link["RelAgID2"], link["RefID2"]) == (11, placed["ID"])
    note = made(both, "Invoice", Type="CreditNote", Items=[{**ITEMS[0], "Quantity": -1}], CorrectedInvoice=invoice)
    assert both.sync("issued_invoices", "to_pohoda") == {"created": 1, "unchanged": 1}
    back = row(both, "FA")
    assert (back["PDoklad"], Decimal(str(back["KcCelkem"]))) == (bill["Cislo"], Decimal("-25.22"))

    for agenda, number in (("offers", 1), ("received_orders", 1), ("issued_invoices", 2)):
        assert both.sync(agenda) == {"updated": number}
        assert both.sync(agenda)["updated"] == 0
        assert both.sync(agenda, "to_pohoda") == {"unchanged": number}
    for entity, identity, numbered in (("Order", order, placed), ("Invoice", invoice, bill), ("Invoice", note, back)):
        assert shown(both, entity, identity)["Number"] == numbered["Cislo"]
    kept = shown(both, "Quote", quote)
    assert (kept["Status"], kept["KeepTotals"]) == ("Accepted", True)
    assert {name: kept[name] for name in TOTALS} == TOTALS
    assert shown(both, "Order", order)["Quote"] == quote
    assert shown(both, "Invoice", note)["CorrectedInvoice"] == invoice
    assert shown(both, "Invoice", invoice)["BillingAddress"]["City"] == "Nitra"


def test_an_order_to_a_supplier_keeps_the_number_that_it_has_in_gram(both: Both) -> None:
    order = made(both, "PurchaseOrder")
    number = shown(both, "PurchaseOrder", order)["Number"]
    assert both.sync("issued_orders", "to_pohoda") == {"created": 1}
    assert row(both, "OBJ")["RelTpObj"] == 2
    assert shown(both, "PurchaseOrder", order)["Number"] == number


def test_a_document_whose_sums_are_not_those_of_its_items_is_not_made(both: Both) -> None:
    before = len(both.cards("NAB"))
    kept = {**TOTALS, "TotalGross": 94.54, "KeepTotals": True}
    quote = made(both, "Quote", **kept)
    assert both.sync("offers", "to_pohoda")["quarantined"] == 1
    assert len(both.cards("NAB")) == before
    both.crm.edit("Quote", quote, TotalGross=94.53)
    assert both.sync("offers", "to_pohoda")["created"] == 1


def test_what_pohoda_says_of_payments_and_cancellation_is_shown_in_gram(both: Both) -> None:
    invoice = made(both, "Invoice", Type="Invoice")
    assert both.sync("issued_invoices", "to_pohoda")["created"] == 1
    both.sync("issued_invoices")
    assert (shown(both, "Invoice", invoice)["Status"], shown(both, "Invoice", invoice)["RemainingAmount"]) == (
        "Issued", 94.53,
    )  # fmt: skip
    for left, status in ((50, "PartPaid"), (0, "Paid")):
        both.pohoda.edit("FA", row(both, "FA")["ID"], KcLikv=left)
        assert both.sync("issued_invoices")["updated"] == 1
        assert shown(both, "Invoice", invoice)["Status"] == status
    assert Decimal(str(shown(both, "Invoice", invoice)["PaidAmount"])) == Decimal("94.53")


def test_a_document_without_a_partner_of_the_address_book_is_refused_with_the_reason(both: Both) -> None:
    both.pohoda.insert("NAB", RelTpNab=2, Cislo="26NA900", Datum="2026-04-01", Firma="Niekto")
    assert both.sync("offers")["quarantined"] == 1
    with both.job("offers") as job, job.ledger.transaction() as ledger:
        (told,) = ledger.exec_driver_sql("SELECT reasons FROM quarantine WHERE direction = 'to_crm'").scalars()
    assert "no partner in the address book" in told
