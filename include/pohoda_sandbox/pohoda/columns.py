"""What a table's columns hold, and the refusal of values that SQL Server would not take."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pohoda_sandbox.pohoda.clock import stored

CODE_PAGE = "cp1250"


@dataclass(frozen=True)
class Column:
    """One column as declared: T-SQL type in lower case, length of a varchar (0 for others)."""

    name: str
    type: str
    length: int
    computed: bool
    nullable: bool
    default: str | None


def columns_of(connection: sqlite3.Connection, table: str) -> dict[str, Column]:
    """The columns of a table by name in lower case, in order; empty when there is no such table."""
    found = {}
    for row in connection.execute(f'PRAGMA table_xinfo("{table}")'):
        declared = re.match(r"(\w*)(?:\((\d+)\))?", str(row["type"]).lower())
        kind, length = declared.groups() if declared else ("", None)
        found[str(row["name"]).lower()] = Column(
            name=row["name"],
            type={"integer": "int"}.get(kind, kind),
            length=int(length or 0),
            computed=row["hidden"] != 0,
            nullable=not row["notnull"] and not row["pk"],
            default=row["dflt_value"],
        )
    return found


def tables_of(connection: sqlite3.Connection) -> dict[str, str]:
    """POHODA's tables by name in lower case."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {str(row[0]).lower(): str(row[0]) for row in names}


def storable(column: Column, value: Any) -> Any:
    """The value as SQLite keeps it. Raises ValueError where SQL Server would refuse or lose something."""
    if column.computed:
        raise ValueError(f"{column.name} is computed and cannot be written")
    if isinstance(value, datetime):
        return stored(value)
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str):
        try:
            value.encode(CODE_PAGE)
        except UnicodeEncodeError as error:
            raise ValueError(f"{column.name} cannot hold {value!r}: {error.reason}") from error
        if column.length and len(value) > column.length:
            raise ValueError(f"{column.name} holds {column.length} characters, not {len(value)}")
    return value
