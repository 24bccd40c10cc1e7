"""What an ODBC driver for Access files gives within MDBTools's limits: whole tables, and how many rows they have."""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyodbc
import pytest

from pohoda_bridge.connections import Connection
from pohoda_bridge.pohoda.mdb.connect import connect
from pohoda_sandbox.pohoda import Pohoda

FILE = Path(__file__).parents[1] / "data/pohoda/pohoda_sample.mdb"
PLAIN = re.compile(r"SELECT (\*|COUNT\(\*\)|\[\w+\](?:, \[\w+\])*) FROM \[(\w+)\]")
_GIVEN: dict[str, tuple[type, Callable[[Any], Any]]] = {
    "int": (int, int), "smallint": (int, int), "tinyint": (int, int), "bit": (bool, bool), "float": (float, float),
    "real": (float, lambda value: Decimal(str(value))), "money": (Decimal, lambda value: Decimal(str(value))),
    "datetime": (datetime, datetime.fromisoformat), "varchar": (str, str), "text": (str, str),
    "image": (bytearray, bytearray),
}  # fmt: skip


class Access:
    """The tables of an opened file, and those of a sandbox that the file lacks (without a file: all of them)."""

    def __init__(self, pohoda: Pohoda, file: Any = None) -> None:
        self.pohoda, self.file = pohoda, file
        self.of_file = {row.table_name for row in file.cursor().tables().fetchall()} if file else set()
        self.statements: list[str] = []

    def cursor(self) -> "Cursor":
        return Cursor(self)

    def close(self) -> None:
        """The sandbox goes on."""


class Cursor:
    """A cursor over one whole table; anything but a plain SELECT is a fault of the reader's."""

    description: list[tuple[Any, ...]]

    def __init__(self, access: Access) -> None:
        self._access = access
        self._left: list[Any] = []

    def tables(self, **_: str) -> "Cursor":
        own = self._access.pohoda.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        self._left = [SimpleNamespace(table_name=name) for name in {row["name"] for row in own} | self._access.of_file]
        return self

    def execute(self, statement: str) -> Any:
        self._access.statements.append(statement)
        asked = PLAIN.fullmatch(statement)
        assert asked, f"MDBTools cannot be trusted with {statement}"
        what, table = asked.groups()
        if table in self._access.of_file:
            return self._access.file.cursor().execute(statement)
        rows = self._access.pohoda.rows(f'SELECT * FROM "{table}"')
        if what == "COUNT(*)":
            self._left = [(str(len(rows)),)]
            return self
        known = self._access.pohoda.columns(table)
        named = [one.lower() for one in re.findall(r"\w+", what)]
        chosen = [known[one] for one in (known if what == "*" else named) if not known[one].computed]
        self.description = [
            (one.name, _GIVEN[one.type][0], None, 0 if one.type == "text" else 1, 1, 0, True) for one in chosen
        ]
        self._left = [tuple(_given(one.type, row[one.name]) for one in chosen) for row in rows]
        return self

    def fetchone(self) -> Any:
        return self._left.pop(0) if self._left else None

    def fetchmany(self, size: int) -> list[Any]:
        part, self._left = self._left[:size], self._left[size:]
        return part

    def fetchall(self) -> list[Any]:
        return self.fetchmany(len(self._left))


def mdbtools() -> Any:
    """The sample file, opened by MDBTools, or a reason to skip."""
    if "MDBTools" not in pyodbc.drivers():
        pytest.skip("no ODBC driver MDBTools here (package odbc-mdbtools; make odbc)")
    return connect(Connection("mdb", ""), FILE)


def loaded(path: Path, file: Any) -> Pohoda:
    """A sandbox with the rows of the file; columns that only the file has are added."""
    pohoda = Pohoda.create(path, ico="12345678", year=2025)
    pohoda.rows("DELETE FROM sKonfig")
    pohoda.rows("DELETE FROM Verze")
    tables = {row["name"] for row in pohoda.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in sorted(tables & {row.table_name for row in file.cursor().tables().fetchall()}):
        cursor = file.cursor().execute(f"SELECT * FROM [{table}]")
        names = [column[0] for column in cursor.description]
        for name, kind in ((column[0], column[1]) for column in cursor.description):
            if name.lower() not in pohoda.columns(table):
                pohoda.rows(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {"int" if kind is int else "varchar(255)"}')
        for row in cursor.fetchall():
            marks = ", ".join("?" for _ in names)
            listed = ", ".join(f'"{name}"' for name in names)
            pohoda.rows(f'INSERT INTO "{table}" ({listed}) VALUES ({marks})', *map(_stored, row))
    pohoda._columns.clear()
    return pohoda


def _given(kind: str, value: Any) -> Any:
    return None if value is None else _GIVEN[kind][1](value)


def _stored(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value
