"""Runs T-SQL for one connection and says what came out, in SQL Server's types and errors."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlglot import exp

from pohoda_sandbox.pohoda.clock import Clock
from pohoda_sandbox.pohoda.connection import connect
from pohoda_sandbox.pohoda.tds import translate
from pohoda_sandbox.pohoda.tds.catalog import DATABASES, SCHEMA_COLUMNS, SCHEMA_TABLES, Catalog
from pohoda_sandbox.pohoda.tds.errors import SqlError, from_sqlite
from pohoda_sandbox.pohoda.tds.parameters import moment
from pohoda_sandbox.pohoda.tds.rules import MOST_PARAMETERS
from pohoda_sandbox.pohoda.tds.scope import Scope
from pohoda_sandbox.pohoda.tds.types import SqlType

_UNITS = {"day": "days", "hour": "hours", "minute": "minutes", "second": "seconds", "week": "weeks"}
_PROPERTIES = {"collation": "Czech_CI_AS", "edition": "Express Edition (64-bit)", "productversion": "15.0.2000.5"}


@dataclass(frozen=True)
class Rows:
    """A result set."""

    names: tuple[str, ...]
    types: tuple[SqlType, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Count:
    """A statement without a result set; how many rows it changed, None when it changes none by its nature."""

    rows: int | None = None


class Executor:
    """One client's view of one database."""

    def __init__(
        self, path: Path, database: str, clock: Clock, *, may_write: bool, databases: Sequence[str] = ()
    ) -> None:
        """`databases` are all those of the server that the login may open."""
        self._database = database
        self._databases = databases
        self._may_write = may_write
        self._connection = connect(path, read_only=not may_write)
        self._catalogs: dict[tuple[int, str], Catalog] = {}
        functions: tuple[tuple[str, int, Any], ...] = (
            ("GETDATE", 0, lambda: moment(clock().replace(tzinfo=None))),
            ("DB_NAME", 0, lambda: database),
            ("HAS_DBACCESS", 1, lambda name: 1),
            ("DATEADD", 3, _later),
            ("DATABASEPROPERTYEX", 2, lambda _, name: _PROPERTIES.get(str(name).lower())),
            ("SERVERPROPERTY", 1, lambda name: _PROPERTIES.get(str(name).lower())),
        )
        for name, count, function in functions:
            self._connection.create_function(name, count, function)

    def close(self) -> None:
        self._connection.close()

    def transaction(self, word: str) -> None:
        """BEGIN, COMMIT or ROLLBACK; of no effect for a login that only reads."""
        if self._may_write and (word == "BEGIN") != self._connection.in_transaction:
            self._connection.execute(word)

    def run(self, sql: str, parameters: Mapping[str, Any], *, gone: str = "") -> Iterator[Rows | Count]:
        """What each statement of the batch brings. Raises SqlError at the first that fails."""
        if len(parameters) > MOST_PARAMETERS:
            text = (
                "The incoming request has too many parameters. The server supports a maximum of 2100 parameters. "
                "Reduce the number of parameters and resend the request."
            )
            raise SqlError(8003, text)
        statements = _parsed(sql)
        for place in range(len(statements)):
            yield self._one(sql, place, parameters, gone)
        if not statements:
            yield Count()

    def _one(self, sql: str, place: int, parameters: Mapping[str, Any], gone: str) -> Rows | Count:
        statement = _parsed(sql)[place]
        if translate.is_setting(statement):
            return Count()
        catalog = self._catalog(gone)
        own = _translated(sql, place, catalog, self._may_write)
        if not any(view in own for view in (SCHEMA_COLUMNS, SCHEMA_TABLES, DATABASES)):
            return self._ran(statement, catalog, own, parameters)
        known = own, tuple(parameters.items())
        if known in catalog.told:
            told: Rows = catalog.told[known]
            return told
        catalog.fill_schema_views(self._connection, self._databases)
        found = self._ran(statement, catalog, own, parameters)
        if all(table.db.upper() == "INFORMATION_SCHEMA" for table in statement.find_all(exp.Table)):
            catalog.told[known] = found
        return found

    def _ran(
        self, statement: exp.Expression, catalog: Catalog, own: str, parameters: Mapping[str, Any]
    ) -> Rows | Count:
        try:
            cursor = self._connection.execute(own, dict(parameters))
            if cursor.description is None:
                return Count(max(cursor.rowcount, 0))
            rows = tuple(tuple(row) for row in cursor)
        except sqlite3.Error as error:
            raise from_sqlite(error) from error
        return _rows(statement, catalog, [column[0] for column in cursor.description], rows)

    def _catalog(self, gone: str) -> Catalog:
        """What exists now; databases with the same tables share one."""
        version = int(self._connection.execute("PRAGMA schema_version").fetchone()[0])
        if (version, gone) not in self._catalogs:
            tables = self._connection.execute("SELECT sql FROM sqlite_master ORDER BY rowid").fetchall()
            known = self._database, gone, tuple(row[0] for row in tables)
            if known not in _CATALOGS:
                _CATALOGS[known] = Catalog(self._connection, self._database, gone)
            self._catalogs[version, gone] = _CATALOGS[known]
        return self._catalogs[version, gone]


_CATALOGS: dict[tuple[Any, ...], Catalog] = {}


@lru_cache(maxsize=1000)
def _parsed(sql: str) -> tuple[exp.Expression, ...]:
    return tuple(translate.parse(sql))


@lru_cache(maxsize=1000)
def _translated(sql: str, place: int, catalog: Catalog, may_write: bool) -> str:
    return translate.translated(_parsed(sql)[place], catalog, may_write=may_write)


def _rows(statement: exp.Expression, catalog: Catalog, found: list[str], rows: tuple[tuple[Any, ...], ...]) -> Rows:
    select = statement if isinstance(statement, exp.Select) else statement.find(exp.Select)
    scope = Scope(select or exp.Select(), catalog)
    parts = list(select.expressions) if select is not None else []
    starred = len(parts) != len(found) or any(part.is_star and not isinstance(part, exp.Count) for part in parts)
    types, names = [], []
    for place, name in enumerate(found):
        part = exp.column(name) if starred else parts[place]
        kind = scope.result_type(part)
        types.append(kind or _type_of_values([row[place] for row in rows]))
        names.append(name if starred else part.alias_or_name if isinstance(part, exp.Alias | exp.Column) else "")
    return Rows(tuple(names), tuple(types), rows)


def _type_of_values(values: list[Any]) -> SqlType:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) for value in known):
        return SqlType("int" if all(abs(value) < 2**31 for value in known) else "bigint")
    if known and all(isinstance(value, int | float) for value in known):
        return SqlType("float")
    return SqlType("int") if not known else SqlType("varchar", 8000)


def _later(unit: str, count: int, start: str | None) -> str | None:
    if start is None or unit not in _UNITS:
        return None
    return moment(datetime.fromisoformat(start) + timedelta(**{_UNITS[unit]: int(count)}))
