"""The users of a CRM by the names that each goes by: whom a record can belong to."""

from collections.abc import Iterable, Mapping
from typing import Any

from pohoda_bridge.catalogue import Users, known_as
from pohoda_bridge.crm.answer import folded


def by_name(users: Users, records: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """Name in small letters -> id, of (id, record) of each user; a name that several active ones share is nobody's."""
    owners: dict[str, set[str]] = {}
    for identity, record in records:
        known = folded(record)
        if users.active and str(known.get(users.active.casefold())).casefold() in {"false", "0"}:
            continue
        for field in users.by:
            if name := known_as(str(known.get(field.casefold()) or "")):
                owners.setdefault(name, set()).add(identity)
    return {name: ids.pop() for name, ids in owners.items() if len(ids) == 1}
