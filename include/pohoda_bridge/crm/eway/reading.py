"""Items of a folder: all of them by their identifiers, some by their guids, those that changed, those that equal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pohoda_bridge.crm.answer import Document
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import GUID, Shape
from pohoda_bridge.crm.failure import Failure

Items = list[dict[str, Any]]


class Reader:
    """Reads in chunks of guids, as Get and Search know no pages and would bring everything at once."""

    def __init__(self, session: Session, chunk: int) -> None:
        self._session = session
        self._chunk = chunk

    def everything(self, shape: Shape) -> Iterator[Items]:
        """All records of the agenda that the user may see, part by part."""
        return self.some(shape, self.guids(shape))

    def guids(self, shape: Shape) -> list[str]:
        """The guids of all items of the folder."""
        method = f"Get{shape.spec.plural}Identifiers"
        return [same(item[GUID]) for item in self._items(method, self._session.ask(method))]

    def some(self, shape: Shape, guids: Iterable[str]) -> Iterator[Items]:
        """The records of these guids that exist, part by part; what is no guid is the id of nothing."""
        wanted = list(dict.fromkeys(filter(None, map(same, guids))))
        method = f"Get{shape.spec.plural}ByItemGuids"
        for start in range(0, len(wanted), self._chunk):
            part = wanted[start : start + self._chunk]
            yield self._shown(shape, method, self._session.ask(method, itemGuids=part, **_with(shape)))

    def one(self, shape: Shape, guid: str) -> dict[str, Any] | None:
        return next((item for part in self.some(shape, [guid]) for item in part), None)

    def equal(self, shape: Shape, members: Mapping[str, Any]) -> Items:
        """The records whose members all equal these, as the service compares."""
        method = f"Search{shape.spec.plural}"
        with_ = {name: value for name, value in _with(shape).items() if name != "includeForeignKeys"}
        found = self._items(method, self._session.ask(method, transmitObject=dict(members), **with_))
        if not shape.foreign:
            return [item for item in found if shape.exists(item)]
        return [item for part in self.some(shape, [item[GUID] for item in found]) for item in part]

    def people(self, folder: str) -> list[tuple[str, dict[str, Any]]]:
        """All users with their guids."""
        method = f"Get{folder}"
        return [(same(item[GUID]), item) for item in self._items(method, self._session.ask(method))]

    def changed(self, shape: Shape, base: int, target: int) -> list[str]:
        """The guids of items that changed after `base` and still exist. Raises Failure `gone`: base is too old."""
        if base == target:
            return []
        told = self._session.ask(
            "GetItemChangeIdentifiers", folderName=shape.folder, baseChangeId=base, targetChangeId=target
        )
        items = self._items("GetItemChangeIdentifiers", told)
        return [same(item[GUID]) for item in items if item.get("IsRemoved") is not True]

    def last_change(self) -> tuple[int, Document]:
        """The newest change id, and the answer with the service's clock."""
        document = self._session.ask("GetLastItemChangeId")
        number = document.at("Datum")
        if isinstance(number, bool) or not str(number).isdecimal():
            raise Failure("unreadable", "POST GetLastItemChangeId").error()
        return int(str(number)), document

    def _shown(self, shape: Shape, method: str, document: Document) -> Items:
        return [item for item in self._items(method, document) if shape.exists(item)]

    @staticmethod
    def _items(method: str, document: Document) -> Items:
        """The list of an answer; without one, or without guids in it, the answer is unreadable."""
        items = document.at("Data")
        if not isinstance(items, list) or not all(isinstance(item, dict) and same(item.get(GUID)) for item in items):
            raise Failure("unreadable", f"POST {method}").error()
        return items


def _with(shape: Shape) -> dict[str, Any]:
    """What a read asks for beside the members."""
    asked: dict[str, Any] = {"includeForeignKeys": shape.foreign, "includeRelations": shape.categories}
    if shape.categories:
        asked["relationsFilter"] = {"RelationType": "GROUP", "ForeignFolderName": "Groups"}
    return asked


def rows_of(shape: Shape, parts: Iterable[Sequence[Mapping[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """The rows of each part that has any."""
    for part in parts:
        if rows := [shape.row(item) for item in part]:
            yield rows
