"""Members of an item that are kept as relations with other items: which relation a member shows.

What a person related is shown where we related nothing.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.session import Session

if TYPE_CHECKING:
    from pohoda_bridge.crm.eway.shape import Shape

Item = Mapping[str, Any]


class Related:
    """The related items of one installation."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kinds: dict[str, str] = {}

    def learn(self, shape: "Shape", items: Sequence[Item]) -> None:
        """Ask what kinds the related items are of, where a member tells them by that. Raises Retry, StopAgenda."""
        specs = [spec for spec in shape.related.values() if spec.kinds]
        found = [one for spec in specs for item in items for one in typed(item, spec.type, spec.folder)]
        wanted = sorted({other(one) for one in found} - {"", *self._kinds})
        chunk = shape.api.guids_per_call
        for start in range(0, len(wanted), chunk):
            part = wanted[start : start + chunk]
            told = self._session.ask(f"Get{shape.spec.plural}ByItemGuids", itemGuids=part, omitGoodsInCart=True)
            self._kinds |= dict.fromkeys(part, "")
            for item in told.at("Data") or ():
                self._kinds[same(item.get("ItemGUID"))] = same(item.get(str(shape.spec.kind)))

    def shown(self, shape: "Shape", wire: str, item: Item) -> str | None:
        """The item that a member refers to: that of our own relation, else of a person's, if it is one alone."""
        there = self.of(shape, wire, item)
        ours = [one for one in there if self.is_ours(one)]
        found = {other(one) for one in ours or there}
        return found.pop() if len(found) == 1 else None

    def of(self, shape: "Shape", wire: str, item: Item) -> list[Item]:
        """The relations of the item that a member can mean."""
        spec = shape.related[wire]
        if spec.of and same(item.get(str(shape.spec.kind))) not in shape.guids_of(spec.of):
            return []
        there, kinds = typed(item, spec.type, spec.folder), shape.guids_of(spec.kinds)
        return [one for one in there if not spec.kinds or self._kinds.get(other(one)) in kinds]

    def is_ours(self, relation: Item) -> bool:
        """Whether our own user made it."""
        return same(relation.get("OwnerGUID")) == self._session.user


def other(relation: Item) -> str:
    """The guid of the other item."""
    return same(relation.get("ForeignItemGUID"))


def typed(item: Item, kind: str, folder: str) -> list[Item]:
    """The item's relations of a type with items of a folder, as far as they were asked for."""
    shown = [one for one in item.get("Relations") or () if isinstance(one, dict)]
    return [one for one in shown if (one.get("RelationType"), one.get("ForeignFolderName")) == (kind, folder)]


def memberships(item: Item) -> list[dict[str, Any]]:
    """The relations of an item with its categories, as far as they were asked for."""
    shown = item.get("Relations")
    return [one for one in shown if isinstance(one, dict) and one.get("RelationType") == "GROUP"] if shown else []
