"""The simulated eWay-CRM's log of changes: ids, intervals, removals, and its thirty days."""

from pathlib import Path

import pytest

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from tests.sandbox.eway_client import A, B, C, Client

DAY = 86_400


def last(client: Client) -> int:
    return int(client.ok("GetLastItemChangeId"))


def changed(client: Client, base: int, target: int, folder: str = "Companies") -> list[tuple[str, bool]]:
    members = {"folderName": folder, "baseChangeId": base, "targetChangeId": target}
    found = client.ok("GetItemChangeIdentifiers", **members)
    assert {one["FolderName"] for one in found} <= {folder}
    return [(one["ItemGUID"], one["IsRemoved"]) for one in found]


def test_each_item_is_told_once_in_its_last_state_after_base_and_up_to_target(eway: EWay, client: Client) -> None:
    base = last(client)
    client.save(ItemGUID=A, CompanyName="A")
    first = last(client)
    client.save(ItemGUID=B, CompanyName="B")
    eway.edit("Companies", A, CompanyName="AA")
    client.save("Contact", ItemGUID=C, LastName="N")
    end = last(client)
    assert changed(client, base, end) == [(B, False), (A, False)]
    assert changed(client, base, first) == [(A, False)]
    assert changed(client, first, first) == changed(client, end, end) == []
    assert changed(client, base, end, "Contacts") == [(C, False)]
    eway.delete("Companies", B)
    assert changed(client, end, last(client)) == [(B, True)]


def test_a_foreign_key_changes_the_child_and_a_category_nobody(eway: EWay, client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    client.save("Contact", ItemGUID=C, LastName="N")
    base = last(client)
    (vip,) = (one["ItemGUID"] for one in eway.records("Groups") if one["GroupName"] == "VIP")
    assert eway.link(("Companies", A), "GROUP", ("Groups", vip))
    assert last(client) == base
    assert eway.link(("Contacts", C), "COMPANY", ("Companies", A))
    assert changed(client, base, last(client), "Contacts") == [(C, False)]
    assert changed(client, base, last(client)) == []


def test_changed_items_come_with_their_members_and_removed_ones_as_guids(client: Client) -> None:
    base = last(client)
    client.save(ItemGUID=A, CompanyName="A")
    client.save(ItemGUID=B, CompanyName="B")
    client.save("Contact", ItemGUID=C, LastName="N", Companies_CompanyGuid=A)
    client.ok("DeleteCompany", itemGuid=B)
    interval = {"folderNames": ["Companies", "Contacts"], "baseChangeId": base, "targetChangeId": last(client)}
    companies, contacts = client.ok("GetChangedItems", **interval, includeForeignKeys=True)
    assert [one["CompanyName"] for one in companies["ChangedItems"]] == ["A"]
    assert companies["RemovedItemGuids"] == [B]
    assert contacts["ChangedItems"][0]["Companies_CompanyGuid"] == A
    assert client.ok("HaveItemsChanged", **interval) is True
    assert client.ok("HaveItemsChanged", **{**interval, "folderNames": ["Users"]}) is False


def test_what_is_older_than_thirty_days_is_gone(eway: EWay, client: Client) -> None:
    client.save(ItemGUID=A, CompanyName="A")
    old = last(client)
    eway.clock.advance(20 * DAY)
    client.session = client.log_in()["SessionId"]
    client.save(ItemGUID=B, CompanyName="B")
    assert changed(client, old - 1, last(client)) == [(A, False), (B, False)]
    eway.clock.advance(11 * DAY)
    client.session = client.log_in()["SessionId"]
    refused = client("GetItemChangeIdentifiers", folderName="Companies", baseChangeId=old - 1, targetChangeId=old + 1)
    assert refused["ReturnCode"] == "rcBaseItemChangeIdNotFound"
    assert changed(client, old, last(client)) == [(B, False)], "the newest id that is gone is still a base"
    interval = {"folderNames": ["Companies"], "baseChangeId": 0, "targetChangeId": old}
    assert client("GetChangedItems", **interval)["ReturnCode"] == "rcBaseItemChangeIdNotFound"
    eway.clock.advance(60 * DAY)
    client.session = client.log_in()["SessionId"]
    assert last(client) == old + 1, "ids are not given twice when the history is empty"
    client.save(ItemGUID=C, CompanyName="C")
    assert changed(client, old + 1, last(client)) == [(C, False)]


def test_a_base_from_the_future_is_not_found(client: Client) -> None:
    base = last(client) + 1
    told = client("GetItemChangeIdentifiers", folderName="Companies", baseChangeId=base, targetChangeId=base)
    assert told["ReturnCode"] == "rcBaseItemChangeIdNotFound"


def test_the_oldest_base_is_told_by_newer_servers_only(eway: EWay, client: Client) -> None:
    body = {"sessionId": client.session}
    assert client.raw("GetBaseItemChangeId", body).status_code == 404
    eway.switches.version = "9.1.0.12"
    assert client.ok("GetBaseItemChangeId") == 0


@pytest.mark.parametrize(
    "members",
    [
        {"folderName": "Companies"},
        {"folderName": "Unicorns", "baseChangeId": 0, "targetChangeId": 1},
        {"folderName": "Companies", "baseChangeId": "x", "targetChangeId": 1},
    ],
)
def test_intervals_that_are_none(client: Client, members: dict[str, object]) -> None:
    assert client("GetItemChangeIdentifiers", **members)["ReturnCode"] == "rcParameterError"


def test_everything_but_sessions_outlives_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "eway.db"
    with EWay(Faults(), password="p", data=data) as eway:
        client = Client(eway)
        client.save(ItemGUID=A, CompanyName="Žltý", AdditionalFields={"af_24": "BA"})
        client.save("Contact", ItemGUID=C, LastName="N", Companies_CompanyGuid=A)
        eway.set("CompanyDuplicityCheckEnabled", "1")
        eway.permit("Users", View="None")
        before, mark = eway.records("Companies"), last(client)
    with EWay(Faults(), password="p", data=data) as again:
        assert again.records("Companies") == before
        fresh = Client(again)
        assert last(fresh) == mark
        assert fresh.one(C, "Contacts", includeForeignKeys=True)["Companies_CompanyGuid"] == A
        assert fresh("GetUsers")["ReturnCode"] == "rcAccessDenied"
        assert (
            fresh.ok("SearchGlobalSettings", transmitObject={"Name": "CompanyDuplicityCheckEnabled"})[0]["Value"] == "1"
        )
        fresh.session = client.session
        assert fresh("GetCompanies")["ReturnCode"] == "rcBadSession"
