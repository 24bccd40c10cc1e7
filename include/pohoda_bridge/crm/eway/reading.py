"""Items of a folder: all of them by their identifiers, some by their guids, those that changed, those that equal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pohoda_bridge.crm.answer import Document
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.paging import Pages
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import GUID, Shape
from pohoda_bridge.crm.failure import Failure

Items = list[dict[str, Any]]


class Reader:
    """Reads in chunks of guids, as Get and Search know no pages and would bring everything at once."""

    def __init__(self, session: Session, chunk: int, pages: Pages) -> None:
        self._session = session
        self._chunk = chunk
        self._pages = pages

    def everything(self, shape: Shape) -> Iterator[Items]:
        """All records of the agenda that the user may see, part by part."""
        return self.some(shape, self.guids(shape))

    def guids(self, shape: Shape) -> list[str]:
        """The guids of all items of the folder, of those of the agenda's kinds where it has any."""
        wire, kinds = shape.spec.kind, shape.kind_guids
        if (paged := self._pages.guids(shape.folder, wire, kinds)) is not None:
            return paged
        if wire is None:
            method = f"Get{shape.spec.plural}Identifiers"
            return [same(item[GUID]) for item in self._items(method, self._session.ask(method))]
        method = f"Search{shape.spec.plural}Identifiers"
        told = [self._session.ask(method, transmitObject={wire: guid}) for guid in kinds]
        return [same(item[GUID]) for one in told for item in self._items(method, one)]

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
        document = self._session.ask(method, transmitObject=dict(members), **with_)
        if not shape.foreign:
            return self._shown(shape, method, document)
        found = self._items(method, document)
        return [item for part in self.some(shape, [item[GUID] for item in found]) for item in part]

    def people(self, folder: str) -> list[tuple[str, dict[str, Any]]]:
        """All users with their guids."""
        method = f"Get{folder}"
        return [(same(item[GUID]), item) for item in self._items(method, self._session.ask(method))]

    def changed(self, shape: Shape, base: int, target: int) -> list[str]:
        """The guids of items that changed after `base` and still exist. Raises Failure `gone`: base is too old."""
        if base == target:
            return []
        found = self._changed(shape.folder, base, target)
        if (lines := shape.spec.lines) is not None and any(member.inner for member in shape.members.values()):
            found += self._parents(lines.folder, lines.parent, self._changed(lines.folder, base, target))
        if (tied := shape.spec.tied) is not None and tied.parent:
            found += self._parents(tied.folder, tied.parent, self._changed(tied.folder, base, target))
        return list(dict.fromkeys(found))

    def removed(self, shape: Shape, base: int, target: int) -> frozenset[str]:
        """The guids of items that were deleted after `base`. Raises Failure `gone`: base is too old."""
        return frozenset(self._changed(shape.folder, base, target, removed=True))

    def _changed(self, folder: str, base: int, target: int, *, removed: bool = False) -> list[str]:
        method = "GetItemChangeIdentifiers"
        told = self._session.ask(method, folderName=folder, baseChangeId=base, targetChangeId=target)
        return [same(item[GUID]) for item in self._items(method, told) if (item.get("IsRemoved") is True) == removed]

    def _parents(self, folder: str, parent: str, guids: Sequence[str]) -> list[str]:
        """The items that these items of a folder name as their parents."""
        method, found = f"Get{folder}ByItemGuids", []
        for start in range(0, len(guids), self._chunk):
            told = self._session.ask(method, itemGuids=guids[start : start + self._chunk], includeForeignKeys=True)
            found += [same(item.get(parent)) for item in self._items(method, told)]
        return list(filter(None, found))

    def last_change(self) -> tuple[int, Document]:
        """The newest change id, and the answer with the service's clock."""
        document = self._session.ask("GetLastItemChangeId")
        number = document.at("Datum")
        if isinstance(number, bool) or not str(number).isdecimal():
            raise Failure("unreadable", "POST GetLastItemChangeId").error()
        return int(str(number)), document

    def _shown(self, shape: Shape, method: str, document: Document) -> Items:
        items = [item for item in self._items(method, document) if shape.exists(item)]
        shape.relations.learn(shape, items)
        return items

    @staticmethod
    def _items(method: str, document: Document) -> Items:
        """The list of an answer; without one, or without guids in it, the answer is unreadable."""
        items = document.at("Data")
        if not isinstance(items, list) or not all(isinstance(item, dict) and same(item.get(GUID)) for item in items):
            raise Failure("unreadable", f"POST {method}").error()
        return items


def _with(shape: Shape) -> dict[str, Any]:
    """What a read asks for beside the members."""
    wanted = {(spec.type, spec.folder) for spec in shape.related.values()}
    wanted |= {("GROUP", "Groups")} if shape.categories else set()
    wanted |= {(tie.type, tie.folder) for tie in (shape.spec.tied, shape.spec.goes_on) if tie}
    asked: dict[str, Any] = {"includeForeignKeys": shape.foreign, "includeRelations": bool(wanted)}
    if len(wanted) == 1:
        ((kind, folder),) = wanted
        asked["relationsFilter"] = {"RelationType": kind, "ForeignFolderName": folder}
    return asked


def rows_of(shape: Shape, parts: Iterable[Sequence[Mapping[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """The rows of each part that has any."""
    for part in parts:
        if rows := [shape.row(item) for item in part]:
            yield rows
