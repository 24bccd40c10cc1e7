"""What the ledger knows of some links, taken out as JSON and put back: a copy to try on, and a restore point."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, DateTime, Table, delete, func, insert, select, text

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import CHUNK, chunks

HISTORY = frozenset({"runs", "intents", "mails"})
"""What happened stays as it happened, whatever is put back."""
TABLES: Mapping[str, Table] = {
    table.name: table
    for table in schema.metadata.sorted_tables
    if "link" in table.c and table.name not in HISTORY
}  # fmt: skip
COUNT_ON = """
SELECT setval(ids, greatest(nextval(ids), (SELECT max(id) FROM bindings)))
FROM (SELECT pg_get_serial_sequence('bindings', 'id')::regclass AS ids) AS sequence
"""
Rows = Iterable[list[dict[str, Any]]]


def taken_out(connection: Connection, links: Collection[str], table: str) -> Iterator[list[dict[str, Any]]]:
    """The rows of these links, in parts, every value as JSON has it."""
    of = TABLES[table]
    query = select(of).where(of.c.link.in_(links)).execution_options(yield_per=CHUNK)
    found = connection.execute(query)
    for part in found.mappings().partitions(CHUNK):
        yield [{name: _plain(value) for name, value in row.items()} for row in part]


def put_back(connection: Connection, links: Collection[str], rows: Mapping[str, Rows]) -> None:
    """These links are known again exactly as the rows (by table) say; all else of the ledger stays as it is."""
    for table in TABLES.values():
        connection.execute(delete(table).where(table.c.link.in_(links)))
    moved: dict[int, int] = {}
    for part in rows["bindings"]:
        moved |= _free_ids(connection, [row["id"] for row in part])
        _insert(connection, schema.bindings, [{**row, "id": moved.get(row["id"], row["id"])} for row in part])
    for part in rows["aliases"]:
        known = [{**row, "binding_id": moved.get(row["binding_id"], row["binding_id"])} for row in part]
        _insert(connection, schema.aliases, known)
    for name, table in TABLES.items():
        if name not in {"bindings", "aliases"}:
            for part in rows[name]:
                _insert(connection, table, part)
    if connection.dialect.name == "postgresql":  # it counts only the ids that it gave itself
        connection.execute(text(COUNT_ON))


def _free_ids(connection: Connection, ids: list[int]) -> dict[int, int]:
    """New ids for those that another link's binding was given meanwhile."""
    column = schema.bindings.c.id
    held = [one for part in chunks(ids) for one in connection.scalars(select(column).where(column.in_(part)))]
    newest = max(connection.scalar(select(func.max(column))) or 0, *ids) if held else 0
    return {one: newest + number for number, one in enumerate(held, start=1)}


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    times = [column.name for column in table.c if isinstance(column.type, DateTime)]
    made = [{**row, **{name: _moment(row[name]) for name in times}} for row in rows]
    if made:
        connection.execute(insert(table), made)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
