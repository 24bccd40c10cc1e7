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
        except OperationalError as error:
            text = str(error.orig)
            if "locked" in text or "connect" in text or "server closed" in text:
                raise Retry("the ledger is busy or not reachable; tried again by itself", log=text) from error
            raise StopAgenda(f"the ledger cannot be used: {text}") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Retry("the connection to the ledger was lost; tried again by itself") from error
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
            return create_engine(parsed, pool_pre_ping=True)
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": 30})
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


def _sqlite_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
