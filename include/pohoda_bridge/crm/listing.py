"""Lists read whole, though people change them meanwhile: every record at least once in the walk, and given out once."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
class _State:
    steady: bool = True


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
        seen: set[str] = set()
        for repeated in range(WALKS):
            before, state = len(seen), _State()
            yield from self._once(entity, since, where, fields, seen, state)
            if state.steady or (repeated and len(seen) == before):
                return
            log.info("list of %s changed while it was read; reading it again", entity)
        raise Retry(f"the CRM's list of {entity} kept changing while it was read")

    def peek(self, entity: str) -> Document:
        """A list of one record, for the service's clock."""
        return self._page(entity, {self._api.list.size: 1})

    def _once(
        self, entity: str, since: str, where: str, fields: str, seen: set[str], state: "_State"
    ) -> Iterator[list[Any]]:
        """One walk; the state says at its end whether nothing can have slid past it."""
        names, first = self._api.list, self._api.list.first_page
        page, shown, own, totals = first, 0, set[str](), set[int | None]()
        while True:
            asked = {names.page: page, names.size: names.page_size, names.sort: names.stable_sort}
            asked |= {names.since: since or None, names.filter: where or None, names.fields: fields or None}
            parameters = {name: value for name, value in asked.items() if name and value is not None}
            records, ids, total = self._records(entity, parameters)
            if fresh := [record for record, one in zip(records, ids, strict=True) if one not in seen]:
                yield fresh
            seen.update(ids)
            own.update(ids)
            totals.add(total)
            shown += len(records)
            if not records or (len(records) < names.page_size if total is None else shown >= total):
                if len(totals) > 1 or len(own) < shown or total not in {None, shown}:
                    state.steady = False
                return
            if not where and (later := self._later(records, since)):
                since, page, shown, own, totals = later, first, 0, set(), set()
            else:
                page += 1
                if self._by_time and not where:
                    state.steady = False

    def _later(self, records: Sequence[Any], since: str) -> str:
        """The time from which the next page may begin; "" when the page does not allow it."""
        name = (self._api.system.modified or "").casefold()
        texts = [folded(record).get(name) for record in records] if self._by_time else []
        times = [time for text in texts if (time := self._forms.read_moment(text)) is not None]
        if not texts or len(times) < len(texts) or times != sorted(times) or texts[-1] == since:
            return ""
        begun = self._forms.read_moment(since)
        return str(texts[-1]) if begun is None or times[-1] > begun else ""

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
    word = api.filter.operators.get(operator, operator)
    return api.filter.form.format(field=field, op=word, value=value)


def both(api: Api, *conditions: str) -> str:
    return api.filter.join.join(conditions)


def filterable(api: Api, value: str) -> bool:
    """Whether a filter means exactly this value: nothing in it can be taken for the filter's own signs."""
    after = api.filter.form.rpartition("}")[2]
    signs = {*api.filter.join, *(api.filter.in_ or ""), *after}
    return 0 < len(value) <= VALUE_LENGTH and value.isprintable() and value == value.strip() and not signs & set(value)


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
