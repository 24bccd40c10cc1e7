"""Guids in the one form they are compared in: lower case, with hyphens."""

from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from pohoda_bridge.side import Item

ZERO = "00000000-0000-0000-0000-000000000000"


def same(value: Any) -> str:
    """The guid in its one form; "" for what is none, the zero guid included."""
    try:
        guid = str(UUID(value)) if isinstance(value, str) else ""
    except ValueError:
        return ""
    return "" if guid == ZERO else guid


def made(item_id: str) -> str:
    """The guid that the record made by an item has: the item's own id, so that a doubt is looked up by it."""
    try:
        return str(UUID(item_id))
    except ValueError:
        return str(uuid5(NAMESPACE_OID, item_id))


def target_of(item: Item) -> str:
    """The guid that an item writes to; "" when its target is none."""
    return made(item.id) if item.action == "create" else same(item.target_id)
