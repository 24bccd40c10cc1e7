"""Open a link: its settings, its two sides, its ledger and store. The only place that picks adapters."""

from collections.abc import Generator
from contextlib import contextmanager

from pohoda_bridge.catalogue import Catalogue, Flow, open_catalogue
from pohoda_bridge.connections import Connections, from_environment
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.ledger import Kept, Ledger, Secret, open_ledger
from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.settings import config_dir, key, ledger_url, store_url
from pohoda_bridge.side import Direction, Side
from pohoda_bridge.sync import CrmRows, FedRows, FurtherRows, Job, PohodaRows, Store


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
    secrets: Ledger | None = None,
) -> Generator[Job]:
    """The flow with both sides open; they are closed at the end, and so is a ledger that was opened here.

    `secrets` keeps the refresh tokens where `ledger` is one for a moment only.
    """
    own = ledger is None
    ledger = ledger or open_ledger(ledger_url())
    sides: list[Side] = []
    try:
        sides += [_pohoda(flow, connections)]
        sides += [_crm(flow, connections, ledger, secrets or ledger)]
        pohoda, crm = sides[0], (FurtherRows if flow.to_crm.further else CrmRows)(sides[1], flow)
        known = FedRows(pohoda, flow, ledger) if flow.figures else pohoda
        source, target = (known, crm) if flow.direction == "to_crm" else (crm, PohodaRows(pohoda, flow))
        yield Job(flow, source, target, ledger, store or Store(store_url()))
    finally:
        for side in sides:
            side.close()
        if own:
            ledger.close()


def system(flow: Flow) -> str:
    """The name under which the link's CRM records are known in POHODA (exSystemName)."""
    return f"pohoda-bridge:{flow.link.link}"


def tokens(ledger: Ledger, connection: str) -> Secret:
    """Where the refresh token of a connection is kept, encrypted."""
    return Secret(Kept(ledger, f"refresh token of {connection}"), key())


def _pohoda(flow: Flow, connections: Connections) -> Side:
    from pohoda_bridge.pohoda.side import PohodaSide

    custom = bool(flow.custom)
    agendas = {**catalogue().agendas, flow.agenda.agenda: flow.agenda}
    return PohodaSide(flow.unit, agendas, flow.read, connections, system=system(flow), custom=custom)


def _crm(flow: Flow, connections: Connections, ledger: Ledger, secrets: Ledger) -> Side:
    """The adapter that the CRM's file asks for."""
    name = str(flow.crm.api.get("adapter", "rest"))
    mappings, connection = flow.part_readings, flow.link.crm.connection
    crm = flow.crm.model_copy(update={"agendas": {**flow.crm.agendas, **flow.parts}})
    if name == "rest":
        from pohoda_bridge.crm.rest import RestCrm

        return RestCrm(crm, connections(connection), mappings, system=system(flow))
    if name == "eway":
        from pohoda_bridge.crm.eway import EwayCrm

        return EwayCrm(
            crm, connections(connection), mappings, system=system(flow),
            tokens=tokens(secrets, connection), home=HOME_CURRENCIES[flow.unit.country],
            positions=Kept(ledger, f"change ids of {flow.dag_id}"),
        )  # fmt: skip
    raise SettingsError(f"{flow.crm.crm}.yaml: no adapter {name!r}; adapters: rest, eway")
