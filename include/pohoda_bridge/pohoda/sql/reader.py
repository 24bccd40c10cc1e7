"""Reading one unit-year over SQL: by pages of ascending ID, so that rows saved meanwhile shift nothing."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.custom import TABLES, carries, extended
from pohoda_bridge.pohoda.reader import Custom, Source, known_key, matches, taken
from pohoda_bridge.pohoda.sql import conditions, konfig, marks
from pohoda_bridge.pohoda.sql.connect import connect
from pohoda_bridge.pohoda.sql.custom import customs, definitions
from pohoda_bridge.pohoda.sql.errors import translated
from pohoda_bridge.pohoda.sql.query import Condition, Query, query, tables
from pohoda_bridge.pohoda.sql.rows import Shape
from pohoda_bridge.pohoda.sql.ruled import ruled
from pohoda_bridge.pohoda.sql.schema import Schema, named, probe
from pohoda_bridge.pohoda.sql.sets import Sets
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
        self._known: dict[tuple[str, str | None], tuple[Query, Shape, Sets]] = {}

    def describe(self, agenda: Agenda) -> Mapping[str, str]:
        made = self._query(agenda)
        places = {name: made.place(str(made.fields[name].sql)) for name in made.names}
        return {name: made.schema.type_of(table, column) or "" for name, (table, column, _) in places.items()}

    def read(self, agenda: Agenda, window: Window) -> Reading:
        made = self._query(agenda)
        now = self._now()
        if window.ids is not None:
            return Reading(now, self._by_ids(made, self._numbers(made, window.ids)))
        asked = [*conditions.saved_within(made, window), *conditions.taken(made, agenda)]
        asked += ruled(made, window.rules) if window.whole else []
        return Reading(now, self._pages(made, asked))

    def ids(self, agenda: Agenda) -> frozenset[str]:
        made = Query(agenda, agenda.read.sql.table, {}, self._query(agenda).schema)
        found: list[str] = []
        last = 0
        while True:
            page = self._fetch(made, [Condition("t.[ID] > ?", (last,)), *conditions.held(made)], top=PAGE * 10)
            found += [identity.technical(self._source.year, made.table, int(row[0])) for row in page]
            if not page:
                return frozenset(found)
            last = int(page[-1][0])

    def having(self, agenda: Agenda, name: str, values: Sequence[str]) -> Iterator[list[Row]]:
        made = self._query(agenda)
        _, column, alias = made.place(str(agenda.fields[name].sql))
        for start in range(0, len(values), CHUNK):
            asked = [conditions.among(made, column, values[start : start + CHUNK], alias)]
            yield from self._pages(made, [*asked, *conditions.taken(made, agenda)])

    def custom(self, agenda: Agenda) -> Sequence[Custom]:
        self._open()
        with self._cursor() as cursor:
            return customs(agenda, self._schema, definitions(cursor, self._schema))

    def about(self) -> Mapping[str, str]:
        with self._cursor() as cursor:
            return konfig.told(cursor, self._schema)

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
        among = spec.codes.sql_among if spec.codes else None
        if among is not None and not self._schema.has(table, among.name):
            among = None
        columns = f"[{named(column)}], [{named(among.name)}]" if among else f"[{named(column)}], NULL"
        with self._cursor() as cursor:
            statement = f"SELECT {columns} FROM dbo.[{named(table)}]"  # ruff: ignore[hardcoded-sql-expression]
            rows = cursor.execute(statement).fetchall()
        counts = {None, *(among.values if among else ())}
        return frozenset(str(code).rstrip(" ") for code, of in rows if code and of in counts)

    def keeps_marks(self, agenda: Agenda) -> bool:
        self._open()
        return marks.kept(self._schema, agenda.read.sql.table)

    def close(self) -> None:
        opened, self._opened = self._opened, None
        self._known.clear()
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
        _, shape, sets = self._known[made.agenda.agenda, made.agenda.form]
        numbers = [int(row[0]) for row in fetched]
        marked = self._marks(made, numbers)
        rows: list[Row] = []
        for number, row in zip(numbers, fetched, strict=True):
            mark = Mark(str(self._source.system), marked[number]) if number in marked else None
            ours = {"_id": identity.technical(self._source.year, made.table, number)}
            rows.append({**ours, **shape.row(row), "_saved": shape.saved(row), "_mark": mark})
        asks_sets = any(rule.fields() & set(made.agenda.sets) for rule in made.agenda.takes)
        kept = rows if asks_sets else taken(made.agenda, rows)
        with self._cursor() as cursor:
            sets.fill(cursor, kept)
        return taken(made.agenda, kept) if asks_sets else kept

    def _marks(self, made: Query, numbers: list[int]) -> dict[int, str]:
        if self._source.system is None or not marks.kept(made.schema, made.table):
            return {}
        with self._cursor() as cursor:
            return marks.between(cursor, made.table, self._source.system, numbers)

    def _query(self, agenda: Agenda) -> Query:
        """The query of the agenda here; what is missing, in its sets too, is told before anything is read."""
        self._open()
        known = agenda.agenda, agenda.form
        if known not in self._known:
            if self._source.custom and carries(agenda):
                agenda = extended(agenda, self.custom(agenda))
            made = query(agenda, self._schema)
            self._known[known] = made, Shape(made, self._source), Sets(agenda, self._schema, self._source)
        return self._known[known][0]

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
                self._schema = probe(opened.cursor(), {*names, *marks.TABLES, *TABLES, *konfig.TABLES})
                konfig.check(opened.cursor(), self._schema, self._source)
        except BaseException:
            opened.close()
            raise
        self._opened = opened

    def _now(self) -> datetime:
        with self._cursor() as cursor:
            value = cursor.execute("SELECT GETDATE() AS [now]").fetchone()[0]
        return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
