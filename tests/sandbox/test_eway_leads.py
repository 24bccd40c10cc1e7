"""Leads of the simulated eWay-CRM and the projects that they become, as a foreign client has them."""

from collections.abc import Iterator

import pytest

from pohoda_sandbox.eway import EWay
from pohoda_sandbox.faults import Faults
from tests.sandbox.test_eway_trade import Client, Json


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    with EWay(Faults(), password="Heslo-1") as running:
        yield Client(running)


def lead_of(client: Client, guid: str) -> Json:
    (lead,) = client("GetLeadsByItemGuids", itemGuids=[guid], includeRelations=True)["Data"]
    assert isinstance(lead, dict)
    return lead


def test_the_service_alone_says_of_a_lead_its_number_and_that_it_is_over(client: Client) -> None:
    sent = {"HID": 4711, "IsCompleted": True, "IsLost": True, "LostDate": "2026-01-01"}
    guid = client.save("SaveLead", FileAs="Dopyt", Price="12.5", **sent)
    shown = lead_of(client, guid)
    assert (shown["IsCompleted"], shown["IsLost"], shown["LostDate"], shown["Price"]) == (False, False, None, 12.5)
    assert shown["HID"] != 4711
    project = client.save("SaveProject", FileAs="x", ProjectName="x", HID=4711)
    (other,) = client("GetProjectsByItemGuids", itemGuids=[project])["Data"]
    assert other["HID"] == shown["HID"] + 1, "leads and projects are counted together"


def test_a_project_made_of_a_lead_has_its_number_and_its_carts(client: Client) -> None:
    guid = client.save("SaveLead", FileAs="Dopyt")
    cart = client.save("SaveCart", FileAs="1", Leads_CartGuid=guid)
    client.save("SaveProject", FileAs="iný", ProjectName="iný")
    project = client.save("SaveProject", FileAs="Dopyt", ProjectName="Dopyt", Leads_Project_OriginGuid=guid)
    (made,) = client("GetProjectsByItemGuids", itemGuids=[project], includeForeignKeys=True)["Data"]
    lead = lead_of(client, guid)
    assert (made["HID"], made["Leads_Project_OriginGuid"]) == (lead["HID"], guid)
    assert lead["IsCompleted"]
    assert lead["CompletedDate"]
    related = {(one["RelationType"], one["ForeignFolderName"], one["ForeignItemGUID"]) for one in lead["Relations"]}
    assert related == {("CART", "Carts", cart), ("PROJECT_ORIGIN", "Projects", project)}
    shown = client.cart(cart, includeForeignKeys=True)
    assert (shown["Projects_CartGuid"], shown["Leads_CartGuid"]) == (project, guid)
