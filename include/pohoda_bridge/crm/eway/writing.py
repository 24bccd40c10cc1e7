"""A pack written item by item, each with one answer; nothing is sent any more after the first doubt.

Updates and deletions are held against the item as it is right before: one that a person deleted would be made anew by
a save, and one that changed since it was compared is given back to be planned again. What was written is read back
together.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from pohoda_bridge.crm.eway.body import body_of
from pohoda_bridge.crm.eway.guids import same, target_of
from pohoda_bridge.crm.eway.lines import LineRemoval
from pohoda_bridge.crm.eway.reading import Reader
from pohoda_bridge.crm.eway.refusing import Refusals, gone, moved
from pohoda_bridge.crm.eway.relations import Relations
from pohoda_bridge.crm.eway.removal import Removal
from pohoda_bridge.crm.eway.saving import Saver, Unsure, Written
from pohoda_bridge.crm.eway.shape import CREATED, GUID, Shape, whole
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.outcome import UNSENT, kept_back
from pohoda_bridge.errors import BridgeError, Retry, StopAgenda
from pohoda_bridge.side import Answer, Item, Pack

PACK_SIZE = 20
UNSHOWN = "eWay-CRM took it but did not show what it stored"
Current = Mapping[str, Mapping[str, Any]]
log = logging.getLogger(__name__)


class Writer:
    """Writes to one installation. `versions`: of each record that was shown last, as it was compared by others."""

    def __init__(
        self,
        reader: Reader,
        saver: Saver,
        relations: Relations,
        lines: LineRemoval,
        removal: Removal,
        refusals: Refusals,
        versions: dict[str, int],
    ) -> None:
        self._reader = reader
        self._removal = removal
        self._saver = saver
        self._relations = relations
        self._lines = lines
        self._refusals = refusals
        self._versions = versions

    def write(self, shape: Shape, pack: Pack) -> list[Answer]:
        """One answer for each item, in order. StopAgenda only when the first call was stopped."""
        try:
            current = self._current(shape, pack.items)
        except Retry as error:
            return [Answer(item.id, "retry", reasons=(error.text,)) for item in pack.items]
        answers: dict[str, Answer] = {}
        written: list[Written] = []
        sure = True
        for item in pack.items:
            if not sure:
                answers[item.id] = Answer(item.id, "retry", reasons=(UNSENT,))
                continue
            told = self._one(shape, item, current, pack.until, sent=bool(answers or written))
            if isinstance(told, Written):
                written.append(told)
            else:
                answers[item.id] = told
                sure = told.state in {"written", "refused"}
        answers |= self._shown(shape, written)
        return [answers[item.id] for item in pack.items]

    def _current(self, shape: Shape, items: Sequence[Item]) -> Current:
        """The items to be changed, as they are now; a part of an item that is to be made changes one too."""
        guids = [
            guid for item in items if item.action != "create" or shape.spec.part_of if (guid := target(shape, item))
        ]
        parts = self._reader.some(whole(shape), guids)
        return {same(found[GUID]): found for part in parts for found in part}

    def _one(self, shape: Shape, item: Item, current: Current, until: float, *, sent: bool) -> Answer | Written:
        guid = target(shape, item)
        before = current.get(guid)
        if item.action != "create" or shape.spec.part_of:
            if before is None or (item.action == "delete" and not shape.exists(before)):
                return gone(item)
            if item.action != "mark" and self._has_moved(shape, item, before):
                return moved(item)
            if item.action in {"delete", "mark"}:
                return self._removed(shape, item, before, until, sent=sent)
        try:
            body = body_of(shape, item, before, guid)
        except (ValueError, Retry, StopAgenda) as error:
            return kept_back(item, error, sent=sent)
        found = False
        try:
            if body.members or before is None:
                found = self._saver.save(shape, guid, body.members, before, until)
            if body.gone:
                self._lines.remove(shape, guid, body.gone, body.members, until)
            if body.categories is not None:
                self._relations.categorize(shape, guid, body.categories, before, until)
            self._relations.refer(shape, guid, body.related, before, until)
        except Failure as failure:
            answer = self._refusals.answer(shape, item, failure, body.members, sent=sent)
            log.info("%s: %s (%s)", item.id, answer.state, failure)
            return answer
        except Unsure as unsure:
            log.info("%s: doubt (%s)", item.id, unsure)
            return Answer(item.id, "doubt", reasons=(str(unsure),))
        return Written(item, guid, str(before[CREATED]) if before else "", tuple(body.nameless), found)

    def _removed(
        self, shape: Shape, item: Item, before: Mapping[str, Any], until: float, *, sent: bool
    ) -> Answer | Written:
        guid = target(shape, item)
        try:
            if item.action == "mark":
                self._removal.mark(shape, guid, before, until)
            elif shape.spec.part_of:
                self._removal.empty(shape, guid, before, until)
            else:
                action = self._removal.delete(shape, guid, until)
                return Answer(item.id, "written", details={"action": action})
        except Failure as failure:
            answer = self._refusals.answer(shape, item, failure, {}, sent=sent)
            log.info("%s: %s (%s)", item.id, answer.state, failure)
            return answer
        except (ValueError, Retry, StopAgenda) as error:
            return kept_back(item, error, sent=sent)
        return Written(item, guid, str(before[CREATED]))

    def _has_moved(self, shape: Shape, item: Item, before: Mapping[str, Any]) -> bool:
        """Whether the item changed since it was last shown, or, for a new part, whether the part is there by now."""
        guid = target(shape, item)
        if item.action == "create":
            return shape.exists(before)
        return guid in self._versions and shape.version(before) != self._versions[guid]

    def _shown(self, shape: Shape, written: Sequence[Written]) -> dict[str, Answer]:
        """The answers of what was written, from one reading of all of it."""
        items: dict[str, Mapping[str, Any]] = {}
        try:
            for part in self._reader.some(whole(shape), [one.guid for one in written]):
                items |= {same(item[GUID]): item for item in part}
        except (BridgeError, Failure) as error:
            log.warning("what was written cannot be read back: %s", error)
        return {one.item.id: self._answer(shape, one, items.get(one.guid)) for one in written}

    def _answer(self, shape: Shape, one: Written, item: Mapping[str, Any] | None) -> Answer:
        if item is None:
            return Answer(one.item.id, "doubt", reasons=(UNSHOWN,))
        if one.created and str(item.get(CREATED)) != one.created:
            return self._saver.take_back(shape, one)
        self._versions[one.guid] = shape.version(item)
        if one.item.action == "delete":
            if shape.exists(item):
                return Answer(one.item.id, "doubt", reasons=("eWay-CRM took the deletion and shows the record still",))
            return Answer(one.item.id, "written", details={"action": "deleted"})
        try:
            row = shape.row(item)
        except (StopAgenda, Retry):
            return Answer(one.item.id, "doubt", reasons=(UNSHOWN,))
        details: dict[str, object] = {"nameless": one.nameless} if one.nameless else {}
        if one.found:
            details["action"] = "found"
        return Answer(one.item.id, "written", row=row, details=details)


def target(shape: Shape, item: Item) -> str:
    """The guid that an item is written to; a part of an item to that of its owner."""
    own = next((name for name, mapped in shape.mapping.items() if mapped.to == shape.spec.owner), None)
    if item.action == "create" and own is not None:
        return same(item.values.get(own))
    return target_of(item)
