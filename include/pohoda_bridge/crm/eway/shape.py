"""An agenda in eWay-CRM: its folder, its mapped members with their kinds, and items turned into rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pohoda_bridge.catalogue import Crm, Mapped
from pohoda_bridge.catalogue.crm import Deleted
from pohoda_bridge.crm.eway.api import EwayApi, Folder, Relation
from pohoda_bridge.crm.eway.custom import MEMBER, CustomFields
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.member import Member, member_of
from pohoda_bridge.crm.eway.names import Book, Library
from pohoda_bridge.crm.eway.rates import Rates
from pohoda_bridge.crm.eway.related import Related, memberships, typed
from pohoda_bridge.crm.wire import Forms, from_wire
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Row

GUID, VERSION, CHANGED, CREATED = "ItemGUID", "ItemVersion", "Server_ItemChanged", "Server_ItemCreated"
Item = Mapping[str, Any]


@dataclass
class Shape:
    """`members` are found at the first use, as custom fields are the installation's own."""

    crm: Crm
    api: EwayApi
    agenda: str
    mapping: Mapping[str, Mapped]
    forms: Forms
    library: Library = field(repr=False)
    customs: CustomFields = field(repr=False)
    relations: Related = field(repr=False)
    rates: Rates = field(repr=False)
    _members: dict[str, Member] | None = field(default=None, repr=False)

    @property
    def entity(self) -> str:
        return self.crm.agendas[self.agenda].entity

    @property
    def spec(self) -> Folder:
        return self.api.folders[self.entity]

    @property
    def folder(self) -> str:
        """The folder that the items lie in."""
        return self.spec.part_of or self.spec.lies_in or self.entity

    @property
    def deleted(self) -> Deleted | None:
        """How an item is marked whose pair was deleted."""
        return self.crm.agendas[self.agenda].deleted

    def is_mark(self, category: str) -> bool:
        """Whether a category is the mark of a deleted pair, which belongs to no field."""
        deleted = self.deleted
        if deleted is None or deleted.to != self.spec.categories or not deleted.add:
            return False
        return category.casefold() == deleted.add.casefold()

    @property
    def members(self) -> Mapping[str, Member]:
        """Canonical name -> member. Raises Retry, StopAgenda."""
        if self._members is None:
            self._members = {name: member_of(self, name, mapped) for name, mapped in self.mapping.items()}
        return self._members

    @property
    def writable(self) -> frozenset[str]:
        fields = self.crm.entities[self.entity].fields
        return frozenset(n for n, m in self.mapping.items() if m.to not in fields or not fields[m.to].read_only)

    @property
    def foreign(self) -> bool:
        """Whether foreign keys are mapped, which are shown only when asked for."""
        owner = self.crm.agendas[self.agenda].owner
        own = {GUID, owner.to if owner else GUID}
        inner = [one for member in self.members.values() for one in member.inner.values()]
        mapped = any(one.kind == "ref" and one.wire not in own for one in (*self.members.values(), *inner))
        return mapped or bool(self.spec.origin)

    @property
    def constants(self) -> Mapping[str, Any]:
        """What every new item is written with."""
        return self.crm.agendas[self.agenda].constants

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names in the list of `spec.kind` that the agenda's items have; of none, every item is one."""
        wire = self.spec.kind
        if wire is None:
            return ()
        mapped = next((one for one in self.mapping.values() if one.to == wire), None)
        return tuple((mapped.values or {}).values()) if mapped else (str(self.constants[wire]),)

    @property
    def kind_guids(self) -> list[str]:
        """The guids of `kinds`, whatever their list calls them in which language."""
        book = self.listed(self.spec.kind) if self.spec.kind else None
        return [guid for kind in self.kinds if book and (guid := book.guid(kind))]

    def listed(self, wire: str) -> Book | None:
        """The list that the guids in a member are names of."""
        title = self.spec.names.get(wire)
        return self.library.book(title) if title else None

    def version(self, item: Item) -> int:
        """A number that grows when the item or one of its lines changes."""
        lines = item.get(self.spec.lines.folder) if self.spec.lines else None
        return int(item[VERSION]) + sum(int(line.get(VERSION) or 0) for line in lines or ())

    @property
    def categories(self) -> bool:
        return any(member.wire == self.spec.categories for member in self.members.values())

    @property
    def related(self) -> Mapping[str, Relation]:
        """The mapped members that are kept as relations."""
        wires = {mapped.to for mapped in self.mapping.values()}
        return {wire: spec for wire, spec in self.spec.relations.items() if wire in wires}

    @property
    def unlisted(self) -> set[str]:
        """Members that are no columns of the folder."""
        made = self.spec.rated.wires if self.spec.rated else ()
        return {GUID, *made, *filter(None, [self.spec.categories])}

    def guids_of(self, kinds: Sequence[str]) -> set[str]:
        """The guids of kinds of items, where the link calls them otherwise than the CRM's file by its names."""
        book = self.listed(self.spec.kind) if self.spec.kind and kinds else None
        shipped, own = (
            next((mapped.values or {} for mapped in fields.values() if mapped.to == self.spec.kind), {})
            for fields in (self.crm.agendas[self.agenda].fields, self.mapping)
        )
        here = {there: own.get(canonical, there) for canonical, there in shipped.items()}
        return {guid for kind in kinds if book and (guid := book.guid(here.get(kind, kind)))}

    def exists(self, item: Item) -> bool:
        """Whether an item of the folder is a record of the agenda: a part is, when something of it is filled."""
        if self.spec.kind is not None:
            return same(item.get(self.spec.kind)) in self.kind_guids
        if self.spec.goes_on and typed(item, self.spec.goes_on.type, self.spec.goes_on.folder):
            return False
        if self.spec.tied and not typed(item, self.spec.tied.type, self.spec.tied.folder):
            return False
        present = self.spec.present
        custom = item.get(MEMBER) or {}
        return not present or any(item.get(wire, custom.get(wire)) not in {None, ""} for wire in present)

    def row(self, item: Item) -> Row:
        """The item in canonical names. StopAgenda when a mapped member is gone from it: None would erase the rest."""
        row: Row = {"_id": same(item.get(GUID)), "_mark": None, "_version": self.version(item)}
        row["_saved"] = self.forms.read_moment(item.get(CHANGED))
        for name, member in self.members.items():
            row[name] = self._value(member, item)
        for wire, folder in self.spec.origin.items():
            row["_instead_of"] = f"{folder}/{guid}" if (guid := same(item.get(wire))) else None
        return row

    def canonical(self, wire: str) -> str:
        """The canonical name of a member, for reasons a user reads; the member's own when it has none."""
        return next((name for name, mapped in self.mapping.items() if mapped.to == wire), wire)

    def _value(self, member: Member, item: Item) -> Any:
        if member.wire == self.spec.categories and member.book is not None:
            guids = (same(one.get("ForeignItemGUID")) for one in memberships(item))
            names = {member.book.text(guid) for guid in guids if guid and member.book.has(guid)}
            return sorted(name for name in names if not self.is_mark(name)) or None
        if member.wire in self.spec.relations:
            return self.relations.shown(self, member.wire, item)
        if self.spec.rated and member.wire in self.spec.rated.wires:
            return self.rates.shown(self.spec.rated, member.wire, item)
        place = item.get(MEMBER) if member.custom else item
        if not isinstance(place, dict) or member.wire not in place:
            raise StopAgenda(f"{self.agenda}: {self.folder} shows no {member.wire} any more ({member.name}); "
                             f"mend {self.crm.crm}.yaml, the link's fields, or the rights of the user")  # fmt: skip
        value = place[member.wire]
        if member.inner:
            lines = (self._exchanged(member, line, item) for line in self.counted(value or ()))
            return [self.line(member, line) for line in lines] or None
        if member.kind == "ref" or member.book is not None:
            guid = same(value)
            if not guid:
                also = ((name, same(item.get(wire))) for name, wire in member.further.items())
                return next((f"{name}/{one}" for name, one in also if one), None)
            text = member.book.text(guid) if member.book is not None else guid
            return member.own.get(text, text)
        return from_wire(value, member.kind, member.own, self.forms)

    def counted(self, lines: Sequence[Item]) -> list[Item]:
        """The lines of the document in their order, without those that are only offered beside."""
        spec = self.spec.lines
        assert spec is not None
        inside = [line for line in lines if line.get(spec.counted) is not False] or lines
        return sorted(inside, key=lambda line: int(line.get(spec.rank) or 0))

    def _exchanged(self, member: Member, line: Item, item: Item) -> Item:
        """The line with its amounts in the currency of its item, which it may have beside those in its own."""
        spec, of = self.spec.lines, self.spec.rated
        assert spec is not None
        own, theirs = same(line.get(spec.currency)), same(item.get(of.currency)) if of else ""
        if not own or not theirs or own == theirs:
            return line
        amounts = [inner.wire for inner in member.inner.values() if inner.kind == "currency"]
        return {**line, **{wire: line.get(wire + spec.exchanged) for wire in amounts}}

    def line(self, member: Member, line: Item) -> Row:
        """The filled canonical values of one line; a price with VAT is none."""
        spec = self.spec.lines
        unfit = spec.price if spec and line.get(spec.gross) is True else None
        values = ((name, self._value(inner, line)) for name, inner in member.inner.items() if inner.wire != unfit)
        return {name: value for name, value in values if value is not None}


def whole(shape: Shape) -> Shape:
    """The agenda with all items of its folder, those too that have nothing of the part."""
    if not shape.spec.part_of:
        return shape
    folders = {**shape.api.folders, shape.entity: shape.spec.model_copy(update={"present": ()})}
    return replace(shape, api=shape.api.model_copy(update={"folders": folders}))


def shape_of(
    crm: Crm,
    api: EwayApi,
    agenda: str,
    mapping: Mapping[str, Mapped] | None,
    parts: tuple[Forms, Library, CustomFields, Related, Rates],
) -> Shape:
    """StopAgenda when the CRM's file does not know the agenda."""
    if agenda not in crm.agendas:
        raise StopAgenda(f"{crm.title} has no agenda {agenda!r}; its file knows {', '.join(crm.agendas)}")
    return Shape(crm, api, agenda, crm.agendas[agenda].fields if mapping is None else mapping, *parts)
