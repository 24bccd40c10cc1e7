"""One agenda's listing on one mServer: its types one after the other, each paged by ascending id."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import BinaryIO

from pohoda_bridge.errors import Retry
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml.answer import Answer, Found
from pohoda_bridge.pohoda.xml.kinds import Kind
from pohoda_bridge.pohoda.xml.requests import Ask, Filter, pack
from pohoda_bridge.pohoda.xml.rows import Shape

PAGE = 500
ITEMS = 50


class Listing:
    """Asks with `post`, which gives the answer to a pack. Raises Retry and StopAgenda as answers do."""

    def __init__(self, post: Callable[[bytes], BinaryIO], kind: Kind, shape: Shape, source: Source, place: str) -> None:
        self.kind = kind
        self.shape = shape
        self._post = post
        self._source = source
        self._place = place
        self._types: tuple[str | None, ...] = (shape.xml.types if kind.type else ()) or (None,)

    def clock(self) -> datetime:
        """POHODA's clock."""
        answer = self._answer([Ask("clock", start=1, count=1, type=self._types[0])])
        try:
            return _clock(answer)
        finally:
            answer.close()

    def opened(self, *filters: Filter, query: str | None = None) -> tuple[datetime, Iterator[Found]]:
        """POHODA's clock before the first record, and all records that the filters and the query let through."""
        first = self._page(Ask("", filters, 1, type=self._types[0], query=query))
        return _clock(first), self._of_types(first, Ask("", filters, 1, query=query))

    def changed(self, since: datetime | None) -> tuple[datetime, Iterator[Found]]:
        """As `opened`: what changed since, and what may have changed without POHODA noting it; each record once."""
        again = self.shape.xml.again
        if since is None or self.kind.changes is None or again == "all":
            return self.opened()
        now, found = self.opened(Filter(self.kind.changes, since.isoformat(timespec="seconds")))
        return now, found if again is None else self._and(found, again)

    def found(self, asks: Sequence[Ask], *, once: bool = False) -> Iterator[Found]:
        """What each question finds among all types; `once`: each finds no more than one record."""
        for type in self._types:
            done: set[str] = set()
            for start in range(0, len(asks), ITEMS):
                for record in self._answer([replace(ask, type=type) for ask in asks[start : start + ITEMS]]):
                    done.add(record.item)
                    yield record
            asks = [ask for ask in asks if ask.id not in done] if once else asks

    def _and(self, found: Iterator[Found], query: str) -> Iterator[Found]:
        met: set[int] = set()
        for record in found:
            met.add(record.number)
            yield record
        for record in self.opened(query=query)[1]:
            if record.number not in met:
                yield record

    def _of_types(self, first: Answer, ask: Ask) -> Iterator[Found]:
        for type in self._types:
            asked = replace(ask, type=type)
            yield from self._paged(first if type == self._types[0] else self._page(asked), asked)

    def _paged(self, page: Answer, ask: Ask) -> Iterator[Found]:
        """All records from a first page on. A server that pays no heed to the paging is noticed by what it sends."""
        start = 1
        while True:
            received, last = 0, 0
            for record in page:
                received += 1
                last = max(last, record.number)
                if record.number >= start:
                    yield record
            if received != PAGE or last < start or self.kind.inner is None:
                return
            start = last + 1
            page = self._page(replace(ask, start=start))

    def _page(self, ask: Ask) -> Answer:
        return self._answer([replace(ask, id=f"from-{ask.start}", count=PAGE)])

    def _answer(self, asks: Sequence[Ask]) -> Answer:
        asks = [replace(ask, restrict=self.shape.xml.restrict) for ask in asks]
        ico = self._source.unit.ico
        digest = hashlib.sha256(repr((self.kind.request, ico, asks)).encode()).hexdigest()[:32]
        body = pack(self.kind, asks, id=f"export-{digest}", ico=ico, system=self._source.system)
        file = self._post(body)
        return Answer(file, self.shape, self.kind.listing, ico, self._place, asked={ask.id for ask in asks})


def _clock(answer: Answer) -> datetime:
    if answer.stamp is None:
        answer.close()
        raise Retry("mServer's answer does not tell its time")
    return answer.stamp
