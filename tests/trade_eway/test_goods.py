"""Goods of eWay-CRM are known by Kód and Členění: cards of one code are one product, or each card is one."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.ledger import Request
from tests.both import Both

FULL = Request(mode="full")
SHOP, MAIN = "PREDAJŇA", "HLAVNÍ/Náradie/Ručné"


@pytest.fixture(scope="module")
def goods(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """A code with cards in two stores, of which one has branches."""
    with (
        pytest.MonkeyPatch.context() as patch,
        Both.open("eway", tmp_path_factory.mktemp("goods"), patch, agendas={"products": {"to_crm": {}}}) as both,
    ):
        main, shop = (both.pohoda.insert("sSklad", IDS=code, SText=code) for code in ("HLAVNÍ", SHOP))
        branch = both.pohoda.insert("SkSt", RefSklad=main, Vetev1="Náradie", Vetev2="Ručné")
        for store, of, quantity in ((main, branch, 5), (shop, None, 2)):
            card: dict[str, Any] = {"IDS": "KL-1", "Nazev": "Kliešte", "RelSkTyp": 1, "RelDPHp": 2, "MJ": "ks"}
            both.pohoda.insert("SKz", **card, RefSklad=store, RefStruct=of, StavZ=quantity, ObjNazev="PLIERS 5")
        yield both


def shown(both: Both) -> dict[str, tuple[Any, Decimal]]:
    """Structure of each product with the code -> guid and quantity."""
    return {
        item["Structure"]: (item["ItemGUID"], Decimal(item["InventoryQuantity"] or 0))
        for item in both.crm.records("Goods")
        if item["Code"] == "KL-1"
    }


def test_cards_of_one_code_are_the_product_that_is_filed_as_the_oldest(goods: Both) -> None:
    """One that eWay-CRM has under the same code but files elsewhere is another product."""
    other = goods.crm.create("Goods", Code="KL-1", Structure="STARÝ", FileAs="Kliešte", InventoryQuantity="9")
    own = goods.crm.create("Goods", Code="kl-1", Structure="hlavní/náradie/ručné", FileAs="Kliešte")
    assert goods.sync("products") == {"updated": 1}
    assert shown(goods) == {"STARÝ": (other, Decimal(9)), MAIN: (own, Decimal(7))}
    assert goods.sync("products", request=FULL) == {"unchanged": 1}
    goods.crm.delete("Goods", other)


def test_a_product_that_is_not_filed_yet_is_matched_by_its_code(goods: Both) -> None:
    """One of the same code that is filed elsewhere is another product."""
    store = goods.cards("sSklad")[0]["ID"]
    card = goods.pohoda.insert("SKz", IDS="SK-1", Nazev="Skrutka", RelSkTyp=1, RelDPHp=2, MJ="ks", RefSklad=store)
    other = goods.crm.create("Goods", Code="SK-1", Structure="STARÝ", FileAs="Skrutka")
    own = goods.crm.create("Goods", Code="sk-1", FileAs="Skrutka")
    found = goods.sync("products")
    assert (found["created"], found["updated"]) == (0, 1)
    filed = {item["Structure"]: item["ItemGUID"] for item in goods.crm.records("Goods") if item["Code"] == "SK-1"}
    assert filed == {"STARÝ": other, "HLAVNÍ": own}
    assert goods.sync("products", request=FULL) == {"unchanged": 2}
    goods.pohoda.delete("SKz", card)
    for guid in filed.values():
        goods.crm.delete("Goods", guid)


def test_each_card_can_be_a_product(goods: Both) -> None:
    """The pair that there was stays that of the oldest card."""
    ((structure, (own, _)),) = shown(goods).items()
    settings = {"settings": {"each_card": True}}
    goods.link(agendas={"products": {"to_crm": settings}})
    assert goods.sync("products") == {"created": 1, "updated": 1}
    assert {place: amount for place, (_, amount) in shown(goods).items()} == {MAIN: Decimal(5), SHOP: Decimal(2)}
    assert shown(goods)[structure][0] == own
    goods.pohoda.edit("SKz", goods.cards("SKz")[1]["ID"], StavZ=3)
    assert goods.sync("products")["updated"] == 1
    assert shown(goods)[SHOP][1] == 3
    assert goods.sync("products", request=FULL) == {"unchanged": 2}


@pytest.mark.parametrize("kind", ["gram", "eway"])
def test_each_card_asks_for_a_crm_that_tells_products_apart_by_it(goods: Both, kind: str) -> None:
    fields = {"eway": {"Structure": {"drop": True}}, "gram": {}}[kind]
    ways = {"to_crm": {"settings": {"each_card": True}, "fields": fields}}
    goods.link(agendas={"products": ways}, crm={"kind": kind, "connection": f"{kind}_api"})
    assert "does not tell its records of products apart by code and structure" in next(
        iter(open_catalogue(goods.config).broken.values()), ""
    )


def test_a_text_of_the_card_goes_to_a_custom_field_by_setting(goods: Both) -> None:
    """Obj. název, for which eWay-CRM has no field of its own."""
    number = 91
    field = {"FieldId": number, "ObjectTypeFolderName": "Goods", "Name": "Obj. název", "Type": 0}
    goods.crm.create("AdditionalFields", **field, ColumnName=f"af_{number}")
    goods.link(agendas={"products": {"to_crm": {"fields": {f"af_{number}": {"from": "order_name"}}}}})
    goods.sync("products", request=FULL)
    (filed,) = [item for item in goods.crm.records("Goods") if item["Structure"] == MAIN]
    assert filed["AdditionalFields"][f"af_{number}"] == "PLIERS 5"
