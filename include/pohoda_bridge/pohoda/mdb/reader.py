"""Reading one unit-year from an Access file, by the queries that SQL Server gets.

A reader keeps one copy: everything that it answers is of that moment, until it is closed.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.errors import BridgeError, Retry, StopAgenda
from pohoda_bridge.pohoda import custom
from pohoda_bridge.pohoda.mdb.connect import connect
from pohoda_bridge.pohoda.mdb.copying import Copy
from pohoda_bridge.pohoda.mdb.tables import Tables
from pohoda_bridge.pohoda.sql import konfig, marks
from pohoda_bridge.pohoda.sql.query import STAMPS, tables
from pohoda_bridge.pohoda.sql.reader import SqlReader
from pohoda_bridge.side import Reading, Window


class MdbReader(SqlReader):
    """Satisfies `Reader`. Copies the file, opens the copy and checks the company once, at the first question."""

    _copy: Copy | None = None

    def read(self, agenda: Agenda, window: Window) -> Reading:
        """`now` is the last moment that the file surely shows: when it was copied, or when the newest of its rows was
        saved, whichever is earlier. The file itself may be a copy of last night."""
        made = self._query(agenda)
        with self._cursor() as cursor:
            # All columns at once, not those of the stamps first.
            cursor.execute(made.select([], top=1)[0])
        reading = super().read(agenda, window)
        return Reading(min(reading.now, self._newest(agenda)), reading.parts)

    def keeps_marks(self, agenda: Agenda) -> bool:
        """Never: what was written after the copy is not in it."""
        return False

    def close(self) -> None:
        super().close()
        if self._copy is not None:
            self._copy.close()
            self._copy = None

    def _newest(self, agenda: Agenda) -> datetime:
        """When the newest row was saved; without any, a time before every row of this year was entered."""
        sql = agenda.read.sql
        found = [datetime(self._source.year - 1, 1, 1)]
        for table in (sql.table, *sql.changed):
            stamps = [f"t.[{stamp}]" for stamp in STAMPS if self._schema.has(table, stamp)]
            if stamps:
                saved = f"COALESCE({', '.join(stamps)}, NULL)"
                asked = f"SELECT MAX({saved}) FROM dbo.[{table}] AS t"  # ruff: ignore[hardcoded-sql-expression]
                with self._cursor() as cursor:
                    (newest,) = cursor.execute(asked).fetchone()
                found += [datetime.fromisoformat(newest)] if newest else []
        return max(found)

    @contextmanager
    def _cursor(self) -> Generator[Any, None, None]:
        """A cursor; after an error the copy is given up, and the next question takes a new one."""
        self._open()
        try:
            yield self._opened.cursor()
        except sqlite3.Error as error:
            self.close()
            name = type(error).__name__
            raise Retry(f"the copy of the Access file of connection {self._connection.id} failed ({name})") from None
        except BridgeError:
            self.close()
            raise

    def _open(self) -> None:
        if self._opened is not None:
            return
        path = self._connection.extra.get("path")
        if not path:
            raise StopAgenda(f"connection {self._connection.id} needs `path` in its extra: the Access file of the year")
        names = {table for agenda in self._source.agendas.values() for table in tables(agenda)}
        self._copy = Copy(Path(str(path)))
        try:
            opened = Tables(connect(self._connection, self._copy.path), self._connection.id)
            self._opened = opened
            self._schema = opened.schema({*names, *marks.TABLES, *custom.TABLES, *konfig.TABLES})
            konfig.check(opened.cursor(), self._schema, self._source)
        except BaseException:
            self.close()
            raise

    def _now(self) -> datetime:
        """When the copy was taken, by the unit's time zone."""
        self._open()
        if self._copy is None:
            raise Retry(f"the copy of the Access file of connection {self._connection.id} was given up")
        return self._copy.taken.astimezone(ZoneInfo(self._source.unit.timezone)).replace(tzinfo=None)
