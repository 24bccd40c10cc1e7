"""The sample company with two years of documents, behind every door: SQL, mServer, and a folder of exported answers."""

from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from pohoda_bridge.catalogue import Unit, open_catalogue
from pohoda_bridge.connections import Connection
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.xml.kinds import kind_of
from pohoda_bridge.pohoda.xml.requests import Ask, pack
from pohoda_bridge.side import Row, Window
from pohoda_sandbox.company import Planted, fill
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.pohoda import MServer, Pohoda, TdsServer

YEARS = (2026, 2025)
WAYS = ("sql", "xml", "files")
LOGIN = {"STW-Authorization": "Basic " + b64encode(b"bridge:secret").decode()}
UNIT = Unit(
    unit="firma", ico="12345678", country="SK", timezone="Europe/Bratislava", edition="e1-sql",
    years={year: {"sql": f"sql {year}", "mserver": f"xml {year}", "files": f"files {year}"} for year in YEARS},
)  # fmt: skip


@dataclass
class TwoYears:
    """`pohoda` and `mservers` by year; `side(way)` opens a side that the end closes."""

    folder: Path
    pohoda: dict[int, Pohoda]
    tds: TdsServer
    mservers: dict[int, MServer]
    planted: Planted
    opened: list[PohodaSide]

    def side(self, way: str, *, custom: bool = True) -> PohodaSide:
        side = PohodaSide(UNIT, open_catalogue().agendas, way, self.connection, custom=custom)
        self.opened.append(side)
        return side

    def connection(self, name: str) -> Connection:
        way, year = name.split()
        if way == "files":
            return Connection(name, "", extra={"path": str(self.folder / f"files {year}")})
        login: dict[str, Any] = {"host": "127.0.0.1", "login": "bridge", "password": "secret"}
        if way == "sql":
            return Connection(name, port=self.tds.port, schema=f"StwPh_12345678_{year}", **login)
        return Connection(name, port=self.mservers[int(year)].port, schema="http", **login)

    def export(self) -> None:
        """What a person exports: each listing that any agenda reads, whole, one file each."""
        asked: dict[tuple[str, str], dict[str, bool]] = {}
        for agenda in open_catalogue().agendas.values():
            for xml in (part.read.xml for part in agenda.parts):
                for type in (xml.types or ("",)) if xml else ():
                    asked.setdefault((xml.request, type), {}).update(
                        (name, on) for name, on in xml.restrict.items() if on
                    )
        for year, server in self.mservers.items():
            folder = self.folder / f"files {year}"
            folder.mkdir()
            for (request, type), restrict in asked.items():
                body = pack(kind_of(request), [Ask("a", type=type or None, restrict=restrict)], id="b", ico=UNIT.ico)
                answer = requests.post(f"http://127.0.0.1:{server.port}/xml", body, headers=LOGIN, timeout=30)
                answer.raise_for_status()
                (folder / f"{request} {type}.xml").write_bytes(answer.content)


@contextmanager
def two_years(folder: Path, *, size: int, country: str = "SK") -> Generator[TwoYears]:
    pohoda = {year: Pohoda.create(folder / f"{year}.db", year=year, country=country) for year in YEARS}
    planted = fill(pohoda[2026], size=size, country=country, documents=True, last=pohoda[2025])
    databases = {f"StwPh_12345678_{year}": one for year, one in pohoda.items()}
    tds = TdsServer(databases, Faults(), logins={"bridge": "secret"})
    mservers = {year: MServer(one, Faults(), users={"bridge": "secret"}) for year, one in pohoda.items()}
    for server in (tds, *mservers.values()):
        server.start()
    made = TwoYears(folder, pohoda, tds, mservers, planted, [])
    try:
        yield made
    finally:
        for side in made.opened:
            side.close()
        for server in (tds, *mservers.values()):
            server.stop()
        for one in pohoda.values():
            one.close()


def everything(side: PohodaSide, agenda: str, window: Window | None = None) -> list[Row]:
    return [row for part in side.read(agenda, window or Window()).parts for row in part]
