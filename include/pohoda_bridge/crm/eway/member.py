"""Where a canonical field lies in an item."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pohoda_bridge.catalogue import Mapped
from pohoda_bridge.crm.eway.names import Book
from pohoda_bridge.errors import StopAgenda

if TYPE_CHECKING:
    from pohoda_bridge.crm.eway.shape import Shape


@dataclass(frozen=True)
class Member:
    """`book`: the list its guids are names of. `inner`: the fields of a set's rows.
    `further`: where a reference lies whose id begins with that name."""

    name: str
    wire: str
    kind: str
    own: Mapping[str, str]
    book: Book | None = None
    custom: bool = False
    inner: Mapping[str, "Member"] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)


def member_of(shape: "Shape", name: str, mapped: Mapped) -> Member:
    """The member of a mapped field. Raises Retry; StopAgenda when it is no field that can be read."""
    if mapped.fields:
        return _of_lines(shape, name, mapped)
    wire, own = mapped.to, {there: here for here, there in (mapped.values or {}).items()}
    if wire == shape.spec.categories:
        return Member(name, wire, "options", own, shape.library.book(wire))
    if wire.startswith(shape.api.custom_prefix):
        custom = shape.customs.of(shape.folder).get(wire.casefold())
        if custom is None or not custom.kind:
            what = "is a relation or a multiple choice, which cannot be read" if custom else "is not there"
            mend = "take it out of the link" if custom else "add it in eWay-CRM, or take it out of the link"
            raise StopAgenda(f"{shape.agenda}: the custom field {wire} of {shape.folder} {what} ({name}); {mend}")
        book = shape.library.book(custom.book) if custom.book else None
        return Member(name, wire, custom.kind, own, book, custom=True)
    known = shape.crm.entities[shape.entity].fields.get(wire)
    kind = known.kind if known else "text"
    book = shape.listed(wire)
    if book is not None:
        own = book.values(mapped.values or {})
    return Member(name, wire, kind, own, book, further=mapped.further)


def _of_lines(shape: "Shape", name: str, mapped: Mapped) -> Member:
    rows = shape.crm.places(shape.entity, mapped)
    inner: dict[str, Member] = {}
    for part, place in mapped.fields.items():
        own = {there: here for here, there in (place.values or {}).items()}
        known = rows.get(place.to)
        book = shape.listed(f"{mapped.to}.{place.to}")
        inner[part] = Member(part, place.to, known.kind if known else "text", own, book)
    return Member(name, mapped.to, "parts", {}, inner=inner)
