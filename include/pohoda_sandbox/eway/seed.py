"""What a new customer's service has before anybody worked with it, from `seed.yaml`."""

import uuid
from pathlib import Path
from typing import Any

from pohoda_sandbox import data_file
from pohoda_sandbox.eway.errors import Json
from pohoda_sandbox.eway.items import Items
from pohoda_sandbox.eway.relations import Relation
from pohoda_sandbox.eway.store import Item

SOURCE = Path(__file__).with_name("seed.yaml")
PERSON = "anna"
SPACE = uuid.UUID("7b0e5f0a-6f5d-4d5e-9a86-0d2f6f1c5a11")


def seed(items: Items, user: str) -> None:
    """Fill a new service; `user` is the login name of the client. One that has users keeps what it has."""
    if items.store.total("Users"):
        return
    document = data_file.read(SOURCE)
    with items.store.transaction():
        client = {"Username": user, "FirstName": "Pohoda", "LastName": "Bridge", "IsApiUser": True}
        people = {person["Username"]: person for person in [client, *document["users"]]}
        guids = [_add(items, "Users", name, _person(one)) for name, one in people.items()]
        groups = [
            _add(items, "Groups", one["GroupName"], {"FileAs": one["GroupName"], **one}) for one in document["groups"]
        ]
        for guid in guids:
            items.relations.add(Relation("", "GROUP", "Users", guid, "Groups", groups[0], guids[0]))
        for one in document["custom"]:
            items.save(items.folders.by_name["AdditionalFields"], {"FileAs": one["Name"], **one}, guids[0], ignored=[])
        for name, values in document["enums"].items():
            mode = "Readonly" if name in document["closed_enums"] else "Editable"
            own = {"FileAs": name, "EnumName": name, "IsSystem": True, "EditMode": mode}
            _values(items, _add(items, "EnumTypes", name, own), name, values)
        for name, values in document["custom_values"].items():
            _values(items, items.store.find("EnumTypes", [("EnumName", name)])[0].guid, name, values)
        for one in document["settings"]:
            _add(items, "GlobalSettings", one["Name"], {"FileAs": one["Name"], **one})
        for of, into, rate in document["exchange_rates"]:
            _add(items, "CurrencyExchangeRates", f"{of}/{into}", _rate(items, of, into, rate))
        for one in document["sale_prices"]:
            _add(items, "SalePrices", one["FileAs"], one)


def _person(one: Json) -> Json:
    return {"FileAs": f"{one['LastName']}, {one['FirstName']}", "IsActive": True, **one}


def _rate(items: Items, of: str, into: str, rate: str) -> Json:
    known = {one.data["FileAs"]: one.guid for one in items.store.find("EnumValues", [("EnumTypeName", "Currency")])}
    ends = {"InputCurrencyEn": known[of], "OutputCurrencyEn": known[into]}
    return {"FileAs": f"{of} {into}", **ends, "Rate": rate, "IsValid": True}


def _values(items: Items, type_guid: str, name: str, values: list[Any]) -> None:
    for rank, value in enumerate(values, 1):
        texts = value if isinstance(value, dict) else {"FileAs": value, **dict.fromkeys(("En", "Cs", "Sk"), value)}
        own = {"EnumType": type_guid, "EnumTypeName": name, "Rank": rank, "IsVisible": True, "IsSystem": True}
        _add(items, "EnumValues", f"{name}/{texts['FileAs']}", {**own, **texts})


def _add(items: Items, folder: str, key: str, data: Json) -> str:
    """An item as the vendor delivers it, past the rules of a save; the same guid in every new service."""
    guid, now = str(uuid.uuid5(SPACE, f"{folder}/{key}")), items.now()
    fields = items.folders.by_name[folder].fields
    empty = {name: False for name, field in fields.items() if field.kind == "bool"}
    stamps = dict.fromkeys(("ItemCreated", "ItemChanged", "Server_ItemCreated", "Server_ItemChanged"), now)
    items.store.put(Item(folder, guid, 1, {**empty, **stamps, **data}))
    items.changes.add(folder, guid)
    return guid
