"""Deals of eWay-CRM as they lie in two folders: which leads are among them, and where a reference to one goes."""

from datetime import datetime

import pytest

from pohoda_bridge.catalogue import Crm, open_catalogue
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.eway import EwayCrm, Memory
from pohoda_bridge.side import Item, Pack, Window
from pohoda_bridge.sync import FurtherRows
from tests.crm_eway.conftest import PASSWORD, Bench

CATALOGUE = open_catalogue()
FLOW = CATALOGUE.flow("eway", "deals", "to_pohoda")


@pytest.fixture
def deals(bench: Bench) -> FurtherRows:
    crm: Crm = FLOW.crm.model_copy(update={"agendas": {**FLOW.crm.agendas, **FLOW.parts}})
    connection = Connection("eway_api", bench.eway.url, login="api", password=PASSWORD)
    opened = EwayCrm(crm, connection, FLOW.part_readings, positions=Memory())
    bench.opened.append(opened)
    return FurtherRows(opened, FLOW)


def names(deals: FurtherRows, window: Window) -> dict[str, str]:
    return {row["_id"]: row["name"] for part in deals.read("deals", window).parts for row in part}


def test_a_lead_is_a_deal_from_its_first_cart_until_it_is_a_project(bench: Bench, deals: FurtherRows) -> None:
    project = bench.eway.create("Projects", ProjectName="Hala")
    lead = bench.eway.create("Leads", FileAs="Dopyt")
    bench.eway.create("Leads", FileAs="Iný")
    whole = deals.read("deals", Window())
    assert {row["name"] for part in whole.parts for row in part} == {"Hala"}
    news = Window(since=whole.now)
    cart = bench.eway.create("Carts", FileAs="1", Leads_CartGuid=lead)
    assert names(deals, news).get(f"Leads/{lead}") == "Dopyt", "the cart changed, and not the lead"
    assert names(deals, Window(ids=(f"Leads/{lead}", project))) == {f"Leads/{lead}": "Dopyt", project: "Hala"}
    assert deals.ids("deals") == {f"Leads/{lead}", project}
    next_ = bench.eway.create("Projects", ProjectName="Dopyt", Leads_Project_OriginGuid=lead)
    assert deals.ids("deals") == {project, next_}
    (row,) = [row for part in deals.read("deals", Window(ids=(next_, f"Leads/{lead}"))).parts for row in part]
    assert (row["_id"], row["_instead_of"]) == (next_, f"Leads/{lead}")
    assert bench.record(cart, "Carts")["Projects_CartGuid"] == next_


def test_each_item_is_written_where_its_record_is(bench: Bench, deals: FurtherRows) -> None:
    project, lead = bench.eway.create("Projects", ProjectName="Hala"), bench.eway.create("Leads", FileAs="Dopyt")
    bench.eway.create("Carts", FileAs="1", Leads_CartGuid=lead)
    items = [
        Item("1", "k1", "update", {"name": "Dopyt 2"}, f"Leads/{lead}"),
        Item("2", "k2", "create", {"name": "Nová"}),
        Item("3", "k3", "update", {"name": "Hala 2"}, project),
    ]
    answers = deals.write("deals", Pack("pack", items))
    assert [(answer.item_id, answer.state) for answer in answers] == [(number, "written") for number in "123"]
    assert [answer.row["_id"] for answer in answers if answer.row][::2] == [f"Leads/{lead}", project]
    assert bench.record(lead, "Leads")["FileAs"] == "Dopyt 2"
    assert {one["ProjectName"] for one in bench.eway.records("Projects")} == {"Hala 2", "Nová"}


def test_a_cart_refers_to_a_project_or_to_a_lead(bench: Bench) -> None:
    flow = CATALOGUE.flow("eway", "received_orders", "to_crm")
    side = bench.open(agenda="received_orders")
    project, lead = bench.eway.create("Projects", ProjectName="Hala"), bench.eway.create("Leads", FileAs="Dopyt")
    values = {"number": "1", "issued_on": datetime(2026, 3, 1).date(), "deal": f"Leads/{lead}"}
    (made,) = side.write("received_orders", Pack("one", [Item("a", "1", "create", values)]))
    assert made.row is not None, made
    assert made.row["deal"] == f"Leads/{lead}"
    guid = made.row["_id"]
    for deal, members in ((project, (project, lead)), (f"Leads/{lead}", (None, lead)), (None, (None, None))):
        (told,) = side.write("received_orders", Pack("two", [Item(str(deal), "1", "update", {"deal": deal}, guid)]))
        assert told.row is not None, told
        assert told.row["deal"] == deal
        shown = bench.record(guid, "Carts")
        assert (shown["Projects_CartGuid"], shown["Leads_CartGuid"]) == members
    assert flow.mapping["deal"].further == {"Leads": "Leads_CartGuid"}
