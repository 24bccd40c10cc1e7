"""Rows of one form that belong to records of the others: prices, which stand on cards, gathered into their levels.

The database and the listing keep a price with its card, and give it no time of change and no id of its own.
"""

import sqlite3
import tempfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pohoda_bridge.catalogue import Fill, Gather
from pohoda_bridge.pohoda.identity import parsed
from pohoda_bridge.pohoda.reader import folded
from pohoda_bridge.records.fingerprint import dumps, loads
from pohoda_bridge.side import Row

TOGETHER = 2000
"""Records and rows that a part holds at least, unless it is the last."""
_TABLES = """
CREATE TABLE owners (id TEXT PRIMARY KEY, number INTEGER, once TEXT, row TEXT);
CREATE TABLE named (name TEXT, number INTEGER, once TEXT, row TEXT);
CREATE TABLE told (name TEXT, value TEXT, row TEXT, PRIMARY KEY (name, value));
"""
_OLDEST = """
SELECT oldest.id, oldest.row FROM owners JOIN owners AS oldest ON oldest.once = owners.once
WHERE owners.id = ? ORDER BY oldest.number LIMIT 1
"""
_NAMED = "SELECT once, row FROM named WHERE name = ? ORDER BY number, rowid"


class Gathered:
    """What was gathered: `completed` gives records what is theirs."""

    def __init__(self, gather: Gather, waiting: sqlite3.Connection) -> None:
        self._gather = gather
        self._waiting = waiting

    def completed(self, rows: Iterable[Row]) -> Iterator[list[Row]]:
        """The records with their rows, few of them together: one may have a hundred thousand rows, and there may be ten
        thousand of some rows each. `_saved` told nothing of these.
        """
        part: list[Row] = []
        held = 0
        for row in rows:
            part.append({**row, **self._filled(row), self._gather.into: self._of(row), "_saved": None})
            held += 1 + sum(len(value) for value in part[-1].values() if isinstance(value, list))
            if held >= TOGETHER:
                yield part
                part, held = [], 0
        if part:
            yield part

    def _of(self, row: Row) -> list[Row]:
        """The rows that name the record; of those with one value of `once` the oldest."""
        name = folded(row.get(self._gather.key))
        found: dict[str, Row] = {}
        for once, text in self._waiting.execute(_NAMED, (name,)) if name is not None else ():
            if once not in found:
                found[once] = self._oldest(loads(text))
        return list(found.values())

    def _filled(self, row: Row) -> Row:
        return {
            name: [dict.fromkeys(fill.fields) | self._learned(one, fill) for one in row[name]]
            for name, fill in self._gather.fills.items()
            if row.get(name)
        }

    def _learned(self, row: Row, fill: Fill) -> Row:
        if fill.by == self._gather.reference:
            return self._oldest(row, fill.fields)
        asked = fill.by, str(row.get(fill.by))
        found = self._waiting.execute("SELECT row FROM told WHERE name = ? AND value = ?", asked).fetchone()
        known = loads(found[0]) if found else {}
        return {**row, **{name: known.get(name) for name in fill.fields}}

    def _oldest(self, row: Row, fields: Iterable[str] = ()) -> Row:
        """The row with its reference to the oldest of its kind, and these fields of that one."""
        reference = self._gather.reference
        found = self._waiting.execute(_OLDEST, (row.get(reference),)).fetchone()
        if found is None:
            return row
        known = loads(found[1])
        return {**row, reference: found[0], **{name: known[name] for name in fields}}


@contextmanager
def gathered(gather: Gather, parts: Iterable[list[Row]]) -> Generator[Gathered]:
    """The rows of the form, waiting in a private temporary file until the end."""
    with tempfile.TemporaryDirectory(prefix="pohoda-bridge-") as folder:
        waiting = sqlite3.connect(Path(folder) / "rows.db", isolation_level=None)
        try:
            waiting.execute("PRAGMA journal_mode = OFF")
            waiting.executescript(_TABLES)
            waiting.execute("BEGIN")
            for part in parts:
                for row in part:
                    _keep(gather, waiting, row)
            waiting.executescript("CREATE INDEX alike ON owners (once, number); CREATE INDEX names ON named (name);")
            yield Gathered(gather, waiting)
        finally:
            waiting.close()


def _keep(gather: Gather, waiting: sqlite3.Connection, row: Row) -> None:
    place = parsed(row["_id"])
    number = place[2] if place else 0
    value = folded(row.get(gather.once))
    once = f"={value}" if value is not None else str(row["_id"])
    plain: dict[str, Any] = {name: value for name, value in row.items() if name != gather.rows and name[0] != "_"}
    waiting.execute("INSERT OR REPLACE INTO owners VALUES (?, ?, ?, ?)", (row["_id"], number, once, dumps(plain)))
    for name in {fill.by for fill in gather.fills.values()} - {gather.reference}:
        if plain.get(name) is not None:
            waiting.execute("INSERT OR IGNORE INTO told VALUES (?, ?, ?)", (name, str(plain[name]), dumps(plain)))
    for one in row.get(gather.rows) or ():
        named = folded(one.get(gather.by))
        if named is not None:
            kept = {field: one.get(field, row.get(field)) for field in gather.fields}
            waiting.execute("INSERT INTO named VALUES (?, ?, ?, ?)", (named, number, once, dumps(kept)))
