"""The sets of records: rows of further tables, fetched for a page of records at a time."""

import logging
from collections.abc import Iterator
from typing import Any

from pohoda_bridge.catalogue import Agenda, SetSql
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.sql.conditions import among
from pohoda_bridge.pohoda.sql.query import Condition, Query, query_of_set
from pohoda_bridge.pohoda.sql.rows import Shape
from pohoda_bridge.pohoda.sql.schema import Schema
from pohoda_bridge.side import Row

log = logging.getLogger(__name__)
CHUNK = 1000
DENSE = 4
"""A page whose ids fill at least this share (one in ...) of their span is asked for by the span."""


class Sets:
    """The sets of an agenda on this database. StopAgenda when a table or a needed column is not there."""

    def __init__(self, agenda: Agenda, schema: Schema, source: Source) -> None:
        self._year, self._table = source.year, agenda.read.sql.table
        self._rules = {name: of.takes for name, of in agenda.sets.items()}
        self._sets: list[tuple[str, SetSql, Query, Shape]] = []
        for name, of in agenda.sets.items():
            if of.sql is None:
                continue
            if of.sql.optional and not schema.has(of.sql.table):
                log.info("%s: no table %s here, %s stays empty", agenda.agenda, of.sql.table, name)
            else:
                made = query_of_set(agenda, of, schema)
                self._sets.append((name, of.sql, made, Shape(made, source)))

    def fill(self, cursor: Any, records: list[Row]) -> None:
        """Gives every record its sets, each a list in order; an empty one where there is nothing."""
        by_number = {self._number(record): record for record in records}
        for name in self._rules:
            for record in records:
                record[name] = []
        for name, of, made, shape in self._sets:
            for fetched in self._fetched(cursor, of, made, sorted(by_number)):
                header = by_number.get(int(fetched[0]))
                if header is not None:
                    row = shape.row(fetched, header)
                    if all(rule.holds(row) for rule in self._rules[name]):
                        header[name].append(row)

    def _number(self, record: Row) -> int:
        return int(identity.number_in(record["_id"], self._year, self._table) or 0)

    @staticmethod
    def _fetched(cursor: Any, of: SetSql, made: Query, numbers: list[int]) -> Iterator[Any]:
        only = [among(made, column, allowed) for column, allowed in of.where.items()]
        for start in range(0, len(numbers), CHUNK):
            chunk = numbers[start : start + CHUNK]
            dense = chunk[-1] - chunk[0] < DENSE * len(chunk)
            span = Condition(f"t.[{of.by}] >= ? AND t.[{of.by}] <= ?", (chunk[0], chunk[-1]))
            statement, bound = made.select([span if dense else among(made, of.by, chunk), *only])
            yield from cursor.execute(statement, bound).fetchall()
