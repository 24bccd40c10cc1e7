"""One save, with the rule of versions: what somebody changed in between is never overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pohoda_bridge.crm.eway.codes import CONFLICTS, TIMEOUT, code_of, optional_text
from pohoda_bridge.crm.eway.reading import Reader
from pohoda_bridge.crm.eway.refusing import gone
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import GUID, VERSION, Shape, whole
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.side import Answer, Item


class Unsure(Exception):
    """The item was saved, what goes beside it only perhaps."""


@dataclass(frozen=True)
class Written:
    """`created`: when the record was made, for one that was there before; a later time says it was made anew.

    `found`: the new record was there already, from an earlier sending; a person may have changed it since.
    """

    item: Item
    guid: str
    created: str = ""
    nameless: tuple[str, ...] = ()
    found: bool = False


class Saver:
    """Saves items of one installation. `wave`: refusals that the service calls optional are waved through."""

    def __init__(self, session: Session, reader: Reader, *, wave: bool) -> None:
        self._session = session
        self._reader = reader
        self._wave = wave

    def save(
        self, shape: Shape, guid: str, members: Mapping[str, Any], before: Mapping[str, Any] | None, until: float
    ) -> bool:
        """Save the members of an item; `before` is the item as it was, None for a new one. Raises Failure.
        True when a new item was there already.

        A new item that is there already is ours: nobody else knows its guid. After a time-out of its database the
        service has ended the call, so the item shows whether the save went through; if not, it is repeated once.
        """
        version = int(before[VERSION]) + 1 if before else 1
        sent = {GUID: guid, VERSION: version, **members}
        try:
            self._send(shape, sent, until)
        except Failure as failure:
            if before is None and code_of(failure) in CONFLICTS:
                return True
            if code_of(failure) != TIMEOUT:
                raise
            if not self._went_through(shape, guid, before, failure):
                self._send(shape, sent, until)
        return False

    def take_back(self, shape: Shape, one: Written) -> Answer:
        """The record was deleted while it was written, and the save made a stub of it anew: delete that."""
        try:
            self._session.ask(f"Delete{shape.spec.singular}", itemGuid=one.guid)
        except (BridgeError, Failure):
            return Answer(one.item.id, "doubt", reasons=("it was deleted while it was written",))
        return gone(one.item)

    def _send(self, shape: Shape, sent: Mapping[str, Any], until: float) -> None:
        method = f"Save{shape.spec.singular}"
        try:
            self._session.tell(method, until, transmitObject=sent, dieOnItemConflict=True)
        except Failure as failure:
            text = optional_text(failure)
            if not (self._wave and text):
                raise
            self._session.tell(
                method, until, transmitObject=sent, dieOnItemConflict=True, ignoredUserErrorMessages=[text]
            )

    def _went_through(self, shape: Shape, guid: str, before: Mapping[str, Any] | None, failure: Failure) -> bool:
        """Whether a save was carried out, by the item as it is now; the failure goes on when that cannot be told."""
        try:
            found = self._reader.one(whole(shape), guid)
        except BridgeError:
            raise failure from None
        if before is None:
            return found is not None
        if found is None or found[VERSION] != before[VERSION]:
            raise failure
        return False
