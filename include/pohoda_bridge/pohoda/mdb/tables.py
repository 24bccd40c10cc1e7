"""The tables of an Access file in a database of our own, so that they can be asked as SQL Server is.

MDBTools cannot join or sort, and some conditions it answers wrong: it only ever gives whole tables here. SQLite, in a
temporary file without a name, does the rest: it takes the very queries that go to SQL Server, apart from `TOP`.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from math import isnan
from typing import Any, Self

from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda.mdb.connect import translated
from pohoda_bridge.pohoda.reader import folded
from pohoda_bridge.pohoda.sql.schema import Schema

PART = 2000
_CACHE = "PRAGMA dbo.cache_size = -32768"
_TYPES = {int: "int", bool: "bit", Decimal: "money", float: "float", datetime: "datetime", str: "varchar"}
_TABLE, _NAME = re.compile(r"dbo\.\[(\w+)\]"), re.compile(r"\[(\w+)\]")
# What a query asks for first by equality or order: a set's rows by their record, a look-up by its key.
_SOUGHT = re.compile(r"(?:\bt\.\[(\w+)\] =|ORDER BY t\.\[(\w+)\])")
_TOP = re.compile(r"SELECT TOP (\d+) (.*)", re.DOTALL)


class Tables:
    """Every table is read when a query first names it, and only the columns that the query names."""

    def __init__(self, opened: Any, connection: str) -> None:
        self._source = opened
        self._connection = connection
        self._known: dict[str, str] = {}
        self._columns: dict[str, dict[str, str]] = {}
        self._loaded: dict[str, set[str]] = {}
        self._kept = sqlite3.connect(":memory:", isolation_level=None)
        self._kept.create_collation("POHODA", _compared)
        self._kept.execute("ATTACH '' AS dbo")
        self._kept.execute(_CACHE)

    def schema(self, tables: Iterable[str]) -> Schema:
        """The columns of the tables, their types by the names that SQL Server has for them."""
        with translated(self._connection):
            there = [str(row.table_name) for row in self._source.cursor().tables(tableType="TABLE").fetchall()]
        self._known = {name.lower(): name for name in there}
        found: dict[str, dict[str, str]] = {}
        for table in sorted({name.lower() for name in tables} & self._known.keys()):
            described = self._select(self._known[table], "*").description
            self._columns[table] = {str(column[0]).lower(): str(column[0]) for column in described}
            found[table] = {str(column[0]).lower(): _type(column) for column in described}
        return Schema(found, {table: list(columns.values()) for table, columns in self._columns.items()})

    def cursor(self) -> "Cursor":
        return Cursor(self, self._kept.cursor())

    def read(self, statement: str) -> None:
        """Reads what a statement asks about and is not there yet."""
        named = {name.lower() for name in _NAME.findall(statement)}
        for table in dict.fromkeys(name.lower() for name in _TABLE.findall(statement)):
            columns = named & self._columns.get(table, {}).keys()
            loaded = self._loaded.get(table)
            if loaded is None or not columns <= loaded:
                self._load(table, sorted(columns | (loaded or set())))
        asked = _TABLE.search(statement)
        for found in _SOUGHT.findall(statement) if asked else ():
            self._index(asked[1].lower(), (found[0] or found[1]).lower())  # type: ignore[index]

    def close(self) -> None:
        import pyodbc

        self._kept.close()
        try:
            self._source.close()
        except pyodbc.Error:
            return

    def _load(self, table: str, columns: list[str]) -> None:
        """StopAgenda, Retry when not all rows could be read."""
        name, spelled = self._known[table], [self._columns[table][column] for column in columns]
        self._kept.execute(f"DROP TABLE IF EXISTS dbo.[{table}]")
        declared = ", ".join(
            f"[{one}]" + (" INTEGER PRIMARY KEY" if one == "id" else " COLLATE POHODA") for one in columns
        )
        self._kept.execute(f"CREATE TABLE dbo.[{table}] ({declared})")
        cursor = self._select(name, ", ".join(f"[{one}]" for one in spelled))
        marks = ", ".join("?" for _ in columns)
        added = f"INSERT INTO dbo.[{table}] VALUES ({marks})"  # ruff: ignore[hardcoded-sql-expression]
        count = 0
        self._kept.execute("BEGIN")
        for part in self._parts(cursor, name):
            try:
                self._kept.executemany(added, part)
            except sqlite3.IntegrityError:
                raise StopAgenda(f"{name} has an ID twice: the Access file is damaged; compact and repair it") from None
            count += len(part)
        self._kept.execute("COMMIT")
        self._whole(name, count)
        self._loaded[table] = set(columns)

    def _parts(self, cursor: Any, table: str) -> Iterator[list[list[Any]]]:
        """A part that is not full is the last one: MDBTools begins again when it is asked once more."""
        more = True
        while more:
            try:
                with translated(self._connection):
                    part = [[storable(value) for value in row] for row in cursor.fetchmany(PART)]
            except (ValueError, ArithmeticError):
                raise StopAgenda(f"{table} of the Access file has a value that is no date or number") from None
            yield part
            more = len(part) == PART

    def _whole(self, table: str, count: int) -> None:
        """MDBTools ends a table without a word where a page is torn or missing; the file's own count tells."""
        with translated(self._connection):
            told = int(self._select(table, "COUNT(*)").fetchone()[0])
        if count < told:
            raise Retry(
                f"{table} of the Access file has {told} rows, of which only {count} can be read: it is cut off or "
                "damaged; when it stays so, compact and repair it, or restore it"
            )

    def _select(self, table: str, what: str) -> Any:
        with translated(self._connection):
            return self._source.cursor().execute(f"SELECT {what} FROM [{table}]")  # ruff: ignore[hardcoded-sql-expression]

    def _index(self, table: str, column: str) -> None:
        if column != "id" and column in self._loaded.get(table, ()):
            self._kept.execute(f"CREATE INDEX IF NOT EXISTS dbo.[{table} {column}] ON [{table}] ([{column}])")


class Cursor:
    """Takes a query for SQL Server and its values, as pyodbc's cursor does."""

    def __init__(self, tables: Tables, cursor: sqlite3.Cursor) -> None:
        self._tables = tables
        self._cursor = cursor

    def execute(self, statement: str, *values: Any) -> Self:
        bound = values[0] if len(values) == 1 and isinstance(values[0], list | tuple) else values
        self._tables.read(statement)
        self._cursor.execute(_TOP.sub(r"SELECT \2 LIMIT \1", statement), [storable(value) for value in bound])
        return self

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> Sequence[Any]:
        return self._cursor.fetchall()


def storable(value: Any) -> Any:
    """A value as SQLite keeps it: moments as text that sorts, amounts as numbers where those are exact."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    if isinstance(value, Decimal):
        near = float(value)
        exact = value.is_finite() and Decimal(repr(near)) == value
        return near if exact else str(value)
    if isinstance(value, float) and isnan(value):
        return str(value)
    return bytes(value) if isinstance(value, bytearray) else value


def _type(column: Sequence[Any]) -> str:
    """The type of a column by what the driver says of it. MDBTools gives a memo no size."""
    kind = _TYPES.get(column[1], "image")
    return "text" if kind == "varchar" and not column[3] else kind


def _compared(one: str, other: str) -> int:
    first, second = str(folded(one) or ""), str(folded(other) or "")
    return (first > second) - (first < second)
