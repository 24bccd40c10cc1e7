"""Reading one unit-year over XML: listings paged by ascending id, answers streamed from temporary files."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.catalogue.field import Codes
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.reader import Custom, Source, folded, taken
from pohoda_bridge.pohoda.xml import about, code_lists, parameters, search, status
from pohoda_bridge.pohoda.xml.answer import Found
from pohoda_bridge.pohoda.xml.definitions import Definitions
from pohoda_bridge.pohoda.xml.kinds import kind_of
from pohoda_bridge.pohoda.xml.listing import Listing
from pohoda_bridge.pohoda.xml.mserver import MServer
from pohoda_bridge.pohoda.xml.requests import Ask, Filter, pack
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.pohoda.xml.walk import Record, events
from pohoda_bridge.side import Lookup, Reading, Row, Window

log = logging.getLogger(__name__)
PART = 500


class XmlReader:
    """Satisfies `Reader`. Checks the company once, at the first question."""

    def __init__(self, source: Source, connection: Connection) -> None:
        self._source = source
        self._server = MServer(connection, unit=source.unit)
        self._place = f"answer of mServer (connection {connection.id})"
        self._checked = False
        self._definitions = Definitions(self._server.post, source.unit.ico, self._place)

    def describe(self, agenda: Agenda) -> Mapping[str, str]:
        """The fields that the listing can carry; XML has no types of its own to tell."""
        listing = self._listing(agenda)
        custom = self._definitions.of(agenda, listing.kind) if self._source.custom else None
        own = {name: spec.type for name, spec in agenda.fields.items() if spec.xml is not None}
        return own | {one.key: one.type for one in custom or () if one.set is None}

    def read(self, agenda: Agenda, window: Window) -> Reading:
        listing = self._listing(agenda)
        if window.ids is not None:
            return self._chosen(agenda, listing, window.ids)
        if window.whole:
            now, found = listing.opened(*search.ruled(agenda, listing.kind, window.rules))
        else:
            now, found = listing.changed(window.since)
        return Reading(now, parts(agenda, found))

    def ids(self, agenda: Agenda) -> frozenset[str]:
        _, found = self._listing(agenda).opened()
        return frozenset(str(row["_id"]) for record in found for row in record.rows)

    def having(self, agenda: Agenda, name: str, values: Sequence[str]) -> Iterator[list[Row]]:
        listing = self._listing(agenda)
        asks = search.having(agenda, listing.kind, name, values)
        found = listing.opened()[1] if asks is None else listing.found(asks)
        return holding(parts(agenda, found), name, values)

    def custom(self, agenda: Agenda) -> Sequence[Custom]:
        """As POHODA defines them; where it does not tell, those that any record has."""
        listing = self._listing(agenda)
        known = self._definitions.of(agenda, listing.kind)
        if known is not None:
            return known
        _, found = self._listing(agenda, replace(self._source, custom=True)).opened()
        return parameters.told(agenda, (row for record in found for row in record.rows))

    def about(self) -> Mapping[str, str]:
        return about.told(self._server, self._source.unit.ico, self._place)

    def look_up(self, agenda: Agenda, wanted: Sequence[Lookup]) -> list[list[Row]]:
        listing = self._listing(agenda)
        answers: list[list[Row]] = [[] for _ in wanted]
        asks, unfiltered = [], []
        for position, lookup in enumerate(wanted):
            asked = search.filters(agenda, listing.kind, lookup, self._source)
            if asked:
                asks.append(Ask(str(position), asked))
            elif asked is not None:
                unfiltered.append(position)
        for record in listing.found(asks):
            _sort_in(agenda, record.rows, wanted, [int(record.item)], answers)
        if unfiltered:
            for record in listing.opened()[1]:
                _sort_in(agenda, record.rows, wanted, unfiltered, answers)
        return answers

    def codes(self, spec: Field) -> frozenset[str] | None:
        told = (
            [codes for name in spec.codes.xml if (codes := self._listed(name, spec.codes)) is not None]
            if spec.codes
            else []
        )
        return frozenset().union(*told) if told else None

    def keeps_marks(self, agenda: Agenda) -> bool:
        return bool(agenda.read.xml and agenda.read.xml.rows is None and kind_of(agenda.read.xml.request).ext_id)

    def close(self) -> None:
        self._server.close()
        self._checked = False
        self._definitions = Definitions(self._server.post, self._source.unit.ico, self._place)

    def _listed(self, name: str, of: Codes) -> frozenset[str] | None:
        """The codes in one of the lists; None where this POHODA does not tell it, as only some keep double entries."""
        self._check()
        kind, place = kind_of(name), f"list of {name}, {self._place}"
        body = pack(kind, [Ask("codes")], id=f"export-{name}", ico=self._source.unit.ico)
        try:
            with self._server.post(body) as file:
                told = (one.element for one in events(file, kind.record or name, place) if isinstance(one, Record))
                return frozenset(code_lists.found(told, kind, of))
        except StopAgenda as error:
            log.warning("unit %s: values are not checked before writing: %s", self._source.unit.unit, error.log)
            return None

    def _listing(self, agenda: Agenda, source: Source | None = None) -> Listing:
        if agenda.read.xml is None:
            raise StopAgenda(f"{agenda.agenda} cannot be read by XML")
        kind, source = kind_of(agenda.read.xml.request), source or self._source
        self._check()
        custom = self._definitions.of(agenda, kind) if source.custom else None
        shape = Shape(agenda, source, kind.ext_id, custom or ())
        return Listing(self._server.post, kind, shape, source, self._place)

    def _check(self) -> None:
        if not self._checked:
            status.check(self._server, self._source)
            self._checked = True

    def _chosen(self, agenda: Agenda, listing: Listing, ids: Sequence[str]) -> Reading:
        """The records with these technical ids; those that no filter finds, out of the whole listing."""
        named = {identity.number_in(known, self._source.year, agenda.read.sql.table) for known in ids}
        numbers = sorted(number for number in named if number)
        now = listing.clock()
        if numbers and (listing.shape.xml.rows or not listing.kind.by_id):
            found = listing.opened()[1]
        else:
            found = listing.found([Ask(str(number), [Filter("id", str(number))]) for number in numbers], once=True)
        return Reading(now, parts(agenda, found, frozenset(ids)))


def parts(agenda: Agenda, found: Iterable[Found], ids: frozenset[str] | None = None) -> Iterator[list[Row]]:
    """The rows of the agenda among those found, some hundred at a time."""
    part: list[Row] = []
    for record in found:
        part += [row for row in taken(agenda, record.rows) if ids is None or row["_id"] in ids]
        if len(part) >= PART:
            yield part
            part = []
    if part:
        yield part


def holding(found: Iterable[list[Row]], name: str, values: Sequence[str]) -> Iterator[list[Row]]:
    """Of some parts the rows whose text field holds one of the values, each row once."""
    wanted, met = {folded(value) for value in values}, set[str]()
    for part in found:
        rows = {row["_id"]: row for row in part if folded(row[name]) in wanted and row["_id"] not in met}
        met |= rows.keys()
        if rows:
            yield list(rows.values())


def _sort_in(
    agenda: Agenda, rows: list[Row], wanted: Sequence[Lookup], positions: Iterable[int], answers: list[list[Row]]
) -> None:
    records = taken(agenda, rows)
    for position in positions:
        lookup = wanted[position]
        fitting = [row for row in records if search.fits(row, lookup)]
        answers[position] += [row | {"_mark": lookup.mark} if lookup.mark else row for row in fitting]
