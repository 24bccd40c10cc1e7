"""The door of the ledger: whole transactions, errors by what to do next, no secret told."""

import logging
import signal
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select

from pohoda_bridge.errors import BridgeError, Retry, SettingsError, StopAgenda
from pohoda_bridge.ledger import Ledger, open_ledger, schema, store, waiting
from pohoda_bridge.redact import masked
from tests.postgresql.server import DRIVERS, Server

from .conftest import SCOPE


def test_a_transaction_is_whole_or_nothing(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.transaction() as connection:
        waiting.make_due(connection, SCOPE, ["a"], "x")
        raise ZeroDivisionError
    with ledger.transaction() as connection:
        assert waiting.due(connection, SCOPE) == {}
        waiting.make_due(connection, SCOPE, ["a"], "x")
    with ledger.transaction() as connection:
        assert waiting.due(connection, SCOPE) == {"a": "x"}


def test_what_was_committed_is_there_for_another_process(ledger: Ledger, url: str) -> None:
    with ledger.transaction() as connection:
        waiting.make_due(connection, SCOPE, ["a"], "x")
    second = open_ledger(url)
    with second.transaction() as connection:
        assert waiting.due(connection, SCOPE) == {"a": "x"}
    second.close()


def test_a_ledger_that_is_busy_too_long_is_tried_again(
    ledger: Ledger, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT", 0.01)
    impatient = open_ledger(url, migrate=False)
    with ledger.transaction(), pytest.raises(Retry, match="the ledger is busy"), impatient.transaction():
        pass
    with impatient.transaction() as connection:
        assert waiting.due(connection, SCOPE) == {}
    impatient.close()


@pytest.mark.parametrize("url", DRIVERS, indirect=True)
def test_a_server_that_is_away_is_tried_again(ledger: Ledger, url: str, postgres: Server) -> None:
    with pytest.raises(Retry, match="not reachable"), ledger.transaction() as connection:
        waiting.make_due(connection, SCOPE, ["a"], "x")
        postgres.stop()
    with pytest.raises(Retry, match="not reachable"), ledger.transaction():
        pass
    with pytest.raises(Retry, match="not reachable"):
        open_ledger(url)
    postgres.start()
    with pytest.raises(Retry, match="not reachable"), ledger.transaction() as connection:
        assert waiting.due(connection, SCOPE) == {}
        postgres.stop(signal.SIGINT)
        waiting.make_due(connection, SCOPE, ["a"], "x")
    postgres.start()
    with ledger.transaction() as connection:
        assert waiting.due(connection, SCOPE) == {}


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("wrong", ["no such database", "no such login"])
def test_a_server_that_knows_no_such_ledger_stops(postgres: Server, driver: str, wrong: str) -> None:
    url = postgres.url("nothing", driver)
    if wrong == "no such login":
        url = postgres.url("postgres", driver).replace("bridge@", "nobody:canary@")
    with pytest.raises(StopAgenda, match=r"the ledger cannot be used: .*does not exist") as caught:
        open_ledger(url)
    assert "canary" not in caught.value.text + caught.value.log


@pytest.mark.parametrize("url", DRIVERS, indirect=True)
def test_a_reason_that_cites_a_broken_value_is_noted_all_the_same(ledger: Ledger) -> None:
    rows = [{"technical": one, "waits_agenda": None, "waits_for": None, "reason": f"{one} \0bad"} for one in "ab"]
    with ledger.transaction() as connection:
        waiting.hold(connection, SCOPE, rows)
        waiting.make_due(connection, SCOPE, ["a"], "\0")
        connection.execute(schema.due.insert(), [{**SCOPE.columns(), "technical": t, "why": "\0"} for t in "cd"])
        assert {row["reason"] for row in waiting.held(connection, SCOPE).values()} == {"a bad", "b bad"}
        assert waiting.due(connection, SCOPE) == dict.fromkeys("acd", "")


@pytest.mark.parametrize("url", DRIVERS, indirect=True)
def test_errors_of_the_server_are_told_apart_by_their_codes(ledger: Ledger) -> None:
    """A deadlock, a cut statement, too many connections, a standby: later. A full disk: not by itself."""
    for code in ("40P01", "57014", "53300", "25006", "53100"):
        with pytest.raises(StopAgenda if code == "53100" else Retry), ledger.transaction() as connection:
            connection.exec_driver_sql(f"DO $$ BEGIN RAISE EXCEPTION 'chyba' USING ERRCODE = '{code}'; END $$")


def test_a_file_that_is_no_ledger_stops(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"this is a letter, not a database. " * 200)
    with pytest.raises(StopAgenda, match="the ledger cannot be used"):
        open_ledger(f"sqlite:///{path}")
    assert path.read_bytes() == b"this is a letter, not a database. " * 200


def test_a_ledger_damaged_in_the_middle_stops(tmp_path: Path) -> None:
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with ledger.transaction() as connection:
        waiting.make_due(connection, SCOPE, [f"{n:05}" for n in range(3000)], "x")
    ledger.close()
    raw = sqlite3.connect(tmp_path / "ledger.db")
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    path = tmp_path / "ledger.db"
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\x5a" * (len(content) - 4096))
    with pytest.raises(StopAgenda), ledger.transaction() as connection:
        waiting.due(connection, SCOPE)
    ledger.close()


@pytest.mark.parametrize(
    "url",
    ["nonsense", "sqlite:////proc/nowhere/ledger.db", "oracle9://user:canary-pw@host/db", "sqlite:////dev/null/x"],
)
def test_an_address_that_cannot_be_is_told_without_the_address(url: str) -> None:
    with pytest.raises(BridgeError) as caught:
        open_ledger(url)
    assert isinstance(caught.value, SettingsError | StopAgenda)
    assert "canary-pw" not in caught.value.text + caught.value.log + str(caught.value)


def test_the_password_of_the_address_is_never_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = "postgresql://bridge:canary%2Fsecret@127.0.0.1:1/ledger"
    closed = open_ledger(url, migrate=False)
    with pytest.raises(Retry) as caught, closed.transaction():
        pass
    told = f"{closed!r} {closed.engine!r} {caught.value!r} {caught.value.log} {caplog.text}"
    assert "canary" not in told
    assert "canary" not in masked("login with canary/secret failed, canary%2Fsecret")


def test_rows_are_replaced_or_added_by_their_key(ledger: Ledger) -> None:
    """`upsert` beyond the size of one statement, twice; and with rows of one key."""
    many = [f"2026/AD/{number}" for number in range(1234)]
    with ledger.transaction() as connection:
        waiting.make_due(connection, SCOPE, many, "first")
        waiting.make_due(connection, SCOPE, [*many[:3], "new", *many[:3]], "second")
    with ledger.transaction() as connection:
        found = waiting.due(connection, SCOPE)
        assert len(list(connection.execute(select(schema.due)))) == 1235
    assert [t for t, why in found.items() if why == "second"] == [*many[:3], "new"]
