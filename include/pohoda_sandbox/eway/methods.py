"""The methods that belong to no folder: relations, changes, and what the service tells of itself."""

import uuid
from collections.abc import Callable

from pohoda_sandbox.eway import query, values
from pohoda_sandbox.eway.call import Call
from pohoda_sandbox.eway.errors import Json, NoMethod, failed, wrong
from pohoda_sandbox.eway.folders import Folder
from pohoda_sandbox.eway.relations import Relation
from pohoda_sandbox.eway.store import collated

MOST_GUIDS = 10_000


def save_relation(call: Call) -> Json:
    return {"Result": call.items.link(_relation(call, call.object()))}


def save_relations(call: Call) -> Json:
    made = [call.items.link(_relation(call, sent)) for sent in call.objects()]
    return {"Result": any(made)}


def delete_relation(call: Call) -> Json:
    _unlink(call, call.guid("relationDataGuid"))
    return {}


def delete_relations(call: Call) -> Json:
    for guid in call.guids("relationDataGuids"):
        _unlink(call, guid)
    return {}


def unlink_items(call: Call) -> Json:
    """Every relation between the item and the others ends; answers the guids of those that had one (assumed)."""
    guid, others = call.guid("itemGuid"), call.guids("relatedItemGuids")
    ended = []
    for relation in call.items.relations.of(guid):
        other = relation.guid2 if relation.guid1 == guid else relation.guid1
        if other in others:
            call.items.unlink(relation)
            ended.append(other)
    return {"Data": list(dict.fromkeys(ended))}


def last_change(call: Call) -> Json:
    return {"Datum": call.items.changes.last()}


def base_change(call: Call) -> Json:
    if not call.items.switches.newer:
        raise NoMethod
    return {"Datum": call.items.changes.base()}


def change_identifiers(call: Call) -> Json:
    """Removed items are told to everybody; of the others those that the user may see."""
    folder = call.folder(call.body.get("folderName"))
    data = []
    for name, guid, removed in _changed(call, [folder]):
        if removed or _seen(call, folder, guid):
            data.append({"ItemGUID": guid, "FolderName": name, "IsRemoved": removed})
    return {"Data": data}


def changed_items(call: Call) -> Json:
    """One element a folder. RemovedItemGuids is a guess: nobody has published the name of that member."""
    folders = _folders(call)
    found = _changed(call, folders)
    data = []
    for folder in folders:
        mine = [(guid, removed) for name, guid, removed in found if name == folder.name]
        items = call.items.store.some(folder.name, [guid for guid, removed in mine if not removed])
        gone = [guid for guid, removed in mine if removed]
        shown = call.answer(folder, items)["Data"]
        data.append({"FolderName": folder.name, "ChangedItems": shown, "RemovedItemGuids": gone})
    return {"Data": data, "FoldersWithChangedAvailability": []}


def have_items_changed(call: Call) -> Json:
    return {"Datum": bool(_changed(call, _folders(call)))}


def have_permissions_changed(call: Call) -> Json:
    return {"Datum": False}


def new_guids(call: Call) -> Json:
    count = call.number("count")
    if not 0 < count <= MOST_GUIDS:
        raise wrong("'count' is out of range")
    return {"Data": [{"Guid": str(uuid.uuid4())} for _ in range(count)]}


def version(call: Call) -> Json:
    told = call.items.switches.version
    return {"Datum": {"WebServiceVersion": told, "OutlookClientVersion": told, "OutlookInstallerDownloadUrl": None}}


def session_valid(call: Call) -> Json:
    return {"Result": bool(call.user)}


def log_out(call: Call) -> Json:
    call.sessions.close(call.body.get("sessionId"))
    return {}


def is_admin(call: Call) -> Json:
    return {"Datum": False}


def object_types(call: Call) -> Json:
    folders = enumerate(call.items.folders.by_name.values(), 1)
    data = [
        {
            "ObjectTypeId": number,
            "FolderName": folder.name,
            "IsReadOnly": "save" not in folder.verbs - (set() if call.items.switches.price_lists else folder.assumed),
            "IsActive": True,
            "SupportsFileAs": True,
            "SupportsItemChanges": True,
        }
        for number, folder in folders
    ]
    return {"Data": data}


def columns(call: Call) -> Json:
    data = []
    for folder in call.items.folders.by_name.values():
        plain = [(name, field.kind, False) for name, field in folder.fields.items() if name not in folder.hidden]
        if call.on("includeAdditionalFields"):
            plain += [(name, own.field.kind, True) for name, own in call.items.custom.of(folder.name).items()]
        data += [
            {"FolderName": folder.name, "ColumnName": name, "Type": kind, "IsAdditionalField": own}
            for name, kind, own in plain
        ]
    return {"Data": data}


def my_permissions(call: Call) -> Json:
    names = call.items.folders.by_name
    more: Json = {"GroupGuid": None, "CanExport": True, "CanSeeHistory": True, "RowsRestriction": None}
    return {"Data": [{"FolderName": name, **more, **call.rights.of(call.user, name)} for name in names]}


def my_columns(call: Call) -> Json:
    """Of the columns that have a rule for the user (assumed)."""
    found = ((name, call.rights.columns(call.user, name)) for name in call.items.folders.by_name)
    return {
        "Data": [
            {"FolderName": name, "ColumnName": column, "PermissionRule": rule, "MandatoryRule": "None"}
            for name, columns in found
            for column, rule in columns.items()
        ]
    }


def duplicated_values(call: Call) -> Json:
    folder, column = call.folder(call.body.get("folderName")), str(call.body.get("columnName"))
    if column not in folder.fields:
        raise wrong(f"Column '{column}' is not known")
    seen: set[object] = set()
    for item in call.items.store.every(folder.name):
        value = collated(item.data.get(column))
        if value and value in seen:
            return {"Datum": {"IsThereAnyDuplicatedValue": True, "DuplicatedValue": str(item.data[column])}}
        seen.add(value)
    return {"Datum": {"IsThereAnyDuplicatedValue": False, "DuplicatedValue": None}}


def upload(call: Call) -> Json:
    call.blobs.add(call.guid("itemGuid"), call.raw)
    return {}


def latest_revision(call: Call) -> Json:
    return {"Datum": call.blobs.described(call.guid("documentGuid", "documtentGuid"))}


def nothing(call: Call) -> Json:
    return {}


def _relation(call: Call, sent: Json) -> Relation:
    first, second = call.folder(sent.get("FolderName1")), call.folder(sent.get("FolderName2"))
    guids = [values.guid(sent.get(name), name) for name in ("ItemGUID1", "ItemGUID2")]
    for folder, guid in zip((first, second), guids, strict=True):
        if call.items.store.get(folder.name, guid) is None:
            raise failed(f"Item '{guid}' was not found in folder '{folder.name}'")
    if not isinstance(kind := sent.get("RelationType"), str) or not kind:
        raise wrong("'RelationType' is missing")
    if call.items.relations.key(second.name, kind.upper(), first.name) and first.name != second.name:
        raise failed(f"Item 1 of a relation '{kind}' is the child, item 2 its parent")
    call.rights.may(call.user, first.name, "Edit", call.items.store.get(first.name, guids[0]))
    return Relation("", kind.upper(), first.name, guids[0], second.name, guids[1], call.user)


def _unlink(call: Call, guid: str) -> None:
    relation = call.items.relations.by_guid(guid)
    if relation is None:
        raise failed(f"Relation '{guid}' was not found")
    call.items.unlink(relation)


def _folders(call: Call) -> list[Folder]:
    names = call.body.get("folderNames")
    if not isinstance(names, list) or not names:
        raise wrong("'folderNames' is missing")
    return [call.folder(name) for name in names]


def _changed(call: Call, folders: list[Folder]) -> list[tuple[str, str, bool]]:
    names = [folder.name for folder in folders]
    return call.items.changes.between(call.number("baseChangeId"), call.number("targetChangeId"), names)


def _seen(call: Call, folder: Folder, guid: str) -> bool:
    return bool(call.rights.seen(call.user, folder.name, call.items.store.some(folder.name, [guid])))


METHODS: dict[str, Callable[[Call], Json]] = {
    "SaveRelation": save_relation, "SaveRelations": save_relations, "DeleteRelation": delete_relation,
    "DeleteRelations": delete_relations, "UnlinkItems": unlink_items, "GetLastItemChangeId": last_change,
    "GetBaseItemChangeId": base_change, "GetItemChangeIdentifiers": change_identifiers,
    "GetChangedItems": changed_items, "HaveItemsChanged": have_items_changed,
    "HaveMyPermissionsChanged": have_permissions_changed, "GetNewGuidsBuffer": new_guids, "GetVersion": version,
    "LogOut": log_out, "CheckIsAdminSession": is_admin, "GetObjectTypes": object_types,
    "GetColumns": columns, "GetMyModulePermissions": my_permissions, "GetMyColumnPermissions": my_columns,
    "CheckForDuplicatedValues": duplicated_values, "SaveBinaryAttachment": upload,
    "Query": query.query, "QueryAmount": query.amount, "GetLatestRevision": latest_revision,
    "CheckStatusWithSession": nothing,
}  # fmt: skip
WRITES = frozenset({"SaveRelation", "SaveRelations", "DeleteRelation", "DeleteRelations", "UnlinkItems",
                    "SaveBinaryAttachment"})  # fmt: skip
