"""Where the service keeps its records: one SQLite table, in memory or in a file that outlives a restart.

Every record is JSON under its wire names; the columns beside it are copies for look-up. An equality on any
other field gets an index of its own the first time it is asked, so 100,000 records stay quick.
"""

import json
import sqlite3
import unicodedata
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    entity TEXT, id TEXT, source TEXT, external_id TEXT, modified TEXT, version INTEGER, workflows INTEGER, data TEXT,
    PRIMARY KEY (entity, id));
CREATE INDEX IF NOT EXISTS by_external ON records (entity, external_id, source);
CREATE INDEX IF NOT EXISTS by_modified ON records (entity, modified, id);
CREATE TABLE IF NOT EXISTS bin (
    entity TEXT, id TEXT, source TEXT, external_id TEXT, deleted TEXT, data TEXT, PRIMARY KEY (entity, id));
CREATE TABLE IF NOT EXISTS custom (entity TEXT, name TEXT, spec TEXT, PRIMARY KEY (entity, name));
"""


@dataclass(frozen=True)
class Stored:
    """One record: `data` under its wire names, and what the service counts beside it."""

    data: Json
    version: int = 1
    workflows: int = 0


def fold(text: Any) -> str | None:
    return None if text is None else unicodedata.normalize("NFC", str(text)).casefold()


def key(text: Any) -> str | None:
    """A value as matching sees it: digits without the blanks between them, other text without case."""
    if text is None:
        return None
    bare = "".join(str(text).split())
    return bare if bare.isdigit() else fold(" ".join(str(text).split()))


class Store:
    """Not safe between threads: the service asks it under one lock."""

    def __init__(self, path: Path | None, columns: dict[str, str]) -> None:
        """`columns`: wire name of a field -> the column that holds a copy of it."""
        self.columns = columns
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + SCHEMA)
        self._db.create_function("fold", 1, fold, deterministic=True)
        self._db.create_function("key", 1, key, deterministic=True)
        self._indexed: set[str] = set()
        self._numbers: dict[str, int] = {}

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            self._indexed.clear()
            raise
        self._db.execute("COMMIT")

    def expression(self, field: str) -> str:
        """The SQL of a field's value; the name must be one of the entity's."""
        return self.columns.get(field) or f"json_extract(data, '$.{json.dumps(field)}')"

    def index(self, expression: str) -> None:
        if expression not in self._indexed and expression not in self.columns.values():
            name = "ix_" + "".join(letter for letter in expression if letter.isalnum())
            self._db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON records (entity, {expression})")
            self._indexed.add(expression)

    def get(self, entity: str, identity: str) -> Stored | None:
        return next(iter(self.select(entity, ["id = ?"], [identity])), None)

    def put(self, entity: str, stored: Stored) -> None:
        values = {column: stored.data.get(field) for field, column in self.columns.items()}
        self._db.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                entity, values["id"], values["source"], values["external_id"], values["modified"],
                stored.version, stored.workflows, json.dumps(stored.data, ensure_ascii=False),
            ),
        )  # fmt: skip

    def remove(self, entity: str, identity: str, moment: str) -> None:
        """Move a record to the bin."""
        where = "FROM records WHERE entity = ? AND id = ?"
        columns = f"SELECT entity, id, source, external_id, ?, data {where}"
        self._db.execute(f"INSERT OR REPLACE INTO bin {columns}", (moment, entity, identity))
        self._db.execute(f"DELETE {where}", (entity, identity))

    def select(
        self,
        entity: str,
        where: Sequence[str] = (),
        values: Sequence[Any] = (),
        order: str = "id",
        page: str = "",
    ) -> list[Stored]:
        rows = self._db.execute(
            f"SELECT data, version, workflows FROM records WHERE {self._all(where)} ORDER BY {order} {page}",
            (entity, *values),
        )
        return [Stored(json.loads(data), version, workflows) for data, version, workflows in rows]

    def total(self, entity: str, where: Sequence[str] = (), values: Sequence[Any] = ()) -> int:
        rows = self._db.execute(f"SELECT count(*) FROM records WHERE {self._all(where)}", (entity, *values))
        return int(rows.fetchone()[0])

    def sum(self, entity: str, field: str, where: Sequence[str], values: Sequence[Any]) -> float:
        statement = f"SELECT total({self.expression(field)}) FROM records WHERE {self._all(where)}"
        return float(self._db.execute(statement, (entity, *values)).fetchone()[0])

    def next_number(self, entity: str) -> int:
        """An id as a number that was never given before, not even to a record in the bin."""
        if entity not in self._numbers:
            both = "SELECT id FROM records WHERE entity = ?1 UNION ALL SELECT id FROM bin WHERE entity = ?1"
            statement = f"SELECT coalesce(max(CAST(id AS INTEGER)), 0) FROM ({both})"
            self._numbers[entity] = int(self._db.execute(statement, (entity,)).fetchone()[0])
        self._numbers[entity] += 1
        return self._numbers[entity]

    def last_number(self, entity: str, field: str, prefix: str) -> int:
        """The highest number after the prefix that a record ever had in the field, 0 when none."""
        text = f"json_extract(data, '$.{json.dumps(field)}')"
        place = f"SELECT CAST(substr({text}, ?2) AS INTEGER) AS number FROM {{}} WHERE entity = ?1 AND {text} LIKE ?3"
        both = " UNION ALL ".join(place.format(table) for table in ("records", "bin"))
        arguments = (entity, len(prefix) + 1, f"{prefix}%")
        return int(self._db.execute(f"SELECT coalesce(max(number), 0) FROM ({both})", arguments).fetchone()[0])

    def binned(self, entity: str, since: str) -> list[tuple[str, str | None, str | None, str]]:
        """(id, source, external id, moment) of the records deleted since, oldest first."""
        statement = "SELECT id, source, external_id, deleted FROM bin WHERE entity = ? AND deleted >= ?"
        return list(self._db.execute(f"{statement} ORDER BY deleted, id", (entity, since)))

    def custom(self) -> list[tuple[str, str, Json]]:
        rows = self._db.execute("SELECT entity, name, spec FROM custom ORDER BY entity, name")
        return [(entity, name, json.loads(spec)) for entity, name, spec in rows]

    def add_custom(self, entity: str, name: str, spec: Json) -> None:
        self._db.execute("INSERT INTO custom VALUES (?, ?, ?)", (entity, name, json.dumps(spec)))

    def drop_custom(self, entity: str, name: str) -> None:
        self._db.execute("DELETE FROM custom WHERE entity = ? AND name = ?", (entity, name))
        path = f"$.{json.dumps(name)}"
        self._db.execute("UPDATE records SET data = json_remove(data, ?) WHERE entity = ?", (path, entity))

    @staticmethod
    def _all(where: Sequence[str]) -> str:
        return " AND ".join(["entity = ?", *where])
