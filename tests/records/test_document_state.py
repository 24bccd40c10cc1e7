"""How far a document has come, and what it was made from."""

from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.records.links import relinked
from tests.records.documents import derived, restored

D = Decimal


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({}, "sent"),
        ({"executed": True}, "rejected"),
        ({"executed": True, "transferred": True}, "accepted"),
        ({"lines": [{"quantity": D(2), "transferred": D(1)}]}, "accepted"),
    ],
)
def test_offers(row: dict[str, Any], status: str) -> None:
    assert derived("offers", row, "SK")["status"] == status


@pytest.mark.parametrize("agenda", ["received_orders", "issued_orders"])
@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({}, "new"),
        ({"lines": [{"quantity": D(2), "delivered": D(0)}]}, "new"),
        ({"lines": [{"quantity": D(2), "delivered": D(1)}]}, "in_progress"),
        ({"delivered": True}, "done"),
        ({"executed": True}, "done"),
        ({"executed": True, "cancelled_on": "2026-01-02"}, "cancelled"),
    ],
)
def test_orders(agenda: str, row: dict[str, Any], status: str) -> None:
    assert derived(agenda, row, "SK")["status"] == status


@pytest.mark.parametrize(
    ("total", "balance", "wanted"),
    [
        ("100", "100", ("issued", 0, 100)),
        ("100", "40", ("part_paid", 60, 40)),
        ("100", "0", ("paid", 100, 0)),
        ("100", "-5", ("paid", 105, -5)),
        ("-100", "-100", ("issued", 0, -100)),
        ("-100", "-30", ("part_paid", -70, -30)),
        ("0", "0", ("paid", 0, 0)),
    ],
)
def test_invoices(total: str, balance: str, wanted: tuple[str, int, int]) -> None:
    home = {"total": D(total), "balance": D(balance), "storno": "none"}
    # What is left of a foreign invoice at home is only a difference of rates.
    abroad = {"currency": "CZK", "foreign_total": D(total), "foreign_balance": D(balance), "balance": D(1)}
    for agenda in ("issued_invoices", "received_invoices"):
        for row in (home, abroad):
            made = derived(agenda, row, "SK")
            assert (made["status"], made["paid_amount"], made["remaining_amount"]) == wanted
        assert derived(agenda, home | {"storno": "part"}, "SK")["status"] == "cancelled"


def test_an_invoice_refers_to_its_order_and_offer_in_its_own_year() -> None:
    sources = [
        {"agenda": "received_orders", "record": 9, "number": "PO9"},
        {"agenda": "received_orders", "record": 4, "number": "PO4"},
        {"agenda": "offers", "record": 2, "number": "NA2"},
        {"agenda": "issued_invoices", "record": 3, "number": "Z3"},
        {"agenda": "bank", "record": 1},
    ]
    row = derived("issued_invoices", {"kind": "invoice", "sources": sources}, "SK")
    assert (row["order"], row["linked_order"]) == ("2026/OBJ/4", "PO4")
    assert (row["offer"], row["offer_number"]) == ("2026/NAB/2", "NA2")
    assert (row["corrected"], row["corrected_kind"], row["corrected_number"]) == (None, None, None)
    note = derived("issued_invoices", {"kind": "credit_note", "sources": sources}, "SK")
    assert (note["corrected"], note["corrected_kind"], note["corrected_number"]) == ("2026/FA/3", "invoice", "Z3")
    assert derived("issued_invoices", {"kind": "invoice"}, "SK")["order"] is None


def test_references_become_the_links_that_pohoda_allows() -> None:
    def sources(agenda: str, **wanted: Any) -> Any:
        return restored(agenda, wanted, "SK").get("sources")

    order = {"agenda": "received_orders", "record": 4}
    assert sources("issued_invoices", kind="invoice", order="2026/OBJ/4") == [order]
    assert sources("issued_invoices", kind="advance", order="2026/OBJ/4", corrected=None) == [order]
    assert sources("issued_invoices", kind="credit_note", order="2026/OBJ/4") is None
    assert sources("issued_invoices", kind="invoice", order=None) is None
    assert sources("issued_invoices", kind="invoice", order="2025/OBJ/4") is None
    assert sources("issued_invoices", kind="invoice", order="2025/OBJ/4", linked_order="PO4") == [
        {"agenda": "received_orders", "number": "PO4"}
    ]
    assert sources("received_orders", offer="2026/NAB/7") == [{"agenda": "offers", "record": 7}]
    invoice = {"agenda": "issued_invoices", "record": 3}
    assert sources("issued_invoices", kind="credit_note", corrected="2026/FA/3", order=None) == [invoice]
    assert sources("issued_invoices", kind="debit_note", corrected="2026/FA/3") is None


def test_what_else_a_document_is_linked_to_stays() -> None:
    kept, old = {"agenda": "stock_issue", "record": 8}, {"agenda": "received_orders", "record": 1}
    allowed = {"received_orders": ("invoice",)}
    made = relinked([kept, old], ["received_orders"], ("2026/OBJ/2", None), kind="invoice", allowed=allowed, year=2026)
    assert made == [kept, {"agenda": "received_orders", "record": 2}]
    assert relinked([old], ["received_orders"], (None, None), kind="invoice", allowed=allowed, year=2026) is None
