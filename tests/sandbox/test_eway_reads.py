"""Reading the simulated eWay-CRM: envelopes, searches, foreign keys, relations, enumerations, what a user may see."""

from typing import Any

import pytest

from pohoda_sandbox.eway import EWay
from tests.sandbox.eway_client import A, B, C, Client

SAVED = {"UserMessage", "IsUserMessageOptionalError", "Guid"}


def found(client: Client, folder: str = "Companies", operator: str | None = None, **wanted: Any) -> list[str]:
    members = {"binaryLogicalOperator": operator} if operator else {}
    return [one["ItemGUID"] for one in client.ok(f"Search{folder}", transmitObject=wanted, **members)]


@pytest.mark.parametrize(
    ("method", "members", "extra"),
    [
        ("SaveCompany", {"transmitObject": {"CompanyName": "A"}}, SAVED),
        ("SaveCompany", {"transmitObject": {"EmployeesCount": "x"}}, SAVED),
        ("SaveCompanies", {"transmitObjects": []}, set()),
        ("GetCompanies", {}, {"Data"}),
        ("SearchCompanies", {"transmitObject": {"CompanyName": "A"}}, {"Data"}),
        ("SearchCompanies", {"transmitObject": {}}, {"Data"}),
        ("GetLastItemChangeId", {}, {"Datum"}),
        ("GetChangedItems", {"folderNames": ["Companies"], "baseChangeId": 0, "targetChangeId": 9},
         {"Data", "FoldersWithChangedAvailability"}),
        ("IsSessionValid", {}, {"Result"}),
        ("LogOut", {"unknown": [1], "dieOnItemConflict": False, "includeRelations": False}, set()),
    ],
)  # fmt: skip
def test_envelopes(client: Client, method: str, members: dict[str, Any], extra: set[str]) -> None:
    told = client(method, **members)
    assert set(told) == {"ReturnCode", "Description", *extra}
    assert (told["ReturnCode"] == "rcSuccess") == (told["Description"] is None)


def test_a_body_that_is_no_json_object_is_400(client: Client) -> None:
    assert client.raw("GetCompanies", [1]).status_code == 400


def test_a_search_is_equality_without_case_with_accents_and_without_wildcards(client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="Žltý kôň", Email="x", Purchaser=True, AdditionalFields={"af_24": "BA"})
    client.save(ItemGUID=B, CompanyName="Zlty kon", Email="x", EmployeesCount=7)
    assert found(client, CompanyName="žLTÝ KÔŇ ") == [A]
    assert found(client, CompanyName="zlty kon") == [B]
    assert found(client, CompanyName="Žltý*") == found(client, CompanyName="%kon") == []
    assert found(client, Email="x", Purchaser="1") == [A]
    assert found(client, Email="x", Purchaser=False) == [B]
    assert found(client, EmployeesCount="7") == [B]
    assert found(client, AdditionalFields={"af_24": "ba"}) == [A]
    assert found(client, "Companies", "or", CompanyName="zlty kon", AdditionalFields={"af_24": "BA"}) == [A, B]
    assert found(client, ItemGUID=A.upper()) == [A]
    assert found(client, Email="x", CompanyName=None, Unknown=1) == [A, B]


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({}, "rcParameterError"),
        ({"CompanyName": None, "Unknown": 1}, "rcParameterError"),
        ({"TypeEn": "text"}, "rcParameterError"),
    ],
)
def test_a_search_by_nothing_is_refused(client: Client, wanted: dict[str, Any], code: str) -> None:
    assert client("SearchCompanies", transmitObject=wanted)["ReturnCode"] == code
    assert client("SearchCompanies")["ReturnCode"] == "rcParameterError"


def test_foreign_keys_cannot_be_searched(client: Client) -> None:
    told = client("SearchContacts", transmitObject={"LastName": "N", "Companies_CompanyGuid": A})
    assert told["ReturnCode"] == "rcGeneralError"
    assert told["Description"] == "Searching by foreign key fields is not supported yet"


def test_guids_come_in_chunks_and_unknown_ones_are_absent(eway: EWay, client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    client.save(ItemGUID=B, CompanyName="B")
    told = client.ok("GetCompaniesByItemGuids", itemGuids=[B, C, A.upper(), B])
    assert [one["ItemGUID"] for one in told] == [B, A]
    assert client("GetCompaniesByItemGuids", itemGuids=[C] * 192)["ReturnCode"] == "rcSuccess"
    assert client("GetCompaniesByItemGuids", itemGuids=[C] * 193)["ReturnCode"] == "rcParameterError"
    eway.switches.guids_per_call = 0
    assert client("GetCompaniesByItemGuids", itemGuids=[C] * 1000)["ReturnCode"] == "rcSuccess"


def test_identifiers_are_guid_and_version(client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    client.save(ItemGUID=A, CompanyName="A")
    client.save(ItemGUID=B, CompanyName="A")
    both = [{"ItemGUID": A, "ItemVersion": 2}, {"ItemGUID": B, "ItemVersion": 1}]
    assert client.ok("GetCompaniesIdentifiers") == both
    assert client.ok("SearchCompaniesIdentifiers", transmitObject={"CompanyName": "a"}) == both
    assert client.ok("SearchCompaniesIdentifiers", transmitObject={"CompanyName": "a"}, countLimit=1) == both[:1]


def test_contacts_of_a_company_are_found_by_its_relations(eway: EWay, client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    client.save("Contact", ItemGUID=B, LastName="N", Companies_CompanyGuid=A)
    (category,) = (one["ItemGUID"] for one in eway.records("Groups") if one["GroupName"] == "VIP")
    ends = {"ItemGUID1": A, "FolderName1": "Companies", "ItemGUID2": category, "FolderName2": "Groups"}
    client.ok("SaveRelation", transmitObject={**ends, "RelationType": "GROUP"})
    assert client.one(A)["Relations"] is None
    every = client.one(A, includeRelations=True)["Relations"]
    assert {(one["RelationType"], one["ForeignFolderName"], one["ForeignItemGUID"]) for one in every} == {
        ("COMPANY", "Contacts", B),
        ("GROUP", "Groups", category),
    }
    narrow = {"RelationType": "COMPANY", "ForeignFolderName": "Contacts"}
    (one,) = client.one(A, includeRelations=True, relationsFilter=narrow)["Relations"]
    assert (one["ForeignItemGUID"], one["DifferDirection"], one["MainItemGUID"]) == (B, True, B)


def test_relations_are_made_once_moved_and_ended(client: Client) -> None:
    for guid in (A, B):
        client.save(ItemGUID=guid, CompanyName=guid)
    client.save("Contact", ItemGUID=C, LastName="N")
    ends = {"ItemGUID1": C, "FolderName1": "Contacts", "FolderName2": "Companies", "RelationType": "company"}

    def parent() -> Any:
        return client.one(C, "Contacts", includeForeignKeys=True)["Companies_CompanyGuid"]

    assert client.ok("SaveRelation", transmitObject={**ends, "ItemGUID2": A}) is True
    assert client.ok("SaveRelation", transmitObject={**ends, "ItemGUID2": A}) is False
    assert (parent(), client.one(C, "Contacts")["ItemVersion"]) == (A, 2)
    assert client.ok("SaveRelations", transmitObjects=[{**ends, "ItemGUID2": B}]) is True
    assert (parent(), client.one(A, includeRelations=True)["Relations"]) == (B, [])
    assert client.ok("UnlinkItems", itemGuid=B, folderName="Companies", relatedItemGuids=[C]) == [C]
    assert parent() is None
    client.ok("SaveRelation", transmitObject={**ends, "ItemGUID2": A})
    (relation,) = client.one(C, "Contacts", includeRelations=True)["Relations"]
    client.ok("DeleteRelation", relationDataGuid=relation["RelationDataGUID"])
    assert parent() is None
    assert client("DeleteRelation", relationDataGuid=relation["RelationDataGUID"])["ReturnCode"] == "rcGeneralError"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ItemGUID2": B}, "rcGeneralError"),
        ({"FolderName2": "Unicorns"}, "rcParameterError"),
        ({"RelationType": None}, "rcParameterError"),
        ({"ItemGUID1": A, "FolderName1": "Companies", "ItemGUID2": C, "FolderName2": "Contacts"}, "rcGeneralError"),
    ],
)
def test_relations_that_cannot_be(client: Client, changed: dict[str, Any], code: str) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    client.save("Contact", ItemGUID=C, LastName="N")
    good = {"ItemGUID1": C, "FolderName1": "Contacts", "ItemGUID2": A, "FolderName2": "Companies"}
    told = client("SaveRelation", transmitObject={**good, "RelationType": "COMPANY", **changed})
    assert told["ReturnCode"] == code
    assert client.one(A, includeRelations=True)["Relations"] == []


def test_a_deleted_parent_leaves_its_children_without(client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    client.save("Contact", ItemGUID=C, LastName="N", Companies_CompanyGuid=A)
    client.ok("DeleteCompany", itemGuid=A)
    contact = client.one(C, "Contacts", includeForeignKeys=True, includeRelations=True)
    assert (contact["Companies_CompanyGuid"], contact["Relations"], contact["ItemVersion"]) == (None, [], 2)


def test_enumerations_are_seeded_and_take_new_values_with_a_rank(client: Client) -> None:
    types = {one["EnumName"]: one for one in client.ok("GetEnumTypes")}
    assert {"CountryCode", "PrefixType", "SuffixType", "Currency", "Units", "CartType"} <= set(types)
    assert types["CountryCode"]["EnumValuesInEnumType"][0]["FileAs"] == "SK"
    assert client.ok("GetEnumTypes", omitEnumValues=True)[0]["EnumValuesInEnumType"] is None
    new = {"EnumType": types["PrefixType"]["ItemGUID"], "FileAs": "RNDr.", "Cs": "RNDr."}
    assert client("SaveEnumValue", transmitObject=new)["ReturnCode"] == "rcParameterError"
    guid = client.save("EnumValue", **new, Rank=7)
    assert found(client, "EnumValues", EnumTypeName="PrefixType", FileAs="rndr.") == [guid]
    value = client.one(guid, "EnumValues")
    assert (value["EnumTypeName"], value["IsVisible"], value["IsSystem"]) == ("PrefixType", True, False)
    closed = {**new, "EnumType": types["Importance"]["ItemGUID"], "Rank": 9}
    assert client("SaveEnumValue", transmitObject=closed)["ReturnCode"] == "rcGeneralError"


def test_custom_fields_are_described_and_new_ones_work_at_once(client: Client) -> None:
    known = {one["ColumnName"]: one for one in client.ok("GetAdditionalFields")}
    assert (known["af_21"]["Name"], known["af_21"]["ObjectTypeFolderName"], known["af_21"]["Type"]) == (
        "P4",
        "Companies",
        4,
    )
    assert known["af_27"]["AssociatedEnumTypeGuid"]
    for type_ in (2, 3, 6, 8):
        client.save(
            "AdditionalField", ObjectTypeFolderName="Companies", Name="New", Type=type_, Data_RelatedFolderName="Users"
        )
    (user,) = found(client, "Users", Username="anna")
    client.save(ItemGUID=A, AdditionalFields={"af_62": "7", "af_63": user, "af_64": "2024-07-21", "af_65": []})
    item = client.one(A, includeRelations=True)
    assert (item["AdditionalFields"]["af_62"], item["AdditionalFields"]["af_64"]) == (7, "2024-07-21 00:00:00Z")
    assert not {"af_63", "af_65"} & set(item["AdditionalFields"]), "relations and multiple choices are not shown there"
    assert [(one["RelationType"], one["ForeignItemGUID"]) for one in item["Relations"]] == [("AF_63", user)]


def test_a_user_sees_what_the_permissions_let_through(eway: EWay, client: Client) -> None:
    mine = client.save(CompanyName="A")
    eway.create("Companies", CompanyName="A")
    assert len(found(client, CompanyName="A")) == 2
    eway.permit("Companies", View="Own")
    assert found(client, CompanyName="A") == [one["ItemGUID"] for one in client.ok("GetCompaniesIdentifiers")] == [mine]
    eway.permit("Companies", View="None")
    for method, members in (("GetCompanies", {}), ("SearchCompanies", {"transmitObject": {"CompanyName": "A"}})):
        assert client(method, **members)["ReturnCode"] == "rcAccessDenied"
    assert len(found(Client(eway, "anna"), CompanyName="A")) == 2
    permissions = {one["FolderName"]: one["View"] for one in client.ok("GetMyModulePermissions")}
    assert (permissions["Companies"], permissions["Contacts"]) == ("None", "All")


def test_passwords_of_users_are_never_told(client: Client) -> None:
    users = client.ok("GetUsers")
    assert {user["Username"] for user in users} == {"api", "anna", "karol", "petra"}
    assert all("Server_Password" not in user for user in users)


def test_what_the_service_tells_of_itself(client: Client) -> None:
    assert client.ok("GetVersion")["WebServiceVersion"] == "9.0.0.180"
    guids = [one["Guid"] for one in client.ok("GetNewGuidsBuffer", count=3)]
    assert len(set(guids)) == 3 and all(len(guid) == 36 for guid in guids)
    columns = client.ok("GetColumns", includeAdditionalFields=True)
    assert {"CompanyName", "af_21"} <= {one["ColumnName"] for one in columns if one["FolderName"] == "Companies"}
    assert {"Companies", "Contacts"} <= {one["FolderName"] for one in client.ok("GetObjectTypes")}
    client.save(CompanyName="A", VATNumber="x")
    client.save(CompanyName="A", VATNumber="y")

    def duplicated(column: str) -> Any:
        return client.ok("CheckForDuplicatedValues", folderName="Companies", columnName=column)

    assert duplicated("CompanyName") == {"IsThereAnyDuplicatedValue": True, "DuplicatedValue": "A"}
    assert duplicated("VATNumber")["IsThereAnyDuplicatedValue"] is False
