"""The TDS server as pyodbc with FreeTDS meets it: logins, types, parameters, SQL Server's errors, faults."""

import socket
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyodbc
import pytest

from pohoda_sandbox.faults import Fault, Faults
from pohoda_sandbox.pohoda import Login, Pohoda, TdsServer

NOW = datetime(2026, 6, 15, 12, 0, 0, 120_000)
NAME = "StwPh_12345678_2026"
LETTERS = "ěščřžýáíéúůďťňľĺŕôä ĚŠČŘŽÝÁÍÉÚŮĎŤŇĽĹŔÔÄ łőß €–„“"
Connect = Callable[..., pyodbc.Connection]


@pytest.fixture
def pohoda(tmp_path: Path) -> Pohoda:
    return Pohoda.create(tmp_path / "unit.db", clock=lambda: NOW)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def server(pohoda: Pohoda, faults: Faults) -> Iterator[TdsServer]:
    logins: dict[str, str | Login] = {"reader": "Heslo-ž", "writer": Login("pw", writes=True)}
    with TdsServer({NAME: pohoda}, faults, logins=logins) as tds:
        yield tds


@pytest.fixture
def connect(server: TdsServer) -> Iterator[Connect]:
    opened = []

    def connected(
        user: str = "reader", password: str = "Heslo-ž", database: str = NAME, *, autocommit: bool = True
    ) -> pyodbc.Connection:
        opened.append(
            pyodbc.connect(
                f"DRIVER=FreeTDS;SERVER=127.0.0.1;PORT={server.port};DATABASE={database};UID={user};PWD={password};"
                "TDS_Version=7.4;ClientCharset=UTF-8;",
                autocommit=autocommit,
                timeout=20,
            )
        )
        return opened[-1]

    yield connected
    for connection in opened:
        connection.close()


@pytest.fixture
def ask(connect: Connect) -> Callable[..., list[tuple[Any, ...]]]:
    connection = connect()

    def asked(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in connection.execute(sql, *parameters).fetchall()]

    return asked


Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.mark.parametrize(
    ("changes", "number"),
    [({"password": "Heslo-z"}, 18456), ({"user": "nobody"}, 18456), ({"database": "StwPh_12345678_2025"}, 4060)],
)
def test_logins_and_databases_are_checked(connect: Connect, changes: dict[str, str], number: int) -> None:
    with pytest.raises(pyodbc.Error, match=f"\\({number}\\)"):
        connect(**changes)


def test_values_come_in_sql_servers_types(pohoda: Pohoda, connect: Connect) -> None:
    pohoda.insert(
        "AD", Firma=LETTERS[:60], KcObrat=Decimal("-1234567.8905"), ADSplat=14, P1=True, Pozn="a\r\n" * 5000, Jmeno=""
    )
    sql = "SELECT ID, Firma, KcObrat, ADSplat, P1, P2, Pozn, Jmeno, Obec, DatSave, KcObrat2 FROM dbo.AD"
    cursor = connect().execute(sql)
    row = tuple(cursor.fetchone())
    assert row == (
        1,
        LETTERS[:60],
        Decimal("-1234567.8905"),
        14,
        True,
        False,
        "a\r\n" * 5000,
        "",
        None,
        datetime(2026, 6, 15, 12, 0, 0),
        None,
    )
    kinds = {column[0]: (column[1], column[3]) for column in cursor.description}
    assert kinds["ID"][0] is int
    assert kinds["Firma"] == (str, 255)
    assert kinds["KcObrat"] == kinds["KcObrat2"] == (Decimal, 19)
    assert cursor.description[2][5] == 4
    assert kinds["P1"][0] is bool
    assert kinds["DatSave"][0] is datetime


def test_an_empty_result_keeps_its_types(ask: Ask, connect: Connect) -> None:
    cursor = connect().execute("SELECT ID, KcObrat, DatSave, COUNT(*) AS n FROM AD GROUP BY ID, KcObrat, DatSave")
    assert [column[1] for column in cursor.description] == [int, Decimal, datetime, int]
    assert cursor.fetchall() == []


@pytest.mark.parametrize(
    ("since", "hits"),
    [
        (datetime(2026, 6, 15, 12, 0, 0), 2),
        (datetime(2026, 6, 15, 11, 59, 59, 999_000), 2),
        (datetime(2026, 6, 15, 12, 0, 1), 1),
        (date(2026, 6, 15), 3),
        (date(2026, 6, 16), 0),
        ("2026-06-15T12:00:00", 2),
    ],
)
def test_moments_compare_as_moments(pohoda: Pohoda, ask: Ask, since: object, hits: int) -> None:
    for saved in (datetime(2026, 6, 15), datetime(2026, 6, 15, 12), datetime(2026, 6, 15, 12, 0, 1)):
        pohoda.insert("AD", Firma="A", DatSave=None, DatCreate=saved)
    if isinstance(since, str):
        assert ask(f"SELECT COUNT(*) FROM AD WHERE COALESCE(DatSave, DatCreate) >= '{since}'") == [(hits,)]
    else:
        assert ask("SELECT COUNT(*) FROM AD WHERE COALESCE(DatSave, DatCreate) >= ?", since) == [(hits,)]


def test_the_server_has_the_units_clock_and_name(ask: Ask) -> None:
    assert ask("SELECT GETDATE(), DB_NAME()") == [(NOW, NAME)]
    assert ask("SELECT DATEADD(minute, -90, GETDATE())") == [(NOW.replace(hour=10, minute=30),)]


@pytest.mark.parametrize(
    ("condition", "parameters", "hits"),
    [
        ("Firma = ?", ("ŽELEZO  ",), ["Železo"]),
        ("Firma = ?", ("Zelezo",), []),
        ("Firma LIKE ?", ("že%",), ["Železo"]),
        ("Firma LIKE '[AB]%'", (), ["Alfa", "Beta"]),
        ("ID IN (?, ?, ?)", (1, 3, 77), ["Alfa", "Železo"]),
        ("KcObrat > ?", (Decimal("10.50"),), ["Beta"]),
        ("KcObrat = ?", (Decimal("10.5"),), ["Alfa"]),
        ("P1 = ?", (True,), ["Beta"]),
        ("Obec = ?", (None,), []),
        ("Firma = ? AND ADSplat < ?", ("Beta", 15), ["Beta"]),
        ("KcObrat < ?", (11.25,), ["Alfa"]),
        ("Firma = N'Železo'", (), ["Železo"]),
    ],
)
def test_parameters_of_every_kind(
    pohoda: Pohoda, ask: Ask, condition: str, parameters: tuple[Any, ...], hits: list[str]
) -> None:
    pohoda.insert("AD", Firma="Alfa", KcObrat=Decimal("10.5"))
    pohoda.insert("AD", Firma="Beta", KcObrat=Decimal("99.99"), P1=True, ADSplat=14)
    pohoda.insert("AD", Firma="Železo")
    found = ask(f"SELECT Firma FROM AD WHERE {condition} ORDER BY ID", *parameters)
    assert [firma for (firma,) in found] == hits


def test_a_prepared_statement_runs_again_with_other_values(pohoda: Pohoda, connect: Connect) -> None:
    for firma in "ABC":
        pohoda.insert("AD", Firma=firma)
    cursor = connect().cursor()
    for id, firma in enumerate("ABC", start=1):
        assert cursor.execute("SELECT Firma FROM AD WHERE ID = ?", id).fetchval() == firma


def test_the_queries_a_reader_needs(pohoda: Pohoda, ask: Ask) -> None:
    sk = pohoda.insert("sZeme", IDS="SK", Kod="SK")
    for place in range(6):
        pohoda.insert("AD", Firma=f"F{place}", ICO=f" {place // 2} ", RefZeme=sk if place else 0, Obec="x" * place)
    joined = (
        "SELECT TOP 2 a.ID, z.Kod FROM [dbo].[AD] AS a WITH (NOLOCK) "
        "LEFT JOIN dbo.sZeme z ON z.ID = NULLIF(a.RefZeme, 0) ORDER BY a.ID"
    )
    assert ask(joined) == [(1, None), (2, "SK")]
    grouped = (
        "SELECT LTRIM(RTRIM(ICO)) AS k, COUNT(*) AS n FROM AD WHERE ID > ? "
        "GROUP BY LTRIM(RTRIM(ICO)) HAVING COUNT(*) > 1"
    )
    assert ask(grouped, 1) == [("1", 2), ("2", 2)]
    assert ask("SELECT ID FROM AD ORDER BY ID OFFSET 4 ROWS FETCH NEXT 5 ROWS ONLY") == [(5,), (6,)]
    assert ask("SELECT TOP (?) ID FROM AD WHERE ID > ? ORDER BY ID", 2, 3) == [(4,), (5,)]
    assert ask("SELECT ISNULL(Utvar, '-'), CASE WHEN RefZeme = 0 THEN 1 ELSE 0 END FROM AD WHERE ID = 1") == [("-", 1)]
    assert ask("SELECT MAX(LEN(Obec)), MIN(DatSave), COUNT(DISTINCT ICO) FROM AD") == [
        (5, NOW.replace(microsecond=0), 3)
    ]
    assert ask("SELECT Firma + ' (' + ICO + ')' FROM AD WHERE ID = 1") == [("F0 ( 0 )",)]
    assert ask("SELECT ID FROM AD a WHERE EXISTS (SELECT 1 FROM AD b WHERE b.ID = a.ID + 5)") == [(1,)]


def test_settings_of_a_connection_are_taken(ask: Ask, connect: Connect) -> None:
    connection = connect()
    for setting in (
        "SET LOCK_TIMEOUT 5000",
        "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
        "SET NOCOUNT ON",
        f"USE {NAME}",
    ):
        connection.execute(setting)
    both = "SET LOCK_TIMEOUT 5000; SET TRANSACTION ISOLATION LEVEL SNAPSHOT; SELECT 1 AS one"
    cursor = connection.execute(both)
    while cursor.description is None:
        assert cursor.nextset()
    assert cursor.fetchval() == 1


def test_reads_without_autocommit_see_what_was_written_since(pohoda: Pohoda, connect: Connect) -> None:
    connection = connect(autocommit=False)
    assert connection.execute("SELECT COUNT(*) FROM AD").fetchval() == 0
    pohoda.insert("AD", Firma="A")
    connection.commit()
    assert connection.execute("SELECT COUNT(*) FROM AD").fetchval() == 1
    connection.rollback()


def test_information_schema_tells_the_columns(ask: Ask) -> None:
    sql = "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = ?"
    columns = {name: (kind, length) for name, kind, length in ask(sql + " ORDER BY ORDINAL_POSITION", "ad")}
    assert list(columns)[:3] == ["ID", "UsrOrder", "Sel"]
    assert columns["Firma"] == ("varchar", 255)
    assert columns["KcObrat"] == ("money", None)
    assert columns["DatSave"] == ("datetime", None)
    assert columns["P1"] == ("bit", None)
    assert columns["Pozn"] == ("text", 2147483647)
    assert columns["ID"] == ("int", None)
    assert ask(sql, "Nic") == []
    tables = ask("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME LIKE 'AD%' ORDER BY TABLE_NAME")
    assert tables == [("AD",), ("ADcn",), ("ADdodaci",), ("ADucet",)]


@pytest.mark.parametrize(
    ("sql", "number", "state"),
    [
        ("SELECT * FROM Faktury", 208, "42S02"),
        ("SELECT * FROM jine.AD", 208, "42S02"),
        ("SELECT * FROM StwPh_x.dbo.AD", 208, "42S02"),
        ("SELECT Nic FROM AD", 207, "42S22"),
        ("SELECT [Nic] FROM AD", 207, "42S22"),
        ("SELECT a.Nic FROM AD a", 207, "42S22"),
        ("SELECT ID FROM AD WHERE Nic = 1", 207, "42S22"),
        ("SELECT ID FROM AD a, ADdodaci d", 209, "42000"),
        ("SELECT FROM WHERE", 102, "42000"),
        ("SELEKT 1", 102, "42000"),
        ("SELECT ID FROM AD LIMIT 5", 102, "42000"),
        ("SELECT Firma || 'x' FROM AD", 102, "42000"),
        ("SELECT NOVA_FUNKCE(1)", 195, "42000"),
        ("SELECT Firma, COUNT(*) FROM AD", 8120, "42000"),
        ("SELECT Firma FROM AD GROUP BY ICO", 8120, "42000"),
        ("SELECT ID FROM AD WHERE Pozn = 'x'", 402, "42000"),
        ("SELECT ID FROM AD ORDER BY Pozn", 306, "42000"),
        ("SELECT LTRIM(Pozn) FROM AD", 8116, "42000"),
        ("UPDATE AD SET Firma = 'x'", 229, "42000"),
        ("DELETE FROM AD", 229, "42000"),
        ("INSERT INTO AD (Firma) VALUES ('x')", 229, "42000"),
        ("SELECT ID INTO Nova FROM AD", 229, "42000"),
        ("DROP TABLE AD", 229, "42000"),
    ],
)
def test_errors_have_sql_servers_numbers(pohoda: Pohoda, connect: Connect, sql: str, number: int, state: str) -> None:
    pohoda.insert("AD", Firma="zostáva")
    connection = connect()
    with pytest.raises(pyodbc.Error, match=f"\\({number}\\)") as raised:
        connection.execute(sql)
    assert raised.value.args[0] == state
    assert [row.Firma for row in connection.execute("SELECT Firma FROM AD")] == ["zostáva"]


def test_more_parameters_than_sql_server_takes(ask: Ask) -> None:
    marks = ", ".join("?" * 2000)
    assert ask(f"SELECT ID FROM AD WHERE ID IN ({marks})", *range(2000)) == []
    with pytest.raises(pyodbc.Error, match=r"\(8003\)"):
        ask(f"SELECT ID FROM AD WHERE ID IN ({marks}{', ?' * 101})", *range(2101))


def test_a_login_that_may_write_writes(pohoda: Pohoda, connect: Connect) -> None:
    connection = connect("writer", "pw", autocommit=False)
    assert connection.execute("INSERT INTO AD (Firma) VALUES (?)", "Nová").rowcount == 1
    connection.rollback()
    assert pohoda.rows("SELECT * FROM AD") == []
    connection.execute("INSERT INTO AD (Firma) VALUES (?)", "Nová")
    connection.commit()
    assert [row["Firma"] for row in pohoda.rows("SELECT Firma FROM AD")] == ["Nová"]


def test_statements_are_kept_with_their_parameters(server: TdsServer, ask: Ask) -> None:
    ask("SELECT ID FROM AD WHERE Firma = ? AND ID > ?", "x' OR 1=1", 5)
    (statement,) = server.statements
    assert "x'" not in statement.sql
    assert list(statement.parameters.values()) == ["x' OR 1=1", 5]


def test_a_large_result_crosses_many_packets(pohoda: Pohoda, ask: Ask) -> None:
    with pohoda.transaction():
        for number in range(3000):
            pohoda.insert("AD", Firma=f"Firma {number:05d} " + "ľ" * 200)
    rows = ask("SELECT ID, Firma FROM AD ORDER BY ID")
    assert len(rows) == 3000
    assert rows[-1] == (3000, "Firma 02999 " + "ľ" * 200)


@pytest.mark.parametrize("kind", ["refuse", "cut_before", "cut_after", "truncate", "garbage"])
def test_a_broken_connection_is_an_error_and_a_new_one_works(connect: Connect, faults: Faults, kind: str) -> None:
    connection = connect()
    faults.add(Fault("tds", kind, match="FROM AD"))
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT ID FROM AD").fetchall()
    assert connect().execute("SELECT COUNT(*) FROM AD").fetchval() == 0


@pytest.mark.parametrize(("kind", "stored"), [("cut_before", 0), ("cut_after", 1)])
def test_a_cut_strikes_before_or_after_storing(
    pohoda: Pohoda, connect: Connect, faults: Faults, kind: str, stored: int
) -> None:
    connection = connect("writer", "pw")
    faults.add(Fault("tds", kind))
    with pytest.raises(pyodbc.Error):
        connection.execute("INSERT INTO AD (Firma) VALUES ('x')")
    assert len(pohoda.rows("SELECT * FROM AD")) == stored


def test_a_wrong_encoding_spoils_the_letters_once(pohoda: Pohoda, ask: Ask, faults: Faults) -> None:
    pohoda.insert("AD", Firma="Košice")
    faults.add(Fault("tds", "wrong_encoding"))
    assert ask("SELECT Firma FROM AD") == [("KoĹˇice",)]
    assert ask("SELECT Firma FROM AD") == [("Košice",)]


def test_a_scripted_error_has_its_number(ask: Ask, faults: Faults) -> None:
    faults.add(Fault("tds", "status", status=1205))
    with pytest.raises(pyodbc.Error, match=r"\(1205\)"):
        ask("SELECT ID FROM AD")
    assert ask("SELECT ID FROM AD") == []


def test_a_drifted_column_is_gone_everywhere(pohoda: Pohoda, ask: Ask, connect: Connect, faults: Faults) -> None:
    pohoda.insert("AD", Firma="A", Obec="B")
    faults.add(Fault("tds", "drift", name="Obec", times=4))
    with pytest.raises(pyodbc.Error, match=r"'Obec'.*\(207\)"):
        ask("SELECT ID, Obec FROM AD")
    schema = "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'AD' AND COLUMN_NAME LIKE 'Obec%'"
    assert ask(schema) == [("Obec2",)]
    cursor = connect().execute("SELECT * FROM AD")
    assert "Obec" not in [column[0] for column in cursor.description]
    assert ask("SELECT Firma FROM AD") == [("A",)]
    assert ask("SELECT Obec FROM AD") == [("B",)]


def test_faults_leave_the_drivers_own_calls_alone(connect: Connect, faults: Faults) -> None:
    faults.add(Fault("tds", "cut_before"))
    connection = connect()
    connection.execute("SET LOCK_TIMEOUT 10")
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT 1")


def test_a_new_years_database_is_served_when_added(server: TdsServer, connect: Connect, tmp_path: Path) -> None:
    following = Pohoda.create(tmp_path / "next.db", year=2027)
    server.add_database(following.database, following.path)
    assert connect(database="stwph_12345678_2027").execute("SELECT Rok FROM sKonfig").fetchval() == 2027


def test_stop_frees_the_port_at_once_with_a_client_connected(server: TdsServer, connect: Connect) -> None:
    connection = connect()
    port = server.port
    server.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
    with pytest.raises(pyodbc.Error):
        connection.execute("SELECT 1")
    server.start()
    assert server.port == port
    assert connect().execute("SELECT 1").fetchval() == 1
