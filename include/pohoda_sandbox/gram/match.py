"""Which stored record an upsert means: the mark itself, the mark of an older year, then the natural key."""

import re
from enum import StrEnum

from pohoda_sandbox.gram.errors import Json, conflict
from pohoda_sandbox.gram.store import Store, Stored, key
from pohoda_sandbox.gram.wire import Entity, Wire

MOVING = frozenset({"Address", "Contact"})
YEAR = re.compile(r"(?P<unit>.+):(?P<year>\d{4})")


class Found(StrEnum):
    MARKED = "marked"
    RELINK = "relink"
    NOTHING = "nothing"


def match(wire: Wire, store: Store, entity: Entity, values: Json) -> tuple[Found, Stored | None]:
    """Raises 409 when more than one record is meant; nothing is guessed."""
    source, external_id = values[wire.system("source")], values[wire.system("external_id")]
    marked = store.select(entity.name, ["external_id = ?"], [external_id], "+id")
    same = [stored for stored in marked if stored.data[wire.system("source")] == source]
    if same:
        return Found.MARKED, _only(wire, same)
    older = [stored for stored in marked if _older(stored.data[wire.system("source")], source)]
    candidates = [stored for stored in older if not _contradicts(entity, stored.data, values)]
    candidates = candidates or _natural(wire, store, entity, values)
    return (Found.RELINK, _only(wire, candidates)) if candidates else (Found.NOTHING, None)


def _only(wire: Wire, candidates: list[Stored]) -> Stored:
    if len(candidates) > 1:
        identity = wire.system("id")
        raise conflict("Ambiguous match.", *({identity: stored.data[identity]} for stored in candidates))
    return candidates[0]


def _older(mark: str | None, source: str) -> bool:
    was, now = YEAR.fullmatch(mark or ""), YEAR.fullmatch(source)
    return bool(was and now and was["unit"] == now["unit"] and was["year"] < now["year"])


def _contradicts(entity: Entity, data: Json, values: Json) -> bool:
    """Another natural key than the stored one: the row id went to another record this year.

    What belongs to a client and can move within it has none that lasts.
    """
    fields = next(iter(entity.natural_keys), ())
    if entity.name in MOVING or not all(data.get(field) and values.get(field) for field in fields):
        return False
    return any(key(data[field]) != key(values[field]) for field in fields)


def _natural(wire: Wire, store: Store, entity: Entity, values: Json) -> list[Stored]:
    """Records with the first filled natural key, but those this source knows under another id."""
    for fields in entity.natural_keys:
        if all(values.get(field) for field in fields):
            expressions = [f"key({store.expression(field)})" for field in fields]
            store.index(expressions[0])
            found = store.select(
                entity.name,
                [f"{expression} = ?" for expression in expressions],
                [key(values[field]) for field in fields],
                "+id",
            )
            mark = wire.system("source")
            return [stored for stored in found if stored.data.get(mark) != values[mark]]
    return []
