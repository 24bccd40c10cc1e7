"""The tables and columns of one database as a statement sees them, INFORMATION_SCHEMA and sys.databases included."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from pohoda_sandbox.pohoda.columns import Column, columns_of, tables_of
from pohoda_sandbox.pohoda.tds.types import SqlType

SCHEMA_COLUMNS = "INFORMATION_SCHEMA_COLUMNS"
SCHEMA_TABLES = "INFORMATION_SCHEMA_TABLES"
DATABASES = "SYS_DATABASES"
_DDL = f"""
CREATE TEMP TABLE IF NOT EXISTS {SCHEMA_TABLES} (
  TABLE_CATALOG varchar(128) COLLATE NOCASE, TABLE_SCHEMA varchar(128) COLLATE NOCASE,
  TABLE_NAME varchar(128) COLLATE NOCASE, TABLE_TYPE varchar(10) COLLATE NOCASE);
CREATE TEMP TABLE IF NOT EXISTS {SCHEMA_COLUMNS} (
  TABLE_CATALOG varchar(128) COLLATE NOCASE, TABLE_SCHEMA varchar(128) COLLATE NOCASE,
  TABLE_NAME varchar(128) COLLATE NOCASE, COLUMN_NAME varchar(128) COLLATE NOCASE, ORDINAL_POSITION int,
  COLUMN_DEFAULT varchar(4000), IS_NULLABLE varchar(3) COLLATE NOCASE, DATA_TYPE varchar(128) COLLATE NOCASE,
  CHARACTER_MAXIMUM_LENGTH int, NUMERIC_PRECISION int, NUMERIC_SCALE int, DATETIME_PRECISION int);
CREATE TEMP TABLE IF NOT EXISTS {DATABASES} (name varchar(128) COLLATE NOCASE, database_id int);
DELETE FROM {DATABASES};
DELETE FROM {SCHEMA_TABLES};
DELETE FROM {SCHEMA_COLUMNS};
"""
_PRECISION = {"int": 10, "smallint": 5, "bigint": 19, "money": 19, "float": 53, "real": 24}


class Catalog:
    """What exists in a database; a column named `gone` does not, in any table, as after a program upgrade.

    `told` keeps what was answered of INFORMATION_SCHEMA alone, by statement and parameters.
    """

    def __init__(self, connection: sqlite3.Connection, database: str, gone: str = "") -> None:
        self.database = database
        self.gone = gone.lower()
        self.told: dict[tuple[object, ...], Any] = {}
        self._tables = tables_of(connection)
        self._columns = {table: columns_of(connection, table) for table in self._tables.values()}
        for columns in self._columns.values():
            columns.pop(self.gone, None)

    def table(self, name: str) -> str | None:
        """The table's own spelling, or None when there is none."""
        return self._tables.get(name.lower())

    def columns(self, table: str) -> dict[str, Column]:
        """Columns by name in lower case, in order, without the one that is gone."""
        return self._columns.get(table) or _VIEWS.get(table, {})

    def type_of(self, table: str, column: str) -> SqlType | None:
        known = self.columns(table).get(column.lower())
        return SqlType.named(known.type, known.length) if known else None

    def fill_schema_views(self, connection: sqlite3.Connection, databases: Sequence[str]) -> None:
        """Writes INFORMATION_SCHEMA and sys.databases anew, as temporary tables of this connection."""
        connection.executescript(_DDL)
        connection.executemany(f"INSERT INTO {DATABASES} VALUES (?, ?)", zip(databases, range(5, 999), strict=False))
        tables = [(self.database, table) for table in self._tables.values()]
        connection.executemany(f"INSERT INTO {SCHEMA_TABLES} VALUES (?, 'dbo', ?, 'BASE TABLE')", tables)
        connection.executemany(
            f"INSERT INTO {SCHEMA_COLUMNS} VALUES (?, 'dbo', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                self._told(table, place, column)
                for table, columns in self._columns.items()
                for place, column in enumerate(columns.values(), start=1)
            ],
        )

    def _told(self, table: str, place: int, column: Column) -> tuple[object, ...]:
        return (
            self.database,
            table,
            column.name,
            place,
            f"({column.default})" if column.default is not None else None,
            "YES" if column.nullable else "NO",
            column.type,
            column.length or (2147483647 if column.type in {"text", "image"} else None),
            _PRECISION.get(column.type),
            4 if column.type == "money" else 0 if column.type in {"int", "smallint", "bigint"} else None,
            3 if column.type == "datetime" else None,
        )


def _views() -> dict[str, dict[str, Column]]:
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.row_factory = sqlite3.Row
        empty.executescript(_DDL)
        return {view: columns_of(empty, view) for view in (SCHEMA_TABLES, SCHEMA_COLUMNS, DATABASES)}


_VIEWS = _views()
