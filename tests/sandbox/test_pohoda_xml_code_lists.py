"""Code lists, definitions of custom fields, the unit itself and open balances, value by value."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from pohoda_sandbox.pohoda import Pohoda
from tests.sandbox.pohoda_lists import Lists, told, where

NOW = datetime(2026, 6, 15, 12, 0, 0)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lists]:
    unit = Pohoda.create(tmp_path_factory.mktemp("lists") / "unit.db", clock=lambda: NOW)
    unit.insert("sSTR", ID=1, IDS="BRNO", SText="Pobočka Brno", Pozn="áno", Sel=True)
    unit.insert("sSTR", ID=2, IDS="PRAHA")
    unit.insert("sCIN", ID=3, IDS="SLUŽBY", SText="Služby")
    unit.insert("sCRady", ID=4, IDS="2601", Cislo="00007", SText="Vydané faktúry", RelCrAg=2, RelTpObd=1, Rok=2026)
    unit.insert("sCRady", ID=5, IDS="20", Cislo="00001", RelCrAg=11, RelTpObd=0, Rok=2026)
    unit.insert("sFormUh", ID=6, IDS="Kartou", SText="Platba kartou", RelTyp=2, UseInAgPH=True)
    unit.insert("sUcet", ID=7, IDS="KB", SText="19-4660550217", KodBanky="0100", Banka="KB", IBAN="CZ1", RelJeUcet=2)
    unit.insert("sUcet", ID=8, IDS="HP", RelJeUcet=1)
    unit.insert("pPK", ID=9, IDS="3Fv", SText="Služby", RelPkAg=2, UMD="311000", UD="602000")
    unit.insert("pPK", ID=10, IDS="1Iv", SText="Iné", RelPkAg=99, UMD="395000", UD="602000")
    unit.insert("sDPH", ID=30, IDS="UD", SText="Tuzemské plnenie", Nabizet=True, RefTpDph=4)
    unit.insert("sVPUL", ID=11, IDS="Farba", SText="Farby")
    unit.insert("sVPULpol", ID=12, RefAg=11, IDS="BUK", SText="Buk", OrderFld=2)
    unit.insert("sVPULpol", ID=13, RefAg=11, IDS="DUB", SText="Dub", OrderFld=1)
    unit.insert("sVPUL", ID=14, IDS="Zdroj", SText="Zdroje")
    unit.insert("sVP", ID=15, TabMain="FA", TabItem="FApol")
    unit.add_column("FA", "RefVPrFarba", "int")
    unit.add_column("FA", "VPrNaklady", "money")
    unit.add_column("FApol", "VPrSarza", "varchar(20)")
    unit.insert("sVPpol", ID=16, RefAg=15, Nazev="Farba", Popis="Farba dreva", RelUL=11, OrderFld=2)
    unit.insert("sVPpol", ID=17, RefAg=15, Nazev="Naklady", Popis="Náklady", OrderFld=1, Use0=True)
    unit.insert("sVPpol", ID=18, RefAg=15, Nazev="Sarza", Popis="Šarža", Items=True, Delka=20, OrderFld=3)
    unit.insert("FA", ID=20, RelTpFak=1, Cislo="1", Datum=date(2026, 1, 1), DatSplat=date(2026, 1, 9), VarSym="77",
                KcCelkem=100, KcLikv=40, RelPk=9, Firma="Alfa", ICO="1")  # fmt: skip
    unit.insert("FA", ID=21, RelTpFak=11, Cislo="2", Datum=date(2026, 2, 1), KcCelkem=50, KcLikv=50)
    unit.insert("FA", ID=22, RelTpFak=1, Cislo="3", Datum=date(2026, 1, 1), KcCelkem=10, KcLikv=0)
    unit.insert("FA", ID=23, RelTpFak=1, Cislo="4", Datum=date(2027, 1, 1), KcCelkem=10, KcLikv=10)
    yield Lists(unit)
    unit.close()


def test_centres_and_activities(lists: Lists) -> None:
    brno = {"id": "1", "code": "BRNO", "name": "Pobočka Brno", "note": "áno", "markRecord": "true"}
    assert lists.records("lCen:listCentreRequest")[0] == {"centreHeader": brno}
    assert lists.ids("lCen:listCentreRequest", where(id="2")) == [2]
    limit = "<ftr:count>1</ftr:count>"
    assert lists.ids("lCen:listCentreRequest", limit=limit) == [1, 2]
    assert lists.one("lAcv:listActivityRequest")["activityHeader"]["code"] == "SLUŽBY"


def test_number_series_new_and_old(lists: Lists) -> None:
    new = "lst:listNumericalSeriesRequest"
    assert lists.records(new, where(id="4"))[0]["numericalSeriesHeader"] == {
        "id": "4", "prefix": "2601", "number": "00007", "name": "Vydané faktúry", "agenda": "vydane_faktury",
        "period": "yearlong", "year": "2026", "markRecord": "false",
    }  # fmt: skip
    assert lists.ids(new, where(agenda="prijate_objednavky")) == [5]
    assert lists.ids(new, where(period="permanent")) == [5]
    old = lists.item("lst:listNumericSeriesRequest")[0]
    assert [dict(series.attrib) for series in old] == [
        {"id": "4", "code": "2601", "name": "Vydané faktúry", "agenda": "issuedInvoice", "year": "2026"},
        {"id": "5", "code": "20", "name": "", "agenda": "internalDocument", "year": "2026"},
    ]
    one = lists.item("lst:listNumericSeriesRequest", "<lst:agenda>issuedInvoice</lst:agenda>")[0]
    assert [series.get("id") for series in one] == ["4"]


def test_payments_accounts_and_posting_rules(lists: Lists) -> None:
    payment = lists.one("lst:listPaymentRequest")["paymentHeader"]
    assert (payment["name"], payment["paymentType"], payment["useInSales"]) == ("Kartou", "creditCard", "true")
    account = lists.one("lst:listBankAccountRequest")["bankAccountHeader"]
    assert account == {
        "id": "7", "ids": "KB", "numberAccount": "19-4660550217", "codeBank": "0100", "nameBank": "KB", "IBAN": "CZ1",
    }  # fmt: skip
    double = lists.item("lst:listAccountingDoubleEntryRequest")[0]
    assert dict(double[0].attrib) == {
        "id": "9", "code": "3Fv", "accounting": "Služby", "agenda": "issuedInvoice", "debit": "311000",
        "credit": "602000",
    }  # fmt: skip
    single = lists.item("lst:listAccountingSingleEntryRequest", "<lst:agenda>internalDocument</lst:agenda>")[0]
    assert [rule.get("code") for rule in single] == ["1Iv"]
    chart = lists.item("lst:listAccountRequest")[0]
    assert [account.get("code") for account in chart] == ["311000", "602000", "395000"]


def test_classifications_of_vat(lists: Lists) -> None:
    assert lists.one("lst:listClassificationVATRequest")["classificationVATHeader"] == {
        "id": "30", "code": "UD", "name": "Tuzemské plnenie", "VATType": {"id": "4"}, "offer": "true",
        "markRecord": "false",
    }  # fmt: skip


def test_definitions_of_custom_fields(lists: Lists) -> None:
    [agenda] = lists.item("lst:listParameterRequest", inner='idsAgenda="faktury"', parameterVersion="2.2")[0]
    assert dict(agenda.attrib) == {"version": "2.2", "idsAgenda": "faktury"}
    costs, colour = told(agenda)["formParameter"]["parameterDef"]
    assert (costs["name"], costs["label"], costs["type"], costs["use0"]) == ("Naklady", "Náklady", "currency", "true")
    assert (colour["name"], colour["type"], colour["list"]) == ("Farba", "list", {"id": "11", "ids": "Farba"})
    batch = told(agenda)["itemParameter"]["parameterDef"]
    assert (batch["id"], batch["type"], batch["length"]) == ("18", "text", "20")
    assert len(lists.item("lst:listParameterRequest", inner='idsAgenda="zakazky"')[0]) == 0


def test_lists_of_values(lists: Lists) -> None:
    [colours] = lists.item("lst:listUserCodeRequest", inner='code="Farba"', listVersion="1.1")[0]
    assert (colours.get("id"), colours.get("code"), colours.get("name")) == ("11", "Farba", "Farby")
    assert [(value.get("id"), value.get("code"), value.get("name")) for value in colours] == [
        ("13", "DUB", "Dub"),
        ("12", "BUK", "Buk"),
    ]
    assert [one.get("code") for one in lists.item("lst:listUserCodeRequest", inner='code=""')[0]] == ["Farba", "Zdroj"]


def test_the_accounting_unit(lists: Lists) -> None:
    unit = lists.one("acu:listAccountingUnitRequest")
    assert (unit["year"], unit["dateFrom"], unit["dateTo"]) == ("2026", "2026-01-01", "2026-12-31")
    assert unit["dataFile"] == "StwPh_12345678_2026"


def test_open_balances_of_a_day(lists: Lists) -> None:
    name, pairing = "lst:listBalanceRequest", "<lst:pairing>PairingSymbol</lst:pairing>"
    until = "<lst:dateTo>2026-12-31</lst:dateTo>"
    balance = lists.one(name, until + pairing, balanceVersion="2.0")
    ours, theirs = balance["balanceItem"]
    assert ours == {
        "id": "20", "number": "1", "partnerIdentity": {"company": "Alfa", "ico": "1"}, "sourceAgenda": "issuedInvoice",
        "accountNo": "311000", "pairSymbol": "77", "date": "2026-01-01", "dueDate": "2026-01-09",
        "homeCurrency": {"amountMD": "100", "amountD": "60", "amountRemain": "40"},
    }  # fmt: skip
    assert theirs["homeCurrency"] == {"amountMD": "0", "amountD": "50", "amountRemain": "-50"}
    old = lists.one(name, until + pairing, balanceVersion="1.0")["balanceItem"][0]
    assert (old["amountMD"], old["amountRemain"]) == ("100", "40")
    settled = lists.one(name, f"<lst:removeBalancedRec>false</lst:removeBalancedRec>{pairing}")["balanceItem"]
    assert [item["id"] for item in settled] == ["20", "21", "22"]
    assert lists.records(name, f"<lst:dateTo>2025-12-31</lst:dateTo>{pairing}") == []
