"""`sandbox act`: what a person does in POHODA, and what it leaves untouched."""

import base64
import sqlite3
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner

from pohoda_bridge.cli.sandbox import sandbox as command
from pohoda_sandbox.act import main
from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.sandbox import Sandbox

Row = dict[str, Any]
UNPAID = "SELECT * FROM FA WHERE RelTpFak = 1 AND KcLikv > 10 AND KcU = 0 AND KcZaloha = 0 AND {} ORDER BY ID LIMIT 1"
INVOICE = """<?xml version="1.0" encoding="UTF-8"?>
<dat:dataPack xmlns:dat="http://www.stormware.cz/schema/version_2/data.xsd" version="2.0" id="p" ico="{ico}"
 xmlns:inv="http://www.stormware.cz/schema/version_2/invoice.xsd" application="test" note="">
<dat:dataPackItem version="2.0" id="i"><inv:invoice version="2.0"><inv:invoiceHeader>
<inv:invoiceType>issuedInvoice</inv:invoiceType><inv:date>{day}</inv:date><inv:dateTax>{day}</inv:dateTax>
<inv:text>Test</inv:text></inv:invoiceHeader></inv:invoice></dat:dataPackItem></dat:dataPack>"""
HOME, FOREIGN = "RefCM IS NULL", "RefCM > 0 AND CmKurs > 0"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """It runs all the time: `act` works beside it."""
    with Sandbox(tmp_path_factory.mktemp("act"), size=60, documents=True) as sandbox:
        yield sandbox


def act(sandbox: Sandbox, *arguments: str) -> int:
    return main(["--data", str(sandbox.data), *arguments])


def one(pohoda: Pohoda, sql: str, *params: Any) -> Row:
    return pohoda.rows(sql, *params)[0]


def again(pohoda: Pohoda, row: Row, table: str = "FA") -> Row:
    return one(pohoda, f"SELECT * FROM {table} WHERE ID = ?", row["ID"])


def test_a_payment_settles_the_rest_and_does_not_touch_the_time_of_saving(running: Sandbox) -> None:
    pohoda = running.pohoda
    before = one(pohoda, UNPAID.format(HOME))
    assert act(running, "payment", before["Cislo"]) == 0
    after = again(pohoda, before)
    assert (after["KcLikv"], after["KcU"]) == (0, before["KcCelkem"])
    assert after["DatLikv"] == f"{pohoda.now():%Y-%m-%d} 00:00:00"
    assert {name for name in after if after[name] != before[name]} == {"KcLikv", "KcU", "DatLikv"}
    tie = one(pohoda, "SELECT * FROM Uhrady WHERE RelAgH = 2 AND RelIDH = ?", before["ID"])
    bank = one(pohoda, "SELECT * FROM BV WHERE ID = ?", tie["RelIDU"])
    assert (tie["KcU"], bank["KcCelkem"], bank["RelTpBV"]) == (before["KcLikv"], before["KcLikv"], 1)
    assert (tie["CisloU"], bank["VarSym"], bank["RefAD"]) == (bank["Cislo"], before["VarSym"], before["RefAD"])
    assert bank["DatSave"] is not None
    numbers = [row["Cislo"] for row in pohoda.rows("SELECT Cislo FROM BV")]
    assert len(set(numbers)) == len(numbers)


def test_a_part_then_too_much(running: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    pohoda = running.pohoda
    before = one(pohoda, UNPAID.format(HOME))
    assert act(running, "payment", before["Cislo"], "--amount", "1.25") == 0
    rest = Decimal(str(before["KcLikv"])) - Decimal("1.25")
    assert f"{rest:.2f} is left" in capsys.readouterr().out
    assert Decimal(str(again(pohoda, before)["KcLikv"])).quantize(Decimal("0.01")) == rest.quantize(Decimal("0.01"))
    assert act(running, "payment", before["Cislo"], "--amount", f"{rest + 3:.2f}") == 0
    after = again(pohoda, before)
    assert (after["KcLikv"], after["KcPrepl"]) == (0, 3)
    assert act(running, "payment", before["Cislo"]) == 2
    assert "is paid" in capsys.readouterr().err


def test_a_foreign_invoice_is_paid_in_its_currency(running: Sandbox) -> None:
    pohoda = running.pohoda
    before = one(pohoda, UNPAID.format(FOREIGN))
    assert act(running, "payment", before["Cislo"], "--amount", "5") == 0
    half = again(pohoda, before)
    assert round(before["CmLikv"] - half["CmLikv"], 2) == 5
    home = Decimal(5) * Decimal(str(before["CmKurs"])) / before["CmMnoz"]
    assert abs(Decimal(str(before["KcLikv"] - half["KcLikv"])) - home) < Decimal("0.006")
    assert act(running, "payment", before["Cislo"]) == 0
    assert (again(pohoda, before)["CmLikv"], again(pohoda, before)["KcLikv"]) == (0, 0)


def test_a_credit_note_is_paid_out(running: Sandbox) -> None:
    pohoda = running.pohoda
    before = one(pohoda, "SELECT * FROM FA WHERE RelTpFak = 8 AND KcLikv < 0 AND RefCM IS NULL LIMIT 1")
    assert act(running, "payment", before["Cislo"]) == 0
    sql = (
        "SELECT b.* FROM BV b JOIN Uhrady u ON u.RelIDU = b.ID AND u.RelAgU = 28 WHERE u.CisloH = ? ORDER BY u.ID DESC"
    )
    bank = one(pohoda, sql, before["Cislo"])
    assert (again(pohoda, before)["KcLikv"], bank["RelTpBV"], bank["KcCelkem"]) == (0, 2, -before["KcLikv"])


def test_a_movement_changes_stock_and_not_the_cards_time_of_saving(running: Sandbox) -> None:
    pohoda = running.pohoda
    sql = """SELECT k.*, s.IDS AS Sklad FROM SKz k JOIN sSklad s ON s.ID = k.RefSklad
             WHERE RelSkTyp = 1 AND StavZ > 5 AND k.IDS <> 'DVAKRAT' ORDER BY k.ID DESC LIMIT 1"""
    before = one(pohoda, sql)
    assert act(running, "movement", before["IDS"], "--quantity", "-2.5", "--store", before["Sklad"]) == 0
    after = again(pohoda, before, "SKz")
    assert after["StavZ"] == pytest.approx(before["StavZ"] - 2.5)
    assert {name for name in after if after[name] != before[name]} <= {"StavZ", "VNakup"}
    moved = one(pohoda, "SELECT * FROM SKzPoh WHERE RefSKz = ? ORDER BY ID DESC LIMIT 1", before["ID"])
    assert (moved["PohPMJ"], moved["StavZ"], moved["RelOP"]) == (-2.5, after["StavZ"], 2)
    assert act(running, "movement", before["IDS"], "--quantity", "10", "--store", before["Sklad"]) == 0
    assert again(pohoda, before, "SKz")["StavZ"] == pytest.approx(before["StavZ"] + 7.5)


def test_an_edit_changes_what_it_names_and_the_time_of_saving(running: Sandbox) -> None:
    pohoda = running.pohoda
    before = one(pohoda, "SELECT * FROM OBJ WHERE Cislo <> '' LIMIT 1")
    changes = ("stext=Zmenený text", "Vyrizeno=ano", "DatDo=2026-12-24", "KcZaokr=0,05", "RefStr=")
    assert act(running, "edit", before["Cislo"], *changes) == 0
    after = again(pohoda, before, "OBJ")
    assert (after["SText"], after["Vyrizeno"], after["KcZaokr"], after["RefStr"]) == ("Zmenený text", 1, 0.05, None)
    assert after["DatDo"] == "2026-12-24 00:00:00"
    assert after["DatSave"] > (before["DatSave"] or before["DatCreate"])
    company = one(pohoda, "SELECT * FROM AD WHERE ICO <> '' GROUP BY ICO HAVING COUNT(*) = 1 LIMIT 1")
    assert act(running, "edit", company["ICO"], "Firma=Premenovaná, s.r.o.") == 0
    assert again(pohoda, company, "AD")["Firma"] == "Premenovaná, s.r.o."


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["payment", "nic"], "no invoice nic"),
        (["payment", ""], "no invoice"),
        (["movement", "nic", "--quantity", "1"], "no card nic"),
        (["movement", "{card}", "--quantity", "1"], "choose one with --store"),
        (["movement", "{card}", "--quantity", "1", "--store", "nikde"], "in store nikde"),
        (["movement", "{card}", "--quantity", "-99999", "--store", "HLAVNÍ"], "Only"),
        (["movement", "{service}", "--quantity", "1"], "no stock"),
        (["movement", "DVAKRAT", "--quantity", "1"], "not one card DVAKRAT"),
        (["edit", "nic", "SText=x"], "no document"),
        (["edit", "{order}", "STxet=x"], "did you mean SText"),
        (["edit", "{order}", "SText"], "FIELD=VALUE"),
        (["edit", "{order}", "ID=5"], "cannot be changed"),
        (["edit", "{order}", "KcCelkem=veľa"], "no value for KcCelkem"),
        (["edit", "{order}", "KcCelkem=nan"], "no value for KcCelkem"),
        (["edit", "{order}", "DatDo=31.12.2026"], "no value for DatDo"),
        (["edit", "{order}", "Vyrizeno=možno"], "no value for Vyrizeno"),
        (["edit", "{order}", "SText=日本"], "refuse"),
        (["edit", "{order}", "Cislo={other}"], "refuse"),
        (["--year", "2019", "edit", "{order}", "SText=x"], "no year 2019"),
        (["--unit", "obchod", "payment", "x"], "has no unit obchod"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_changes_nothing(
    running: Sandbox, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    pohoda = running.pohoda
    orders = [row["Cislo"] for row in pohoda.rows("SELECT Cislo FROM OBJ WHERE Cislo <> '' ORDER BY ID DESC LIMIT 2")]
    names = {
        "card": one(pohoda, "SELECT IDS FROM SKz GROUP BY IDS HAVING COUNT(*) = 3 ORDER BY IDS")["IDS"],
        "service": one(pohoda, "SELECT IDS FROM SKz WHERE RelSkTyp = 3")["IDS"],
        "order": orders[0],
        "other": orders[1],
    }
    tables = ("FA", "OBJ", "SKz", "SKzPoh", "BV", "Uhrady", "sCRady")
    before = [pohoda.rows(f"SELECT * FROM {table}") for table in tables]
    assert act(running, *(argument.format(**names) for argument in arguments)) == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err.splitlines()) == 1 and told in err
    assert before == [pohoda.rows(f"SELECT * FROM {table}") for table in tables]


@pytest.mark.parametrize("options", [["--quantity", "0"], ["--quantity", "x"], ["--quantity", "inf"], []])
def test_impossible_options_are_refused(running: Sandbox, options: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        act(running, "movement", "x", *options)


@pytest.mark.parametrize("amount", ["0", "-5", "1.005", "1e30"])
def test_impossible_amounts_are_refused(running: Sandbox, amount: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        act(running, "payment", "x", f"--amount={amount}")


def test_the_year_before_can_be_chosen(running: Sandbox) -> None:
    assert running.first.last
    last = running.first.last.pohoda
    before = one(last, UNPAID.format(HOME))
    assert act(running, "--year", "2025", "payment", before["Cislo"]) == 0
    assert (again(last, before)["KcLikv"], again(last, before)["DatLikv"]) == (0, "2025-12-31 00:00:00")


def test_a_closed_vat_period_refuses_documents_until_it_is_opened(
    running: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server that runs beside it knows at once."""

    def refused(day: str) -> bool:
        user = f"{running.info['mserver']['user']}:{running.info['mserver']['password']}"
        headers = {"STW-Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"}
        body = INVOICE.format(ico=running.info["mserver"]["ico"], day=day).encode()
        told = requests.post(f"{running.mserver.url}/xml", data=body, headers=headers, timeout=20).text
        assert ("<rdc:errno>103<" in told) is ("<rdc:id>0<" in told), told
        return "<rdc:errno>103<" in told

    year = running.pohoda.settings()["Rok"]
    assert not refused(f"{year}-02-01")
    assert act(running, "close-vat", f"{year}-02-28") == 0
    assert f"closed up to {year}-02-28" in capsys.readouterr().out
    assert (refused(f"{year}-02-28"), refused(f"{year}-03-01")) == (True, False)
    assert act(running, "close-vat", "open") == 0
    assert not refused(f"{year}-02-28")
    with pytest.raises(SystemExit):
        act(running, "close-vat", "soon")


def test_a_sandbox_hands_on_what_its_companies_have(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    closed = date(2026, 1, 31)
    with Sandbox(tmp_path / "data", empty=True, folder=tmp_path / "papers", closed_until=closed) as sandbox:
        assert (sandbox.mserver.folder, sandbox.mserver.closed_until) == (tmp_path / "papers", closed)


def test_a_locked_database_is_one_line(
    running: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Pohoda, "insert", locked)
    number = one(running.pohoda, UNPAID.format(HOME))["Cislo"]
    assert act(running, "payment", number) == 2
    assert "database is locked" in capsys.readouterr().err


def test_the_command_line_has_it(running: Sandbox) -> None:
    number = one(running.pohoda, UNPAID.format(HOME))["Cislo"]
    done = CliRunner().invoke(command, ["act", "--data", str(running.data), "payment", number])
    assert done.exit_code == 0
    assert done.output.startswith("Paid ")
    helped = CliRunner().invoke(command, ["act", "--help"])
    assert helped.exit_code == 0 and "payment" in helped.output
