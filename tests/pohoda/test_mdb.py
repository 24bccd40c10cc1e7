"""An Access file and SQL Server with the same rows give equal answers to every question."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda, Unit, open_catalogue
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.mdb import reader as mdb_reader
from pohoda_bridge.side import Lookup, Mark, Side, Window
from pohoda_sandbox.company import fill
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.pohoda import Pohoda, TdsServer
from tests.pohoda.access import FILE, Access, loaded, mdbtools
from tests.pohoda.conftest import everything

AGENDAS = sorted(open_catalogue().agendas)
SERVED = "StwPh_served"


@dataclass
class Both:
    """One company behind SQL Server's protocol and as an Access file."""

    pohoda: Pohoda
    access: Access
    port: int
    year: int
    agendas: dict[str, Agenda]
    opened: list[PohodaSide] = field(default_factory=list)

    def side(self, way: str, **more: Any) -> PohodaSide:
        unit = Unit(
            unit="firma", ico="12345678", country="SK", timezone="Europe/Bratislava", edition="mdb",
            years={self.year: {"sql": "sql", "mdb": "mdb"}},
        )  # fmt: skip
        side = PohodaSide(unit, self.agendas, way, self._connection, **more)
        self.opened.append(side)
        return side

    def sides(self, **more: Any) -> tuple[PohodaSide, PohodaSide]:
        return self.side("mdb", **more), self.side("sql", **more)

    def _connection(self, name: str) -> Connection:
        if name == "mdb":
            return Connection(name, "", extra={"path": str(FILE), "access": self.access})
        return Connection(name, "127.0.0.1", self.port, "ro", "pw", SERVED)


@pytest.fixture(scope="module", autouse=True)
def whole_tables_only() -> Iterator[None]:
    """Readers get the `Access` of their connection, which refuses every other statement."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mdb_reader, "connect", lambda connection, file: connection.extra["access"])
        yield


def _both(pohoda: Pohoda, access: Access, year: int, agendas: dict[str, Agenda]) -> Iterator[Both]:
    server = TdsServer({SERVED: pohoda}, Faults(), logins={"ro": "pw"})
    server.start()
    both = Both(pohoda, access, server.port, year, agendas)
    yield both
    for side in both.opened:
        side.close()
    server.stop()
    pohoda.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, agendas: dict[str, Agenda]) -> Iterator[Both]:
    """The sample file by its real driver. What it lacks of the tables is empty on both sides."""
    opened = mdbtools()
    pohoda = loaded(tmp_path_factory.mktemp("mdb") / "file.sqlite", opened)
    yield from _both(pohoda, Access(pohoda, opened), 2025, agendas)
    opened.close()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, agendas: dict[str, Agenda]) -> Iterator[Both]:
    """The sandbox's sample company with all its dirt, as a driver for Access files would give its tables."""
    pohoda = Pohoda.create(tmp_path_factory.mktemp("mdb") / "company.sqlite", ico="12345678", year=2026)
    fill(pohoda, size=40, documents=True)
    yield from _both(pohoda, Access(pohoda), 2026, agendas)


@pytest.mark.parametrize("agenda", AGENDAS)
def test_the_sample_file_is_read_as_sql_server_would_give_it(file: Both, agenda: str) -> None:
    by_mdb, by_sql = (everything(side, agenda) for side in file.sides(system="Gram", custom=True))
    assert by_mdb == by_sql
    assert repr(by_mdb) == repr(by_sql)


def test_the_sample_file_says_what_was_put_into_it(file: Both) -> None:
    side = file.side("mdb", custom=True)
    (client, other) = everything(side, "clients")
    assert (client["company"], str(client["credit"]), client["price_level"]) == (
        "Příliš žluťoučký kůň s.r.o.", "50000", "VIP",
    )  # fmt: skip
    assert (other["city"], other["_saved"]) == ("Ľubietová", datetime(2025, 1, 15, 15, 45, 30))
    assert len(client["note"]) == 2159
    (order,) = everything(side, "received_orders")
    assert (order["custom.RefVPrDoprava"], order["custom.VPrPoznamka"]) == ("PPL", "Volitelný parametr – křehké")
    (line,) = order["lines"]
    assert (line["code"], line["product"], line["store"]) == ("ŽID-001", "2025/SKz/1", "HLAVNÍ")
    discounts = [card["discount"] for row in everything(side, "price_lists") for card in row["cards"] or ()]
    assert [str(discount) for discount in discounts] == ["5"]
    assert side.ids("clients") == {"2025/AD/1", "2025/AD/2", "2025/AD/3"}
    assert {one.name for one in side.custom("received_orders")} == {"RefVPrDoprava", "VPrPoznamka"}
    assert not side.searchable("clients")


@pytest.mark.parametrize("agenda", AGENDAS)
def test_rows_are_equal_by_mdb_and_sql(company: Both, agenda: str) -> None:
    by_mdb, by_sql = (everything(side, agenda) for side in company.sides(system="Gram", custom=True))
    assert len(by_sql) > 1
    assert by_mdb == by_sql
    assert {repr(value) for row in by_mdb for value in row.values()} == {
        repr(value) for row in by_sql for value in row.values()
    }


@pytest.mark.parametrize("agenda", AGENDAS)
def test_windows_are_equal(company: Both, agenda: str) -> None:
    mdb, sql = company.sides()
    rows = everything(sql, agenda)
    stamps = sorted(row["_saved"] for row in rows if row["_saved"]) or [company.pohoda.now()]
    early, late = stamps[len(stamps) // 3], stamps[2 * len(stamps) // 3] + timedelta(seconds=1)
    some = (*(row["_id"] for row in rows[::7]), "2026/AD/999999", "2026/FA/999999", "nonsense")
    for window in (
        Window(since=early), Window(since=late), Window(since=early, until=late), Window(until=early),
        Window(since=stamps[-1] + timedelta(days=400)), Window(ids=some), Window(ids=()),
    ):  # fmt: skip
        assert everything(mdb, agenda, window) == everything(sql, agenda, window), window
    assert mdb.ids(agenda) == sql.ids(agenda)
    assert mdb.describe(agenda).keys() == sql.describe(agenda).keys()
    assert mdb.custom(agenda) == sql.custom(agenda)


@pytest.mark.parametrize("agenda", AGENDAS)
def test_look_ups_are_equal(company: Both, agenda: str) -> None:
    mdb, sql = company.sides(system="Gram")
    rows = everything(sql, agenda)
    searched = [name for name in company.agendas[agenda].fields if not name.startswith("_")]
    wanted = [Lookup(id=rows[0]["_id"]), Lookup(id="2026/AD/999999"), Lookup(mark=Mark("Gram", "c-1"))]
    for row in (rows[0], rows[-1]):
        wanted += [Lookup(key={name: row.get(name)}) for name in searched[:7]]
        texts = {name: row.get(name) for name in searched if isinstance(row.get(name), str) and "/" not in row[name]}
        wanted += [Lookup(key={name: value.upper() + "  "}) for name, value in list(texts.items())[:3]]
    assert mdb.look_up(agenda, wanted) == sql.look_up(agenda, wanted)


def test_what_is_looked_for_by_text_is_equal(company: Both, agendas: dict[str, Agenda]) -> None:
    (mdb, sql), products = (side._years.reader() for side in company.sides()), agendas["products"]
    codes = [row["code"] for part in sql.read(products, Window()).parts for row in part if row["code"]]
    asked = [codes[0].lower(), codes[1] + "  ", *codes[2:9], "no such code", "x' OR 1=1"]
    found = [[row for part in reader.having(products, "code", asked) for row in part] for reader in (mdb, sql)]
    assert found[0] == found[1]
    assert len(found[0]) >= 9
    for name, spec in agendas["clients"].fields.items():
        assert mdb.codes(spec) == sql.codes(spec), name


def test_only_whole_tables_were_asked_for(company: Both, file: Both) -> None:
    """`Cursor.execute` refuses anything else; here it was asked, and no table was read for each question anew."""
    for both in (company, file):
        before = len(both.access.statements)
        side = both.side("mdb")
        for _ in range(3):
            everything(side, "received_orders")
            side.look_up("received_orders", [Lookup(key={"number": "x"})])
        read = [one for one in both.access.statements[before:] if " FROM [OBJ]" in one and "*" not in one]
        assert len(read) == 1


def test_the_clock_is_the_newest_row_or_the_copy(file: Both) -> None:
    """The file may be a copy of last night: what it does not show yet bears a later stamp than what it shows."""
    side: Side = file.side("mdb")
    assert side.read("clients", Window()).now == datetime(2025, 2, 1, 9, 31)
    assert side.read("addresses", Window()).now == datetime(2025, 2, 1, 9, 31)
    assert side.read("price_lists", Window()).now == datetime(2024, 1, 1)


def test_a_stamp_of_the_future_is_no_clock(company: Both) -> None:
    row = company.pohoda.rows("SELECT ID, DatSave FROM AD ORDER BY ID DESC LIMIT 1")[0]
    company.pohoda.rows("UPDATE AD SET DatSave = '2099-01-01 00:00:00' WHERE ID = ?", row["ID"])
    try:
        now = company.side("mdb").read("clients", Window()).now
    finally:
        company.pohoda.rows("UPDATE AD SET DatSave = ? WHERE ID = ?", row["DatSave"], row["ID"])
    assert abs(now - company.pohoda.now()) < timedelta(minutes=2)


def test_what_is_saved_after_the_copy_lies_in_the_next_window(company: Both) -> None:
    """However long after its copy a file is read: the next window begins before whatever was saved meanwhile."""
    reading = company.side("mdb").read("contacts", Window())
    known = {row["_id"] for part in reading.parts for row in part}
    later = company.pohoda.rows("SELECT MAX(DatSave) AS newest FROM AD")[0]["newest"]
    added = company.pohoda.insert("AD", Jmeno="Nová osoba", DatSave=later, DatCreate=None)
    try:
        found = everything(company.side("mdb"), "contacts", Window(since=reading.now))
        assert f"2026/AD/{added}" in {row["_id"] for row in found} - known
    finally:
        company.pohoda.delete("AD", added)


def test_another_company_is_refused_before_any_row(file: Both) -> None:
    file.year, kept = 2024, file.year
    before = len(file.access.statements)
    try:
        with pytest.raises(StopAgenda, match=r"year 2024, but the database .* holds company 12345678 in year 2025"):
            everything(file.side("mdb"), "clients")
    finally:
        file.year = kept
    assert not [one for one in file.access.statements[before:] if "FROM [AD]" in one and "*" not in one]
