"""The stand-in for `pohoda.exe /XML` obeys every key of its ini, and ends as the program does."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pohoda_sandbox.credentials import Secrets
from pohoda_sandbox.pohoda import Pohoda, exe

DATABASE = "StwPh_12345678_2026"
ADD = """<?xml version="1.0" encoding="Windows-1250"?>
<dat:dataPack xmlns:dat="http://www.stormware.cz/schema/version_2/data.xsd" version="2.0" id="{id}" ico="12345678"
 xmlns:adb="http://www.stormware.cz/schema/version_2/addressbook.xsd" application="test" note=""
 xmlns:typ="http://www.stormware.cz/schema/version_2/type.xsd">
<dat:dataPackItem version="2.0" id="1"><adb:addressbook version="2.0"><adb:addressbookHeader><adb:identity><typ:address>
<typ:company>{company}</typ:company></typ:address></adb:identity></adb:addressbookHeader></adb:addressbook>
</dat:dataPackItem></dat:dataPack>"""
SHEET = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
 xmlns:t="http://www.stormware.cz/schema/version_2/type.xsd">
<xsl:template match="@*|node()"><xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy></xsl:template>
<xsl:template match="{match}">{made}</xsl:template></xsl:stylesheet>"""


@dataclass
class Program:
    pohoda: Pohoda
    data: Path
    job: Path
    password: str

    def ini(self, **keys: object) -> Path:
        """With a request `one.xml`, unless the keys say otherwise."""
        known = {"input_xml": self.job / "one.xml", "database": DATABASE} | keys
        lines = ["[XML]", *(f"{name}={value}" for name, value in known.items() if value is not None)]
        path = self.job / "job.ini"
        path.write_bytes("\r\n".join(lines).encode("cp1250"))
        return path

    def request(self, name: str = "one", company: str = "Žlutý s.r.o.", id: str = "") -> Path:
        path = self.job / f"{name}.xml"
        path.write_bytes(ADD.format(id=id or name, company=company).encode("cp1250"))
        return path

    def start(self, ini: Path, fault: str = "", user: str = "api", password: str = "") -> int:
        return exe.main(["/XML", user, password or self.password, str(ini)], self.data, fault)

    def companies(self) -> list[str]:
        return [row["Firma"] for row in self.pohoda.rows("SELECT Firma FROM AD ORDER BY ID")]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    for name in ("data", "job"):
        (tmp_path / name).mkdir()
    data = tmp_path / "data"
    pohoda = Pohoda.create(data / f"{DATABASE}.db", ico="12345678", year=2026)
    yield Program(pohoda, data, tmp_path / "job", Secrets.of(data / "secrets.json").mserver)
    pohoda.close()


def states(path: Path) -> list[Any]:
    """Of the pack and its items."""
    root = etree.fromstring(path.read_bytes())
    return [root.get("state"), *(item.get("state") for item in root)]


def test_one_request_is_answered_below_its_folder(program: Program) -> None:
    program.request()
    assert program.start(program.ini()) == 0
    assert program.companies() == ["Žlutý s.r.o."]
    answer = program.job / "response" / "one.xml"
    assert states(answer) == ["ok", "ok"]
    assert b'encoding="Windows-1250"' in answer.read_bytes()
    assert (program.job / "one.xml").exists()


def test_the_answer_goes_where_the_ini_says(program: Program) -> None:
    program.request()
    program.start(program.ini(response_dir=program.job / "out", response_xml="said.xml"))
    assert states(program.job / "out" / "said.xml") == ["ok", "ok"]


def test_a_folder_is_worked_off_and_its_requests_moved(program: Program) -> None:
    program.request("a", "A s.r.o.")
    program.request("b", "B s.r.o.")
    (program.job / "c.txt").write_text("no request")
    moved = program.job / "moved"
    ini = program.ini(input_xml=None, input_dir=program.job, response_dir=program.job / "out",
                      action_after_processing=2, Move_to=moved)  # fmt: skip
    assert program.start(ini) == 0
    assert program.companies() == ["A s.r.o.", "B s.r.o."]
    assert sorted(path.name for path in moved.iterdir()) == ["a.xml", "b.xml"]
    assert sorted(path.name for path in (program.job / "out").iterdir()) == ["a.xml", "b.xml"]
    assert program.start(ini) == 0
    assert len(program.companies()) == 2


@pytest.mark.parametrize(("checked", "stored"), [("1", 1), ("0", 2), (None, 2)])
def test_the_duplicate_check_is_asked_for(program: Program, checked: str | None, stored: int) -> None:
    program.request()
    for _ in range(2):
        program.start(program.ini(check_duplicity=checked))
    assert len(program.companies()) == stored
    answer = program.job / "response" / "one.xml"
    assert (b"recordDuplicity" in answer.read_bytes()) is (stored == 1)


def test_an_access_database_is_named_by_its_file(program: Program) -> None:
    program.request()
    assert program.start(program.ini(database="12345678_2026.mdb")) == 0
    assert len(program.companies()) == 1


def test_sheets_change_what_goes_in_and_out_and_the_answer_is_indented_when_asked(program: Program) -> None:
    program.request()
    (program.job / "in.xsl").write_text(SHEET.format(match="t:company/text()", made="Other"), encoding="utf-8")
    (program.job / "out.xsl").write_text(SHEET.format(match="@note", made=""), encoding="utf-8")
    keys = {"XSLT_input": program.job / "in.xsl", "XSLT_output": program.job / "out.xsl"}
    program.start(program.ini(**keys))
    answer = program.job / "response" / "one.xml"
    plain = answer.read_bytes()
    assert program.companies() == ["Other"]
    assert b"note=" not in plain
    assert b"\n  <" not in plain
    program.start(program.ini(**keys, format_output=1))
    assert b"\n  <" in answer.read_bytes()
    assert program.start(program.ini(XSLT_input=program.job / "none.xsl")) == 1


@pytest.mark.parametrize("number", [552, 553, 554, 555, 556, 557])
def test_what_cannot_begin_is_answered_with_its_number(program: Program, number: int) -> None:
    program.request()
    natural: dict[int, dict[str, Any]] = {553: {"database": "StwPh_1_2026"}}
    ini = program.ini(**natural.get(number, {}))
    failed = program.start(ini, "" if number in {553, 554} else str(number), password="x" if number == 554 else "")
    assert failed == 1
    answer = (program.job / "response" / "one.xml").read_bytes().decode("cp1250")
    assert f"({number})" in answer
    assert 'state="error"' in answer
    assert program.companies() == []


@pytest.mark.parametrize("text", [None, "", "[XML]\r\n", "[XML]\r\ndatabase=x\r\n", "no ini"])
def test_without_an_ini_that_says_what_to_do_nothing_begins(
    program: Program, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    program.request()
    ini = program.job / "x.ini"
    if text is not None:
        ini.write_text(text)
    assert program.start(ini) == 1
    assert capsys.readouterr().err.startswith("551")
    assert not (program.job / "response").exists()


def test_two_on_one_database_do_not_work_at_once(program: Program) -> None:
    """The second one cannot open it (assumed), while the first goes on."""
    program.request()
    codes: list[int] = []
    with exe.run._opened(program.data, DATABASE, "api", program.password, ""):  # the first one is at work
        other = threading.Thread(target=lambda: codes.append(program.start(program.ini())))
        other.start()
        other.join(timeout=30)
    assert codes == [1]
    assert b"(553)" in (program.job / "response" / "one.xml").read_bytes()
    assert program.start(program.ini()) == 0


def test_as_a_program_it_is_started_and_killed(program: Program) -> None:
    """By its command line, as a scheduler would."""
    program.request()
    command = [sys.executable, "-m", "pohoda_sandbox.pohoda.exe", "/xml", "api", program.password, str(program.ini())]
    place = {**os.environ, "POHODA_SANDBOX_DATA": str(program.data)}
    killed = subprocess.run(command, env={**place, "POHODA_SANDBOX_FAULT": "killed"}, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert program.companies() == ["Žlutý s.r.o."]
    assert not (program.job / "response").exists()
    done = subprocess.run(command[:-1], env=place, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "<ini>" in done.stderr) == (2, True)
