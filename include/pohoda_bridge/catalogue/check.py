"""A link held against the unit, the CRM and the agendas it names."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pohoda_bridge.catalogue.agenda import Agenda
from pohoda_bridge.catalogue.crm import Crm
from pohoda_bridge.catalogue.link import AgendaSettings, DirectionSettings, FieldSetting, Link
from pohoda_bridge.catalogue.load import Fault, Place, nearest, refuse
from pohoda_bridge.catalogue.rules import placed
from pohoda_bridge.catalogue.unit import WAYS, Unit
from pohoda_bridge.records.converters import CONVERTERS


def checked(
    path: Path,
    link: Link,
    agendas: Mapping[str, Agenda],
    crms: Mapping[str, Crm],
    units: Mapping[str, Unit],
    broken_units: Mapping[str, str],
) -> Link:
    """The link itself, or SettingsError with `file:line` for every name that nothing answers to."""
    faults: list[Fault] = []
    if link.unit in broken_units:
        faults.append((("unit",), f"unit {link.unit} is broken: {broken_units[link.unit]}"))
    elif link.unit not in units:
        faults.append((("unit",), f"unknown unit {link.unit!r}{nearest(link.unit, units)}"))
    else:
        faults += dict.fromkeys(_way_faults(link, units[link.unit], agendas))
    crm = crms.get(link.crm.kind)
    if crm is None:
        faults.append((("crm", "kind"), f"unknown CRM {link.crm.kind!r}{nearest(link.crm.kind, crms)}"))
    else:
        faults += [fault for name in link.agendas for fault in _agenda_faults(link, name, agendas, crm)]
        if link.owner and not any(carried.owner for carried in crm.agendas.values()):
            faults.append((("owner",), f"{crm.title} has no agenda whose records have an owner"))
    refuse(path, faults)
    return link


def _agenda_faults(link: Link, name: str, agendas: Mapping[str, Agenda], crm: Crm) -> list[Fault]:
    if name not in agendas or name not in crm.agendas:
        return [(("agendas", name), f"unknown agenda {name!r}{nearest(name, crm.agendas)}")]
    faults: list[Fault] = []
    for direction in ("to_crm", "to_pohoda"):
        settings = link.agendas[name].direction(direction)
        place = ("agendas", name, direction)
        if settings is None:
            continue
        if direction not in crm.agendas[name].directions:
            faults.append((place, f"{crm.title} has no {name} {direction}"))
        owned = direction == "to_crm" and link.owner is not None and crm.agendas[name].owner is not None
        faults += _name_faults(settings, place, agendas[name], owned=owned)
        faults += _setting_faults(settings, place, agendas[name], crm)
        faults += _deletion_faults(settings, place, agendas[name], crm)
        faults += _mapping_faults(settings.fields, (*place, "fields"), agendas[name], crm)
        faults += _constant_faults(settings, place, agendas[name], crm)
    return [*faults, *_master_faults(link.agendas[name], ("agendas", name))]


def _way_faults(link: Link, unit: Unit, agendas: Mapping[str, Agenda]) -> Iterator[Fault]:
    """Every year that an agenda is read from has the connection that its way of reading needs."""
    for name, settings in link.agendas.items():
        asked = settings.direction("to_crm")
        if asked is None or name not in agendas:
            continue
        way = asked.read or unit.read
        for year in unit.years if agendas[name].years == "all" else [max(unit.years)]:
            if getattr(unit.years[year], WAYS[way]) is None:
                place = ("agendas", name, "to_crm", "read") if asked.read else ("unit",)
                yield place, f"unit {unit.unit}: year {year} has no `{WAYS[way]}` connection, needed to read by {way}"


def _name_faults(settings: DirectionSettings, place: Place, agenda: Agenda, *, owned: bool) -> Iterator[Fault]:
    """Rules and masters ask about fields of the agenda, rules in a way that the field's values can answer."""
    for where, rule in placed(settings.rules, (*place, "rules")):
        name = str(rule.field)
        if name.startswith("custom."):
            if place[-1] == "to_pohoda" and name not in {change.from_ for change in settings.fields.values()}:
                unknown = f"no field of the CRM is taken `from: {name}`, so its records have no such value"
                yield (*where, "field"), unknown
        elif name not in agenda.names:
            yield (*where, "field"), f"unknown name {name!r}{nearest(name, agenda.names)}"
        elif fault := rule.misfit(agenda.fields[name].type if name in agenda.fields else None):
            yield (*where, rule.operator.strip("_")), f"{name}: {fault}"
    known = {*agenda.names, *(["owner"] if owned else [])}
    for name in settings.master:
        if name not in known:
            yield (*place, "master", name), f"unknown name {name!r}{nearest(name, known)}"


def _setting_faults(settings: DirectionSettings, place: Place, agenda: Agenda, crm: Crm) -> Iterator[Fault]:
    for name, value in settings.settings.items():
        where = (*place, "settings", name)
        if name not in agenda.settings:
            yield where, f"unknown name {name!r}{nearest(name, agenda.settings)}"
        elif _kind(value) is not _kind(agenda.settings[name]):
            yield where, f"{name}: a value like `{agenda.settings[name]}` is needed, got {value!r}"
        elif value and name in agenda.variants and not _known_by(agenda.variants[name].key, settings, agenda, crm):
            key = " and ".join(agenda.variants[name].key)
            yield where, f"{crm.title} does not tell its records of {agenda.agenda} apart by {key}"


def _known_by(key: tuple[str, ...], settings: DirectionSettings, agenda: Agenda, crm: Crm) -> bool:
    """Whether the CRM has a natural key of just these canonical fields, and the link maps them."""
    carried = crm.agendas[agenda.agenda]
    dropped = {wire for wire, change in settings.fields.items() if change.drop or change.from_}
    own = {mapped.to: name for name, mapped in carried.fields.items() if mapped.to not in dropped}
    own |= {wire: change.from_ for wire, change in settings.fields.items() if change.from_}
    return any({own.get(wire) for wire in known} == set(key) for known in crm.entities[carried.entity].natural_keys)


def _deletion_faults(settings: DirectionSettings, place: Place, agenda: Agenda, crm: Crm) -> Iterator[Fault]:
    """A deletion can be carried on only to a side that has a way to delete, or a place for the mark."""
    policy, where = settings.deletions, (*place, "deletions")
    if policy == "mark" and place[-1] == "to_pohoda":
        yield where, "POHODA has no place for a mark; take `keep` or `propagate`"
    elif policy == "mark" and crm.agendas[agenda.agenda].deleted is None:
        yield where, f"{crm.title} has no place for a mark in {agenda.agenda}; take `keep` or `propagate`"
    elif policy == "propagate" and place[-1] == "to_pohoda" and "delete" not in getattr(agenda.write, "actions", ()):
        yield where, f"POHODA lets nobody delete its {agenda.agenda} from outside; take `keep`"


def _master_faults(agenda: AgendaSettings, place: Place) -> Iterator[Fault]:
    """Both directions know one master of a field: what one of them names holds for both."""
    to_crm, to_pohoda = agenda.direction("to_crm"), agenda.direction("to_pohoda")
    if to_crm is None or to_pohoda is None:
        return
    for name, master in to_pohoda.master.items():
        if to_crm.master.get(name, master) != master:
            yield (*place, "to_pohoda", "master", name), f"{name}: `to_crm` names {to_crm.master[name]} as its master"


def _mapping_faults(changes: Mapping[str, FieldSetting], place: Place, agenda: Agenda, crm: Crm) -> Iterator[Fault]:
    """Every change names a field of the CRM and, where it has none yet, the field of the agenda that goes there."""
    shipped, owner = crm.agendas[agenda.agenda].fields, crm.agendas[agenda.agenda].owner
    wire = crm.entities[crm.agendas[agenda.agenda].entity].fields
    goes_to = {name: mapped.to for name, mapped in shipped.items()}
    from_: dict[str, str] = {}
    for name, change in changes.items():
        source = change.from_
        if name not in wire and name not in goes_to.values() and not _is_custom(name, crm):
            yield (*place, name), f"unknown name {name!r}{nearest(name, wire)}"
        elif owner is not None and name == owner.to:
            yield (*place, name), f"{name} is filled by the link's `owner:`, not by a field"
        elif name in wire and wire[name].read_only:
            yield (*place, name), f"{crm.title} works {name} out by itself"
        elif change.drop:
            if name in wire and wire[name].required:
                yield (*place, name), f"{crm.title} takes no record without {name}"
        elif source is None:
            if name not in goes_to.values():
                yield (*place, name), f"nothing goes to {name} yet: say `from:` which field"
        elif source not in agenda.names and not source.startswith("custom."):
            yield (*place, name, "from"), f"unknown name {source!r}{nearest(source, agenda.names)}"
        elif (other := from_.get(source) or _kept(goes_to.get(source), changes)) not in {None, name}:
            yield (*place, name, "from"), f"{source} goes to {other} already; a field goes to one place"
        if source is not None:
            from_.setdefault(source, name)
        if change.convert and change.convert not in CONVERTERS:
            yield (
                (*place, name, "convert"),
                f"unknown converter {change.convert!r}{nearest(change.convert, CONVERTERS)}",
            )


def _constant_faults(settings: DirectionSettings, place: Place, agenda: Agenda, crm: Crm) -> Iterator[Fault]:
    """A constant goes to a field that nothing else is mapped to."""
    carried = crm.agendas[agenda.agenda]
    wire = crm.entities[carried.entity].fields
    taken = {mapped.to for mapped in carried.fields.values()} | settings.fields.keys()
    for name in settings.constants:
        where = (*place, "constants", name)
        if place[-1] == "to_pohoda":
            if name not in agenda.fields:
                yield where, f"unknown name {name!r}{nearest(name, agenda.fields)}"
            elif not agenda.fields[name].write:
                yield where, f"POHODA works {name} out by itself"
        elif name not in wire and not _is_custom(name, crm):
            yield where, f"unknown name {name!r}{nearest(name, wire)}"
        elif name in carried.constants:
            yield where, f"every record of {agenda.agenda} has a {name} of its own already"
        elif name in taken:
            yield where, f"a field goes to {name} already"


def _is_custom(name: str, crm: Crm) -> bool:
    """Whether a CRM's field is one that users add: its name begins as the CRM's file says."""
    prefix = str(crm.api.get("custom_prefix") or "")
    first = name[len(prefix) : len(prefix) + 1]
    return bool(prefix) and name.startswith(prefix) and (first.isupper() or (prefix[-1] == "_" and first.isdigit()))


def _kept(wire: str | None, changes: Mapping[str, FieldSetting]) -> str | None:
    """The shipped place of a field, unless the link gives that place to another field or drops it."""
    change = changes.get(wire or "")
    return None if change and (change.drop or change.from_) else wire


def _kind(value: object) -> type:
    """The plain type of a value from YAML; a number is no flag."""
    return next((kind for kind in (bool, int, float, str, list, dict) if isinstance(value, kind)), type(value))
