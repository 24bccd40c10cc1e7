"""One record of a listing as rows of an agenda, by the paths of the agenda file."""

from collections.abc import Sequence
from typing import Any

from pohoda_bridge.catalogue import Agenda, Xml
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.custom import carries
from pohoda_bridge.pohoda.reader import Custom, Source
from pohoda_bridge.pohoda.xml import parameters
from pohoda_bridge.pohoda.xml.fields import Fields
from pohoda_bridge.pohoda.xml.paths import Paths
from pohoda_bridge.pohoda.xml.tree import Found, Tree
from pohoda_bridge.pohoda.xml.walk import local
from pohoda_bridge.side import Mark, Row


class Shape:
    """How records of an agenda's listing become rows; made once for a reading. StopAgenda: the agenda has no XML.

    `custom` are the custom fields that are known to be there; without them rows carry those that a record tells of.
    """

    def __init__(
        self, agenda: Agenda, source: Source, ext_id: str | None = None, custom: Sequence[Custom] = ()
    ) -> None:
        paths = Paths(agenda)
        self.xml: Xml = agenda.read.xml  # type: ignore[assignment]
        self._agenda = agenda
        self._source = source
        self._record = Tree()
        self._inner = Tree() if self.xml.rows else None
        self._id = self._record.text(paths.of_record("id" if self.xml.rows else self.xml.key))
        self._key = self._inner.text(self.xml.key.split("/")) if self._inner else self._id
        self._fields = Fields(agenda.fields, source, paths, agenda.agenda, self._record, self._inner)
        self._parts = self._record.group([paths.of_record(self.xml.rows)]) if self.xml.rows else None
        marked = ext_id if source.system and not self.xml.rows else None
        self._marks = self._record.group([paths.of_record(marked)]) if marked else None
        carried = source.custom and carries(agenda)
        self._custom = [one for one in custom if one.set is None]
        self._parameters = self._record.group([paths.of_record(parameters.PATH)]) if carried else None
        self._sets = [_Set(agenda, name, source, paths, self._record, custom) for name in agenda.sets]

    def rows(self, record: Any, place: str) -> tuple[int, list[Row]]:
        """The id of the header, and the rows that the record holds: one, or one for each sub-record."""
        found, number = self._found(record, place)
        if self._inner is None or self._parts is None:
            return number, [self._row(found, found, number, place)]
        inner = [self._inner.walk(element) for element in found.groups[self._parts]]
        return number, [self._row(found, below, self._number(below.texts[self._key], place), place) for below in inner]

    def number(self, record: Any, place: str) -> int:
        """The id of the header alone."""
        return self._found(record, place)[1]

    def _found(self, record: Any, place: str) -> tuple[Found, int]:
        if self.xml.header and not any(local(child) == self.xml.header for child in record):
            raise StopAgenda(f"{place}: a record has no {self.xml.header}, the form of the listing has changed")
        found = self._record.walk(record)
        return found, self._number(found.texts[self._id], place)

    def _row(self, record: Found, found: Found, number: int, place: str) -> Row:
        technical = identity.technical(self._source.year, self._agenda.read.sql.table, number)
        values = self._fields.row(record, found, technical)
        row: Row = {"_id": technical, **values, "_saved": None, "_mark": self._mark(record)}
        if self._parameters is not None:
            row |= parameters.row_of(record.groups[self._parameters], self._custom, technical)
        for of in self._sets:
            row[of.name] = of.rows(record, technical, row)
        return row

    def _number(self, said: str | None, place: str) -> int:
        try:
            number = int(said or "")
        except ValueError:
            number = 0
        if number <= 0:
            raise StopAgenda(
                f"{place}: a record of {self._agenda.agenda} has no id, the form of the listing has changed"
            )
        return number

    def _mark(self, record: Found) -> Mark | None:
        for element in record.groups[self._marks] if self._marks is not None else ():
            system, id = element.findtext("{*}exSystemName"), element.findtext("{*}ids")
            if system == self._source.system and id:
                return Mark(system, id)
        return None


class _Set:
    """The rows of one set of an agenda, found in the record's tree; no rows where XML has none."""

    def __init__(
        self, agenda: Agenda, name: str, source: Source, paths: Paths, record: Tree, custom: Sequence[Custom]
    ) -> None:
        known = agenda.sets[name]
        self.name = name
        self._tree = Tree()
        self._takes = known.takes
        self._fields = Fields(known.fields, source, paths, f"{agenda.agenda}, {name}", record, self._tree)
        self._rows = record.group([paths.of_record(path) for path in known.xml.rows]) if known.xml else None
        self._custom = [one for one in custom if one.set == name]
        carried = source.custom and carries(agenda)
        self._parameters = self._tree.group([parameters.PATH.split("/")]) if carried else None

    def rows(self, record: Found, technical: str, header: Row) -> list[Row]:
        rows: list[Row] = []
        for element in record.groups[self._rows] if self._rows is not None else ():
            found = self._tree.walk(element)
            row = self._fields.row(record, found, technical, header)
            if self._parameters is not None:
                row |= parameters.row_of(found.groups[self._parameters], self._custom, technical)
            if all(rule.holds(row) for rule in self._takes):
                rows.append(row)
        return rows
