"""What the service does with records: create, change, match, move to the bin, and what it adds by itself.

A write that changes nothing leaves `Modified` alone. Workflows run when a record arrives, and only then.
"""

import uuid
from dataclasses import dataclass, field, replace
from decimal import Decimal

from pohoda_sandbox.clock import Clock
from pohoda_sandbox.gram.errors import Json, conflict, invalid, not_found, problem
from pohoda_sandbox.gram.match import Found, match
from pohoda_sandbox.gram.nested import flat, merged, settled, shown
from pohoda_sandbox.gram.numbering import numbered
from pohoda_sandbox.gram.store import Store, Stored
from pohoda_sandbox.gram.switches import Switches
from pohoda_sandbox.gram.totals import worked_out
from pohoda_sandbox.gram.values import Checker, number
from pohoda_sandbox.gram.wire import Entity, Field, Wire

# Worked out by the service from other records: entity, field -> (summed entity, its field, its ref, condition).
CALCULATED: dict[tuple[str, str], tuple[str, str, str, Json]] = {
    ("Client", "WonDealsValue"): ("Deal", "Value", "Client", {"Status": "Won"}),
    ("Product", "StockTotal"): ("StockLevel", "OnHand", "Product", {}),
}


@dataclass
class Records:
    wire: Wire
    store: Store
    clock: Clock
    switches: Switches
    custom: dict[str, list[Field]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entity, name, spec in self.store.custom():
            self.custom.setdefault(entity, []).append(Field.of(name, spec, custom=True))

    def entity(self, name: str, gone: str = "") -> Entity:
        """The entity as it is now, with custom and system fields. Raises 404."""
        entity = self.wire.entities.get(name)
        if entity is None:
            raise not_found()
        entity = entity.plus(*self.custom.get(name, ()), *(f for f in self._system() if f.name not in entity.fields))
        return entity.without(gone) if gone else entity

    def _system(self) -> list[Field]:
        named = self.wire.system
        stamps = [Field(name, "datetime", read_only=True) for name in ("Created", named("modified"))]
        users = [Field(name, "ref", read_only=True, entity="User") for name in ("CreatedBy", "ModifiedBy")]
        marks = [Field(named(name), "text", length=64) for name in ("source", "external_id")]
        version = [Field(named("version"), "number", read_only=True)] if self.switches.rank >= 3 else []
        owner = Field("Owner", "ref", entity="User")
        return [Field(named("id"), "text", read_only=True), owner, *stamps, *users, *marks, *version]

    def get(self, entity: str, identity: str) -> Stored:
        stored = self.store.get(entity, identity)
        if stored is None:
            raise not_found()
        return stored

    def create(self, entity: Entity, body: Json, user: str, identity: str = "") -> Stored:
        values = self._check(entity, body, whole=True)
        self._unique(entity, values, "")
        now = self.clock.text(self.wire.datetime)
        named = self.wire.system
        data = {"Owner": user, **worked_out(entity, merged(dict(entity.fields), {}, values))}
        data = numbered(self.store, entity, data, self.clock.now().year)
        data |= {named("id"): identity or self._new_id(entity.name), "Created": now, named("modified"): now}
        data |= {"CreatedBy": user, "ModifiedBy": user}
        stored = Stored(data, version=1, workflows=1)
        self.store.put(entity.name, stored)
        return stored

    def update(self, entity: Entity, identity: str, body: Json, user: str) -> tuple[Stored, bool]:
        """(record, whether anything changed); only the sent fields are touched. Raises 409 on another version."""
        stored = self.get(entity.name, identity)
        version = body.get(self.wire.system("version"))
        if self.switches.rank >= 3 and version is not None and version != stored.version:
            raise conflict("Conflict.", problem(self.wire.system("version"), "version"))
        values = self._check(entity, body, whole=False, stored=stored)
        self._unique(entity, values, identity)
        return self._change(entity, stored, values, user)

    def upsert(self, entity: Entity, body: Json, user: str) -> tuple[Stored, str]:
        """(record, action). Re-linked: nothing but the mark of the source changes."""
        marks = [self.wire.system("source"), self.wire.system("external_id")]
        if missing := [problem(name, "required") for name in marks if not body.get(name)]:
            raise invalid(*missing)
        plain = {name: value for name, value in body.items() if name not in entity.fields or flat(entity.fields[name])}
        values = self._check(entity, plain, whole=False)
        found, stored = match(self.wire, self.store, entity, values)
        if stored is None:
            return self.create(entity, body, user), "Created"
        if found == Found.RELINK:
            return self._change(entity, stored, {name: values[name] for name in marks}, user)[0], "Relinked"
        values = self._check(entity, body, whole=False, stored=stored)
        self._unique(entity, values, stored.data[self.wire.system("id")])
        stored, changed = self._change(entity, stored, values, user)
        return stored, "Updated" if changed else "Unchanged"

    def delete(self, entity: str, identity: str) -> None:
        self.get(entity, identity)
        self.store.remove(entity, identity, self.clock.text(self.wire.datetime))

    def users(self, entity: str, identity: str) -> dict[str, int]:
        """How many records of each entity refer to this one in a field that they must have."""
        found = {
            name: self.store.total(name, [f"{self.store.expression(field.name)} = ?"], [identity])
            for name, other in self.wire.entities.items()
            for field in other.fields.values()
            if field.entity == entity and field.required
        }
        return {name: count for name, count in found.items() if count}

    def shown(self, entity: Entity, stored: Stored) -> Json:
        """The record as an answer carries it: every field, empty ones as null (an empty list for options)."""
        identity = self.wire.system("id")
        record: Json = {identity: stored.data[identity]} if identity in entity.fields else {}
        for name, spec in entity.fields.items():
            record[name] = shown(spec, stored.data.get(name))
            if (rule := CALCULATED.get((entity.name, name))) is not None:
                record[name] = self._calculated(rule, stored.data[identity])
        if (version := self.wire.system("version")) in record:
            record[version] = stored.version
        return record

    def disturb(self, entity: Entity, first: Stored, user: str) -> None:
        """What a person does between two pages of a list, when the switch says so."""
        identity, change = str(first.data[self.wire.system("id")]), self.switches.changing_list
        if change == "touch":
            self.touch(entity.name, first, user)
        elif change == "delete":
            self.delete(entity.name, identity)
        elif change == "insert":
            copied = {spec.name: first.data[spec.name] for spec in entity.fields.values() if spec.required}
            self.create(entity, copied, user, identity="0" * 8 + uuid.uuid4().hex[8:])

    def add_field(self, entity: str, name: str, spec: Json) -> None:
        self.store.add_custom(entity, name, spec)
        self.custom.setdefault(entity, []).append(Field.of(name, spec, custom=True))

    def service_update(self) -> list[str]:
        """The vendor's update: custom fields without the prefix are deleted, unasked, with their values."""
        prefix = str(self.wire.api["custom_prefix"])
        every = [(entity, spec.name) for entity, fields in self.custom.items() for spec in fields]
        lost = [(entity, name) for entity, name in every if not name.startswith(prefix)]
        for entity, name in lost:
            self.store.drop_custom(entity, name)
            self.custom[entity] = [spec for spec in self.custom[entity] if spec.name != name]
        return [f"{entity}.{name}" for entity, name in lost]

    def touch(self, entity: str, stored: Stored, user: str) -> Stored:
        """Raise `Modified` as a person saving the record does."""
        data = stored.data | {
            self.wire.system("modified"): self.clock.text(self.wire.datetime),
            "ModifiedBy": user,
        }
        touched = replace(stored, data=data, version=stored.version + 1)
        self.store.put(entity, touched)
        return touched

    def _change(self, entity: Entity, stored: Stored, values: Json, user: str) -> tuple[Stored, bool]:
        fields = dict(entity.fields)
        data = settled(fields, stored.data, worked_out(entity, merged(fields, stored.data, values)))
        if data == stored.data:
            return stored, False
        return self.touch(entity.name, replace(stored, data=data), user), True

    def _check(self, entity: Entity, body: Json, *, whole: bool, stored: Stored | None = None) -> Json:
        def exists(other: str, identity: str) -> bool:
            return self.store.get(other, identity) is not None

        checker = Checker(self.wire, exists, self.switches.ignore_unknown_fields)
        return checker.check(entity, body, whole=whole, stored=stored.data if stored else None)

    def _unique(self, entity: Entity, values: Json, own: str) -> None:
        for spec in entity.fields.values():
            value = values.get(spec.name)
            if spec.unique and value is not None:
                column = self.store.expression(spec.name)
                self.store.index(column)
                others = self.store.select(entity.name, [f"{column} = ?", "id <> ?"], [value, own], "+id")
                if others:
                    raise conflict("Conflict.", problem(spec.name, "not_unique"))

    def _calculated(self, rule: tuple[str, str, str, Json], identity: str) -> int | float:
        other, summed, reference, condition = rule
        wanted = {reference: identity, **condition}
        columns = [self.store.expression(field) for field in wanted]
        self.store.index(columns[0])
        where = [f"{column} = ?" for column in columns]
        return number(Decimal(str(self.store.sum(other, summed, where, list(wanted.values())))))

    def _new_id(self, entity: str) -> str:
        if self.switches.id_style == "hex":
            return uuid.uuid4().hex
        return str(self.store.next_number(entity))
