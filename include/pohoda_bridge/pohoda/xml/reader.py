"""Reading one unit-year over XML: listings paged by ascending id, answers streamed from temporary files."""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.reader import Source, taken
from pohoda_bridge.pohoda.xml import search, status
from pohoda_bridge.pohoda.xml.answer import Answer, Found
from pohoda_bridge.pohoda.xml.mserver import MServer
from pohoda_bridge.pohoda.xml.requests import Ask, Filter, Kind, kind_of, pack
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.pohoda.xml.walk import Record, events
from pohoda_bridge.side import Lookup, Reading, Row, Window

log = logging.getLogger(__name__)
PAGE = 500
ITEMS = 50


class XmlReader:
    """Satisfies `Reader`. Checks the company once, at the first question."""

    def __init__(self, source: Source, connection: Connection) -> None:
        self._source = source
        self._server = MServer(connection)
        self._place = f"answer of mServer (connection {connection.id})"
        self._checked = False

    def describe(self, agenda: Agenda) -> Mapping[str, str]:
        """The fields that the listing can carry; XML has no types of its own to tell."""
        self._shape(agenda)
        return {name: spec.type for name, spec in agenda.fields.items() if spec.xml is not None}

    def read(self, agenda: Agenda, window: Window) -> Reading:
        shape, kind = self._shape(agenda)
        if window.ids is not None:
            return self._chosen(agenda, shape, kind, window.ids)
        asked = [Filter("lastChanges", window.since.isoformat(timespec="seconds"))] if window.since else []
        first = self._page(shape, kind, asked, 1)
        return Reading(_clock(first), _parts(agenda, self._paged(shape, kind, asked, first)))

    def ids(self, agenda: Agenda) -> frozenset[str]:
        shape, kind = self._shape(agenda)
        found = self._paged(shape, kind, [], self._page(shape, kind, [], 1))
        return frozenset(str(row["_id"]) for record in found for row in record.rows)

    def look_up(self, agenda: Agenda, wanted: Sequence[Lookup]) -> list[list[Row]]:
        shape, kind = self._shape(agenda)
        answers: list[list[Row]] = [[] for _ in wanted]
        asks, unfiltered = [], []
        for position, lookup in enumerate(wanted):
            asked = search.filters(agenda, kind, lookup, self._source)
            if asked:
                asks.append(Ask(str(position), asked))
            elif asked is not None:
                unfiltered.append(position)
        for record in self._all(shape, kind, asks):
            _sort_in(agenda, record.rows, wanted, [int(record.item)], answers)
        if unfiltered:
            for record in self._paged(shape, kind, [], self._page(shape, kind, [], 1)):
                _sort_in(agenda, record.rows, wanted, unfiltered, answers)
        return answers

    def codes(self, spec: Field) -> frozenset[str] | None:
        if spec.codes is None or spec.codes.xml is None:
            return None
        self._check()
        kind, place = kind_of(spec.codes.xml), f"list of {spec.codes.xml}, {self._place}"
        body = pack(kind, [Ask("codes")], id=f"export-{spec.codes.xml}", ico=self._source.unit.ico)
        try:
            with self._server.post(body) as file:
                return frozenset(
                    str(code.text).strip()
                    for event in events(file, spec.codes.xml, place)
                    if isinstance(event, Record)
                    for code in event.element.iter("{*}code")
                    if code.text
                )
        except StopAgenda as error:
            log.warning("unit %s: values are not checked before writing: %s", self._source.unit.unit, error.log)
            return None

    def keeps_marks(self, agenda: Agenda) -> bool:
        return bool(agenda.read.xml and agenda.read.xml.rows is None and kind_of(agenda.read.xml.request).ext_id)

    def close(self) -> None:
        self._server.close()
        self._checked = False

    def _shape(self, agenda: Agenda) -> tuple[Shape, Kind]:
        kind = kind_of(agenda.read.xml.request if agenda.read.xml else agenda.agenda)
        shape = Shape(agenda, self._source, kind.ext_id)
        self._check()
        return shape, kind

    def _check(self) -> None:
        if not self._checked:
            status.check(self._server, self._source)
            self._checked = True

    def _chosen(self, agenda: Agenda, shape: Shape, kind: Kind, ids: Sequence[str]) -> Reading:
        """The records with these technical ids; of sub-rows, which no filter finds, out of the whole listing."""
        numbers = {identity.number_in(known, self._source.year, agenda.read.sql.table) for known in ids}
        asks = [
            Ask(str(number), [Filter("id", str(number))]) for number in sorted(number for number in numbers if number)
        ]
        with closing(self._answer(shape, kind, [Ask("clock", start=1, count=1)])) as answer:
            now = _clock(answer)
        if shape.xml.rows and asks:
            records = self._paged(shape, kind, [], self._page(shape, kind, [], 1))
        else:
            records = self._all(shape, kind, asks)
        wanted = frozenset(ids)
        return Reading(now, _parts(agenda, records, wanted))

    def _page(self, shape: Shape, kind: Kind, asked: Sequence[Filter], start: int) -> Answer:
        return self._answer(shape, kind, [Ask(f"from-{start}", asked, start, PAGE)])

    def _paged(self, shape: Shape, kind: Kind, asked: Sequence[Filter], page: Answer) -> Iterator[Found]:
        """All records from a first page on. A server that pays no heed to the paging is noticed by what it sends."""
        start = 1
        while True:
            received, last = 0, 0
            for record in page:
                received += 1
                last = max(last, record.number)
                if record.number >= start:
                    yield record
            if received != PAGE or last < start:
                return
            start = last + 1
            page = self._page(shape, kind, asked, start)

    def _all(self, shape: Shape, kind: Kind, asks: Sequence[Ask]) -> Iterator[Found]:
        for start in range(0, len(asks), ITEMS):
            yield from self._answer(shape, kind, asks[start : start + ITEMS])

    def _answer(self, shape: Shape, kind: Kind, asks: Sequence[Ask]) -> Answer:
        ico = self._source.unit.ico
        digest = hashlib.sha256(repr((kind.request, ico, asks)).encode()).hexdigest()[:32]
        body = pack(kind, asks, id=f"export-{digest}", ico=ico, system=self._source.system)
        file = self._server.post(body)
        return Answer(file, shape, kind.listing, ico, self._place, asked={ask.id for ask in asks})


def _clock(answer: Answer) -> datetime:
    if answer.stamp is None:
        answer.close()
        raise Retry("mServer's answer does not tell its time")
    return answer.stamp


def _parts(agenda: Agenda, found: Iterable[Found], ids: frozenset[str] | None = None) -> Iterator[list[Row]]:
    part: list[Row] = []
    for record in found:
        part += [row for row in taken(agenda, record.rows) if ids is None or row["_id"] in ids]
        if len(part) >= PAGE:
            yield part
            part = []
    if part:
        yield part


def _sort_in(
    agenda: Agenda, rows: list[Row], wanted: Sequence[Lookup], positions: Iterable[int], answers: list[list[Row]]
) -> None:
    records = taken(agenda, rows)
    for position in positions:
        lookup = wanted[position]
        fitting = [row for row in records if search.fits(row, lookup)]
        answers[position] += [row | {"_mark": lookup.mark} if lookup.mark else row for row in fitting]
