"""The ledger's door: one database, one transaction at a time, migrated before use, newer ones refused."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError

from pohoda_bridge.errors import Retry, SettingsError, StopAgenda
from pohoda_bridge.redact import keep_secret

MIGRATIONS = Path(__file__).parent / "migrations"
WAIT = 30
"""Seconds that a transaction waits for its turn."""
SILENCE = 300
"""Seconds without a statement after which PostgreSQL ends a transaction that others wait for."""
KEY = 7_064_861
"""The advisory lock in the ledger's database that stands for a turn."""
PASSING = ("08", "25", "40", "53", "55", "57")
"""Classes of PostgreSQL's error codes: connection, state of the transaction, rollback, resources, locks, operators."""
DISK_FULL = "53100"
REFUSALS = ("authentication failed", "does not exist", "pg_hba.conf")
"""Of a connection that was not made there is no code, and what a server refuses it will refuse again."""


def utc_now() -> datetime:
    """The ledger's clock: naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Ledger:
    """An open ledger. Everything is written through `transaction`; nothing of it is half done."""

    engine: Engine

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """One transaction; a locked or unreachable database is Retry, a full disk or broken file StopAgenda."""
        try:
            with self.engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            if error.connection_invalidated or _passes(error):
                raise Retry(
                    "the ledger is busy or not reachable; tried again by itself", log=str(error.orig)
                ) from error
            if isinstance(error, OperationalError):
                raise StopAgenda(f"the ledger cannot be used: {error.orig}") from error
            if type(error) is DatabaseError:
                raise StopAgenda(f"the ledger cannot be used: {error.orig}; restore it from a backup") from error
            raise

    def close(self) -> None:
        self.engine.dispose()


def open_ledger(url: str, *, migrate: bool = True) -> Ledger:
    """The ledger at a SQLAlchemy URL, migrated to this version in one transaction."""
    ledger = Ledger(_engine(url))
    if migrate:
        upgrade(ledger)
    return ledger


def _engine(url: str) -> Engine:
    """SettingsError for an address that no database can have, StopAgenda for one that cannot be used here."""
    try:
        parsed = make_url(url)
        keep_secret(parsed.password)
        if not parsed.drivername.startswith("sqlite"):
            engine = create_engine(parsed, pool_pre_ping=True, isolation_level="READ COMMITTED")
            event.listen(engine, "begin", _postgresql_begin)
            event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
            return engine
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": WAIT})
    except (ArgumentError, ImportError) as error:
        raise SettingsError("POHODA_BRIDGE_LEDGER is no SQLAlchemy URL of a SQLite or PostgreSQL database") from error
    except OSError as error:
        raise StopAgenda(f"the ledger's folder cannot be made: {error.strerror}") from error
    event.listen(engine, "connect", _sqlite_connect)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def upgrade(ledger: Ledger) -> None:
    """Bring the ledger to this version's schema; a ledger of a newer version is refused, unchanged."""
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    logging.getLogger("alembic").setLevel(logging.WARNING)  # it greets at every connection, in every task's log
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    with ledger.transaction() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        if current is not None and current not in known:
            raise StopAgenda(
                f"the ledger was written by a newer version (schema {current}); install that version again"
            )
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _passes(error: DBAPIError) -> bool:
    """Whether the same may work later. PostgreSQL's words depend on its language, so its codes are read."""
    text = str(error.orig)
    if "sqlite" in type(error.orig).__module__:
        return "locked" in text
    code: str | None = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if code is None:
        return isinstance(error, OperationalError) and not any(refusal in text for refusal in REFUSALS)
    return code.startswith(PASSING) and code != DISK_FULL


def _postgresql_begin(connection: Connection) -> None:
    """One transaction at a time, as BEGIN IMMEDIATE is for SQLite (docs/adr/0010).

    Whoever waits too long for its turn may come again; one whose process or network went silent loses its turn.
    """
    turn = "SELECT set_config('lock_timeout', '{wait}s', true), pg_advisory_xact_lock({key}), "
    silence = "set_config('idle_in_transaction_session_timeout', '{silence}s', true)"
    connection.exec_driver_sql((turn + silence).format(wait=WAIT, key=KEY, silence=SILENCE))


def _without_nul(_: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> tuple[str, Any]:
    """PostgreSQL takes no text with NUL in it; the one reason that cites such a value must not stop the whole run."""
    every = parameters if isinstance(parameters, list) else [parameters]
    clean = [
        {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in one.items()}
        for one in every
    ]  # fmt: skip
    return statement, clean if isinstance(parameters, list) else clean[0]


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
