"""Records found deleted in the source, by comparing ids: queued until the flow's next run, then what became of them."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, select

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import Scope, fetch, remove, upsert
from pohoda_bridge.ledger.store import utc_now


def queue(connection: Connection, scope: Scope, technical: Iterable[str], *, settled: frozenset[str]) -> list[str]:
    """Queue what is newly gone; returns it. One that was handled in a way in `settled` is not queued again."""
    gone = sorted(set(technical))
    known = fetch(connection, schema.deletions, scope, gone)
    new = [t for t in gone if t not in known or (known[t].done is not None and known[t].done not in settled)]
    upsert(
        connection,
        schema.deletions,
        [{**scope.columns(), "technical": t, "since": utc_now(), "done": None} for t in new],
    )
    return new


def queued(connection: Connection, scope: Scope) -> frozenset[str]:
    """The records whose deletion waits for the next run."""
    where = (scope.of(schema.deletions), schema.deletions.c.done.is_(None))
    return frozenset(connection.scalars(select(schema.deletions.c.technical).where(*where)))


def known(connection: Connection, scope: Scope) -> dict[str, str | None]:
    """Every record found deleted: technical id -> kept, marked, refused; None while it is queued."""
    return {
        row.technical: row.done
        for row in connection.execute(select(schema.deletions).where(scope.of(schema.deletions)))
    }


def settle(connection: Connection, scope: Scope, results: Mapping[str, str]) -> None:
    """What became of them: kept, marked, refused by the target; `deleted` and `back` (it is there) are forgotten."""
    forgotten = [t for t, result in results.items() if result in {"deleted", "back"}]
    remove(connection, schema.deletions, scope, forgotten)
    known = fetch(connection, schema.deletions, scope, results)
    rows = [{**scope.columns(), "technical": t, "since": row.since, "done": results[t]} for t, row in known.items()]
    upsert(connection, schema.deletions, rows)
