"""Which rows a window holds: since inclusive, until exclusive, the newest of the row's and its company's stamps."""

from datetime import datetime, timedelta

import pytest

from pohoda_bridge.pohoda.sql import reader as sql_reader
from pohoda_bridge.pohoda.xml import listing as xml_listing
from pohoda_bridge.side import Window

from .conftest import Bench, everything

NOON = datetime(2026, 3, 1, 12)
SECOND = timedelta(seconds=1)


def _ids(
    bench: Bench, way: str, since: datetime | None, until: datetime | None = None, agenda: str = "clients"
) -> list[int]:
    rows = everything(bench.side(way), agenda, Window(since=since, until=until))
    return [int(row["_id"].rpartition("/")[2]) for row in rows]


def _saved(bench: Bench, *stamps: datetime | None, created: datetime | None = None) -> list[int]:
    return [bench.pohoda.insert("AD", Firma="x", DatSave=stamp, DatCreate=created) for stamp in stamps]


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_since_is_inclusive(bench: Bench, way: str) -> None:
    _, at, after = _saved(bench, NOON - SECOND, NOON, NOON + SECOND)
    assert _ids(bench, way, NOON) == [at, after]


def test_until_is_exclusive_over_sql(bench: Bench) -> None:
    before, at, _ = _saved(bench, NOON - SECOND, NOON, NOON + SECOND)
    assert _ids(bench, "sql", None, NOON) == [before]
    assert _ids(bench, "sql", NOON, NOON + SECOND) == [at]
    assert _ids(bench, "sql", NOON, NOON) == []


def test_xml_gives_no_less_than_the_window(bench: Bench) -> None:
    _, at, after = _saved(bench, NOON - SECOND, NOON, NOON + SECOND)
    assert _ids(bench, "xml", NOON, NOON + SECOND) == [at, after]
    assert _ids(bench, "xml", NOON + timedelta(milliseconds=700)) == [at, after]


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_a_row_never_saved_again_counts_by_its_creation(bench: Bench, way: str) -> None:
    created = _saved(bench, None, created=NOON)
    _saved(bench, None, created=NOON - SECOND)
    _saved(bench, None)
    assert _ids(bench, way, NOON) == created
    assert len(_ids(bench, way, None)) == 3


def test_a_row_without_any_stamp_lies_in_no_window(bench: Bench) -> None:
    _saved(bench, None)
    assert _ids(bench, "sql", None, NOON) == []
    assert everything(bench.side("sql"), "clients")[0]["_saved"] is None


@pytest.mark.parametrize("way", ["sql", "xml"])
def test_equal_stamps_across_the_border_of_pages_are_all_read(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(sql_reader, "PAGE", 4)
    monkeypatch.setattr(xml_listing, "PAGE", 4)
    _saved(bench, *[NOON - SECOND] * 3)
    for many in (4, 1, 3):
        added = _saved(bench, *[NOON] * many)
        assert _ids(bench, way, NOON)[-many:] == added
    assert len(_ids(bench, way, NOON)) == 8


def test_a_row_saved_while_pages_are_read_shifts_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_reader, "PAGE", 2)
    ids = _saved(bench, *[NOON] * 6)
    parts = bench.side("sql").read("clients", Window(since=NOON)).parts
    seen = [row["_id"] for row in next(parts)]
    bench.pohoda.edit("AD", ids[0], DatSave=NOON + SECOND)
    bench.pohoda.delete("AD", ids[1])
    seen += [row["_id"] for part in parts for row in part]
    assert seen == [f"2026/AD/{number}" for number in ids]


def test_an_address_counts_by_its_company_too(bench: Bench) -> None:
    early = NOON - timedelta(days=1)
    stamps = [(NOON, early), (early, NOON), (early, early), (None, NOON), (NOON + SECOND, early)]
    for company, own in stamps:
        (parent,) = _saved(bench, company)
        bench.pohoda.insert("ADdodaci", RefAg=parent, Firma2="x", DatSave=own, DatCreate=None)
    bench.pohoda.insert("ADdodaci", RefAg=0, Firma2="alone", DatSave=NOON)
    assert _ids(bench, "sql", NOON, agenda="addresses") == [1, 2, 4, 5, 6]
    assert _ids(bench, "sql", NOON, NOON + SECOND, agenda="addresses") == [1, 2, 4, 6]
    assert _ids(bench, "sql", None, NOON, agenda="addresses") == [3]
    saved = [row["_saved"] for row in everything(bench.side("sql"), "addresses")]
    assert saved == [NOON, NOON, early, NOON, NOON + SECOND, NOON]


def test_a_server_that_heeds_no_paging_is_read_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = _saved(bench, *[NOON] * 6)
    full = xml_listing.pack
    monkeypatch.setattr(
        xml_listing, "pack", lambda kind, asks, **more: full(kind, [_unlimited(ask) for ask in asks], **more)
    )
    for page in (4, 6, 10):
        monkeypatch.setattr(xml_listing, "PAGE", page)
        assert _ids(bench, "xml", None) == ids


def _unlimited(ask: xml_listing.Ask) -> xml_listing.Ask:
    return xml_listing.Ask(ask.id, ask.filters)
