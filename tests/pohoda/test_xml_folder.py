"""A folder of exported answers: of each record the newest, and nothing at all when a file is broken or foreign."""

import os
import tracemalloc
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.catalogue.field import Codes
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError, Retry, StopAgenda
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml.files import FilesReader
from pohoda_bridge.side import Lookup, Mark, Row, Window

from .conftest import UNIT
from .xml_files import EXAMPLE, EXAMPLES, listing, record, rows, streamed

Agendas = dict[str, Agenda]


def card(number: int, name: str) -> str:
    return record(number, f"<identity><address><company>{name}</company></address></identity>")


def reader(folder: Path, agendas: Agendas, **more: Any) -> FilesReader:
    connection = Connection(id="exported", host="", extra={"path": str(folder)})
    return FilesReader(Source(UNIT, 2026, agendas, **more), connection)


def read(folder: Path, agendas: Agendas, agenda: str = "clients", window: Window | None = None) -> list[Row]:
    reading = reader(folder, agendas).read(agendas[agenda], window or Window())
    return [row for part in reading.parts for row in part]


def names(found: list[Row]) -> dict[str, str]:
    return {row["_id"]: row["company"] for row in found}


def test_an_exported_answer_reads_as_that_of_mserver(tmp_path: Path, agendas: Agendas) -> None:
    (tmp_path / "answer.xml").write_bytes(EXAMPLE)
    (tmp_path / "notes.txt").write_text("not looked at")
    for agenda in ("addresses", "contacts"):
        assert read(tmp_path, agendas, agenda) == rows(EXAMPLE, agendas, agenda)


def test_the_newest_answer_of_a_record_wins(tmp_path: Path, agendas: Agendas) -> None:
    old, new = "2026-01-01T00:00:00", "2026-02-01T00:00:00"
    (tmp_path / "a.xml").write_bytes(listing(card(1, "new") + card(2, "late name loses"), stamp=new))
    (tmp_path / "b.XML").write_bytes(
        listing(card(1, "old") + card(2, "same time, later file") + card(3, "x"), stamp=new)
    )
    (tmp_path / "c.xml").write_bytes(listing(card(1, "oldest") + card(4, "only here"), stamp=old))
    two = listing(card(5, "first of two")).replace(
        b"</responsePack>",
        listing(card(5, "second of two"))[len(listing("").partition(b"<responsePackItem")[0]) :],
    )
    (tmp_path / "d.xml").write_bytes(two)
    assert names(read(tmp_path, agendas)) == {
        "2026/AD/1": "old", "2026/AD/2": "same time, later file", "2026/AD/3": "x", "2026/AD/4": "only here",
        "2026/AD/5": "second of two",
    }  # fmt: skip
    assert reader(tmp_path, agendas).read(agendas["clients"], Window()).now == datetime(2026, 1, 1)


def test_a_record_may_stand_in_one_listing_twice(tmp_path: Path, agendas: Agendas) -> None:
    (tmp_path / "a.xml").write_bytes(listing(card(1, "one") + card(1, "one")))
    assert names(read(tmp_path, agendas)) == {"2026/AD/1": "one"}


def test_other_listings_and_answers_are_passed_over(tmp_path: Path, agendas: Agendas) -> None:
    for example in EXAMPLES.glob("response_list_*.xml"):
        (tmp_path / example.name).write_bytes(example.read_bytes())
    failed = listing("<details/>").replace(b"listAddressBook", b"addressbookResponse")
    (tmp_path / "import.xml").write_bytes(failed.replace(b'00" state="ok"', b'00" state="error"'))
    assert names(read(tmp_path, agendas)) == {"2026/AD/25": "Alfa s.r.o."}
    kinds = [row["kind"] for row in read(tmp_path, agendas, "issued_invoices")]
    assert sorted(kinds) == ["advance", "credit_note", "invoice", "invoice", "invoice"]
    assert len(read(tmp_path, agendas, "received_invoices")) == 1
    centre = Field(codes=Codes(sql="sSTR.IDS", xml="centre"))
    assert reader(tmp_path, agendas).codes(centre) == {"BRNO"}
    assert reader(tmp_path, agendas).codes(Field(codes=Codes(xml="store"))) == {"SKLAD"}
    assert reader(tmp_path, agendas).codes(Field(codes=Codes(xml=("centre", "payment", "store")))) == {"BRNO", "SKLAD"}


def test_a_list_that_was_not_exported_is_not_known(tmp_path: Path, agendas: Agendas) -> None:
    (tmp_path / "a.xml").write_bytes(EXAMPLE)
    assert reader(tmp_path, agendas).codes(Field(codes=Codes(xml="centre"))) is None
    with pytest.raises(StopAgenda, match="no file in the folder has a listInvoice"):
        read(tmp_path, agendas, "issued_invoices")


def test_a_window_cannot_be_judged_but_ids_can(tmp_path: Path, agendas: Agendas) -> None:
    (tmp_path / "a.xml").write_bytes(listing(card(1, "a") + card(2, "b")))
    assert len(read(tmp_path, agendas, window=Window(since=datetime(2030, 1, 1), until=datetime(2030, 1, 2)))) == 2
    assert names(read(tmp_path, agendas, window=Window(ids=("2026/AD/2", "2025/AD/1")))) == {"2026/AD/2": "b"}
    assert reader(tmp_path, agendas).ids(agendas["clients"]) == {"2026/AD/1", "2026/AD/2"}


def test_records_are_found_by_their_values(tmp_path: Path, agendas: Agendas) -> None:
    (tmp_path / "a.xml").write_bytes(EXAMPLE)
    known = reader(tmp_path, agendas, system="ExampleCRM")
    assert [row["_id"] for part in known.having(agendas["clients"], "ico", ["87654321 "]) for row in part] == [
        "2026/AD/25"
    ]
    wanted = [
        Lookup(id="2026/AD/25"), Lookup(id="2026/AD/26"), Lookup(mark=Mark("ExampleCRM", "C-1001")),
        Lookup(mark=Mark("ExampleCRM", "C-1")), Lookup(key={"company": "ALFA s.r.o."}), Lookup(key={"company": "x"}),
    ]  # fmt: skip
    found = known.look_up(agendas["clients"], wanted)
    assert [len(rows) for rows in found] == [1, 0, 1, 0, 1, 0]
    assert known.keeps_marks(agendas["clients"]) is False
    with pytest.raises(StopAgenda, match="cannot be looked up"):
        known.look_up(agendas["clients"], [Lookup(key={"email": "x"})])


def test_custom_fields_are_those_that_any_record_has(tmp_path: Path, agendas: Agendas) -> None:
    value = (
        "<parameters><parameter><name>VPrA</name><integerValue>7</integerValue></parameter>"
        "<parameter><name>RefVPrB</name><listValueRef><id>2</id><ids>Buk</ids></listValueRef></parameter></parameters>"
    )
    (tmp_path / "a.xml").write_bytes(listing(card(1, "a") + record(2, value)))
    known = reader(tmp_path, agendas, custom=True)
    assert [(one.name, one.type, one.set) for one in known.custom(agendas["contacts"])] == [
        ("RefVPrB", "text", None), ("VPrA", "integer", None)
    ]  # fmt: skip
    whole = agendas["clients"].model_copy(update={"takes": ()})
    found = [row for part in known.read(whole, Window()).parts for row in part]
    assert [(row["custom.VPrA"], row["custom.RefVPrB"]) for row in found] == [(None, None), (7, "Buk")]


BROKEN = {
    "cut": (EXAMPLE[:1500], Retry, "cut or broken"),
    "doctype": (b"<!DOCTYPE a><responsePack/>", StopAgenda, "DOCTYPE"),
    "foreign": (EXAMPLE.replace(b'ico="12345678"', b'ico="87654321"', 1), StopAgenda, "company 87654321, the unit is"),
    "page": (b"<html/>", Retry, "no answer of POHODA"),
    "text": (b"refused", Retry, "not begin as an XML"),
    "failed": (EXAMPLE.replace(b'state="ok"', b'state="error"'), StopAgenda, "POHODA refused"),
    "item": (listing("").replace(b'"Q1" state="ok"', b'"Q1" state="error"'), StopAgenda, "refused request 'Q1'"),
    "timeless": (listing("").replace(b' dateTimeStamp="2026-11-22T10:00:00"', b""), StopAgenda, "does not tell when"),
    "stamp": (listing("", stamp="yesterday"), Retry, "dateTimeStamp is no time"),
    "id": (listing(record(0)), StopAgenda, "has no id"),
    "empty": (b"", Retry, "not begin as an XML"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_stops_everything_before_the_first_row(tmp_path: Path, agendas: Agendas, kind: str) -> None:
    body, error, words = BROKEN[kind]
    (tmp_path / "a.xml").write_bytes(listing(card(1, "good")))
    (tmp_path / "b.xml").write_bytes(body)
    with pytest.raises(error, match=words) as caught:
        reader(tmp_path, agendas).read(agendas["clients"], Window())
    assert "b.xml" in caught.value.text


def test_a_document_of_no_type_stops_the_agenda(tmp_path: Path, agendas: Agendas) -> None:
    body = (EXAMPLES / "response_list_received_invoices.xml").read_bytes()
    (tmp_path / "a.xml").write_bytes(body.replace(b"receivedInvoice</inv:invoiceType>", b"</inv:invoiceType>"))
    with pytest.raises(StopAgenda, match=r"a\.xml: a record does not tell its invoiceType"):
        read(tmp_path, agendas, "received_invoices")


def test_a_file_that_changes_meanwhile_is_noticed(tmp_path: Path, agendas: Agendas) -> None:
    file = tmp_path / "a.xml"
    for change in (
        lambda: file.write_bytes(listing(card(1, "other"))),
        lambda: os.utime(file, ns=(0, 0)),
        file.unlink,
    ):
        file.write_bytes(listing(card(1, "one")))
        reading = reader(tmp_path, agendas).read(agendas["clients"], Window())
        change()
        with pytest.raises(BridgeError, match=r"a\.xml"):
            list(reading.parts)


@pytest.mark.parametrize(
    ("path", "words"), [("none", "cannot be read"), ("", "needs `path`"), (".", r"has no file \*.xml")]
)
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, agendas: Agendas, path: str, words: str) -> None:
    place = str(tmp_path / path) if path else ""
    with pytest.raises(StopAgenda, match=words):
        FilesReader(Source(UNIT, 2026, agendas), Connection(id="exported", host="", extra={"path": place})).read(
            agendas["clients"], Window()
        )


def test_a_side_reads_files(tmp_path: Path, agendas: Agendas) -> None:
    (tmp_path / "a.xml").write_bytes(EXAMPLE)
    unit = UNIT.model_validate(UNIT.model_dump() | {"years": {2026: {"files": "exported"}}})
    side = PohodaSide(unit, agendas, "files", lambda name: Connection(id=name, host="", extra={"path": str(tmp_path)}))
    assert [row["_id"] for part in side.read("clients", Window()).parts for row in part] == ["2026/AD/25"]
    side.close()


def test_memory_stays_flat(tmp_path: Path, agendas: Agendas) -> None:
    def peak(count: int) -> int:
        with (tmp_path / "a.xml").open("wb") as file:
            file.writelines(streamed(count))
        tracemalloc.start()
        try:
            parts = reader(tmp_path, agendas).read(agendas["clients"], Window()).parts
            assert sum(len(part) for part in parts) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(6_000) - peak(2_000) < 4_000 * 500, "a number for each record stays, not its row"
