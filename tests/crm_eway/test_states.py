"""States are called what the installation's own settings call them; a name may be one of its translations."""

from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Item
from tests.crm_eway.conftest import Bench, row_of, states, write

INVOICE, OFFER = {"number": "1", "kind": "invoice"}, {"number": "1"}


def value(bench: Bench, text: str, enum: str = "CartState") -> str:
    values = bench.eway.records("EnumValues")
    return str(next(one["ItemGUID"] for one in values if (one["EnumTypeName"], one["FileAs"]) == (enum, text)))


def renamed(bench: Bench, shipped: str, text: str, setting: str, enum: str = "CartState") -> tuple[str, str]:
    """The guids of the state that has another name now, and of one that took its old name."""
    guid = value(bench, shipped, enum)
    bench.eway.edit("EnumValues", guid, FileAs=text)
    bench.eway.set(setting, text.upper())
    type_ = next(one["EnumType"] for one in bench.eway.records("EnumValues") if one["EnumTypeName"] == enum)
    return guid, bench.eway.create("EnumValues", EnumType=type_, FileAs=shipped, Rank=90)


@pytest.mark.parametrize(
    ("agenda", "record", "status", "shipped", "setting"),
    [
        ("issued_invoices", INVOICE, "issued", "Invoiced", "CartInvoicedState"),
        ("issued_invoices", INVOICE, "ready", "ToBeInvoiced", "CartToBeInvoicedState"),
        ("received_invoices", INVOICE, "paid", "Paid", "CartPaidState"),
        ("received_orders", OFFER, "cancelled", "Canceled", "CartOrderCanceledState"),
        ("issued_orders", OFFER, "in_progress", "InProcess", "CartOrderInProcessState"),
        ("offers", OFFER, "accepted", "Processed", "CartProposalProcessedState"),
    ],
)
def test_a_state_has_the_name_that_its_setting_gives(
    bench: Bench, agenda: str, record: dict[str, Any], status: str, shipped: str, setting: str
) -> None:
    ours, other = renamed(bench, shipped, "Naše", setting)
    crm = bench.open(agenda=agenda)
    (answer,) = write(crm, Item(uuid4().hex, "k", "create", {**record, "status": status}), agenda=agenda)
    assert answer.row is not None, answer
    assert (bench.record(answer.row["_id"], "Carts")["StateEn"], answer.row["status"]) == (ours, status)
    bench.eway.edit("Carts", answer.row["_id"], StateEn=other)
    assert row_of(crm, answer.row["_id"], agenda)["status"] == shipped, "it is no state of the setting any more"
    assert bench.eway.count("GetGlobalSettings") == 1


def test_orders_and_offers_have_settings_of_their_own(bench: Bench) -> None:
    ours, shipped = renamed(bench, "InProcess", "Beží", "CartOrderInProcessState")
    for agenda, status, guid in (("issued_orders", "in_progress", ours), ("offers", "sent", shipped)):
        crm = bench.open(agenda=agenda)
        (answer,) = write(crm, Item(uuid4().hex, "k", "create", {**OFFER, "status": status}), agenda=agenda)
        assert answer.row is not None and bench.record(answer.row["_id"], "Carts")["StateEn"] == guid


def test_a_project_is_completed_by_the_name_of_its_setting(bench: Bench) -> None:
    ours, _ = renamed(bench, "Completed", "Hotovo", "CompletedStateName", "ProjectState")
    crm = bench.open(agenda="deals")
    (answer,) = write(crm, Item(uuid4().hex, "k", "create", {"name": "Z", "stage": "delivered"}), agenda="deals")
    assert answer.row is not None and bench.record(answer.row["_id"], "Projects")["StateEn"] == ours


@pytest.mark.parametrize("how", ["denied", "empty"])
def test_without_the_setting_the_name_of_the_file_holds(bench: Bench, how: str) -> None:
    if how == "denied":
        bench.eway.refuse("rcAccessDenied", "GetGlobalSettings", times=9)
    else:
        bench.eway.set("CartInvoicedState", "")
    crm = bench.open(agenda="issued_invoices")
    item = Item(uuid4().hex, "k", "create", {**INVOICE, "status": "issued"})
    (answer,) = write(crm, item, agenda="issued_invoices")
    assert answer.row is not None and answer.row["status"] == "issued"
    assert bench.record(answer.row["_id"], "Carts")["StateEn"] == value(bench, "Invoiced")


def test_a_service_that_cannot_be_asked_now_is_asked_again_not_guessed(bench: Bench) -> None:
    crm = bench.open(agenda="issued_invoices")
    bench.fault("cut_before", match="GetGlobalSettings", times=4)
    item = Item(uuid4().hex, "k", "create", {**INVOICE, "status": "issued"})
    assert states(write(crm, item, agenda="issued_invoices")) == ["retry"]
    assert bench.eway.records("Carts") == []
    assert states(write(crm, item, agenda="issued_invoices")) == ["written"]


def test_two_settings_with_one_name_stop_the_agenda(bench: Bench) -> None:
    bench.eway.set("CartInvoicedState", "ToBeInvoiced")
    with pytest.raises(StopAgenda, match=r"'ToBeInvoiced' is what .* both 'ready' and 'issued'"):
        bench.open(agenda="issued_invoices").describe("issued_invoices")


@pytest.mark.parametrize(
    ("agenda", "shipped", "values"),
    [
        ("issued_invoices", "IssuedInvoice", {"invoice": "Faktúra vydaná"}),  # what a person sees, said in the link
        ("issued_invoices", "IssuedInvoice", {}),
        ("offers", "Proposal", {}),
    ],
)
def test_a_kind_is_known_by_a_translation(bench: Bench, agenda: str, shipped: str, values: dict[str, str]) -> None:
    """The text of a kind in its list is assumed; one of its translations leads to it as well."""
    sk, en = ("Faktúra vydaná", None) if values else (None, shipped)
    bench.eway.edit(
        "EnumValues", value(bench, shipped, "CartType"), Sk=sk, En=en, **({} if values else {"FileAs": "X"})
    )
    record = {**OFFER} if agenda == "offers" else INVOICE
    crm = bench.open(agenda=agenda, values={"kind": values} if values else None)
    crm.describe(agenda)
    (answer,) = write(crm, Item(uuid4().hex, "k", "create", record), agenda=agenda)
    assert answer.row is not None, answer
    assert answer.row.get("kind", "invoice") == "invoice"
    assert crm.ids(agenda) == {answer.row["_id"]}


def test_a_state_that_the_link_calls_by_a_translation_is_read_as_that_state(bench: Bench) -> None:
    bench.eway.edit("EnumValues", value(bench, "Draft"), Sk="Koncept")
    crm = bench.open(agenda="issued_invoices", values={"status": {"draft": "Koncept"}})
    (answer,) = write(crm, Item(uuid4().hex, "k", "create", {**INVOICE, "status": "draft"}), agenda="issued_invoices")
    assert answer.row is not None and answer.row["status"] == "draft"


def test_a_translation_of_several_states_is_never_guessed(bench: Bench) -> None:
    for name in ("Voided", "Canceled"):
        bench.eway.edit("EnumValues", value(bench, name), Sk="Zrušená")
    crm = bench.open(agenda="received_orders", values={"status": {"cancelled": "zrušená"}})
    with pytest.raises(StopAgenda, match=r"several are called 'zrušená' \(Canceled, Voided\)"):
        crm.describe("received_orders")
