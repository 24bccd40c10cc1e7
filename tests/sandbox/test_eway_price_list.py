"""The price list of the simulated eWay-CRM: published methods read sale prices only, the rest is behind a switch."""

from typing import Any

from pohoda_sandbox.eway import EWay
from tests.sandbox.eway_client import Client

VERBS = ("Get{}s", "Get{}sByItemGuids", "Get{}sIdentifiers", "Search{}s", "Search{}sIdentifiers", "Save{}", "Save{}s",
         "Delete{}", "Delete{}s")  # fmt: skip
READS = 5


def there(client: Client, folder: str) -> list[str]:
    """The verbs of a folder that the service knows."""
    body = {"sessionId": client.session}
    return [verb for verb in VERBS if client.raw(verb.format(folder), body).status_code != 404]


def test_by_default_sale_prices_are_read_only_and_individual_discounts_have_no_method(client: Client) -> None:
    assert there(client, "SalePrice") == list(VERBS[:READS])
    assert there(client, "IndividualDiscount") == []


def test_the_switch_brings_the_methods_that_nobody_has_published(eway: EWay, client: Client) -> None:
    eway.switches.price_lists = True
    assert there(client, "SalePrice") == there(client, "IndividualDiscount") == list(VERBS)
    guid = client.save("SalePrice", FileAs="VIP", Discount="7.5", Note="for friends")
    client.save("SalePrice", ItemGUID=guid, Discount=8)
    assert client.one(guid, "SalePrices")["Discount"] == 8
    assert client("DeleteSalePrice", itemGuid=guid)["ReturnCode"] == "rcSuccess"
    assert [one["FileAs"] for one in client.ok("GetSalePrices")] == ["Základná", "Partner"]


def test_a_row_is_of_one_company_and_one_product(eway: EWay, client: Client) -> None:
    eway.switches.price_lists = True
    company, good = eway.create("Companies", CompanyName="Firma"), eway.create("Goods", Code="A", FileAs="A")
    row: dict[str, Any] = {"Companies_CompanyGuid": company, "Goods_GoodGuid": good, "UnitPrice": 93.5, "Discount": 7}
    guid = client.save("IndividualDiscount", **row)
    shown = client.one(guid, "IndividualDiscounts", includeForeignKeys=True)
    assert {name: shown[name] for name in row} == row
    assert "Companies_CompanyGuid" not in client.one(guid, "IndividualDiscounts")
    stranger = {**row, "Goods_GoodGuid": company}
    assert client("SaveIndividualDiscount", transmitObject=stranger)["ReturnCode"] == "rcGeneralError"
    assert client("DeleteIndividualDiscount", itemGuid=guid)["ReturnCode"] == "rcSuccess"
    assert eway.records("IndividualDiscounts") == []
