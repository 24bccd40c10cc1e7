"""What of an item is kept as relations, written: its categories, and members that refer to other items.

What a person related is kept. Both may be repeated: a relation that is there already is not made twice, one that is
gone cannot end twice. A refusal is passed over: the record shows it.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.names import Library
from pohoda_bridge.crm.eway.related import Related, memberships, other
from pohoda_bridge.crm.eway.saving import Unsure
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import Shape
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.patience import repeated
from pohoda_bridge.errors import BridgeError, Retry

GROUPS, GROUP = "Groups", "GROUP"


class Relations:
    """The relations of one installation's items."""

    def __init__(self, session: Session, library: Library, related: Related) -> None:
        self._session = session
        self._library = library
        self._related = related

    def categorize(
        self, shape: Shape, guid: str, names: Sequence[str], before: Mapping[str, Any] | None, until: float
    ) -> None:
        """Add the categories that are missing, end those too many that were given by our own user. Raises Unsure.

        A name that has no category and must not get one is passed over. The mark of a deleted pair stays.
        """
        book = self._library.book(str(shape.spec.categories))
        there = {same(one.get("ForeignItemGUID")): one for one in memberships(before or {})}
        try:
            wanted = [found for name in names if (found := book.guid(name))]
            for group in (one for one in wanted if one not in there):
                self._tell("SaveRelation", until, transmitObject=_relation(shape, guid, GROUP, GROUPS, group))
            for group, one in there.items():
                if group in wanted or not book.has(group) or shape.is_mark(book.text(group)):
                    continue
                if self._related.is_ours(one):
                    self._end(one, until)
        except Retry as error:
            raise Unsure(f"it was saved, its categories perhaps not: {error.text}") from None

    def add(self, shape: Shape, guid: str, name: str, before: Mapping[str, Any], until: float) -> None:
        """Give the item one category, which it may have already. Raises Failure, LookupError for a name without
        a category, and Retry, StopAgenda from the list."""
        group = self._library.book(str(shape.spec.categories)).guid(name)
        if not group:
            raise LookupError(name)
        if group not in {same(one.get("ForeignItemGUID")) for one in memberships(before)}:
            relation = _relation(shape, guid, GROUP, GROUPS, group)
            self._session.tell("SaveRelation", until, transmitObject=relation)

    def refer(
        self, shape: Shape, guid: str, wanted: Mapping[str, str | None], before: Mapping[str, Any] | None, until: float
    ) -> None:
        """Relate the item to what its members (wire name -> guid) shall refer to; end what we related before.

        Raises Unsure.
        """
        try:
            for wire, target in wanted.items():
                spec, there = shape.related[wire], self._related.of(shape, wire, before or {})
                if target and target not in map(other, there):
                    relation = _relation(shape, guid, spec.type, spec.folder, target)
                    self._tell("SaveRelation", until, transmitObject=relation)
                for one in there:
                    if other(one) != target and self._related.is_ours(one):
                        self._end(one, until)
        except Retry as error:
            raise Unsure(f"it was saved, what it refers to perhaps not: {error.text}") from None

    def _end(self, relation: Mapping[str, Any], until: float) -> None:
        self._tell("DeleteRelation", until, relationDataGuid=relation.get("RelationDataGUID"))

    def _tell(self, method: str, until: float, **members: Any) -> None:
        try:
            repeated(partial(self._session.tell, method, until, **members), self._session.pause)
        except Retry:
            raise
        except (BridgeError, Failure):
            return


def _relation(shape: Shape, guid: str, kind: str, folder: str, target: str) -> dict[str, str]:
    """A relation of an item with another; of a 1:N one the item is the child."""
    item = {"ItemGUID1": guid, "FolderName1": shape.folder, "RelationType": kind}
    return item | {"ItemGUID2": target, "FolderName2": folder}
