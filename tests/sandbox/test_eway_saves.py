"""Saving in the simulated eWay-CRM: versions and conflicts, guids and forms of values."""

from typing import Any

import pytest

from pohoda_sandbox.eway import EWay
from tests.sandbox.eway_client import ZERO, A, B, C, Client


def enum(client: Client, type_: str, text: str) -> str:
    values = client.ok("SearchEnumValues", transmitObject={"EnumTypeName": type_, "FileAs": text})
    return str(values[0]["ItemGUID"])


def version(client: Client, guid: str = A) -> tuple[int, Any, Any]:
    item = client.one(guid)
    return item["ItemVersion"], item["Phone"], item["Email"]


def test_the_vendors_worked_example_of_versions(client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A", Phone="1")
    assert version(client) == (1, "1", None)
    client.save(ItemGUID=A, ItemVersion=1, Phone=None, Email="e")
    assert version(client) == (2, "1", "e")
    client.save(ItemGUID=A, ItemVersion=3, Phone=None)
    assert version(client) == (3, None, "e")
    client.save(ItemGUID=A, Email=None)
    assert version(client) == (4, None, None)


@pytest.mark.parametrize(
    ("stored", "sent", "die", "outcome"),
    [
        (1, 1, False, "merged"),
        (1, 1, True, "rcItemAlreadyUploaded"),
        (1, 2, True, "saved"),
        (1, None, True, "saved"),
        (2, 1, True, "rcItemConflict"),
        (2, 2, True, "rcItemConflict"),
        (2, 2, False, "merged"),
        (2, 1, False, "merged"),
        (2, 3, False, "saved"),
        (2, 3, True, "saved"),
        (2, 0, True, "rcItemConflict"),
    ],
)
def test_the_table_of_versions(client: Client, stored: int, sent: int | None, die: bool, outcome: str) -> None:
    client.save(ItemGUID=A, Phone="1", CompanyName="A")
    for _ in range(stored - 1):
        client.save(ItemGUID=A, CompanyName="A")
    told = client(
        "SaveCompany",
        transmitObject={"ItemGUID": A, "Phone": None, "Email": "e"}
        | ({"ItemVersion": sent} if sent is not None else {}),
        dieOnItemConflict=die,
    )
    after = version(client)
    if outcome.startswith("rc"):
        assert (told["ReturnCode"], told["Guid"], after) == (outcome, ZERO, (stored, "1", None))
    else:
        assert (told["ReturnCode"], told["Guid"]) == ("rcSuccess", A)
        assert after == (stored + 1, "1" if outcome == "merged" else None, "e")


def test_both_texts_of_a_conflict_are_the_documented_ones(eway: EWay, client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    first = client("SaveCompany", transmitObject={"ItemGUID": A, "ItemVersion": 1}, dieOnItemConflict=True)
    uploaded = f"Item with the same GUID '{A}' has already been uploaded"
    assert first["Description"] == f"Web service returned an error (rcItemAlreadyUploaded): {uploaded}"
    eway.edit("Companies", A, CompanyName="B")
    (anna,) = (user["ItemGUID"] for user in eway.records("Users") if user["Username"] == "anna")
    second = client("SaveCompany", transmitObject={"ItemGUID": A, "ItemVersion": 2}, dieOnItemConflict=True)
    assert second["Description"] == (
        f"Web service returned an error (rcItemConflict): ItemVersion of item '{A}' from folder 'Companies' is set to "
        f"'2' while current item modified by '{anna}' has version '2', you have to increase the version by one during "
        "update"
    )


def test_a_trigger_that_saves_again_raises_the_version_twice(eway: EWay, client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    eway.switches.version_step = 2
    client.save(ItemGUID=A, ItemVersion=2, CompanyName="B")
    assert client.one(A)["ItemVersion"] == 3
    client.save(ItemGUID=A, ItemVersion=9, CompanyName="B")
    assert client.one(A)["ItemVersion"] == 9


def test_the_client_may_choose_the_guid_in_any_case_and_the_service_does_when_it_does_not(client: Client) -> None:
    assert client.save(ItemGUID=A.upper(), ItemVersion=1, die=True, CompanyName="A") == A
    made = client.save(CompanyName="B")
    assert made not in {A, ZERO} and client.one(made)["ItemVersion"] == 1
    assert client.save(ItemGUID=ZERO, CompanyName="C") not in {A, ZERO, made}


def test_only_members_that_are_present_are_written_and_unknown_ones_are_ignored(client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A", Email="e", Nonsense=1, AdditionalFields={"af_24": "BA", "af_9999": "x"})
    client.save(ItemGUID=A, AdditionalFields={"af_25": "Z"}, PhoneNormalized="7", CreatedByGUID=B, Relations=[1])
    item = client.one(A)
    assert (item["CompanyName"], item["Email"], item["PhoneNormalized"]) == ("A", "e", None)
    assert (item["AdditionalFields"]["af_24"], item["AdditionalFields"]["af_25"]) == ("BA", "Z")
    assert item["CreatedByGUID"] == item["OwnerGUID"] != B
    assert not {"Nonsense", "af_9999"} & {*item, *item["AdditionalFields"]}


def test_a_merge_keeps_custom_fields_that_come_empty(client: Client) -> None:
    client.save(ItemGUID=A, AdditionalFields={"af_24": "BA", "af_25": "old"})
    client.save(ItemGUID=A, ItemVersion=1, AdditionalFields={"af_24": None, "af_25": "new"})
    assert [client.one(A)["AdditionalFields"][name] for name in ("af_24", "af_25")] == ["BA", "new"]
    client.save(ItemGUID=A, ItemVersion=3, AdditionalFields={"af_24": None})
    assert [client.one(A)["AdditionalFields"][name] for name in ("af_24", "af_25")] == [None, "new"]


@pytest.mark.parametrize("sent", [True, "1", "true", "True", 1])
def test_forms_of_yes(client: Client, sent: object) -> None:
    client.save(ItemGUID=A, CompanyName="A", Purchaser=sent, AdditionalFields={"af_21": sent})
    item = client.one(A)
    assert item["Purchaser"] is item["AdditionalFields"]["af_21"] is True and item["Suppliers"] is False
    client.save(ItemGUID=A, Purchaser="0")
    assert client.one(A)["Purchaser"] is False


@pytest.mark.parametrize(
    ("member", "sent", "kept"),
    [
        ("EmployeesCount", "900", 900),
        ("AdditionalDiscount", "12.5", 12.5),
        ("AdditionalDiscount", 7, 7),
        ("Reversal", 0.12345, 0.1234),
        ("Phone", "544 727 379", "544 727 379"),
        ("Note", "a\r\nb\n", "a\r\nb\n"),
        ("CompanyName", "Žltý 😀 kôň", "Žltý 😀 kôň"),
        ("LastActivity", "2026-07-21", "2026-07-21 00:00:00Z"),
        ("LastActivity", "2026-07-21 10:11:12", "2026-07-21 10:11:12Z"),
        ("LastActivity", "2026-07-21 10:11:12Z", "2026-07-21 10:11:12Z"),
        ("LastActivity", "2026-07-21T10:11:12", "2026-07-21 10:11:12Z"),
        ("LastActivity", "2026-07-21T10:11:12+01:00", "2026-07-21 09:11:12Z"),
        ("LastActivity", "", None),
        ("SalePriceGuid", "", None),
    ],
)
def test_forms_of_values(client: Client, member: str, sent: object, kept: object) -> None:
    client.save(ItemGUID=A, **{member: sent})
    assert client.one(A)[member] == kept


@pytest.mark.parametrize(
    ("member", "sent"),
    [
        ("ItemGUID", "not-a-guid"),
        ("ItemVersion", "two"),
        ("Purchaser", "yes"),
        ("EmployeesCount", "1.5"),
        ("EmployeesCount", 2**31),
        ("AdditionalDiscount", "ten"),
        ("AdditionalDiscount", True),
        ("LastActivity", "21.7.2026"),
        ("LastActivity", "2026-13-01"),
        ("CompanyName", ["A"]),
        ("Address1CountryEn", "SK"),
        ("AdditionalFields", "af_24"),
    ],
)
def test_values_that_are_none_are_refused_and_nothing_is_stored(
    eway: EWay, client: Client, member: str, sent: Any
) -> None:
    told = client("SaveCompany", transmitObject={"CompanyName": "A", member: sent})
    assert (told["ReturnCode"], told["Guid"]) == ("rcParameterError", ZERO)
    assert eway.records("Companies") == []


@pytest.mark.parametrize(
    ("phone", "digits"),
    [("544 727 379", "544727379"), ("+1 (123) 654-789", "001123654789"), ("", ""), (None, None), ("klapka 7", "7")],
)
def test_normalised_phones(client: Client, phone: str | None, digits: str | None) -> None:
    guid = client.save("Contact", LastName="N", TelephoneNumber3=phone)
    assert client.one(guid, "Contacts")["TelephoneNumber3Normalized"] == digits


def test_stamps_are_the_services_and_come_in_both_forms(eway: EWay, client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A", Server_ItemChanged="2001-01-01")
    made = client.one(A)["Server_ItemChanged"]
    assert made.endswith("Z") and made[10] == " " and not made.startswith("2001")
    eway.clock.advance(60)
    eway.switches.dates = "rfc3339"
    client.save(ItemGUID=A, CompanyName="B", ItemCreated="2020-02-03")
    item = client.one(A)
    assert item["Server_ItemChanged"] > made.replace(" ", "T") and item["Server_ItemChanged"].endswith("+00:00")
    assert item["ItemCreated"] == "2020-02-03T00:00:00+00:00" != item["Server_ItemCreated"]


def test_an_enum_member_takes_only_values_of_its_type(client: Client) -> None:
    slovakia, title = enum(client, "CountryCode", "sk"), enum(client, "PrefixType", "Ing.")
    client.save(ItemGUID=A, Address1CountryEn=slovakia)
    assert client.one(A)["Address1CountryEn"] == slovakia
    for wrong in (title, B):
        assert client("SaveCompany", transmitObject={"Address1CountryEn": wrong})["ReturnCode"] == "rcGeneralError"
    assert (
        client("SaveCompany", transmitObject={"AdditionalFields": {"af_27": title}})["ReturnCode"] == "rcGeneralError"
    )
    client.save(ItemGUID=A, AdditionalFields={"af_27": enum(client, "AF_27", "B")})


def test_a_foreign_key_is_a_member_a_relation_and_refused_when_it_leads_nowhere(client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    client.save("Contact", ItemGUID=B, LastName="N", Companies_CompanyGuid=A)
    assert client.one(B, "Contacts", includeForeignKeys=True)["Companies_CompanyGuid"] == A
    assert "Companies_CompanyGuid" not in client.one(B, "Contacts")
    told = client("SaveContact", transmitObject={"ItemGUID": B, "Companies_CompanyGuid": C})
    assert told["ReturnCode"] == "rcGeneralError"
    client.save("Contact", ItemGUID=B, ItemVersion=1, Companies_CompanyGuid=None)
    assert client.one(B, "Contacts", includeForeignKeys=True)["Companies_CompanyGuid"] == A, "merged: null is ignored"
    client.save("Contact", ItemGUID=B, Companies_CompanyGuid=None)
    assert client.one(B, "Contacts", includeForeignKeys=True)["Companies_CompanyGuid"] is None
