"""Reading issued invoices with their lines, by SQL and as XML, against a bare fetch and a bare parse of the same."""

import json
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

from pohoda_bridge.catalogue import Agenda, Unit, open_catalogue
from pohoda_bridge.connections import Connection
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.side import Window
from tests.bench import measure
from tests.bench.company import KIND, answer, database

AGENDA = "issued_invoices"
DATABASE, LOGIN = "StwPh_12345678_2026", {"pohoda_ro": "bench"}
UNIT = Unit(
    unit="firma", ico="12345678", country="SK", timezone="Europe/Bratislava", edition="sql",
    years={2026: {"sql": "sql", "files": "files"}},
)  # fmt: skip


def by_sql(folder: Path, size: int, pairs: int) -> dict[str, Any]:
    """Against `fetchall` of the same statements over the same connection; the server is a process of its own."""
    with _served(database(folder, size)) as port:
        side = _side("sql", port)
        found = measure.ratio(lambda: _count(side), lambda: _fetched(side), pairs, size)
        side.close()
        return {"documents": size, **found, **measure.memory("sql", port)}


def by_xml(folder: Path, size: int, pairs: int) -> dict[str, Any]:
    """An answer of mServer, against lxml's `iterparse` of the same bytes, which forgets each record as it ends."""
    listing = answer(folder, size)
    found = measure.ratio(lambda: _answered(listing), lambda: _parsed(listing), pairs, size)
    return {"documents": size, **found, **measure.memory("xml", listing)}


def by_files(folder: Path, size: int, pairs: int) -> dict[str, Any]:
    """A folder of exported answers, which is read twice, against the same."""
    listing = answer(folder, size)
    inside = folder / f"files-{size}"
    inside.mkdir(exist_ok=True)
    if not (inside / listing.name).exists():
        (inside / listing.name).symlink_to(listing)
    side = _side("files", inside)
    found = measure.ratio(lambda: _count(side), lambda: _parsed(listing), pairs, size)
    side.close()
    megabytes = round(listing.stat().st_size / 1_000_000)
    return {"documents": size, "file_megabytes": megabytes, **found, **measure.memory("files", inside)}


def serve(path: Path) -> None:
    """A SQL server over a unit's file; says its port, and ends with its input."""
    from pohoda_sandbox.faults import Faults
    from pohoda_sandbox.pohoda.database import Pohoda
    from pohoda_sandbox.pohoda.tds import TdsServer

    server = TdsServer({DATABASE: Pohoda(path)}, Faults(), logins=LOGIN)
    server.start()
    print(server.port, flush=True)
    sys.stdin.read()


def _side(way: str, where: object) -> PohodaSide:
    extra = {"path": str(where)} if way == "files" else {"driver": "FreeTDS"}
    port = int(str(where)) if way == "sql" else None
    connection = Connection(way, "127.0.0.1", port, "pohoda_ro", LOGIN["pohoda_ro"], DATABASE, extra)
    return PohodaSide(UNIT, open_catalogue().agendas, way, lambda _: connection)


def _count(side: PohodaSide) -> int:
    return sum(len(part) for part in side.read(AGENDA, Window()).parts)


def _answered(listing: Path) -> int:
    return sum(len(found.rows) for found in _records(listing))


def _records(listing: Path) -> Iterator[Any]:
    from pohoda_bridge.pohoda.reader import Source
    from pohoda_bridge.pohoda.xml.answer import Answer
    from pohoda_bridge.pohoda.xml.kinds import kind_of
    from pohoda_bridge.pohoda.xml.rows import Shape

    kind, source = kind_of("invoice"), Source(UNIT, max(UNIT.years), open_catalogue().agendas)
    shape = Shape(_agenda(), source, kind.ext_id)
    return iter(Answer(listing.open("rb"), shape, kind.listing, UNIT.ico, listing.name, [KIND]))


def _fetched(side: PohodaSide) -> int:
    """What the reader would ask, fetched and left as it is."""
    from pohoda_bridge.pohoda.sql import conditions
    from pohoda_bridge.pohoda.sql.query import Condition
    from pohoda_bridge.pohoda.sql.reader import PAGE, SqlReader

    reader = side._years.reader()
    assert isinstance(reader, SqlReader)
    made = reader._query(_agenda())
    _, _, sets = reader._known[AGENDA, None]
    cursor, last, count = reader._opened.cursor(), 0, 0
    while True:
        asked = [Condition("t.[ID] > ?", (last,)), *conditions.taken(made, made.agenda)]
        page = cursor.execute(*made.select(asked, top=PAGE)).fetchall()
        numbers = [int(row[0]) for row in page]
        for _, of, query, _ in sets._sets:
            list(sets._fetched(cursor, of, query, numbers))
        count += len(page)
        if len(page) < PAGE:
            return count
        last = numbers[-1]


def _parsed(listing: Path) -> int:
    from lxml import etree

    count = 0
    with listing.open("rb") as file:
        for _, element in etree.iterparse(file, events=("end",), tag="{*}invoice"):
            count += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return count


def _agenda() -> Agenda:
    return open_catalogue().agendas[AGENDA]


@contextmanager
def _served(path: Path) -> Generator[int]:
    command = [sys.executable, "-m", "tests.bench.reading", "serve", str(path)]
    environment = {"PYTHONPATH": f"{measure.ROOT}:{measure.ROOT / 'include'}", "PATH": "/usr/bin:/bin"}
    with Popen(command, cwd=measure.ROOT, env=environment, stdin=PIPE, stdout=PIPE, text=True) as server:
        assert server.stdout and server.stdin
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()


def _answer_parts(listing: Path) -> Iterator[list[Any]]:
    return (found.rows for found in _records(listing))


def _alone(way: str, where: str) -> None:
    """A reading in this process: its records, and the memory it took beyond what the first ones took."""
    parts = _answer_parts(Path(where)) if way == "xml" else iter(_side(way, where).read(AGENDA, Window()).parts)
    first = next(parts)
    begun = measure.taken()
    records = sum(len(part) for part in chain([first], parts))
    print(json.dumps({"records": records, "megabytes": round((measure.taken() - begun) / 1024)}))


if __name__ == "__main__":
    serve(Path(sys.argv[2])) if sys.argv[1] == "serve" else _alone(*sys.argv[1:])
