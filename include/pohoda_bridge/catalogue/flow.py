"""One direction of one agenda of a link, with everything a step asks of the settings."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from pohoda_bridge.catalogue.agenda import Agenda, Expectation
from pohoda_bridge.catalogue.crm import Crm, CrmAgenda, Mapped
from pohoda_bridge.catalogue.link import DirectionSettings, Link, OwnerSetting
from pohoda_bridge.catalogue.unit import Unit
from pohoda_bridge.side import Direction


@dataclass(frozen=True)
class Flow:
    """One direction of one agenda of a link, with everything a step asks of the settings."""

    link: Link
    unit: Unit
    crm: Crm
    agenda: Agenda
    direction: Direction
    settings: DirectionSettings

    @property
    def dag_id(self) -> str:
        return f"{self.link.link}__{self.agenda.agenda}__{self.direction}"

    @property
    def read(self) -> str:
        return self.settings.read or self.unit.read

    @property
    def to_crm(self) -> CrmAgenda:
        return self.crm.agendas[self.agenda.agenda]

    @cached_property
    def mapping(self) -> dict[str, Mapped]:
        """Canonical name -> its place in the CRM, with the link's changes applied."""
        shipped, changes = self.to_crm.fields, self.settings.fields
        by_wire = {mapped.to: name for name, mapped in shipped.items()}
        replaced = {wire for wire, change in changes.items() if change.drop or change.from_}
        mapping = {name: mapped for name, mapped in shipped.items() if mapped.to not in replaced}
        for wire, change in changes.items():
            if not change.drop:
                name = change.from_ or by_wire[wire]
                base = shipped.get(name) or Mapped(to=wire)
                flags = {k: v for k in ("on_create_only", "if_empty") if (v := getattr(change, k)) is not None}
                mapping[name] = base.model_copy(update={"to": wire, **flags})
        if self.owner and self.to_crm.owner:
            flag = {"on_create_only": self.owner.on_create_only}
            mapping["owner"] = self.to_crm.owner.model_copy(update=flag)
        return mapping

    @property
    def owner(self) -> OwnerSetting | None:
        """Who owns the agenda's records, where the link says so, the CRM has a place for it and POHODA the code."""
        setting = self.link.owner
        takes = self.direction == "to_crm" and self.to_crm.owner is not None
        return setting if setting and takes and setting.by in self.agenda.fields else None

    def setting(self, name: str) -> object:
        """The value of a setting of the agenda: the link's, else the agenda file's default."""
        return self.settings.settings.get(name, self.agenda.settings[name])

    @cached_property
    def expectations(self) -> tuple[Expectation, ...]:
        """The agenda's expectations, and one for the length of each text field that the target limits."""
        if self.direction != "to_crm":
            return self.agenda.expect
        fields = self.crm.entities[self.to_crm.entity].fields
        limits = [
            Expectation(rule="length", fields=(name,), level="refuse", limit=field.length)
            for name, mapped in self.mapping.items()
            if (field := fields.get(mapped.to)) and field.length and mapped.values is None and mapped.ref is None
        ]
        return (*self.agenda.expect, *limits)

    @cached_property
    def print(self) -> str:
        """A fingerprint of all settings that decide what becomes of a record; a change makes every record due again."""
        parts = [self.agenda, self.to_crm, self.settings.model_copy(update={"schedule": None, "read": None})]
        parts += [*self.expectations, *([self.owner] if self.owner else [])]
        rest = (self.link.contact_names, self.link.default_master, self.unit.country)
        text = "\n".join([*(part.model_dump_json() for part in parts), *rest])
        return blake2b(text.encode(), digest_size=8).hexdigest()
