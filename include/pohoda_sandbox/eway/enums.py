"""Enumerations: what the service adds by itself to enum values, enum types and the definitions of custom fields."""

import uuid
from dataclasses import dataclass

from pohoda_sandbox.eway.changes import Changes
from pohoda_sandbox.eway.custom import COMBO, MULTI
from pohoda_sandbox.eway.errors import Json, failed
from pohoda_sandbox.eway.store import Item, Store


@dataclass
class Enums:
    store: Store
    changes: Changes

    def complete(self, after: Item, before: Item | None) -> None:
        """Fill the members that follow from others. Raises rcGeneralError for a value that its type does not take."""
        if after.folder == "EnumValues":
            self._value(after, before)
        elif after.folder == "AdditionalFields":
            self._definition(after)
        elif after.folder == "EnumTypes":
            after.data.setdefault("EditMode", "Editable")

    def values_of(self, type_guid: str) -> list[Item]:
        return self.store.find("EnumValues", [("EnumType", type_guid)])

    def _value(self, after: Item, before: Item | None) -> None:
        type_guid = after.data.get("EnumType")
        if type_guid is None:
            return
        type_ = self.store.get("EnumTypes", type_guid)
        if type_ is None:
            raise failed(f"Item '{type_guid}' was not found in folder 'EnumTypes'")
        if before is None and type_.data.get("EditMode") in {"Readonly", "VisibleRankDefaultOnly"}:
            raise failed(f"Enumeration '{type_.data['EnumName']}' takes no new values")
        after.data["EnumTypeName"] = type_.data["EnumName"]
        if before is None:
            after.data["IsVisible"] = True

    def _definition(self, after: Item) -> None:
        """A number and a column of its own; a drop-down field gets an enumeration of its own."""
        data = after.data
        if data.get("FieldId") is None:
            numbers = [int(item.data["FieldId"]) for item in self.store.every("AdditionalFields")]
            data["FieldId"] = max(numbers, default=0) + 1
        data["ColumnName"] = f"af_{data['FieldId']}"
        if data.get("Type") in {COMBO, MULTI} and data.get("AssociatedEnumTypeGuid") is None:
            guid = str(uuid.uuid4())
            stamps: Json = {name: data[name] for name in ("OwnerGUID", "ItemCreated", "ItemChanged") if name in data}
            own = {"EnumName": f"AF_{data['FieldId']}", "EditMode": "Editable", "IsAdditionalField": True}
            self.store.put(Item("EnumTypes", guid, 1, {**stamps, **own}))
            self.changes.add("EnumTypes", guid)
            data["AssociatedEnumTypeGuid"] = guid
