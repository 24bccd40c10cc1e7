"""Open a link: its settings, its two sides, its ledger and store. The only place that picks adapters."""

from collections.abc import Generator
from contextlib import contextmanager

from pohoda_bridge.catalogue import Catalogue, Flow, open_catalogue
from pohoda_bridge.connections import Connections, from_environment
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.ledger import Ledger, open_ledger
from pohoda_bridge.settings import config_dir, ledger_url, store_url
from pohoda_bridge.side import Direction, Side
from pohoda_bridge.sync import Job, Store


def catalogue() -> Catalogue:
    """Everything in the settings folder."""
    return open_catalogue(config_dir())


def find_flow(link: str, agenda: str, direction: str) -> Flow:
    """The flow of an enabled direction; SettingsError names what is enabled otherwise."""
    if direction not in {"to_crm", "to_pohoda"}:
        raise SettingsError(f"direction {direction!r} is neither to_crm nor to_pohoda")
    way: Direction = "to_crm" if direction == "to_crm" else "to_pohoda"
    return catalogue().flow(link, agenda, way)


@contextmanager
def open_job(
    flow: Flow,
    *,
    connections: Connections = from_environment,
    ledger: Ledger | None = None,
    store: Store | None = None,
) -> Generator[Job]:
    """The flow with both sides open; they are closed at the end, and so is a ledger that was opened here."""
    own = ledger is None
    ledger = ledger or open_ledger(ledger_url())
    sides: list[Side] = []
    try:
        sides += [_pohoda(flow, connections)]
        sides += [_crm(flow, connections)]
        source, target = sides if flow.direction == "to_crm" else reversed(sides)
        yield Job(flow, source, target, ledger, store or Store(store_url()))
    finally:
        for side in sides:
            side.close()
        if own:
            ledger.close()


def _pohoda(flow: Flow, connections: Connections) -> Side:
    from pohoda_bridge.pohoda.side import PohodaSide

    return PohodaSide(flow.unit, catalogue().agendas, flow.read, connections)


def _crm(flow: Flow, connections: Connections) -> Side:
    from pohoda_bridge.crm.rest import RestCrm

    adapters = {"rest": RestCrm}
    name = str(flow.crm.api.get("adapter", "rest"))
    if name not in adapters:
        raise SettingsError(f"{flow.crm.crm}.yaml: no adapter {name!r}; adapters: {', '.join(adapters)}")
    mappings = {flow.agenda.agenda: flow.mapping}
    return adapters[name](flow.crm, connections(flow.link.crm.connection), mappings)
