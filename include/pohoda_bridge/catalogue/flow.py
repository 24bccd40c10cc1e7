"""One direction of one agenda of a link, with everything a step asks of the settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b

from pohoda_bridge.catalogue.agenda import Agenda, Expectation
from pohoda_bridge.catalogue.base import Language
from pohoda_bridge.catalogue.crm import Crm, CrmAgenda, Mapped
from pohoda_bridge.catalogue.field import Type
from pohoda_bridge.catalogue.link import DirectionSettings, FieldSetting, Link, OwnerSetting
from pohoda_bridge.catalogue.rules import Rule
from pohoda_bridge.catalogue.unit import Unit
from pohoda_bridge.side import Direction

CONSTANT = "constant."
"""What the name of a field begins with that the link gives a value."""
CUSTOM = "custom."
"""What the name of a custom field of POHODA E1 begins with."""


@dataclass(frozen=True)
class Flow:
    """One direction of one agenda of a link, with everything a step asks of the settings.

    `tables`: POHODA's table of every agenda.
    """

    link: Link
    unit: Unit
    crm: Crm
    agenda: Agenda
    direction: Direction
    settings: DirectionSettings
    tables: Mapping[str, str] = field(default_factory=dict)

    @property
    def dag_id(self) -> str:
        return f"{self.link.link}__{self.agenda.agenda}__{self.direction}"

    @property
    def read(self) -> str:
        """How POHODA is read. Where it is written, a copy or an export would not show what was just stored."""
        way = self.settings.read or self.unit.read
        return "xml" if self.direction == "to_pohoda" and way in {"mdb", "files"} else way

    @property
    def language(self) -> Language:
        """The language of those who are told."""
        return self.link.notify.language or self.unit.language

    @property
    def contact_names(self) -> str:
        """How names of persons are split."""
        return self.link.contact_names

    @property
    def to_crm(self) -> CrmAgenda:
        return self.crm.agendas[self.agenda.agenda]

    def part(self, further: str) -> str:
        """The name by which an adapter knows the agenda's records of a further entity; of none ("") the agenda's."""
        return f"{self.agenda.agenda}/{further}" if further else self.agenda.agenda

    @cached_property
    def parts(self) -> dict[str, CrmAgenda]:
        """What an adapter serves: the agenda, and by names of their own its records of further entities."""
        shipped = self.crm.agendas[self.agenda.agenda]
        further = {
            self.part(name): shipped.model_copy(
                update={"entity": name, "fields": one.fields, "further": {}, "constants": {}, "owner": None}
            )
            for name, one in shipped.further.items()
        }
        return {self.agenda.agenda: shipped, **further}

    @property
    def part_readings(self) -> dict[str, Mapping[str, Mapped]]:
        """What is read of the records of each part."""
        own = self.agenda.agenda
        return {
            name: self.reading if name == own else {n: m for n, m in part.fields.items() if n in self.reading}
            for name, part in self.parts.items()
        }

    def lacking(self, crm_id: str) -> frozenset[str]:
        """The mapped fields that the CRM's record has no place for, as it is of a further entity."""
        further = self.to_crm.further.get(crm_id.partition("/")[0]) if "/" in crm_id else None
        return frozenset(self.mapping.keys() - further.fields.keys()) if further else frozenset()

    @property
    def source_zone(self) -> str:
        """The time zone of the source's naive times."""
        return self.unit.timezone if self.direction == "to_crm" else self.crm.timezone

    @property
    def back(self) -> DirectionSettings | None:
        """The settings of the other direction of the agenda, where it runs."""
        other = "to_pohoda" if self.direction == "to_crm" else "to_crm"
        return self.link.agendas[self.agenda.agenda].direction(other)

    @property
    def returning(self) -> "Flow | None":
        """The flow of the other direction, where it runs."""
        other: Direction = "to_pohoda" if self.direction == "to_crm" else "to_crm"
        return replace(self, direction=other, settings=self.back) if self.back else None

    def master(self, name: str) -> str:
        """Which side wins on a field that both changed: pohoda, crm or ask. Both directions know the same master.

        A field that only one direction carries belongs to the side it comes from, unless the link says otherwise.
        """
        known = {**(self.back.master if self.back else {}), **self.settings.master}
        return known.get(name) or (self.link.default_master if self._shared(name) else self._origin)

    def _shared(self, name: str) -> bool:
        """Whether the link's default master decides on the field: both directions carry it, or the link names one."""
        back = self.returning
        return "default_master" in self.link.model_fields_set or (back is not None and name in back.mapping)

    @property
    def _origin(self) -> str:
        return "pohoda" if self.direction == "to_crm" else "crm"

    @property
    def _changes(self) -> dict[str, FieldSetting]:
        """The link's changes of the mapping. What a field is taken `from` holds both ways, the rest one way."""
        there = self.back.fields if self.back else {}
        back = {
            wire: FieldSetting.model_validate({"from": change.from_}) for wire, change in there.items() if change.from_
        }
        own = self.settings.fields
        return {**back, **{w: c if c.from_ or c.drop or w not in back else _from(c, back[w]) for w, c in own.items()}}

    @cached_property
    def mapping(self) -> dict[str, Mapped]:
        """Canonical name -> its place in the CRM, with the link's changes applied."""
        mapping = {n: mapped for n, mapped in self._both_ways.items() if mapped.way in {None, self.direction}}
        if self.owner and self.to_crm.owner:
            flag = {"on_create_only": self.owner.on_create_only}
            mapping["owner"] = self.to_crm.owner.model_copy(update=flag)
        mapping |= {f"{CONSTANT}{wire}": Mapped(to=wire, on_create_only=True) for wire in self.given_to_crm}
        return mapping

    @cached_property
    def reading(self) -> dict[str, Mapped]:
        """What is read of a CRM's record: the mapping, and what goes the other way alone, which rules may ask about."""
        return {**self._both_ways, **self.mapping}

    @cached_property
    def _both_ways(self) -> dict[str, Mapped]:
        shipped, changes = self.to_crm.fields, self._changes
        by_wire = {mapped.to: name for name, mapped in shipped.items()}
        replaced = {wire for wire, change in changes.items() if change.drop or change.from_}
        mapping = {name: mapped for name, mapped in shipped.items() if mapped.to not in replaced}
        for wire, change in changes.items():
            if not change.drop:
                name = change.from_ or by_wire[wire]
                base = shipped.get(name) or Mapped(to=wire)
                mapping[name] = base.model_copy(update={"to": wire, **_changed(base, change)})
        return mapping

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures that the CRM has a place for."""
        return tuple(name for name in self.agenda.figures if name in self.mapping)

    @property
    def given_to_crm(self) -> Mapping[str, object]:
        """What the link gives new records of the CRM, by wire name."""
        return self.settings.constants if self.direction == "to_crm" else {}

    @property
    def given_to_pohoda(self) -> Mapping[str, object]:
        """What new records of POHODA get: the link's constants, else the CRM file's, else what POHODA asks for."""
        needed = self.agenda.write.given if self.agenda.write else {}
        own = self.settings.constants if self.direction == "to_pohoda" else {}
        return {**needed, **self.to_crm.in_pohoda, **own}

    @property
    def custom(self) -> frozenset[str]:
        """The custom fields of POHODA E1 that the flow asks for, in its mapping or its rules."""
        asked = {*self.mapping, *(name for rule in self.settings.rules for name in rule.fields())}
        return frozenset(name for name in asked if name.startswith(CUSTOM))

    @cached_property
    def types(self) -> dict[str, Type]:
        """The type of every value that a row of the source carries, by canonical name."""
        own: dict[str, Type] = {name: field.type for part in self.agenda.parts for name, field in part.fields.items()}
        if self.direction == "to_crm":
            sets = {name for part in self.agenda.parts for name in part.sets}
            folded = {self.agenda.fold.into} if self.agenda.fold else set()
            further: dict[str, Type] = {"form": "text"} if self.agenda.forms else {}
            further |= {self.agenda.alike.into: "integer"} if self.agenda.alike else {}
            further |= dict.fromkeys(self.figures, "decimal")
            return {**own, **further, **dict.fromkeys(sets | folded | self.custom, "rows")}
        # A CRM's number may have a fraction where POHODA's has none: it is judged, and never cut.
        own = {name: "decimal" if kind == "integer" else kind for name, kind in own.items()}
        # What users added to the CRM is of the kind that the CRM says.
        added: dict[str, Type] = dict.fromkeys((name for name in self.custom if name in self.reading), "rows")
        return {**{name: own.get(name, kind) for name, kind in self.types_of_crm.items()}, **added}

    @cached_property
    def types_of_crm(self) -> dict[str, Type]:
        """The type that each mapped value has in the CRM, by canonical name."""
        kinds: dict[str, Type] = {
            "options": "list", "bool": "boolean", "number": "decimal", "currency": "decimal", "date": "date",
            "datetime": "datetime",
        }  # fmt: skip
        places = {name: self.crm.place(self.to_crm.entity, mapped.to) for name, mapped in self.reading.items()}
        return {
            name: "rows" if self.reading[name].fields else kinds.get(place.kind, "text") if place else "text"
            for name, place in places.items()
        }

    @property
    def rules_for_source(self) -> tuple[Rule, ...]:
        """The link's rules about values that are judged as the source keeps them, neither made nor converted."""
        made = {name for derive in self.agenda.derive for name in derive.gives}
        changed = {name for name, field in self.agenda.fields.items() if field.convert}
        changed |= made if self.direction == "to_crm" else set()
        return tuple(rule for rule in self.settings.rules if not rule.fields() & changed)

    @property
    def owner(self) -> OwnerSetting | None:
        """Who owns the agenda's records, where the link says so, the CRM has a place for it and POHODA the code."""
        setting = self.link.owner
        takes = self.direction == "to_crm" and self.to_crm.owner is not None
        return setting if setting and takes and setting.by in self.agenda.fields else None

    def setting(self, name: str) -> object:
        """The value of a setting of the agenda: the link's, else the CRM file's, else the agenda file's."""
        known = {**self.agenda.settings, **self.to_crm.settings, **(self.back.settings if self.back else {})}
        return {**known, **self.settings.settings}[name]

    @cached_property
    def expectations(self) -> tuple[Expectation, ...]:
        """The agenda's expectations, one for the length of each text field that the target limits, and one for each
        whole number of POHODA's."""
        limits = self._crm_limits() if self.direction == "to_crm" else self._pohoda_limits()
        lengths = (Expectation(rule="length", fields=(n,), level="refuse", limit=most) for n, most in limits)
        filled_in = {"rate_filled"} if self.direction == "to_pohoda" and self.unit.own_rates else set()
        own = (e for e in self.agenda.expect if e.way in {None, self.direction} and e.rule not in filled_in)
        return (*own, *lengths, *self._whole_numbers())

    def _whole_numbers(self) -> Iterator[Expectation]:
        for name in self.mapping if self.direction == "to_pohoda" else ():
            field = self.agenda.fields.get(name)
            if field and field.type == "integer" and field.write:
                yield Expectation(rule="whole", fields=(name,), level="refuse")

    def _crm_limits(self) -> Iterator[tuple[str, int]]:
        for name, mapped in self.mapping.items():
            field = self.crm.place(self.to_crm.entity, mapped.to)
            if field and field.length and mapped.values is None and mapped.ref is None:
                yield name, field.length

    def _pohoda_limits(self) -> Iterator[tuple[str, int]]:
        for name, spec in self.agenda.fields.items():
            if spec.limit and spec.type == "text" and spec.write:
                yield name, spec.limit

    @cached_property
    def print(self) -> str:
        """A fingerprint of all settings that decide what becomes of a record; a change makes every record due again."""
        ways = [way.model_copy(update={"schedule": None, "read": None}) for way in (self.settings, self.back) if way]
        parts = [self.agenda, self.to_crm, *ways, *self.expectations, self.link.duplicates]
        parts += [self.owner] if self.owner else []
        rest = (self.link.contact_names, self.link.default_master, self.unit.country)
        text = "\n".join([*(part.model_dump_json() for part in parts), *rest])
        return blake2b(text.encode(), digest_size=8).hexdigest()


def _changed(base: Mapped, change: FieldSetting) -> dict[str, object]:
    """What a link changes of a field's mapping."""
    given = {name: getattr(change, name) for name in ("on_create_only", "if_empty", "convert")}
    values = {"values": {**(base.values or {}), **change.values}} if change.values else {}
    return {**{name: value for name, value in given.items() if value is not None}, **values}


def _from(change: FieldSetting, other: FieldSetting) -> FieldSetting:
    return change.model_copy(update={"from_": other.from_})
