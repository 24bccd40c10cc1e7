"""Answers for what was not written, with reasons that a person can act on."""

from collections.abc import Mapping
from typing import Any

from pohoda_bridge.crm.eway.codes import CONFLICTS, DENIED, code_of
from pohoda_bridge.crm.eway.finding import Finder
from pohoda_bridge.crm.eway.rights import Rights
from pohoda_bridge.crm.eway.shape import Shape
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.outcome import answer_of
from pohoda_bridge.errors import BridgeError, StopAgenda
from pohoda_bridge.side import Answer, Item

GONE = "the record is gone from the CRM"
MOVED = "it was changed in eWay-CRM since it was compared; it is planned again"


def gone(item: Item) -> Answer:
    """A person deleted the record: it is never made anew, and a deletion has nothing left to do."""
    if item.action == "delete":
        return Answer(item.id, "written", details={"action": "gone"})
    return Answer(item.id, "refused", reasons=(GONE,), details={"gone": True})


def moved(item: Item) -> Answer:
    """Refused so that the plan is made again, on what the record holds now."""
    return Answer(item.id, "refused", reasons=(MOVED,), details={"conflict": True, "moved": True})


class Refusals:
    """The answers of one installation."""

    def __init__(self, rights: Rights, finder: Finder) -> None:
        self._rights = rights
        self._finder = finder

    def answer(self, shape: Shape, item: Item, failure: Failure, members: Mapping[str, Any], *, sent: bool) -> Answer:
        """The answer of a failed save. Raises StopAgenda only when nothing was `sent` before it."""
        if code_of(failure) in CONFLICTS:
            return moved(item)
        if code_of(failure) == DENIED:
            return self._denied(shape, item, failure, sent=sent)
        if failure.kind == "invalid" and (twins := self._twins(shape, item, members)):
            return self._duplicate(shape, item, failure, twins)
        return answer_of(shape, item, failure, sent=sent)

    def _twins(self, shape: Shape, item: Item, members: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Other records with the same IČO, DIČ or e-mail. What its check answers is not documented, so look."""
        try:
            return list(self._finder.twins(shape, (item.target_id or "").lower(), members))
        except BridgeError:
            return []

    @staticmethod
    def _duplicate(shape: Shape, item: Item, failure: Failure, twins: list[tuple[str, str]]) -> Answer:
        names = ", ".join(dict.fromkeys(shape.canonical(wire) for wire, _ in twins))
        guids = tuple(dict.fromkeys(guid for _, guid in twins))
        told = f" ({failure.text})" if failure.text else ""
        reason = (
            f"eWay-CRM refuses it, and has a record with the same {names} already: {', '.join(guids)}{told}; "
            "link the two, or change its check for duplicates"
        )
        details = {"codes": failure.codes, "duplicate": guids, "status": failure.status}
        return Answer(item.id, "refused", reasons=(reason,), details=details)

    def _denied(self, shape: Shape, item: Item, failure: Failure, *, sent: bool) -> Answer:
        """A closed module stops the agenda, but for deletions; a closed record is refused alone."""
        try:
            lacking = self._rights.lacking(shape.folder, item.action)
        except BridgeError:
            lacking = ""
        reason = f"{lacking}; give the user this right" if lacking else str(failure)
        if not lacking or item.action == "delete":
            return Answer(item.id, "refused", reasons=(reason,), details={"codes": failure.codes})
        if not sent:
            raise StopAgenda(f"{shape.agenda}: {reason}") from None
        return Answer(item.id, "retry", reasons=(reason,), details={"codes": failure.codes})
