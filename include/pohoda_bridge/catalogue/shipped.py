"""Agenda and CRM files held against each other and against the functions that they name."""

from collections.abc import Iterable, Iterator, Mapping

from pohoda_bridge.catalogue.agenda import Agenda
from pohoda_bridge.catalogue.crm import Crm
from pohoda_bridge.catalogue.load import Fault, Place, nearest
from pohoda_bridge.catalogue.rules import placed
from pohoda_bridge.records.converters import CONVERTERS
from pohoda_bridge.records.derive import DERIVATIONS

Asked = Iterator[tuple[Place, str, Iterable[str]]]


def agenda_faults(agenda: Agenda, agendas: Iterable[str]) -> Iterator[Fault]:
    """Every name in an agenda file that no field, agenda, setting, converter or derivation answers to."""
    yield from _unknown(_asked_of_fields(agenda, agendas))
    yield from _unknown(_asked_of_records(agenda))


def crm_faults(crm: Crm, agendas: Mapping[str, Agenda]) -> Iterator[Fault]:
    """Every name in a CRM file that no agenda, entity or field answers to."""
    yield from _unknown(_asked_of_entities(crm))
    yield from _unknown(_asked_of_users(crm))
    for name, carried in crm.agendas.items():
        place: Place = ("agendas", name)
        if name not in agendas:
            yield place, f"unknown agenda {name!r}{nearest(name, agendas)}"
        elif carried.entity not in crm.entities:
            yield (*place, "entity"), f"unknown entity {carried.entity!r}{nearest(carried.entity, crm.entities)}"
        else:
            yield from _unknown(_asked_of_mapping(crm, name, agendas))
            if carried.owner and crm.users is None:
                yield (*place, "owner"), "an owner is one of the CRM's `users:`, which the file does not name"


def _asked_of_fields(agenda: Agenda, agendas: Iterable[str]) -> Asked:
    for place, name in enumerate(agenda.after):
        yield ("after", place), name, agendas
    for name, field in agenda.fields.items():
        if field.convert:
            yield ("fields", name, "convert"), field.convert, CONVERTERS
        if field.ref:
            yield ("fields", name, "ref"), field.ref, agendas
    known = set(agenda.fields)
    for number, derive in enumerate(agenda.derive):
        yield ("derive", number, "with"), derive.with_, DERIVATIONS
        for place, name in enumerate(derive.of):
            yield ("derive", number, "of", place), name, known.copy()
        known |= set(derive.gives)


def _asked_of_records(agenda: Agenda) -> Asked:
    for number, key in enumerate(agenda.key):
        for place, name in enumerate(key):
            yield ("key", number, place), name, agenda.names
    for where, rule in placed(agenda.takes, ("takes",)):
        yield (*where, "field"), str(rule.field), agenda.fields
    for number, entry in enumerate(agenda.leave_out):
        for where, rule in placed(entry.when, ("leave_out", number, "when")):
            yield (*where, "field"), str(rule.field), agenda.names
        if entry.unless:
            yield ("leave_out", number, "unless"), entry.unless, agenda.settings
    for number, expectation in enumerate(agenda.expect):
        for place, name in enumerate(expectation.fields):
            yield ("expect", number, "fields", place), name, agenda.names
    for check, keys in agenda.duplicates.items():
        for number, names in enumerate(keys):
            for place, name in enumerate(names):
                yield ("duplicates", check, number, place), name, agenda.names
    if agenda.dated_by:
        yield ("dated_by",), agenda.dated_by, agenda.fields


def _asked_of_entities(crm: Crm) -> Asked:
    for name, entity in crm.entities.items():
        for number, key in enumerate(entity.natural_keys):
            for place, wire in enumerate(key):
                yield ("entities", name, "natural_keys", number, place), wire, entity.fields
        for wire, field in entity.fields.items():
            if field.entity:
                yield ("entities", name, "fields", wire, "entity"), field.entity, crm.entities


def _asked_of_users(crm: Crm) -> Asked:
    if crm.users is None:
        return
    yield ("users", "entity"), crm.users.entity, crm.entities
    if crm.users.entity in crm.entities:
        wire = crm.entities[crm.users.entity].fields
        for number, name in enumerate(crm.users.by):
            yield ("users", "by", number), name, wire
        if crm.users.active:
            yield ("users", "active"), crm.users.active, wire


def _asked_of_mapping(crm: Crm, name: str, agendas: Mapping[str, Agenda]) -> Asked:
    carried = crm.agendas[name]
    wire = crm.entities[carried.entity].fields
    for constant in carried.constants:
        yield ("agendas", name, "constants", constant), constant, wire
    for number, entry in enumerate(carried.leave_out):
        for where, rule in placed(entry.when, ("agendas", name, "leave_out", number, "when")):
            yield (*where, "field"), str(rule.field), agendas[name].names
    for known in carried.in_pohoda:
        yield ("agendas", name, "in_pohoda", known), known, agendas[name].fields
    for known in carried.settings:
        yield ("agendas", name, "settings", known), known, agendas[name].settings
    if carried.owner:
        yield ("agendas", name, "owner", "to"), carried.owner.to, wire
    for canonical, mapped in carried.fields.items():
        place: Place = ("agendas", name, "fields", canonical)
        yield place, canonical, agendas[name].names
        yield (*place, "to"), mapped.to, wire
        if mapped.ref:
            yield (*place, "ref"), mapped.ref, agendas


def _unknown(asked: Asked) -> Iterator[Fault]:
    for place, name, known in asked:
        if name not in set(known):
            yield place, f"unknown name {name!r}{nearest(name, known)}"
