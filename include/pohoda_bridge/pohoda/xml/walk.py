"""Streams an answer: the states of pack, item and listing are judged as they pass, records come one at a time.

Names are compared without prefix and namespace. Nothing but the record at hand stays in memory.

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

MAX_DEPTH = 64
PACK, ITEM, INNER, RECORD = 1, 2, 3, 4


@dataclass(frozen=True)
class Pack:
    """The answer's envelope."""

    id: str
    ico: str | None


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


def events(file: BinaryIO, record: str, place: str) -> Iterator[Event]:
    """The answer in the file, event by event. `record` is the local name of the records, `place` is told in errors."""
    guard.check(file, place)
    walk = _Walk(record, place)
    for event, element in _parsed(file, place):
        if event == "start":
            yield from walk.opened(element)
        else:
            yield from walk.closed(element)
    walk.ended()


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def folded(note: str) -> str:
    """A note of the program without accents, in lower case: some installations lose the accents of their own texts."""
    plain = unicodedata.normalize("NFKD", note)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _parsed(file: BinaryIO, place: str) -> Iterator[tuple[str, Any]]:
    from lxml import etree

    parser = etree.iterparse(
        file, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, recover=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    depth = 0
    while True:
        try:
            event, element = next(parser)
        except StopIteration:
            return
        except etree.XMLSyntaxError as error:
            raise _unreadable(error, place) from None
        except (etree.LxmlError, ValueError, LookupError, AssertionError) as error:
            raise Retry(f"{place}: it cannot be read as XML ({type(error).__name__})") from None
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise Retry(f"{place}: its elements are nested deeper than {MAX_DEPTH}, line {element.sourceline}")
        if event == "start" and depth == 1 and element.getroottree().docinfo.internalDTD is not None:
            raise StopAgenda(f"{place}: it has a DOCTYPE, which POHODA never sends; it was not read")
        yield event, element


def _unreadable(error: Any, place: str) -> Retry:
    """The position and kind of a syntax error; its message may quote the document, so it stays out."""
    line, column = error.position
    last = error.error_log.last_error
    kind = last.type_name if last is not None else "unknown"
    return Retry(f"{place}: it is cut or broken at line {line}, column {column} ({kind})")


class _Walk:
    """The state between two elements: how deep, in which item, what was said of the listing."""

    def __init__(self, record: str, place: str) -> None:
        self._record = record
        self._place = place
        self._depth = 0
        self._item = ""
        self._failed = False
        self._notes: list[str] = []

    def opened(self, element: Any) -> Iterator[Event]:
        self._depth += 1
        if self._depth == PACK:
            yield self._pack(element)
        elif self._depth == ITEM:
            self._item = element.get("id") or ""
            if _state(element) == "error":
                raise self._stop(f"POHODA refused request {self._item!r}", element.get("note"))
        elif self._depth == INNER:
            self._failed, self._notes = _state(element) == "error", []
            yield Listing(self._item, local(element), element.get("dateTimeStamp"))

    def closed(self, element: Any) -> Iterator[Event]:
        self._depth -= 1
        below = self._depth + 1
        if below == RECORD and local(element) == self._record:
            yield Record(self._item, element)
        elif below == RECORD and local(element) == "parts":
            raise self._stop("the listing is split into further files, which are not read", None)
        elif below == RECORD:
            self._notes += [str(note.text) for note in element.iter() if local(note) == "note" and note.text]
        elif below == INNER and self._failed:
            raise self._stop(f"POHODA could not list for request {self._item!r}", "; ".join(self._notes))
        if below <= RECORD:
            _forget(element)

    def ended(self) -> None:
        if self._depth:
            raise Retry(f"{self._place}: it ends in the middle")

    def _pack(self, element: Any) -> Pack:
        if local(element) != "responsePack":
            raise Retry(f"{self._place}: it is no answer of POHODA")
        if _state(element) == "error":
            raise self._stop(of_pack(element.get("note") or ""), element.get("note"))
        return Pack(element.get("id") or "", element.get("ico"))

    def _stop(self, text: str, note: str | None) -> StopAgenda:
        said = re.sub(r"\s+", " ", note or "").strip()[:500]
        return StopAgenda(f"{self._place}: {text}" + (f" ({said})" if said else ""), log=f"{self._place}: {text}")


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
