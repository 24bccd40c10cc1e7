"""The ledger's schema: made whole, made once, with all that is in it, and never touched when it is newer."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, DateTime, Float, Integer, MetaData, Table, text
from sqlalchemy.schema import CreateIndex, CreateTable

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Ledger, open_ledger, schema, store
from tests.postgresql.server import DRIVERS

CONFIG = Config()
CONFIG.set_main_option("script_location", str(store.MIGRATIONS))
REVISIONS = [one.revision for one in ScriptDirectory.from_config(CONFIG).walk_revisions()][::-1]
Content = dict[str, list[dict[str, Any]]]
OPENS = """
import sys
sys.stdin.readline()
from pohoda_bridge.ledger import open_ledger, waiting, Scope
ledger = open_ledger(sys.argv[1])
with ledger.transaction() as connection:
    waiting.make_due(connection, Scope("gram", "clients", "to_crm"), [sys.argv[2]], "x")
"""


@pytest.fixture(params=["sqlite", DRIVERS[0]])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without anything in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ledger.db'}"
    else:
        postgres = request.getfixturevalue("postgres")
        address = postgres.new(migrated=False, driver=request.param)
        yield address
        postgres.drop(address)


def differences(ledger: Ledger) -> list[Any]:
    """Of the database from the schema of the code."""
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, schema.metadata))


def content(url: str) -> tuple[Content, list[str]]:
    """The rows of every table, and the statements that would make them."""
    ledger = open_ledger(url, migrate=False)
    found: Content = {}
    built: list[str] = []
    with ledger.engine.connect() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            found[table.name] = [dict(row) for row in connection.execute(table.select()).mappings()]
            statements = [CreateTable(table), *(CreateIndex(index) for index in table.indexes)]
            built += [str(one.compile(connection)) for one in statements]
    ledger.close()
    return found, sorted(built)


def test_the_migrated_ledger_is_the_schema_of_the_code(ledger: Ledger) -> None:
    assert differences(ledger) == []


@pytest.mark.parametrize("old", REVISIONS[:-1])
def test_an_older_ledger_comes_along_with_all_that_is_in_it(url: str, old: str) -> None:
    ledger = open_ledger(url, migrate=False)
    with ledger.transaction() as connection:
        CONFIG.attributes["connection"] = connection
        command.upgrade(CONFIG, old)
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name != "alembic_version":
                connection.execute(table.insert(), [made(table, number) for number in (1, 2)])
    before, _ = content(url)
    assert len(before) >= 15 and all(len(rows) == 2 for name, rows in before.items() if name != "alembic_version")
    store.upgrade(ledger)
    assert differences(ledger) == []
    ledger.close()
    after, _ = content(url)
    assert after.pop("alembic_version") == [{"version_num": REVISIONS[-1]}]
    kept = {
        name: [{column: row[column] for column in before[name][0]} for row in after[name]]
        for name in before.keys() & after.keys()
    }
    assert kept == {name: rows for name, rows in before.items() if name != "alembic_version"}
    assert all(row["kinds"] in {"linked,new", "kinds 1", "kinds 2"} for row in after["accepted"])


def made(table: Table, number: int) -> dict[str, Any]:
    """A row with a value in every column."""
    row: dict[str, Any] = {}
    for column in table.columns:
        match column.type:
            case DateTime():
                row[column.name] = datetime(2026, 3, 29, 2, 30, number, 123456)
            case Boolean():
                row[column.name] = number == 1
            case Float():
                row[column.name] = 1785000000.123456
            case Integer():
                row[column.name] = number
            case _:
                row[column.name] = f"{column.name} {number}"[: getattr(column.type, "length", None)]
    return row


def test_the_comparison_would_see_a_difference(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        connection.execute(text("DROP INDEX uq_intents_unanswered"))
        connection.execute(text("ALTER TABLE due ADD COLUMN more TEXT"))
    with ledger.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    assert {difference[0] for difference in found} == {"add_index", "remove_column"}


def test_opening_again_changes_nothing(ledger: Ledger, url: str) -> None:
    before = content(url)
    open_ledger(url).close()
    assert content(url) == before


def test_a_newer_ledger_is_refused_unchanged(ledger: Ledger, url: str) -> None:
    with ledger.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("CREATE TABLE of_the_future (id INTEGER)"))
    ledger.close()
    before = content(url)
    assert "of_the_future" in before[0]
    with pytest.raises(StopAgenda, match=r"newer version \(schema 9999\)"):
        open_ledger(url)
    assert content(url) == before


def test_a_migration_that_breaks_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic.operations import Operations

    made = Operations.create_table

    def breaking(self: Operations, name: str, *columns: object, **options: object) -> object:
        if name == "leases":
            raise ZeroDivisionError
        return made(self, name, *columns, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("alembic.op.create_table", lambda *a, **k: breaking(_proxy(), *a, **k))
    with pytest.raises(ZeroDivisionError):
        open_ledger(url)
    assert content(url) == ({}, [])
    monkeypatch.undo()
    open_ledger(url).close()


def _proxy() -> object:
    from alembic import op

    return op._proxy  # type: ignore[attr-defined]


def test_processes_that_open_a_fresh_ledger_at_once_all_succeed(url: str) -> None:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", OPENS, url, str(number)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for number in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    faults = [process.communicate(timeout=60)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0, 0], faults
    opened = open_ledger(url)
    with opened.transaction() as connection:
        assert len(list(connection.execute(schema.due.select()))) == 4
    opened.close()
