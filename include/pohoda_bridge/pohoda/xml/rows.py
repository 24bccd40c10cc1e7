"""One record of a listing as rows of an agenda, by the paths of the agenda file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import identity, values
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml.walk import local
from pohoda_bridge.side import Mark, Row

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Place:
    """A field's path below the sub-record, or below the header when `outer`."""

    name: str
    path: str
    outer: bool


class Shape:
    """How records of an agenda's listing become rows; made once for a reading. StopAgenda: the agenda has no XML."""

    def __init__(self, agenda: Agenda, source: Source, ext_id: str | None) -> None:
        if agenda.read.xml is None:
            raise StopAgenda(f"{agenda.agenda} cannot be read by XML")
        self.xml = agenda.read.xml
        self._agenda = agenda
        self._source = source
        self._ext_id = ext_id if source.system and not self.xml.rows else None
        self._places = [
            Place(name, spec.xml.removeprefix("../"), not self.xml.rows or spec.xml.startswith("../"))
            for name, spec in agenda.fields.items()
            if spec.xml is not None
        ]

    def rows(self, record: Any, place: str) -> tuple[int, list[Row]]:
        """The id of the header, and the rows that the record holds: one, or one for each sub-record."""
        header = next((child for child in record if local(child) == self.xml.header), None)
        if header is None:
            raise StopAgenda(f"{place}: a record has no {self.xml.header}, the form of the listing has changed")
        outer = _texts(header)
        number = self._number(outer, "id", place)
        inner = [header] if not self.xml.rows else _found(header, self.xml.rows)
        return number, [self._row(outer, element, header, place) for element in inner]

    def _row(self, outer: Texts, element: Any, header: Any, place: str) -> Row:
        texts = outer if element is header else _texts(element)
        year, table = self._source.year, self._agenda.read.sql.table
        row: Row = dict.fromkeys(self._agenda.fields)
        row["_id"] = identity.technical(year, table, self._number(texts, self.xml.key, place))
        for known in self._places:
            row[known.name] = self._value(known, (outer if known.outer else texts).get(known.path), row["_id"])
        row["_saved"] = None
        row["_mark"] = self._mark(header)
        return row

    def _value(self, place: Place, said: str | None, technical_id: str) -> Any:
        spec = self._agenda.fields[place.name]
        try:
            value = values.from_xml(spec.type, said)
        except (ValueError, ArithmeticError):
            raise StopAgenda(
                f"{self._agenda.agenda}: {place.path} of {technical_id} is not of type {spec.type}"
            ) from None
        if spec.type == "reference" and value is not None:
            return identity.technical(self._source.year, self._source.table_of(spec.ref), value)
        return value

    def _number(self, texts: Texts, path: str, place: str) -> int:
        try:
            number = int(texts.get(path, ""))
        except ValueError:
            number = 0
        if number <= 0:
            raise StopAgenda(
                f"{place}: a record of {self._agenda.agenda} has no id, the form of the listing has changed"
            )
        return number

    def _mark(self, header: Any) -> Mark | None:
        for element in _found(header, self._ext_id) if self._ext_id else ():
            texts = _texts(element)
            if texts.get("exSystemName") == self._source.system and texts.get("ids"):
                return Mark(texts["exSystemName"], texts["ids"])
        return None


def _texts(element: Any) -> dict[str, str]:
    """Path of local names -> text of every leaf below; of several with one path the first."""
    found: dict[str, str] = {}
    _collect(element, "", found)
    return found


def _collect(element: Any, above: str, found: dict[str, str]) -> None:
    for child in element:
        path = above + child.tag.rpartition("}")[2]
        if len(child):
            _collect(child, path + "/", found)
        elif child.text and path not in found:
            found[path] = child.text


def _found(element: Any, path: str) -> list[Any]:
    """All elements at a path of local names."""
    here = [element]
    for name in path.split("/"):
        here = [child for parent in here for child in parent if local(child) == name]
    return here
