"""One kind of CRM as data: its API, its entities, and canonical name <-> wire name for each agenda (`include/crms`)."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import Field as Default
from pydantic import model_validator

from pohoda_bridge.catalogue.agenda import LeaveOut
from pohoda_bridge.catalogue.base import Phrase, Settings

Kind = Literal["text", "number", "currency", "bool", "date", "datetime", "option", "options", "ref", "object", "parts"]
Way = Literal["to_crm", "to_pohoda"]


class WireField(Settings):
    """A field of an entity as the CRM describes it; `length` in characters. An object, and each of its `parts`, has
    `fields` of its own. `unique`: no two records have the same value. `unless`: the service works the value out and
    passes over a written one, unless this flag of the record is set. `key`: the field of each part that holds its own
    id; one that is written with it keeps what is not written of it.
    """

    kind: Kind
    length: int | None = None
    required: bool = False
    read_only: bool = False
    unique: bool = False
    unless: str | None = None
    key: str | None = None
    options: tuple[str, ...] | Literal["any"] = ()
    entity: str | None = None
    fields: Mapping[str, "WireField"] = Default(default_factory=dict)


class Entity(Settings):
    """A kind of record of the CRM: its fields, and which of them together name one record."""

    fields: Mapping[str, WireField]
    natural_keys: tuple[tuple[str, ...], ...] = ()
    read_only: bool = False


class Named(Settings):
    """A record of `entity` that is known by its name, which stands in the wire field `by`; made when there is none."""

    entity: str
    by: str
    create: bool = False


class Mapped(Settings):
    """A canonical field's place in the CRM. `values` maps canonical to wire; `ref` names the agenda referred to.

    `to` with a dot is a field of an object: `BillingAddress.Street`. `fields`: the rows of a set are parts below `to`;
    with `entity` they are records of their own, whose field `parent` refers to the record. `named`: the value is the
    name of a record, whose id goes over the wire. `way`: the field goes in this direction only. `convert`: a converter
    for the values of both sides. A reference that is `optional` need not lead to a bound record: without one the record
    goes without it, and again when it is there.
    `further`: where a reference lies that leads to a record of a further entity of the other agenda.
    `on_create_only`: written with a new record, never overwritten. `if_empty`: written only where the CRM has nothing.
    """

    to: str
    values: Mapping[str, str] | None = None
    ref: str | None = None
    optional: bool = False
    named: Named | None = None
    fields: Mapping[str, "Mapped"] = Default(default_factory=dict)
    entity: str | None = None
    parent: str | None = None
    further: Mapping[str, str] = Default(default_factory=dict)
    way: Way | None = None
    convert: str | None = None
    on_create_only: bool = False
    if_empty: bool = False

    @model_validator(mode="after")
    def _rows_fit(self) -> Self:
        if bool(self.entity) != bool(self.parent) or (self.entity and not self.fields):
            raise ValueError("`entity`, `parent` and `fields` of rows that are records of their own go together")
        if self.optional and not self.ref:
            raise ValueError("`optional` asks something of a `ref` only")
        return self


class Further(Settings):
    """Another entity whose records are of an agenda too: where the agenda's fields lie there, as far as it has them.

    They are read and changed like the others, and never made. An id of theirs begins with the entity's name.
    """

    fields: Mapping[str, Mapped]


class Deleted(Settings):
    """How a record says that its pair in POHODA was deleted: the wire field `to` gets `value`, or also `add`."""

    to: str
    value: bool | int | str | None = None
    add: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if ("value" in self.model_fields_set) == bool(self.add):
            raise ValueError("exactly one of `value` and `add` is needed")
        return self


class CrmAgenda(Settings):
    """Where an agenda lives in the CRM.

    `constants` are written with every record, `in_pohoda` with every one that is made in POHODA (canonical names);
    `leave_out`: records that the CRM has no place for; `settings`: the agenda's, where this CRM wants others.
    `further`: entities whose records count to the agenda beside those of `entity`.
    `owner`: the place of the user a record belongs to, mapped where a link says who owns what.
    `deleted`: the mark of a record whose pair was deleted; without it the CRM has no place for such a mark.
    """

    entity: str
    further: Mapping[str, Further] = Default(default_factory=dict)
    directions: tuple[Way, ...]
    constants: Mapping[str, Any] = Default(default_factory=dict)
    in_pohoda: Mapping[str, Any] = Default(default_factory=dict)
    settings: Mapping[str, Any] = Default(default_factory=dict)
    leave_out: tuple[LeaveOut, ...] = ()
    owner: Mapped | None = None
    deleted: Deleted | None = None
    fields: Mapping[str, Mapped]


class Users(Settings):
    """Where the CRM keeps its users: their entity, the fields that each name one, the flag of those still active."""

    entity: str
    by: tuple[str, ...] = Default(min_length=1)
    active: str | None = None


class Crm(Settings):
    """A CRM file. `reasons`: why single records do not go, where this CRM alone says so (else quality/reasons.yaml)."""

    crm: str
    title: str
    profile: str
    timezone: str
    api: Mapping[str, Any]
    entities: Mapping[str, Entity]
    users: Users | None = None
    reasons: tuple[Phrase, ...] = ()
    agendas: Mapping[str, CrmAgenda]

    def place(self, entity: str, path: str) -> WireField | None:
        """The field of the entity, or of an object in it, that a dotted path leads to."""
        fields: Mapping[str, WireField] = self.entities[entity].fields if entity in self.entities else {}
        found = None
        for step in path.split("."):
            found = fields.get(step)
            fields = found.fields if found else {}
        return found

    def places(self, entity: str, mapped: Mapped) -> Mapping[str, WireField]:
        """The wire fields of a set's rows, whether they are parts of the record or records of their own."""
        if mapped.entity:
            return self.entities[mapped.entity].fields if mapped.entity in self.entities else {}
        found = self.place(entity, mapped.to)
        return found.fields if found else {}

    @model_validator(mode="after")
    def _marks_fit(self) -> Self:
        """A name is added to a list of options; any other field takes a value."""
        for name, carried in self.agendas.items():
            if carried.deleted is None or carried.entity not in self.entities:
                continue
            field = self.entities[carried.entity].fields.get(carried.deleted.to)
            if field is None or field.read_only or (field.kind == "options") != bool(carried.deleted.add):
                raise ValueError(f"agendas.{name}.deleted: {carried.deleted.to} is no field that can take this mark")
        return self
