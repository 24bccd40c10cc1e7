"""The ledger's schema: made whole, made once, and never touched when it is newer than this version."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Ledger, open_ledger, schema

OPENS = """
import sys
sys.stdin.readline()
from pohoda_bridge.ledger import open_ledger, waiting, Scope
ledger = open_ledger(sys.argv[1])
with ledger.transaction() as connection:
    waiting.make_due(connection, Scope("gram", "clients", "to_crm"), [sys.argv[2]], "x")
"""


def test_the_migrated_ledger_is_the_schema_of_the_code(ledger: Ledger) -> None:
    with ledger.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []


def test_the_comparison_would_see_a_difference(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        connection.execute(text("DROP INDEX uq_intents_unanswered"))
        connection.execute(text("ALTER TABLE due ADD COLUMN more TEXT"))
    with ledger.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), schema.metadata)
    assert {difference[0] for difference in found} == {"add_index", "remove_column"}


def test_opening_again_changes_nothing(ledger: Ledger, url: str) -> None:
    def dump() -> list[str]:
        with ledger.engine.connect() as connection:
            return list(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]

    before = dump()
    open_ledger(url).close()
    assert dump() == before


def test_a_newer_ledger_is_refused_unchanged(ledger: Ledger, url: str, tmp_path: Path) -> None:
    with ledger.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("CREATE TABLE of_the_future (id INTEGER)"))
    ledger.close()
    before = (tmp_path / "ledger.db").read_bytes()
    with pytest.raises(StopAgenda, match=r"newer version \(schema 9999\)"):
        open_ledger(url)
    assert (tmp_path / "ledger.db").read_bytes() == before


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
    opened = open_ledger(url, migrate=False)
    with opened.engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
    assert [name for name in tables if not name.startswith("sqlite_")] == []
    opened.close()
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
