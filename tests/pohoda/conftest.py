"""One sample company behind both doors of the sandbox: SQL Server's protocol and mServer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda, Unit, open_catalogue
from pohoda_bridge.connections import Connection
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.side import Row, Window
from pohoda_sandbox.company import fill
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.pohoda import MServer, Pohoda, TdsServer

DATABASE = "StwPh_12345678_2026"
UNIT = Unit(
    unit="firma", ico="12345678", country="SK", timezone="Europe/Bratislava", edition="sql",
    years={2026: {"sql": "by_sql", "mserver": "by_mserver"}},
)  # fmt: skip
AGENDAS = ("clients", "addresses", "contacts")


@dataclass
class Bench:
    """A unit with both its servers; `side(way)` opens a side that the test's end closes."""

    pohoda: Pohoda
    tds: TdsServer
    mserver: MServer
    faults: Faults
    agendas: dict[str, Agenda]
    opened: list[PohodaSide]

    def side(self, way: str, *, unit: Unit = UNIT, agendas: Any = None, **more: Any) -> PohodaSide:
        system = more.pop("system", None)
        side = PohodaSide(unit, agendas or self.agendas, way, lambda name: self.connection(name, **more), system=system)
        self.opened.append(side)
        return side

    @staticmethod
    def unit(**changed: Any) -> Unit:
        return Unit.model_validate(UNIT.model_dump() | changed)

    def connection(self, name: str, **more: Any) -> Connection:
        if name == "by_sql":
            given = {"port": self.tds.port, "login": "pohoda_ro", "password": "secret-sql", "schema": DATABASE}
        else:
            given = {"port": self.mserver.port, "login": "bridge", "password": "secret-xml", "schema": "http"}
        return Connection(id=name, host="127.0.0.1", **(given | more))


@pytest.fixture(scope="session")
def agendas() -> dict[str, Agenda]:
    return open_catalogue().agendas


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, agendas: dict[str, Agenda]) -> Iterator[Bench]:
    """The sample company of 300 addresses; tests only read it."""
    folder = tmp_path_factory.mktemp("sample")
    yield from _served(folder, agendas, lambda pohoda: fill(pohoda, size=300, seed=1))


@pytest.fixture
def bench(tmp_path: Path, agendas: dict[str, Agenda]) -> Iterator[Bench]:
    """An empty company for a test to fill."""
    yield from _served(tmp_path, agendas, lambda _: None)


def _served(folder: Path, agendas: dict[str, Agenda], filled: Callable[[Pohoda], Any]) -> Iterator[Bench]:
    pohoda, faults = Pohoda.create(folder / f"{DATABASE}.sqlite", ico="12345678", year=2026), Faults()
    filled(pohoda)
    tds = TdsServer({DATABASE: pohoda}, faults, logins={"pohoda_ro": "secret-sql"})
    mserver = MServer(pohoda, faults, users={"bridge": "secret-xml"})
    tds.start()
    mserver.start()
    bench = Bench(pohoda, tds, mserver, faults, agendas, [])
    try:
        yield bench
    finally:
        for side in bench.opened:
            side.close()
        mserver.stop()
        tds.stop()
        pohoda.close()


def everything(side: PohodaSide, agenda: str, window: Window | None = None) -> list[Row]:
    return [row for part in side.read(agenda, window or Window()).parts for row in part]
