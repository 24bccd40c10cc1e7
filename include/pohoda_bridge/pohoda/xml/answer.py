"""The answer to a request for listings, as rows."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda.identity import padded
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.pohoda.xml.walk import Event, Listing, Pack, Record, events
from pohoda_bridge.side import Row


@dataclass(frozen=True)
class Found:
    """One record of a listing: the request's item, the id of its header, the rows in it."""

    item: str
    number: int
    rows: list[Row] = field(repr=False)


class Answer:
    """Reads a file once, then closes it. Raises Retry and StopAgenda as `walk` says.

    `asked` are the ids of the request's items: each must have its listing, and no other listing may come. `stamp` is
    POHODA's clock at the first listing, or None when the answer has none.
    """

    def __init__(
        self, file: BinaryIO, shape: Shape, listing: str, ico: str, place: str, asked: Collection[str]
    ) -> None:
        self._file = file
        self._shape = shape
        self._listing = listing
        self._ico = ico
        self._place = place
        self._asked = frozenset(asked)
        self._seen: set[str] = set()
        self._events = events(file, shape.xml.record, place)
        self.stamp: datetime | None = None
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[Found]:
        try:
            for event in self._events:
                if isinstance(event, Record):
                    number, rows = self._shape.rows(event.element, self._place)
                    yield Found(event.item, number, rows)
                else:
                    self._note(event)
            self._complete()
        finally:
            self.close()

    def close(self) -> None:
        self._file.close()

    def _begin(self) -> None:
        """Reads on to the first listing, so that the stamp is known before any record."""
        for event in self._events:
            self._note(event)
            if isinstance(event, Listing):
                self.stamp = stamp_of(event, self._place)
                return
        self._complete()

    def _note(self, event: Event) -> None:
        if isinstance(event, Pack) and event.ico:
            same_company(event.ico, self._ico, self._place)
        if isinstance(event, Listing):
            if event.name != self._listing or event.item not in self._asked or event.item in self._seen:
                raise StopAgenda(f"{self._place}: {event.name} came for request {event.item!r}, which was not asked")
            self._seen.add(event.item)

    def _complete(self) -> None:
        if missing := sorted(self._asked - self._seen):
            raise Retry(f"{self._place}: it has no listing for request {missing[0]!r}")


def same_company(found: str, ico: str, place: str) -> None:
    """StopAgenda, naming both, when an answer comes from another company."""
    if padded(found) != padded(ico):
        raise StopAgenda(
            f"{place}: it comes from company {padded(found)}, the unit is company {padded(ico)}; nothing was read"
        )


def stamp_of(listing: Listing, place: str) -> datetime | None:
    """POHODA's clock as it answered, or None when it does not tell."""
    if listing.stamp is None:
        return None
    try:
        return datetime.fromisoformat(listing.stamp).replace(tzinfo=None)
    except ValueError:
        raise Retry(f"{place}: its dateTimeStamp is no time") from None
