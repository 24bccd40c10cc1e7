"""A lead that becomes a project, which has it as its origin (assumed, but for the number, which the project keeps):
the lead gets the state of completed ones, and its bookkeeping records are the project's too.
"""

from typing import TYPE_CHECKING

from pohoda_sandbox.eway import states
from pohoda_sandbox.eway.errors import Json
from pohoda_sandbox.eway.folders import Folder
from pohoda_sandbox.eway.relations import Relation
from pohoda_sandbox.eway.store import Item

if TYPE_CHECKING:
    from pohoda_sandbox.eway.items import Items

LEADS, ORIGIN = "Leads", "Leads_Project_OriginGuid"


def number_of(items: "Items", folder: Folder, keys: Json) -> int | None:
    """The number that a new item has from the lead that it is made of."""
    lead = items.store.get(LEADS, str(keys.get(ORIGIN)))
    return int(lead.data[folder.numbered]) if lead and lead.data.get(folder.numbered) else None


def became(items: "Items", folder: Folder, guid: str, keys: Json, user: str) -> None:
    """What the project `guid` changes of the lead in its foreign key."""
    lead = items.store.get(LEADS, str(keys.get(ORIGIN)))
    if lead is None:
        return
    named = items.store.find("GlobalSettings", [("Name", "LeadsCompletedState")])
    done = [("EnumTypeName", "LeadState"), ("FileAs", named[0].data.get("Value") if named else None)]
    after = Item(LEADS, lead.guid, lead.version, dict(lead.data))
    if states_of_leads := items.store.find("EnumValues", done):
        after.data["StateEn"] = states_of_leads[0].guid
        states.complete(items, after)
    items.store.put(after)
    items.touch(LEADS, lead.guid)
    for one in items.relations.of(lead.guid, "CART"):
        if one.guid2 == lead.guid:
            items.link(Relation("", "CART", one.folder1, one.guid1, folder.name, guid, user))
