"""Custom fields: `af_nn` members below AdditionalFields, defined by the items of the folder AdditionalFields."""

from dataclasses import dataclass, field

from pohoda_sandbox.eway import values
from pohoda_sandbox.eway.errors import Json, wrong
from pohoda_sandbox.eway.folders import Field
from pohoda_sandbox.eway.store import Store

TEXT, COMBO, NUMBER, RELATION, CHECK, LINK, DATE, MEMO, MULTI = range(9)
KINDS = {COMBO: "guid", NUMBER: "decimal", RELATION: "guid", CHECK: "bool", DATE: "datetime"}
UNSEEN = frozenset({RELATION, MULTI})


@dataclass(frozen=True)
class Custom:
    """`type`: as the field's definition numbers it. `folder`: the other end of a relation field."""

    name: str
    type: int
    field: Field
    folder: str = ""


@dataclass
class CustomFields:
    store: Store
    _known: dict[str, dict[str, Custom]] = field(default_factory=dict)

    def forget(self) -> None:
        """The definitions changed."""
        self._known.clear()

    def of(self, folder: str) -> dict[str, Custom]:
        if folder not in self._known:
            found = self.store.find("AdditionalFields", [("ObjectTypeFolderName", folder)])
            self._known[folder] = {made.name: made for made in (_custom(item.data) for item in found)}
        return self._known[folder]

    def read(self, folder: str, sent: object) -> Json:
        """The known ones of what was sent, as they are stored; others are passed over."""
        if sent is None:
            return {}
        if not isinstance(sent, dict):
            raise wrong("Value of 'AdditionalFields' is not valid")
        known = {name.lower(): custom for name, custom in self.of(folder).items()}
        read = {}
        for name, value in sent.items():
            if custom := known.get(name.lower()):
                read[custom.name] = _read(custom, value)
        return read

    def shown(self, folder: str, stored: Json, dates: str) -> Json:
        """Every one the API shows; relations and multiple choices lie elsewhere."""
        known = self.of(folder).values()
        return {
            custom.name: values.shown(custom.field, stored.get(custom.name), dates)
            for custom in known
            if custom.type not in UNSEEN
        }


def _custom(data: Json) -> Custom:
    name, type_ = str(data["ColumnName"]), int(data.get("Type") or 0)
    enum = f"AF_{data['FieldId']}" if type_ in {COMBO, MULTI} else ""
    field = Field(name, KINDS.get(type_, "text"), enum=enum)
    return Custom(name, type_, field, str(data.get("Data_RelatedFolderName") or ""))


def _read(custom: Custom, value: object) -> object:
    if custom.type != MULTI:
        return values.read(custom.field, value)
    if value is not None and not isinstance(value, list):
        raise wrong(f"Value of '{custom.name}' is not valid")
    return [values.guid(one, custom.name) for one in value] if value else None
