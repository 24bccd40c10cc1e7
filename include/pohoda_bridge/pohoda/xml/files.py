"""Reading one unit-year from a folder of exported answers: what POHODA wrote when it was asked by hand or by a job."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.reader import Custom, Source, known_key, taken
from pohoda_bridge.pohoda.xml import code_lists, parameters, search
from pohoda_bridge.pohoda.xml.folder import Folder, files, listed
from pohoda_bridge.pohoda.xml.kinds import Kind, kind_of
from pohoda_bridge.pohoda.xml.reader import holding, parts
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.pohoda.xml.walk import Listing
from pohoda_bridge.side import Lookup, Reading, Row, Window


class FilesReader:
    """Satisfies `Reader`. `extra.path` of the connection is the folder; its files *.xml are looked at anew each time.

    A file does not tell when a record was saved: whatever the window, everything is read, or the ids that it names.
    Nor does it tell the accounting year: a year has a folder of its own.
    """

    def __init__(self, source: Source, connection: Connection) -> None:
        self._source = source
        self._place = f"folder of exported answers (connection {connection.id})"
        path = str(connection.extra.get("path") or "")
        if not path:
            raise StopAgenda(f"connection {connection.id} needs `path` in its extra: the folder of exported answers")
        self._path = Path(path)

    def describe(self, agenda: Agenda) -> Mapping[str, str]:
        """The fields that the listing can carry; XML has no types of its own to tell."""
        self._shape(agenda)
        return {name: spec.type for name, spec in agenda.fields.items() if spec.xml is not None}

    def read(self, agenda: Agenda, window: Window) -> Reading:
        folder = self._folder(agenda)
        return Reading(folder.now, parts(agenda, folder, None if window.ids is None else frozenset(window.ids)))

    def ids(self, agenda: Agenda) -> frozenset[str]:
        return frozenset(str(row["_id"]) for record in self._folder(agenda) for row in record.rows)

    def having(self, agenda: Agenda, name: str, values: Sequence[str]) -> Iterator[list[Row]]:
        return holding(parts(agenda, self._folder(agenda)), name, values)

    def custom(self, agenda: Agenda) -> Sequence[Custom]:
        """Those that any record has: an export does not define them."""
        shape = self._shape(agenda, replace(self._source, custom=True))
        found = Folder(self._path, self._kind(agenda), shape, self._source.unit.ico)
        return parameters.told(agenda, (row for record in found for row in record.rows))

    def look_up(self, agenda: Agenda, wanted: Sequence[Lookup]) -> list[list[Row]]:
        for lookup in wanted:
            if lookup.mark is None and lookup.id is None:
                known_key(agenda, lookup.key or {})
        answers: list[list[Row]] = [[] for _ in wanted]
        for record in self._folder(agenda):
            for row in taken(agenda, record.rows):
                for answer, lookup in zip(answers, wanted, strict=True):
                    if row["_mark"] == lookup.mark if lookup.mark else search.fits(row, lookup):
                        answer.append(row)
        return answers

    def codes(self, spec: Field) -> frozenset[str] | None:
        """The codes of a list that was exported too."""
        listings, codes = 0, set[str]()
        for name in spec.codes.xml if spec.codes else ():
            kind = kind_of(name)
            for file in files(self._path):
                for event in listed(file, kind.record or name, kind, self._source.unit.ico):
                    if isinstance(event, Listing):
                        listings += 1
                    elif spec.codes:
                        codes.update(code_lists.found([event.element], kind, spec.codes))
        return frozenset(codes) if listings else None

    def keeps_marks(self, agenda: Agenda) -> bool:
        """Never: what was written after the export is not in it."""
        return False

    def about(self) -> Mapping[str, str]:
        return {}

    def close(self) -> None:
        """Nothing stays open."""

    def _folder(self, agenda: Agenda) -> Folder:
        known = self.custom(agenda) if self._source.custom else ()
        return Folder(self._path, self._kind(agenda), self._shape(agenda, custom=known), self._source.unit.ico)

    def _shape(self, agenda: Agenda, source: Source | None = None, custom: Sequence[Custom] = ()) -> Shape:
        return Shape(agenda, source or self._source, self._kind(agenda).ext_id, custom)

    def _kind(self, agenda: Agenda) -> Kind:
        if agenda.read.xml is None:
            raise StopAgenda(f"{agenda.agenda} cannot be read by XML")
        return kind_of(agenda.read.xml.request)
