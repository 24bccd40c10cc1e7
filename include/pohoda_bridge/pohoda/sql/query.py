"""The query of one table: catalogue names in brackets, values only as parameters."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.catalogue import Agenda, Field, Set
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.sql.schema import Schema, named

log = logging.getLogger(__name__)
STAMPS = ("DatSave", "DatCreate")


@dataclass(frozen=True)
class Condition:
    """A piece of WHERE with its bound values."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass
class Query:
    """What to select: the columns `first`, the fields `names` in the order of `columns`, then the `stamps`."""

    agenda: Agenda
    table: str
    fields: Mapping[str, Field]
    schema: Schema
    first: tuple[str, ...] = ("ID",)
    order: tuple[str, ...] = ("ID",)
    names: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    stamps: list[list[str]] = field(default_factory=list)
    _joins: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def select(self, conditions: Sequence[Condition], *, top: int | None = None) -> tuple[str, list[Any]]:
        """The statement and its values; rows come by `order`, the columns `first` stand first."""
        stamps = [column for group in self.stamps for column in group]
        where = " AND ".join(f"({condition.sql})" for condition in conditions)
        statement = (
            ", ".join([*map(_own, self.first), *self.columns, *stamps])
            + f" FROM dbo.[{named(self.table)}] AS t"
            + "".join(self._join(*key, alias) for key, alias in self._joins.items())
            + (f" WHERE {where}" if where else "")
            + f" ORDER BY {', '.join(map(_own, self.order))}"
        )
        head = f"SELECT TOP {top:d} " if top else "SELECT "
        return head + statement, [value for condition in conditions for value in condition.values]

    def place(self, source: str) -> tuple[str, str, str]:
        """Table, column and alias of a field's `sql`; the lists behind its references are joined."""
        column, *lists = source.split("/")
        table, alias = self.table, "t"
        for step in lists:
            listed, _, following = step.partition(".")
            table, alias, column = listed, self.joined(column, listed, alias), following
        return table, column, alias

    def joined(self, reference: str, table: str, onto: str = "t") -> str:
        return self._joins.setdefault((onto, reference, table), f"j{len(self._joins) + 1}")

    def missing(self, spec: Field) -> str | None:
        """The first column on the field's way that is not there, as TABLE.COLUMN."""
        wanted = steps(self.table, str(spec.sql))
        return next((f"{table}.{name}" for table, name in wanted if not self.schema.has(table, name)), None)

    @staticmethod
    def _join(onto: str, reference: str, table: str, alias: str) -> str:
        of = f"NULLIF({onto}.[{named(reference)}], 0)"
        return f" LEFT JOIN dbo.[{named(table)}] AS {alias} ON {alias}.[ID] = {of}"


def query(agenda: Agenda, schema: Schema) -> Query:
    """The query of an agenda's records on this database.

    A missing optional column is noted and its field left out; a missing needed one, or table, is StopAgenda.
    """
    made = Query(agenda, agenda.read.sql.table, agenda.fields, schema)
    _fill(made)
    _add_stamps(made)
    return made


def query_of_set(agenda: Agenda, of: Set, schema: Schema) -> Query:
    """The query of a set's rows, by the record that they belong to; StopAgenda as for `query`."""
    if of.sql is None:
        raise StopAgenda(f"{agenda.agenda}: a set has no table")
    first, order = (of.sql.by, "ID"), (of.sql.by, of.sql.order, "ID")
    made = Query(agenda, of.sql.table, of.fields, schema, first=first, order=tuple(dict.fromkeys(order)))
    _fill(made)
    if lacking := [name for name in (*made.order, *of.sql.where) if not schema.has(made.table, name)]:
        raise StopAgenda(f"{agenda.agenda}: POHODA's database has no column {made.table}.{lacking[0]}")
    return made


def tables(agenda: Agenda) -> set[str]:
    """Every table that the agenda asks about."""
    found: set[str] = set()
    for part in agenda.parts:
        sql = part.read.sql
        found |= {sql.table, *sql.changed, *(again.table for again in sql.again if again.table)}
        found |= _tables_of(sql.table, part.fields)
        for of in part.sets.values():
            if of.sql is not None:
                found |= {of.sql.table} | _tables_of(of.sql.table, of.fields)
    return found


def steps(table: str, source: str) -> Iterator[tuple[str, str]]:
    """Every (table, column) on the way of a field's `sql`, the column that holds the value last."""
    column, *lists = source.split("/")
    for step in lists:
        yield table, column
        table, _, column = step.partition(".")
        yield table, "ID"
    yield table, column


def _tables_of(table: str, fields: Mapping[str, Field]) -> set[str]:
    lists = {name for spec in fields.values() if spec.sql for name, _ in steps(table, spec.sql)}
    codes = {spec.codes.sql.partition(".")[0] for spec in fields.values() if spec.codes and spec.codes.sql}
    return lists | codes


def _own(column: str) -> str:
    return f"t.[{named(column)}]"


def _fill(made: Query) -> None:
    title = made.agenda.agenda
    if not made.schema.has(made.table):
        raise StopAgenda(f"{title}: POHODA's database has no table {made.table} (or the login may not see it)")
    for name, spec in made.fields.items():
        if spec.sql is None:
            continue
        if lacking := made.missing(spec):
            if not spec.optional:
                raise StopAgenda(
                    f"{title}: POHODA's database has no column {lacking}, needed for {name}; nothing was read"
                )
            log.info("%s: no column %s here, %s stays empty", title, lacking, name)
            continue
        _, column, alias = made.place(spec.sql)
        made.names.append(name)
        made.columns.append(f"{alias}.[{named(column)}]")


def _add_stamps(made: Query) -> None:
    owners = [(made.table, "t")]
    for table, reference in made.agenda.read.sql.changed.items():
        if not made.schema.has(table) or not made.schema.has(made.table, reference):
            raise StopAgenda(f"{made.agenda.agenda}: POHODA's database has no {made.table}.{reference} with {table}")
        owners.append((table, made.joined(reference, table)))
    for table, alias in owners:
        present = [f"{alias}.[{stamp}]" for stamp in STAMPS if made.schema.has(table, stamp)]
        if present:
            made.stamps.append(present)
    if not made.stamps:
        log.info("%s: no time of saving in %s, every read is a full one", made.agenda.agenda, made.table)
