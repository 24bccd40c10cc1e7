"""Every published verb of the folders of trade, as the vendor's PHP library calls them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from tests.sandbox.eway_client import ZERO, Php


@dataclass(frozen=True)
class Folder:
    """`text`, `amount`, `moment`: members to try; `closed`: what a save passes over; `key`: one of its foreign keys."""

    name: str
    singular: str
    key: str
    amount: str
    moment: str
    text: str = "Note"
    closed: dict[str, Any] = field(default_factory=dict)
    numbered: str = ""
    array: str = "itemGuids"


FOLDERS = [
    Folder("Goods", "Good", "Goods_SuperiorGoodGuid", "SalePrice", "SalePriceChanged", "Code"),
    Folder("Carts", "Cart", "Companies_CustomerGuid", "PriceTotal", "EffectiveFrom",
           closed={"IsToBeInvoiced": True, "IsInvoiced": True, "IsPaid": True, "IsVoided": True}, numbered="Id",
           array="itemGuid"),
    Folder("GoodsInCart", "GoodInCart", "Carts_GoodsInCartGuid", "PurchasePrice", "ListPriceChanged", "Code"),
    Folder("Projects", "Project", "Companies_CustomerGuid", "Price", "ProjectStart", "ProjectName",
           closed={"IsCompleted": True, "IsLost": True, "CompletedDate": "2026-01-01"}, numbered="HID"),
    Folder("Leads", "Lead", "Marketing_MarketingGuid", "EstimatedValue", "ReceiveDate", "Customer",
           closed={"IsCompleted": True, "LostDate": "2026-01-01", "PhoneNormalized": "7"}, numbered="HID"),
    Folder("Payments", "Payment", "Carts_Paid_CartGuid", "Paid", "Date", "FileAs"),
]  # fmt: skip
every = pytest.mark.parametrize("of", FOLDERS, ids=lambda of: of.name)


@pytest.fixture(scope="module")
def eway() -> Iterator[EWay]:
    with EWay(Faults()) as running:
        yield running


@pytest.fixture(scope="module")
def php(eway: EWay) -> Php:
    return Php(eway)


def made(php: Php, of: Folder, **more: Any) -> str:
    told = php.sent(of.singular, **{"FileAs": "Žltý kôň", of.text: uuid4().hex, of.amount: "12.50", **more})
    assert (told["ReturnCode"], told["UserMessage"]) == ("rcSuccess", None)
    return str(told["Guid"])


@every
def test_what_is_made_is_listed_found_and_read(php: Php, of: Folder) -> None:
    text, other = uuid4().hex, made(php, of)
    guid = made(php, of, **{of.text: text, of.moment: "2026-07-21 10:11:12"})
    (listed,) = [one for one in php.whole(of.name) if one["ItemGUID"] == guid]
    assert (listed[of.amount], listed["ItemVersion"], listed["Relations"], of.key in listed) == (12.5, 1, None, False)
    assert {guid, other} <= set(php.identifiers(of.name))
    assert [one["ItemGUID"] for one in php.search(of.name, **{of.text: text.upper()})["Data"]] == [guid]
    both = {of.text: text, of.amount: "99"}
    assert php.search(of.name, **both)["Data"] == []
    found = php.ok(f"Search{of.name}Identifiers", transmitObject=both, binaryLogicalOperator="or", countLimit=5)
    assert found == [{"ItemGUID": guid, "ItemVersion": 1}]
    asked = {"includeForeignKeys": True, "includeRelations": False}
    (read,) = php.ok(f"Get{of.name}ByItemGuids", itemGuids=[guid, str(uuid4())], **asked)
    assert read[of.key] is None and set(read) == {*listed} | {key for key in read if key.endswith("Guid")}
    for dates, shown in (("legacy", "Z"), ("rfc3339", "+00:00")):
        php.eway.switches.dates = dates
        assert php.one(guid, of.name)[of.moment].endswith(shown)
    php.eway.switches.dates = "legacy"


@every
def test_foreign_keys_are_shown_and_never_searched(php: Php, of: Folder) -> None:
    told = php.search(of.name, **{of.key: str(uuid4())})
    assert (told["ReturnCode"], told["Data"]) == ("rcGeneralError", None)
    assert told["Description"] == "Searching by foreign key fields is not supported yet"
    told = php.sent(of.singular, FileAs="x", **{of.key: str(uuid4())})
    assert (told["ReturnCode"], told["Guid"]) == ("rcGeneralError", ZERO)


@every
def test_members_of_the_service_are_passed_over_and_numbers_given(php: Php, of: Folder) -> None:
    stamps = {"Server_ItemCreated": "2001-01-01", "CreatedByGUID": str(uuid4()), "Relations": [], "Unheard": 1}
    one, other = made(php, of), made(php, of, **of.closed, **stamps)
    item = php.one(other, of.name)
    assert {name: item[name] for name in of.closed if item[name]} == {}
    assert item["CreatedByGUID"] == php.one(one, of.name)["CreatedByGUID"]
    assert "Unheard" not in item and not item["Server_ItemCreated"].startswith("2001")
    if of.numbered:
        assert item[of.numbered] == php.one(one, of.name)[of.numbered] + 1


@every
def test_versions_conflicts_many_at_once_and_deletions(php: Php, of: Folder) -> None:
    base = php.ok("GetLastItemChangeId")
    guid, second, third = made(php, of), str(uuid4()), str(uuid4())
    same = php(f"Save{of.singular}", transmitObject={"ItemGUID": guid, "ItemVersion": 1}, dieOnItemConflict=True)
    assert (same["ReturnCode"], same["Guid"]) == ("rcItemAlreadyUploaded", ZERO)
    php.sent(of.singular, ItemGUID=guid, ItemVersion=2, FileAs="b")
    stale = {"ItemGUID": guid, "ItemVersion": 2, "FileAs": "c"}
    assert php(f"Save{of.singular}", transmitObject=stale, dieOnItemConflict=True)["ReturnCode"] == "rcItemConflict"
    rows = [{"ItemGUID": one, of.text: uuid4().hex} for one in (second, third)]
    assert php(f"Save{of.name}", transmitObjects=rows) == {"ReturnCode": "rcSuccess", "Description": None}
    assert php(f"Delete{of.singular}", itemGuid=guid) == {"ReturnCode": "rcSuccess", "Description": None}
    assert php(f"Delete{of.name}", **{of.array: [second]})["ReturnCode"] == "rcSuccess"
    interval = {"baseChangeId": base, "targetChangeId": php.ok("GetLastItemChangeId")}
    told = php.ok("GetItemChangeIdentifiers", folderName=of.name, **interval)
    assert {one["ItemGUID"]: one["IsRemoved"] for one in told} == {guid: True, second: True, third: False}
    (changed,) = php.ok("GetChangedItems", folderNames=[of.name], includeForeignKeys=False, **interval)
    assert [one["ItemGUID"] for one in changed["ChangedItems"]] == [third]


@every
def test_rights_and_workflows(php: Php, eway: EWay, of: Folder) -> None:
    guid = made(php, of)
    eway.permit(of.name, Edit="None", Delete="None", columns={of.amount: "Invisible"})
    try:
        assert php.sent(of.singular, ItemGUID=guid, FileAs="x")["ReturnCode"] == "rcAccessDenied"
        assert php(f"Delete{of.singular}", itemGuid=guid)["ReturnCode"] == "rcAccessDenied"
        assert php.one(guid, of.name)[of.amount] is None
        (mine,) = [one for one in php.ok("GetMyModulePermissions") if one["FolderName"] == of.name]
        assert (mine["View"], mine["Edit"], mine["CanCreate"]) == ("All", "None", True)
        eway.permit(of.name, Edit="All", Delete="All")
        assert php.sent(of.singular, ItemGUID=guid, **{of.amount: 1})["ReturnCode"] == "rcAccessDenied"
        eway.permit(of.name, columns={of.amount: "All"})
        eway.rule(of.name, field=of.text, kind="locked", message="Zamknuté", optional=True)
        told = php.sent(of.singular, ItemGUID=guid, **{of.text: "x"})
        assert (told["UserMessage"], told["IsUserMessageOptionalError"], told["Guid"]) == ("Zamknuté", True, ZERO)
        waved = {"transmitObject": {"ItemGUID": guid, of.text: "x"}, "ignoredUserErrorMessages": ["Zamknuté"]}
        assert php(f"Save{of.singular}", **waved)["Guid"] == guid
    finally:
        eway.clear_rules()


def test_a_workflow_of_lines_is_waved_through_in_their_cart(php: Php, eway: EWay) -> None:
    eway.rule("GoodsInCart", field="Code", kind="mandatory", message="Kód?", optional=True)
    try:
        cart = {"transmitObject": {"FileAs": "x", "GoodsInCart": [{"FileAs": "a"}]}}
        assert php("SaveCart", **cart)["UserMessage"] == "Kód?"
        assert php("SaveCart", **cart, ignoredUserErrorMessages=["Kód?"])["ReturnCode"] == "rcSuccess"
    finally:
        eway.clear_rules()


def test_what_goods_cost_is_summed_on_their_cart(php: Php) -> None:
    lines = [{"FileAs": "a", "Quantity": "2", "ListPrice": "10", "PurchasePrice": "7.255", "Rank": 1}]
    guid = php.save("Cart", FileAs="x", GoodsInCart=lines)
    cart = php.one(guid, "Carts")
    assert (cart["PurchaseExpenses"], cart["Profit"]) == (14.51, 5.49)
    php.save("GoodInCart", ItemGUID=cart["GoodsInCart"][0]["ItemGUID"], Quantity=1, PurchasePrice=5)
    assert (php.one(guid, "Carts")["PurchaseExpenses"], php.one(guid, "Carts")["Profit"]) == (5, 5)


def test_relations_are_narrowed_and_lines_left_out(php: Php) -> None:
    company = php.save("Company", CompanyName="A")
    guid = php.save("Cart", FileAs="x", Companies_CustomerGuid=company, GoodsInCart=[{"FileAs": "a", "Quantity": "2"}])
    asked = {
        "includeRelations": True,
        "relationsFilter": {"RelationType": "CUSTOMER", "ForeignFolderName": "Companies"},
    }
    cart = php.one(guid, "Carts", omitGoodsInCart=True, **asked)
    assert [one["ForeignItemGUID"] for one in cart["Relations"]] == [company] and cart["GoodsInCart"] is None
    assert len(php.one(guid, "Carts", includeRelations=True)["Relations"]) == 2
    (found,) = php("SearchCarts", transmitObject={"ItemGUID": guid, "FileAs": "x"}, omitGoodsInCart=True)["Data"]
    assert found["GoodsInCart"] is None
    (line,) = php.one(guid, "Carts")["GoodsInCart"]
    assert line["Carts_GoodsInCartGuid"] == guid and line["Quantity"] == 2


def test_discount_lists_are_read_only(php: Php) -> None:
    (partner,) = php.search("SalePrices", Discount="10")["Data"]
    assert partner["FileAs"] == "Partner" and partner["ItemGUID"] in php.identifiers("SalePrices")
    assert [one["FileAs"] for one in php.whole("SalePrices")] == ["Základná", "Partner"]
    for method in ("SaveSalePrice", "SaveSalePrices", "DeleteSalePrice", "DeleteSalePrices"):
        assert php.raw(method, {"sessionId": php.session}).status_code == 404
    (shown,) = [one for one in php.ok("GetObjectTypes") if one["FolderName"] == "SalePrices"]
    assert shown["IsReadOnly"] is True


def test_the_lists_that_trade_needs_are_there(php: Php) -> None:
    known = {one["EnumName"] for one in php.ok("GetEnumTypes", omitEnumValues=True)}
    assert {"CartType", "Currency", "LeadType", "PaymentType", "ProductType", "ProjectType", "Units", "VAT"} <= known


@pytest.mark.parametrize("of", [of for of in FOLDERS if of.numbered == "HID"], ids=lambda of: of.name)
def test_a_state_says_when_a_project_was_completed_or_lost(php: Php, of: Folder) -> None:
    known = php.search("EnumValues", EnumTypeName=f"{of.singular}State")["Data"]
    states = {one["FileAs"]: one["ItemGUID"] for one in known}
    guid = made(php, of, StateEn=states["Completed"])
    item = php.one(guid, of.name)
    assert (item["IsCompleted"], item["IsLost"], item["LostDate"]) == (True, False, None) and item["CompletedDate"]
    php.sent(of.singular, ItemGUID=guid, StateEn=states["Lost"])
    item = php.one(guid, of.name)
    assert (item["IsCompleted"], item["IsLost"], item["CompletedDate"]) == (False, True, None) and item["LostDate"]
