"""What is over is forgotten after some time: runs with their outcomes, closed intents, mails of flows that are no more.

Never anything that is still open, never the newest run of a flow or the one that moved its cursor, and never the
outcome that tells why a record stands where it stands: `reconcile` and `why` need it as long as it is so.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, or_, select, tuple_, update

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.intents import UNSETTLED
from pohoda_bridge.ledger.runs import STANDING, Run, of_ids

RUNS, OUTCOMES = schema.runs, schema.outcomes
FLOW = ("link", "agenda", "direction")


def outdated(connection: Connection, link: str, before: datetime) -> list[Run]:
    """The link's runs that ended before this time and whose files nobody needs any more."""
    return of_ids(connection, _old(link, before))


def forget(connection: Connection, link: str, before: datetime, flows: Collection[tuple[str, str]]) -> int:
    """Delete what was over before this time; returns how many runs. `flows`: (agenda, direction) that still run.

    A run with an outcome that stands stays, with that outcome alone and without its report.
    """
    old = _old(link, before)
    connection.execute(delete(OUTCOMES).where(OUTCOMES.c.run_id.in_(old), ~_stands()))
    closed = and_(schema.intents.c.state.not_in(UNSETTLED), schema.intents.c.closed < before)
    connection.execute(delete(schema.intents).where(schema.intents.c.link == link, closed))
    mails = schema.mails
    of_flow = or_(*(and_(mails.c.agenda == agenda, mails.c.direction == way) for agenda, way in flows))
    gone = ~of_flow if flows else mails.c.link == link
    connection.execute(delete(mails).where(mails.c.link == link, mails.c.at < before, gone))
    connection.execute(update(RUNS).where(RUNS.c.id.in_(old)).values(report=None))
    told = select(OUTCOMES.c.run_id)
    return connection.execute(delete(RUNS).where(RUNS.c.id.in_(old), RUNS.c.id.not_in(told))).rowcount


def _old(link: str, before: datetime) -> Select[tuple[str]]:
    newest = select(*(RUNS.c[name] for name in FLOW), func.max(RUNS.c.started)).group_by(*(RUNS.c[n] for n in FLOW))
    opened = select(schema.intents.c.run_id).where(schema.intents.c.state.in_(UNSETTLED))
    moved = select(schema.cursors.c.run_id).where(schema.cursors.c.run_id.is_not(None))
    return select(RUNS.c.id).where(
        RUNS.c.link == link, RUNS.c.state != "running", RUNS.c.finished < before,
        tuple_(*(RUNS.c[name] for name in FLOW), RUNS.c.started).not_in(newest),
        RUNS.c.id.not_in(opened), RUNS.c.id.not_in(moved),
    )  # fmt: skip


def _stands() -> ColumnElement[bool]:
    """Whether an outcome is the newest of its record, and one that stands until the record changes."""
    own, later, newer = RUNS.alias(), RUNS.alias(), OUTCOMES.alias()
    same_flow = (own.c[name] == later.c[name] for name in FLOW)
    overtaken = (
        select(newer.c.run_id)
        .join(later, later.c.id == newer.c.run_id)
        .where(newer.c.technical == OUTCOMES.c.technical, later.c.dry_run.is_(False), *same_flow)
        .where(later.c.started > own.c.started, own.c.id == OUTCOMES.c.run_id)
        .exists()
    )
    dry = select(own.c.id).where(own.c.id == OUTCOMES.c.run_id, own.c.dry_run.is_(True)).exists()
    return and_(OUTCOMES.c.outcome.in_(STANDING), ~overtaken, ~dry)
