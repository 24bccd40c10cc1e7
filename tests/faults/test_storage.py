"""Disk full and a locked ledger: no call to the target without a stored intent, and a clean start afterwards (G21)."""

import os
import resource
import sqlite3
import sys
from collections.abc import Callable
from typing import Any

import fsspec.implementations.local as local
import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from pohoda_bridge.errors import BridgeError, Retry, StopAgenda
from pohoda_bridge.ledger import intents, open_ledger
from tests.faults import checks
from tests.faults.arena import Arena
from tests.faults.checks import World

FULL = OSError(28, "No space left on device")


@pytest.mark.parametrize("name", ["batch", "findings", "records", "plan", "results", "report.html"])
def test_the_store_is_full_at_any_step(
    arena: Arena, undisturbed: Callable[..., World], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    opened = local.LocalFileSystem._open

    def refuse(self: Any, path: str, mode: str = "rb", **more: Any) -> Any:
        if "w" in mode and f"/{name}" in path:
            raise FULL
        return opened(self, path, mode, **more)

    with monkeypatch.context() as patch:
        patch.setattr(local.LocalFileSystem, "_open", refuse)
        with pytest.raises(Retry, match="store"):
            arena.run("clients")
        stored = sum(row["state"] == "written" for row in arena.table("intents"))
        assert arena.gram.writes() == stored == (5 if name in {"results", "report.html"} else 0)
    arena.recover()
    checks.at_rest(arena, undisturbed())


def failing(arena: Arena, text: str, at: str) -> Callable[[], None]:
    """Statements that begin like `at` fail in the ledger; returns what ends that."""

    def fail(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith(at):
            raise OperationalError(statement, None, sqlite3.OperationalError(text))

    event.listen(arena.ledger.engine, "before_cursor_execute", fail)
    return lambda: event.remove(arena.ledger.engine, "before_cursor_execute", fail)


@pytest.mark.parametrize(
    ("text", "error"), [("database or disk is full", StopAgenda), ("database is locked", Retry)], ids=["full", "locked"]
)
@pytest.mark.parametrize("at", ["INSERT INTO intents", "UPDATE intents", "INSERT INTO bindings", "INSERT INTO cursors"])
def test_the_ledger_fails_at_a_statement(
    arena: Arena, undisturbed: Callable[..., World], text: str, error: type[BridgeError], at: str
) -> None:
    mend = failing(arena, text, at)
    try:
        with pytest.raises(error):
            arena.run("clients")
    finally:
        mend()
    no_call_without_intent(arena)
    arena.recover()
    checks.at_rest(arena, undisturbed())


def no_call_without_intent(arena: Arena) -> None:
    """Each write that reached the CRM has its intent in the ledger."""
    assert arena.gram.writes() <= len(arena.table("intents")), "a call went out without a stored intent"


def test_a_locked_ledger_is_tried_again(arena: Arena, undisturbed: Callable[..., World]) -> None:
    """Another process holds SQLite's lock for longer than we wait."""
    url = f"sqlite:///{arena.folder / 'ledger.db'}"
    impatient = open_ledger(url)
    event.listen(impatient.engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout = 50"))
    impatient.engine.dispose()
    patient, arena.ledger = arena.ledger, impatient
    other = sqlite3.connect(arena.folder / "ledger.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Retry, match="ledger"):
            arena.run("clients")
        assert arena.gram.writes() == 0
    finally:
        other.close()
        impatient.close()
        arena.ledger = patient
    arena.recover()
    checks.at_rest(arena, undisturbed())


def test_a_real_limit_on_the_size_of_files(arena: Arena, undisturbed: Callable[..., World]) -> None:
    """A process that may not let any file grow: it sends nothing that it has not noted, and ends by itself."""
    child = os.fork()
    if child == 0:
        size = max(path.stat().st_size for path in arena.folder.glob("ledger.db*"))
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            arena.run("clients")
        except BridgeError:
            os._exit(3)
        except BaseException as error:
            sys.stderr.write(repr(error))
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    arena.ledger.close()
    assert os.waitstatus_to_exitcode(status) in {0, 3}
    no_call_without_intent(arena)
    arena.lease_ends()
    arena.recover()
    checks.at_rest(arena, undisturbed())


def test_an_intent_is_stored_before_the_call(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    intents_come_first(arena, monkeypatch)


def intents_come_first(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks into the ledger while a call is under way, from outside, finds its intent there."""
    seen: list[bool] = []
    answer = arena.gram.service.answer

    def looked(request: Any, gone: str) -> Any:
        if request.method == "POST" and request.target.endswith("Upsert"):
            with sqlite3.connect(arena.folder / "ledger.db") as other:
                (number,) = other.execute("SELECT count(*) FROM intents WHERE state = 'open'").fetchone()
            seen.append(number > 0)
        return answer(request, gone)

    monkeypatch.setattr(arena.gram.service, "answer", looked)
    arena.run("clients")
    assert seen
    assert all(seen), "a call went out without a stored intent"
    assert intents.UNANSWERED == ("open", "doubt")
