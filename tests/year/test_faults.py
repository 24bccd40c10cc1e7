"""Whatever breaks in the middle of a change of year: nothing is made anew, and the same command ends it."""

import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from pohoda_bridge.errors import Busy, Retry, StopAgenda
from pohoda_bridge.ledger import leases
from pohoda_bridge.settings import ledger_url
from pohoda_bridge.year import switch as switching
from pohoda_bridge.year import unit_file
from pohoda_bridge.year.point import Point
from pohoda_sandbox.faults import Fault
from tests import ledgers
from tests.year.turn import LINE, UNIT, Turn


class Killed(BaseException):
    """The process ends here."""


def after(patch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    """The process ends right after this was done for the first time."""
    done = getattr(owner, name)

    def killed(*given: Any, **named: Any) -> None:
        done(*given, **named)
        raise Killed

    patch.setattr(owner, name, killed)


POINTS: dict[str, Callable[[Turn, pytest.MonkeyPatch], None]] = {
    "the restore point is stored": lambda turn, patch: after(patch, Point, "keep"),
    "the change was begun": lambda turn, patch: after(patch, switching, "_begin"),
    "the unit file is written, the ledger is not": lambda turn, patch: after(patch, unit_file, "put"),
    "the ledger is written": lambda turn, patch: after(patch, switching, "_commit"),
}


@pytest.mark.parametrize("point", POINTS)
def test_killed_and_run_again(small: Turn, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    before = small.crm()
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(leases, "release", lambda *_: None)
        POINTS[point](small, patch)
        small.switch()
    ended(small, before)
    small.undo()
    assert (small.years(), small.unit.read_text(encoding="utf-8"), small.crm()) == ({"2025"}, UNIT, before)


def ended(turn: Turn, before: dict[str, Any]) -> None:
    """Run again, the change is made, and nothing but the marks has changed."""
    assert turn.switch()["switched"]
    assert (turn.years(), turn.unit.read_text(encoding="utf-8")) == ({"2026"}, UNIT + LINE)
    assert turn.crm() == before
    assert turn.round() == turn.all_unchanged
    assert turn.crm() == before


def test_the_crm_refuses_one_mark_and_does_not_answer_another(small: Turn) -> None:
    before = small.crm()
    small.sandbox.faults.add(Fault("gram", "cut_after", method="PUT", skip=2))
    with pytest.raises(Retry, match="run the same command again"):
        small.switch()
    assert small.unit.read_text(encoding="utf-8") == UNIT
    small.sandbox.faults.add(Fault("gram", "status", method="PUT", status=400))
    proof = small.switch()
    (refused,) = [one["refused"] for one in proof["marks"].values() if one["refused"]]
    assert proof["switched"] and len(refused) == 1 and small.years() == {"2025", "2026"}
    assert small.round() == small.all_unchanged and small.crm() == before
    again = small.switch(asked=2026)
    assert [one["refused"] for one in again["marks"].values()] == [{}] and small.years() == {"2026"}
    assert small.undo()["before"] == 2025 and small.years() == {"2025"}
    assert small.crm() == before


@contextmanager
def full(turn: Turn, statement: str) -> Generator[None]:
    """The ledger's disk is full at this statement, or at the commit once the unit file was written."""
    error = OperationalError(statement, None, sqlite3.OperationalError("database or disk is full"))

    def fail(connection: Any, cursor: Any, text: str, parameters: Any, context: Any, many: bool) -> None:
        if text.startswith(statement):
            raise error

    def fail_at_commit(connection: Any) -> None:
        if statement == "COMMIT" and turn.unit.read_text(encoding="utf-8") != UNIT:
            raise error

    engine = ledgers.at(ledger_url()).engine
    event.listen(engine, "before_cursor_execute", fail)
    event.listen(engine, "commit", fail_at_commit)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", fail)
        event.remove(engine, "commit", fail_at_commit)


def test_the_ledgers_disk_is_full(small: Turn) -> None:
    before, bound = small.crm(), small.table("aliases")
    for statement in ("INSERT INTO aliases", "COMMIT"):
        with full(small, statement), pytest.raises(StopAgenda, match="full"):
            small.switch()
        assert (small.table("aliases"), small.unit.read_text(encoding="utf-8")) == (bound, UNIT)
        assert small.crm() == before
    ended(small, before)


def test_another_run_writes(small: Turn) -> None:
    with ledgers.at(ledger_url()).transaction() as ledger:
        lease = leases.acquire(ledger, "unit:firma", "a run")
    writes = small.gram.writes()
    with pytest.raises(Busy, match="a run"):
        small.switch()
    assert (small.gram.writes(), small.unit.read_text(encoding="utf-8")) == (writes, UNIT)
    with ledgers.at(ledger_url()).transaction() as ledger:
        leases.release(ledger, lease)
        ledger.exec_driver_sql(
            "INSERT INTO intents (id, pack_id, run_id, link, agenda, direction, technical, key, action, print, item, "
            "source, state, opened) VALUES ('a', 'b', 'c', 'gram', 'clients', 'to_crm', '2025/AD/9', '', 'create', '', "
            "'{}', '{}', 'doubt', '2026-01-01 00:00:00')"
        )
    with pytest.raises(StopAgenda, match="gram__clients__to_crm 1"):
        small.switch()
    assert small.gram.writes() == writes
