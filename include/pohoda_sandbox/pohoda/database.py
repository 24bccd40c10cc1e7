"""One accounting unit-year of POHODA in a SQLite file: POHODA's own tables, edited as a person in POHODA would."""

import sqlite3
import threading
import uuid
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pohoda_sandbox.pohoda import delivery
from pohoda_sandbox.pohoda.clock import Clock, bratislava, stored
from pohoda_sandbox.pohoda.columns import Column, columns_of, storable, tables_of
from pohoda_sandbox.pohoda.connection import connect

SCHEMA = Path(__file__).with_name("schema.sql")
SCHEMAS_LATER = [Path(__file__).with_name(f"schema_{name}.sql") for name in ("imports", "documents")]
PARTS_OF_ADDRESS = frozenset({"ADdodaci", "ADucet"})
_EXTERNAL_OF_PARTS = (
    "DELETE FROM sExtIDpol WHERE RefTable = 'ADdodaci' AND RefDocID IN (SELECT ID FROM ADdodaci WHERE {} = ?)"
)


class Pohoda:
    """The unit's data; safe between threads. Rows carry POHODA's column names.

    `insert`, `edit` and `delete` move `DatSave` to the clock's time, of a part of an address (`ADdodaci`,
    `ADucet`) also its parent's, unless the caller gives `DatSave` itself. Unknown tables and columns, texts
    too long for their column or outside Windows-1250 raise ValueError.
    """

    def __init__(self, path: Path, *, clock: Clock = bratislava) -> None:
        self.path = Path(path)
        self.clock = clock
        self._lock = threading.RLock()
        self._connection = connect(self.path)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._run(*SCHEMAS_LATER)
        self._depth = 0
        self._columns: dict[str, dict[str, Column]] = {}

    @classmethod
    def create(
        cls,
        path: Path,
        *,
        ico: str = "12345678",
        year: int = 2026,
        company: str = "Vzorová firma, s.r.o.",
        country: str = "SK",
        clock: Clock = bratislava,
    ) -> "Pohoda":
        """A new, empty unit with its settings (`sKonfig`, `Verze`). Raises FileExistsError."""
        if Path(path).exists():
            raise FileExistsError(path)
        pohoda = cls(path, clock=clock)
        with pohoda._lock:
            pohoda._run(SCHEMA)
        pohoda.insert(
            "sKonfig",
            ICO=ico,
            Rok=year,
            Firma=company,
            DatRokOd=datetime(year, 1, 1),
            DatRokDo=datetime(year, 12, 31),
            Klic=str(uuid.uuid5(uuid.NAMESPACE_URL, f"pohoda-sandbox/{ico}/{year}")),
        )
        pohoda.insert("Verze", Nazev="POHODA", TypeDB="SQL", Verze="14000", LC=country, Release="14000.4")
        return pohoda

    def _run(self, *schemas: Path) -> None:
        text = "".join(schema.read_text(encoding="utf-8") for schema in schemas)
        self._connection.executescript(f"BEGIN; {text} COMMIT;")

    @property
    def database(self) -> str:
        """The name of the unit's database, `StwPh_<ICO>_<year>`."""
        unit = self.settings()
        return f"StwPh_{unit['ICO']}_{unit['Rok']}"

    def settings(self) -> dict[str, Any]:
        """The one row of `sKonfig`."""
        return self.rows("SELECT * FROM sKonfig")[0]

    def now(self) -> datetime:
        """POHODA's time, naive local, to the second."""
        return self.clock().replace(microsecond=0, tzinfo=None)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Makes all changes inside it one; nests."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                if self._depth == 1:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def insert(self, table: str, **columns: Any) -> int:
        """Adds a row and returns its ID; `DatCreate` and `DatSave` come from the clock unless given."""
        known = self._known(table)
        stamps = {name: stored(self.now()) for name in ("DatCreate", "DatSave") if name.lower() in known}
        values = {**stamps, **columns}
        if table == "AD":
            values = delivery.on_insert(values)
        values = self._storable(table, values)
        with self.transaction():
            names = ", ".join(f'"{name}"' for name in values)
            marks = ", ".join("?" for _ in values)
            cursor = self._connection.execute(
                f'INSERT INTO "{table}" ({names}) VALUES ({marks})', tuple(values.values())
            )
            added = int(cursor.lastrowid or 0)
            if table in PARTS_OF_ADDRESS:
                self._saved_part(table, columns.get("RefAg"), move="DatSave" not in columns)
        return added

    def insert_many(self, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Adds many rows at once, checked and stamped as `insert` does; those of AD and its parts are taken as they
        are, without their delivery addresses being worked out."""
        known = self._known(table)
        now = stored(self.now())
        stamps = {name: now for name in ("DatCreate", "DatSave") if name.lower() in known}
        alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        for row in rows:
            values = self._storable(table, {**stamps, **row})
            alike.setdefault(tuple(values), []).append(tuple(values.values()))
        with self.transaction():
            for columns, many in alike.items():
                names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
                self._connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', many)

    def add_column(self, table: str, name: str, declared: str) -> None:
        """Adds a column to a table, as POHODA E1 does for a custom field; `declared` is its T-SQL type."""
        self._known(table)
        with self.transaction():
            self._connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {declared}')
            self._columns.pop(table)

    def edit(self, table: str, id: int, **columns: Any) -> None:
        """Changes a row as a person in POHODA would. Raises KeyError when there is no such row."""
        known = self._known(table)
        with self.transaction():
            before = self._row(table, id)
            values = delivery.on_edit(before, columns) if table == "AD" else dict(columns)
            if "datsave" in known:
                values.setdefault("DatSave", stored(self.now()))
            self._update(table, id, values)
            if table == "AD" and set(delivery.MIRRORED.values()) & set(columns):
                delivery.follow(self._connection, before, stored(self.now()))
            if table in PARTS_OF_ADDRESS:
                self._saved_part(table, before["RefAg"], move="DatSave" not in columns)

    def delete(self, table: str, id: int) -> None:
        """Removes a row, with the parts of an address. Raises KeyError when there is no such row."""
        self._known(table)
        with self.transaction():
            before = self._row(table, id)
            if table in {"AD", "ADdodaci"}:
                self._connection.execute(_EXTERNAL_OF_PARTS.format("RefAg" if table == "AD" else "ID"), (id,))
            if table == "AD":
                for part in PARTS_OF_ADDRESS:
                    self._connection.execute(f'DELETE FROM "{part}" WHERE RefAg = ?', (id,))
                self._connection.execute("DELETE FROM sExtID WHERE RefDocID = ? AND RelAgID = 13", (id,))
            self._connection.execute(f'DELETE FROM "{table}" WHERE ID = ?', (id,))
            if table in PARTS_OF_ADDRESS:
                self._saved_part(table, before["RefAg"], move=True)

    def rows(self, sql: str, *params: Any) -> list[dict[str, Any]]:
        """The rows of a SQLite query, by column name."""
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, params)]

    @property
    def closed_until(self) -> date | None:
        """The last day of the closed VAT period. It is no column: where the program keeps it is not known."""
        (row,) = self.rows("PRAGMA user_version")
        day = str(row["user_version"])
        return date.fromisoformat(day) if day != "0" else None

    @closed_until.setter
    def closed_until(self, day: date | None) -> None:
        self.rows(f"PRAGMA user_version = {day:%Y%m%d}" if day else "PRAGMA user_version = 0")

    def columns(self, table: str) -> dict[str, Column]:
        """The columns of a table by name in lower case. Raises ValueError when there is no such table."""
        return dict(self._known(table))

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _known(self, table: str) -> dict[str, Column]:
        with self._lock:
            if table not in self._columns:
                if table.lower() not in tables_of(self._connection):
                    raise ValueError(f"no table {table!r}")
                self._columns[table] = columns_of(self._connection, table)
            return self._columns[table]

    def _row(self, table: str, id: int) -> sqlite3.Row:
        row = self._connection.execute(f'SELECT * FROM "{table}" WHERE ID = ?', (id,)).fetchone()
        if row is None:
            raise KeyError(f"{table} has no row {id}")
        found: sqlite3.Row = row
        return found

    def _storable(self, table: str, values: Mapping[str, Any]) -> dict[str, Any]:
        known = self._known(table)
        unknown = [name for name in values if name.lower() not in known]
        if unknown:
            raise ValueError(f"{table} has no column {', '.join(unknown)}")
        return {name: storable(known[name.lower()], value) for name, value in values.items()}

    def _update(self, table: str, id: int, columns: Mapping[str, Any]) -> None:
        values = self._storable(table, columns)
        if values:
            assignments = ", ".join(f'"{name}" = ?' for name in values)
            self._connection.execute(f'UPDATE "{table}" SET {assignments} WHERE ID = ?', (*values.values(), id))

    def _saved_part(self, table: str, address: int | None, *, move: bool) -> None:
        if address is None:
            return
        if table == "ADdodaci":
            delivery.mirror_default(self._connection, address)
        if move:
            self._update("AD", address, {"DatSave": stored(self.now())})
