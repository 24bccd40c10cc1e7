"""What imported documents do to stock: goods are issued, received, ordered, reserved, or too few."""

from pathlib import Path

import pytest

from tests.sandbox.pohoda_desk import XSD, Desk, stored
from tests.sandbox.pohoda_documents import (
    add_card,
    card,
    company,
    invoice,
    line,
    lines_of,
    link,
    number_of,
    order,
    refused,
    send,
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return company(tmp_path, official=bool(XSD))


def test_a_shortage_leaves_nothing_on_the_line_or_refuses_the_document(desk: Desk) -> None:
    id = add_card(desk.pohoda, "MÁLO", 3)
    wanted = line(quantity=5, rateVAT="high", stockItem=card("MÁLO"))
    answer = send(desk, invoice(wanted))
    [one] = lines_of(desk, answer.id)
    assert (one["Mnozstvi"], one["Kc"], desk.row(id, "SKz")["StavZ"]) == (0, 0, 3)
    [told] = [detail for detail in answer.details if detail.about == "inv:quantity"]
    assert (told.errno, told.requested, told.produced) == ("603", "5", "0")
    checked = "<inv:validate><typ:inStock>true</typ:inStock></inv:validate>"
    assert "MÁLO" in refused(desk, invoice(wanted, checked), "103").note
    twice = line(quantity=2, rateVAT="high", stockItem=card("MÁLO"))
    refused(desk, invoice(twice + twice, checked), "103")
    assert stored(send(desk, invoice(wanted, kind="issuedAdvanceInvoice")))
    assert desk.row(id, "SKz")["StavZ"] == 3


def test_goods_come_in_and_back(desk: Desk) -> None:
    id = add_card(desk.pohoda, "TOVAR", 10)
    before = desk.row(id, "SKz")["DatSave"]
    bought = line("unitPrice=50", quantity=10, rateVAT="high", stockItem=card("TOVAR"))
    send(desk, invoice(bought, kind="receivedInvoice"))
    back = line("unitPrice=100", quantity=-1, rateVAT="high", stockItem=card("TOVAR"))
    send(desk, invoice(back, kind="issuedCorrectiveTax"))
    row = desk.row(id, "SKz")
    assert (row["StavZ"], row["DatSave"]) == (21, before)
    moves = desk.pohoda.rows("SELECT PohPMJ, PohKc FROM SKzPoh WHERE RefSKz = ? ORDER BY ID", id)
    assert (moves[0]["PohPMJ"], moves[0]["PohKc"]) == (10, 50)
    postponed = "<inv:postponedIssue>true</inv:postponedIssue>"
    send(desk, invoice(bought, postponed))
    assert desk.row(id, "SKz")["StavZ"] == 21


def test_orders_reserve_until_they_are_deleted(desk: Desk) -> None:
    id = add_card(desk.pohoda, "REZ", 10)
    one = line(of="ord:orderItem", quantity=4, stockItem=card("REZ"))
    made = send(desk, order(one, "<ord:isReserved>true</ord:isReserved>"))
    send(desk, order(one, kind="issuedOrder"))
    state = desk.row(id, "SKz")
    assert (state["Rezer"], state["ObjedP"], state["ObjedV"], state["StavZ"]) == (4, 4, 4, 10)
    removal = (
        '<ord:order version="2.0"><ord:actionType><ord:delete><ftr:filter agenda="prijate_objednavky">'
        f"<ftr:number>{number_of(made)}</ftr:number></ftr:filter></ord:delete></ord:actionType></ord:order>"
    )
    assert send(desk, removal).action == "delete"
    state = desk.row(id, "SKz")
    assert (state["Rezer"], state["ObjedP"], desk.count("OBJpol")) == (0, 0, 1)


def test_a_delivered_order_is_no_longer_reserved_nor_deleted(desk: Desk) -> None:
    id = add_card(desk.pohoda, "REZ", 10)
    one = line(of="ord:orderItem", quantity=4, stockItem=card("REZ"))
    made = send(desk, order(one, "<ord:isReserved>true</ord:isReserved>"))
    send(desk, invoice(before=link("receivedOrder", number_of(made))))
    state = desk.row(id, "SKz")
    assert (state["Rezer"], state["ObjedP"], state["StavZ"]) == (0, 0, 6)
    removal = (
        '<ord:order version="2.0"><ord:actionType><ord:delete><ftr:filter agenda="prijate_objednavky">'
        f"<ftr:id>{made.id}</ftr:id></ftr:filter></ord:delete></ord:actionType></ord:order>"
    )
    refused(desk, removal, "103")


def test_a_missing_card_refuses_the_document(desk: Desk) -> None:
    refused(desk, invoice(line(quantity=1, stockItem=card("NENÍ"))), "108")
    refused(desk, order(line(of="ord:orderItem", quantity=1, stockItem=card("ABC-1", "HLAVNÍ"))), "108")
