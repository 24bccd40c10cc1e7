"""What each carried document adds to a figure of the record that it names; a document is known by its CRM record."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from sqlalchemy import Connection, delete, select

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import Scope, chunks, upsert

Share = tuple[str, str, Decimal]
"""The figure, the key of the record it is of, and the amount."""
BEGUN = {"crm_id": "", "figure": "", "key": "", "amount": "0"}
"""The row of no document: what the agenda's documents add is noted."""


def begun(connection: Connection, scope: Scope) -> bool:
    """Whether what the agenda's documents add is noted: before, those carried earlier would be missing in every sum."""
    table = schema.figures
    return connection.scalar(select(table.c.crm_id).where(scope.of(table), table.c.crm_id == "")) is not None


def begin(connection: Connection, scope: Scope) -> None:
    """From now on it is noted."""
    upsert(connection, schema.figures, [{"link": scope.link, "agenda": scope.agenda, **BEGUN}])


def end(connection: Connection, scope: Scope) -> None:
    """Nothing is noted any more, and what was is forgotten: nobody keeps it true."""
    connection.execute(delete(schema.figures).where(scope.of(schema.figures)))


def note(connection: Connection, scope: Scope, shares: Mapping[str, Share | None]) -> set[str]:
    """Note what these documents add now, None: nothing. Returns the keys of all records whose figures change."""
    table, touched = schema.figures, set[str]()
    for ids in chunks(shares):
        where = (scope.of(table), table.c.crm_id.in_(ids))
        old = {
            row.crm_id: (row.figure, row.key, Decimal(row.amount))
            for row in connection.execute(select(table).where(*where))
        }
        changed = {one: shares[one] for one in ids if old.get(one) != shares[one]}
        touched |= {share[1] for one in changed for share in (old.get(one), changed[one]) if share}
        over = [one for one, share in changed.items() if share is None]
        connection.execute(delete(table).where(scope.of(table), table.c.crm_id.in_(over)))
        rows = [
            {"link": scope.link, "agenda": scope.agenda, "crm_id": one, "figure": share[0], "key": share[1],
             "amount": str(share[2])}
            for one, share in changed.items() if share is not None
        ]  # fmt: skip
        upsert(connection, table, rows)
    return touched


def sums(connection: Connection, link: str, figure: str, keys: Iterable[str]) -> dict[str, Decimal]:
    """The figure of each record, by its key, that any document adds to."""
    table, found = schema.figures, dict[str, Decimal]()
    for part in chunks(set(keys)):
        where = (table.c.link == link, table.c.figure == figure, table.c.key.in_(part))
        for row in connection.execute(select(table.c.key, table.c.amount).where(*where)):
            found[row.key] = found.get(row.key, Decimal(0)) + Decimal(row.amount)
    return found
