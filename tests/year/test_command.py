"""The three commands, as a person and a program read them."""

import pytest

from tests.cli.conftest import Command, command
from tests.year.turn import LINE, UNIT, Turn

__all__ = ["command"]


def test_rehearsed_switched_undone(small: Turn, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    before, writes = small.crm(), small.gram.writes()
    tables = ("bindings", "aliases", "seen", "cursors", "kept")
    ledger = {name: small.table(name) for name in tables}
    done = command("year", "rehearse", "gram", "--json")
    assert (done.code, done.data["clean"], done.data["year"], done.data["created_again"]) == (0, True, 2026, [])
    assert (done.data["listed"], done.data["line"]) == (False, LINE.strip())
    assert (small.gram.writes(), small.unit.read_text(encoding="utf-8")) == (writes, UNIT)
    assert {name: small.table(name) for name in tables} == ledger
    with monkeypatch.context() as lost:
        lost.delenv("AIRFLOW_CONN_POHODA_SQL_2026")
        assert "First add the connection pohoda_sql_2026" in command("year", "rehearse", "firma").out
        assert "add the connection pohoda_sql_2026" in command("year", "switch", "firma").err
    done = command("year", "switch", "firma", "--json")
    assert (done.code, done.data["switched"], done.data["crm"]["created"]) == (0, True, {})
    assert small.unit.read_text(encoding="utf-8") == UNIT + LINE
    assert "it was switched to 2026" in command("year", "rehearse", "firma").err
    small.this.insert("AD", Firma="New company")
    assert small.round()["created"] == 1
    done = command("year", "undo", "firma")
    assert done.code == 1 and "gram__clients__to_crm 1" in done.err
    done = command("year", "undo", "firma", "--force", "--json")
    assert (done.code, done.data["before"], done.data["written_since"]) == (0, 2025, {"gram__clients__to_crm": 1})
    assert {name: small.table(name) for name in tables if name != "kept"} == {
        name: rows for name, rows in ledger.items() if name != "kept"
    }
    now = small.crm()["Client"]
    assert {one: now[one] for one in before["Client"]} == before["Client"]
    assert "Clean" in command("year", "rehearse", "firma", "--write").out
    assert small.unit.read_text(encoding="utf-8") == UNIT + LINE
