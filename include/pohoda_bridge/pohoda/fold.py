"""Rows that POHODA keeps once for each store as one record: a product's oldest card, with the list of them all."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from pohoda_bridge.catalogue import Fold
from pohoda_bridge.records.fingerprint import dumps, loads
from pohoda_bridge.side import Mark, Row

PART = 2000
_NEXT_TO_EACH_OTHER = """
SELECT row, first FROM (SELECT row, number, min(number) OVER (PARTITION BY code) AS first FROM rows)
ORDER BY first, number
"""


def folded(fold: Fold, parts: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """The records of all rows, by their oldest row. Rows wait in a private temporary file, not in memory.

    A row without a value of `fold.by` is a record of its own. Values compare as POHODA does, without regard to case.
    """
    with tempfile.TemporaryDirectory(prefix="pohoda-bridge-") as folder:
        waiting = sqlite3.connect(Path(folder) / "rows.db", isolation_level=None)
        try:
            waiting.execute("PRAGMA journal_mode = OFF")
            waiting.execute("CREATE TABLE rows (number INTEGER PRIMARY KEY, code TEXT, row TEXT)")
            waiting.execute("BEGIN")
            waiting.executemany("INSERT INTO rows (code, row) VALUES (?, ?)", _kept(fold, parts))
            yield from _records(fold, waiting.execute(_NEXT_TO_EACH_OTHER))
        finally:
            waiting.close()


def value_of(fold: Fold, row: Row) -> str | None:
    """What rows of one record have in common; None for a row that stands alone."""
    first, *further = [str(row.get(name) or "").rstrip(" ").casefold() for name in fold.by]
    return "\n".join([first, *further]) if first else None


def _kept(fold: Fold, parts: Iterable[list[Row]]) -> Iterator[tuple[str, str]]:
    for part in parts:
        for row in part:
            value = value_of(fold, row)
            yield (
                f"={value}" if value is not None else str(row["_id"]),
                dumps({**row, "_mark": _as_list(row.get("_mark"))}),
            )


def _as_list(mark: Mark | None) -> list[str] | None:
    return [mark.source, mark.id] if mark else None


def _loaded(text: str) -> Row:
    row = loads(text)
    return {**row, "_mark": Mark(*row["_mark"]) if row["_mark"] else None}


def _records(fold: Fold, fetched: Iterable[Any]) -> Iterator[list[Row]]:
    made: list[Row] = []
    for _, group in groupby(fetched, key=lambda found: found[1]):
        made.append(_record(fold, [_loaded(row) for row, _ in group]))
        if len(made) == PART:
            yield made
            made = []
    if made:
        yield made


def _record(fold: Fold, rows: list[Row]) -> Row:
    stamps = [row["_saved"] for row in rows if row.get("_saved") is not None]
    marks = [row["_mark"] for row in rows if row.get("_mark") is not None]
    listed = [{"card": row["_id"], **{name: row.get(name) for name in fold.fields}} for row in rows]
    saved = max(stamps, default=None)
    return {**rows[0], fold.into: listed, "_saved": saved, "_mark": marks[0] if marks else None}
