"""All years of a unit as one: a document that POHODA carried over is read once, from the newest year that has it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda, open_catalogue
from pohoda_bridge.pohoda.years import Years
from pohoda_bridge.side import Lookup, Reading, Row, Window
from tests.pohoda.conftest import Bench

NOW = datetime(2026, 6, 1, 12)


class OneYear:
    """A reader over given rows of one table, that notes what it is asked."""

    def __init__(self, year: int, rows: list[Row]) -> None:
        self.year, self.rows, self.closed = year, rows, False
        self.windows: list[Window] = []

    def read(self, agenda: Agenda, window: Window) -> Reading:
        self.windows.append(window)
        own = [row for row in self.rows if window.ids is None or row["_id"] in window.ids]
        table = agenda.read.sql.table
        return Reading(NOW.replace(year=self.year), iter([[row for row in own if f"/{table}/" in row["_id"]]]))

    def having(self, agenda: Agenda, name: str, values: Sequence[str]) -> Iterator[list[Row]]:
        wanted = {value.casefold() for value in values}
        yield [row for row in self.rows if str(row.get(name)).casefold() in wanted]

    def ids(self, agenda: Agenda) -> frozenset[str]:
        return frozenset(row["_id"] for row in self.rows)

    def look_up(self, agenda: Agenda, wanted: Sequence[Lookup]) -> list[list[Row]]:
        return [[row for row in self.rows if row["_id"] == lookup.id] for lookup in wanted]

    def close(self) -> None:
        self.closed = True


@pytest.fixture(scope="module")
def invoices() -> Agenda:
    return open_catalogue().agendas["issued_invoices"]


def invoice(year: int, number: int, name: str, **more: Any) -> Row:
    return {"_id": f"{year}/FA/{number}", "kind": "invoice", "number": name, **more}


def years(*rows: Row) -> tuple[Years, dict[int, OneYear]]:
    opened: dict[int, OneYear] = {}
    unit = Bench.unit(years={year: {"sql": "by_sql"} for year in (2024, 2025, 2026)})

    def open_year(year: int) -> Any:
        opened[year] = OneYear(year, [row for row in rows if row["_id"].startswith(str(year))])
        return opened[year]

    return Years(unit, open_year), opened


def read(unit: Years, agenda: Agenda, window: Window | None = None) -> list[str]:
    return [row["_id"] for part in unit.read(agenda, window or Window()).parts for row in part]


def test_the_newest_year_comes_first_and_what_it_has_is_not_read_again(invoices: Agenda) -> None:
    unit, _ = years(
        invoice(2026, 1, "26001"), invoice(2026, 2, "25007"), invoice(2025, 9, "25006"), invoice(2025, 8, "25007"),
        invoice(2026, 3, ""), invoice(2024, 7, "25006"), invoice(2024, 3, "24001"), invoice(2024, 4, ""),
        invoice(2024, 5, ""),
    )  # fmt: skip
    assert read(unit, invoices) == [
        f"{year}/FA/{number}"
        for year, number in [(2026, 1), (2026, 2), (2026, 3), (2025, 9), (2024, 3), (2024, 4), (2024, 5)]
    ]


def test_a_change_in_an_old_year_is_no_news_when_the_document_was_carried_over(invoices: Agenda) -> None:
    unit, _ = years(invoice(2026, 2, "25007"), invoice(2025, 8, "25007"), invoice(2025, 9, "25009"))
    assert read(unit, invoices, Window(ids=("2025/FA/8", "2025/FA/9"))) == ["2025/FA/9"]


def test_the_clock_is_that_of_the_newest_year_and_every_year_has_the_same_window(invoices: Agenda) -> None:
    unit, opened = years(invoice(2025, 8, "25007"))
    window = Window(since=datetime(2026, 5, 1))
    reading = unit.read(invoices, window)
    assert reading.now == NOW
    assert [row for part in reading.parts for row in part]
    assert [opened[year].windows for year in (2026, 2025, 2024)] == [[window]] * 3


def test_agendas_of_the_newest_year_open_no_other() -> None:
    unit, opened = years({"_id": "2026/AD/1"}, {"_id": "2025/AD/1"})
    assert read(unit, open_catalogue().agendas["clients"]) == ["2026/AD/1"]
    assert set(opened) == {2026}
    unit.close()
    assert opened[2026].closed


def test_ids_and_look_ups_reach_their_own_year(invoices: Agenda) -> None:
    unit, _ = years(invoice(2026, 2, "26007"), invoice(2025, 8, "25007"))
    assert unit.ids(invoices) == {"2026/FA/2", "2025/FA/8"}
    found = unit.look_up(invoices, [Lookup(id="2025/FA/8"), Lookup(id="2026/FA/2"), Lookup(id="2023/FA/2")])
    assert [[row["number"] for row in rows] for rows in found] == [["25007"], ["26007"], []]
