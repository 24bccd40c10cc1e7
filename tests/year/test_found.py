"""The new year is found by what a database or an mServer says of itself, never by a name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import Unit
from pohoda_bridge.connections import Connection, from_environment
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.year.found import find
from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.sandbox import Sandbox

OLD = {"sql": "pohoda_sql_2025", "mserver": "pohoda_mserver_2025"}


def unit(**years: dict[str, str]) -> Unit:
    return Unit(
        unit="firma", ico="12345678", country="SK", timezone="Europe/Bratislava", edition="e1-sql",
        years={int(name[1:]): settings for name, settings in years.items()},
    )  # fmt: skip


@pytest.fixture(scope="module")
def sandbox(template: Path) -> Iterator[Sandbox]:
    with Sandbox(template, documents=True) as running:
        yield running


@pytest.fixture
def known(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Connections of last year alone; databases that a test adds go again."""
    for name, value in sandbox.info["env"].items():
        if not name.endswith("_2026"):
            monkeypatch.setenv(name, value)
    databases = dict(sandbox.tds._databases)
    yield sandbox
    sandbox.tds._databases = databases


def test_on_the_same_server_under_any_name(known: Sandbox, tmp_path: Path) -> None:
    database = known.first.unit.database
    known.tds.add_database("Renamed", known.tds._databases.pop(database))
    for name, ico, year in (("StwPh_12345678_2027", "87654326", 2027), ("StwPh_12345678_2026", "12345678", 2024)):
        with_decoy = Pohoda.create(tmp_path / f"{name}.db", ico=ico, year=year)
        known.tds.add_database(name, with_decoy.path)
        with_decoy.close()
    found = find(unit(y2025=OLD), from_environment, bound=2025)
    assert found is not None and not found.listed
    assert (found.year, found.before, found.seen) == (2026, 2025, "database Renamed")
    assert found.settings.model_dump(exclude_none=True) == {"sql": "pohoda_sql_2026", "mserver": "pohoda_mserver_2026"}
    assert found.asked_for() == [
        "add the connection pohoda_sql_2026: as pohoda_sql_2025, with the schema Renamed",
        "add the connection pohoda_mserver_2026",
    ]
    assert found.connections(from_environment)("pohoda_sql_2026").schema == "Renamed"


def test_two_that_say_so_are_for_a_person(known: Sandbox) -> None:
    known.tds.add_database("Copy", known.first.pohoda)
    with pytest.raises(StopAgenda, match=r"Copy.* all say that they are company 12345678 in year 2026"):
        find(unit(y2025=OLD), from_environment, bound=2025)


def test_by_mserver(known: Sandbox) -> None:
    """The mServer of last year was switched to the new one."""
    served = known.mserver

    def connections(name: str) -> Connection:
        if name == "pohoda_mserver_2025":
            return Connection(name, served.url, login="api", password=known.info["mserver"]["password"])
        return from_environment(name)

    found = find(unit(y2025={"mserver": "pohoda_mserver_2025"}), connections, bound=2025)
    assert found is not None and found.year == 2026
    assert found.settings.mserver == "pohoda_mserver_2025" and found.asked_for() == []


def test_what_the_unit_file_has_comes_first(known: Sandbox) -> None:
    both = unit(y2025=OLD, y2026={"sql": "mine"})
    found = find(both, from_environment, bound=2025)
    assert found is not None and found.listed and found.settings.sql == "mine"
    assert found.asked_for() == ["add the connection mine"]


def test_nothing_newer(known: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in known.info["env"].items():
        monkeypatch.setenv(name, value)
    settings = {"sql": "pohoda_sql_2026", "mserver": "pohoda_mserver_2026"}
    assert find(unit(y2025=OLD, y2026=settings), from_environment, bound=2026) is None
