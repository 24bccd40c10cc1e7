"""Marks that name another year from now on: the record's own id says which one is meant, so none is ever made."""

import logging
from collections.abc import Sequence

from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.finding import Finder
from pohoda_bridge.crm.http import Http
from pohoda_bridge.crm.outcome import UNSENT, answer_of
from pohoda_bridge.crm.shape import NoRecord, Shape
from pohoda_bridge.side import Answer, Item, Relink

log = logging.getLogger(__name__)


class Relinker:
    """Writes nothing but the two fields of the mark."""

    def __init__(self, http: Http, api: Api, finder: Finder) -> None:
        self._http = http
        self._api = api
        self._finder = finder

    def relink(self, shape: Shape, wanted: Sequence[Relink], until: float) -> list[Answer]:
        """One answer for each, in order, by the record's id; `details["action"]` is "relinked" or "unchanged".

        Nothing is sent any more after the first that is not certain.
        """
        rows = {row["_id"]: row for part in self._finder.by_ids(shape, [one.id for one in wanted]) for row in part}
        answers: list[Answer] = []
        for one in wanted:
            row = rows.get(one.id)
            if answers and answers[-1].state not in {"written", "refused"}:
                answers.append(Answer(one.id, "retry", reasons=(UNSENT,)))
            elif row is None:
                answers.append(Answer(one.id, "refused", reasons=("the record is gone from the CRM",)))
            elif row["_mark"] == one.now:
                answers.append(Answer(one.id, "written", row, details={"action": "unchanged"}))
            elif row["_mark"] != one.was:
                answers.append(Answer(one.id, "refused", reasons=("it carries the mark of another record by now",)))
            else:
                answers.append(self._one(shape, one, until, sent=bool(answers)))
        return answers

    def _one(self, shape: Shape, one: Relink, until: float, *, sent: bool) -> Answer:
        body = {str(self._api.system.source): one.now.source, str(self._api.system.external_id): one.now.id}
        try:
            document = self._http.write(self._api.update, shape.entity, one.id, body, until)
        except Failure as failure:
            answer = answer_of(shape, Item(one.id, "", "update", {}, one.id), failure, sent=sent)
            log.info("%s: %s (%s)", one.id, answer.state, failure)
            return answer
        try:
            row = shape.row(document.at(self._api.envelope.record))
        except NoRecord:
            return Answer(one.id, "doubt", reasons=("the CRM took it but did not show what it stored",))
        if row["_mark"] != one.now:
            return Answer(one.id, "refused", reasons=("the CRM answered well but kept the old mark",))
        return Answer(one.id, "written", row, details={"action": "relinked"})
