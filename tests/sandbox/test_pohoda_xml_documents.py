"""The listings of orders, offers, contracts, bank, cash and internal documents, value by value."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml import Ways
from tests.sandbox.pohoda_lists import Lists, where

ORDER, OFFER, CONTRACT = "lst:listOrderRequest", "lst:listOfferRequest", "lCon:listContractRequest"
NOW = datetime(2026, 6, 15, 12, 0, 0)
HOME = {"Kc0": 5, "Kc2": 100, "KcDPH2": 23, "KcZaokr": 0.5, "KcCelkem": 128.5}
LINE = {"SText": "Židle", "Mnozstvi": 4, "MJ": "ks", "KcJedn": 25, "RelSzDPH": 2, "Kc": 100, "KcDPH": 23}


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lists]:
    unit = Pohoda.create(tmp_path_factory.mktemp("documents") / "unit.db", clock=lambda: NOW)
    fill(unit)
    yield Lists(unit)
    unit.close()


def fill(unit: Pohoda) -> None:
    unit.insert("sSTR", ID=4, IDS="BRNO")
    unit.insert("sUcet", ID=2, IDS="KB", SText="123", KodBanky="0100", RelJeUcet=2)
    unit.insert("sFormUh", ID=1, IDS="Hotově", RelTyp=1)
    unit.insert("sOdpOsoby", ID=7, Prijmeni="Hĺbková", Jmeno="Ľubica")
    unit.insert("NAB", ID=11, RelTpNab=2, Cislo="263000001", Datum=date(2026, 1, 5), **HOME)
    unit.insert("NABpol", ID=12, RefAg=11, **LINE, Prenes=3, OrderFld=1)
    unit.insert("NAB", ID=13, RelTpNab=1, Cislo="X-1")
    unit.insert(
        "OBJ", **HOME, ID=1, RelTpObj=1, Cislo="262000001", PDoklad="OB-7", Datum=date(2026, 2, 1), RelForUh=1,
        DatOd=date(2026, 2, 3), DatDo=date(2026, 2, 9), SText="Objednávka", RefAD=5, Firma="Alfa", Obec="Nitra",
        RefStr=4, Vyrizeno=True, Rezer=True, TrvalyDok=False, Pozn="ponáhľa sa", DatStorn=date(2026, 2, 8),
    )  # fmt: skip
    unit.insert("OBJpol", ID=2, RefAg=1, **LINE, Dodano=1.5, RelAgID=92, RefPol=12, OrderFld=1)
    unit.insert("OBJ", ID=3, RelTpObj=2, Cislo="262100001", DatDod=date(2026, 3, 1))
    unit.insert("Vazby", RelAgID1=11, RefID1=1, RelAgID2=92, RefID2=11)
    unit.insert(
        "sZAK", ID=21, Cislo="26Zak00001", SText="Strecha", PlZahaj=date(2026, 1, 1), PlPredani=date(2026, 5, 1),
        Zahajeni=date(2026, 1, 2), RefOsoba=7, RefStav=2, Firma="Alfa", Email="a@b.sk", Ost1="A1", Pozn="pozor",
    )  # fmt: skip
    unit.insert(
        "BV", **HOME, ID=31, RelTpBV=1, Cislo="26BV00001", Vypis="7/2", VarSym="260100001", Datum=date(2026, 4, 1),
        DatPlat=date(2026, 3, 31), RefUcet=2, Ucet="99", KodBanky="0200", KonstSym="0308", SText="Úhrada",
    )  # fmt: skip
    unit.insert("BVpol", ID=32, RefAg=31, **LINE, ParSym="260100001", OrderFld=1)
    unit.insert("HO", ID=41, RelTpHO=2, Cislo="26HV00001", Datum=date(2026, 4, 2), RefUcet=2, TpStorn=True, **HOME)
    unit.insert("HOpol", ID=42, RefAg=41, **LINE, OrderFld=1)
    unit.insert("pINT", ID=51, Cislo="26ID00001", Datum=date(2026, 4, 3), DatUcP=date(2026, 4, 4), KLikv=True, **HOME)
    unit.insert("pINTpol", ID=52, RefAg=51, **LINE, OrderFld=1)


def test_a_received_order(lists: Lists) -> None:
    order = lists.one(ORDER, orderType="receivedOrder")
    header = order["orderHeader"]
    assert {name: value for name, value in header.items() if isinstance(value, str)} == {
        "id": "1", "orderType": "receivedOrder", "storno": "cancelledDocument", "numberOrder": "OB-7",
        "date": "2026-02-01", "dateFrom": "2026-02-03", "dateTo": "2026-02-09", "text": "Objednávka",
        "isExecuted": "true", "isDelivered": "false", "isReserved": "true", "dateCancellation": "2026-02-08",
        "permamentDocument": "false", "permanentDocument": "false", "note": "ponáhľa sa", "markRecord": "false",
    }  # fmt: skip
    assert header["number"] == {"numberRequested": "262000001"}
    assert header["paymentType"] == {"id": "1", "ids": "Hotově", "paymentType": "cash"}
    assert header["partnerIdentity"] == {"id": "5", "address": {"company": "Alfa", "city": "Nitra"}}
    line = order["orderDetail"]["orderItem"]
    assert (line["quantity"], line["delivered"], line["unit"]) == ("4.0", "1.5", "ks")
    offer = {"id": "11", "number": "263000001"}
    assert line["linkedDocument"]["sourceDocument"] == offer
    assert order["linkedDocuments"]["link"] == {"sourceAgenda": "issuedOffer", "sourceDocument": offer}


def test_an_issued_order_tells_when_it_shall_come(lists: Lists) -> None:
    header = lists.one(ORDER, orderType="issuedOrder")["orderHeader"]
    assert (header["id"], header["orderType"], header["dateDelivery"]) == ("3", "issuedOrder", "2026-03-01")


def test_offers_are_told_apart(lists: Lists) -> None:
    offer = lists.one(OFFER, offerType="issuedOffer")
    assert (offer["offerHeader"]["id"], offer["offerDetail"]["offerItem"]["transferred"]) == ("11", "3.0")
    assert lists.ids(OFFER, offerType="receivedOffer") == [13]
    assert lists.ids(OFFER) == [11, 13]


def test_a_contract_with_its_status(lists: Lists) -> None:
    contract = lists.one(CONTRACT)["contractDesc"]
    assert contract == {
        "id": "21", "number": {"numberRequested": "26Zak00001"}, "datePlanStart": "2026-01-01",
        "datePlanDelivery": "2026-05-01", "dateStart": "2026-01-02", "text": "Strecha",
        "partnerIdentity": {"address": {"company": "Alfa", "email": "a@b.sk"}},
        "responsiblePerson": {"id": "7", "ids": "Hĺbková Ľubica"}, "status": {"id": "2", "ids": "Zahájená"},
        "ost1": "A1", "note": "pozor", "markRecord": "false",
    }  # fmt: skip


def test_old_versions_write_the_state_of_a_contract(lists: Lists) -> None:
    old = replace(lists, ways=Ways(contract_state=True), schemas=False)
    contract = old.one(CONTRACT)["contractDesc"]
    assert contract["contractState"] == "opened"
    assert "status" not in contract


@pytest.mark.parametrize(
    ("request_name", "detail", "header"),
    [
        (
            "lst:listBankRequest",
            ("bankDetail", "bankItem"),
            {
                "id": "31", "bankType": "receipt", "number": "26BV00001", "symVar": "260100001", "text": "Úhrada",
                "dateStatement": "2026-04-01", "datePayment": "2026-03-31", "account": {"id": "2", "ids": "KB"},
                "statementNumber": {"statementNumber": "7", "numberMovement": "2"},
                "paymentAccount": {"accountNo": "99", "bankCode": "0200"}, "symConst": "0308",
            },
        ),
        (
            "lst:listVoucherRequest",
            ("voucherDetail", "voucherItem"),
            {"id": "41", "voucherType": "expense", "storno": "cancelDocument", "date": "2026-04-02",
             "cashAccount": {"id": "2", "ids": "KB"}, "number": {"numberRequested": "26HV00001"}},
        ),
        (
            "lst:listIntDocRequest",
            ("intDocDetail", "intDocItem"),
            {"id": "51", "number": {"numberRequested": "26ID00001"}, "date": "2026-04-03",
             "dateAccounting": "2026-04-04", "liquidation": "true"},
        ),
    ],
)  # fmt: skip
def test_bank_cash_and_internal_documents(lists: Lists, request_name: str, detail: Any, header: Any) -> None:
    record = lists.one(request_name)
    found = next(iter(record.values()))
    assert {name: found[name] for name in header} == header
    line = record[detail[0]][detail[1]]
    assert (line["text"], line["quantity"]) == ("Židle", "4.0")
    bank = {"unitPrice": "25"}
    full = {**bank, "price": "100", "priceVAT": "23", "priceSum": "123"}
    assert line["homeCurrency"] == (bank if request_name == "lst:listBankRequest" else full)


@pytest.mark.parametrize(
    "name", [ORDER, OFFER, "lst:listBankRequest", "lst:listVoucherRequest", "lst:listIntDocRequest"]
)
def test_every_document_has_its_amounts_by_slot(lists: Lists, name: str) -> None:
    kinds = {ORDER: {"orderType": "receivedOrder"}, OFFER: {"offerType": "issuedOffer"}}.get(name, {})
    record = lists.records(name, **kinds)[0]
    [summary] = [value for part, value in record.items() if part.endswith("Summary")]
    home = summary["homeCurrency"]
    assert [home[part] for part in ("priceNone", "priceLow", "priceHigh", "priceHighVAT", "priceHighSum")] == [
        "5", "0", "100", "23", "123",
    ]  # fmt: skip
    assert home["round"] == {"priceRound": "0.5"}


def test_a_czech_unit_has_a_third_rate_only_where_there_is_one(tmp_path_factory: pytest.TempPathFactory) -> None:
    unit = Pohoda.create(tmp_path_factory.mktemp("czech") / "unit.db", country="CZ")
    unit.insert("OBJ", ID=1, RelTpObj=1, Datum=date(2020, 1, 1), Kc3=100, KcDPH3=10)
    unit.insert("OBJ", ID=2, RelTpObj=1, Datum=date(2026, 1, 1))
    old, new = (
        lists["orderSummary"]["homeCurrency"] for lists in Lists(unit).records(ORDER, orderType="receivedOrder")
    )
    assert (old["price3"], old["price3VAT"], old["price3Sum"]) == ("100", "10", "110")
    assert "price3" not in new
    rates = Lists(unit).item(ORDER, where(id="2"), orderType="receivedOrder").xpath("//*[@rate]/@rate")
    assert rates == ["12", "21"]
