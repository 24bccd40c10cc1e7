"""Which tables and columns this database has, asked once; names compare without regard to case, as SQL Server does."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.errors import StopAgenda

_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_COLUMNS = "SELECT [TABLE_NAME], [COLUMN_NAME], [DATA_TYPE] FROM INFORMATION_SCHEMA.COLUMNS"
# `=` is not allowed on these.
LONG_TEXT = frozenset({"text", "ntext", "image"})


@dataclass(frozen=True)
class Schema:
    """Table -> column -> type, all in lower case; `spelled` has the columns as the database writes them."""

    tables: dict[str, dict[str, str]]
    spelled: dict[str, list[str]] = field(default_factory=dict)

    def columns(self, table: str) -> list[str]:
        """The columns of a table as they are written there; none when there is no such table."""
        return self.spelled.get(table.lower(), [])

    def type_of(self, table: str, column: str) -> str | None:
        """The column's type, or None when it is not there."""
        return self.tables.get(table.lower(), {}).get(column.lower())

    def has(self, table: str, *columns: str) -> bool:
        return all(self.type_of(table, column) is not None for column in columns or ("ID",))


def probe(cursor: Any, tables: Iterable[str]) -> Schema:
    """The live columns of the tables; one that does not exist has none."""
    names = sorted({named(table) for table in tables})
    marks = ", ".join("?" for _ in names)
    cursor.execute(_COLUMNS + f" WHERE [TABLE_NAME] IN ({marks})", names)
    found: dict[str, dict[str, str]] = {}
    spelled: dict[str, list[str]] = {}
    for table, column, kind in cursor.fetchall():
        found.setdefault(str(table).lower(), {})[str(column).lower()] = str(kind).lower()
        spelled.setdefault(str(table).lower(), []).append(str(column))
    return Schema(found, spelled)


def named(name: str) -> str:
    """The name of a table or column from an agenda file, fit for brackets; anything else is StopAgenda."""
    if not _NAME.fullmatch(name):
        raise StopAgenda("an agenda file names a table or column with other characters than letters, digits and _")
    return name
