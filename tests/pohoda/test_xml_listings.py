"""Every listing of mServer as an agenda reads it: its types, its pages, what is read again, and custom fields."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda.reader import Custom, Reader, Source
from pohoda_bridge.pohoda.sql.reader import SqlReader
from pohoda_bridge.pohoda.xml import listing
from pohoda_bridge.pohoda.xml.reader import XmlReader
from pohoda_bridge.side import Lookup, Mark, Row, Window
from pohoda_sandbox.company.custom import LISTS, add_columns, add_definitions
from pohoda_sandbox.company.writing import Writer
from pohoda_sandbox.pohoda.xml.requests import REQUESTS

from .conftest import UNIT, Bench

NOON = datetime(2026, 3, 1, 12)
EARLY = NOON - timedelta(days=30)
INVOICE, ADVANCE, CORRECTIVE, RECEIVED = 1, 4, 8, 11


def invoice(bench: Bench, number: str, kind: int = INVOICE, *, saved: datetime = EARLY, **more: Any) -> int:
    """The id of a new document with one line of 100."""
    id = bench.pohoda.insert(
        "FA", RelTpFak=kind, Cislo=number, Datum=saved, DatSave=saved, DatCreate=saved, Kc0=100, KcCelkem=100, **more
    )
    bench.pohoda.insert("FApol", RefAg=id, SText=f"line of {number}", Mnozstvi=1, Kc=100, KcJedn=100)
    return id


def reader(bench: Bench, way: type[Any] = XmlReader, **more: Any) -> Reader:
    source = Source(UNIT, 2026, bench.agendas, **more)
    return way(source, bench.connection("by_sql" if way is SqlReader else "by_mserver"))  # type: ignore[no-any-return]


def rows(reader: Reader, agenda: Agenda, window: Window | None = None) -> list[Row]:
    return [row for part in reader.read(agenda, window or Window()).parts for row in part]


def numbers(found: list[Row]) -> list[str]:
    return [row["number"] for row in found]


@pytest.fixture
def xml(bench: Bench) -> Iterator[Reader]:
    opened = reader(bench)
    yield opened
    opened.close()


def asked(bench: Bench) -> int:
    """How many packs mServer has got."""
    return sum(call.method == "POST" for call in bench.mserver.requests)


def test_all_types_are_asked_one_after_the_other_and_paged(
    bench: Bench, xml: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    for number in range(5):
        invoice(bench, f"I{number}")
    invoice(bench, "A1", ADVANCE)
    invoice(bench, "R1", RECEIVED)
    invoice(bench, "C1", CORRECTIVE)
    found = rows(xml, bench.agendas["issued_invoices"])
    assert numbers(found) == ["I0", "I1", "I2", "I3", "I4", "A1", "C1"]
    assert [row["kind"] for row in found[-3:]] == ["invoice", "advance", "credit_note"]
    assert asked(bench) == 3 + 5, "three pages of invoices, one of each of the five other types"
    assert numbers(rows(xml, bench.agendas["received_invoices"])) == ["R1"]


def test_what_pohoda_changes_without_saving_is_read_again_and_once(bench: Bench, xml: Reader) -> None:
    invoice(bench, "paid")
    invoice(bench, "unpaid", KcLikv=100)
    invoice(bench, "changed", saved=NOON)
    invoice(bench, "changed and unpaid", ADVANCE, saved=NOON, KcLikv=100)
    agenda = bench.agendas["issued_invoices"]
    assert sorted(numbers(rows(xml, agenda, Window(since=NOON)))) == ["changed", "changed and unpaid", "unpaid"]
    assert len(rows(xml, agenda)) == 4


def test_where_nobody_can_tell_what_changed_everything_is_read(bench: Bench, xml: Reader) -> None:
    bench.pohoda.insert("SKz", IDS="A", Nazev="Card", RelSkTyp=1, DatSave=EARLY, StavZ=Decimal("1.5"))
    (card,) = rows(xml, bench.agendas["products"], Window(since=NOON))
    assert (card["code"], card["quantity"]) == ("A", Decimal("1.5"))


def test_an_id_that_was_found_is_not_asked_for_again(
    bench: Bench, xml: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ITEMS", 2)
    ids = [invoice(bench, f"I{number}") for number in range(3)]
    advance = invoice(bench, "A1", ADVANCE)
    agenda = bench.agendas["issued_invoices"]
    rows(xml, agenda, Window(ids=()))
    before = asked(bench)
    wanted = tuple(f"2026/FA/{id}" for id in (*ids[1:], advance))
    assert numbers(rows(xml, agenda, Window(ids=wanted))) == ["I1", "I2", "A1"]
    assert asked(bench) - before == 1 + 2 + 1, "the clock; two packs for three ids; the type of the one left"


@pytest.mark.parametrize(
    ("agenda", "name", "values", "expected"),
    [
        ("issued_invoices", "number", ["i1", "A1  ", "R1", "none", "č"], ["I1", "A1"]),
        ("issued_invoices", "company", ["alfa S.R.O."], ["A1"]),
        ("issued_invoices", "symbol", ["777"], ["I1"]),
        ("issued_invoices", "number", ["x" * 40, "\x00", "Ω"], []),
        ("issued_invoices", "number", [], []),
    ],
)
def test_rows_by_the_values_of_a_field(
    bench: Bench, xml: Reader, agenda: str, name: str, values: list[str], expected: list[str]
) -> None:
    invoice(bench, "I1", VarSym="777")
    invoice(bench, "I2")
    invoice(bench, "A1", ADVANCE, Firma="Alfa s.r.o.")
    invoice(bench, "R1", RECEIVED)
    for way in (xml, reader(bench, SqlReader)):
        parts = way.having(bench.agendas[agenda], name, values)
        assert numbers([row for part in parts for row in part]) == expected


def test_cards_and_payments_by_the_values_of_a_field(bench: Bench, xml: Reader) -> None:
    for code in ("A-1", "a-1", "B-1"):
        bench.pohoda.insert("SKz", IDS=code, Nazev=code, RelSkTyp=1)
    parts = list(xml.having(bench.agendas["products"], "code", ["A-1", "a-1"]))
    assert [row["code"] for part in parts for row in part] == ["A-1", "a-1"], "two questions, each row once"
    id = invoice(bench, "I1")
    for amount in (1, 2):
        bench.pohoda.insert("Uhrady", RelIDH=id, RelAgH=2, CisloH="I1", KcU=amount, RelAgU=28, DatumU=NOON)
    payments = bench.agendas["payments"]
    found = [row for part in xml.having(payments, "document_number", ["I1"]) for row in part]
    assert [(row["document"], row["amount"]) for row in found] == [(f"2026/FA/{id}", 1), (f"2026/FA/{id}", 2)]
    assert rows(xml, payments, Window(ids=(found[1]["_id"],))) == [found[1]]


def test_documents_are_looked_up_by_id_mark_and_key(bench: Bench) -> None:
    xml = reader(bench, system="ExampleCRM")
    id = invoice(bench, "I1")
    invoice(bench, "A1", ADVANCE)
    agenda = bench.agendas["issued_invoices"]
    found = xml.look_up(
        agenda,
        [
            Lookup(id=f"2026/FA/{id}"),
            Lookup(id="2026/FA/999"),
            Lookup(mark=Mark("ExampleCRM", "1")),
            Lookup(key={"kind": "advance", "number": "a1"}),
            Lookup(key={"kind": "invoice", "number": "A1"}),
            Lookup(key={"text": None, "kind": "invoice"}),
        ],
    )
    assert [numbers(rows) for rows in found] == [["I1"], [], [], ["A1"], [], ["I1"]]
    xml.close()


@pytest.fixture
def e1(bench: Bench) -> Bench:
    """A unit of POHODA E1: one invoice with custom fields of every type, one without any."""
    add_columns(bench.pohoda)
    writer = Writer(bench.pohoda)
    add_definitions([writer])
    writer.flush()
    full = invoice(
        bench, "full", VPrProjekt="Most", VPrProvizia=2.5, VPrSchvalene=True, VPrSchvaleneDna=NOON, VPrNaklady=12,
        RefVPrDoprava=2,
    )  # fmt: skip
    bench.pohoda.insert("FApol", RefAg=full, SText="second", VPrSarza="š1", VPrVyrobene=NOON)
    invoice(bench, "empty")
    return bench


CUSTOM = [
    Custom("RefVPrDoprava", "text", "Spôsob dopravy", values=LISTS["Doprava"]),
    Custom("VPrNaklady", "decimal", "Vedľajšie náklady"),
    Custom("VPrProjekt", "text", "Projekt"),
    Custom("VPrProvizia", "decimal", "Provízia v %"),
    Custom("VPrSchvalene", "boolean", "Schválené"),
    Custom("VPrSchvaleneDna", "date", "Schválené dňa"),
    Custom("VPrSarza", "text", "Šarža", set="lines"),
    Custom("VPrVyrobene", "date", "Vyrobené dňa", set="lines"),
]


def test_custom_fields_are_those_of_sql(e1: Bench) -> None:
    ways = [reader(e1, way, custom=True) for way in (XmlReader, SqlReader)]
    agenda = e1.agendas["issued_invoices"]
    assert [list(way.custom(agenda)) for way in ways] == [CUSTOM, CUSTOM]
    by_xml, by_sql = (rows(way, agenda) for way in ways)
    custom = [{name: row[name] for name in row if name.startswith("custom.")} for row in by_xml]
    assert custom == [
        {
            "custom.VPrProjekt": "Most", "custom.VPrProvizia": Decimal("2.5"), "custom.VPrSchvalene": True,
            "custom.VPrSchvaleneDna": NOON.date(), "custom.VPrNaklady": 12, "custom.RefVPrDoprava": "KURIER",
        },
        {one.key: False if one.type == "boolean" else None for one in CUSTOM if one.set is None},
    ]  # fmt: skip
    first, second = by_xml[0]["lines"]
    assert (first["custom.VPrSarza"], second["custom.VPrSarza"]) == (None, "š1")
    assert [_shown(row) for row in by_xml] == [_shown(row) for row in by_sql]
    assert not [row for row in rows(reader(e1), agenda) if "custom.VPrProjekt" in row], "only when they are asked for"


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name.startswith(("custom.", "lines", "_id"))}


def test_a_program_that_does_not_define_custom_fields_tells_those_that_records_have(
    e1: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(REQUESTS, "lst:listParameterRequest")
    agenda = e1.agendas["issued_invoices"]
    told = [
        Custom("RefVPrDoprava", "text", values={}), Custom("VPrNaklady", "decimal"), Custom("VPrProjekt", "text"),
        Custom("VPrProvizia", "decimal"), Custom("VPrSchvalene", "boolean"), Custom("VPrSchvaleneDna", "date"),
        Custom("VPrSarza", "text", set="lines"), Custom("VPrVyrobene", "date", set="lines"),
    ]  # fmt: skip
    assert list(reader(e1).custom(agenda)) == told
    full, _ = rows(reader(e1, custom=True), agenda)
    assert (full["custom.RefVPrDoprava"], full["custom.VPrNaklady"]) == ("KURIER", 12)


def test_agendas_without_custom_fields_ask_for_none(e1: Bench) -> None:
    xml = reader(e1, custom=True)
    assert [list(xml.custom(e1.agendas[name])) for name in ("addresses", "payments")] == [[], []]
    assert [one.name for one in xml.custom(e1.agendas["products"])] == [
        "RefVPrFarba", "VPrEko", "VPrNavod", "VPrZivotnost"
    ]  # fmt: skip
    assert list(xml.custom(e1.agendas["price_lists"].parts[0])) == []
