"""Marks of external systems on POHODA's rows: `sExtID` with `sExtSys`."""

from collections.abc import Iterable, Mapping
from typing import Any

from pohoda_bridge.pohoda.sql.schema import Schema

TABLES = ("sExtID", "sExtSys")
# POHODA's numbers of the agendas that a table holds; ids are unique within a table.
AGENDA_NUMBERS: Mapping[str, tuple[int, ...]] = {
    "AD": (13,), "OBJ": (11, 12), "NAB": (91, 92), "FA": (2, 3, 18, 19, 43, 44),
}  # fmt: skip


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
        f"SELECT e.[RefDocID], e.[IDS] {_from(table)} AND e.[RefDocID] >= ? AND e.[RefDocID] <= ? ORDER BY e.[ID]",
        *AGENDA_NUMBERS[table],
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
        f"SELECT e.[RefDocID], e.[IDS], s.[IDS] {_from(table)} AND e.[IDS] = CAST(? AS varchar(64)) "
        "ORDER BY e.[RefDocID]",
        *AGENDA_NUMBERS[table],
        system,
        mark,
    )
    # The server compares without regard to case, an id is exact.
    exact = [(int(number), str(ids).rstrip(" "), str(name).rstrip(" ")) for number, ids, name in cursor.fetchall()]
    return sorted({number for number, ids, name in exact if (ids, name) == (mark, system)})


def _from(table: str) -> str:
    listed = ", ".join("?" for _ in AGENDA_NUMBERS[table])
    return (
        "FROM dbo.[sExtID] AS e INNER JOIN dbo.[sExtSys] AS s ON s.[ID] = e.[RefExtSys] "
        f"WHERE e.[RelAgID] IN ({listed}) AND s.[IDS] = CAST(? AS varchar(64))"
    )
