"""All files together: what ships, what the user wrote, and which links are broken."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pohoda_bridge.catalogue import accounting
from pohoda_bridge.catalogue.agenda import Agenda
from pohoda_bridge.catalogue.base import Settings
from pohoda_bridge.catalogue.check import checked
from pohoda_bridge.catalogue.crm import Crm
from pohoda_bridge.catalogue.flow import Flow
from pohoda_bridge.catalogue.link import Link
from pohoda_bridge.catalogue.load import load, nearest, refuse
from pohoda_bridge.catalogue.shipped import agenda_faults, crm_faults
from pohoda_bridge.catalogue.unit import Unit
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.side import Direction

INCLUDE = Path(__file__).resolve().parents[2]
Model = TypeVar("Model", bound=Settings)


@dataclass(frozen=True)
class Catalogue:
    """Agendas and CRMs that ship with the product; units and links of the user. A broken link stands in `broken`."""

    agendas: dict[str, Agenda]
    crms: dict[str, Crm]
    units: dict[str, Unit]
    links: dict[str, Link]
    broken: dict[str, str]

    def flows(self, link: str) -> list[Flow]:
        """The enabled flows of a link; SettingsError when the link is unknown or broken."""
        return [self.flow(link, agenda, direction) for agenda, direction in self._link(link).enabled()]  # type: ignore[arg-type]

    def flows_of(self, link: str, agenda: str) -> list[Flow]:
        """The enabled flows of one agenda of a link; SettingsError when there is none."""
        flows = self.flows(link)
        if found := [flow for flow in flows if flow.agenda.agenda == agenda]:
            return found
        known = dict.fromkeys(flow.agenda.agenda for flow in flows)
        raise SettingsError(f"link {link} does not carry {agenda}{nearest(agenda, known)}")

    def flow(self, link: str, agenda: str, direction: Direction) -> Flow:
        found = self._link(link)
        settings = found.agendas[agenda].direction(direction) if agenda in found.agendas else None
        if settings is None:
            known = [" ".join(pair) for pair in found.enabled()]
            raise SettingsError(
                f"link {link} does not carry {agenda} {direction}{nearest(f'{agenda} {direction}', known)}"
            )
        unit, crm = self.units[found.unit], self.crms[found.crm.kind]
        flow = Flow(found, unit, crm, self.agendas[agenda], direction, settings, self.tables)
        return replace(flow, agenda=flow.agenda.varied({name: flow.setting(name) for name in flow.agenda.variants}))

    @property
    def tables(self) -> dict[str, str]:
        """POHODA's table of each agenda."""
        return {name: agenda.read.sql.table for name, agenda in self.agendas.items()}

    def _link(self, name: str) -> Link:
        if name in self.broken:
            raise SettingsError(self.broken[name])
        if name not in self.links:
            raise SettingsError(
                f"there is no link {name!r}{nearest(name, self.links)}; links: {', '.join(self.links) or 'none'}"
            )
        return self.links[name]


def open_catalogue(config: Path | None = None) -> Catalogue:
    """Everything in `include/agendas`, `include/crms`, and units and links of the config folder (default: `include`).

    A fault in a shipped file raises; a fault in a unit or link is kept in `broken` under the link's file name.
    """
    config = config or INCLUDE
    shipped = _shipped(INCLUDE, tuple(_contents(INCLUDE / "agendas") + _contents(INCLUDE / "crms")))
    agendas, crms = dict(shipped[0]), dict(shipped[1])
    units: dict[str, Unit] = {}
    faults: dict[str, str] = {}
    for path in sorted((config / "units").glob("*.yaml")):
        try:
            unit = _read(path, _content(path), Unit, "unit")
            units[path.stem] = unit.with_accounting(accounting.load(path.with_suffix(".accounting.csv"), unit))
        except SettingsError as error:
            faults[path.stem] = error.text
    links: dict[str, Link] = {}
    broken: dict[str, str] = {}
    for path in sorted((config / "links").glob("*.yaml")):
        try:
            links[path.stem] = checked(path, _read(path, _content(path), Link, "link"), agendas, crms, units, faults)
        except SettingsError as error:
            broken[path.stem] = error.text
    return Catalogue(agendas, crms, units, links, broken)


@lru_cache(maxsize=50)
def _shipped(include: Path, _content: tuple[tuple[Path, bytes], ...]) -> tuple[dict[str, Agenda], dict[str, Crm]]:
    """Agendas and CRMs, held against each other once as long as no file changes."""
    agendas = _all(include / "agendas", Agenda, "agenda")
    crms = _all(include / "crms", Crm, "crm")
    for name, agenda in agendas.items():
        refuse(include / "agendas" / f"{name}.yaml", agenda_faults(agenda, agendas))
    for name, crm in crms.items():
        refuse(include / "crms" / f"{name}.yaml", crm_faults(crm, agendas))
    return agendas, crms


def _contents(folder: Path) -> list[tuple[Path, bytes]]:
    """Every file of the folder, the shared ones too."""
    return [(path, _bytes(path)) for path in sorted([*folder.glob("*.yaml"), *folder.glob("shared/*.yaml")])]


def _bytes(path: Path) -> bytes:
    """Nothing when the file cannot be read, which parsing it will tell."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _all(folder: Path, model: type[Model], name: str) -> dict[str, Model]:
    return {path.stem: _read(path, _content(path), model, name) for path in sorted(folder.glob("*.yaml"))}


def _content(path: Path) -> bytes:
    """The file, and what it may be `like`."""
    return b"".join(map(_bytes, (path, *sorted((path.parent / "shared").glob("*.yaml")))))


@lru_cache(maxsize=1000)
def _read(path: Path, _content: bytes, model: type[Model], key: str) -> Model:
    """A file, parsed once as long as it does not change: every step of a run asks for the catalogue."""
    return _named(path, model, key)


def _named(path: Path, model: type[Model], key: str) -> Model:
    found = load(path, model)
    if getattr(found, key) != path.stem:
        raise SettingsError(f"{path.name}:1: `{key}: {getattr(found, key)}` must equal the file's name {path.stem!r}")
    return found
