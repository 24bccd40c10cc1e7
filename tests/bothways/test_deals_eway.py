"""Contracts of POHODA and projects of eWay-CRM: each is made once there, and known again without a ledger."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from pohoda_bridge.ledger import Request, bindings, schema
from pohoda_bridge.sync import nightly
from pohoda_bridge.sync import reconcile as compare_sides
from tests.both import Both
from tests.faults.judging import quickly

PLACED = {"fields": {"af_41": {"from": "number"}}}
WAYS: dict[str, Any] = {"to_crm": {}, "to_pohoda": {}}
FLOWS: dict[str, Any] = {
    **dict.fromkeys(("clients", "received_orders", "issued_invoices"), WAYS),
    "deals": {"to_crm": PLACED, "to_pohoda": {}}, "received_invoices": {"to_crm": {}},
}  # fmt: skip


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with pytest.MonkeyPatch.context() as patch:
        quickly(patch, None)
        with Both.open("eway", tmp_path_factory.mktemp("deals"), patch, agendas=FLOWS) as opened:
            yield opened


def contracts(both: Both) -> list[dict[str, Any]]:
    """Those beside the two that each company has."""
    return list(both.pohoda.rows("SELECT * FROM sZAK WHERE ID > 2 ORDER BY ID"))


def projects(both: Both) -> dict[str, dict[str, Any]]:
    return {project["ProjectName"]: project for project in both.crm.records("Projects")}


def state(both: Both, project: dict[str, Any]) -> str:
    return next(str(one["FileAs"]) for one in both.crm.records("EnumValues") if one["ItemGUID"] == project["StateEn"])


def changes(both: Both, way: str) -> dict[str, int]:
    return {name: number for name, number in both.sync("deals", way).items() if name != "unchanged"}


def test_a_contract_becomes_a_project_and_a_project_a_contract(both: Both) -> None:
    customer = both.company(Firma="Odberateľ a.s.", ICO="46123458")
    began = {"Zahajeni": "2026-03-02", "PlZahaj": "2026-03-01", "PlPredani": "2026-09-30"}
    both.pohoda.insert("sZAK", Cislo="26Z1", SText="Oprava strechy", RefAD=customer, Firma="Odberateľ a.s.", **began)
    for number in (1, 2):
        both.pohoda.edit("sZAK", number, RefAD=customer)
    both.sync("clients")
    (client,) = both.records()
    both.crm.create(
        "Projects", ProjectName="Nová hala", Companies_CustomerGuid=client["id"], ProjectStart="2026-05-04", Note="a\nb"
    )
    assert both.sync("deals", "to_crm") == {"created": 3}
    assert both.sync("deals", "to_pohoda") == {"created": 1, "unchanged": 3}
    ours, theirs = contracts(both)
    assert (ours["Cislo"], theirs["SText"], theirs["RefAD"]) == ("26Z1", "Nová hala", customer)
    both.sync("deals", "to_crm")
    shown = projects(both)
    started, born = shown["Oprava strechy"], shown["Nová hala"]
    assert (started["Companies_CustomerGuid"], started["ProjectStart"][:10], started["ProjectEnd"][:10]) == (
        client["id"], "2026-03-02", "2026-09-30")  # fmt: skip
    assert (started["AdditionalFields"]["af_41"], state(both, started)) == ("26Z1", "InProgress")
    assert theirs["Cislo"] == str(born["HID"]) == born["AdditionalFields"]["af_41"]
    for way in ("to_pohoda", "to_crm"):
        assert set(both.sync("deals", way)) <= {"unchanged"}


def test_pohodas_changes_go_to_the_project_and_the_crms_cannot_be_written(both: Both) -> None:
    ours, theirs = contracts(both)
    both.pohoda.edit("sZAK", ours["ID"], Predani="2026-10-01")
    both.pohoda.edit("sZAK", theirs["ID"], SText="Veľká hala")
    assert changes(both, "to_crm") == {"updated": 2}
    shown = projects(both)
    assert shown["Oprava strechy"]["ProjectRealEnd"][:10] == "2026-10-01"
    assert state(both, shown["Oprava strechy"]) == "InProgress", "the state is the project's own by now"
    both.crm.edit("Projects", shown["Veľká hala"]["ItemGUID"], ProjectEnd="2026-12-01")
    assert changes(both, "to_pohoda") == {"cannot_write": 1}
    assert contracts(both)[1]["PlPredani"] is None
    assert changes(both, "to_crm") == {}
    both.crm.edit("Projects", shown["Veľká hala"]["ItemGUID"], ProjectEnd=None)
    assert changes(both, "to_pohoda") == {}


@pytest.mark.parametrize("placed", [True, False])
@pytest.mark.parametrize("way", ["to_crm", "to_pohoda"])
def test_without_the_ledger_every_pair_is_found_again(both: Both, way: str, placed: bool) -> None:
    both.link(agendas=FLOWS if placed else {**FLOWS, "deals": WAYS})
    with both.job("deals", way) as job, job.ledger.transaction() as ledger:
        for table in ("bindings", "aliases", "seen", "cursors", "intents"):
            known = schema.metadata.tables[table]
            ledger.execute(known.delete().where(known.c.agenda == "deals"))
    before = (len(contracts(both)), len(projects(both)))
    first = both.sync("deals", way)
    assert not first["created"]
    both.sync("deals", "to_pohoda" if way == "to_crm" else "to_crm")
    assert (len(contracts(both)), len(projects(both))) == before


def cart(both: Both, kind: str, client: str, **more: Any) -> str:
    """A person makes a bookkeeping record of one line in eWay-CRM."""
    kinds = {
        one["FileAs"]: one["ItemGUID"] for one in both.crm.records("EnumValues") if one["EnumTypeName"] == "CartType"
    }
    line = {"FileAs": "Práca", "Quantity": 2, "ListPrice": 50, "VatRate": 23, "Rank": 1}
    fixed = {"TypeEn": kinds[kind], "EffectiveFrom": "2026-03-05", "Companies_CustomerGuid": client}
    return str(both.crm.create("Carts", **fixed, GoodsInCart=[line], **more))


def test_carts_refer_to_their_project_and_documents_to_its_contract(both: Both) -> None:
    (client,) = both.records()
    project = projects(both)["Veľká hala"]["ItemGUID"]
    made = {
        agenda: cart(both, kind, client["id"], Projects_CartGuid=project)
        for agenda, kind in (("received_orders", "ReceivedOrder"), ("issued_invoices", "IssuedInvoice"))
    }
    number = contracts(both)[1]["Cislo"]
    for agenda, guid in made.items():
        assert both.sync(agenda, "to_pohoda") == {"created": 1}
        both.sync(agenda, "to_crm")
        for way in ("to_pohoda", "to_crm"):
            assert both.sync(agenda, way) in ({}, {"unchanged": 1}), (agenda, way)
        with both.job(agenda) as job:
            assert compare_sides(job).equal
            told = schema.metadata.tables["intents"]
            with job.ledger.transaction() as ledger:
                (drift,) = ledger.scalars(select(told.c.drift).where(told.c.technical == guid))
            assert drift in {None, "{}"}, "POHODA has more of a line than eWay-CRM: that is nothing stored otherwise"
        (shown,) = [one for one in both.crm.records("Carts") if one["ItemGUID"] == guid]
        assert shown["Projects_CartGuid"] == project
    invoice, order = both.cards("FA")[-1], both.cards("OBJ")[-1]
    assert invoice["CisloZAK"] == order["CisloZAK"] == number
    both.pohoda.edit("FA", invoice["ID"], CisloZAK="26Z1")
    assert both.sync("issued_invoices") == {"updated": 1}
    (shown,) = [one for one in both.crm.records("Carts") if one["ItemGUID"] == made["issued_invoices"]]
    assert shown["Projects_CartGuid"] == projects(both)["Oprava strechy"]["ItemGUID"]
    assert both.sync("issued_invoices", "to_pohoda") == {"unchanged": 1}
    both.crm.edit("Carts", made["issued_invoices"], Projects_CartGuid=project)
    assert both.sync("issued_invoices", "to_pohoda") == {"cannot_write": 1}
    assert both.cards("FA")[-1]["CisloZAK"] == "26Z1"


def invoice(both: Both, number: str, contract: str | None, net: float, *, kind: int = 1, **more: Any) -> int:
    """A document of POHODA without lines; its ID."""
    (customer,) = both.cards()[:1]
    amounts = {"Kc2": net, "KcDPH2": round(net * 0.23, 2), "KcCelkem": round(net * 1.23, 2)}
    fixed = {"RelTpFak": kind, "Cislo": number, "Datum": "2026-04-01", "RefAD": customer["ID"], "CisloZAK": contract}
    return int(both.pohoda.insert("FA", **fixed, **amounts, SText="Práca", Firma=customer["Firma"], **more))


def money(both: Both, name: str) -> tuple[float | None, float | None]:
    return projects(both)[name]["Price"], projects(both)[name]["OtherExpenses"]


def test_what_a_project_brought_and_cost_is_summed_from_its_invoices(both: Both) -> None:
    both.crm.edit("Projects", projects(both)["Veľká hala"]["ItemGUID"], Price=9000)
    for agenda in ("issued_invoices", "deals"):
        both.sync(agenda)
    assert money(both, "Oprava strechy") == (100, None)  # the invoice of eWay-CRM, 2 x 50
    assert money(both, "Veľká hala") == (9000, None), "no invoice says anything of what a person entered"
    first = invoice(both, "26F1", "26Z1", 1000)
    invoice(both, "26F2", "26Z1", -200, kind=8)
    invoice(both, "26F3", "26Z1", 500, kind=4)  # an advance
    invoice(both, "26P1", "26Z1", 300, kind=11)
    for contract in contracts(both):  # an invoice changes nothing of its contract: no read by time brings that
        both.pohoda.edit("sZAK", contract["ID"], DatSave="2026-01-02 08:00:00")
    for agenda in ("issued_invoices", "received_invoices"):
        both.sync(agenda)
    before = both.cards("sZAK")
    assert changes(both, "to_crm") == {"updated": 1}
    assert money(both, "Oprava strechy") == (900, 300)
    writes = both.crm.writes()
    for agenda in ("issued_invoices", "received_invoices", "deals"):
        both.sync(agenda)
        both.sync(agenda, request=Request("full"))
    assert set(both.sync("deals", "to_pohoda")) <= {"unchanged", "cannot_write"}
    assert (both.crm.writes(), both.cards("sZAK")) == (writes, before)
    both.pohoda.edit("FA", first, CisloZAK=contracts(both)[1]["Cislo"])
    both.sync("issued_invoices")
    assert changes(both, "to_crm") == {"updated": 2}
    assert (money(both, "Oprava strechy"), money(both, "Veľká hala")) == ((-100, 300), (1000, None))
    both.pohoda.delete("FA", first)
    for way, agenda in (("to_crm", "issued_invoices"), ("to_crm", "deals")):
        with both.job(agenda, way) as job:
            nightly(job)
        both.sync(agenda, way)
    assert money(both, "Veľká hala")[0] is None


def test_figures_are_of_all_invoices_when_projects_are_carried_later(both: Both) -> None:
    both.link(agendas={**FLOWS, "deals": {"to_pohoda": {}}})
    invoice(both, "26F8", "26Z1", 1000)
    both.sync("issued_invoices")
    both.link(agendas=FLOWS)
    invoice(both, "26F9", "26Z1", 50)
    for agenda in ("issued_invoices", "deals"):
        both.sync(agenda)
    assert money(both, "Oprava strechy")[0] == -100 + 1000 + 50
    assert changes(both, "to_crm") == {}


def test_an_invoice_that_was_deleted_on_both_sides_adds_nothing_more(both: Both) -> None:
    before = money(both, "Oprava strechy")[0]
    number = invoice(both, "26F7", "26Z1", 70)
    for agenda in ("issued_invoices", "deals"):
        both.sync(agenda)
    assert money(both, "Oprava strechy")[0] == (before or 0) + 70
    both.pohoda.delete("FA", number)
    both.crm.delete("Carts", next(c["ItemGUID"] for c in both.crm.records("Carts") if c["FileAs"] == "26F7"))
    for way in ("to_pohoda", "to_crm"):
        with both.job("issued_invoices", way) as job:
            nightly(job)
    for agenda, way in (("issued_invoices", "to_pohoda"), ("issued_invoices", "to_crm"), ("deals", "to_crm")):
        both.sync(agenda, way)
    assert money(both, "Oprava strechy")[0] == before


def test_a_lead_with_a_document_is_a_contract_and_keeps_it_as_a_project(both: Both) -> None:
    (client,) = both.records()
    lead = both.crm.create("Leads", FileAs="Servis výťahov", Companies_CustomerGuid=client["id"])
    both.crm.create("Leads", FileAs="Len otázka", Companies_CustomerGuid=client["id"])
    before = len(contracts(both))
    assert changes(both, "to_pohoda") == {}, "a lead without a document is no contract"
    guid = cart(both, "ReceivedOrder", client["id"], Leads_CartGuid=lead)
    assert changes(both, "to_pohoda") == {"created": 1}
    made = contracts(both)[-1]
    number = next(str(one["HID"]) for one in both.crm.records("Leads") if one["ItemGUID"] == lead)
    assert (made["SText"], made["Cislo"], len(contracts(both))) == ("Servis výťahov", number, before + 1)
    assert both.sync("received_orders", "to_pohoda")["created"] == 1
    assert both.cards("OBJ")[-1]["CisloZAK"] == number
    for way in ("to_crm", "to_pohoda"):
        assert changes(both, way) == {}
    # Renumbered, so that the number does not lead from the project to the contract.
    both.pohoda.edit("sZAK", made["ID"], SText="Servis výťahov 2026", PlPredani="2026-12-24", Cislo="26Z77")
    both.pohoda.edit("OBJ", both.cards("OBJ")[-1]["ID"], CisloZAK="26Z77")
    assert changes(both, "to_crm") == {"updated": 1}
    assert {one["FileAs"] for one in both.crm.records("Leads")} == {"Servis výťahov 2026", "Len otázka"}
    with both.job("deals", "to_pohoda") as job:
        assert compare_sides(job).equal

    project = both.crm.create(
        "Projects",
        ProjectName="Servis výťahov 2026",
        Companies_CustomerGuid=client["id"],
        Leads_Project_OriginGuid=lead,
    )
    shown = projects(both)["Servis výťahov 2026"]
    assert (str(shown["HID"]), shown["ItemGUID"]) == (number, project)
    assert not changes(both, "to_pohoda").get("created")
    assert len(contracts(both)) == before + 1
    assert changes(both, "to_crm") == {"updated": 1}
    assert projects(both)["Servis výťahov 2026"]["ProjectEnd"][:10] == "2026-12-24"
    for way in ("to_pohoda", "to_crm"):
        assert changes(both, way) == {}
    for agenda in ("received_orders", "deals"):
        for way in ("to_pohoda", "to_crm"):
            both.sync(agenda, way)
            with both.job(agenda, way) as job:
                assert compare_sides(job).equal, (agenda, way)
    (order,) = [one for one in both.crm.records("Carts") if one["ItemGUID"] == guid]
    assert order["Projects_CartGuid"] == project


def test_a_cart_keeps_its_project_where_the_contract_is_gone(both: Both) -> None:
    (client,), customer = both.records(), both.cards()[0]
    gone = both.pohoda.insert("sZAK", Cislo="26Z5", SText="Komín", RefAD=customer["ID"], Firma=customer["Firma"])
    for way in ("to_crm", "to_pohoda"):
        both.sync("deals", way)
    project = projects(both)["Komín"]["ItemGUID"]
    guid = cart(both, "ReceivedOrder", client["id"], Projects_CartGuid=project)
    both.pohoda.delete("sZAK", gone)
    for way in ("to_pohoda", "to_crm", "to_pohoda", "to_crm"):
        both.sync("received_orders", way)
    assert both.cards("OBJ")[-1]["CisloZAK"] is None
    assert next(c["Projects_CartGuid"] for c in both.crm.records("Carts") if c["ItemGUID"] == guid) == project


def test_a_project_whose_number_is_that_of_another_contract_takes_no_pair(both: Both) -> None:
    counted = [int(one["HID"]) for folder in ("Projects", "Leads") for one in both.crm.records(folder)]
    customer, number = both.cards()[0], max(counted) + 2
    both.pohoda.insert("sZAK", Cislo=str(number), SText="Brána", RefAD=customer["ID"], Firma=customer["Firma"])
    assert changes(both, "to_crm") == {"created": 1}
    (client,) = both.records()
    both.crm.create("Projects", ProjectName="Plot", Companies_CustomerGuid=client["id"])
    assert projects(both)["Plot"]["HID"] == number
    before = len(contracts(both))
    assert changes(both, "to_pohoda") == {"quarantined": 1}, "POHODA has no number twice"
    assert changes(both, "to_crm") == {}
    assert (len(contracts(both)), projects(both)["Brána"]["HID"]) == (before, number - 1)


def test_a_project_with_the_number_of_one_contract_is_not_the_pair_of_another(both: Both) -> None:
    client, customer = both.records()[0], both.cards()[0]
    more = {"ProjectName": "Altánok", "Companies_CustomerGuid": client["id"]}
    both.crm.create("Projects", **more, AdditionalFields={"af_41": "26Z6"})
    both.pohoda.insert("sZAK", Cislo="26Z7", SText="Altánok", RefAD=customer["ID"], Firma=customer["Firma"])
    assert changes(both, "to_crm")["left_out"] == 1
    assert projects(both)["Altánok"]["AdditionalFields"]["af_41"] == "26Z6"
    both.pohoda.insert("sZAK", Cislo="26Z6", SText="Altánok", RefAD=customer["ID"], Firma=customer["Firma"])
    both.sync("deals", "to_crm")
    both.sync("deals", "to_crm", Request("full"))
    told = [one["AdditionalFields"]["af_41"] for one in both.crm.records("Projects") if one["ProjectName"] == "Altánok"]
    assert sorted(told) == ["26Z6", "26Z7"]


def test_a_number_alone_is_no_certain_pair(both: Both) -> None:
    (client,) = both.records()
    both.crm.create("Projects", ProjectName="Web", Companies_CustomerGuid=client["id"])
    customer, number = both.cards()[0], str(projects(both)["Web"]["HID"])
    both.pohoda.insert("sZAK", Cislo=number, SText="Studňa", RefAD=customer["ID"], Firma=customer["Firma"])
    assert changes(both, "to_crm") == {"left_out": 1}
    assert {"Web"} == projects(both).keys() & {"Web", "Studňa"}
    before = len(contracts(both))
    assert changes(both, "to_pohoda") == {"left_out": 1, "quarantined": 1}
    assert len(contracts(both)) == before


def test_a_cart_keeps_the_lead_whose_contract_it_became(both: Both) -> None:
    (client,) = both.records()
    lead = both.crm.create("Leads", FileAs="Servis brán", Companies_CustomerGuid=client["id"])
    guid = cart(both, "ReceivedOrder", client["id"], Leads_CartGuid=lead)
    for agenda, way in (("deals", "to_pohoda"), ("received_orders", "to_pohoda"), ("received_orders", "to_crm")):
        both.sync(agenda, way)
    (order,) = [one for one in both.crm.records("Carts") if one["ItemGUID"] == guid]
    assert order["Leads_CartGuid"] == lead


def test_a_pair_goes_on_with_the_project_where_nothing_goes_to_pohoda_any_more(both: Both) -> None:
    (client,) = both.records()
    lead = both.crm.create("Leads", FileAs="Servis okien", Companies_CustomerGuid=client["id"])
    cart(both, "ReceivedOrder", client["id"], Leads_CartGuid=lead)
    both.sync("deals", "to_pohoda")
    both.link(agendas={**FLOWS, "deals": {"to_crm": PLACED}})
    both.sync("deals", "to_crm")
    more = {"ProjectName": "Servis okien", "Companies_CustomerGuid": client["id"]}
    project = both.crm.create("Projects", **more, Leads_Project_OriginGuid=lead)
    with both.job("deals", "to_crm") as job:
        nightly(job)  # nothing changed in POHODA
    assert changes(both, "to_crm")["updated"] == 1, "it has the number of its contract"
    both.pohoda.edit("sZAK", contracts(both)[-1]["ID"], PlPredani="2026-12-24")
    assert changes(both, "to_crm")["updated"] == 1
    assert projects(both)["Servis okien"]["ProjectEnd"][:10] == "2026-12-24"
    with both.job("deals", "to_crm") as job:
        assert compare_sides(job).equal
        with job.ledger.transaction() as ledger:
            assert list(bindings.by_crm_id(ledger, job.scope, [project, f"Leads/{lead}"])) == [project]
