"""Reading one unit-year over SQL: by pages of ascending ID, so that rows saved meanwhile shift nothing."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError, StopAgenda
from pohoda_bridge.pohoda import identity, values
from pohoda_bridge.pohoda.reader import Source, known_key, matches, taken
from pohoda_bridge.pohoda.sql import conditions, konfig, marks
from pohoda_bridge.pohoda.sql.connect import connect
from pohoda_bridge.pohoda.sql.errors import translated
from pohoda_bridge.pohoda.sql.query import Condition, Query, query, tables
from pohoda_bridge.pohoda.sql.schema import Schema, named, probe
from pohoda_bridge.side import Lookup, Mark, Reading, Row, Window

PAGE = 2000
CHUNK = 1000


class SqlReader:
    """Satisfies `Reader`. Connects, probes the schema and checks the company once, at the first question."""

    def __init__(self, source: Source, connection: Connection) -> None:
        self._source = source
        self._connection = connection
        self._opened: Any = None
        self._schema = Schema({})
        self._queries: dict[str, Query] = {}

    def describe(self, agenda: Agenda) -> Mapping[str, str]:
        made = self._query(agenda)
        places = {name: made.place(str(agenda.fields[name].sql)) for name in made.names}
        return {name: made.schema.type_of(table, column) or "" for name, (table, column, _) in places.items()}

    def read(self, agenda: Agenda, window: Window) -> Reading:
        made = self._query(agenda)
        now = self._now()
        if window.ids is not None:
            return Reading(now, self._by_ids(made, self._numbers(made, window.ids)))
        asked = [*conditions.saved_within(made, window), *conditions.taken(made, agenda)]
        return Reading(now, self._pages(made, asked))

    def ids(self, agenda: Agenda) -> frozenset[str]:
        made = Query(agenda, self._query(agenda).schema)
        found: list[str] = []
        last = 0
        while True:
            page = self._fetch(made, [Condition("t.[ID] > ?", (last,))], top=PAGE * 10)
            found += [identity.technical(self._source.year, made.table, int(row[0])) for row in page]
            if not page:
                return frozenset(found)
            last = int(page[-1][0])

    def look_up(self, agenda: Agenda, wanted: Sequence[Lookup]) -> list[list[Row]]:
        made = self._query(agenda)
        ids = [lookup.id for lookup in wanted if lookup.mark is None and lookup.id is not None]
        by_id = {row["_id"]: row for part in self._by_ids(made, self._numbers(made, ids)) for row in part}
        return [
            [by_id[lookup.id]] if lookup.mark is None and lookup.id in by_id else self._found(made, lookup)
            for lookup in wanted
        ]

    def codes(self, spec: Field) -> frozenset[str] | None:
        self._open()
        table, _, column = ((spec.codes.sql if spec.codes else None) or "").partition(".")
        if not table or not self._schema.has(table, column):
            return None
        with self._cursor() as cursor:
            statement = f"SELECT [{named(column)}] FROM dbo.[{named(table)}]"  # ruff: ignore[hardcoded-sql-expression]
            rows = cursor.execute(statement).fetchall()
        return frozenset(str(row[0]).rstrip(" ") for row in rows if row[0])

    def keeps_marks(self, agenda: Agenda) -> bool:
        self._open()
        return marks.kept(self._schema, agenda.read.sql.table)

    def close(self) -> None:
        opened, self._opened = self._opened, None
        self._queries.clear()
        if opened is not None:
            import pyodbc

            try:
                opened.close()
            except pyodbc.Error:
                return

    def _found(self, made: Query, lookup: Lookup) -> list[Row]:
        if lookup.mark is not None:
            return self._marked(made, lookup.mark)
        if lookup.id is not None:
            return []
        key = lookup.key or {}
        known_key(made.agenda, key)
        bound = {name: self._bound(made.agenda, name, value) for name, value in key.items()}
        if any(bound[name] is None and value is not None for name, value in key.items()):
            return []
        parts = self._pages(made, conditions.matching(made, bound))
        return [row for part in parts for row in part if matches(row, key)]

    def _bound(self, agenda: Agenda, name: str, value: Any) -> Any:
        """A key's value as the column has it: of a reference the number, or None when it names another table."""
        spec = agenda.fields[name]
        if spec.type != "reference" or value is None:
            return value
        return identity.number_in(value, self._source.year, self._source.table_of(spec.ref))

    def _marked(self, made: Query, mark: Mark) -> list[Row]:
        if not marks.kept(made.schema, made.table):
            return []
        with self._cursor() as cursor:
            numbers = marks.carriers(cursor, made.table, mark.source, mark.id)
        return [row | {"_mark": mark} for part in self._by_ids(made, numbers) for row in part]

    def _numbers(self, made: Query, ids: Sequence[str]) -> list[int]:
        numbers = {identity.number_in(known, self._source.year, made.table) for known in ids}
        return sorted(number for number in numbers if number is not None and number < 2**31)

    def _by_ids(self, made: Query, numbers: Sequence[int]) -> Iterator[list[Row]]:
        for start in range(0, len(numbers), CHUNK):
            chunk = tuple(numbers[start : start + CHUNK])
            listed = Condition(f"t.[ID] IN ({', '.join('?' for _ in chunk)})", chunk)
            if part := self._rows(made, self._fetch(made, [listed])):
                yield part

    def _pages(self, made: Query, asked: list[Condition]) -> Iterator[list[Row]]:
        last = 0
        while True:
            page = self._fetch(made, [Condition("t.[ID] > ?", (last,)), *asked], top=PAGE)
            if part := self._rows(made, page):
                yield part
            if len(page) < PAGE:
                return
            last = int(page[-1][0])

    def _fetch(self, made: Query, asked: Sequence[Condition], *, top: int | None = None) -> list[Any]:
        statement, bound = made.select(asked, top=top)
        with self._cursor() as cursor:
            return list(cursor.execute(statement, bound).fetchall())

    def _rows(self, made: Query, fetched: Sequence[Any]) -> list[Row]:
        known = self._marks(made, [int(row[0]) for row in fetched])
        return taken(made.agenda, [self._row(made, row, known) for row in fetched])

    def _marks(self, made: Query, numbers: list[int]) -> dict[int, str]:
        if self._source.system is None or not marks.kept(made.schema, made.table):
            return {}
        with self._cursor() as cursor:
            return marks.between(cursor, made.table, self._source.system, numbers)

    def _row(self, made: Query, fetched: Any, known: Mapping[int, str]) -> Row:
        number = int(fetched[0])
        row: Row = dict.fromkeys(made.agenda.fields)
        row["_id"] = identity.technical(self._source.year, made.table, number)
        for position, name in enumerate(made.names, start=1):
            spec = made.agenda.fields[name]
            try:
                value = values.from_sql(spec.type, fetched[position])
            except (ValueError, ArithmeticError, TypeError):
                raise StopAgenda(
                    f"{made.agenda.agenda}: {spec.sql} of {row['_id']} is not of type {spec.type}"
                ) from None
            if spec.type == "reference" and value is not None:
                value = identity.technical(self._source.year, self._source.table_of(spec.ref), value)
            row[name] = value
        row["_saved"] = _newest(made, fetched)
        row["_mark"] = Mark(str(self._source.system), known[number]) if number in known else None
        return row

    def _query(self, agenda: Agenda) -> Query:
        self._open()
        if agenda.agenda not in self._queries:
            self._queries[agenda.agenda] = query(agenda, self._schema)
        return self._queries[agenda.agenda]

    @contextmanager
    def _cursor(self) -> Generator[Any, None, None]:
        """A cursor; after an error the connection is given up, and the next question opens a new one."""
        self._open()
        try:
            with translated(self._connection.id):
                yield self._opened.cursor()
        except BridgeError:
            self.close()
            raise

    def _open(self) -> None:
        if self._opened is not None:
            return
        names = {table for agenda in self._source.agendas.values() for table in tables(agenda)}
        opened = connect(self._connection)
        try:
            with translated(self._connection.id):
                self._schema = probe(opened.cursor(), {*names, *marks.TABLES, "sKonfig"})
                konfig.check(opened.cursor(), self._schema, self._source)
        except BaseException:
            opened.close()
            raise
        self._opened = opened

    def _now(self) -> datetime:
        with self._cursor() as cursor:
            value = cursor.execute("SELECT GETDATE() AS [now]").fetchone()[0]
        return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _newest(made: Query, fetched: Any) -> datetime | None:
    """The newest of the stamps; of each table the first that is filled."""
    position = 1 + len(made.names)
    stamps = []
    for group in made.stamps:
        filled = [value for value in fetched[position : position + len(group)] if value is not None]
        stamps += [values.from_sql("datetime", value) for value in filled[:1]]
        position += len(group)
    return max(stamps, default=None)
