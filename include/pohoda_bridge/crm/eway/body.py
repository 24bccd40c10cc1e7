"""What a save carries: the members that an item changes, and those that are composed of them; nothing else.

A save writes only the members that are present, so an update never touches what it does not name. A present null
erases; a new item carries no nulls.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.crm.eway.custom import MEMBER
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.lines import made_lines, wire_value
from pohoda_bridge.crm.eway.member import Member
from pohoda_bridge.crm.eway.shape import Shape
from pohoda_bridge.side import Item


@dataclass
class Body:
    """`members` of the save; `categories`: the names that the item shall have, None when nothing is said of them.

    `nameless`: canonical fields left out, because eWay-CRM's list lacks their value and takes no new one. `gone`: the
    guids of lines that the item shall not have any more. `related`: members kept as relations, with their new guids.
    """

    members: dict[str, Any] = field(default_factory=dict)
    categories: tuple[str, ...] | None = None
    nameless: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    related: dict[str, str | None] = field(default_factory=dict)

    def place(self, shape: Shape, member: Member) -> dict[str, Any]:
        """Where the value of a member goes."""
        if member.wire in shape.spec.relations:
            return self.related
        return self.members.setdefault(MEMBER, {}) if member.custom else self.members


def body_of(shape: Shape, item: Item, current: Mapping[str, Any] | None, guid: str) -> Body:
    """The body of an item. Raises ValueError naming the field that cannot go; Retry, StopAgenda from the lists.

    `current` is the item `guid` as eWay-CRM has it, None for a new one.
    """
    body = Body(_constants(shape) if current is None else {})
    for name, value in item.values.items():
        if name.startswith("_"):
            continue
        if name not in shape.writable:
            raise ValueError(f"{name}: the CRM cannot take this field")
        member = shape.members[name]
        if member.wire == shape.spec.owner or member.further:
            body.members |= _referring(member, value, new=current is None)
            continue
        if member.wire == shape.spec.categories:
            body.categories = tuple(value or ())
            continue
        if member.inner:
            made = made_lines(shape, member, value, current, guid)
            body.members[member.wire], body.gone = made.sent, made.gone
            body.nameless += made.nameless
            continue
        try:
            wire = wire_value(shape, member, value)
        except LookupError as lack:
            if member.wire == shape.spec.kind:
                raise ValueError(f"{name}: eWay-CRM has no {lack.args[0]!r} in its list") from None
            body.nameless.append(name)
            continue
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        if wire is None and current is None:
            continue
        body.place(shape, member)[member.wire] = wire
    _accompany(shape, body, current)
    _compose(shape, body.members, current)
    return body


def _accompany(shape: Shape, body: Body, current: Mapping[str, Any] | None) -> None:
    """Add what is saved together: sums with lines, their currency to the lines, and what goes along with a member.

    An amount at home has no place where the item is kept in another currency.
    """
    before, lines = current or {}, shape.spec.lines
    if lines is not None:
        kept = {member.wire for member in shape.members.values()}.intersection(lines.kept)
        if current is None or body.members.keys() & {lines.folder, *kept}:
            body.members = {wire: before.get(wire) for wire in sorted(kept)} | body.members
        currency = {**before, **body.members}.get(shape.spec.rated.currency) if shape.spec.rated else None
        for line in body.members.get(lines.folder, ()) if currency and lines.currency else ():
            line[lines.currency] = currency
    for wire, of in shape.spec.home.items():
        if wire in body.members and shape.rates.abroad(same({**before, **body.members}.get(of))):
            del body.members[wire]
    for wire, more in shape.spec.along.items():
        body.members |= more if body.members.get(wire) is not None else {}


def _referring(member: Member, value: Any, *, new: bool) -> dict[str, Any]:
    """A reference to a record of one of several folders; the owner of a part is none of its members."""
    name, _, own = str(value or "").partition("/")
    if name in member.further:
        made: dict[str, Any] = {member.wire: None, member.further[name]: same(own) or None}
    elif member.further:
        made = {member.wire: same(value) or None} | ({} if value else dict.fromkeys(member.further.values()))
    else:
        made = {}
    return {wire: guid for wire, guid in made.items() if guid or not new}


def _constants(shape: Shape) -> dict[str, Any]:
    """What every new item has, names as guids. Raises ValueError for a name that its list lacks."""
    made: dict[str, Any] = {}
    for wire, value in shape.constants.items():
        book = shape.listed(wire)
        made[wire] = book.guid(str(value)) if book else value
        if made[wire] is None:
            raise ValueError(f"{wire}: eWay-CRM has no {value!r} in its list")
    return made


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
