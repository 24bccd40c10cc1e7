"""SQL and XML of one company give equal answers to every question of the port."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda.differences import DIFFERENCES, comparable
from pohoda_bridge.pohoda.sql import reader as sql_reader
from pohoda_bridge.pohoda.xml import listing as xml_listing
from pohoda_bridge.side import Lookup, Mark, Side, Window

from .conftest import AGENDAS, Bench, everything

WAYS = ("sql", "xml")


def _comparable(agenda: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    spec = open_catalogue().agendas[agenda]
    return [comparable(spec, row) for row in rows]


@pytest.mark.parametrize("agenda", AGENDAS)
def test_rows_are_equal_by_sql_and_xml(sample: Bench, agenda: str) -> None:
    by_sql, by_xml = (everything(sample.side(way), agenda) for way in WAYS)
    assert len(by_sql) > 200
    assert _comparable(agenda, by_sql) == _comparable(agenda, by_xml)
    assert {repr(value) for row in _comparable(agenda, by_sql) for value in row.values()} == {
        repr(value) for row in _comparable(agenda, by_xml) for value in row.values()
    }


def test_every_field_is_carried_both_ways(bench: Bench) -> None:
    """The sample company leaves some fields empty; here none is, so that no equality is one of nothing."""
    add = bench.pohoda.insert
    lists = {
        "RefZeme": add("sZeme", IDS="SK"), "RefStr": add("sSTR", IDS="BA"), "RefCin": add("sCIN", IDS="SERVIS"),
        "RefCM": add("sCMeny", IDS="EUR", Kod="EUR"), "RelForUh": add("sFormUh", IDS="príkazom"),
    }  # fmt: skip
    columns = (
        "Firma Jmeno Utvar Ulice Obec PSC Okres ICO DIC ICDPH Tel GSM Fax Email WWW Skupina Klic CenyIDS Smlouva Cislo",
        "Zprava Pozn Pozn2 CisloZAK Funkce Osloveni",
    )
    texts = {name: f"{name} č" for line in columns for name in line.split()}
    flags = {f"P{number}": True for number in range(1, 7)}
    company = add("AD", **texts, **lists, **flags, ADKredit=Decimal("1500.5"), ADSplat=14)
    add("AD", Firma="Firma", Jmeno="Osoba", RefAD=company)
    delivery = ("Firma2", "Utvar2", "Jmeno2", "Ulice2", "PSC2", "Obec2", "Tel2", "Email2")
    add("ADdodaci", RefAg=company, Vychozi=True, RefZeme2=lists["RefZeme"], **{name: f"{name} ľ" for name in delivery})
    for agenda in AGENDAS:
        by_sql, by_xml = (everything(bench.side(way), agenda) for way in WAYS)
        assert _comparable(agenda, by_sql) == _comparable(agenda, by_xml)
        assert all(by_xml[0][name] not in {None, False} for name in bench.agendas[agenda].fields if name != "parent")
        assert by_sql[0]["_saved"] is not None
        assert by_xml[0]["_saved"] is None
    assert by_xml[1]["parent"] == f"2026/AD/{company}"


def test_differences_name_known_agendas_and_fields(sample: Bench) -> None:
    assert len(DIFFERENCES) < 10
    for known in DIFFERENCES:
        names = [known.agenda] if known.agenda != "*" else list(sample.agendas)
        assert known.field == "_saved" or any(known.field in sample.agendas[name].fields for name in names)


@pytest.mark.parametrize("way", WAYS)
def test_the_side_satisfies_the_port(sample: Bench, way: str) -> None:
    side: Side = sample.side(way)
    assert set(side.describe("clients")) == set(sample.agendas["clients"].fields)
    assert side.mark_of("2026/AD/118") == Mark("POHODA:12345678:2026", "118")
    assert side.mark_of("2026/AD/118", "clients") == Mark("POHODA:12345678:2026", "118")
    assert (side.searchable("clients"), side.searchable("addresses"), side.pack_size("clients")) == (True, False, 20)
    assert {"company", "ico", "note", "centre"} <= side.writable("clients")
    assert "parent" not in side.writable("clients")
    assert not {"parent", "main_name"} & side.writable("addresses")
    with pytest.raises(ValueError, match="technical id"):
        side.mark_of("2026/AD/x")


@pytest.mark.parametrize("way", WAYS)
def test_records_of_several_tables_have_marks_of_their_own(sample: Bench, way: str) -> None:
    side: Side = sample.side(way)
    marks = {table: side.mark_of(f"2026/{table}/7", "price_lists") for table in ("SkCeny", "AD", "SkACn")}
    assert [mark.id for mark in marks.values()] == ["7", "AD:7", "SkACn:7"]
    assert {side.id_of("price_lists", mark) for mark in marks.values()} == {f"2026/{table}/7" for table in marks}
    assert side.id_of("price_lists", Mark("POHODA:12345678:2026", "FA:7")) is None
    assert side.id_of("clients", Mark("POHODA:12345678:2026", "SkACn:7")) is None


@pytest.mark.parametrize("agenda", AGENDAS)
def test_ids_are_all_rows_of_the_table(sample: Bench, agenda: str) -> None:
    table = sample.agendas[agenda].read.sql.table
    rows = sample.pohoda.rows(f"SELECT ID FROM {table}")
    there = frozenset(f"2026/{table}/{row['ID']}" for row in rows)
    assert [sample.side(way).ids(agenda) for way in WAYS] == [there, there]


@pytest.mark.parametrize("agenda", AGENDAS)
@pytest.mark.parametrize("way", WAYS)
def test_small_pages_lose_and_repeat_nothing(
    sample: Bench, monkeypatch: pytest.MonkeyPatch, agenda: str, way: str
) -> None:
    whole = everything(sample.side(way), agenda)
    for module in (sql_reader, xml_listing):
        monkeypatch.setattr(module, "PAGE", 37)
    assert everything(sample.side(way), agenda) == whole


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("agenda", AGENDAS)
def test_rows_by_id(sample: Bench, monkeypatch: pytest.MonkeyPatch, agenda: str, way: str) -> None:
    monkeypatch.setattr(sql_reader, "CHUNK", 7)
    monkeypatch.setattr(xml_listing, "ITEMS", 7)
    side = sample.side(way)
    whole = everything(side, agenda)
    chosen = whole[::9]
    table = sample.agendas[agenda].read.sql.table
    strangers = (f"2026/{table}/999999", f"2025/{table}/1", "2026/FA/1", "nonsense", "2026/AD/99999999999")
    ids = (*(row["_id"] for row in reversed(chosen)), chosen[0]["_id"], *strangers)
    assert everything(side, agenda, Window(ids=ids)) == chosen
    assert everything(side, agenda, Window(ids=())) == []


def test_a_row_that_is_no_record_is_not_read(sample: Bench) -> None:
    person = sample.pohoda.rows("SELECT MIN(ID) AS ID FROM AD WHERE RefAD <> 0")[0]["ID"]
    for way in WAYS:
        side = sample.side(way)
        assert everything(side, "clients", Window(ids=(f"2026/AD/{person}",))) == []
        assert len(everything(side, "contacts", Window(ids=(f"2026/AD/{person}",)))) == 1
        assert side.look_up("clients", [Lookup(id=f"2026/AD/{person}")]) == [[]]


@pytest.mark.parametrize("agenda", AGENDAS)
def test_look_ups_agree(sample: Bench, agenda: str) -> None:
    rows = everything(sample.side("xml"), agenda)
    wanted = [Lookup(id=row["_id"]) for row in rows[:3]] + [Lookup(id="2026/AD/999999")]
    for row in rows[::90]:
        wanted += [Lookup(key={name: row[name]}) for name in sample.agendas[agenda].fields]
        wanted += [Lookup(key={name: row[name] for name in list(sample.agendas[agenda].fields)[:6]})]
    by_sql, by_xml = (sample.side(way).look_up(agenda, wanted) for way in WAYS)
    assert [_comparable(agenda, found) for found in by_sql] == [_comparable(agenda, found) for found in by_xml]
    assert [[row["_id"] for row in found] for found in by_sql[:4]] == [[row["_id"]] for row in rows[:3]] + [[]]
    assert all(by_sql[4:])


@pytest.mark.parametrize("way", WAYS)
def test_a_key_in_other_case_is_found(sample: Bench, way: str) -> None:
    row = next(row for row in everything(sample.side(way), "clients") if any(c in "žšč" for c in row["company"] or ""))
    (found,) = sample.side(way).look_up("clients", [Lookup(key={"company": row["company"].upper()})])
    assert row["_id"] in {one["_id"] for one in found}


@pytest.mark.parametrize("way", WAYS)
def test_what_cannot_be_there_is_not_found(sample: Bench, way: str) -> None:
    side = sample.side(way)
    keys = [{"company": "漢字"}, {"company": "x" * 9000}, {"parent": "2026/FA/1"}, {"company": "a\x00b"}]
    assert side.look_up("clients", [Lookup(key=key) for key in keys]) == [[], [], [], []]
    with pytest.raises(StopAgenda, match="looked up in POHODA by name"):
        side.look_up("clients", [Lookup(key={"name": "a derived field"})])
    with pytest.raises(StopAgenda, match="by nothing"):
        side.look_up("clients", [Lookup()])


@pytest.mark.parametrize("way", WAYS)
def test_marks_of_our_system_are_read_and_found(bench: Bench, way: str) -> None:
    ours, other = (bench.pohoda.insert("sExtSys", IDS=name) for name in ("Gram", "Shop"))
    ids = [bench.pohoda.insert("AD", Firma=f"Firma {number}") for number in range(3)]
    bench.pohoda.insert("sExtID", RefDocID=ids[0], RelAgID=13, IDS="s-1", RefExtSys=other)
    bench.pohoda.insert("sExtID", RefDocID=ids[0], RelAgID=13, IDS="c-1", RefExtSys=ours)
    bench.pohoda.insert("sExtID", RefDocID=ids[1], RelAgID=11, IDS="c-2", RefExtSys=ours)
    bench.pohoda.insert("sExtID", RefDocID=ids[2], RelAgID=13, IDS="c-3", RefExtSys=other)
    side = bench.side(way, system="Gram")
    assert [row["_mark"] for row in everything(side, "clients")] == [Mark("Gram", "c-1"), None, None]
    assert [row["_mark"] for row in everything(bench.side(way), "clients")] == [None, None, None]
    wanted = [Lookup(mark=Mark("Gram", "c-1")), Lookup(mark=Mark("Shop", "c-3")), Lookup(mark=Mark("Gram", "c-3"))]
    found = side.look_up("clients", wanted)
    assert [[(row["_id"], row["_mark"]) for row in rows] for rows in found] == [
        [(f"2026/AD/{ids[0]}", wanted[0].mark)], [(f"2026/AD/{ids[2]}", wanted[1].mark)], []
    ]  # fmt: skip


def test_odd_texts_come_out_equal(bench: Bench) -> None:
    bench.pohoda.insert(
        "AD", Firma='A & <b> "c"  ', Pozn="one\r\ntwo\rthree\n", Jmeno="   ", RefAD=0, RefZeme=77, ADKredit=0
    )
    bench.pohoda.insert("AD", Firma="'; DROP TABLE AD;--", Obec="€ „Ľ“ ť", ADKredit=100, Email="")
    by_sql, by_xml = (everything(bench.side(way), "clients") for way in WAYS)
    assert _comparable("clients", by_sql) == _comparable("clients", by_xml)
    first, second = by_sql
    assert (first["company"], first["note"], first["person"]) == ('A & <b> "c"', "one\ntwo\nthree\n", None)
    assert (first["parent"], first["country"], str(first["credit"]), str(second["credit"])) == (None, None, "0", "100")
    assert (second["company"], second["city"], second["emails"]) == ("'; DROP TABLE AD;--", "€ „Ľ“ ť", None)


@pytest.mark.parametrize("way", WAYS)
def test_the_clock_is_the_sources_before_the_first_row(bench: Bench, way: str) -> None:
    bench.pohoda.insert("AD", Firma="x")
    before = bench.pohoda.now()
    for window in (Window(), Window(ids=()), Window(ids=("2026/AD/1",))):
        reading = bench.side(way).read("clients", window)
        assert before - timedelta(seconds=1) <= reading.now <= bench.pohoda.now() + timedelta(seconds=1)


@pytest.mark.parametrize("way", WAYS)
def test_an_empty_company_has_no_rows(bench: Bench, way: str) -> None:
    side = bench.side(way)
    assert [everything(side, agenda) for agenda in AGENDAS] == [[], [], []]
    assert side.ids("clients") == frozenset()
    assert side.look_up("clients", []) == []


def test_another_company_or_year_is_refused_before_any_row(bench: Bench) -> None:
    bench.pohoda.insert("AD", Firma="x")
    for change, told in (({"ICO": "87654321"}, "company 87654321 in year 2026"), ({"Rok": 2025}, "in year 2025")):
        bench.pohoda.edit("sKonfig", 1, **({"ICO": "12345678", "Rok": 2026} | change))
        for way in WAYS:
            with pytest.raises(StopAgenda, match=told) as caught:
                bench.side(way).ids("clients")
            assert "company 12345678 in year 2026" in caught.value.text
    assert not any("AD" in call.path for call in bench.mserver.requests)
    assert not any(call.path.startswith("/xml") for call in bench.mserver.requests)
    assert not any("[AD]" in statement.sql for statement in bench.tds.statements)


def test_leading_zeros_of_a_company_number_do_not_matter(bench: Bench) -> None:
    bench.pohoda.edit("sKonfig", 1, ICO="123456")
    unit = bench.unit(ico="00123456")
    assert bench.side("sql", unit=unit).ids("clients") == frozenset()


def test_a_year_without_a_connection_is_refused(bench: Bench) -> None:
    unit = bench.unit(years={2025: {"sql": "by_sql", "mserver": "by_mserver"}, 2026: {}})
    for way, setting in (("sql", "`sql`"), ("xml", "`mserver`")):
        with pytest.raises(StopAgenda, match=f"year 2026 has no {setting} connection"):
            bench.side(way, unit=unit).ids("clients")


def test_a_broken_connection_is_tried_again_on_a_new_one(bench: Bench) -> None:
    bench.pohoda.insert("AD", Firma="x")
    side = bench.side("sql")
    assert len(side.ids("clients")) == 1
    bench.tds.stop()
    with pytest.raises(Retry):
        side.ids("clients")
    bench.tds.start()
    assert len(side.ids("clients")) == 1
