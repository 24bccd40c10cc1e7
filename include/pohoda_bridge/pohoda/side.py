"""POHODA as a side of a link: one unit, read over SQL or XML. This version does not write."""

from collections.abc import Mapping, Sequence

from pohoda_bridge.catalogue import Agenda, Unit
from pohoda_bridge.connections import Connections
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.identity import padded, parsed
from pohoda_bridge.pohoda.reader import Reader, Source
from pohoda_bridge.side import Answer, Lookup, Mark, Pack, Reading, Row, Window


class PohodaSide:
    """Reads the newest year of a unit; satisfies `pohoda_bridge.side.Side`.

    `read` is "sql" or "xml"; both give equal rows, apart from `pohoda.differences`. Nothing is opened before the first
    question, and no row is read before the server said that it holds this company and year (else StopAgenda).
    `system` is the name under which our marks are kept in POHODA (exSystemName); without it `_mark` is None.
    """

    def __init__(
        self,
        unit: Unit,
        agendas: Mapping[str, Agenda],
        read: str,
        connections: Connections,
        *,
        system: str | None = None,
    ) -> None:
        self._source = Source(unit, max(unit.years), agendas, system)
        self._way = read
        self._connections = connections
        self._reader: Reader | None = None

    def describe(self, agenda: str) -> Mapping[str, str]:
        return self._open().describe(self._readable(agenda))

    def read(self, agenda: str, window: Window) -> Reading:
        """The records of the window. Over XML `until` has no effect: POHODA tells who changed since, not when."""
        return self._open().read(self._readable(agenda), window)

    def ids(self, agenda: str) -> frozenset[str]:
        """The ids of all rows of the agenda's table, those too that its `takes` leaves out: they were not deleted."""
        return self._open().ids(self._readable(agenda))

    def mark_of(self, technical_id: str) -> Mark:
        found = parsed(technical_id)
        if found is None:
            raise ValueError("not a technical id of POHODA")
        return Mark(source=f"POHODA:{padded(self._source.unit.ico)}:{found[0]}", id=str(found[2]))

    def look_up(self, agenda: str, wanted: Sequence[Lookup]) -> list[list[Row]]:
        """Keys hold values as POHODA keeps them. Rows that the agenda does not take are no match."""
        return self._open().look_up(self._readable(agenda), wanted)

    def write(self, agenda: str, pack: Pack) -> list[Answer]:
        raise StopAgenda(f"{agenda}: this version only reads POHODA, it writes nothing there")

    def searchable(self, agenda: str) -> bool:
        return False

    def pack_size(self, agenda: str) -> int:
        return 1

    def writable(self, agenda: str) -> frozenset[str]:
        return frozenset()

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _readable(self, name: str) -> Agenda:
        agenda = self._source.agenda(name)
        if agenda.years != "newest":
            raise StopAgenda(f"{name}: this version reads only the newest year of POHODA, the agenda asks for all")
        return agenda

    def _open(self) -> Reader:
        if self._reader is None:
            self._reader = self._reader_of(self._way)
        return self._reader

    def _reader_of(self, way: str) -> Reader:
        year = self._source.unit.years[self._source.year]
        connection = {"sql": year.sql, "xml": year.mserver}.get(way)
        if way not in {"sql", "xml"}:
            raise StopAgenda(f"POHODA is read by sql or xml, not by {way}")
        if connection is None:
            setting = {"sql": "sql", "xml": "mserver"}[way]
            raise StopAgenda(
                f"unit {self._source.unit.unit}: year {self._source.year} has no `{setting}` connection, "
                f"needed to read by {way}"
            )
        if way == "sql":
            from pohoda_bridge.pohoda.sql.reader import SqlReader

            return SqlReader(self._source, self._connections(connection))
        from pohoda_bridge.pohoda.xml.reader import XmlReader

        return XmlReader(self._source, self._connections(connection))
