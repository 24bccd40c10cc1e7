"""Documents of real programs are taken as they are, and answered as it was recorded."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pohoda_sandbox.pohoda import Pohoda
from tests.sandbox.pohoda_desk import NO_SAMPLES, SAMPLES, XSD, Desk, stored, valid
from tests.sandbox.pohoda_documents import lines_of
from tests.sandbox.test_pohoda_import_recorded import tree

pytestmark = pytest.mark.skipif(not SAMPLES, reason=NO_SAMPLES)
LISTS = {
    "pPK": ("3Fv",), "sDPH": ("UD",), "sFormUh": ("príkazem", "Master Card", "EUR"), "sSTR": ("BRNO",),
    "sCIN": ("SLUŽBY",), "SkCeny": ("Sleva 1",),
}  # fmt: skip


def unit(folder: Path, year: int, series: dict[int, tuple[str, str]], *, ico: str = "12345678") -> Desk:
    """A Czech unit with the lists that the samples name; `series` by agenda, with their last number."""
    pohoda = Pohoda.create(folder / "unit.db", country="CZ", year=year, ico=ico)
    for table, codes in LISTS.items():
        for code in codes:
            kinds = {"RelTyp": 3} if code == "príkazem" else {}
            pohoda.insert(table, IDS=code, SText=code, **kinds, **({"RelPkAg": 2} if table == "pPK" else {}))
    pohoda.insert("sZAK", Cislo="10Zak00002", SText="Z")
    pohoda.insert("sUcet", IDS="KB", SText="1117780287", KodBanky="0300", RelJeUcet=2)
    pohoda.insert("sUcet", IDS="Fio", SText="2", KodBanky="2010", RelJeUcet=2)
    pohoda.insert("AD", ID=25, Firma="Osada", ICO="12345679", CenyIDS="Sleva 1")
    for agenda, (code, last) in series.items():
        pohoda.insert("sCRady", IDS=code, Cislo=last, RelCrAg=agenda, Rok=year)
    for code in ("Jídel", "STM"):
        pohoda.insert("SKz", IDS=code, Nazev=code, RelSkTyp=1, MJ="ks", ProdejKc=1, StavZ=50)
    return Desk(pohoda, official=bool(XSD))


def sample(name: str) -> bytes:
    return (Path(str(SAMPLES)) / name).read_bytes()


def test_three_invoices_are_answered_as_recorded(tmp_path: Path) -> None:
    desk = unit(tmp_path, 2014, {2: ("1401", "00014")})
    desk.pohoda.delete("FA", desk.pohoda.insert("FA", ID=94, Cislo="dočasná"))
    given = etree.fromstring(desk.unit.answer(sample("req_invoice_three.xml")))
    valid(given)
    assert tree(given) == tree(etree.fromstring(sample("resp_invoice_three_ok.xml")))
    rows = [desk.row(id, "FA") for id in (95, 96, 97)]
    assert [row["KcCelkem"] for row in rows] == [72575, 880, 1000]
    assert [(row["VarSym"], row["Firma"], row["RefAD"]) for row in rows] == [
        ("140100015", None, None), ("1212", "firma", None), ("140100017", "Osada", 25),
    ]  # fmt: skip
    assert desk.row(rows[1]["RefUcet"], "sUcet")["IDS"] == "KB"


def test_goods_and_the_deduction_of_an_advance_are_taken(tmp_path: Path) -> None:
    desk = unit(tmp_path, 2015, {2: ("1501", "00000"), 43: ("1508", "00000")})
    advance = desk.pohoda.insert("FA", RelTpFak=4, Cislo="150800001", VarSym="150800001", KcCelkem=3000)
    [answer] = desk.post(sample("req_invoice_items.xml"))
    assert stored(answer)
    assert {detail.about for detail in answer.details} == {"inv:paymentType"}
    row = desk.row(answer.id, "FA")
    assert (row["KcCelkem"], row["KcZaloha"], row["KcLikv"], row["VarSym"]) == (3630, 3000, 630, "1111")
    goods, deducted = lines_of(desk, answer.id)
    assert (goods["Kod"], goods["SText"]) == ("Jídel", "Stůl jídelní - rozkládací")
    assert (deducted["RefPol"], deducted["ParSym"], desk.row(advance, "FA")["KcUplat"]) == (advance, "150800001", 3000)


def test_an_offer_is_taken(tmp_path: Path) -> None:
    desk = unit(tmp_path, 2018, {92: ("1801", "00000")})
    [answer] = desk.post(sample("req_offer_import.xml"))
    assert (stored(answer), answer.details, answer.text("rdc:producedDetails/rdc:number")) == (True, [], "180100001")
    row = desk.row(answer.id, "NAB")
    assert (row["Firma"], row["CenyIDS"], row["KcCelkem"], row["KcZaokr"]) == ("Osada", "Sleva 1", 479, -0.16)


def test_an_invoice_is_made_from_the_order_it_names(tmp_path: Path) -> None:
    desk = unit(tmp_path, 2018, {2: ("1801", "00000")})
    [missing] = desk.post(sample("req_invoice_from_order_link.xml"))
    told = missing.details[-1]
    assert (missing.id, missing.action, told.errno, told.about) == (0, "link", "115", "typ:link")
    order = desk.pohoda.insert("OBJ", RelTpObj=1, Cislo="182100001", Firma="Osada", Datum="2018-06-01 00:00:00")
    line: dict[str, Any] = {"SText": "Stůl", "Mnozstvi": 2.0, "KcJedn": 10, "Kc": 20, "KcDPH": 4.2, "RelSzDPH": 2}
    desk.pohoda.insert("OBJpol", RefAg=order, OrderFld=1, **line)
    [answer] = desk.post(sample("req_invoice_from_order_link.xml"))
    assert (stored(answer), answer.action, answer.details) == (True, "link", [])
    row = desk.row(answer.id, "FA")
    assert (row["Firma"], row["KcCelkem"], row["Cislo"]) == ("Osada", 24.2, "180100001")
    assert desk.row(row["RefUcet"], "sUcet")["IDS"] == "Fio"


def test_a_link_that_is_not_allowed_is_refused_in_the_recorded_words(tmp_path: Path) -> None:
    desk = unit(tmp_path, 2018, {2: ("1801", "00000")})
    changed = sample("req_invoice_from_order_link.xml").replace(b">receivedOrder<", b">issuedAdvanceInvoice<")
    [answer] = desk.post(changed)
    recorded = etree.fromstring(sample("resp_errors114_115_inside_ok_items_pseudonymised.xml"))
    notes = {element.text for element in recorded.iter("{*}note")}
    assert answer.note.replace("ř", "r") in notes
    assert answer.details[-1].errno == "114"
