"""Refusals of eWay-CRM's workflows and rights, for documents, goods and companies: told, waved through, never more."""

import json
import os
from collections.abc import Iterator

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import bindings, deletions, waiting
from pohoda_bridge.mail.causes import waiting_now
from pohoda_bridge.mail.message import message
from pohoda_bridge.sync import find_deleted, nightly
from tests.trade_eway.world import FLOWS, World

TEXT = "Poznámku mění jen vedoucí"
PLACES = {"issued_orders": ("OBJ", "Carts"), "products": ("SKz", "Goods")}
CONNECTION = "AIRFLOW_CONN_EWAY_API"


@pytest.fixture(autouse=True)
def lifted(world: World) -> Iterator[None]:
    yield
    world.sandbox.eway.clear_rules()
    world.sandbox.eway.switches.closed_folder = "denied"
    for folder in ("Carts", "Goods", "Companies"):
        world.sandbox.eway.permit(folder, View="All", Edit="All", Delete="All", CanCreate=True)


def edited(world: World, agenda: str, note: str) -> tuple[str, str]:
    """A bound record of POHODA gets another note; its id, and the guid of its pair."""
    table = PLACES[agenda][0]
    with world.job(agenda, "to_crm") as job:
        with job.ledger.transaction() as ledger:
            bound = bindings.by_technical(ledger, job.scope, sorted(job.source.ids(agenda)))
        technical, guid = next((one, binding.crm_id) for one, binding in bound.items() if one.startswith("2026/"))
    number = int(technical.rpartition("/")[2])
    world.sandbox.units["obchod"].pohoda.edit(table, number, Pozn=note)
    return technical, guid


def held(world: World, agenda: str) -> dict[str, list[dict[str, str]]]:
    """The quarantine."""
    with world.job(agenda, "to_crm") as job, job.ledger.transaction() as ledger:
        return {row["technical"]: row["reasons"] for row in waiting.quarantined(ledger, job.scope)}


def mailed(world: World, agenda: str) -> list[str]:
    """What a mail about the agenda's records would say, in the language of the unit."""
    with world.job(agenda, "to_crm") as job, job.ledger.transaction() as ledger:
        causes = waiting_now(ledger, job.scope, "", (), job.flow.crm.reasons)
        text = message(job.flow, causes, None).get_body(("plain",))
    return str(text and text.get_content()).splitlines()


@pytest.mark.parametrize("agenda", PLACES)
def test_a_workflow_that_refuses_is_told_with_its_words_and_waved_through_where_allowed(
    world: World, agenda: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    technical, guid = edited(world, agenda, "Zvoní dvakrát")
    folder = PLACES[agenda][1]
    world.sandbox.eway.rule(folder, field="Note", kind="locked", message=TEXT, optional=True)
    before = held(world, agenda)
    assert world.sync(agenda, "to_crm")["quarantined"] == 1
    (reason,) = held(world, agenda)[technical]
    assert TEXT in str(reason) and technical not in before
    told = json.loads(os.environ[CONNECTION])
    told["extra"] = {**told.get("extra", {}), "ignore_warnings": True}
    monkeypatch.setenv(CONNECTION, json.dumps(told))
    with world.job(agenda, "to_crm") as job, job.ledger.transaction() as ledger:
        waiting.make_due(ledger, job.scope, [technical], "a person allowed it")
    assert world.sync(agenda, "to_crm")["updated"] == 1
    assert held(world, agenda) == before
    assert world.item(folder, ItemGUID=guid)["Note"] == "Zvoní dvakrát"


def test_a_module_that_our_user_may_not_change_stops_its_flow_alone(world: World) -> None:
    technical, _ = edited(world, "issued_orders", "Nezvoní")
    world.sandbox.eway.rule("Carts", field="Note", kind="locked", message=TEXT)
    assert world.sync("issued_orders", "to_crm")["quarantined"] == 1, "no way to wave that through"
    world.sandbox.eway.clear_rules()
    world.sandbox.eway.permit("Carts", Edit="None")
    with world.job("issued_orders", "to_crm") as job, job.ledger.transaction() as ledger:
        waiting.make_due(ledger, job.scope, [technical], "a person")
    with pytest.raises(StopAgenda, match=r"issued_orders: .* may not change records of Carts \(Edit: None\)"):
        world.sync("issued_orders", "to_crm")
    assert set(world.sync("clients", "to_crm")) <= {"unchanged", "left_out", "quarantined"}
    world.sandbox.eway.permit("Carts", Edit="All")
    assert world.sync("issued_orders", "to_crm")["updated"] == 1


@pytest.mark.parametrize("closed", ["denied", "empty"])
@pytest.mark.parametrize("view", ["None", "Own"])
def test_what_our_user_may_not_see_any_more_was_not_deleted(world: World, view: str, closed: str) -> None:
    flows = [agenda for agenda, way in FLOWS if way == "to_pohoda" and agenda in {"offers", "received_orders"}]
    for agenda in flows:
        with world.job(agenda, "to_pohoda") as job:
            find_deleted(job)
    world.sandbox.eway.switches.closed_folder = closed
    world.sandbox.eway.permit("Carts", View=view)
    for agenda in flows:
        with world.job(agenda, "to_pohoda") as job:
            with job.ledger.transaction() as ledger:
                before = deletions.known(ledger, job.scope)
            with pytest.raises(StopAgenda, match=rf"Carts \(View: {view}\)"):
                nightly(job)
            with job.ledger.transaction() as ledger:
                assert deletions.known(ledger, job.scope) == before
    world.sandbox.eway.permit("Carts", View="All")
    for agenda in flows:
        with world.job(agenda, "to_pohoda") as job:
            assert find_deleted(job) == []


def test_a_record_that_a_person_makes_private_was_not_deleted(world: World) -> None:
    eway = world.sandbox.eway
    with world.job("offers", "to_pohoda") as job, job.ledger.transaction() as ledger:
        guid = min(bindings.sources(ledger, job.scope).keys() & job.source.ids("offers"))
    eway.edit("Carts", guid, IsPrivate=True, OwnerGUID=eway.records("Users")[1]["ItemGUID"])
    with world.job("offers", "to_pohoda") as job:
        assert guid not in job.source.ids("offers")
        night = nightly(job)
        assert (night.deleted, night.reconciled.open["hidden"], night.reconciled.differences) == ([], 1, [])
    eway.edit("Carts", guid, IsPrivate=False)


def test_people_of_a_czech_unit_read_in_czech_what_a_record_waits_for(world: World) -> None:
    """A record of somebody else's in eWay-CRM, and the price list, which no method of its writes."""
    technical, guid = edited(world, "products", "Zvoní potřetí")
    eway = world.sandbox.eway
    eway.edit("Goods", guid, OwnerGUID=eway.records("Users")[1]["ItemGUID"])
    eway.permit("Goods", Edit="Own")
    assert world.sync("products", "to_crm")["quarantined"] == 1
    (reason,) = held(world, "products")[technical]
    assert reason["cs"].startswith("CRM odepírá přístup; dejte uživateli připojení potřebné právo")
    assert any(reason["cs"] in line for line in mailed(world, "products"))
    closed = mailed(world, "price_lists")
    assert any("eWay-CRM nemá zveřejněnou metodu, která by zapisovala Prodejní ceny" in one for one in closed), closed
