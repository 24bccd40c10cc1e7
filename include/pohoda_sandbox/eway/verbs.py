"""The verbs that every folder has: what each answers beside ReturnCode and Description."""

from collections.abc import Callable

from pohoda_sandbox.eway import values
from pohoda_sandbox.eway.call import Call
from pohoda_sandbox.eway.errors import Json, Refused, failed, wrong
from pohoda_sandbox.eway.folders import Folder
from pohoda_sandbox.eway.store import Item

SAVED: Json = {"UserMessage": None, "IsUserMessageOptionalError": None}


def get(call: Call, folder: Folder) -> Json:
    return call.answer(folder, call.items.store.every(folder.name))


def by_guids(call: Call, folder: Folder) -> Json:
    """Guids that are unknown, or not to be seen, are simply absent."""
    return call.answer(folder, call.items.store.some(folder.name, call.guids("itemGuids")))


def identifiers(call: Call, folder: Folder) -> Json:
    return _identifiers(call, folder, call.items.store.every(folder.name))


def search(call: Call, folder: Folder) -> Json:
    """Foreign keys are not among what a search can be asked to show."""
    return call.answer(folder, _found(call, folder), keys=False)


def search_identifiers(call: Call, folder: Folder) -> Json:
    most = call.number("countLimit") if call.body.get("countLimit") is not None else None
    return _identifiers(call, folder, _found(call, folder)[:most])


def save(call: Call, folder: Folder) -> Json:
    return {"Guid": _save(call, folder, call.object()), **SAVED}


def save_all(call: Call, folder: Folder) -> Json:
    """No guids in the answer."""
    for sent in call.objects():
        try:
            with call.items.store.transaction():
                _save(call, folder, sent)
        except Refused as refused:
            if call.items.switches.plural_saves == "whole":
                raise
            return {"ReturnCode": refused.code, "Description": refused.description}
    return {}


def delete(call: Call, folder: Folder) -> Json:
    _delete(call, folder, call.guid("itemGuid"))
    return {}


def delete_all(call: Call, folder: Folder) -> Json:
    for guid in call.guids("itemGuids", "itemGuid"):
        _delete(call, folder, guid)
    return {}


def _identifiers(call: Call, folder: Folder, items: list[Item]) -> Json:
    seen = call.rights.seen(call.user, folder.name, items)
    return {"Data": [{"ItemGUID": item.guid, "ItemVersion": item.version} for item in seen]}


def _found(call: Call, folder: Folder) -> list[Item]:
    """Equality on every member given; null is as good as absent (assumed). Raises rcParameterError without any."""
    sent = call.object()
    if any(name in folder.keys and value is not None for name, value in sent.items()):
        raise failed("Searching by foreign key fields is not supported yet")
    customs = call.items.custom.read(folder.name, sent.get("AdditionalFields"))
    wanted = [
        (name, values.read(folder.fields[name], value))
        for name, value in sent.items()
        if name in folder.fields and name not in folder.hidden and folder.fields[name].kind != "list"
    ]
    wanted += [(f"AdditionalFields.{name}", value) for name, value in customs.items()]
    given = [(name, value) for name, value in wanted if value is not None]
    if not given:
        raise wrong("At least one field has to be searched by")
    operator = str(call.body.get("binaryLogicalOperator") or "and").lower()
    if operator not in {"and", "or"}:
        raise wrong(f"binaryLogicalOperator '{operator}' is not known")
    return call.items.store.find(folder.name, given, operator == "or")


def _save(call: Call, folder: Folder, sent: Json) -> str:
    known = values.read(folder.fields["ItemGUID"], sent.get("ItemGUID"))
    before = call.items.store.get(folder.name, known) if known else None
    call.rights.may(call.user, folder.name, "Edit", before)
    stored = before.data if before else {}
    changed = {n for n, v in sent.items() if n in folder.fields and v is not None and v != stored.get(n)}
    call.rights.may_change(call.user, folder.name, before, frozenset(changed))
    die, ignored = call.on("dieOnItemConflict"), call.messages()
    return call.items.save(folder, sent, call.user, die=die, ignored=ignored)


def _delete(call: Call, folder: Folder, guid: str) -> None:
    item = call.items.store.get(folder.name, guid)
    if item is not None:
        call.rights.may(call.user, folder.name, "Delete", item)
    call.items.delete(folder, guid)


VERBS: dict[str, Callable[[Call, Folder], Json]] = {
    "get": get, "by_guids": by_guids, "identifiers": identifiers, "search": search,
    "search_identifiers": search_identifiers, "save": save, "save_all": save_all, "delete": delete,
    "delete_all": delete_all,
}  # fmt: skip
