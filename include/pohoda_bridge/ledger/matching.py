"""The acceptance of a first matching: before it, a flow creates and links nothing."""

from sqlalchemy import Connection, select

from pohoda_bridge.ledger import schema, waiting
from pohoda_bridge.ledger.scope import Scope, upsert
from pohoda_bridge.ledger.store import utc_now


def is_accepted(connection: Connection, scope: Scope) -> bool:
    """Whether a person has accepted the flow's first matching."""
    return connection.execute(select(schema.accepted).where(scope.of(schema.accepted))).first() is not None


def accept(connection: Connection, scope: Scope) -> None:
    """From now on the flow links and creates; everything that waited for it is due."""
    upsert(connection, schema.accepted, [{**scope.columns(), "at": utc_now()}])
    query = select(schema.seen.c.technical).where(scope.of(schema.seen), schema.seen.c.settled.is_(False))
    waiting.make_due(connection, scope, connection.scalars(query).all(), "the matching was accepted")
