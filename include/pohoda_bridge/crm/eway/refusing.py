"""Answers for what was not written, with reasons that a person can act on."""

from collections.abc import Mapping
from typing import Any

from pohoda_bridge.crm.eway.codes import CONFLICTS, DENIED, code_of
from pohoda_bridge.crm.eway.finding import Finder
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import Shape
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.outcome import answer_of
from pohoda_bridge.errors import BridgeError
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

    def __init__(self, session: Session, finder: Finder) -> None:
        self._session = session
        self._finder = finder

    def answer(self, shape: Shape, item: Item, failure: Failure, members: Mapping[str, Any], *, sent: bool) -> Answer:
        """The answer of a failed save. Raises StopAgenda only when nothing was `sent` before it."""
        if code_of(failure) in CONFLICTS:
            return moved(item)
        if code_of(failure) == DENIED and (item.action == "delete" or not self._module_closed(shape, item)):
            return Answer(item.id, "refused", reasons=(str(failure),), details={"codes": failure.codes})
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

    def _module_closed(self, shape: Shape, item: Item) -> bool:
        """Whether the user may not do this to any record of the folder; when that cannot be told, no."""
        try:
            told = self._session.ask("GetMyModulePermissions").at("Data") or ()
        except (BridgeError, Failure):
            return False
        mine: Mapping[str, Any] = next((one for one in told if one.get("FolderName") == shape.folder), {})
        return mine.get("CanCreate") is False if item.action == "create" else mine.get("Edit") in {"None", "Readonly"}
