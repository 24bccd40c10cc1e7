"""One writer per target: a lease in the database, with a fencing token.

Two runs at once are how connectors make duplicates that nobody can undo. A lock file dies with its machine and a
`max_active_runs` guards one scheduler; so the right to write is a row here. It ends by itself when its holder is
gone, and the token, which only grows, stops a holder that was paused past the end from noting anything more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from pohoda_bridge.errors import Busy
from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import upsert

SECONDS = 300.0


@dataclass(frozen=True)
class Lease:
    """The right to write to a target. `token` only grows; an older one is worth nothing any more."""

    target: str
    owner: str
    token: int


def acquire(
    connection: Connection,
    target: str,
    owner: str,
    *,
    seconds: float = SECONDS,
    clock: Callable[[], float] = time.time,
) -> Lease:
    """The lease on the target, new or the owner's own again; Busy, naming the holder, while another holds it."""
    row = connection.execute(select(schema.leases).where(schema.leases.c.target == target)).first()
    now = clock()
    if row is not None and row.owner not in {owner, ""} and row.until > now:
        wait = row.until - now
        raise Busy(
            f"{target} is being written by run {row.owner}; this run goes on when it is done",
            after=min(wait, 30.0),
        )
    token = (row.token if row is not None else 0) + 1
    upsert(
        connection,
        schema.leases,
        [{"target": target, "owner": owner, "token": token, "until": now + seconds}],
    )
    return Lease(target, owner, token)


def renew(
    connection: Connection, lease: Lease, *, seconds: float = SECONDS, clock: Callable[[], float] = time.time
) -> float:
    """Hold the lease on, in the transaction that notes something under it; returns its new end (epoch seconds).

    Busy when it was lost meanwhile: this writer was paused past its end and must note and send nothing more.
    """
    held = (schema.leases.c.target == lease.target) & (schema.leases.c.token == lease.token)
    until = clock() + seconds
    if connection.execute(update(schema.leases).where(held).values(until=until)).rowcount != 1:
        raise Busy(f"the lease on {lease.target} was lost to another run while this one was paused")
    return until


def release(connection: Connection, lease: Lease) -> None:
    """Give the lease back; one that was lost meanwhile stays with its new owner."""
    held = (schema.leases.c.target == lease.target) & (schema.leases.c.token == lease.token)
    connection.execute(update(schema.leases).where(held).values(owner="", until=0.0))
