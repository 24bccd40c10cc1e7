"""What a person was told by mail, one row a cause: `unsent`, then `claimed` right before it is sent, then `sent`."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import Connection, delete, select, update

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import Scope, chunks
from pohoda_bridge.ledger.store import utc_now

MAILS = schema.mails
TOLD = ("claimed", "sent")
SHARED_FOR = timedelta(days=1)


def known(connection: Connection, scope: Scope) -> dict[str, str]:
    """The causes of the flow that were met and are not over: cause -> state."""
    query = select(MAILS.c.cause, MAILS.c.state).where(scope.of(MAILS))
    return {row.cause: row.state for row in connection.execute(query)}


def meet(connection: Connection, scope: Scope, causes: Iterable[str]) -> None:
    """Note causes that were not known, as unsent."""
    for part in chunks(causes):
        rows = [{**scope.columns(), "cause": cause, "state": "unsent", "at": utc_now()} for cause in part]
        connection.execute(MAILS.insert(), rows)


def forget(connection: Connection, scope: Scope, causes: Iterable[str]) -> None:
    """These causes are over: when one comes back, it is told again."""
    for part in chunks(causes):
        connection.execute(delete(MAILS).where(scope.of(MAILS), MAILS.c.cause.in_(part)))


def claim(connection: Connection, scope: Scope, causes: Collection[str], shared: Collection[str] = ()) -> set[str]:
    """Of these unsent causes the ones to send now; whoever claims next gets none of them.

    One of `shared` that another flow of the link has told within a day is noted as sent, and not given.
    """
    states = known(connection, scope)
    mine = {cause for cause in causes if states.get(cause) == "unsent"}
    elsewhere = select(MAILS.c.cause).where(
        MAILS.c.link == scope.link, MAILS.c.cause.in_(mine & set(shared)), MAILS.c.state.in_(TOLD),
        MAILS.c.at > utc_now() - SHARED_FOR,
    )  # fmt: skip
    told = set(connection.scalars(elsewhere))
    settle(connection, scope, told, "sent")
    settle(connection, scope, mine - told, "claimed")
    return mine - told


def settle(connection: Connection, scope: Scope, causes: Iterable[str], state: str) -> None:
    """Note what became of causes: `sent`, or `unsent` when the mail was certainly not taken."""
    for part in chunks(causes):
        where = scope.of(MAILS) & MAILS.c.cause.in_(part)
        connection.execute(update(MAILS).where(where).values(state=state, at=utc_now()))


def left_to_a_person(
    connection: Connection, scope: Scope, run_id: str, known: Iterable[str], says: str
) -> dict[str, str]:
    """Of the records of a run and of those `known` the unbound ones whose newest reason says this: id -> reason."""
    outcomes, of = schema.outcomes, schema.runs
    met = connection.scalars(
        select(outcomes.c.technical).where(outcomes.c.run_id == run_id, outcomes.c.reason.contains(says))
    )
    newest: dict[str, str | None] = {}
    for part in chunks({*known, *met}):
        query = (
            select(outcomes.c.technical, outcomes.c.reason)
            .join(of, of.c.id == outcomes.c.run_id)
            .where(scope.of(of), of.c.dry_run.is_(False), outcomes.c.technical.in_(part))
            .order_by(of.c.started)
        )
        newest |= {row.technical: row.reason for row in connection.execute(query)}
    bound: set[str] = set()
    for part in chunks(newest):
        for table, column in ((schema.aliases, "technical"), (schema.bindings, "crm_id")):
            bound |= set(connection.scalars(select(table.c[column]).where(scope.of(table), table.c[column].in_(part))))
    return {t: reason for t, reason in newest.items() if reason and says in reason and t not in bound}
