"""What becomes of an Access file that is not there, not whole, not ours, or changes while it is read."""

import ctypes
import logging
import os
import shutil
import stat
import tempfile
from collections import namedtuple
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from struct import pack
from typing import Any

import pyodbc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Agenda, Unit
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError, Retry, StopAgenda
from pohoda_bridge.pohoda import PohodaSide, values
from pohoda_bridge.pohoda.mdb import copying
from pohoda_bridge.pohoda.mdb.connect import MICROSOFT, connect, connection_string, single, translated
from pohoda_bridge.pohoda.mdb.copying import Copy
from pohoda_bridge.pohoda.mdb.tables import Tables, storable
from pohoda_bridge.side import Window
from tests.pohoda.access import FILE, mdbtools
from tests.pohoda.conftest import everything

PAGE = 4096
Opening = Callable[..., PohodaSide]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies go below the test's own folder, and nobody waits between tries."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(copying, "WAIT_SECONDS", 0.0)
    return folder


@pytest.fixture
def unit_file(tmp_path: Path) -> Path:
    return Path(shutil.copy(FILE, tmp_path / "StwPh_12345678_2025.mdb"))


@pytest.fixture
def opening(agendas: dict[str, Agenda]) -> Iterator[Opening]:
    """Opens the side of a unit that is read from a file; the extra of its connection may be changed."""
    opened: list[PohodaSide] = []

    def open_side(path: Path | str | None, changed: dict[str, Agenda] | None = None, **extra: Any) -> PohodaSide:
        unit = Unit(
            unit="firma", ico="12345678", country="CZ", timezone="Europe/Prague", edition="mdb", read="mdb",
            years={2025: {"mdb": "file"}},
        )  # fmt: skip
        asked = extra | ({"path": str(path)} if path else {})
        opened.append(PohodaSide(unit, changed or agendas, "mdb", lambda name: Connection(name, "", extra=asked)))
        return opened[-1]

    yield open_side
    for side in opened:
        side.close()


def test_the_copy_is_private_and_goes(opening: Opening, unit_file: Path, own_folder: Path) -> None:
    mdbtools().close()
    side = opening(unit_file)
    assert len(everything(side, "clients")) == 2
    (folder,) = own_folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [file.name for file in folder.iterdir()] == ["copy.mdb"]
    side.close()
    assert list(own_folder.iterdir()) == []
    assert len(everything(side, "clients")) == 2


def test_the_file_itself_is_not_written_and_a_lock_beside_it_is_noted(
    opening: Opening, unit_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mdbtools().close()
    unit_file.with_suffix(".ldb").touch()
    unit_file.chmod(0o400)
    with caplog.at_level(logging.INFO):
        everything(opening(unit_file), "contacts")
    assert "it is read from a copy" in caplog.text
    assert unit_file.read_bytes() == FILE.read_bytes()


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (None, "there is no file .* check `extra.path`"),
        (lambda path: path.mkdir(), "may not be read here"),
        (lambda path: path.write_bytes(b""), "is no Access file of POHODA"),
        (
            lambda path: path.write_bytes(b"PK\x03\x04 a backup that was not unpacked" * 999),
            "is no Access file of POHODA",
        ),
        (lambda path: path.write_bytes(FILE.read_bytes().replace(b"Jet DB\x00\x01", b"Jet DB\x00\x00", 1)), "Jet 4"),
        (lambda path: path.write_bytes(FILE.read_bytes()[:-100]), "is cut off: 3996 bytes"),
    ],
)
def test_what_is_no_whole_access_file_stops(
    opening: Opening, tmp_path: Path, own_folder: Path, make: Callable[[Path], Any] | None, told: str
) -> None:
    path = tmp_path / "unit.mdb"
    if make:
        make(path)
    with pytest.raises(StopAgenda, match=told):
        everything(opening(path), "clients")
    assert list(own_folder.iterdir()) == []


def test_a_connection_without_a_path_stops(opening: Opening) -> None:
    with pytest.raises(StopAgenda, match="connection file needs `path` in its extra"):
        everything(opening(None), "clients")


def _rows(path: Path, table: str) -> Any:
    """All rows of one table, as the reader's database has them."""
    tables = Tables(connect(Connection("file", ""), path), "file")
    try:
        names = ", ".join(f"t.[{column}]" for column in tables.schema([table]).columns(table))
        return tables.cursor().execute(f"SELECT {names} FROM dbo.[{table}] AS t ORDER BY t.[ID]").fetchall()
    finally:
        tables.close()


@pytest.mark.parametrize(("table", "first"), [("AD", 24), ("FA", 45), ("OBJ", 55), ("sKonfig", 174)])
def test_a_file_that_lost_its_end_is_never_read_as_if_it_had_fewer_rows(
    unit_file: Path, capfd: pytest.CaptureFixture[str], table: str, first: int
) -> None:
    """Cut between two pages, MDBTools gives fewer rows, or none, without an error; and it prints what it met."""
    mdbtools().close()
    whole = _rows(FILE, table)
    outcomes = []
    for pages in range(first, first + 10):
        unit_file.write_bytes(FILE.read_bytes()[: pages * PAGE])
        try:
            outcomes.append(_rows(unit_file, table) == whole)
        except BridgeError as error:
            assert isinstance(error, Retry)
            assert "damaged" in error.text
            outcomes.append(None)
    assert set(outcomes) == {None, True}
    ctypes.CDLL(None).fflush(None)
    assert capfd.readouterr().out == ""


def test_rows_that_cannot_be_read_are_missed(unit_file: Path) -> None:
    mdbtools().close()
    unit_file.write_bytes(FILE.read_bytes()[: 60 * PAGE])
    with pytest.raises(Retry, match="OBJ of the Access file has 2 rows, of which only 0 can be read"):
        _rows(unit_file, "OBJ")


class Swapped:
    """A file that is another one after each reading, for so many readings."""

    def __init__(self, path: Path, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left, self.path, self._digest = times, path, copying._digest
        monkeypatch.setattr(copying, "_digest", self)

    def __call__(self, source: Path, target: Path | None = None) -> bytes:
        digest = self._digest(source, target)
        if self.left:
            self.left -= 1
            changed = bytearray(source.read_bytes())
            changed[-5] ^= 1
            times = source.stat()
            self.path.with_suffix(".new").write_bytes(changed)
            os.utime(self.path.with_suffix(".new"), ns=(times.st_atime_ns, times.st_mtime_ns))
            self.path.with_suffix(".new").replace(self.path)
        return digest


def test_a_file_that_changes_while_it_is_copied_is_copied_again(
    unit_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change keeps size and time of the file, as a network folder may show them."""
    waits: list[float] = []
    Swapped(unit_file, 1, monkeypatch)
    with Copy(unit_file, wait=waits.append) as copy:
        assert copy.path.read_bytes() == unit_file.read_bytes() != FILE.read_bytes()
    assert waits == [0.0]


def test_a_file_that_never_rests_is_not_read(
    opening: Opening, unit_file: Path, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = Swapped(unit_file, 99, monkeypatch)
    with pytest.raises(Retry, match="changed while it was copied, 3 times: read it when fewer people work"):
        everything(opening(unit_file), "clients")
    assert 99 - swapped.left == 6
    assert list(own_folder.iterdir()) == []


def test_a_full_disk_is_told_before_anything_is_copied(
    opening: Opening, unit_file: Path, own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(1 << 40, 0, 64 << 20))
    monkeypatch.setattr(copying, "_digest", lambda *_: pytest.fail("it was copied"))
    with pytest.raises(Retry, match="65 MB are needed, 64 MB are free; make room, or set TMPDIR"):
        everything(opening(unit_file), "clients")
    assert list(own_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "kind", "told"),
    [(28, Retry, "the disk ran full"), (5, Retry, "could not be read"), (13, StopAgenda, "may not be read here")],
)
def test_the_systems_errors(
    opening: Opening, unit_file: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception], told: str
) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(copying, "_digest", fail)
    with pytest.raises(kind, match=told):
        everything(opening(unit_file), "clients")


def test_a_table_or_column_that_is_missing(
    opening: Opening, unit_file: Path, agendas: dict[str, Agenda], caplog: pytest.LogCaptureFixture
) -> None:
    mdbtools().close()
    with pytest.raises(StopAgenda, match=r"no column sOdpOsoby.ID, needed for responsible_surname; nothing was read"):
        everything(opening(unit_file), "deals")
    clients = agendas["clients"]
    for optional in (False, True):
        company = clients.fields["company"].model_copy(update={"sql": "Nazev", "optional": optional})
        changed = clients.model_copy(update={"fields": {**clients.fields, "company": company}})
        side = opening(unit_file, {"clients": changed})
        if not optional:
            with pytest.raises(StopAgenda, match=r"no column AD.Nazev, needed for company; nothing was read"):
                everything(side, "clients")
        else:
            with caplog.at_level(logging.INFO):
                assert {row["company"] for row in everything(side, "clients")} == {None}
            assert "no column AD.Nazev here" in caplog.text


def test_a_missing_driver_says_what_to_install(
    opening: Opening, unit_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StopAgenda, match="could not be loaded: on Debian or Ubuntu: apt-get install"):
        everything(opening(unit_file, driver="/nowhere/libmdbodbc.so"), "clients")
    monkeypatch.setattr(pyodbc, "drivers", list)
    with pytest.raises(StopAgenda, match=r"no ODBC driver for Access files .* odbc-mdbtools"):
        everything(opening(unit_file), "clients")
    monkeypatch.setitem(__import__("sys").modules, "pyodbc", None)
    with pytest.raises(StopAgenda, match=r"needs ODBC, which is not installed here: .* odbc-mdbtools"):
        everything(opening(unit_file), "clients")


@pytest.mark.parametrize(
    ("state", "message", "kind", "told"),
    [
        ("42000", "Nesprávné heslo. (-1905) (SQLDriverConnect)", StopAgenda, "has a password: put the right one"),
        ("IM002", "no such data source", StopAgenda, "could not be loaded"),
        ("HY000", "the row of Tajná firma is broken", Retry, "compact and repair it"),
    ],
)
def test_what_a_driver_says(state: str, message: str, kind: type[BridgeError], told: str) -> None:
    with pytest.raises(kind, match=told) as caught, translated("file"):
        raise pyodbc.Error(state, message)
    assert "Tajná" not in f"{caught.value.text} {caught.value.log}"


def test_connection_strings() -> None:
    own = Connection("file", "", password="a};b")
    file = Path("/tmp/pohoda mdb/copy.mdb")
    assert connection_string(own, "MDBTools", file) == "DRIVER=MDBTools;DBQ=/tmp/pohoda mdb/copy.mdb;"
    assert connection_string(own, MICROSOFT[0], file) == (
        "DRIVER={Microsoft Access Driver (*.mdb, *.accdb)};DBQ={/tmp/pohoda mdb/copy.mdb};ReadOnly={1};PWD={a}};b};"
    )
    for driver, path in (("MDBTools", "/tmp/a;PWD=b/copy.mdb"), (MICROSOFT[0], "C:\\a\nb\\copy.mdb")):
        with pytest.raises(StopAgenda, match="ODBC cannot take"):
            connection_string(own, driver, Path(path))


@given(st.decimals(-(10**15), 10**15, places=4) | st.decimals(allow_nan=False, allow_infinity=False, places=9))
def test_amounts_stay_exact_on_their_way(amount: Decimal) -> None:
    if abs(amount) < 10**30:
        assert values.from_sql("decimal", storable(amount)) == values.decimal(amount)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_numbers_of_four_bytes_are_the_shortest_that_they_can_be(number: float) -> None:
    assert pack("<f", float(single(pack("<f", number)))) == pack("<f", number)
    assert len(single(pack("<f", number)).as_tuple().digits) <= 9
    assert (str(single(pack("<f", 10.1))), str(single(pack("<d", 0.1)))) == ("10.1", "0.1")


def test_a_date_that_is_none_stops(opening: Opening, unit_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pyodbc refuses a year 0; the whole table is not read then."""
    mdbtools().close()
    side = opening(unit_file)
    side.ids("contacts")
    monkeypatch.setattr("pohoda_bridge.pohoda.mdb.tables.storable", lambda value: int("year 0 is out of range"))
    with pytest.raises(StopAgenda, match="has a value that is no date or number"):
        side.read("received_orders", Window())
