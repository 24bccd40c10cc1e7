"""Documents go through the folder as they go to mServer: filled, handed over, taken, read back."""

from contextlib import closing
from datetime import date
from decimal import Decimal

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.connections import from_environment
from pohoda_bridge.link import find_flow
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.side import Item, Mark, Pack
from tests.folder.conftest import Desk

LINE = {
    "text": "Práca", "quantity": Decimal(2), "unit_price": Decimal("10.25"), "vat_slot": "high", "net": Decimal("20.5"),
    "vat": Decimal("4.72"),
}  # fmt: skip


def order(name: str, **values: object) -> Item:
    known = {"kind": "received", "issued_on": date(2026, 5, 4), "company": "Firma s.r.o.", "lines": [LINE]}
    return Item(name, name, "create", {**known, **values}, mark=Mark("gram", name))


def test_an_order_is_handed_over_taken_and_read_back(desk: Desk) -> None:
    unit = find_flow("gram", "clients", "to_pohoda").unit
    pack = Pack("pack-1", [order("good", total=Decimal("25.22")), order("bad", total=Decimal("25.23"))])
    with closing(PohodaSide(unit, open_catalogue().agendas, "sql", from_environment, system="gram")) as side:
        states = {answer.item_id: answer.state for answer in side.write("received_orders", pack)}
        assert states == {"good": "submitted", "bad": "refused"}
        sent = Pack("pack-1", pack.items[:1])
        assert side.collect("received_orders", [sent]).answers == {}
        assert desk.exe() == 0
        (found,) = side.collect("received_orders", [sent]).answers.values()
        (answer,) = found
        assert answer.state == "written"
        assert answer.row is not None
        assert (answer.row["company"], answer.row["total"]) == ("Firma s.r.o.", Decimal("25.22"))
        rows = desk.both.pohoda.rows("SELECT Firma, KcCelkem FROM OBJ")
        assert [(row["Firma"], Decimal(str(row["KcCelkem"]))) for row in rows] == [("Firma s.r.o.", Decimal("25.22"))]
