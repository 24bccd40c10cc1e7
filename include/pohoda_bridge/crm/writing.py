"""A pack written item by item, each with one answer; nothing is sent any more after the first doubt."""

import logging
from collections.abc import Iterator
from typing import Any

from pohoda_bridge.crm.answer import Document
from pohoda_bridge.crm.api import Api, Operation
from pohoda_bridge.crm.bulk import BulkWriter, Prepared
from pohoda_bridge.crm.children import Children
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.finding import Finder
from pohoda_bridge.crm.http import Http, label
from pohoda_bridge.crm.names import Names
from pohoda_bridge.crm.outcome import UNSENT, answer_of, details_of, kept_back
from pohoda_bridge.crm.removal import Removal
from pohoda_bridge.crm.sets import Offspring, keyed, named_in, with_keys
from pohoda_bridge.crm.shape import NoRecord, Shape
from pohoda_bridge.errors import BridgeError, Retry, StopAgenda
from pohoda_bridge.side import Answer, Item, Pack, Row

log = logging.getLogger(__name__)


class Writer:
    """Writes to one service; the finder reads back what an answer showed only a part of."""

    def __init__(self, http: Http, api: Api, finder: Finder, children: Children, names: Names) -> None:
        self._http = http
        self._api = api
        self._finder = finder
        self._children = children
        self._names = names
        self._removal = Removal(http, api, finder)
        self._bulk = BulkWriter(http, api, api.bulk, finder.by_ids) if api.bulk and api.rank >= 3 else None
        self.pack_size = api.bulk.size if api.bulk and self._bulk else 20

    def write(self, shape: Shape, pack: Pack) -> list[Answer]:
        """One answer for each item, in order. StopAgenda only when the first call was stopped."""
        answers: dict[str, Answer] = {}
        prepared: list[Prepared] = []
        try:
            self._names.ensure(named_in(shape, pack.items), pack.until)
            offspring = Offspring(self._children, shape, pack.items, pack.until)
        except Retry as error:
            return [Answer(item.id, "retry", reasons=(error.text,)) for item in pack.items]
        for item in pack.items:
            try:
                prepared.append((item, shape.body(item)))
            except ValueError as error:
                answers[item.id] = Answer(item.id, "refused", reasons=(str(error),))
        sure, sent = True, False
        for group in self._groups(prepared):
            if not sure:
                told = [Answer(item.id, "retry", reasons=(UNSENT,)) for item, _ in group]
            elif self._bulk and len(group) > 1:
                told = self._bulk.write(shape, group, pack.until, sent=sent)
            else:
                told = [self._one(shape, *group[0], pack.until, sent=sent)]
            sent = True
            told = [
                offspring.after(item, answer, fresh=self._made(item, answer))
                for (item, _), answer in zip(group, told, strict=True)
            ]
            sure = all(answer.state in {"written", "refused"} for answer in told)
            answers |= {answer.item_id: answer for answer in told}
        return [answers[item.id] for item in pack.items]

    def _groups(self, prepared: list[Prepared]) -> Iterator[list[Prepared]]:
        """What goes in one call: neighbouring marked creates where there is a bulk, else each item by itself."""
        group: list[Prepared] = []
        for item, body in prepared:
            marked = item.action == "create" and item.mark is not None and not item.beside
            together = self._bulk is not None and marked
            if group and not together:
                yield group
                group = []
            group.append((item, body))
            if not together:
                yield group
                group = []
        if group:
            yield group

    def _one(self, shape: Shape, item: Item, body: dict[str, Any], until: float, *, sent: bool) -> Answer:
        if item.action == "delete" and self._api.delete is not None:
            return self._removal.delete(shape, item, self._api.delete, until, sent=sent)
        try:
            if item.action == "mark":
                body = self._removal.mark(shape, item)
            elif item.action == "update" and (keyed(shape, item) or not set(body) - {self._api.system.version}):
                record = self._finder.record(shape, item.target_id or "")
                if record is None:
                    raise Failure("gone", label(self._api.read, shape.entity))
                if not set(body) - {self._api.system.version}:
                    return Answer(item.id, "written", row=shape.row(record))
                body = with_keys(shape, item, body, record)
            document = self._http.write(self._operation(item), shape.entity, item.target_id or "", body, until)
        except Failure as failure:
            answer = answer_of(shape, item, failure, sent=sent)
            log.info("%s: %s (%s)", item.id, answer.state, failure)
            return answer
        except (Retry, StopAgenda) as error:
            return kept_back(item, error, sent=sent)
        return self._written(shape, item, document)

    def _operation(self, item: Item) -> Operation:
        if item.action in {"update", "mark"}:
            return self._api.update
        found_by_mark = self._api.marks and item.mark and not item.beside
        return self._api.upsert if self._api.upsert and found_by_mark else self._api.create

    def _made(self, item: Item, answer: Answer) -> bool:
        """Whether the record is a new one, and not one that was found."""
        action = answer.details.get("action")
        return item.action == "create" and (
            self._operation(item) is self._api.create if action is None else action == "created"
        )

    def _written(self, shape: Shape, item: Item, document: Document) -> Answer:
        """The record as stored, read back when the answer told only a part of it; without it the write is in doubt."""
        record = document.at(self._api.envelope.record)
        try:
            row: Row | None = shape.row(record)
            if row is not None and not shape.complete(record):
                row = self._finder.by_id(shape, row["_id"])
        except (NoRecord, BridgeError):
            row = None
        if row is None:
            return Answer(item.id, "doubt", reasons=("the CRM took it but did not show what it stored",))
        return Answer(item.id, "written", row=row, details=details_of(self._api, document.body))
