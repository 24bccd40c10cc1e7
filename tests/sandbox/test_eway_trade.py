"""Goods, carts with lines, projects, deals and payments of the simulated eWay-CRM, as a foreign client has them."""

import json
from collections.abc import Iterator
from hashlib import md5
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults

Json = dict[str, Any]
NUMBERED = [("SaveProject", "GetProjectsByItemGuids", "HID"), ("SaveLead", "GetLeadsByItemGuids", "HID"),
            ("SaveCart", "GetCartsByItemGuids", "Id")]  # fmt: skip


class Client:
    """What any program does: LogIn, then methods with the session."""

    def __init__(self, eway: EWay) -> None:
        self.eway, self.session = eway, ""
        told = self(
            "LogIn", userName="api", passwordHash=md5(b"Heslo-1", usedforsecurity=False).hexdigest(), appVersion="Test1"
        )
        self.session = told["SessionId"]

    def __call__(self, method: str, **members: Any) -> Json:
        body = json.dumps({**members, **({"sessionId": self.session} if self.session else {})}).encode()
        request = Request(f"{self.eway.url}/InsecureAPI.svc/{method}", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=20) as reply:
            told: Json = json.loads(reply.read())
        return told

    def save(self, method: str, **fields: Any) -> str:
        told = self(method, transmitObject=fields)
        assert told["ReturnCode"] == "rcSuccess", told
        return str(told["Guid"])

    def cart(self, guid: str, **members: Any) -> Json:
        (cart,) = self("GetCartsByItemGuids", itemGuids=[guid], **members)["Data"]
        assert isinstance(cart, dict)
        return cart

    def value(self, enum: str, text: str) -> str:
        found = self("SearchEnumValues", transmitObject={"EnumTypeName": enum, "FileAs": text})["Data"]
        return str(found[0]["ItemGUID"])


@pytest.fixture(scope="module")
def eway() -> Iterator[EWay]:
    with EWay(Faults(), password="Heslo-1") as running:
        yield running


@pytest.fixture
def client(eway: EWay) -> Client:
    return Client(eway)


def test_lines_inside_a_cart_are_saved_with_it_and_make_its_sums(client: Client) -> None:
    product = client.save("SaveGood", FileAs="Klávesnica", Code=uuid4().hex, SalePrice=20)
    lines = [
        {"FileAs": "Klávesnica", "Quantity": "2", "ListPrice": "10.005", "Discount": 10, "VatRate": 21, "Rank": 1,
         "Goods_GoodsInfoGuid": product},
        {"FileAs": "Doprava", "Quantity": 1, "ListPrice": 100, "VatRate": 21, "Rank": 2},
    ]  # fmt: skip
    guid = client.save("SaveCart", FileAs="20260001", GoodsInCart=lines)
    cart = client.cart(guid)
    assert [line["FileAs"] for line in cart["GoodsInCart"]] == ["Klávesnica", "Doprava"]
    assert [line["PriceTotalExcludingVat"] for line in cart["GoodsInCart"]] == [18.01, 100]
    assert [line["VatTotal"] for line in cart["GoodsInCart"]] == [3.78, 21]
    assert cart["GoodsInCart"][0]["Goods_GoodsInfoGuid"] == product
    assert (cart["PriceTotalExcludingVat"], cart["Vat"], cart["PriceTotal"]) == (118.01, 24.78, 142.79)
    assert (cart["ItemVersion"], cart["GoodsInCartCount"], cart["ForPayment"]) == (1, 2, 142.79)
    assert client.cart(guid, omitGoodsInCart=True)["GoodsInCart"] is None


def test_amounts_that_a_save_carries_are_kept(client: Client) -> None:
    line = {
        "FileAs": "Práca",
        "Quantity": 3,
        "ListPrice": "33.3333",
        "PriceTotalExcludingVat": 100,
        "VatTotal": "21.01",
    }
    guid = client.save("SaveCart", FileAs="x", PriceTotal="121.50", GoodsInCart=[line])
    cart = client.cart(guid)
    assert (cart["PriceTotalExcludingVat"], cart["Vat"], cart["PriceTotal"]) == (100, 21.01, 121.5)
    assert [line["PriceTotal"] for line in cart["GoodsInCart"]] == [121.01]


def test_a_line_saved_or_deleted_by_itself_changes_its_cart(client: Client) -> None:
    guid = client.save("SaveCart", FileAs="x", GoodsInCart=[{"FileAs": "a", "Quantity": 1, "ListPrice": 10}])
    base = client("GetLastItemChangeId")["Datum"]
    line = client.save("SaveGoodInCart", FileAs="b", Quantity=2, ListPrice=5, Rank=2, Carts_GoodsInCartGuid=guid)
    assert (client.cart(guid)["PriceTotal"], client.cart(guid)["ItemVersion"]) == (20, 2)
    last = client("GetLastItemChangeId")["Datum"]
    told = client("GetItemChangeIdentifiers", folderName="Carts", baseChangeId=base, targetChangeId=last)["Data"]
    assert [one["ItemGUID"] for one in told] == [guid]
    assert client("DeleteGoodInCart", itemGuid=line)["ReturnCode"] == "rcSuccess"
    assert (client.cart(guid)["PriceTotal"], len(client.cart(guid)["GoodsInCart"])) == (10, 1)


def test_lines_go_with_their_cart(client: Client) -> None:
    guid = client.save("SaveCart", FileAs="x", GoodsInCart=[{"FileAs": "a"}])
    line = client.cart(guid)["GoodsInCart"][0]["ItemGUID"]
    assert client("DeleteCart", itemGuid=guid)["ReturnCode"] == "rcSuccess"
    assert client("GetGoodsInCartByItemGuids", itemGuids=[line])["Data"] == []


def test_the_state_of_a_cart_tells_by_the_settings_whether_it_is_invoiced_or_paid(client: Client, eway: EWay) -> None:
    guid = client.save("SaveCart", FileAs="x", StateEn=client.value("CartState", "Paid"))
    shown = client.cart(guid)
    assert [shown[flag] for flag in ("IsToBeInvoiced", "IsInvoiced", "IsPaid", "IsVoided")] == [
        False,
        False,
        True,
        False,
    ]
    eway.set("CartInvoicedState", "paid")
    eway.set("CartPaidState", "Zaplaceno")
    assert (client.cart(guid)["IsInvoiced"], client.cart(guid)["IsPaid"]) == (True, False)


def test_code_and_structure_of_goods_are_unique_together(client: Client) -> None:
    code = uuid4().hex
    client.save("SaveGood", FileAs="a", Code=code, Structure="Sklad 1")
    client.save("SaveGood", FileAs="a", Code=code, Structure="Sklad 2")
    client.save("SaveGood", FileAs="a", Code=code)
    for twin in ({"Structure": "sklad 2"}, {}):
        assert (
            client("SaveGood", transmitObject={"FileAs": "a", "Code": code, **twin})["ReturnCode"] == "rcGeneralError"
        )
    for _ in range(2):
        client.save("SaveGood", FileAs="bez kódu")


def test_projects_deals_and_carts_get_running_numbers(client: Client) -> None:
    for method, get, number in NUMBERED:
        guids = [client.save(method, FileAs="x") for _ in range(2)]
        first, second = (item[number] for item in client(get, itemGuids=guids)["Data"])
        assert second == first + 1


def test_a_payment_belongs_to_its_cart(client: Client) -> None:
    cart = client.save("SaveCart", FileAs="x")
    guid = client.save("SavePayment", Date="2026-03-01", Paid="12.5", Carts_Paid_CartGuid=cart)
    (payment,) = client("GetPaymentsByItemGuids", itemGuids=[guid], includeForeignKeys=True)["Data"]
    assert (payment["Carts_Paid_CartGuid"], payment["Paid"]) == (cart, 12.5)


def test_rights_and_workflow_rules_hold_for_carts(client: Client, eway: EWay) -> None:
    eway.rule("Carts", field="FileAs", kind="mandatory", message="Vyplňte číslo", optional=True)
    told = client("SaveCart", transmitObject={"Note": "n"})
    assert (told["ReturnCode"], told["UserMessage"], told["IsUserMessageOptionalError"]) == (
        "rcGeneralError", "Vyplňte číslo", True)  # fmt: skip
    waved = client("SaveCart", transmitObject={"Note": "n"}, ignoredUserErrorMessages=["Vyplňte číslo"])
    assert waved["ReturnCode"] == "rcSuccess"
    eway.clear_rules()
    eway.permit("Carts", CanCreate=False, View="Own")
    try:
        assert client("SaveCart", transmitObject={"FileAs": "x"})["ReturnCode"] == "rcAccessDenied"
        eway.permit("Carts", View="None")
        assert client("GetCartsIdentifiers")["ReturnCode"] == "rcAccessDenied"
    finally:
        eway.permit("Carts", CanCreate=True, View="All")
