"""What was last seen on a side: each record's print, and the values that must be unique over the whole side."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, and_, func, select

from pohoda_bridge.ledger import schema
from pohoda_bridge.ledger.scope import Scope, chunks, fetch, remove, upsert


def settled(connection: Connection, scope: Scope, prints: Mapping[str, str]) -> set[str]:
    """Of these records (technical id -> print) the ones that were settled with exactly this print."""
    rows = fetch(connection, schema.seen, scope, prints)
    return {technical for technical, row in rows.items() if row.settled and row.print == prints[technical]}


def note(connection: Connection, scope: Scope, rows: Sequence[tuple[str, str, bool]]) -> None:
    """rows: technical id, print, whether nothing is left to do with it."""
    upsert(
        connection,
        schema.seen,
        [{**scope.columns(), "technical": t, "print": p, "settled": s} for t, p, s in rows],
    )


def overwritten(connection: Connection, scope: Scope, technical: Iterable[str]) -> None:
    """These records are no longer as they were seen: one that a person sets back to that is a changed one."""
    for part in chunks(technical):
        where = and_(scope.of(schema.seen), schema.seen.c.technical.in_(part))
        connection.execute(schema.seen.update().where(where).values(settled=False))


def known(connection: Connection, scope: Scope) -> frozenset[str]:
    """The technical ids of all records ever seen and not found gone."""
    return frozenset(connection.scalars(select(schema.seen.c.technical).where(scope.of(schema.seen))))


def there(connection: Connection, scope: Scope, technical: Iterable[str]) -> set[str]:
    """Of these records the ones ever seen and not found gone."""
    return set(fetch(connection, schema.seen, scope, technical))


def forget(connection: Connection, scope: Scope, technical: Iterable[str]) -> set[str]:
    """These records are gone from the side; returns the ones that shared a unique value with them."""
    gone = list(technical)
    mates: set[str] = set()
    for part in chunks(gone):
        held = select(schema.groups).where(scope.of(schema.groups), schema.groups.c.technical.in_(part))
        mates |= _sharing(connection, scope, {(row.rule, row.value) for row in connection.execute(held)})
    remove(connection, schema.groups, scope, gone)
    remove(connection, schema.seen, scope, gone)
    return mates - set(gone)


def regroup(connection: Connection, scope: Scope, values: Mapping[str, Mapping[str, str | None]]) -> set[str]:
    """Note the unique values of records (technical id -> rule -> value or None).

    Returns the other records of every group that one of them joined or left: they are judged again.
    """
    touched: set[tuple[str, str]] = set()
    for part in chunks(values):
        query = select(schema.groups).where(scope.of(schema.groups), schema.groups.c.technical.in_(part))
        old = {(row.technical, row.rule): row.value for row in connection.execute(query)}
        new = {(t, rule): value for t in part for rule, value in values[t].items() if value is not None}
        changed = {place for place in old.keys() | new.keys() if old.get(place) != new.get(place)}
        touched |= {(rule, v) for t, rule in changed for v in (old.get((t, rule)), new.get((t, rule))) if v is not None}
        for technical, rule in (place for place in changed if place not in new):
            where = and_(scope.of(schema.groups), schema.groups.c.technical == technical, schema.groups.c.rule == rule)
            connection.execute(schema.groups.delete().where(where))
        rows = [{**scope.columns(), "technical": t, "rule": r, "value": new[t, r]} for t, r in changed if (t, r) in new]
        upsert(connection, schema.groups, rows)
    return _sharing(connection, scope, touched) - set(values)


def counts(connection: Connection, scope: Scope, rule: str, values: Iterable[str]) -> dict[str, int]:
    """How many records of the whole side have each of these values."""
    found: dict[str, int] = {}
    for part in chunks(set(values)):
        query = (
            select(schema.groups.c.value, func.count())
            .where(scope.of(schema.groups), schema.groups.c.rule == rule, schema.groups.c.value.in_(part))
            .group_by(schema.groups.c.value)
        )
        found.update((row[0], row[1]) for row in connection.execute(query))
    return found


def group_mates(connection: Connection, scope: Scope, technical: Iterable[str]) -> set[str]:
    """The records that share a unique value with one of these."""
    touched: set[tuple[str, str]] = set()
    for part in chunks(technical):
        query = select(schema.groups).where(scope.of(schema.groups), schema.groups.c.technical.in_(part))
        touched |= {(row.rule, row.value) for row in connection.execute(query)}
    return _sharing(connection, scope, touched)


def _sharing(connection: Connection, scope: Scope, touched: Iterable[tuple[str, str]]) -> set[str]:
    by_rule: dict[str, set[str]] = {}
    for rule, value in touched:
        by_rule.setdefault(rule, set()).add(value)
    found: set[str] = set()
    for rule, values in by_rule.items():
        for part in chunks(values):
            query = select(schema.groups.c.technical).where(
                scope.of(schema.groups), schema.groups.c.rule == rule, schema.groups.c.value.in_(part)
            )
            found |= set(connection.scalars(query))
    return found
