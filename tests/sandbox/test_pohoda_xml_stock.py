"""The listings of stock and prices, value by value."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest

from pohoda_sandbox.pohoda import Pohoda
from tests.sandbox.pohoda_lists import Lists, where

STOCK = "lStk:listStockRequest"
NOW = datetime(2026, 6, 15, 12, 0, 0)


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lists]:
    unit = Pohoda.create(tmp_path_factory.mktemp("stock") / "unit.db", clock=lambda: NOW)
    fill(unit)
    yield Lists(unit)
    unit.close()


def fill(unit: Pohoda) -> None:
    unit.insert("sSklad", ID=1, IDS="HLAVNÍ", SText="Hlavný sklad", SkMinus=True, Pozn="vzadu")
    unit.insert("sSklad", ID=2, IDS="PRED", SText="Predajňa")
    unit.insert("SkSt", ID=11, RefSklad=1, Vetev1="Nábytok", SText="Nábytok")
    unit.insert("SkSt", ID=12, RefSklad=1, Vetev1="Nábytok", Vetev2="Stoly", SText="Stoly a stolíky")
    unit.insert("SkCS", ID=3, IDS="TOVAR")
    unit.insert("SkCeny", ID=5, IDS="Sleva 1", SText="Zľava 10 %", RelTpCeny=3, Sleva=10, RelTpPlt=2,
                DatOd=date(2026, 1, 1), DatDo=date(2026, 12, 31))  # fmt: skip
    unit.insert("sCMeny", ID=6, Kod="CZK", IDS="CZK")
    unit.insert("SkCeny", ID=7, IDS="CZK", RefCM=6, CmKurs=0.04, RelTpCeny=2, Marze=5, Rabat=4, SDph=True)
    unit.add_column("SKz", "VPrEko", "bit")
    unit.insert(
        "SKz", ID=21, RelSkTyp=1, RefSklad=1, RefStruct=12, RefSkSkup=3, RelDPHn=1, RelDPHp=2, RelSkDruh=2, Odbyt=True,
        IObchod=True, RelSKzVC=2, IDS="ABC-1", EAN="8590000000012", PLU=7, Nazev="Stôl <dub>", SText="masív",
        MJ="ks", MJ2="bal", MJ2Koef=4, StavZ=12, Rezer=2, ObjedP=3, ObjedV=4, Reklam=1, VNakup=950.25, NakupC=1000,
        ProdejKc=1500, MinLim=1, MinMax=20, Hmotnost=2.5, RefAD=25, Vyrobce="Drevo", Popis="dlhý\\nopis", Akce=True,
        Obrazek="stol.jpg", VPrEko=True, Pozn="pozor",
    )  # fmt: skip
    unit.insert("SKz", ID=22, RelSkTyp=3, RefSklad=2, IDS="MONT", Nazev="Montáž", Template=False)
    unit.insert("SKz", ID=23, IDS="VZOR", Nazev="Predloha", Template=True)
    unit.insert("SKzCn", RefAg=21, RefSkCeny=7, ProdejC=37500)
    unit.insert("SKzCn", RefAg=21, RefSkCeny=5, ProdejC=1350)
    unit.insert("AD", ID=25, Firma="Alfa", ICO="87654321", DatSave=datetime(2026, 1, 1))
    unit.insert("AD", ID=26, Firma="Beta", ICO="1", DatSave=datetime(2026, 1, 1))
    unit.insert("AD", ID=27, Firma="Gama")
    new, old = datetime(2026, 6, 1), datetime(2025, 6, 1)
    card = {"RefPol": 21, "Kod": "ABC-1", "Nazev": "Stôl", "RefStruct": 12, "Cena": 1320, "CenaPC": 1500, "Sleva": 12}
    unit.insert("ADcn", RefAg=25, RelAgID=20, **card, DatSave=new)
    unit.insert("ADcn", RefAg=25, RelAgID=22, RefPol=3, Nazev="Tovar", Sleva=5, DatSave=new)
    unit.insert("ADcn", RefAg=26, RelAgID=20, RefPol=22, Kod="MONT", DatSave=old)
    unit.insert("ADcn", RefAg=26, Sleva=2, DatSave=old)
    unit.insert("SkACn", ID=31, IDS="JAR", SText="Jarná akcia", DatOd=date(2026, 3, 1), DatDo=date(2026, 4, 1),
                Sleva=10, RefSkCeny=5, Skupina="VIP, Obchod")  # fmt: skip
    unit.insert("SkACnPol", RefAg=31, RefSKz=21, Kod="ABC-1", Nazev="Stôl", RefStruct=12, ProdejZPC=1500, ProdejC=1350,
                Sleva=10, OrderFld=1)  # fmt: skip
    unit.insert("SkACnAD", RefAg=31, RefAD=25, OrderFld=1)


def test_a_card_with_quantities_prices_and_its_place(lists: Lists) -> None:
    stock = lists.one(STOCK, where(id="21"))
    header = stock["stockHeader"]
    expected = {
        "id": "21", "stockType": "card", "code": "ABC-1", "EAN": "8590000000012", "PLU": "7", "isSales": "true",
        "isSerialNumber": "false", "isInternet": "true", "isBatch": "true", "purchasingRateVAT": "low",
        "sellingRateVAT": "high", "name": "Stôl <dub>", "nameComplement": "masív", "unit": "ks", "unit2": "bal",
        "coefficient2": "4.0", "storage": {"id": "12", "ids": "HLAVNÍ/Nábytok/Stoly"},
        "typePrice": {"id": "3", "ids": "TOVAR"}, "weightedPurchasePrice": "950.25", "purchasingPrice": "1000",
        "sellingPrice": "1500", "limitMin": "1.0", "limitMax": "20.0", "mass": "2.5", "count": "12.0",
        "countIssue": "10.0", "countReceivedOrders": "3.0", "reservation": "2.0", "supplier": {"id": "25"},
        "countIssuedOrders": "4.0", "reclamation": "1.0", "service": "0.0", "producer": "Drevo", "sale": "true",
        "classOfStock": "goods", "note": "pozor", "markRecord": "false",
    }  # fmt: skip
    assert {name: header[name] for name in expected} == expected
    assert stock["stockPriceItem"]["stockPrice"] == [
        {"id": "5", "ids": "Sleva 1", "price": "1350"},
        {"id": "7", "ids": "CZK", "price": "37500"},
    ]
    assert header["parameters"]["parameter"] == {"name": "VPrEko", "booleanValue": "true"}


def test_parts_of_a_card_can_be_left_out(lists: Lists) -> None:
    off = "".join(f"<lStk:{part}>false</lStk:{part}>" for part in ("pictures", "stockPriceItem", "stockParameters"))
    card = lists.one(STOCK, where(id="21"), off=off)
    assert "stockPriceItem" not in card
    assert {"pictures", "parameters"} & card["stockHeader"].keys() == set()


def test_a_card_without_a_branch_lies_in_the_store_itself(lists: Lists) -> None:
    assert lists.one(STOCK, where(id="22"))["stockHeader"]["storage"] == {"ids": "PRED"}


@pytest.mark.parametrize(
    ("filter", "ids"),
    [
        ("", [21, 22]),
        (where(code="abc-1"), [21]),
        (where(EAN="8590000000012"), [21]),
        (where(PLU="7"), [21]),
        (where(name="Montáž"), [22]),
        (where(store="<typ:ids>HLAVNÍ</typ:ids>"), [21]),
        (where(store="<typ:id>2</typ:id>"), [22]),
        (where(storage="<typ:ids>HLAVNÍ/Nábytok/Stoly</typ:ids>"), [21]),
        (where(storage="<typ:ids>HLAVNÍ/Nábytok</typ:ids>"), []),
        (where(internet="true"), [21]),
        (where(internet="false"), [22]),
        (where(code="ABC-1", internet="false"), []),
        ("<ftr:queryFilter><ftr:filter>SKz.StavZ &gt; 5</ftr:filter></ftr:queryFilter>", [21]),
    ],
)
def test_filters_of_stock(lists: Lists, filter: str, ids: list[int]) -> None:
    assert lists.ids(STOCK, filter) == ids


def test_price_levels(lists: Lists) -> None:
    discount, czech = lists.records("lst:listSellingPriceRequest")
    assert discount == {
        "id": "5", "code": "Sleva 1", "name": "Zľava 10 %", "discountValidity": "temporary", "dateFrom": "2026-01-01",
        "dateTill": "2026-12-31", "priceType": "discount", "discountPercentage": "10.0",
        "calculation": "excludedVAT", "rounding": "0,1",
    }  # fmt: skip
    assert (czech["priceType"], czech["margin"], czech["rebate"]) == ("accessoryPrice", "5.0", "4.0")
    assert (czech["calculation"], czech["currency"], czech["rate"]) == (
        "includedVAT",
        {"id": "6", "ids": "CZK"},
        "0.04",
    )


def test_individual_prices_are_one_record_a_customer(lists: Lists) -> None:
    name = "lst:listIndividualPriceRequest"
    alfa, beta = lists.records(name)
    assert alfa == {
        "partnerIdentity": {"id": "25"},
        "setPrices": {
            "stocks": {
                "stockItem": {
                    "id": "21", "ids": "ABC-1", "name": "Stôl", "storage": {"id": "12"}, "price": "1500",
                    "discountPercentage": "12.0", "individualPrice": "1320", "payVAT": "false",
                }
            },
            "priceGroups": {"priceGroupItem": {"id": "3", "name": "Tovar", "discountPercentage": "5.0"}},
        },
    }  # fmt: skip
    assert beta["setPrices"]["allStocks"] == {"discountPercentage": "2.0"}
    assert lists.ids(name, where(ico="87654321")) == [25]
    assert lists.ids(name, where(lastChangesIndividualPrice="2026-01-01T00:00:00")) == [25]
    assert lists.ids(name, where(lastChanges="2026-01-02T00:00:00")) == []
    assert lists.ids(name, limit="<ftr:idFrom>26</ftr:idFrom>") == [26]


@pytest.mark.parametrize(("version", "cards"), [("2.0", "actionPriceItem"), ("2.1", "actionPriceStocks")])
def test_action_prices(lists: Lists, version: str, cards: str) -> None:
    action = lists.one("lst:listActionPriceRequest", actionPricesVersion=version)
    assert action["actionPriceHeader"] == {
        "id": "31", "name": "JAR", "description": "Jarná akcia", "discountPercentage": "10.0",
        "validityAction": {"dateFrom": "2026-03-01", "dateTill": "2026-04-01"}, "deriveFromAccesoryPrice": "Sleva 1",
    }  # fmt: skip
    card: Any = action[cards]["actionPriceStockItem"]
    assert card["stock"] == {"id": "21", "code": "ABC-1"}
    assert card["defaultPriceStock"] == {"price": "1500", "payVAT": "false"}
    assert card["actionPriceStock"] == {"price": "1350", "discountPercentage": "10.0"}
    assert action["actionPriceCustomers"]["customer"] == {"id": "25"}
    assert [group["name"] for group in action["actionPriceGroups"]["group"]] == ["VIP", "Obchod"]


def test_stores_and_their_branches(lists: Lists) -> None:
    main, shop = lists.records("lst:listStoreRequest")
    assert main == {
        "id": "1", "name": "HLAVNÍ", "text": "Hlavný sklad", "allowNegInvBalance": "true", "note": "vzadu",
        "markRecord": "false",
    }  # fmt: skip
    assert (shop["id"], shop["allowNegInvBalance"]) == ("2", "false")
    tree = lists.item("lst:listStorageRequest")[0]
    assert [(node.get("id"), node.get("code"), node.get("name")) for node in tree.iter("{*}itemStorage")] == [
        ("1", "HLAVNÍ", "Hlavný sklad"),
        ("11", "Nábytok", "Nábytok"),
        ("12", "Stoly", "Stoly a stolíky"),
        ("2", "PRED", "Predajňa"),
    ]
    one = lists.item("lst:listStorageRequest", "<lst:store><typ:ids>PRED</typ:ids></lst:store>")[0]
    assert [node.get("code") for node in one] == ["PRED"]
