"""import-ini: settings that load from a Connector's Pohoda.ini, no secret in them, hostile files told by line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import open_catalogue

from .conftest import Command

INI = """# Gram CRM Connector
[GRAMCRM]
Organization = crm0792
Token\t=\tvery-secret-token
LOG_DIR = C:\\GramCRM\\log\\

[POHODA]
YEAR = 2026
SOURCE = MSSQL
MSSQL_SERVER = účtáreň,1444
MSSQL_DATABASE = StwPh_12345678_2026
MSSQL_USER = gram
MSSQL_PASSWORD = tajné heslo
IMPORT_INTERVAL = 14
COUNTRY = CZ
ImportOrders = 1
[IKROS]
XLS_FILE_INVOICE = a.xls
"""
Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "Pohoda.ini"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("cp1250"))
        return path

    return write


@pytest.mark.parametrize("code", ["cp1250", "utf-8", "utf-8-sig"])
def test_a_unit_and_a_link_that_load(write: Write, tmp_path: Path, command: Command, code: str) -> None:
    to = tmp_path / "config"
    done = command("import-ini", str(write(INI.encode(code))), "--to", str(to), "--show", "--json")
    assert done.code == 0
    known = open_catalogue(to)
    assert not known.broken
    (unit,), (link,) = known.units.values(), known.links.values()
    assert (unit.unit, unit.ico, unit.country, unit.timezone) == (
        "pohoda_12345678", "12345678", "CZ", "Europe/Prague",
    )  # fmt: skip
    assert (unit.read, [year.sql for year in unit.years.values()]) == ("sql", ["pohoda_sql_12345678_2026"])
    assert (link.link, link.unit, link.accept) == ("crm0792", unit.unit, "ask")
    assert {direction for _, direction in link.enabled()} == {"to_crm"}
    assert len(link.enabled()) == sum("to_crm" in a.directions for a in known.crms["gram"].agendas.values())
    assert done.data["connections"]["pohoda_sql_12345678_2026"] == {
        "conn_type": "odbc", "host": "účtáreň", "port": 1444, "schema": "StwPh_12345678_2026", "login": "gram",
        "password": "tajné heslo",
    }  # fmt: skip
    assert done.data["connections"]["gram_crm0792"]["extra"] == {"organization": "crm0792"}
    assert [(one["line"], one["what"]) for one in done.data["not_understood"]] == [
        (16, "[POHODA] ImportOrders"), (17, "[IKROS]"), (18, "[IKROS] XLS_FILE_INVOICE"),
    ]  # fmt: skip
    assert list(done.data["not_taken"]) == ["LOG_DIR", "IMPORT_INTERVAL"]


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_secrets_stay_out_of_files_and_of_the_screen(
    write: Write, tmp_path: Path, command: Command, words: tuple[str, ...]
) -> None:
    done = command("import-ini", str(write(INI)), "--to", str(tmp_path / "c"), *words)
    written = "".join(path.read_text("utf-8") for path in (tmp_path / "c").rglob("*.yaml"))
    assert done.code == 0 and len(written) > 500
    for secret in ("very-secret-token", "tajné heslo"):
        assert secret not in done.out + done.err + written
    assert "very-secret-token" in command("import-ini", str(write(INI)), "--to", str(tmp_path / "d"), "--show").out


def test_the_connection_shown_is_one_that_the_bridge_takes(
    write: Write, tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pohoda_bridge.connections import from_environment
    from pohoda_bridge.pohoda.sql.connect import connection_string

    done = command("import-ini", str(write(INI)), "--to", str(tmp_path / "c"), "--show", "--json")
    for name, value in done.data["connections"].items():
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
    text = connection_string(from_environment("pohoda_sql_12345678_2026"), "FreeTDS")
    assert "PORT=1444" in text and "DATABASE=StwPh_12345678_2026" in text and "tajné heslo" in text


def test_an_access_file(write: Write, tmp_path: Path, command: Command) -> None:
    ini = "[GRAMCRM]\nOrganization=Demo 1\nToken=t\n[pohoda]\nyear=2025\nsource=mdb\n"
    ini += "mdb_file=D:\\POHODA\\12345678_2025.mdb\n"
    done = command("import-ini", str(write(ini)), "--to", str(tmp_path / "c"), "--json")
    assert done.data["link"] == "demo_1"
    known = open_catalogue(tmp_path / "c")
    assert not known.broken and known.units["pohoda_12345678"].years[2025].mdb == "pohoda_mdb_12345678_2025"
    assert done.data["connections"]["pohoda_mdb_12345678_2025"]["extra"] == {"path": "D:\\POHODA\\12345678_2025.mdb"}


def test_nothing_is_overwritten_unless_told(write: Write, tmp_path: Path, command: Command) -> None:
    words = ("import-ini", str(write(INI)), "--to", str(tmp_path / "c"))
    assert command(*words).code == 0
    unit = tmp_path / "c" / "units" / "pohoda_12345678.yaml"
    unit.write_text("mine", encoding="utf-8")
    refused = command(*words)
    assert (refused.code, unit.read_text("utf-8")) == (2, "mine") and "--force" in refused.err
    assert command(*words, "--force").code == 0 and unit.read_text("utf-8") != "mine"


HOSTILE = {
    "no section": ("Token = a\n", "Pohoda.ini:1: stands in no section"),
    "twice": (
        INI.replace("COUNTRY = CZ", "year = 2025"),
        "Pohoda.ini:15: `year` stands twice in [POHODA], first in",
    ),
    "wrong code page": (b"[GRAMCRM]\nToken = \x81\x83\n", "Pohoda.ini:2: the file is not in Windows-1250"),
    "broken utf-8": (b"\xef\xbb\xbf[GRAMCRM]\n#\nOrganization = \xe9\n", "Pohoda.ini:3: the file is not in UTF-8"),
    "utf-16": (INI.encode("utf-16"), "neither Windows-1250 nor UTF-8"),
    "a line of 10 MB": ("[GRAMCRM]\nToken = " + "x" * 10_000_000, "larger than 1000 kB"),
    "a long line": ("[GRAMCRM]\nToken = " + "x" * 5000, "Pohoda.ini:2: the line is longer than 4000"),
    "empty": ("", "not one known key"),
    "another program's": ("[XML]\ninput_dir=a\n", "not one known key"),
    "no organization": (INI.replace("Organization", "#"), "`Organization` is missing"),
    "no token": (INI.replace("very-secret-token", ""), "Pohoda.ini:4: `Token` is missing or empty"),
    "a year half changed": (INI.replace("YEAR = 2026", "YEAR = 2027"), "of 2026, but `YEAR` is 2027"),
    "no year": (INI.replace("YEAR = 2026", "YEAR = this"), "Pohoda.ini:8: `YEAR` is no year"),
    "a source of another kind": (INI.replace("MSSQL\n", "ORACLE\n"), "Pohoda.ini:9: `SOURCE` is neither"),
    "no database": (INI.replace("StwPh_12345678_2026", ""), "`MSSQL_DATABASE` is missing or empty; SOURCE asks for it"),
    "a country of another kind": (INI.replace("= CZ", "= DE"), "`COUNTRY` is neither CZ nor SK"),
    "a database without IČO": (INI.replace("StwPh_12345678_2026", "pohoda"), "give it with --ico"),
    "a port that is none": (INI.replace(",1444", ",x"), "Pohoda.ini:10: `MSSQL_SERVER` is host"),
}


@pytest.mark.parametrize(("content", "told"), HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_file_is_told_and_nothing_is_written(
    write: Write, tmp_path: Path, command: Command, content: str | bytes, told: str
) -> None:
    done = command("import-ini", str(write(content)), "--to", str(tmp_path / "c"))
    assert done.code == 2 and told in done.err
    assert "very-secret-token" not in done.err and not (tmp_path / "c").exists()


@pytest.mark.parametrize("name", ["../evil", "A", "a b", ""])
def test_names_cannot_leave_the_folder(write: Write, tmp_path: Path, command: Command, name: str) -> None:
    done = command("import-ini", str(write(INI)), "--to", str(tmp_path / "c"), "--unit", name or "-", "--json")
    assert done.code == 2 and not (tmp_path / "c").exists() and not (tmp_path / "evil.yaml").exists()
