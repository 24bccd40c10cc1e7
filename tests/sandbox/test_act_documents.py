"""`sandbox act advance` and `invoice`: what POHODA makes of a customer's order."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pohoda_sandbox import act
from pohoda_sandbox.act_documents import advance, invoice
from pohoda_sandbox.act_records import ActError
from pohoda_sandbox.pohoda import Pohoda
from tests.sandbox.pohoda_documents import card, company, line, order, send

LINES = [
    line("unitPrice=100", of="ord:orderItem", quantity=3, rateVAT="high", stockItem=card("ABC-1")),
    line("unitPrice=50", of="ord:orderItem", text="Montáž", quantity=1, rateVAT="high"),
]


@pytest.fixture
def pohoda(tmp_path: Path) -> Iterator[Pohoda]:
    """A company with an order over 3 x 100 of a card and 50, with 23 % of VAT: 430.50; of the card there are 100."""
    desk = company(tmp_path)
    desk.pohoda.insert("sCRady", IDS="26BV", Cislo="00000", RelCrAg=28, Rok=2026)
    send(desk, order("".join(LINES)))
    yield desk.pohoda
    desk.pohoda.close()


def one(pohoda: Pohoda, sql: str, *params: Any) -> dict[str, Any]:
    [row] = pohoda.rows(sql, *params)
    return row


def number(pohoda: Pohoda) -> str:
    return str(one(pohoda, "SELECT Cislo FROM OBJ")["Cislo"])


def test_an_advance_asks_for_money_and_leaves_the_order_open(pohoda: Pohoda) -> None:
    said = advance(pohoda, number(pohoda), Decimal(200))
    made = one(pohoda, "SELECT * FROM FA")
    assert said == f"Made advance invoice {made['Cislo']} of 200.00 for order {number(pohoda)}."
    assert (made["RelTpFak"], made["KcCelkem"], made["KcLikv"], made["Firma"]) == (4, 200, 200, "Alfa")
    [tie] = pohoda.rows("SELECT * FROM Vazby")
    assert (tie["RelAgID1"], tie["RelAgID2"], tie["Cislo"]) == (43, 11, number(pohoda))
    assert not one(pohoda, "SELECT Vyrizeno FROM OBJ")["Vyrizeno"]
    assert one(pohoda, "SELECT StavZ FROM SKz")["StavZ"] == 100


def test_an_invoice_finishes_the_order_issues_its_goods_and_deducts_the_advance(pohoda: Pohoda) -> None:
    advance(pohoda, number(pohoda), Decimal(200))
    asked = str(one(pohoda, "SELECT Cislo FROM FA")["Cislo"])
    act.payment(pohoda, asked, Decimal(150))
    invoice(pohoda, number(pohoda), [asked])
    made = one(pohoda, "SELECT * FROM FA WHERE RelTpFak = 1")
    assert (made["KcCelkem"], made["KcZaloha"], made["KcLikv"]) == (430.5, 150, 280.5)
    assert one(pohoda, "SELECT KcUplat FROM FA WHERE RelTpFak = 4")["KcUplat"] == 150
    assert one(pohoda, "SELECT StavZ FROM SKz")["StavZ"] == 97
    of = one(pohoda, "SELECT * FROM OBJ")
    assert (of["Vyrizeno"], of["BDodano"]) == (1, 1)
    assert [row["Dodano"] for row in pohoda.rows("SELECT Dodano FROM OBJpol ORDER BY OrderFld")] == [3, 1]
    with pytest.raises(ActError, match="is open"):
        invoice(pohoda, number(pohoda))


def test_what_cannot_be_made_changes_nothing(pohoda: Pohoda) -> None:
    advance(pohoda, number(pohoda), Decimal(200))
    asked = str(one(pohoda, "SELECT Cislo FROM FA")["Cislo"])
    pohoda.edit("SKz", one(pohoda, "SELECT ID FROM SKz WHERE IDS = 'ABC-1'")["ID"], StavZ=2.0)
    tables = ("FA", "FApol", "OBJpol", "Vazby", "SKzPoh")
    before = [pohoda.rows(f"SELECT * FROM {table}") for table in tables]
    for of, deducted, told in (
        ("404", [], "no order 404 of a customer"),
        (number(pohoda), [asked], "Nothing of advance .* is paid"),
        (number(pohoda), ["404"], "no advance invoice 404"),
        (number(pohoda), [], "dostatek zásoby ABC-1"),
    ):
        with pytest.raises(ActError, match=told):
            invoice(pohoda, of, deducted)
    assert before == [pohoda.rows(f"SELECT * FROM {table}") for table in tables]


def test_the_command_makes_both(pohoda: Pohoda, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made_of = number(pohoda)
    pohoda.close()
    pohoda.path.rename(tmp_path / "StwPh_12345678_2026.db")
    data = ["--data", str(tmp_path)]
    assert act.main([*data, "advance", made_of, "--amount", "10"]) == 0
    assert act.main([*data, "invoice", made_of]) == 0
    told = capsys.readouterr().out
    assert "Made advance invoice" in told and "Made invoice" in told
    assert act.main([*data, "invoice", made_of]) == 2
