"""Categories of an item: relations with groups. Those that a person gave are kept."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.names import Library
from pohoda_bridge.crm.eway.saving import Unsure
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import Shape, memberships
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.patience import repeated
from pohoda_bridge.errors import BridgeError, Retry

GROUPS, GROUP = "Groups", "GROUP"


class Categories:
    """The memberships of one installation's items."""

    def __init__(self, session: Session, library: Library) -> None:
        self._session = session
        self._library = library

    def set(
        self, shape: Shape, guid: str, names: Sequence[str], before: Mapping[str, Any] | None, until: float
    ) -> None:
        """Add those that are missing, end those too many that were given by our own user. Raises Unsure.

        Both may be repeated: a relation that is there already is not made twice, one that is gone cannot end twice.
        A name that has no category and must not get one is passed over; so is a refusal: the record shows it. The mark
        of a deleted pair stays.
        """
        book = self._library.book(str(shape.spec.categories))
        there = {same(one.get("ForeignItemGUID")): one for one in memberships(before or {})}
        try:
            wanted = [found for name in names if (found := book.guid(name))]
            for group in (one for one in wanted if one not in there):
                self._tell("SaveRelation", until, transmitObject=_membership(shape, guid, group))
            for group, one in there.items():
                if group in wanted or not book.has(group) or shape.is_mark(book.text(group)):
                    continue
                if same(one.get("OwnerGUID")) == self._session.user:
                    self._tell("DeleteRelation", until, relationDataGuid=one.get("RelationDataGUID"))
        except Retry as error:
            raise Unsure(f"it was saved, its categories perhaps not: {error.text}") from None

    def add(self, shape: Shape, guid: str, name: str, before: Mapping[str, Any], until: float) -> None:
        """Give the item one category, which it may have already. Raises Failure, LookupError for a name without
        a category, and Retry, StopAgenda from the list."""
        group = self._library.book(str(shape.spec.categories)).guid(name)
        if not group:
            raise LookupError(name)
        if group not in {same(one.get("ForeignItemGUID")) for one in memberships(before)}:
            self._session.tell("SaveRelation", until, transmitObject=_membership(shape, guid, group))

    def _tell(self, method: str, until: float, **members: Any) -> None:
        try:
            repeated(partial(self._session.tell, method, until, **members), self._session.pause)
        except Retry:
            raise
        except (BridgeError, Failure):
            return


def _membership(shape: Shape, guid: str, group: str) -> dict[str, str]:
    """The relation that puts an item into a category."""
    item = {"ItemGUID1": guid, "FolderName1": shape.folder, "RelationType": GROUP}
    return item | {"ItemGUID2": group, "FolderName2": GROUPS}
