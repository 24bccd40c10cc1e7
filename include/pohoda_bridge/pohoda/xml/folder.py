"""The listings of one agenda in a folder of exported answers: of each record the newest one.

A folder is read twice: first all files are looked through, so that a broken or foreign one stops everything before the
first row; then each record is taken from the listing that won it. What stays in memory is one number for each record.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda.xml.answer import Found, same_company, stamp_of
from pohoda_bridge.pohoda.xml.kinds import Kind
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.pohoda.xml.walk import Listing, Pack, Record, events


@dataclass(frozen=True)
class _File:
    path: Path
    size: int
    changed: int


class Folder:
    """Raises StopAgenda and Retry that name the file: of another company, no answer, broken, or not to be read now.

    A newer `dateTimeStamp` wins, of equal ones the file whose name comes later.
    """

    def __init__(self, path: Path, kind: Kind, shape: Shape, ico: str) -> None:
        self._kind = kind
        self._shape = shape
        self._ico = ico
        self._files = [_look(file) for file in files(path)]
        self._stamps: list[datetime] = []
        self._winners: dict[int, int] = {}
        for listing, record, place in self._records():
            self._compete(shape.number(record, place), listing)
        if not self._stamps:
            raise StopAgenda(f"no file in the folder has a {kind.listing}; export it, even when it is empty")

    @property
    def now(self) -> datetime:
        """The last moment that all listings surely show."""
        return min(self._stamps)

    def __iter__(self) -> Iterator[Found]:
        """Every record once."""
        left = dict(self._winners)
        for listing, record, place in self._records():
            number, rows = self._shape.rows(record, place)
            if left.get(number) == listing:
                del left[number]
                yield Found("", number, rows)
        if left:
            raise Retry("files of exported answers changed while they were read")

    def _compete(self, number: int, listing: int) -> None:
        best = self._winners.get(number)
        if best is None or self._stamps[listing] >= self._stamps[best]:
            self._winners[number] = listing

    def _records(self) -> Iterator[tuple[int, Any, str]]:
        """Every record of the agenda's types with the number of its listing, and its file as told in errors."""
        count = 0
        for known in self._files:
            place = f"file {known.path.name}"
            for event in listed(known.path, self._shape.xml.record, self._kind, self._ico):
                if isinstance(event, Listing):
                    count += 1
                    if count > len(self._stamps):
                        self._stamps.append(_stamp(event, place))
                elif self._is_asked(event.element, place):
                    yield count - 1, event.element, place
            if _look(known.path) != known:
                raise Retry(f"{place}: it changed while it was read")

    def _is_asked(self, record: Any, place: str) -> bool:
        """Whether a record is of the agenda's types: a file may hold several, where mServer is asked for one."""
        if self._kind.type is None or not self._shape.xml.types:
            return True
        path = [self._shape.xml.header, *self._kind.type_path.split("/")]
        said = (record.findtext("/".join(f"{{*}}{name}" for name in path)) or "").strip()
        if not said:
            raise StopAgenda(f"{place}: a record does not tell its {self._kind.type}")
        return said in self._shape.xml.types


def files(folder: Path) -> list[Path]:
    """The files with answers in a folder, by name; StopAgenda when there is no folder or nothing in it."""
    try:
        found = sorted(file for file in folder.iterdir() if file.suffix.lower() == ".xml" and file.is_file())
    except OSError as error:
        raise StopAgenda(f"the folder of exported answers cannot be read ({error.strerror})") from None
    if not found:
        raise StopAgenda("the folder of exported answers has no file *.xml")
    return found


def listed(file: Path, record: str, kind: Kind, ico: str) -> Iterator[Listing | Record]:
    """The listings of a kind in a file, and their records; StopAgenda when it is another company's or not readable."""
    place = f"file {file.name}"
    try:
        stream = file.open("rb")
    except OSError as error:
        raise StopAgenda(f"{place}: it cannot be read ({error.strerror})") from None
    ours = False
    with stream:
        for event in events(stream, record, place, listing=kind.listing):
            if isinstance(event, Pack):
                if event.ico:  # versions of 2013 do not tell it
                    same_company(event.ico, ico, place)
                continue
            if isinstance(event, Listing):
                ours = event.name == kind.listing
            if ours:
                yield event


def _stamp(listing: Listing, place: str) -> datetime:
    stamp = stamp_of(listing, place)
    if stamp is None:
        raise StopAgenda(f"{place}: its {listing.name} does not tell when it was made (dateTimeStamp)")
    return stamp


def _look(file: Path) -> _File:
    try:
        state = file.stat()
    except OSError:
        raise Retry(f"file {file.name}: it went away while it was read") from None
    return _File(file, state.st_size, state.st_mtime_ns)
