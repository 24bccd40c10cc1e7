"""What a query fetched, as canonical values: of records and of the rows in their sets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import identity, rowing, values
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.sql.query import Query
from pohoda_bridge.side import Row


class Shape:
    """How fetched rows of a query become canonical ones; made once for a reading."""

    def __init__(self, made: Query, source: Source) -> None:
        self._made = made
        self._year = source.year
        places = enumerate(made.names, start=len(made.first))
        self._places = [(place, name, rowing.converter(made.fields[name], "sql")) for place, name in places]
        kinds = {name: spec for name, spec in made.fields.items() if spec.type == "reference"}
        self._tables = {name: source.table_of(spec.ref) for name, spec in kinds.items()}
        self._empty = {name: rowing.value_of(spec, "sql", None) for name, spec in made.fields.items()}
        self._finish = rowing.Finish(made.fields, "sql")

    def row(self, fetched: Any, header: Row | None = None) -> Row:
        """The values of one fetched row; of a set's row `header` is its record. StopAgenda: another type."""
        row: Row = dict(self._empty)
        name = ""
        try:
            for place, name, convert in self._places:
                if (found := fetched[place]) is not None:
                    row[name] = convert(found)
        except (ValueError, ArithmeticError, TypeError):
            spec = self._made.fields[name]
            raise StopAgenda(
                f"{self._made.agenda.agenda}: {self._made.table}.{spec.sql} of row {fetched[0]} is not of type "
                f"{spec.type}"
            ) from None
        for name, table in self._tables.items():
            if row[name] is not None:
                row[name] = identity.technical(self._year, table, row[name])
        self._finish(row, header)
        return row

    def saved(self, fetched: Any) -> datetime | None:
        """The newest of the stamps; of each table the first that is filled."""
        position = len(self._made.first) + len(self._made.names)
        stamps = []
        for group in self._made.stamps:
            filled = _filled(fetched[position : position + len(group)])
            stamps += [values.from_sql("datetime", value) for value in filled[:1]]
            position += len(group)
        return max(stamps, default=None)


def _filled(found: Sequence[Any]) -> list[Any]:
    return [value for value in found if value is not None]
