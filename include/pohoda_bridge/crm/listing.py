"""Lists read whole, though people change them meanwhile: every record at least once in the walk, and given out once."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pohoda_bridge.crm.answer import Document, folded
from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.http import Http, label
from pohoda_bridge.crm.shape import NoRecord, identity
from pohoda_bridge.crm.wire import Forms
from pohoda_bridge.errors import Retry

WALKS = 4
CHUNK = 50
CHUNK_LENGTH = 3000
VALUE_LENGTH = 200
log = logging.getLogger(__name__)


@dataclass
class _Walk:
    """What repeated walks through one list have shown. `steady`: nothing can have slid past the last one. `missed`: it
    showed a record that the walks before it should have shown, as it was not saved after their newest one."""

    seen: set[str] = field(default_factory=set)
    newest: datetime | None = None
    horizon: datetime | None = None
    steady: bool = True
    missed: bool = False

    def begin(self) -> None:
        self.steady, self.missed, self.horizon = True, False, self.newest

    def fresh(self, records: Sequence[Any], ids: Sequence[str], times: Sequence[datetime | None]) -> list[Any]:
        found = [number for number, one in enumerate(ids) if one not in self.seen]
        for time in (times[number] for number in found):
            if time is None or self.horizon is None or time <= self.horizon:
                self.missed = True
            self.newest = max(filter(None, (self.newest, time)), default=None)
        self.seen.update(ids)
        return [records[number] for number in found]


class Listing:
    """The lists of one service.

    Pages by number slide when a record is saved or deleted between two of them, and then one record is never shown. So
    where the service filters by time of change, each page begins at the time of the last record seen and no number is
    needed. Where numbers are needed, a walk counts only when Total stood still and the distinct records add up to it;
    otherwise it is repeated until it shows nothing new.
    """

    def __init__(self, http: Http, api: Api, forms: Forms) -> None:
        self._http = http
        self._api = api
        self._forms = forms
        sort = (api.list.stable_sort or "").split(",", maxsplit=1)[0]
        self._by_time = bool(api.rank >= 1 and api.list.since and sort == api.system.modified)

    def walk(self, entity: str, *, since: str = "", where: str = "", fields: str = "") -> Iterator[list[Any]]:
        """The distinct records, page by page. Raises Retry when the list never stood still, StopAgenda."""
        walk = _Walk()
        for repeated in range(WALKS):
            walk.begin()
            yield from self._once(entity, since, where, fields, walk)
            if walk.steady or (repeated and not walk.missed):
                return
            log.info("list of %s changed while it was read; reading it again", entity)
        raise Retry(f"the CRM's list of {entity} kept changing while it was read")

    def peek(self, entity: str) -> Document:
        """A list of one record, for the service's clock."""
        names = self._api.list
        return self._page(entity, {names.page: names.first_page, names.size: 1})

    def _once(self, entity: str, since: str, where: str, fields: str, walk: _Walk) -> Iterator[list[Any]]:
        """One walk, page by page; only what no walk has shown before."""
        names, first = self._api.list, self._api.list.first_page
        page, shown, own, totals = first, 0, set[str](), set[int | None]()
        while True:
            asked = {names.page: page, names.size: names.page_size, names.sort: names.stable_sort}
            asked |= {names.since: since or None, names.filter: where or None, names.fields: fields or None}
            parameters = {name: value for name, value in asked.items() if name and value is not None}
            records, ids, total = self._records(entity, parameters)
            times = self._times(records)
            if fresh := walk.fresh(records, ids, times):
                yield fresh
            own.update(ids)
            totals.add(total)
            shown += len(records)
            if not records or (len(records) < names.page_size if total is None else shown >= total):
                if len(totals) > 1 or len(own) < shown or total not in {None, shown}:
                    walk.steady = False
                return
            if not where and self._by_time and (later := self._later(records[-1], times, since)):
                since, page, shown, own, totals = later, first, 0, set(), set()
            else:
                page += 1
                if self._by_time and not where:
                    walk.steady = False

    def _times(self, records: Sequence[Any]) -> list[datetime | None]:
        name = (self._api.system.modified or "").casefold()
        return [self._forms.read_moment(folded(record).get(name)) for record in records]

    def _later(self, last: Any, times: Sequence[datetime | None], since: str) -> str:
        """The time from which the next page may begin; "" when the page is not in order of time, or all of one time."""
        known = [time for time in times if time is not None]
        begun = self._forms.read_moment(since)
        if len(known) < len(times) or known != sorted(known) or (begun is not None and known[-1] <= begun):
            return ""
        return str(folded(last)[str(self._api.system.modified).casefold()])

    def _records(self, entity: str, asked: dict[str, Any]) -> tuple[list[Any], list[str], int | None]:
        document = self._page(entity, asked)
        records, total = document.at(self._api.envelope.records), None
        if self._api.envelope.total and (told := document.at(self._api.envelope.total)) is not None:
            total = int(told) if str(told).isdecimal() else None
        try:
            if not isinstance(records, list):
                raise NoRecord
            known = (folded(record) if isinstance(record, dict) else {} for record in records)
            return records, [identity(self._api, record) for record in known], total
        except NoRecord:
            raise Failure("unreadable", label(self._api.list, entity)).error() from None

    def _page(self, entity: str, asked: dict[str, Any]) -> Document:
        try:
            return self._http.read(self._api.list, entity, **asked)
        except Failure as failure:
            raise failure.error() from None


def condition(api: Api, field: str, operator: str, value: str) -> str:
    """One condition of a filter, in the form of the API."""
    word = api.filter.operators.get(operator, operator)
    return api.filter.form.format(field=field, op=word, value=value)


def both(api: Api, *conditions: str) -> str:
    """Conditions that must all hold, in the form of the API."""
    return api.filter.join.join(conditions)


def filterable(api: Api, value: str) -> bool:
    """Whether a filter means exactly this value: nothing in it can be taken for the filter's own signs."""
    signs = filter(None, (api.filter.join, api.filter.in_, api.filter.form.rpartition("}")[2]))
    return (
        0 < len(value) <= VALUE_LENGTH
        and value.isprintable()
        and value == value.strip()
        and not any(sign in sign[1:] + value + sign[:-1] for sign in signs)
    )


def one_of(api: Api, field: str, values: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Conditions that together ask for each of the filterable values, with the values each asks for."""
    room = CHUNK if api.filter.in_ else 1
    chunk: list[str] = []
    length = 0
    for value in dict.fromkeys(values):
        size = len(quote(value, safe="")) + 3
        if chunk and (len(chunk) == room or length + size > CHUNK_LENGTH):
            yield _chunk(api, field, chunk)
            chunk, length = [], 0
        chunk.append(value)
        length += size
    if chunk:
        yield _chunk(api, field, chunk)


def _chunk(api: Api, field: str, values: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    if len(values) == 1 or not api.filter.in_:
        return condition(api, field, "eq", values[0]), tuple(values)
    return condition(api, field, "in", api.filter.in_.join(values)), tuple(values)
