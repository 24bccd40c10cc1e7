"""Numbers that the service gives to documents and deals which come without one."""

from pohoda_sandbox.gram.errors import Json
from pohoda_sandbox.gram.store import Store
from pohoda_sandbox.gram.wire import Entity

FIELD = "Number"
PREFIXES = {"Deal": "OP", "Quote": "CP", "Order": "OB", "PurchaseOrder": "VO", "Invoice": "FV", "ReceivedInvoice": "FP"}


def numbered(store: Store, entity: Entity, data: Json, year: int) -> Json:
    """The data of a new record with its number; the next of the year, never one that was given before."""
    if entity.name not in PREFIXES or FIELD not in entity.fields or data.get(FIELD):
        return data
    prefix = f"{PREFIXES[entity.name]}{year}"
    return {**data, FIELD: f"{prefix}{store.last_number(entity.name, FIELD, prefix) + 1:04}"}
