"""Streams an answer: the states of pack, item and listing are judged as they pass, records come one at a time.

Names are compared without prefix and namespace. Nothing but the record at hand, and at most one block of the file ahead
of it, stays in memory: what is no record is cut off the tree after each block, without a look at it.

    pack error   -> StopAgenda (wrong company, no right, envelope)
    item error   -> StopAgenda with the item's note
    inner error  -> StopAgenda with the details' notes
    unreadable   -> Retry with the place
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda.xml import guard

if TYPE_CHECKING:
    from lxml.etree import _Element

BLOCK = 1 << 15
PACK, ITEM, PARTS = "responsePack", "responsePackItem", "parts"


@dataclass(frozen=True)
class Pack:
    """The answer's envelope."""

    id: str
    ico: str | None
    program: str | None = None


@dataclass(frozen=True)
class Listing:
    """A listing begins; `stamp` is POHODA's clock as it answered."""

    item: str
    name: str
    stamp: str | None


@dataclass(frozen=True)
class Record:
    """One record; its element is emptied when the next event is asked for."""

    item: str
    element: "_Element" = field(repr=False)


Event = Pack | Listing | Record


def events(file: BinaryIO, record: str, place: str, *, listing: str | None = None) -> Iterator[Event]:
    """The answer in the file, event by event. `record` is the local name of the records, `place` is told in errors.

    With `listing` only listings of this name are judged: a file of a folder may hold other answers, failed ones too.
    """
    guard.check(file, place)
    walk = _Walk(record, place, listing)
    for found in _parsed(file, record, place):
        if found is None:
            yield from walk.paused(file.tell())
        elif found[0] == "start":
            yield from walk.opened(found[1])
        else:
            yield from walk.closed(found[1])
    walk.ended()


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def folded(note: str) -> str:
    """A note of the program without accents, in lower case: some installations lose the accents of their own texts."""
    plain = unicodedata.normalize("NFKD", note)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _parsed(file: BinaryIO, record: str, place: str) -> Iterator[tuple[str, Any] | None]:
    """Beginnings and ends of packs, items and records, and None after each block; all else is only in the tree."""
    from lxml import etree

    parser = etree.XMLPullParser(
        events=("start", "end"), tag=[f"{{*}}{name}" for name in (PACK, ITEM, PARTS, record)],
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        while block := file.read(BLOCK):
            parser.feed(block)
            yield from parser.read_events()
            yield None
        parser.close()
        yield from parser.read_events()
    except etree.XMLSyntaxError as error:
        raise _unreadable(error, place) from None
    except (etree.LxmlError, ValueError, LookupError, AssertionError) as error:
        raise Retry(f"{place}: it cannot be read as XML ({type(error).__name__})") from None


def _unreadable(error: Any, place: str) -> Retry:
    """The position and kind of a syntax error; its message may quote the document, so it stays out."""
    line, column = error.position
    last = error.error_log.last_error
    kind = last.type_name if last is not None else "unknown"
    return Retry(f"{place}: it is cut or broken at line {line}, column {column} ({kind})")


class _Walk:
    """The state between two events: in which item and listing, what was said of the listing."""

    def __init__(self, record: str, place: str, judged: str | None) -> None:
        self._record = record
        self._place = place
        self._judged = judged
        self._root: Any = None
        self._item: Any = None
        self._listing: Any = None
        self._failed = False
        self._notes: list[str] = []
        self._ended = False

    def opened(self, element: Any) -> Iterator[Event]:
        name = local(element)
        if self._root is None:
            yield self._pack(element)
        elif name == ITEM and element.getparent() is self._root:
            self._item, self._listing = element, None
            if _state(element) == "error":
                raise self._stop(f"POHODA refused request {self._id!r}", element.get("note"))
        elif self._of_listing(element):
            yield from self._listings(element.getparent())
            if name == PARTS and self._is_judged(self._listing):
                raise self._stop("the listing is split into further files, which are not read", None)

    def closed(self, element: Any) -> Iterator[Event]:
        if element is self._root:
            self._ended = True
        elif element is self._item:
            yield from self._listings()
            self._listed()
            _forget(element)
            self._item = self._listing = None
        elif element.getparent() is self._listing and self._listing is not None and local(element) == self._record:
            yield Record(self._id, element)
            _forget(element)

    def paused(self, position: int) -> Iterator[Event]:
        """Cuts off what has ended so far: all but the last element of pack, item and listing."""
        if self._root is None and position > guard.PROLOG:
            self.ended()
        yield from self._listings()
        if self._failed:
            self._notes += _notes(self._listing[:-1])
        for parent in (self._root, self._item, self._listing):
            if parent is not None and len(parent) > 1:
                del parent[:-1]

    def ended(self) -> None:
        if not self._ended:
            raise Retry(f"{self._place}: it is no answer of POHODA")

    @property
    def _id(self) -> str:
        return "" if self._item is None else self._item.get("id") or ""

    def _of_listing(self, element: Any) -> bool:
        """Whether it lies right below a listing of the item."""
        listing = element.getparent()
        return self._item is not None and listing is not None and listing.getparent() is self._item

    def _listings(self, last: Any = None) -> Iterator[Listing]:
        """Those of the item that began since the one before, up to `last`: the tree may be ahead of the events."""
        if self._item is None or (last is not None and last is self._listing):
            return
        begun = self._item.iterchildren() if self._listing is None else self._listing.itersiblings()
        for listing in begun:
            self._listed()
            self._listing = listing
            self._failed, self._notes = self._is_judged(listing) and _state(listing) == "error", []
            yield Listing(self._id, local(listing), listing.get("dateTimeStamp"))
            if listing is last:
                return

    def _listed(self) -> None:
        """The last listing has ended."""
        if self._failed:
            notes = "; ".join([*self._notes, *_notes(self._listing)])
            raise self._stop(f"POHODA could not list for request {self._id!r}", notes)

    def _is_judged(self, listing: Any) -> bool:
        return self._judged is None or local(listing) == self._judged

    def _pack(self, element: Any) -> Pack:
        if element.getroottree().docinfo.internalDTD is not None:
            raise StopAgenda(f"{self._place}: it has a DOCTYPE, which POHODA never sends; it was not read")
        if local(element) != PACK or element.getparent() is not None:
            raise Retry(f"{self._place}: it is no answer of POHODA")
        if _state(element) == "error":
            raise self._stop(of_pack(element.get("note") or ""), element.get("note"))
        self._root = element
        return Pack(element.get("id") or "", element.get("ico"), element.get("programVersion"))

    def _stop(self, text: str, note: str | None) -> StopAgenda:
        said = re.sub(r"\s+", " ", note or "").strip()[:500]
        return StopAgenda(f"{self._place}: {text}" + (f" ({said})" if said else ""), log=f"{self._place}: {text}")


def _notes(elements: Any) -> list[str]:
    return [str(note.text) for element in elements for note in element.iter("{*}note") if note.text]


def _state(element: Any) -> str:
    return str(element.get("state") or "").strip().lower()


def of_pack(note: str) -> str:
    """What a whole pack was refused for, in our words."""
    plain = folded(note)
    if "neni urcen" in plain or "nie je urcen" in plain:
        return "the mServer holds another company than the unit"
    if "opravnen" in plain:
        return "the POHODA user may not use XML: grant the right Datova komunikace and the rights to the agendas"
    if "obalk" in plain or "schemat" in plain:
        return "POHODA did not accept the form of the request"
    return "POHODA refused the whole request"


def _forget(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
