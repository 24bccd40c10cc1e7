"""A link held against the unit, the CRM and the agendas it names."""

from collections.abc import Mapping
from pathlib import Path

from pohoda_bridge.catalogue.agenda import Agenda
from pohoda_bridge.catalogue.crm import Crm
from pohoda_bridge.catalogue.link import DirectionSettings, Link
from pohoda_bridge.catalogue.load import line_of, nearest, read_yaml
from pohoda_bridge.catalogue.unit import Unit
from pohoda_bridge.errors import SettingsError

Place = tuple[str, ...]


def checked(
    path: Path,
    link: Link,
    agendas: Mapping[str, Agenda],
    crms: Mapping[str, Crm],
    units: Mapping[str, Unit],
    broken_units: Mapping[str, str],
) -> Link:
    """The link itself, or SettingsError with `file:line` for every name that nothing answers to."""
    faults: list[tuple[Place, str]] = []
    if link.unit in broken_units:
        faults.append((("unit",), f"unit {link.unit} is broken: {broken_units[link.unit]}"))
    elif link.unit not in units:
        faults.append((("unit",), f"unknown unit {link.unit!r}{nearest(link.unit, units)}"))
    crm = crms.get(link.crm.kind)
    if crm is None:
        faults.append((("crm", "kind"), f"unknown CRM {link.crm.kind!r}{nearest(link.crm.kind, crms)}"))
    else:
        faults += [fault for name in link.agendas for fault in _agenda_faults(link, name, agendas, crm)]
    if faults:
        data = read_yaml(path)
        raise SettingsError("\n".join(f"{path.name}:{line_of(data, place)}: {text}" for place, text in faults))
    return link


def _agenda_faults(link: Link, name: str, agendas: Mapping[str, Agenda], crm: Crm) -> list[tuple[Place, str]]:
    if name not in agendas or name not in crm.agendas:
        return [(("agendas", name), f"unknown agenda {name!r}{nearest(name, crm.agendas)}")]
    faults: list[tuple[Place, str]] = []
    for direction in ("to_crm", "to_pohoda"):
        settings = link.agendas[name].direction(direction)
        place = ("agendas", name, direction)
        if settings is None:
            continue
        if direction not in crm.agendas[name].directions:
            faults.append((place, f"{crm.title} has no {name} {direction}"))
        faults += _name_faults(settings, place, agendas[name], crm)
    return faults


def _name_faults(settings: DirectionSettings, place: Place, agenda: Agenda, crm: Crm) -> list[tuple[Place, str]]:
    wire = crm.entities[crm.agendas[agenda.agenda].entity].fields
    prefix = str(crm.api.get("custom_prefix", "c"))
    asked: list[tuple[Place, str, set[str]]] = [
        ((*place, "rules"), name, agenda.names) for rule in settings.rules for name in rule.fields()
    ]
    asked += [((*place, "settings", name), name, set(agenda.settings)) for name in settings.settings]
    asked += [((*place, "master", name), name, agenda.names) for name in settings.master]
    asked += [
        ((*place, "fields", name), name, set(wire))
        for name in settings.fields
        if not (name.startswith(prefix) and name[len(prefix) : len(prefix) + 1].isupper())
    ]
    asked += [
        ((*place, "fields", name, "from"), change.from_, agenda.names)
        for name, change in settings.fields.items()
        if change.from_ and not change.from_.startswith("custom.")
    ]
    return [
        (where, f"unknown name {name!r}{nearest(name, known)}") for where, name, known in asked if name not in known
    ]
