"""Agenda and CRM files held against each other and against the functions that they name."""

from collections.abc import Iterable, Iterator, Mapping

from pohoda_bridge.catalogue.agenda import Agenda
from pohoda_bridge.catalogue.crm import Crm, Mapped
from pohoda_bridge.catalogue.field import Field
from pohoda_bridge.catalogue.load import Fault, Place, nearest
from pohoda_bridge.catalogue.reading import Gather
from pohoda_bridge.catalogue.rules import placed
from pohoda_bridge.records.converters import CONVERTERS
from pohoda_bridge.records.derive import DERIVATIONS

Asked = Iterator[tuple[Place, str, Iterable[str]]]


def agenda_faults(agenda: Agenda, agendas: Iterable[str]) -> Iterator[Fault]:
    """Every name in an agenda file that no field, agenda, setting, converter or derivation answers to."""
    yield from _unknown(_asked_of_names(agenda, agendas))
    for place, part in zip(_places(agenda), agenda.parts, strict=True):
        yield from _unknown(_asked_of_part(place, part, agendas))
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


def _places(agenda: Agenda) -> list[Place]:
    """Where each of the agenda's parts stands in its file."""
    return [(), *(("forms", name) for name in agenda.forms)]


def _asked_of_names(agenda: Agenda, agendas: Iterable[str]) -> Asked:
    for place, name in enumerate(agenda.after):
        yield ("after", place), name, agendas
    known = agenda.own_names
    for number, derive in enumerate(agenda.derive):
        yield ("derive", number, "with"), derive.with_, DERIVATIONS
        for place, name in enumerate(derive.of):
            yield ("derive", number, "of", place), name, known.copy()
        known |= set(derive.gives)
    if agenda.carried:
        yield ("carried",), agenda.carried, agenda.fields
    yield from _asked_of_fold(agenda)
    if agenda.alike:
        for place, name in enumerate(agenda.alike.by):
            yield ("alike", "by", place), name, agenda.fields
        yield ("alike", "among"), agenda.alike.among, agenda.fields
    for name in agenda.write.given if agenda.write else ():
        yield ("write", "given", name), name, agenda.fields
    if agenda.feeds:
        yield ("feeds", "agenda"), agenda.feeds.agenda, agendas
        yield ("feeds", "by"), agenda.feeds.by, agenda.names
    if agenda.gather:
        yield from _asked_of_gather(agenda, agenda.gather)


def _asked_of_fold(agenda: Agenda) -> Asked:
    """The names of the fields that rows of one record share, or list, and the settings that change that."""
    for part, names in (("by", agenda.fold.by), ("fields", agenda.fold.fields)) if agenda.fold else ():
        for place, name in enumerate(names):
            yield ("fold", part, place), name, agenda.fields
    for setting, variant in agenda.variants.items():
        yield ("variants", setting), setting, agenda.settings
        for place, name in enumerate(variant.fold_by):
            yield ("variants", setting, "fold_by", place), name, agenda.fields
        for place, name in enumerate(variant.key):
            yield ("variants", setting, "key", place), name, agenda.names


def _asked_of_gather(agenda: Agenda, gather: Gather) -> Asked:
    """The names in the form that is gathered, in its set, and in the records that it goes to."""
    yield ("gather", "form"), gather.form, agenda.forms
    form = agenda.forms.get(gather.form)
    if form is None:
        return
    yield ("gather", "rows"), gather.rows, form.sets
    inner = form.sets[gather.rows].fields if gather.rows in form.sets else {}
    yield ("gather", "by"), gather.by, inner
    yield ("gather", "key"), gather.key, agenda.own_names
    for name in ("once", "reference"):
        yield ("gather", name), getattr(gather, name), form.fields
    for place, name in enumerate(gather.fields):
        yield ("gather", "fields", place), name, {**form.fields, **inner}
    for name, fill in gather.fills.items():
        yield ("gather", "fills", name), name, agenda.own_names
        yield ("gather", "fills", name, "by"), fill.by, form.fields
        for place, field in enumerate(fill.fields):
            yield ("gather", "fills", name, "fields", place), field, form.fields


def _asked_of_part(place: Place, part: Agenda, agendas: Iterable[str]) -> Asked:
    """The names in one table's fields and sets."""
    for where, rule in placed(part.takes, (*place, "takes")):
        yield (*where, "field"), str(rule.field), {*part.fields, *part.sets}
    yield from _asked_of_fields((*place, "fields"), part, part.fields, part.fields, agendas)
    for name, known in part.sets.items():
        above = (*place, "sets", name)
        for where, rule in placed(known.takes, (*above, "takes")):
            yield (*where, "field"), str(rule.field), known.fields
        for number, path in enumerate(known.xml.rows if known.xml else ()):
            yield from _asked_of_path((*above, "xml", "rows", number), part, path)
        yield from _asked_of_fields((*above, "fields"), part, known.fields, {**part.fields, **known.fields}, agendas)


def _asked_of_fields(
    place: Place, part: Agenda, fields: Mapping[str, Field], around: Iterable[str], agendas: Iterable[str]
) -> Asked:
    """The names that fields ask for; `around` are those of the row and of the record that it belongs to."""
    for name, field in fields.items():
        here = (*place, name)
        if field.convert:
            yield (*here, "convert"), field.convert, CONVERTERS
        if field.ref:
            yield (*here, "ref"), field.ref, agendas
        if field.condition:
            yield (*here, "only_if"), field.condition[0], around
        if field.repeats:
            yield (*here, "repeats"), field.repeats, fields
        for number, summand in enumerate(field.sum):
            yield (*here, "sum", number), summand, fields
        yield from _asked_of_path((*here, "xml"), part, field.xml or "")


def _asked_of_path(place: Place, part: Agenda, path: str) -> Asked:
    """The names that `read.xml.names` must give to a path."""
    names = part.read.xml.names if part.read.xml else {}
    for step in path.split("/"):
        if step.startswith("$"):
            yield place, step[1:].partition("@")[0], names


def _asked_of_records(agenda: Agenda) -> Asked:
    for number, key in enumerate(agenda.key):
        for place, name in enumerate(key):
            yield ("key", number, place), name, agenda.names
    for number, entry in enumerate(agenda.leave_out):
        for where, rule in placed(entry.when, ("leave_out", number, "when")):
            yield (*where, "field"), str(rule.field), agenda.names
        if entry.unless:
            yield ("leave_out", number, "unless"), entry.unless, agenda.settings
    inner = {f"{of}.{name}" for part in agenda.parts for of, known in part.sets.items() for name in known.fields}
    inner |= {f"{agenda.fold.into}.{name}" for name in agenda.fold.fields} if agenda.fold else set()
    for number, expectation in enumerate(agenda.expect):
        for place, name in enumerate(expectation.fields):
            yield ("expect", number, "fields", place), name, agenda.names | inner
    for check, keys in agenda.duplicates.items():
        for number, names in enumerate(keys):
            for place, name in enumerate(names):
                yield ("duplicates", check, number, place), name, agenda.names
    yield from _asked_of_references(agenda)
    for what, name in agenda.sums.items():
        yield ("sums", what), name, agenda.names
    if agenda.dated_by:
        yield ("dated_by",), agenda.dated_by, agenda.fields


def _asked_of_references(agenda: Agenda) -> Asked:
    for reference, parts in agenda.known_by.items():
        of, _, row = reference.rpartition(".")
        yield ("known_by", reference), of or row, agenda.names
        for part, name in parts.items() if not of else ():
            yield ("known_by", reference, part), name, agenda.names


def _asked_of_entities(crm: Crm) -> Asked:
    for name, entity in crm.entities.items():
        for number, key in enumerate(entity.natural_keys):
            for place, wire in enumerate(key):
                yield ("entities", name, "natural_keys", number, place), wire, entity.fields
        for wire, field in entity.fields.items():
            if field.entity:
                yield ("entities", name, "fields", wire, "entity"), field.entity, crm.entities
            for part, inner in field.fields.items():
                if inner.entity:
                    yield ("entities", name, "fields", wire, "fields", part, "entity"), inner.entity, crm.entities


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
    for canonical in carried.fields:
        yield ("agendas", name, "fields", canonical), canonical, agendas[name].names
    yield from _asked_of_places(crm, carried.entity, ("agendas", name, "fields"), carried.fields, agendas)
    for entity, further in carried.further.items():
        yield ("agendas", name, "further", entity), entity, crm.entities
        if entity in crm.entities:
            yield from _asked_of_places(crm, entity, ("agendas", name, "further", entity), further.fields, agendas)


def _asked_of_places(
    crm: Crm, entity: str, place: Place, fields: Mapping[str, Mapped], agendas: Iterable[str]
) -> Asked:
    """The wire names, entities and agendas that a mapping asks for, in the rows of its sets too."""
    for name, mapped in fields.items():
        here = (*place, name)
        if mapped.entity:
            yield (*here, "entity"), mapped.entity, crm.entities
            yield (*here, "parent"), str(mapped.parent), crm.places(entity, mapped)
        elif crm.place(entity, mapped.to) is None:
            yield (*here, "to"), mapped.to, crm.entities[entity].fields
        if mapped.named:
            yield (*here, "named", "entity"), mapped.named.entity, crm.entities
            known = crm.entities.get(mapped.named.entity)
            yield (*here, "named", "by"), mapped.named.by, known.fields if known else {}
        if mapped.ref:
            yield (*here, "ref"), mapped.ref, agendas
        wire = crm.places(entity, mapped)
        for row, part in mapped.fields.items():
            yield (*here, "fields", row, "to"), part.to, wire
            if part.ref:
                yield (*here, "fields", row, "ref"), part.ref, agendas
            if part.named:
                yield (*here, "fields", row, "named", "entity"), part.named.entity, crm.entities


def _unknown(asked: Asked) -> Iterator[Fault]:
    for place, name, known in asked:
        if name not in set(known):
            yield place, f"unknown name {name!r}{nearest(name, known)}"
