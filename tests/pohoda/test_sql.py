"""What goes to SQL Server, and what its errors and its schema mean."""

import re
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda, Rule
from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda.sql.connect import connection_string
from pohoda_bridge.pohoda.sql.errors import meaning
from pohoda_bridge.side import Lookup, Window
from pohoda_sandbox.faults import Fault
from tests.waits import NEVER, SHORT

from .conftest import Bench, everything

HOSTILE = [
    "'; DROP TABLE AD;--",
    "] ; DELETE FROM AD --",
    "x' OR 1=1",
    "' \u2019 \uff07",
    "?",
    "%",
    "@P1",
    "x" * 4000,
    "Ω\\",
]


def _with_rule(agendas: dict[str, Agenda], rule: dict[str, Any]) -> dict[str, Agenda]:
    takes = (*agendas["clients"].takes, Rule.model_validate(rule))
    return agendas | {"clients": agendas["clients"].model_copy(update={"takes": takes})}


@pytest.mark.parametrize("value", HOSTILE)
def test_values_only_travel_as_parameters(bench: Bench, value: str) -> None:
    stored = value.encode("cp1250", "ignore").decode("cp1250")[:255]
    bench.pohoda.insert("AD", Firma=stored)
    agendas = _with_rule(bench.agendas, {"field": "company", "equals": value})
    side = bench.side("sql", agendas=agendas, system=value)
    found = everything(side, "clients")
    assert [row["company"] for row in found] == ([value] if stored == value else [])
    side.look_up("clients", [Lookup(key={"company": value, "ico": value}), Lookup(id=value)])
    for statement in bench.tds.statements:
        assert value not in re.sub(r"\[[A-Za-z_]\w*\]", "", statement.sql) or value in {"?", "@P1"}
    assert any(value in statement.parameters.values() for statement in bench.tds.statements)


def test_statements_are_only_reads_over_bracketed_names(sample: Bench) -> None:
    side = sample.side("sql")
    for agenda in sample.agendas:
        everything(side, agenda, Window(since=sample.pohoda.now(), until=sample.pohoda.now()))
        side.ids(agenda)
    ours = [statement.sql for statement in sample.tds.statements if "SELECT" in statement.sql]
    assert len(ours) > 5
    for sql in ours:
        assert sql.startswith(r"SELECT ")
        assert not re.search(r"'|\b(INSERT|UPDATE|DELETE|DROP|EXEC)\b", sql.replace("''", ""))
        assert re.findall(r"dbo\.(?!\[)", sql) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"field": "company", "filled": True},
        {"field": "company", "empty": True},
        {"field": "company", "filled": False},
        {"field": "company", "equals": "Beta"},
        {"field": "parent", "empty": False},
        {"field": "parent", "filled": True},
        {"field": "note", "empty": True},
        {"field": "note", "equals": "a note"},
        {"field": "country", "equals": "SK"},
        {"field": "p1", "equals": True},
        {"field": "due_days", "equals": 14},
        {"field": "due_days", "empty": True},
        {"field": "due_days", "equals": 2**40},
        {"field": "credit", "equals": "10"},
        {"field": "company", "equals": None},
        {"field": "company", "in": ["Beta", "Alfa"]},
        {"any": [{"field": "p1", "equals": True}, {"field": "company", "empty": True}]},
        {"not": {"field": "company", "equals": "Alfa"}},
    ],
    ids=str,
)
def test_a_rule_takes_the_same_rows_whoever_judges_it(bench: Bench, rule: dict[str, Any]) -> None:
    country = bench.pohoda.insert("sZeme", IDS="SK")
    for name in ("Alfa", "BETA", "Beta", "Beta  ", "", "   ", None):
        parent = bench.pohoda.insert("AD", Firma=name, P1=name == "Alfa", RefZeme=country, ADKredit=10)
        bench.pohoda.insert("AD", Firma=name, RefAD=parent, Pozn="a note", ADSplat=14)
        bench.pohoda.insert("AD", Firma=name, RefAD=0, Pozn="", ADSplat=0)
    everyone = bench.agendas["clients"].model_copy(update={"takes": ()})
    judged = everyone.model_copy(update={"takes": (Rule.model_validate(rule),)})
    expected = [
        row["_id"]
        for row in everything(bench.side("xml", agendas={"clients": everyone}), "clients")
        if judged.takes[0].holds(row)
    ]
    for way in ("sql", "xml"):
        taken = everything(bench.side(way, agendas={"clients": judged}), "clients")
        assert [row["_id"] for row in taken] == expected


def test_an_optional_column_that_is_missing_leaves_its_field_empty(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.pohoda.insert("AD", Firma="x", Pozn2="y")
    for column in ("ICDPH", "Pozn2", "RefStr"):
        bench.pohoda.rows(f"ALTER TABLE AD DROP COLUMN {column}")
    bench.pohoda.rows("DROP TABLE sCMeny")
    side = bench.side("sql")
    with caplog.at_level("INFO"):
        (row,) = everything(side, "clients")
    assert [row[name] for name in ("company", "ic_dph", "internal_note", "centre", "currency")] == ["x", *[None] * 4]
    assert {"ic_dph", "internal_note", "centre", "currency"}.isdisjoint(side.describe("clients"))
    assert "no column AD.ICDPH" in caplog.text


@pytest.mark.parametrize(
    ("change", "agenda", "missing"),
    [
        ("ALTER TABLE AD RENAME COLUMN Firma TO Nazev", "clients", "AD.Firma, needed for company"),
        ("ALTER TABLE sZeme DROP COLUMN IDS", "clients", "sZeme.IDS, needed for country"),
        ("ALTER TABLE AD DROP COLUMN RelForUh", "clients", "AD.RelForUh, needed for payment_method"),
        ("DROP TABLE ADdodaci", "addresses", "no table ADdodaci"),
    ],
)
def test_a_needed_column_that_is_missing_stops_its_agenda(bench: Bench, change: str, agenda: str, missing: str) -> None:
    bench.pohoda.rows("DROP INDEX AD_xFirma")
    bench.pohoda.rows("DROP INDEX IF EXISTS sZeme_IX_sZeme_IDS")
    for row in bench.pohoda.rows("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'sZeme'"):
        bench.pohoda.rows(f'DROP INDEX "{row["name"]}"')
    if "sZeme" in change:
        bench.pohoda.rows("DROP TABLE sZeme")
        bench.pohoda.rows("CREATE TABLE sZeme (ID INTEGER PRIMARY KEY, Kod varchar(2))")
    else:
        bench.pohoda.rows(change)
    side = bench.side("sql")
    for ask in (side.describe, side.ids, lambda name: side.read(name, Window())):
        with pytest.raises(StopAgenda, match=re.escape(missing)) as caught:
            ask(agenda)
        assert agenda in caught.value.text
    other = "addresses" if "Firma" in change or "sZeme" in change else "contacts"
    if "Firma" not in change:
        assert everything(side, other) == []


def test_stamps_that_are_missing_make_every_read_a_full_one(bench: Bench) -> None:
    bench.pohoda.insert("AD", Firma="x")
    bench.pohoda.rows("ALTER TABLE AD DROP COLUMN DatCreate")
    since = Window(since=bench.pohoda.now().replace(year=2030))
    assert everything(bench.side("sql"), "clients", since) == []
    bench.pohoda.rows("ALTER TABLE AD DROP COLUMN DatSave")
    (row,) = everything(bench.side("sql"), "clients", since)
    assert row["_saved"] is None


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (Fault("tds", "status", match="Firma", status=1222), Retry, "busy"),
        (Fault("tds", "status", match="Firma", status=1205), Retry, "busy"),
        (Fault("tds", "status", match="Firma", status=229), StopAgenda, "db_datareader"),
        (Fault("tds", "drift", match="Firma", name="Firma"), StopAgenda, "lacks a table or column"),
        (Fault("tds", "cut_before", match="Firma"), Retry, "lost"),
        (Fault("tds", "truncate", match="Firma"), Retry, "lost"),
        (Fault("tds", "garbage", match="Firma"), Retry, "lost"),
        (Fault("tds", "delay", match="Firma", seconds=NEVER), Retry, "in time"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else None,
)
def test_an_error_while_reading(bench: Bench, fault: Fault, kind: type[Exception], words: str) -> None:
    bench.pohoda.insert("AD", Firma="Tajná firma")
    side = bench.side("sql", extra={"query_timeout": int(SHORT)} if fault.kind == "delay" else {})
    side.ids("clients")
    bench.faults.add(fault)
    with pytest.raises(kind, match=words) as caught:
        everything(side, "clients")
    assert "secret-sql" not in f"{caught.value} {caught.value.log}"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "kind", "words"),
    [
        ({"password": "wrong-one"}, StopAgenda, "refused the login"),
        ({"login": "somebody"}, StopAgenda, "refused the login"),
        ({"schema": "StwPh_nothing"}, StopAgenda, "cannot be opened"),
        ({"schema": None}, StopAgenda, "needs a host and"),
        ({"port": 1}, Retry, "does not answer"),
        ({"extra": {"driver": "/nowhere/libtdsodbc.so"}}, StopAgenda, "ODBC driver"),
        ({"extra": {"driver": "No such driver"}}, StopAgenda, "ODBC driver"),
        ({"extra": {"lock_timeout": "soon"}}, StopAgenda, "whole number"),
    ],
)
def test_an_error_while_connecting(bench: Bench, changed: dict[str, Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        bench.side("sql", **changed).ids("clients")
    assert not any(secret in str(caught.value) for secret in ("secret-sql", "wrong-one"))


@pytest.mark.parametrize("password", ["a;b", "a}b", "a{b", "a b;UID=sa", "a}", "{a}", "a=b'\"", "pŕ€; "])
def test_a_password_cannot_leave_its_place(bench: Bench, password: str) -> None:
    bench.tds.logins["pohoda_ro"] = type(bench.tds.logins["pohoda_ro"])(password)
    assert bench.side("sql", password=password).ids("clients") == frozenset()


def test_connection_strings() -> None:
    own = Connection("c", "10.0.0.5", 1444, "ro", "p;w", "Stw")
    freetds = connection_string(own, "/usr/lib/libtdsodbc.so")
    assert freetds == (
        "DRIVER=/usr/lib/libtdsodbc.so;SERVER=10.0.0.5;PORT=1444;TDS_Version=7.4;ClientCharset=UTF-8;"
        "ApplicationIntent=ReadOnly;DATABASE=Stw;UID=ro;PWD={p;w};"
    )
    microsoft = connection_string(
        Connection("c", "host\\POHODA", None, None, None, "Stw"), "ODBC Driver 18 for SQL Server"
    )
    assert microsoft == (
        "DRIVER={ODBC Driver 18 for SQL Server};SERVER=host\\POHODA;Encrypt=yes;TrustServerCertificate=yes;"
        "ApplicationIntent=ReadOnly;APP={POHODA Bridge};DATABASE=Stw;Trusted_Connection=yes;"
    )
    assert "SERVER={10.0.0.5,1444};Encrypt=yes" in connection_string(own, "/lib/libmsodbcsql-18.so")
    for password in ("a};UID=sa", "a\nb"):
        with pytest.raises(StopAgenda, match="ODBC cannot take"):
            connection_string(Connection("c", "h", 1, "u", password, "d"), "FreeTDS")


def test_an_unknown_error_is_tried_again_and_quotes_nothing() -> None:
    error = meaning("HY000", "[HY000] conversion of 'Tajná firma' failed (99999)", "c")
    assert isinstance(error, Retry)
    assert "Tajná" not in f"{error.text} {error.log}"
    assert "99999" in error.log


def test_a_missing_odbc_says_what_to_install(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyodbc", None)
    with pytest.raises(StopAgenda, match="tdsodbc"):
        bench.side("sql").ids("clients")
    monkeypatch.undo()
    monkeypatch.setattr("pyodbc.drivers", list)
    with pytest.raises(StopAgenda, match="no ODBC driver for SQL Server"):
        bench.side("sql").ids("clients")


@pytest.mark.parametrize("table", ["AD] AS t; DROP TABLE AD --", "AD AS x", "dbo.AD", "AD'"])
def test_names_of_an_agenda_file_cannot_leave_their_brackets(bench: Bench, table: str) -> None:
    clients = bench.agendas["clients"]
    read = clients.read.model_copy(update={"sql": clients.read.sql.model_copy(update={"table": table})})
    with pytest.raises(StopAgenda, match="other characters"):
        bench.side("sql", agendas={"clients": clients.model_copy(update={"read": read})}).ids("clients")
    assert not any("INFORMATION_SCHEMA" in statement.sql for statement in bench.tds.statements)
