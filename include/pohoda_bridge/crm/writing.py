"""A pack written item by item, each with one answer; nothing is sent any more after the first doubt."""

import logging
from collections.abc import Callable

from pohoda_bridge.crm.answer import Document
from pohoda_bridge.crm.api import Api, Operation
from pohoda_bridge.crm.failure import ON_WRITE, Failure
from pohoda_bridge.crm.http import Http
from pohoda_bridge.crm.shape import NoRecord, Shape
from pohoda_bridge.errors import BridgeError, StopAgenda
from pohoda_bridge.side import Answer, Item, Pack, Row

ReadBack = Callable[[Shape, str], Row | None]
UNSENT = "not sent: the item before it got no certain answer"
log = logging.getLogger(__name__)


class Writer:
    """Writes to one service. `read_back` reads a record whose answer held only a part of it."""

    def __init__(self, http: Http, api: Api, read_back: ReadBack) -> None:
        self._http = http
        self._api = api
        self._read_back = read_back

    def write(self, shape: Shape, pack: Pack) -> list[Answer]:
        """One answer for each item, in order. StopAgenda only when the first call was stopped: later it would
        take the answers of the items before with it, so they are given out and the next call meets the same stop."""
        answers: list[Answer] = []
        sure, sent = True, False
        for item in pack.items:
            if not sure:
                answers.append(Answer(item.id, "retry", reasons=(UNSENT,)))
                continue
            try:
                body = shape.body(item)
            except ValueError as error:
                answers.append(Answer(item.id, "refused", reasons=(str(error),)))
                continue
            try:
                document = self._http.write(self._operation(item), shape.entity, item.target_id or "", body, pack.until)
                answers.append(self._written(shape, item, document))
            except Failure as failure:
                answers.append(refused_or_open(shape, item, failure, sent=sent))
                log.info("%s: %s (%s)", item.id, answers[-1].state, failure)
            sent, sure = True, answers[-1].state in {"written", "refused"}
        return answers

    def _operation(self, item: Item) -> Operation:
        if item.action == "update":
            return self._api.update
        return self._api.upsert if self._api.upsert and self._api.marks and item.mark else self._api.create

    def _written(self, shape: Shape, item: Item, document: Document) -> Answer:
        """The record as stored, read back when the answer told only a part of it; without it the write is in doubt."""
        record = document.at(self._api.envelope.record)
        action = document.at(self._api.envelope.action) if self._api.envelope.action else None
        names = {wire: name for name, wire in self._api.actions.items()}
        details = {"action": names[action]} if isinstance(action, str) and action in names else {}
        try:
            row: Row | None = shape.row(record)
            if row is not None and not shape.complete(record):
                row = self._read_back(shape, row["_id"])
        except (NoRecord, BridgeError):
            row = None
        if row is None:
            return Answer(item.id, "doubt", reasons=("the CRM took it but did not show what it stored",))
        return Answer(item.id, "written", row=row, details=details)


def refused_or_open(shape: Shape, item: Item, failure: Failure, *, sent: bool) -> Answer:
    """The answer that the table gives for a failed write. Raises StopAgenda when nothing was `sent` before it."""
    step = ON_WRITE[failure.kind]
    if failure.kind == "gone" and item.action == "create":
        step = "stop"
    if step == "stop" and not sent:
        raise StopAgenda(str(failure)) from None
    if step == "doubt":
        return Answer(item.id, "doubt", reasons=(str(failure),), details={"status": failure.status})
    if step != "refused":
        return Answer(item.id, "retry", reasons=(str(failure),), details={"status": failure.status})
    details: dict[str, object] = {"status": failure.status, "codes": failure.codes}
    if failure.kind in {"gone", "conflict"}:
        details[failure.kind] = True
    return Answer(item.id, "refused", reasons=reasons(shape, failure), details=details)


def reasons(shape: Shape, failure: Failure) -> tuple[str, ...]:
    """The service's reasons with canonical names first, for the person who looks at the quarantine."""
    if failure.kind == "gone":
        return ("the record is gone from the CRM",)
    told = tuple(
        ": ".join(filter(None, (shape.canonical(field), text or code))) for field, code, text in failure.problems
    )
    if failure.kind == "conflict":
        return (failure.text or str(failure), *told)
    return told or (failure.text or str(failure),)
