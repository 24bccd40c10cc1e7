"""Rows on their way into a unit: their ids are known at once, they are written some thousand at a time."""

from collections.abc import Sequence
from typing import Any

from pohoda_sandbox.pohoda.database import Pohoda

Row = dict[str, Any]
_AT_ONCE = 4000


class Writer:
    """Collects the rows of one unit and year. What is collected lies in the database after `flush` only."""

    def __init__(self, pohoda: Pohoda) -> None:
        self.pohoda = pohoda
        self._waiting: dict[str, list[Row]] = {}
        self._count = 0
        self._ids: dict[str, int] = {}

    def id(self, table: str, other_than: int = 0) -> int:
        """The next free id of a table."""
        if table not in self._ids:
            self._ids[table] = int(self.pohoda.rows(f'SELECT COALESCE(MAX(ID), 0) AS most FROM "{table}"')[0]["most"])
        self._ids[table] += 1
        if self._ids[table] == other_than:
            self._ids[table] += 1
        return self._ids[table]

    def add(self, table: str, row: Row) -> int:
        """Takes a row, and gives it an id unless it has one."""
        if "ID" not in row:
            row = {"ID": self.id(table), **row}
        self._waiting.setdefault(table, []).append(row)
        self._count += 1
        if self._count >= _AT_ONCE:
            self.flush()
        return int(row["ID"])

    def flush(self) -> None:
        waiting, self._waiting, self._count = self._waiting, {}, 0
        for table, rows in waiting.items():
            self.pohoda.insert_many(table, rows)


def add_to_all(writers: Sequence[Writer], table: str, **columns: Any) -> int:
    """Adds one row, with the same id, to every year of a unit."""
    row = {"ID": writers[0].id(table), **columns}
    for writer in writers:
        writer.add(table, row)
    return int(row["ID"])
