"""What the state of an item makes of it: flags of the service's own, by the state's name in a global setting.

The names of the settings are those of the vendor's JavaScript library; that the day of a flag is the one on which the
state was saved is (assumed).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pohoda_sandbox.eway.errors import Json
from pohoda_sandbox.eway.store import Item

if TYPE_CHECKING:
    from pohoda_sandbox.eway.items import Items

FLAGS: Mapping[str, Mapping[str, str]] = {
    "Carts": {"IsToBeInvoiced": "CartToBeInvoicedState", "IsInvoiced": "CartInvoicedState", "IsPaid": "CartPaidState",
              "IsVoided": "CartVoidedState"},
    "Projects": {"IsCompleted": "CompletedStateName", "IsLost": "DeadStateName"},
    "Leads": {"IsCompleted": "LeadsCompletedState", "IsLost": "LeadsDeadState"},
}  # fmt: skip
DAYS = {"IsCompleted": "CompletedDate", "IsLost": "LostDate"}


def shown(items: "Items", item: Item) -> Json:
    """The flags of the item, as its state and the settings are now."""
    known = FLAGS.get(item.folder, {})
    state = items.store.get("EnumValues", str(item.data.get("StateEn"))) if known else None
    name = str(state.data.get("FileAs")).casefold() if state else None
    return {flag: name is not None and name == _setting(items, by) for flag, by in known.items()}


def complete(items: "Items", after: Item) -> None:
    """Note the day of each flag that the save brings, and forget that of one that it takes."""
    for flag, on in shown(items, after).items():
        if day := DAYS.get(flag):
            after.data[day] = (after.data.get(day) or f"{items.now()[:10]}T00:00:00Z") if on else None


def _setting(items: "Items", name: str) -> str:
    found = items.store.find("GlobalSettings", [("Name", name)])
    return str(found[0].data.get("Value") or "").casefold() if found else ""
