"""The flow a row of the ledger belongs to, and the few statements that every part of the ledger shares."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, select
from sqlalchemy.dialects import postgresql, sqlite

CHUNK = 500
T = TypeVar("T")


@dataclass(frozen=True)
class Scope:
    """One direction of one agenda of one link."""

    link: str
    agenda: str
    direction: str

    @property
    def back(self) -> "Scope":
        """The other direction of the same agenda."""
        return replace(self, direction="to_pohoda" if self.direction == "to_crm" else "to_crm")

    def columns(self) -> dict[str, str]:
        return asdict(self)

    def of(self, table: Table) -> ColumnElement[bool]:
        """The condition `row belongs to this scope`; a table without directions is shared by both."""
        return and_(*(table.c[name] == value for name, value in self.columns().items() if name in table.c))


def chunks(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The values in lists of at most `size`."""
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows, or replace the columns given where the primary key is there; the last row of a key counts."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    keys = [column.name for column in table.primary_key]
    for part in chunks({tuple(row[name] for name in keys): row for row in rows}.values()):
        statement = dialect.insert(table).values(list(part))
        changed = {name: statement.excluded[name] for name in part[0] if name not in keys}
        if changed:
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
        else:
            connection.execute(statement.on_conflict_do_nothing(index_elements=keys))


def remove(connection: Connection, table: Table, scope: Scope, technical: Iterable[str]) -> None:
    """Delete the rows of these records."""
    for part in chunks(technical):
        connection.execute(delete(table).where(scope.of(table), table.c.technical.in_(part)))


def fetch(connection: Connection, table: Table, scope: Scope, technical: Iterable[str]) -> dict[str, Any]:
    """The rows of these records by technical id, in sets of some hundred."""
    found: dict[str, Any] = {}
    for part in chunks(technical):
        query = select(table).where(scope.of(table), table.c.technical.in_(part))
        found.update({row.technical: row for row in connection.execute(query)})
    return found
