"""The listing of invoices: every value of header, lines, summary, settlements and links as it lies in the tables."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml import Ways
from pohoda_sandbox.pohoda.xml.codes import INVOICES
from tests.sandbox.pohoda_lists import Lists, where

INVOICE = "lst:listInvoiceRequest"
NOW = datetime(2026, 6, 15, 12, 0, 0)
AMOUNTS = {"Kc0": 0, "Kc1": 100, "KcDPH1": 19, "Kc2": 682.5, "KcDPH2": 156.98, "KcZaokr": -0.48, "KcCelkem": 958}


@pytest.fixture(scope="module")
def pohoda(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pohoda]:
    unit = Pohoda.create(tmp_path_factory.mktemp("invoices") / "unit.db", clock=lambda: NOW)
    fill(unit)
    yield unit
    unit.close()


@pytest.fixture
def lists(pohoda: Pohoda) -> Lists:
    return Lists(pohoda)


def fill(unit: Pohoda) -> None:
    unit.insert("sCRady", ID=3, IDS="2601", Cislo="00007", SText="Vydané faktúry", RelCrAg=2, Rok=2026)
    unit.insert("pPK", ID=17, IDS="3Fv")
    unit.insert("sDPH", ID=5, IDS="UN")
    unit.insert("sFormUh", ID=1, IDS="Příkazem", RelTyp=3)
    unit.insert("sUcet", ID=2, IDS="KB", SText="19-4660550217", KodBanky="0100", RelJeUcet=2)
    unit.insert("sSTR", ID=4, IDS="BRNO")
    unit.insert("sCIN", ID=6, IDS="SLUŽBY")
    unit.insert("sZAK", ID=8, Cislo="26Zak00001", SText="Strecha")
    unit.insert("sZeme", ID=9, IDS="SK")
    unit.insert("sCMeny", ID=10, Kod="CZK", IDS="CZK")
    unit.insert("SkCeny", ID=11, IDS="Sleva 1")
    unit.insert("sSklad", ID=12, IDS="HLAVNÍ")
    unit.insert("SKz", ID=13, IDS="Z220", EAN="8590000000012", PLU=650, RefSklad=12, Nazev="Židle")
    unit.insert("sExtSys", ID=1, IDS="CRM")
    unit.insert("OBJ", ID=20, RelTpObj=1, Cislo="262100001")
    unit.insert("OBJpol", ID=21, RefAg=20, SText="Židle")
    unit.insert("sVPUL", ID=1, IDS="Doprava", SText="Spôsob")
    unit.insert("sVPULpol", ID=2, RefAg=1, IDS="KURIER", SText="Kuriér")
    columns = {"VPrProjekt": "varchar(40)", "RefVPrDoprava": "int", "VPrSchvalene": "bit", "VPrNaklady": "money"}
    for name, type in columns.items():
        unit.add_column("FA", name, type)
    unit.add_column("FApol", "VPrSarza", "varchar(20)")
    _full(unit)
    partly = {"KcLikv": 300, "KcU": 658, "DatLikv": None}
    none = {"RefStr": 0, "RefAD": 0, "RelPk": 0}
    unit.insert("FA", ID=2, RelTpFak=1, Cislo="260100002", Datum=date(2026, 2, 1), **AMOUNTS | partly | none)
    paid = {"KcU": 658, "DatumU": date(2026, 3, 9)}
    unit.insert("Uhrady", ID=50, RelAgH=2, RelIDH=2, RelAgU=28, RelIDU=7, CisloU="BV1", **paid)
    unit.insert("FA", ID=3, RelTpFak=1, Cislo="260100003", KcLikv=0, DatLikv=date(2026, 3, 1), KcCelkem=10)
    foreign = {"RefCM": 10, "CmKurs": 0.04045, "CmMnoz": 1, "CmCelkem": 10000, "CmLikv": 4000, "KcLikv": 161.8}
    unit.insert("FA", ID=4, RelTpFak=11, Cislo="261100001", Ucet="123", KodBanky="0200", SpecSym="77", **foreign)
    unit.insert("FApol", ID=60, RefAg=4, SText="Dovoz", Mnozstvi=2, CmJedn=5000, Cm=10000, CmDPH=0, OrderFld=1)
    unit.insert("FA", ID=5, RelTpFak=4, Cislo="260800001", KcUplat=40, Kc0=100, KcCelkem=100, KcLikv=0)
    for place, kind in enumerate(sorted(INVOICES.keys() - {1, 4, 11}), start=100):
        unit.insert("FA", ID=place, RelTpFak=kind, Cislo=f"K{kind}")


def _full(unit: Pohoda) -> None:
    unit.insert(
        "FA", **AMOUNTS, ID=1, RelTpFak=1, RelCR=3, Cislo="260100001", VarSym="260100001", PDoklad="P-1", ParSym="9",
        RelPk=17, RelTpDPH=5, RelForUh=1, RefUcet=2, KonstSym="0308", SpecSym="123", RefStr=4, RefCin=6, Lock=True,
        Datum=date(2026, 1, 10), DatZdPln=date(2026, 1, 9), DatUcP=date(2026, 1, 10), CisloZAK="26zak00001 ",
        DatSplat=date(2026, 1, 24), SText="Fakturujeme <tovar> & služby", RefAD=15, Firma="Alfa", Jmeno="",
        Ulice="Hlavná 1", PSC="811 01", Obec="Žilina", ICO="12345670", DIC="2020", ICDPH="SK2020", RefZeme=9,
        Tel="1", GSM="2", Fax="3", Email="a@b.sk", Firma2="Sklad", Obec2="Nitra", Tel2="5", CenyIDS="sleva 1",
        CisloObj="OB-7", DatObj=date(2026, 1, 5), Pozn="prvý\r\ndruhý", Pozn2="tajné", KcLikv=958, Sel=True,
        VPrProjekt="Šípka", RefVPrDoprava=2, VPrSchvalene=False, VPrNaklady=12.5, ZaokrFV=1,
    )  # fmt: skip
    unit.insert(
        "FApol", ID=31, RefAg=1, Mnozstvi=3, MJ="ks", MJKoef=1, KcJedn=250, Sleva=9, RelSzDPH=2, Kc=682.5,
        KcDPH=156.98, SText="Židle", RefSKz=13, Kod="Z220", RelAgID=11, RefPol=21, OrderFld=2,
    )  # fmt: skip
    unit.insert(
        "FApol", ID=30, RefAg=1, Mnozstvi=1, KcJedn=119, SDph=True, RelSzDPH=1, Kc=100, KcDPH=19, Zaruka=24,
        RelZaruka=3, SText="Kniha", Pozn="viazaná", VPrSarza="S1", OrderFld=1, PDP=True,
    )  # fmt: skip
    unit.insert(
        "FApol", ID=32, RefAg=1, RelAgID=43, RefPol=5, Mnozstvi=1, KcJedn=-40, Kc=-40, KcDPH=0, RelSzDPH=0,
        SText="Odpočet", Pozn="č. 260800001", ParSym="260800001", OrderFld=3,
    )  # fmt: skip
    unit.insert("FApol", ID=33, RefAg=1, RelAgID=-1001, SText="vnútorná", OrderFld=4)
    unit.insert("sExtID", RefDocID=1, RelAgID=2, IDS="F-1", RefExtSys=1)
    unit.insert("Vazby", RelAgID1=2, RefID1=1, RelAgID2=11, RefID2=20)
    unit.insert("Vazby", RelAgID1=11, RefID1=1, RelAgID2=2, RefID2=2)


def listed(lists: Lists, id: int, kind: str = "issuedInvoice", **parts: str) -> Any:
    return lists.one(INVOICE, where(id=str(id)), invoiceType=kind, **parts)


def test_the_header_has_the_values_of_the_row(lists: Lists) -> None:
    header = listed(lists, 1)["invoiceHeader"]
    plain = {name: value for name, value in header.items() if isinstance(value, str)}
    assert plain == {
        "id": "1", "invoiceType": "issuedInvoice", "symVar": "260100001", "originalDocument": "P-1", "symPar": "9",
        "date": "2026-01-10", "dateTax": "2026-01-09", "dateAccounting": "2026-01-10", "dateDue": "2026-01-24",
        "text": "Fakturujeme <tovar> & služby", "numberOrder": "OB-7", "dateOrder": "2026-01-05", "symConst": "0308",
        "note": "prvý\ndruhý", "intNote": "tajné", "lock2": "true", "markRecord": "true",
    }  # fmt: skip
    assert header["number"] == {"id": "3", "ids": "2601", "numberRequested": "260100001"}
    assert header["extId"] == {"ids": "F-1", "exSystemName": "CRM"}
    assert header["accounting"] == {"id": "17", "ids": "3Fv"}
    assert header["classificationVAT"] == {"id": "5", "ids": "UN", "classificationVATType": "nonSubsume"}
    assert header["paymentType"] == {"id": "1", "ids": "Příkazem", "paymentType": "draft"}
    assert header["account"] == {"id": "2", "ids": "KB", "accountNo": "19-4660550217", "bankCode": "0100"}
    assert header["centre"] == {"id": "4", "ids": "BRNO"}
    assert header["activity"] == {"id": "6", "ids": "SLUŽBY"}
    assert header["contract"] == {"id": "8", "ids": "26zak00001 "}
    assert header["priceLevel"] == {"id": "11", "ids": "sleva 1"}
    assert header["myIdentity"]["address"]["company"] == "Vzorová firma, s.r.o."


def test_the_partner_is_the_copy_on_the_document(lists: Lists) -> None:
    partner = listed(lists, 1)["invoiceHeader"]["partnerIdentity"]
    assert partner["id"] == "15"
    assert partner["address"] == {
        "company": "Alfa", "name": None, "city": "Žilina", "street": "Hlavná 1", "zip": "811 01", "ico": "12345670",
        "dic": "2020", "icDph": "SK2020", "country": {"id": "9", "ids": "SK"}, "phone": "1", "mobilPhone": "2",
        "fax": "3", "email": "a@b.sk",
    }  # fmt: skip
    assert partner["shipToAddress"] == {"company": "Sklad", "city": "Nitra", "phone": "5"}


def test_lines_come_in_their_order_without_internal_ones(lists: Lists) -> None:
    book, chair = listed(lists, 1)["invoiceDetail"]["invoiceItem"]
    amounts = {"unitPrice": "119", "price": "100", "priceVAT": "19", "priceSum": "119"}
    nothing = dict.fromkeys(amounts, "0")
    assert book == {
        "id": "30", "text": "Kniha", "quantity": "1.0", "coefficient": "1.0", "payVAT": "true", "rateVAT": "low",
        "discountPercentage": "0.0", "homeCurrency": amounts, "foreignCurrency": nothing, "note": "viazaná",
        "guarantee": "24", "guaranteeType": "month", "PDP": "true",
        "parameters": {"parameter": {"name": "VPrSarza", "textValue": "S1"}},
    }  # fmt: skip
    assert (chair["quantity"], chair["unit"], chair["discountPercentage"]) == ("3.0", "ks", "9.0")
    assert chair["homeCurrency"]["priceSum"] == "839.48"
    card = {"id": "13", "ids": "Z220", "EAN": "8590000000012", "PLU": "650"}
    assert chair["stockItem"] == {"store": {"id": "12", "ids": "HLAVNÍ"}, "stockItem": card}
    assert chair["linkedDocument"] == {
        "sourceAgenda": "receivedOrder",
        "sourceDocument": {"id": "20", "number": "262100001"},
        "sourceDocumentItem": {"sourceItemId": "21"},
    }


def test_a_deducted_advance_names_its_document(lists: Lists) -> None:
    advance = listed(lists, 1)["invoiceDetail"]["invoiceAdvancePaymentItem"]
    assert advance["sourceDocument"] == {"id": "5", "number": "260800001"}
    assert advance["homeCurrency"] == {"unitPrice": "-40", "price": "-40", "priceVAT": "0", "priceSum": "-40"}
    assert (advance["quantity"], advance["note"], advance["symPar"]) == ("1.0", "č. 260800001", "260800001")
    assert "text" not in advance


def test_rates_are_those_of_the_country_on_the_day(lists: Lists) -> None:
    item = lists.item(INVOICE, where(id="1"), invoiceType="issuedInvoice")
    assert item.xpath("//*[local-name()='rateVAT']/@value") == ["19", "23", "0"]
    assert item.xpath("//*[local-name()='priceHighVAT']/@rate") == ["23"]
    slovak = listed(lists, 1)["invoiceSummary"]["homeCurrency"]
    assert (slovak["price3"], slovak["price3Sum"]) == ("0", "0")


@pytest.mark.parametrize(("day", "high"), [(date(2024, 12, 31), "20"), (date(2025, 1, 1), "23")])
def test_old_documents_keep_the_rates_of_their_day(tmp_path: Path, day: date, high: str) -> None:
    unit = Pohoda.create(tmp_path / "unit.db")
    unit.insert("FA", ID=1, RelTpFak=1, Datum=day, HistSzDPH=True)
    unit.insert("FApol", RefAg=1, RelSzDPH=2, Mnozstvi=1)
    unit.insert("FApol", RefAg=1, RelSzDPH=1, Mnozstvi=1, ProcentoDPH=15)
    item = Lists(unit).item(INVOICE, invoiceType="issuedInvoice")
    rates = item.xpath("//*[local-name()='rateVAT']")
    assert [(rate.text, rate.get("value")) for rate in rates] == [("historyHigh", high), ("historyLow", "15")]
    assert [percent.text for percent in item.xpath("//*[local-name()='percentVAT']")] == ["15.0"]


def test_the_summary_has_no_total(lists: Lists) -> None:
    summary = listed(lists, 1)["invoiceSummary"]
    assert summary["roundingDocument"] == "math2one"
    assert "foreignCurrency" not in summary
    home = summary["homeCurrency"]
    assert home["round"] == {"priceRound": "-0.48"}
    assert (home["priceLow"], home["priceLowVAT"], home["priceLowSum"]) == ("100", "19", "119")
    assert (home["priceHigh"], home["priceHighVAT"], home["priceHighSum"]) == ("682.5", "156.98", "839.48")


def test_a_foreign_document_has_its_currency_and_total(lists: Lists) -> None:
    invoice = listed(lists, 4, "receivedInvoice")
    assert invoice["invoiceSummary"]["foreignCurrency"] == {
        "currency": {"id": "10", "ids": "CZK"},
        "rate": "0.04045",
        "amount": "1",
        "priceSum": "10000",
        "round": {"priceRound": "0"},
    }
    line = invoice["invoiceDetail"]["invoiceItem"]["foreignCurrency"]
    assert line == {"unitPrice": "5000", "price": "10000", "priceVAT": "0", "priceSum": "10000"}
    header = invoice["invoiceHeader"]
    assert header["liquidation"] == {"amountHome": "161.8", "amountForeign": "4000"}
    assert header["paymentAccount"] == {"accountNo": "123", "bankCode": "0200"}
    assert header["symSpec"] == "77"


@pytest.mark.parametrize(
    ("id", "liquidation"),
    [
        (1, {"amountHome": "958"}),
        (2, {"date": "2026-03-09", "amountHome": "300"}),
        (3, {"date": "2026-03-01"}),
    ],
)
def test_liquidation_tells_what_is_left_and_when_was_paid(lists: Lists, id: int, liquidation: Any) -> None:
    assert listed(lists, id)["invoiceHeader"]["liquidation"] == liquidation


def test_settlements_come_only_when_asked_for(lists: Lists) -> None:
    assert "liquidations" not in listed(lists, 2)
    asked = listed(lists, 2, off="<lst:liquidations>true</lst:liquidations>")
    assert asked["liquidations"]["liquidation"] == {
        "id": "50", "date": "2026-03-09", "sourceAgenda": "bank", "sourceDocument": {"id": "7", "number": "BV1"},
        "amount": "658", "foreignCurrencyAmount": "0", "foreignCurrencySource": "0",
    }  # fmt: skip


def test_a_reference_of_zero_is_none(lists: Lists) -> None:
    assert not {"centre", "partnerIdentity", "accounting"} & listed(lists, 2)["invoiceHeader"].keys()


def test_linked_documents_and_custom_fields_can_be_left_out(lists: Lists) -> None:
    full = listed(lists, 1)
    number = {"id": "20", "number": "262100001"}
    assert full["linkedDocuments"]["link"] == {"sourceAgenda": "receivedOrder", "sourceDocument": number}
    assert full["invoiceHeader"]["parameters"]["parameter"] == [
        {"name": "VPrProjekt", "textValue": "Šípka"},
        {
            "name": "RefVPrDoprava",
            "listValueRef": {"id": "2", "ids": "KURIER"},
            "list": {"id": "1", "ids": "Doprava"},
        },
        {"name": "VPrSchvalene", "booleanValue": "false"},
        {"name": "VPrNaklady", "currencyValue": "12.5"},
    ]
    off = listed(lists, 1, off="<lst:documents>false</lst:documents><lst:parameters>false</lst:parameters>")
    assert "linkedDocuments" not in off
    assert "parameters" not in off["invoiceHeader"]
    assert all("parameters" not in line for line in off["invoiceDetail"]["invoiceItem"])


def test_an_external_id_of_another_system_is_not_told(lists: Lists) -> None:
    assert "extId" not in listed(lists, 1, extSystem="Other")["invoiceHeader"]
    assert listed(lists, 1, extSystem="CRM")["invoiceHeader"]["extId"]["ids"] == "F-1"


def test_each_of_the_fifteen_kinds_lists_its_own(lists: Lists, pohoda: Pohoda) -> None:
    for number, kind in INVOICES.items():
        rows = pohoda.rows("SELECT ID FROM FA WHERE RelTpFak = ? ORDER BY ID", number)
        assert lists.ids(INVOICE, invoiceType=kind) == [row["ID"] for row in rows]
    assert lists.one(INVOICE, invoiceType="issuedAdvanceInvoice")["invoiceHeader"]["applied"] == "40"


def test_ways_write_empty_elements_and_leave_out_zeros(pohoda: Pohoda) -> None:
    other = Lists(pohoda, Ways(empties=True, zeros=False), schemas=False)
    invoice = listed(other, 3)
    assert invoice["invoiceSummary"]["homeCurrency"]["round"] == {"priceRound": None}
    assert invoice["invoiceHeader"]["partnerIdentity"]["shipToAddress"]["city"] is None
    assert "foreignCurrency" not in listed(other, 1)["invoiceDetail"]["invoiceItem"][0]
    assert listed(other, 4, "receivedInvoice")["invoiceDetail"]["invoiceItem"]["foreignCurrency"]["price"] == "10000"
