"""The query of an agenda: catalogue names in brackets, values only as parameters."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.catalogue import Agenda, Field
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
    """What to select: `names` are the canonical fields, in the order of `columns`; then come the `stamps`."""

    agenda: Agenda
    schema: Schema
    names: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    stamps: list[list[str]] = field(default_factory=list)
    _joins: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.agenda.read.sql.table

    def select(self, conditions: Sequence[Condition], *, top: int | None = None) -> tuple[str, list[Any]]:
        """The statement and its values; rows come by ascending ID, which stands first."""
        stamps = [column for group in self.stamps for column in group]
        head = f"SELECT TOP {top:d} " if top else "SELECT "
        where = " AND ".join(f"({condition.sql})" for condition in conditions)
        return (
            head
            + ", ".join(["t.[ID]", *self.columns, *stamps])
            + f" FROM dbo.[{named(self.table)}] AS t"
            + "".join(self._join(*key, alias) for key, alias in self._joins.items())
            + (f" WHERE {where}" if where else "")
            + " ORDER BY t.[ID]",
            [value for condition in conditions for value in condition.values],
        )

    def place(self, source: str) -> tuple[str, str, str]:
        """Table, column and alias of a field's `sql`; a list behind a reference is joined."""
        reference, _, column = source.rpartition("/")
        if not reference:
            return self.table, column, "t"
        listed, _, column = column.partition(".")
        return listed, column, self.joined(reference, listed)

    def joined(self, reference: str, table: str) -> str:
        return self._joins.setdefault((reference, table), f"j{len(self._joins) + 1}")

    @staticmethod
    def _join(reference: str, table: str, alias: str) -> str:
        return f" LEFT JOIN dbo.[{named(table)}] AS {alias} ON {alias}.[ID] = NULLIF(t.[{named(reference)}], 0)"


def query(agenda: Agenda, schema: Schema) -> Query:
    """The query of an agenda on this database.

    A missing optional column is noted and its field left out; a missing needed one, or table, is StopAgenda.
    """
    made = Query(agenda, schema)
    if not schema.has(made.table):
        raise StopAgenda(f"{agenda.agenda}: POHODA's database has no table {made.table} (or the login may not see it)")
    for name, spec in agenda.fields.items():
        if spec.sql is None:
            continue
        if missing := _missing(made, spec):
            if not spec.optional:
                raise StopAgenda(
                    f"{agenda.agenda}: POHODA's database has no column {missing}, needed for {name}; nothing was read"
                )
            log.info("%s: no column %s here, %s stays empty", agenda.agenda, missing, name)
            continue
        _, column, alias = made.place(spec.sql)
        made.names.append(name)
        made.columns.append(f"{alias}.[{named(column)}]")
    _add_stamps(made)
    return made


def tables(agenda: Agenda) -> set[str]:
    """Every table that the agenda asks about."""
    lists = {spec.sql.partition("/")[2].partition(".")[0] for spec in agenda.fields.values() if spec.sql}
    codes = {spec.codes.sql.partition(".")[0] for spec in agenda.fields.values() if spec.codes and spec.codes.sql}
    return {agenda.read.sql.table, *agenda.read.sql.changed, *lists, *codes} - {""}


def _missing(made: Query, spec: Field) -> str | None:
    """The first column on the field's way that is not there, as TABLE.COLUMN."""
    reference, _, column = (spec.sql or "").rpartition("/")
    wanted = [(made.table, reference)] if reference else []
    if reference:
        listed, _, column = column.partition(".")
        wanted.append((listed, "ID"))
    wanted.append((listed if reference else made.table, column))
    return next((f"{table}.{name}" for table, name in wanted if not made.schema.has(table, name)), None)


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
