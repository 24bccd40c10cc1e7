"""What refuses a save in the simulated eWay-CRM: duplicates, workflows, permissions, and the batch around it."""

import pytest

from pohoda_sandbox.eway import EWay
from tests.sandbox.eway_client import ZERO, A, B, C, Client


def test_many_at_once_answer_no_guids_and_are_kept_whole_or_not_at_all(eway: EWay, client: Client) -> None:
    good, bad = {"ItemGUID": A, "CompanyName": "A"}, {"ItemGUID": B, "Purchaser": "maybe"}
    told = client("SaveCompanies", transmitObjects=[good, {"ItemGUID": C, "CompanyName": "C"}])
    assert told == {"ReturnCode": "rcSuccess", "Description": None}
    assert client("DeleteCompanies", itemGuids=[A, C])["ReturnCode"] == "rcSuccess"
    assert client("SaveCompanies", transmitObjects=[good, bad])["ReturnCode"] == "rcParameterError"
    assert eway.records("Companies") == []
    eway.switches.plural_saves = "until_refused"
    assert client("SaveCompanies", transmitObjects=[good, bad, good])["ReturnCode"] == "rcParameterError"
    assert [(one["ItemGUID"], one["ItemVersion"]) for one in eway.records("Companies")] == [(A, 1)]


@pytest.mark.parametrize(
    ("setting", "value", "folder", "member", "code"),
    [
        ("CompanyDuplicityCheckEnabled", "1", "Company", "IdentificationNumber", "rcGeneralError"),
        ("CompanyDuplicityCheckEnabled", "2", "Company", "VATNumber", "rcGeneralError"),
        ("ContactDuplicityCheckEnabled", "1", "Contact", "Email1Address", "rcDuplicateContact"),
    ],
)
def test_the_duplicate_check(
    eway: EWay, client: Client, setting: str, value: str, folder: str, member: str, code: str
) -> None:
    client.save(folder, ItemGUID=A, **{member: "x@1"})
    client.save(folder, ItemGUID=B, **{member: "X@1"})
    eway.set(setting, value)
    told = client(f"Save{folder}", transmitObject={member: "X@1 "})
    assert (told["ReturnCode"], told["Guid"]) == (code, ZERO) and A in told["Description"]
    refused = client(f"Save{folder}", transmitObject={"ItemGUID": A, "Note": "edit"})
    assert refused["ReturnCode"] == code, "an edit is checked too"
    client.save(folder, ItemGUID=B, **{member: "other"})
    client.save(folder, ItemGUID=A, Note="its own value is no duplicate")
    client.save(folder, ItemGUID=C, **{member: ""})
    client.save(folder, **{member: ""})
    setattr(eway.switches, f"{folder.lower()}_duplicate", "rcAccessDenied")
    assert client(f"Save{folder}", transmitObject={member: "other"})["ReturnCode"] == "rcAccessDenied"
    eway.set(setting, "0")
    client.save(folder, **{member: "other"})


def test_a_workflow_refuses_and_can_be_waved_through_when_it_is_optional(eway: EWay, client: Client) -> None:
    eway.rule("Companies", field="IdentificationNumber", kind="mandatory", message="IČ is missing", optional=True)
    told = client("SaveCompany", transmitObject={"CompanyName": "A"})
    assert (told["ReturnCode"], told["UserMessage"]) == ("rcGeneralError", "IČ is missing")
    assert (told["IsUserMessageOptionalError"], told["Guid"]) == (True, ZERO)
    sent = {"CompanyName": "A"}
    assert client("SaveCompany", transmitObject=sent, ignoredUserErrorMessages=["other"])["ReturnCode"] != "rcSuccess"
    assert client("SaveCompany", transmitObject=sent, ignoredUserErrorMessages=["IČ is missing"])["Guid"] != ZERO


def test_locked_and_unique_members_refuse_for_good(eway: EWay, client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A", AdditionalFields={"af_24": "BA"})
    eway.rule("Companies", field="CompanyName", kind="locked")
    eway.rule("Companies", field="af_24", kind="unique")
    client.save(ItemGUID=A, CompanyName="A", Note="n")
    locked = client("SaveCompany", transmitObject={"ItemGUID": A, "CompanyName": "B"}, ignoredUserErrorMessages=["x"])
    assert (locked["ReturnCode"], locked["IsUserMessageOptionalError"]) == ("rcGeneralError", False)
    assert client("SaveCompany", transmitObject={"AdditionalFields": {"af_24": "ba"}})["ReturnCode"] != "rcSuccess"
    eway.clear_rules()
    client.save(ItemGUID=A, CompanyName="B")


def test_what_the_user_may_not_do(eway: EWay, client: Client) -> None:
    mine = client.save(CompanyName="mine")
    theirs = eway.create("Companies", CompanyName="theirs")
    eway.permit("Companies", Edit="Own", Delete="None", CanCreate=False)
    client.save(ItemGUID=mine, Note="n")
    for method, members in (
        ("SaveCompany", {"transmitObject": {"ItemGUID": theirs, "Note": "n"}}),
        ("SaveCompany", {"transmitObject": {"CompanyName": "new"}}),
        ("DeleteCompany", {"itemGuid": mine}),
    ):
        assert client(method, **members)["ReturnCode"] == "rcAccessDenied"
    assert [one["Note"] for one in eway.records("Companies")] == ["n", None]
    assert Client(eway, "anna").save(ItemGUID=theirs, Note="mine to edit") == theirs


def test_deleting_what_is_not_there_is_an_error(client: Client) -> None:
    assert client("DeleteCompany", itemGuid=A)["ReturnCode"] == "rcGeneralError"
    assert client("DeleteCompany")["ReturnCode"] == "rcParameterError"
    client.save(ItemGUID=A, CompanyName="A")
    assert client("DeleteCompany", itemGuid=A) == {"ReturnCode": "rcSuccess", "Description": None}
    assert client.ok("GetCompanies") == []
