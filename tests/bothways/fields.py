"""What a card of POHODA and a record of a CRM show of each field, as people see it: names instead of ids."""

from typing import Any

from tests.both import Both

LISTS = {
    "RefZeme": ("sZeme", "IDS"), "RefZeme2": ("sZeme", "IDS"), "RefStr": ("sSTR", "IDS"), "RefCin": ("sCIN", "IDS"),
    "RefCM": ("sCMeny", "Kod"), "RelForUh": ("sFormUh", "IDS"),
}  # fmt: skip
ENUMS = {
    "Address1CountryEn": "CountryCode", "Address2CountryEn": "CountryCode", "BusinessAddressCountryEn": "CountryCode",
    "PrefixEn": "PrefixType", "SuffixEn": "SuffixType",
}  # fmt: skip
CUSTOM = "af_"


def card(both: Both, number: int, table: str = "AD") -> dict[str, Any]:
    """A row of POHODA, codes instead of references, an empty text as None."""
    row = both.card(number, table)
    for column, (listed, code) in LISTS.items():
        if row.get(column):
            (found,) = both.pohoda.rows(f"SELECT {code} FROM {listed} WHERE ID = ?", row[column])
            row[column] = found[code]
    return {column: None if value == "" else value for column, value in row.items()}


def put(both: Both, table: str, **columns: Any) -> int:
    """A person in POHODA types a row; its ID."""
    return int(both.pohoda.insert(table, **{name: _id(both, name, value) for name, value in columns.items()}))


def item(both: Both, guid: str, folder: str = "Companies") -> dict[str, Any]:
    """An item of eWay-CRM as its windows show it: names of lists, categories, custom fields beside the others."""
    (found,) = [one for one in both.crm.records(folder) if one["ItemGUID"] == guid]
    shown = {**found, **found.get("AdditionalFields", {})}
    texts = {one["ItemGUID"]: one.get("FileAs") for one in _listed(both)}
    for member in (*ENUMS, "SalePriceGuid"):
        if shown.get(member):
            shown[member] = texts[shown[member]]
    groups = {one["ItemGUID"]: one["GroupName"] for one in both.crm.records("Groups")}
    shown["Categories"] = sorted(groups[one["ForeignItemGUID"]] for one in _memberships(found)) or None
    return {name: None if value == "" else value for name, value in shown.items()}


def change_item(both: Both, guid: str, folder: str = "Companies", **members: Any) -> None:
    """A person in eWay-CRM changes an item: values of lists by their names; what it had no category of is added."""
    if "Categories" in members:
        for name in members.pop("Categories"):
            found = [one["ItemGUID"] for one in both.crm.records("Groups") if one["GroupName"] == name]
            group = found[0] if found else both.crm.create("Groups", GroupName=name, IsCategory=True)
            both.crm.link((folder, guid), "GROUP", ("Groups", group))
    sent = {name: _guid(both, name, value) for name, value in members.items()}
    custom = {name: sent.pop(name) for name in list(sent) if name.startswith(CUSTOM)}
    both.crm.edit(folder, guid, **sent, **({"AdditionalFields": custom} if custom else {}))


def _id(both: Both, column: str, value: Any) -> Any:
    if column not in LISTS or value is None:
        return value
    table, code = LISTS[column]
    found = both.pohoda.rows(f"SELECT ID FROM {table} WHERE {code} = ?", value)
    return found[0]["ID"] if found else both.pohoda.insert(table, **{code: value})


def _guid(both: Both, member: str, value: Any) -> Any:
    if value is None or member not in {*ENUMS, "SalePriceGuid"}:
        return value
    kind = ENUMS.get(member)
    found = [one for one in _listed(both) if one.get("EnumTypeName") == kind and one.get("FileAs") == value]
    return found[0]["ItemGUID"]


def _listed(both: Both) -> list[dict[str, Any]]:
    return [*both.crm.records("EnumValues"), *both.crm.records("SalePrices")]


def _memberships(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in found.get("Relations") or () if one["RelationType"] == "GROUP"]
