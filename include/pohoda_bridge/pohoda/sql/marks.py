"""Marks of external systems on POHODA's rows: `sExtID` with `sExtSys`."""

from collections.abc import Iterable
from typing import Any

from pohoda_bridge.pohoda.sql.schema import Schema

TABLES = ("sExtID", "sExtSys")
# POHODA's number of the agenda that a table holds.
AGENDA_NUMBERS = {"AD": 13}
_FROM = (
    "FROM dbo.[sExtID] AS e INNER JOIN dbo.[sExtSys] AS s ON s.[ID] = e.[RefExtSys] "
    "WHERE e.[RelAgID] = ? AND s.[IDS] = CAST(? AS varchar(64))"
)


def kept(schema: Schema, table: str) -> bool:
    """Whether rows of this table can carry marks here."""
    has_tables = schema.has("sExtID", "RefDocID", "RelAgID", "IDS", "RefExtSys") and schema.has("sExtSys", "ID", "IDS")
    return table in AGENDA_NUMBERS and has_tables


def between(cursor: Any, table: str, system: str, ids: Iterable[int]) -> dict[int, str]:
    """ID of the row -> our id on it, for the span of the given IDs; the first one made when there are several."""
    span = sorted(ids)
    if not span:
        return {}
    cursor.execute(
        f"SELECT e.[RefDocID], e.[IDS] {_FROM} AND e.[RefDocID] >= ? AND e.[RefDocID] <= ? ORDER BY e.[ID]",
        AGENDA_NUMBERS[table],
        system,
        span[0],
        span[-1],
    )
    found: dict[int, str] = {}
    for number, mark in cursor.fetchall():
        found.setdefault(int(number), str(mark).rstrip(" "))
    return found


def carriers(cursor: Any, table: str, system: str, mark: str) -> list[int]:
    """The IDs of the rows that carry this mark."""
    cursor.execute(
        f"SELECT e.[RefDocID], e.[IDS], s.[IDS] {_FROM} AND e.[IDS] = CAST(? AS varchar(64)) ORDER BY e.[RefDocID]",
        AGENDA_NUMBERS[table],
        system,
        mark,
    )
    # The server compares without regard to case, an id is exact.
    exact = [(int(number), str(ids).rstrip(" "), str(name).rstrip(" ")) for number, ids, name in cursor.fetchall()]
    return sorted({number for number, ids, name in exact if (ids, name) == (mark, system)})
