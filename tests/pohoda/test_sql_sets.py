"""The tables of a set on a database that lacks something; ids of one table that are another's."""

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Window
from tests.pohoda.conftest import Bench, everything


def invoice(bench: Bench, number: str = "26001", **columns: object) -> int:
    return bench.pohoda.insert("FA", RelTpFak=1, Cislo=number, Datum=bench.pohoda.now(), **columns)


@pytest.mark.parametrize("change", ["ALTER TABLE FApol DROP COLUMN Mnozstvi", "DROP TABLE FApol"])
def test_a_needed_part_of_a_set_stops_the_agenda_before_anything_is_read(bench: Bench, change: str) -> None:
    invoice(bench)
    bench.pohoda.rows(change)
    side = bench.side("sql")
    for ask in (side.describe, side.ids, lambda name: side.read(name, Window())):
        with pytest.raises(StopAgenda, match=r"FApol"):
            ask("issued_invoices")
    assert everything(side, "received_orders") == []


def test_an_optional_part_of_a_set_is_a_note(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    number = invoice(bench)
    bench.pohoda.insert("FApol", RefAg=number, OrderFld=1, SText="Pero", Mnozstvi=2, RefStr=3)
    for change in ("ALTER TABLE FApol DROP COLUMN ProcentoDPH", "DROP TABLE Vazby"):
        bench.pohoda.rows(change)
    with caplog.at_level("INFO"):
        (row,) = everything(bench.side("sql"), "issued_invoices")
    assert [line["text"] for line in row["lines"]] == ["Pero"]
    assert row["lines"][0]["vat_explicit"] is None
    assert row["sources"] == []
    assert "no column FApol.ProcentoDPH" in caplog.text
    assert "Vazby" in caplog.text


def test_lines_come_in_their_order_and_to_their_own_document(bench: Bench) -> None:
    far = [invoice(bench, f"26{number:03}", ID=number) for number in (1, 2, 5_000, 90_000)]
    for document in reversed(far):
        for place in (2, 1):
            bench.pohoda.insert("FApol", RefAg=document, OrderFld=place, SText=f"{document} {place}")
    bench.pohoda.insert("FApol", RefAg=3, OrderFld=1, SText="of no document")
    rows = everything(bench.side("sql"), "issued_invoices")
    assert [[line["text"] for line in row["lines"]] for row in rows] == [[f"{n} 1", f"{n} 2"] for n in far]


def test_a_set_is_asked_for_a_page_at_a_time(bench: Bench) -> None:
    for number in range(1, 40):
        bench.pohoda.insert("FApol", RefAg=invoice(bench, f"{number:05}"), SText="x")
    side = bench.side("sql")
    everything(side, "issued_invoices")
    before = len(bench.tds.statements)
    everything(side, "issued_invoices")
    assert len(bench.tds.statements) - before <= 8
