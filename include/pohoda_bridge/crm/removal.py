"""A record whose pair was deleted: taken away from the service, or marked there."""

from typing import Any

from pohoda_bridge.crm.answer import at
from pohoda_bridge.crm.api import Api, Operation
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.finding import Finder
from pohoda_bridge.crm.http import Http, label
from pohoda_bridge.crm.outcome import answer_of
from pohoda_bridge.crm.shape import Shape
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.side import Answer, Item

UNSHOWN = "the CRM does not find it to delete it, and did not say whether it is there"
KEPT = "the CRM does not find it to delete it, and shows it still; correct `delete` in the CRM's file"


class Removal:
    """Deletions of one service, and what a mark sends."""

    def __init__(self, http: Http, api: Api, finder: Finder) -> None:
        self._http = http
        self._api = api
        self._finder = finder

    def delete(self, shape: Shape, item: Item, by: Operation, until: float, *, sent: bool) -> Answer:
        """The answer of a deletion; no right to it is this record's refusal. StopAgenda when nothing was `sent`."""
        try:
            self._http.write(by, shape.entity, item.target_id or "", None, until)
        except Failure as failure:
            if failure.kind == "gone":
                return self._gone(shape, item)
            if failure.kind == "denied":
                return Answer(item.id, "refused", reasons=(str(failure),), details={"status": failure.status})
            return answer_of(shape, item, failure, sent=sent)
        return Answer(item.id, "written", details={"action": "deleted"})

    def mark(self, shape: Shape, item: Item) -> dict[str, Any]:
        """The body of the update that marks a record. Raises Failure `gone`, Retry, StopAgenda."""
        deleted = shape.deleted
        assert deleted is not None
        if not deleted.add:
            return {deleted.to: deleted.value}
        record = self._finder.record(shape, item.target_id or "")
        if record is None:
            raise Failure("gone", label(self._api.read, shape.entity))
        held = at(record, deleted.to)
        return {deleted.to: sorted({*(held if isinstance(held, list) else ()), deleted.add})}

    def _gone(self, shape: Shape, item: Item) -> Answer:
        """A "not found" may mean the path as well: only a record that is not shown either is gone."""
        try:
            shown = self._finder.by_id(shape, item.target_id or "") is not None
        except BridgeError:
            return Answer(item.id, "doubt", reasons=(UNSHOWN,))
        if shown:
            return Answer(item.id, "refused", reasons=(KEPT,))
        return Answer(item.id, "written", details={"action": "gone"})
