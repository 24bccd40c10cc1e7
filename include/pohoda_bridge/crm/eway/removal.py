"""A record whose pair was deleted: taken away from eWay-CRM, or marked there."""

from collections.abc import Mapping
from typing import Any

from pohoda_bridge.crm.eway.codes import TIMEOUT, code_of
from pohoda_bridge.crm.eway.custom import MEMBER
from pohoda_bridge.crm.eway.reading import Reader
from pohoda_bridge.crm.eway.relations import Relations
from pohoda_bridge.crm.eway.saving import Saver
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import Shape, whole
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.errors import BridgeError

Current = Mapping[str, Any]


class Removal:
    """Deletions and marks of one installation."""

    def __init__(self, session: Session, reader: Reader, saver: Saver, relations: Relations) -> None:
        self._session = session
        self._reader = reader
        self._saver = saver
        self._relations = relations

    def delete(self, shape: Shape, guid: str, until: float) -> str:
        """Delete an item: "deleted", or "gone" when it was not there any more. Raises Failure.

        What a deletion of an unknown guid answers is not documented, so after a refusal the item is looked for. After a
        time-out of its database the service has ended the call; when the item is still there it is deleted once more.
        """
        method = f"Delete{shape.spec.singular}"
        try:
            self._session.tell(method, until, itemGuid=guid)
        except Failure as failure:
            late = code_of(failure) == TIMEOUT
            if not late and failure.kind != "invalid":
                raise
            if self._there(shape, guid, failure):
                if not late:
                    raise
                self._session.tell(method, until, itemGuid=guid)
            elif not late:
                return "gone"
        return "deleted"

    def empty(self, shape: Shape, guid: str, before: Current, until: float) -> None:
        """Delete a part of an item by emptying its members. Raises Failure."""
        custom = {wire: None for wire in shape.spec.present if wire.startswith(shape.api.custom_prefix)}
        own = {wire: None for wire in shape.spec.present if wire not in custom}
        self._saver.save(shape, guid, {**own, **({MEMBER: custom} if custom else {})}, before, until)

    def mark(self, shape: Shape, guid: str, before: Current, until: float) -> None:
        """Mark an item, which may be marked already. Raises Failure, Retry, StopAgenda; ValueError: it cannot be."""
        deleted = shape.deleted
        if deleted is None:
            raise ValueError("the CRM's file tells no way to mark such a record")
        if deleted.add:
            try:
                self._relations.add(shape, guid, deleted.add, before, until)
            except LookupError:
                raise ValueError(f"eWay-CRM has no category {deleted.add!r} and takes no new one; add it") from None
            return
        custom = deleted.to.startswith(shape.api.custom_prefix)
        held = (before.get(MEMBER) or {}) if custom else before
        if held.get(deleted.to) != deleted.value:
            sent = {deleted.to: deleted.value}
            self._saver.save(shape, guid, {MEMBER: sent} if custom else sent, before, until)

    def _there(self, shape: Shape, guid: str, failure: Failure) -> bool:
        """Whether the item is there; the failure goes on when that cannot be told."""
        try:
            return self._reader.one(whole(shape), guid) is not None
        except BridgeError:
            raise failure from None
