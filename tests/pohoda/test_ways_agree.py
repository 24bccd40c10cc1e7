"""Every agenda of a company with two years of documents: SQL, mServer and exported files give equal batches."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.pohoda.differences import comparable
from pohoda_bridge.side import Lookup, Row, Window
from tests.pohoda.two_years import TwoYears, everything, two_years

CATALOGUE = open_catalogue().agendas
SIZES = {"SK": 60, "CZ": 35}


@pytest.fixture(scope="module", params=SIZES)
def company(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoYears]:
    folder = tmp_path_factory.mktemp("company")
    with two_years(folder, size=SIZES[request.param], country=request.param) as made:
        made.export()
        yield made


def plain(agenda: str, rows: list[Row]) -> dict[str, Row]:
    """Rows by id as they are compared. A folder knows a custom field only by its values: an absent one is None."""
    found = {row["_id"]: comparable(CATALOGUE[agenda], row) for row in rows}
    assert len(found) == len(rows)
    return {
        known: {name: value for name, value in row.items() if value is not None or not name.startswith("custom.")}
        for known, row in found.items()
    }


@pytest.mark.parametrize("agenda", CATALOGUE)
def test_all_ways_give_equal_batches(company: TwoYears, agenda: str) -> None:
    by_sql, by_xml, by_files = (everything(company.side(way), agenda) for way in ("sql", "xml", "files"))
    assert len(by_sql) > 2
    assert plain(agenda, by_sql) == plain(agenda, by_xml)
    assert plain(agenda, by_xml) == plain(agenda, by_files)
    totals = {row["_id"]: row["total"] for row in by_xml if "total" in row}
    off = {row["_id"] for row in by_sql if "total" in row and totals[row["_id"]] != row["total"]}
    planted = {f"2026/{dirt.table}/{dirt.id}" for dirt in company.planted.entries if dirt.kind == "sum_off"}
    assert off == planted & set(totals)


@pytest.mark.parametrize("agenda", CATALOGUE)
@pytest.mark.parametrize("way", ["sql", "xml"])
def test_windows_ids_and_look_ups_agree_with_the_whole(company: TwoYears, agenda: str, way: str) -> None:
    side = company.side(way)
    whole = {row["_id"]: row for row in everything(side, agenda)}
    some = sorted(whole)[:: max(1, len(whole) // 7)]
    chosen = everything(side, agenda, Window(ids=tuple(some)))
    assert {row["_id"]: row for row in chosen} == {known: whole[known] for known in some}
    assert set(whole) <= side.ids(agenda)
    found = side.look_up(agenda, [Lookup(id=known) for known in some])
    assert [[row["_id"] for row in rows] for rows in found] == [[known] for known in some]
    since = company.pohoda[2026].now() - timedelta(days=40)
    news = {row["_id"]: row for row in everything(side, agenda, Window(since=since))}
    assert news == {known: whole[known] for known in news}
    if way == "sql":
        saved = {known for known, row in whole.items() if row["_saved"] is not None and row["_saved"] >= since}
        assert saved <= set(news)
