"""Many creates in one call: each item gets its own answer; a call refused as a whole is halved to find the culprit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pohoda_bridge.crm.answer import Document, at, folded, with_reasons
from pohoda_bridge.crm.api import Api, Bulk
from pohoda_bridge.crm.failure import ON_WRITE, Failure
from pohoda_bridge.crm.http import Http, label
from pohoda_bridge.crm.outcome import UNSENT, answer_of, details_of
from pohoda_bridge.crm.shape import NoRecord, Shape, identity
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.side import Answer, Item, Row

Prepared = tuple[Item, dict[str, Any]]
ReadBack = Callable[[Shape, list[str]], Iterator[list[Row]]]


class BulkWriter:
    """`read_back` reads the rows of the ids that a bulk told, as its answer shows no records."""

    def __init__(self, http: Http, api: Api, bulk: Bulk, read_back: ReadBack) -> None:
        self._http = http
        self._api = api
        self._bulk = bulk
        self._read_back = read_back

    def write(self, shape: Shape, prepared: Sequence[Prepared], until: float, *, sent: bool) -> list[Answer]:
        """One answer for each item, in order; nothing is sent any more after a doubt. Raises StopAgenda."""
        if len(prepared) > self._bulk.size:
            return self._halves(shape, prepared, until, sent=sent)
        try:
            body = {self._bulk.records: [body for _, body in prepared]}
            document = self._http.write(self._bulk, shape.entity, "", body, until)
        except Failure as failure:
            refused = ON_WRITE[failure.kind] == "refused" and failure.kind != "gone"
            if refused and len(prepared) > 1:
                return self._halves(shape, prepared, until, sent=True)
            return [answer_of(shape, item, failure, sent=sent) for item, _ in prepared]
        return self._answers(shape, prepared, document)

    def _halves(self, shape: Shape, prepared: Sequence[Prepared], until: float, *, sent: bool) -> list[Answer]:
        middle = len(prepared) // 2
        answers = self.write(shape, prepared[:middle], until, sent=sent)
        if any(answer.state in {"doubt", "retry"} for answer in answers):
            return [*answers, *(Answer(item.id, "retry", reasons=(UNSENT,)) for item, _ in prepared[middle:])]
        return [*answers, *self.write(shape, prepared[middle:], until, sent=True)]

    def _answers(self, shape: Shape, prepared: Sequence[Prepared], document: Document) -> list[Answer]:
        results = self._results(document)
        ids: dict[int, str] = {}
        for number, result in results.items():
            try:
                ids[number] = identity(self._api, folded(result))
            except NoRecord:
                continue
        try:
            rows = {row["_id"]: row for part in self._read_back(shape, list(ids.values())) for row in part}
        except BridgeError:
            rows = {}
        return [
            self._answer(shape, item, results.get(number), rows.get(ids.get(number, "")))
            for number, (item, _) in enumerate(prepared)
        ]

    def _results(self, document: Document) -> dict[int, Mapping[str, Any]]:
        """The results by the index they tell; one without a clear index, or an index told twice, belongs to nobody."""
        told = document.at(self._bulk.results)
        results: dict[int, list[Mapping[str, Any]]] = {}
        for result in told if isinstance(told, list) else ():
            index = at(result, self._bulk.index)
            if str(index).isdecimal():
                results.setdefault(int(index), []).append(result)
        return {index: entries[0] for index, entries in results.items() if len(entries) == 1}

    def _answer(self, shape: Shape, item: Item, result: Mapping[str, Any] | None, row: Row | None) -> Answer:
        ok = at(result, self._api.envelope.ok) if result is not None else None
        if ok is False:
            failure = with_reasons(self._api, Failure("invalid", label(self._bulk, shape.entity)), result)
            return answer_of(shape, item, failure, sent=True)
        if ok is not True or row is None:
            return Answer(item.id, "doubt", reasons=("the CRM did not show what became of the record",))
        return Answer(item.id, "written", row=row, details=details_of(self._api, result))
