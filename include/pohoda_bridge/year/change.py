"""One change of year, opened: the unit with its new year, and the flows of all links of the unit, in their order."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from pohoda_bridge.catalogue import Catalogue, Flow, Unit
from pohoda_bridge.connections import Connections
from pohoda_bridge.errors import SettingsError, StopAgenda
from pohoda_bridge.ledger import Ledger, years
from pohoda_bridge.link import open_job
from pohoda_bridge.pohoda.identity import parsed
from pohoda_bridge.sync import Job, Store
from pohoda_bridge.year.found import Found, find


@dataclass(frozen=True)
class Change:
    """`unit` is the unit as its file has it; `path` its file. `connections` know the new year's too."""

    unit: Unit
    path: Path
    found: Found
    flows: tuple[Flow, ...]
    ledger: Ledger
    connections: Connections
    store: Store

    @property
    def links(self) -> list[str]:
        return sorted({flow.link.link for flow in self.flows})

    @property
    def year(self) -> int:
        return self.found.year

    def agendas(self) -> list[Flow]:
        """One flow to the CRM for each agenda of each link that is bound, those that others refer to first."""
        chosen: dict[tuple[str, str], Flow] = {}
        for flow in self.flows:
            place = flow.link.link, flow.agenda.agenda
            if place not in chosen or flow.direction == "to_crm":
                chosen[place] = replace(flow, direction="to_crm")
        order = {
            place: {
                (place[0], mapped.ref) for mapped in flow.mapping.values() if mapped.ref and mapped.ref != place[1]
            } & chosen.keys()
            for place, flow in chosen.items()
        }  # fmt: skip
        return [chosen[place] for place in TopologicalSorter(order).static_order()]

    def to_crm(self) -> list[Flow]:
        """The flows to the CRM that run."""
        enabled = {flow.dag_id for flow in self.flows if flow.direction == "to_crm"}
        return [flow for flow in self.agendas() if flow.dag_id in enabled]

    @contextmanager
    def job(self, flow: Flow, ledger: Ledger | None = None, store: Store | None = None) -> Generator[Job]:
        """The flow open, on a ledger of its own when one is given."""
        with open_job(
            flow, connections=self.connections, ledger=ledger or self.ledger, store=store or self.store,
            secrets=self.ledger,
        ) as job:  # fmt: skip
            yield job


def open_change(
    known: Catalogue, name: str, config: Path, ledger: Ledger, connections: Connections, store: Store,
    *, asked: int | None = None, back: bool = False,
) -> Change:  # fmt: skip
    """The change of a unit, or of a link's unit, into its next year. StopAgenda when there is no newer one.

    A change that was begun is opened again, before any other. `back`: the one to undo; StopAgenda when there is none.
    """
    unit = unit_of(known, name)
    flows = flows_of(known, unit)
    links = {flow.link.link for flow in flows}
    with ledger.transaction() as transaction:
        bound = max((_year(one) for one in years.newest_ids(transaction, links)), default=None)
        entry = years.noted(transaction, unit.unit)
    if back and (entry is None or entry["state"] == "undone"):
        raise StopAgenda(f"unit {unit.unit}: there is no change of year to undo")
    if asked is None and entry and (back or entry["state"] in {"begun", "undoing"}):
        asked = int(entry["year"])
    found = find(unit, connections, bound=bound, asked=asked)
    if found is None:
        newest = asked or max(unit.years)
        what = f"year {newest} was not found" if asked else f"no year newer than {newest} was found"
        raise StopAgenda(
            f"unit {unit.unit}: {what} on the server of its newest year, nor does its mServer hold one{_done(entry)}. "
            f"When it has another place, add it below `years:` in {unit.unit}.yaml"
        )
    with_year = found.unit(unit)
    return Change(
        unit, config / "units" / f"{unit.unit}.yaml", found, tuple(replace(flow, unit=with_year) for flow in flows),
        ledger, found.connections(connections), store,
    )  # fmt: skip


def unit_of(known: Catalogue, name: str) -> Unit:
    """The unit of this name, or the one of the link of this name."""
    if name in known.broken:
        raise SettingsError(known.broken[name])
    if name in known.units:
        return known.units[name]
    if name in known.links:
        return known.units[known.links[name].unit]
    raise SettingsError(
        f"{name!r} is neither a unit nor a link; units: {', '.join(known.units)}; links: {', '.join(known.links)}"
    )


def flows_of(known: Catalogue, unit: Unit) -> list[Flow]:
    """The flows of all links of a unit; SettingsError when one of its links is broken."""
    found = [flow for name, link in known.links.items() if link.unit == unit.unit for flow in known.flows(name)]
    if not found:
        raise SettingsError(f"no link carries anything of unit {unit.unit}")
    return found


def _done(entry: Mapping[str, Any] | None) -> str:
    return f" (it was switched to {entry['year']}; --year {entry['year']} looks at that again)" if entry else ""


def _year(technical: str) -> int:
    found = parsed(technical)
    return found[0] if found else 0
