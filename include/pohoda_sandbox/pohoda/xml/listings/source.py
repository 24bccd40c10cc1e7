"""A table as a form sees it: its columns, those of the lists it refers to, and one query for a page of rows."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pohoda_sandbox.pohoda.columns import Column
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.listings.printing import PRINTERS, Printer, escaped, plain

Row = dict[str, Any]


class Loose:
    """Rows that come from no table: every value is printed by its own type."""

    def printer(self, path: str) -> Printer:
        return plain


class Source:
    """A path is a column, or leads through references: `RefSKz/SKz.RefSklad/sSklad.IDS` is the code of the store of
    the line's card. Asking for a path's printer joins what it needs; its value then stands in a row under the path.
    """

    def __init__(self, pohoda: Pohoda, table: str) -> None:
        self.table = table
        self._pohoda = pohoda
        self._columns: dict[str, dict[str, Column]] = {}
        self._aliases = {"": "t"}
        self._joins: list[str] = []
        self._selected: dict[str, str] = {}

    def printer(self, path: str) -> Printer:
        """Raises KeyError for a column that is not there."""
        way, _, column = path.rpartition(".")
        table = way.rpartition("/")[2] or self.table
        known = self._of(table)[column.lower()]
        if way:
            self._selected[path] = f'{self._joined(way)}."{column}"'
        return PRINTERS.get(known.type, escaped)

    def custom(self) -> list[Column]:
        """The columns of custom fields: `VPr...` and `RefVPr...`."""
        return [column for name, column in self._of(self.table).items() if name.startswith(("vpr", "refvpr"))]

    def rows(self, ids: Sequence[int], *, by: str = "ID", where: str = "", order: str = "t.ID") -> list[Row]:
        """The rows whose column `by` is among the ids."""
        picked = "".join(f', {column} AS "{path}"' for path, column in self._selected.items())
        return self._pohoda.rows(
            f'SELECT t.*{picked} FROM "{self.table}" AS t {" ".join(self._joins)} '
            f'WHERE t."{by}" IN (SELECT value FROM json_each(?)) {where and f"AND ({where})"} ORDER BY {order}',
            json.dumps(list(ids)),
        )

    def _joined(self, way: str) -> str:
        """The alias of the table at the end of `RefSKz/SKz` or `RefSKz/SKz.RefSklad/sSklad`."""
        if way not in self._aliases:
            before, _, table = way.rpartition("/")
            further, _, column = before.rpartition(".")
            alias = f"j{len(self._aliases)}"
            owner = self._joined(further) if further else "t"
            self._joins.append(f'LEFT JOIN "{table}" AS {alias} ON {alias}.ID = {owner}."{column}"')
            self._aliases[way] = alias
        return self._aliases[way]

    def _of(self, table: str) -> dict[str, Column]:
        if table not in self._columns:
            self._columns[table] = self._pohoda.columns(table)
        return self._columns[table]


def grouped(rows: Iterable[Row], key: str) -> defaultdict[int, list[Row]]:
    """The rows by the value of one column, in their order."""
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found
