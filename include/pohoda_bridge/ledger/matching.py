"""What a person said of matches: which kinds a flow may carry out, and the pair of a single record."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, select

from pohoda_bridge.ledger import schema, waiting
from pohoda_bridge.ledger.scope import Scope, fetch, upsert
from pohoda_bridge.ledger.store import utc_now

KINDS = ("linked", "new")


def accepted(connection: Connection, scope: Scope) -> frozenset[str]:
    """The kinds of first matches that a person has accepted for the flow."""
    text = connection.scalar(select(schema.accepted.c.kinds).where(scope.of(schema.accepted)))
    return frozenset(text.split(",")) if text else frozenset()


def accept(connection: Connection, scope: Scope, kinds: Iterable[str] = KINDS) -> None:
    """From now on the flow links, or creates, or both; everything that waited for it is due."""
    known = sorted(accepted(connection, scope) | set(kinds))
    upsert(connection, schema.accepted, [{**scope.columns(), "at": utc_now(), "kinds": ",".join(known)}])
    query = select(schema.seen.c.technical).where(scope.of(schema.seen), schema.seen.c.settled.is_(False))
    waiting.make_due(connection, scope, connection.scalars(query).all(), "the matching was accepted")


def decide(connection: Connection, scope: Scope, technical: str, pair: str | None) -> None:
    """A person says which record of the target is the pair of one of the source; None: none is, it is a new one.

    The newest word counts: no other record keeps this one as its pair.
    """
    where, other = (scope, pair) if pair else (scope.back, technical)
    connection.execute(delete(schema.decisions).where(where.of(schema.decisions), schema.decisions.c.pair == other))
    row = {**scope.columns(), "technical": technical, "pair": pair, "at": utc_now()}
    upsert(connection, schema.decisions, [row])
    waiting.make_due(connection, scope, [technical], "its pair was decided")


def decided(connection: Connection, scope: Scope, technical: Iterable[str]) -> dict[str, str | None]:
    """The decisions on these records."""
    return {t: row.pair for t, row in fetch(connection, schema.decisions, scope, technical).items()}


def called_new(connection: Connection, scope: Scope) -> frozenset[str]:
    """The records of the source of which a person says that they have no pair."""
    where = (scope.of(schema.decisions), schema.decisions.c.pair.is_(None))
    return frozenset(connection.scalars(select(schema.decisions.c.technical).where(*where)))
