"""POHODA as a side of a link: one unit, read over SQL or XML, written over mServer or through a folder."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pohoda_bridge.catalogue import WAYS, Agenda, Unit
from pohoda_bridge.connections import Connections
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.about import introduced
from pohoda_bridge.pohoda.identity import padded, parsed, technical
from pohoda_bridge.pohoda.naming import with_numbers
from pohoda_bridge.pohoda.prepare import compared, prepared
from pohoda_bridge.pohoda.reader import Custom, Reader, Source
from pohoda_bridge.pohoda.years import Years
from pohoda_bridge.side import About, Answer, Collected, Lookup, Mark, Pack, Reading, Row, Window

if TYPE_CHECKING:
    from pohoda_bridge.pohoda.folder.writer import FolderWriter
    from pohoda_bridge.pohoda.writing.writer import Writer


class PohodaSide:
    """Reads a unit's years and writes its newest; satisfies `pohoda_bridge.side.Side` and `Later`.

    `read` is "sql", "mdb", "xml" or "files"; all give equal rows, apart from `pohoda.differences`. Nothing is opened
    before the first question, and no row is read before the source said that it holds this company and year (else
    StopAgenda). `system` is the name under which our marks are kept in POHODA (exSystemName); without it `_mark` is
    None. `custom`: rows carry the custom fields of POHODA E1 too.
    """

    def __init__(
        self,
        unit: Unit,
        agendas: Mapping[str, Agenda],
        read: str,
        connections: Connections,
        *,
        system: str | None = None,
        custom: bool = False,
    ) -> None:
        self._source = Source(unit, max(unit.years), agendas, system, custom)
        self._way = read
        self._connections = connections
        self._years = Years(unit, self._reader_of)
        self._writer: Writer | FolderWriter | None = None
        self._folder: FolderWriter | None = None
        self._writable: dict[str, frozenset[str]] = {}

    def describe(self, agenda: str) -> Mapping[str, str]:
        """As `Side.describe`. Custom fields, where rows carry them, are told by our types and not by the column's."""
        own = self.custom(agenda) if self._source.custom else []
        return {**self._years.describe(self._source.agenda(agenda)), **{c.key: c.type for c in own if c.set is None}}

    def custom(self, agenda: str) -> list[Custom]:
        """The custom fields of POHODA E1 on the agenda's records and in their sets, in the newest year."""
        return self._years.custom(self._source.agenda(agenda))

    def about(self, read: Collection[str], written: Collection[str]) -> About:
        """What the newest year's source says of itself, and mServer too where records are written to it."""
        facts = dict(self._years.reader().about())
        if written and self._way != "xml":
            facts |= {name: text for name, text in self._open_writer().about().items() if text}
        return introduced(self._source.unit, facts, {*read, *written})

    def ready(self, agenda: str) -> None:
        """POHODA takes the agenda by XML, and mServer is reached, takes our login and serves this company and year; or
        the folders of packs are there and take files."""
        if not self.writable(agenda):
            raise StopAgenda(f"{agenda}: POHODA takes no such records by XML")
        self._open_writer().probe()

    def read(self, agenda: str, window: Window) -> Reading:
        """The records of the window. Over XML `until` has no effect: POHODA tells who changed since, not when."""
        return self._years.read(self._source.agenda(agenda), window)

    def ids(self, agenda: str) -> frozenset[str]:
        """The ids of all rows of the agenda's table, those too that its `takes` leaves out: they were not deleted."""
        return self._years.ids(self._source.agenda(agenda))

    def mark_of(self, technical_id: str, agenda: str | None = None) -> Mark:
        """Where the agenda's records stand in several tables, the mark names that of all but the first."""
        found = parsed(technical_id)
        if found is None:
            raise ValueError("not a technical id of POHODA")
        year, table, number = found
        main = self._source.agenda(agenda).read.sql.table if agenda else table
        return Mark(source=f"{self._origin}:{year}", id=str(number) if table == main else f"{table}:{number}")

    def id_of(self, agenda: str, mark: Mark) -> str | None:
        origin, _, year = mark.source.rpartition(":")
        known = {str(known) for known in self._source.unit.years}
        spec = self._source.agenda(agenda)
        table, _, number = mark.id.rpartition(":")
        ours = origin == self._origin and year in known and number.isdecimal()
        table = table or spec.read.sql.table
        if not ours or table not in {part.read.sql.table for part in spec.recorded}:
            return None
        return technical(int(year), table, int(number))

    def look_up(self, agenda: str, wanted: Sequence[Lookup]) -> list[list[Row]]:
        """Keys hold values as POHODA keeps them. Rows that the agenda does not take are no match."""
        return self._years.look_up(self._source.agenda(agenda), wanted)

    def write(self, agenda: str, pack: Pack) -> list[Answer]:
        """One answer for each item. `written` carries the row as read back; its details may hold `losses` (characters
        that Windows-1250 lacks, by field), `drift` (values that POHODA changed) and `found` (it was stored before).

        A contact is deleted only as a contact person, never as the name on a company's card; a company only without
        contact persons; a delivery address within an update of its company. A new document gets what it lacks from the
        accountant's table (`filled` in the details), and is refused when its amounts are not what its lines make.
        """
        known, unit = self._source.agenda(agenda), self._source.unit
        tables = {name: one.read.sql.table for name, one in self._source.agendas.items()}
        made = prepared(known, unit, with_numbers(pack, tables, self._source.year, self.look_up))
        written = self._open_writer().write(known, made.pack) if made.pack.items else []
        return made.answers(pack, written, unit.accounting.name)

    def handed(self, packs: Sequence[str]) -> frozenset[str]:
        folder = self._open_folder()
        return folder.handed(packs) if folder else frozenset()

    def collect(self, agenda: str, packs: Sequence[Pack]) -> Collected:
        folder = self._open_folder()
        if folder is None:
            raise StopAgenda(
                f"unit {self._source.unit.unit}: packs were put into a folder and wait for their answers; keep the "
                "`folder` connection of the year until they were collected"
            )
        return folder.collect(self._source.agenda(agenda), packs)

    def answered(self) -> frozenset[str]:
        folder = self._open_folder()
        return folder.answered() if folder else frozenset()

    def put_away(self, packs: Sequence[str]) -> None:
        if folder := self._open_folder():
            folder.put_away(packs)

    def updates(self, agenda: str) -> bool:
        """Whether POHODA lets XML change its records; documents and contracts are only ever made."""
        known = self._source.agenda(agenda)
        return known.write is not None and "update" in known.write.actions

    def deletes(self, agenda: str) -> bool:
        """Whether the agenda's file lets XML delete its records; each is still held against what POHODA has."""
        known = self._source.agenda(agenda)
        return known.write is not None and "delete" in known.write.actions

    def marks(self, agenda: str) -> bool:
        """POHODA has no place for a mark of ours."""
        return False

    def searchable(self, agenda: str) -> bool:
        """Delivery addresses carry no mark that could be searched."""
        known = self._source.agenda(agenda)
        xml = known.read.xml
        return xml is not None and xml.rows is None and self._years.reader().keeps_marks(known)

    def pack_size(self, agenda: str) -> int:
        return self._source.unit.pack_size

    def writable(self, agenda: str) -> frozenset[str]:
        """Empty when POHODA takes no such records by XML. Of documents also the amounts that it computes by itself: a
        write compares them.
        """
        known = self._source.agenda(agenda)
        if known.write is None:
            return frozenset()
        from pohoda_bridge.pohoda.writing.forms import form_of

        if agenda not in self._writable:
            reader = self._years.reader() if self._source.custom else None
            self._writable[agenda] = frozenset(form_of(known, self._source, reader).taken) | compared(known)
        return self._writable[agenda]

    def users(self) -> Mapping[str, str]:
        """Nobody: a record of POHODA belongs to no user."""
        return {}

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._years.close()

    @property
    def _origin(self) -> str:
        return f"POHODA:{padded(self._source.unit.ico)}"

    def _open_writer(self) -> "Writer | FolderWriter":
        if self._writer is None:
            unit = self._source.unit
            connection = getattr(unit.years[self._source.year], unit.write)
            if connection is None:
                raise StopAgenda(
                    f"unit {unit.unit}: year {self._source.year} has no `{unit.write}` connection, needed to write"
                )
            if unit.write == "folder":
                self._writer = self._open_folder()
            else:
                from pohoda_bridge.pohoda.writing.writer import Writer

                self._writer = Writer(self._source, self._connections(connection), self._years.reader())
        assert self._writer is not None
        return self._writer

    def _open_folder(self) -> "FolderWriter | None":
        """The folders of the newest year, or None when it has none; a unit may be written otherwise by now."""
        connection = self._source.unit.years[self._source.year].folder
        if self._folder is None and connection is not None:
            from pohoda_bridge.pohoda.folder.writer import FolderWriter

            self._folder = FolderWriter(self._source, self._connections(connection), self._years.reader())
        return self._folder

    def _reader_of(self, year: int) -> Reader:
        """The reader of one year of the unit, by the way that the link or unit asks for."""
        if self._way not in WAYS:
            raise StopAgenda(f"POHODA is read by {', '.join(WAYS)}, not by {self._way}")
        name = getattr(self._source.unit.years[year], WAYS[self._way])
        if name is None:
            raise StopAgenda(
                f"unit {self._source.unit.unit}: year {year} has no `{WAYS[self._way]}` connection, "
                f"needed to read by {self._way}"
            )
        source, connection = replace(self._source, year=year), self._connections(name)
        if self._way == "sql":
            from pohoda_bridge.pohoda.sql.reader import SqlReader

            return SqlReader(source, connection)
        if self._way == "mdb":
            from pohoda_bridge.pohoda.mdb.reader import MdbReader

            return MdbReader(source, connection)
        if self._way == "files":
            from pohoda_bridge.pohoda.xml.files import FilesReader

            return FilesReader(source, connection)
        from pohoda_bridge.pohoda.xml.reader import XmlReader

        return XmlReader(source, connection)
