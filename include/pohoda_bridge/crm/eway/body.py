"""What a save carries: the members that an item changes, and those that are composed of them; nothing else.

A save writes only the members that are present, so an update never touches what it does not name. A present null
erases; a new item carries no nulls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.crm.eway.custom import MEMBER
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.shape import Member, Shape, write_moment
from pohoda_bridge.crm.wire import to_wire
from pohoda_bridge.side import Item


@dataclass
class Body:
    """`members` of the save; `categories`: the names that the item shall have, None when nothing is said of them.

    `nameless`: canonical fields left out, because eWay-CRM's list lacks their value and takes no new one.
    """

    members: dict[str, Any] = field(default_factory=dict)
    categories: tuple[str, ...] | None = None
    nameless: list[str] = field(default_factory=list)


def body_of(shape: Shape, item: Item, current: Mapping[str, Any] | None) -> Body:
    """The body of an item. Raises ValueError naming the field that cannot go; Retry, StopAgenda from the lists.

    `current` is the item as eWay-CRM has it, None for a new one.
    """
    body = Body()
    for name, value in item.values.items():
        if name.startswith("_"):
            continue
        if name not in shape.writable:
            raise ValueError(f"{name}: the CRM cannot take this field")
        member = shape.members[name]
        if member.wire == shape.spec.owner:
            continue
        if member.wire == shape.spec.categories:
            body.categories = tuple(value or ())
            continue
        try:
            wire = _wire(shape, member, value)
        except LookupError:
            body.nameless.append(name)
            continue
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if wire is None and current is None:
            continue
        place = body.members.setdefault(MEMBER, {}) if member.custom else body.members
        place[member.wire] = wire
    _compose(shape, body.members, current)
    return body


def _wire(shape: Shape, member: Member, value: Any) -> Any:
    """Raises ValueError for a value that cannot be sent, LookupError for a text that its list has no guid for."""
    named = {here: there for there, here in member.own.items()}
    if value is None or value == "":
        return None
    if member.kind == "ref":
        if not (guid := same(value)):
            raise ValueError("is no reference to a record of eWay-CRM")
        return guid
    if member.book is not None:
        text = str(to_wire(value, "text", named, shape.forms))
        if (guid := member.book.guid(text) or "") == "":
            raise LookupError(text)
        return guid
    if member.kind in {"date", "datetime"} and hasattr(value, "isoformat"):
        return write_moment(value, shape.forms)
    wire = to_wire(value, member.kind, named, shape.forms)
    if member.wire in shape.spec.ranges:
        least, most = shape.spec.ranges[member.wire]
        if not least <= wire <= most:
            raise ValueError(f"must be between {least} and {most}")
    return wire


def _compose(shape: Shape, members: dict[str, Any], current: Mapping[str, Any] | None) -> None:
    """Add members made of others; one that a person has given another text keeps it."""
    for wire, parts in shape.spec.composed.items():
        if wire in members or not any(part in members for part in parts):
            continue
        before = current or {}
        had = before.get(wire)
        if had in {None, "", _joined(parts, before)}:
            members[wire] = _joined(parts, {**before, **members}) or None


def _joined(parts: tuple[str, ...], item: Mapping[str, Any]) -> str:
    return ", ".join(str(item[part]) for part in parts if item.get(part))
