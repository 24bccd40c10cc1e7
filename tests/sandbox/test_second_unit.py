"""The second accounting unit: a Czech one, with its own mServer and database, beside the first on one SQL Server."""

import base64
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from pohoda_sandbox.faults import Fault
from pohoda_sandbox.sandbox import Sandbox

OBCHOD = "87654326"
PACK = """<?xml version="1.0" encoding="Windows-1250"?>
<dat:dataPack xmlns:dat="http://www.stormware.cz/schema/version_2/data.xsd"
 xmlns:lAdb="http://www.stormware.cz/schema/version_2/list_addBook.xsd"
 version="2.0" id="p" ico="{ico}" application="Test" note=""><dat:dataPackItem version="2.0" id="i">
 <lAdb:listAddressBookRequest version="2.0" addressBookVersion="2.0"><lAdb:requestAddressBook/>
 </lAdb:listAddressBookRequest></dat:dataPackItem></dat:dataPack>"""


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("units"), size=60, further=["obchod"]) as running:
        yield running


def listed(mserver: dict[str, Any], ico: str) -> tuple[str | None, set[str]]:
    """State of the pack and the numbers of the cards that an mServer lists."""
    login = base64.b64encode(f"{mserver['user']}:{mserver['password']}".encode()).decode()
    headers = {"STW-Authorization": f"Basic {login}"}
    answer = requests.post(f"{mserver['url']}/xml", PACK.format(ico=ico).encode("cp1250"), headers=headers, timeout=20)
    root = etree.fromstring(answer.content)
    return root.get("state"), {str(one.text) for one in root.iterfind(".//{*}addressbookHeader/{*}id")}


def rows(tds: dict[str, Any], sql: str) -> list[Any]:
    pyodbc = pytest.importorskip("pyodbc", exc_type=ImportError)
    if "FreeTDS" not in pyodbc.drivers():
        pytest.skip("FreeTDS's driver is not installed")
    server = f"DRIVER=FreeTDS;SERVER={tds['server']};PORT={tds['port']};DATABASE={tds['database']};TDS_Version=7.4"
    with pyodbc.connect(f"{server};UID={tds['user']};PWD={tds['password']}", timeout=20) as connection:
        return list(connection.execute(sql).fetchall())


def test_each_mserver_lists_its_own_rows_and_refuses_packs_of_the_other(sandbox: Sandbox) -> None:
    first, second = sandbox.info["mserver"], sandbox.info["units"]["obchod"]["mserver"]
    assert (first["ico"], second["ico"]) == ("12345678", OBCHOD)
    obchod = sandbox.units["obchod"].pohoda
    obchod.insert("AD", ID=9001, Firma="Jen v obchodě")
    try:
        assert listed(second, OBCHOD) == ("ok", {str(row["ID"]) for row in obchod.rows("SELECT ID FROM AD")})
        assert listed(first, "12345678")[0] == "ok"
        assert "9001" not in listed(first, "12345678")[1]
        assert listed(first, OBCHOD)[0] == listed(second, "12345678")[0] == "error"
    finally:
        obchod.delete("AD", 9001)


def test_each_database_has_its_own_rows(sandbox: Sandbox) -> None:
    first, second = sandbox.info["tds"], sandbox.info["units"]["obchod"]["tds"]
    assert (first["port"], second["database"]) == (second["port"], f"StwPh_{OBCHOD}_2026")
    assert [tuple(row) for row in rows(first, "SELECT ICO, Rok FROM sKonfig")] == [("12345678", 2026)]
    assert [tuple(row) for row in rows(second, "SELECT ICO, Rok FROM sKonfig")] == [(OBCHOD, 2026)]
    assert [row[0] for row in rows(second, "SELECT LC FROM Verze")] == ["CZ"]
    names = {str(row[0]) for row in rows(second, "SELECT Firma FROM AD WHERE Firma IS NOT NULL")}
    known = sandbox.units["obchod"].pohoda.rows("SELECT Firma FROM AD WHERE Firma IS NOT NULL")
    assert names == {row["Firma"] for row in known}
    assert not names & {row["Firma"] for row in sandbox.pohoda.rows("SELECT Firma FROM AD")}


def test_its_connections_lead_to_it(sandbox: Sandbox) -> None:
    found = sandbox.units["obchod"].connections(sandbox.info["units"]["obchod"])
    assert set(found) == {"POHODA_SQL_OBCHOD_2026", "POHODA_MSERVER_OBCHOD_2026"}
    assert found["POHODA_SQL_OBCHOD_2026"]["schema"] == f"StwPh_{OBCHOD}_2026"
    assert found["POHODA_MSERVER_OBCHOD_2026"]["extra"] == {"ico": OBCHOD}
    assert found["POHODA_MSERVER_OBCHOD_2026"]["host"] == sandbox.units["obchod"].mserver.url
    assert {f"AIRFLOW_CONN_{name}" for name in found} < set(sandbox.info["env"])


def test_a_fault_strikes_the_mserver_it_names(sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("mserver_obchod", "status", status=503))
    assert requests.get(f"{sandbox.mserver.url}/status", timeout=20).status_code == 200
    assert requests.get(f"{sandbox.units['obchod'].mserver.url}/status", timeout=20).status_code == 503


def test_its_companies_are_czech(sandbox: Sandbox) -> None:
    opened = sandbox.units["obchod"]
    dirty = {dirt.id for dirt in opened.planted}
    sql = "SELECT AD.*, z.Kod FROM AD JOIN sZeme z ON z.ID = AD.RefZeme WHERE AD.RefAD IS NULL AND AD.Firma IS NOT NULL"
    clean = [row for row in opened.pohoda.rows(sql) if row["ID"] not in dirty]
    countries = Counter(row["Kod"] for row in clean)
    assert countries["CZ"] > len(clean) / 2
    assert all(row["ICDPH"] is None for row in clean)
    czech = [row for row in clean if row["Kod"] == "CZ"]
    assert all(re.fullmatch(r"\d{8}", row["ICO"]) and re.fullmatch(r"\d{3} \d\d", row["PSC"]) for row in czech)
    assert {row["DIC"] for row in czech} <= {None, *(f"CZ{row['ICO']}" for row in czech)}
    slovak = [row["DIC"] for row in clean if row["Kod"] == "SK" and row["DIC"]]
    assert all(re.fullmatch(r"SK\d{10}", number) for number in slovak)
    assert all(row["Tel"].startswith("+420 ") for row in clean)
    assert {row["Kod"] for row in opened.pohoda.rows(
        "SELECT z.Kod FROM ADdodaci d JOIN sZeme z ON z.ID = d.RefZeme2 WHERE d.RefAg IN (SELECT ID FROM AD)"
    )} == {"CZ"}  # fmt: skip


def test_it_is_there_only_when_asked_for(tmp_path: Path) -> None:
    with Sandbox(tmp_path, empty=True) as sandbox:
        assert (sandbox.units, sandbox.info["units"]) == ({}, {})
    assert not list(tmp_path.glob(f"*{OBCHOD}*"))
    with Sandbox(tmp_path, empty=True, further=["obchod"]) as sandbox:
        number = sandbox.units["obchod"].pohoda.insert("AD", Firma="Zůstane")
        assert sandbox.pohoda.rows("SELECT 1 FROM AD") == []
    with Sandbox(tmp_path, empty=True, further=["obchod"]) as sandbox:
        assert [row["ID"] for row in sandbox.units["obchod"].pohoda.rows("SELECT ID FROM AD")] == [number]
