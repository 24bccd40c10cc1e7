"""The folders of the service as frozen types, read from `folders.yaml` and its kin, and the methods they give it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from pohoda_sandbox import data_file

SOURCES = tuple(Path(__file__).with_name(name) for name in ("folders.yaml", "folders_trade.yaml"))
COMMON: dict[str, str] = {
    "ItemGUID": "guid", "ItemVersion": "int", "FileAs": "text", "OwnerGUID": "guid", "CreatedByGUID": "guid",
    "ModifiedByGUID": "guid", "ItemCreated": "datetime", "ItemChanged": "datetime", "Server_ItemCreated": "datetime",
    "Server_ItemChanged": "datetime", "IsPrivate": "bool",
}  # fmt: skip
STAMPS = frozenset({"Server_ItemCreated", "Server_ItemChanged", "CreatedByGUID", "ModifiedByGUID"})
NORMALIZED = "Normalized"
ALL_VERBS = ("get", "search", "save", "delete")


@dataclass(frozen=True)
class Field:
    """`enum`: the enum type whose values it takes, "" when any. `phone`: the member whose digits it repeats."""

    name: str
    kind: str
    read_only: bool = False
    enum: str = ""
    phone: str = ""


@dataclass(frozen=True)
class ForeignKey:
    """The parent of a 1:N relation, shown and saved as a member of the child."""

    name: str
    type: str
    folder: str


@dataclass(frozen=True)
class Rows:
    """Items of `folder` that belong to one item by their foreign key `key`, shown and saved as its list `member`."""

    member: str
    folder: str
    key: str


@dataclass(frozen=True)
class Folder:
    """`assumed`: those of its verbs that are a guess, behind the switch `price_lists`."""

    name: str
    plural: str
    singular: str
    verbs: frozenset[str]
    fields: Mapping[str, Field]
    keys: Mapping[str, ForeignKey]
    hidden: frozenset[str] = frozenset()
    unique: tuple[str, ...] = ()
    unique_together: tuple[str, ...] = ()
    numbered: str = ""
    rows: Rows | None = None
    required: tuple[str, ...] = ()
    assumed: frozenset[str] = frozenset()
    check_setting: str = ""
    check_by: Mapping[str, str] = field(default_factory=dict)

    def without(self, gone: str) -> "Folder":
        return replace(self, fields={name: spec for name, spec in self.fields.items() if name != gone})


@dataclass(frozen=True)
class Method:
    """`verb`: get, by_guids, identifiers, search, search_identifiers, save, save_all, delete or delete_all.

    `assumed`: nobody has published it.
    """

    name: str
    verb: str
    folder: Folder
    assumed: bool = False


@dataclass(frozen=True)
class Folders:
    by_name: Mapping[str, Folder]
    methods: Mapping[str, Method] = field(repr=False)

    @classmethod
    @cache
    def load(cls) -> "Folders":
        documents = [data_file.read(path) for path in SOURCES]
        folders = {name: _folder(name, spec) for document in documents for name, spec in document.items()}
        methods = [method for folder in folders.values() for method in _methods(folder)]
        return cls(folders, {method.name.lower(): method for method in methods})


def _folder(name: str, spec: dict[str, Any]) -> Folder:
    kinds = {member: kind for kind, members in spec["fields"].items() for member in members}
    enums = {member: enum for enum, members in spec.get("enums", {}).items() for member in members}
    closed = {*spec.get("read_only", ()), *STAMPS}
    fields = {}
    for member, kind in {**COMMON, **kinds}.items():
        base = member.removesuffix(NORMALIZED)
        phone = base if base != member and base in kinds else ""
        fields[member] = Field(member, kind, member in closed or bool(phone), enums.get(member, ""), phone)
    check = spec.get("duplicates", {})
    return Folder(
        name=name,
        plural=spec.get("plural", name),
        singular=spec["singular"],
        verbs=frozenset([*spec.get("verbs", ()), *spec.get("assumed_verbs", ())]),
        fields=fields,
        keys={key: ForeignKey(key, **shape) for key, shape in spec.get("keys", {}).items()},
        hidden=frozenset(spec.get("hidden", ())),
        unique=tuple(spec.get("unique", ())),
        unique_together=tuple(spec.get("unique_together", ())),
        numbered=spec.get("numbered", ""),
        rows=Rows(**spec["rows"]) if "rows" in spec else None,
        required=tuple(spec.get("required", ())),
        assumed=frozenset(spec.get("assumed_verbs", ())),
        check_setting=check.get("setting", ""),
        check_by=check.get("by", {}),
    )


def _methods(folder: Folder) -> list[Method]:
    plural, singular = folder.plural, folder.singular
    names = {
        "get": {"get": f"Get{plural}", "by_guids": f"Get{plural}ByItemGuids", "identifiers": f"Get{plural}Identifiers"},
        "search": {"search": f"Search{plural}", "search_identifiers": f"Search{plural}Identifiers"},
        "save": {"save": f"Save{singular}", "save_all": f"Save{plural}"},
        "delete": {"delete": f"Delete{singular}", "delete_all": f"Delete{plural}"},
    }
    return [
        Method(name, verb, folder, group in folder.assumed)
        for group in ALL_VERBS
        if group in folder.verbs
        for verb, name in names[group].items()
    ]
