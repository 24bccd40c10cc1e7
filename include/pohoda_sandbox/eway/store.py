"""Where the service keeps its items: SQLite, in memory or in a file that outlives a restart.

An item is JSON under its wire names. An equality search on a member gets an index the first time it is asked, so
100,000 items stay quick; text is compared as SQL Server's usual collation does, without letter case (assumed).
"""

import json
import sqlite3
import unicodedata
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SCHEMA = """
CREATE TABLE IF NOT EXISTS items (folder TEXT, guid TEXT, version INTEGER, data TEXT, PRIMARY KEY (folder, guid));
CREATE INDEX IF NOT EXISTS by_guid ON items (guid);
CREATE TABLE IF NOT EXISTS relations (
    guid TEXT PRIMARY KEY, type TEXT, folder1 TEXT, guid1 TEXT, folder2 TEXT, guid2 TEXT, owner TEXT,
    UNIQUE (type, guid1, guid2));
CREATE INDEX IF NOT EXISTS by_second ON relations (guid2);
CREATE INDEX IF NOT EXISTS by_first ON relations (guid1);
CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, folder TEXT, guid TEXT, removed INTEGER, moment REAL);
CREATE TABLE IF NOT EXISTS revisions (guid TEXT, revision INTEGER, body BLOB, PRIMARY KEY (guid, revision));
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT);
"""


@dataclass(frozen=True)
class Item:
    folder: str
    guid: str
    version: int
    data: Json


def collated(value: Any) -> Any:
    """A text as it is compared: without letter case and blanks at its end; accents count."""
    return unicodedata.normalize("NFC", value).casefold().rstrip(" ") if isinstance(value, str) else value


class Store:
    """Not safe between threads: the service asks it under one lock."""

    def __init__(self, path: Path | None) -> None:
        self.db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self.db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + SCHEMA)
        self.db.create_function("collated", 1, collated, deterministic=True)
        self._indexed: set[str] = set()

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def transaction(self) -> Generator[None, None, None]:
        """All or nothing; may be nested."""
        self.db.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK TO part")
            self.db.execute("RELEASE part")
            self._indexed.clear()
            raise
        self.db.execute("RELEASE part")

    def get(self, folder: str, guid: str) -> Item | None:
        return next(iter(self._select("folder = ? AND guid = ?", (folder, guid))), None)

    def every(self, folder: str) -> list[Item]:
        return self._select("folder = ?", (folder,))

    def some(self, folder: str, guids: Iterable[str]) -> list[Item]:
        """In the order asked, each once; unknown ones are absent."""
        found = (self.get(folder, guid) for guid in dict.fromkeys(guids))
        return [item for item in found if item is not None]

    def find(self, folder: str, wanted: Sequence[tuple[str, Any]], either: bool = False) -> list[Item]:
        """Items whose members (`Name` or `AdditionalFields.af_1`) equal the given values."""
        expressions = [self._expression(name) for name, _ in wanted]
        for expression in expressions:
            self._index(expression)
        joined = (" OR " if either else " AND ").join(f"{expression} = ?" for expression in expressions)
        return self._select(f"folder = ? AND ({joined})", (folder, *(collated(value) for _, value in wanted)))

    def put(self, item: Item) -> None:
        statement = (
            "INSERT INTO items VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET version = excluded.version, data = excluded.data"
        )
        data = json.dumps({**item.data, "ItemGUID": item.guid, "ItemVersion": item.version}, ensure_ascii=False)
        self.db.execute(statement, (item.folder, item.guid, item.version, data))

    def remove(self, folder: str, guid: str) -> None:
        self.db.execute("DELETE FROM items WHERE folder = ? AND guid = ?", (folder, guid))

    def total(self, folder: str) -> int:
        return int(self.db.execute("SELECT count(*) FROM items WHERE folder = ?", (folder,)).fetchone()[0])

    def note(self, name: str, otherwise: Any = None) -> Any:
        """Something kept beside the items, JSON."""
        row = self.db.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else otherwise

    def keep(self, name: str, value: Any) -> None:
        self.db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, json.dumps(value, ensure_ascii=False)))

    def _select(self, where: str, values: Sequence[Any]) -> list[Item]:
        rows = self.db.execute(f"SELECT folder, guid, version, data FROM items WHERE {where} ORDER BY rowid", values)
        return [Item(folder, guid, version, json.loads(data)) for folder, guid, version, data in rows]

    @staticmethod
    def _expression(name: str) -> str:
        path = "".join(f".{json.dumps(part)}" for part in name.split("."))
        return f"collated(json_extract(data, '${path}'))"

    def _index(self, expression: str) -> None:
        if expression not in self._indexed:
            name = "ix_" + "".join(letter for letter in expression if letter.isalnum() or letter == "_")
            self.db.execute(f"CREATE INDEX IF NOT EXISTS {name} ON items (folder, {expression})")
            self._indexed.add(expression)
