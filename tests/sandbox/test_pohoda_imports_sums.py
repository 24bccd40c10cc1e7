"""What POHODA computes of a document: lines, VAT, rounding, currency, deducted advances; and what it takes as sent."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.pohoda_desk import NO_SAMPLES, SAMPLES, XSD, Desk, stored
from tests.sandbox.pohoda_documents import add_card, card, company, invoice, line, lines_of, packed, send

TOTALS = ("Kc0", "Kc1", "KcDPH1", "Kc2", "KcDPH2", "Kc3", "KcDPH3", "KcZaokr", "KcCelkem", "KcLikv")
FOREIGN = "<inv:foreignCurrency><typ:currency><typ:ids>{0}</typ:ids></typ:currency>{1}</inv:foreignCurrency>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = company(tmp_path_factory.mktemp("sums"), official=bool(XSD))
    yield made
    made.pohoda.close()


def sums(desk: Desk, lines: str, summary: str = "", **more: Any) -> dict[str, Any]:
    answer = send(desk, invoice(lines, "", summary, **more))
    assert stored(answer), answer.note
    return desk.row(answer.id, "FA")


def test_lines_are_rounded_by_themselves_and_summed_by_rate(desk: Desk) -> None:
    row = sums(
        desk,
        line("unitPrice=0.335", quantity=3, rateVAT="high")
        + line("unitPrice=12.3", quantity=1, rateVAT="high", payVAT="true")
        + line("unitPrice=10", quantity=2, rateVAT="low", discountPercentage=12.5)
        + line("unitPrice=8", quantity=1, rateVAT="third")
        + line("unitPrice=5", quantity=1)
        + line(text="Bez ceny"),
    )
    assert [row[name] for name in TOTALS] == [5, 17.5, 3.33, 11.01, 2.53, 8, 0.4, 0, 47.77, 47.77]
    assert lines_of(desk, row["ID"])[-1]["Mnozstvi"] == 0


@pytest.mark.parametrize(("day", "percent"), [("2025-01-01", 23), ("2024-12-31", 20), ("2003-06-01", 20)])
def test_the_tax_day_decides_the_rate(desk: Desk, day: str, percent: int) -> None:
    one = line("unitPrice=100", quantity=1, rateVAT="high")
    answer = send(desk, invoice(one, f"<inv:dateTax>{day}</inv:dateTax>"))
    assert desk.row(answer.id, "FA")["KcDPH2"] == percent
    assert [detail.errno for detail in answer.details if detail.about == "inv:dateTax"] == ["606"]


def test_forced_amounts_stand(desk: Desk) -> None:
    row = sums(
        desk,
        line("unitPrice=33.33 price=100 priceVAT=22.99", quantity=3, rateVAT="high")
        + line("unitPrice=1 price=50", quantity=1, rateVAT="low", payVAT="true"),
    )
    assert (row["Kc2"], row["KcDPH2"], row["Kc1"], row["KcDPH1"], row["KcCelkem"]) == (100, 22.99, 50, 9.5, 182.49)


@pytest.mark.parametrize(
    ("word", "total"),
    [("none", 12.34), ("math2one", 12), ("math2half", 12.5), ("math2tenth", 12.3), ("math5cent", 12.35),
     ("up2one", 13), ("up2half", 12.5), ("up2tenth", 12.4), ("down2one", 12), ("down2half", 12), ("down2tenth", 12.3)],
)  # fmt: skip
def test_the_total_is_rounded_as_asked(desk: Desk, word: str, total: float) -> None:
    rounding = f"<inv:roundingDocument>{word}</inv:roundingDocument>"
    row = sums(desk, line("unitPrice=12.34", quantity=1), rounding)
    assert (row["KcCelkem"], round(row["KcCelkem"] - row["KcZaokr"], 2)) == (total, 12.34)
    [told] = desk.post(packed(f'<lst:listInvoiceRequest version="2.0" invoiceType="issuedInvoice" invoiceVersion="2.0">'
                              f"<lst:requestInvoice><ftr:filter><ftr:id>{row['ID']}</ftr:id></ftr:filter>"
                              "</lst:requestInvoice></lst:listInvoiceRequest>"))  # fmt: skip
    assert told.item.findtext(".//{*}roundingDocument") == word


def test_a_forced_rounding_stands_and_other_totals_are_compared(desk: Desk) -> None:
    summary = (
        "<inv:homeCurrency><typ:priceHigh>99</typ:priceHigh><typ:priceHighVAT>23</typ:priceHighVAT>"
        "<typ:round><typ:priceRound>-0.02</typ:priceRound></typ:round></inv:homeCurrency>"
    )
    answer = send(desk, invoice(line("unitPrice=100", quantity=1, rateVAT="high"), "", summary))
    row = desk.row(answer.id, "FA")
    assert (row["Kc2"], row["KcZaokr"], row["KcCelkem"]) == (100, -0.02, 122.98)
    [told] = [detail for detail in answer.details if detail.about.startswith("typ:")]
    assert (told.errno, told.about, told.requested, told.produced) == ("603", "typ:priceHigh", "99", "100")


def test_a_foreign_document_ignores_home_amounts(desk: Desk) -> None:
    one = (
        "<inv:invoiceItem><inv:quantity>2</inv:quantity><inv:rateVAT>high</inv:rateVAT>"
        "<inv:homeCurrency><typ:unitPrice>7</typ:unitPrice><typ:price>9</typ:price></inv:homeCurrency>"
        "<inv:foreignCurrency><typ:unitPrice>1000</typ:unitPrice></inv:foreignCurrency></inv:invoiceItem>"
    )
    rate = "<typ:rate>0.25</typ:rate><typ:amount>100</typ:amount>"
    row = sums(desk, one, "<inv:roundingDocument>up2one</inv:roundingDocument>" + FOREIGN.format("HUF", rate))
    assert (row["CmCelkem"], row["Kc2"], row["KcDPH2"], row["KcCelkem"], row["CmLikv"]) == (2460, 5, 1.15, 6.15, 2460)
    after = sums(desk, one, FOREIGN.format("HUF", ""))
    rates = [(row["CmKurs"], row["CmMnoz"]) for row in (row, after)]
    assert rates == [(0.25, 100), (0.25, 100)], "without a rate that of the last invoice holds"


@pytest.mark.parametrize("currency", ["EUR", "XXX"])
def test_a_currency_without_rate_or_unknown_refuses_the_document(desk: Desk, currency: str) -> None:
    before = desk.count("FA")
    answer = send(desk, invoice(line("unitPrice=1", money="foreignCurrency"), "", FOREIGN.format(currency, "")))
    assert (answer.id, answer.details[-1].errno, desk.count("FA")) == (0, "108", before)


def test_a_manual_deduction_lowers_what_is_left_but_not_the_totals(desk: Desk) -> None:
    line_of = {"of": "inv:invoiceAdvancePaymentItem", "quantity": 1, "payVAT": "false", "rateVAT": "none"}
    goods = line("unitPrice=100", quantity=1, rateVAT="high")
    row = sums(desk, goods + line("unitPrice=-50 price=-50 priceVAT=0", **line_of))
    assert (row["KcCelkem"], row["KcZaloha"], row["KcLikv"]) == (123, 50, 73)
    row = sums(desk, goods + line("unitPrice=-123 price=-123 priceVAT=0", **line_of))
    assert (row["KcLikv"], row["DatLikv"][:10]) == (0, "2026-06-01")


def test_a_historic_rate_is_the_one_before_the_last_change_or_the_one_told(desk: Desk) -> None:
    row = sums(desk, line("unitPrice=-100", quantity=1, rateVAT="historyHigh"))
    assert (row["KcDPH2"], row["HistSzDPH"]) == (-20, 1)
    [one] = lines_of(desk, row["ID"])
    assert one["ProcentoDPH"] == 20
    row = sums(desk, line("unitPrice=100", quantity=1, rateVAT="high", percentVAT=19))
    assert (row["KcDPH2"], lines_of(desk, row["ID"])[0]["ProcentoDPH"]) == (19, 19)


def test_a_rate_that_the_country_lacks_becomes_none_and_is_told(tmp_path: Path) -> None:
    desk = company(tmp_path, "CZ")
    answer = send(desk, invoice(line("unitPrice=100", quantity=1, rateVAT="third")))
    assert ("603", "third", "none") in [(d.errno, d.requested, d.produced) for d in answer.details]
    assert desk.row(answer.id, "FA")["Kc0"] == 100


def test_a_card_fills_text_unit_and_price(desk: Desk) -> None:
    add_card(desk.pohoda, "BOX", 1000)
    row = sums(
        desk,
        line(quantity=2, rateVAT="high", stockItem=card("BOX"))
        + line(quantity=1, unit="bal", rateVAT="high", stockItem=card("BOX", ""))
        + line(quantity=1, rateVAT="high", payVAT="true", text="Vlastný", stockItem=card("BOX")),
    )
    found = [(one["SText"], one["MJ"], one["KcJedn"], one["MJKoef"], one["Kc"]) for one in lines_of(desk, row["ID"])]
    assert found == [("Stôl", "ks", 100, 1, 200), ("Stôl", "bal", 1000, 10, 1000), ("Vlastný", "ks", 123, 1, 100)]
    [stock] = desk.pohoda.rows("SELECT * FROM SKz WHERE IDS = 'BOX'")
    moves = desk.pohoda.rows("SELECT PohPMJ, StavZ, RelAg FROM SKzPoh WHERE RelID = ? ORDER BY ID", row["ID"])
    assert [(move["PohPMJ"], move["StavZ"], move["RelAg"]) for move in moves] == [
        (-2, 998, 2),
        (-10, 988, 2),
        (-1, 987, 2),
    ]
    assert stock["StavZ"] == 987


@pytest.mark.skipif(not SAMPLES, reason=NO_SAMPLES)
def test_recorded_totals_are_taken(tmp_path: Path) -> None:
    desk = company(tmp_path, "CZ")
    desk.pohoda.insert("AD", ID=25, Firma="Osada", ICO="12345679")
    answers = desk.post((Path(str(SAMPLES)) / "req_invoice_three.xml").read_bytes(), closed_until=date(2014, 10, 13))
    first, second, third = (desk.row(answer.id, "FA") for answer in answers)
    assert [row["KcCelkem"] for row in (first, second, third)] == [72575, 880, 1000]
    assert (second["VarSym"], second["Firma"], third["RefAD"], third["Firma"]) == ("1212", "firma", 25, "Osada")
