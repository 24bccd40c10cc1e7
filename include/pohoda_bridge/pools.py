"""Airflow's pools: one slot for each POHODA and each CRM, so that nothing is asked more at once than it bears."""

from pohoda_bridge.catalogue import Catalogue, Flow


def source_pool(flow: Flow) -> str:
    """The pool of the tasks that read: a unit's mServer and its database take one reader at a time."""
    return f"pohoda_{flow.unit.unit}" if flow.direction == "to_crm" else f"crm_{flow.link.crm.connection}"


def target_pool(flow: Flow) -> str:
    """The pool of the tasks that write."""
    return f"crm_{flow.link.crm.connection}" if flow.direction == "to_crm" else f"pohoda_{flow.unit.unit}"


def answers_later(flow: Flow) -> bool:
    """Whether what the flow writes is answered later, and a task waits for it."""
    return flow.direction == "to_pohoda" and flow.unit.write == "folder"


def pools_of(catalogue: Catalogue) -> dict[str, dict[str, object]]:
    """Pool name -> {slots, description, include_deferred}."""
    names: dict[str, str] = {}
    for link in catalogue.links:
        for flow in catalogue.flows(link):
            for name in (source_pool(flow), target_pool(flow)):
                names[name] = "one reader or writer at a time"
    return {n: {"slots": 1, "description": text, "include_deferred": False} for n, text in sorted(names.items())}
