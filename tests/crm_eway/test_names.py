"""Titles, countries, categories: looked up once, added when allowed, and a person's own choice is kept."""

import pytest

from pohoda_bridge.side import Row
from tests.crm_eway.conftest import Bench, change, contact, new, row_of, rows, states, write


def made(bench: Bench, crm, item, agenda: str = "clients") -> Row:  # type: ignore[no-untyped-def]
    (answer,) = write(crm, item, agenda=agenda)
    assert answer.state == "written" and answer.row is not None, answer
    return answer.row


def test_a_title_is_looked_up_once_and_added_when_it_lacks(bench: Bench) -> None:
    crm = bench.open(agenda="contacts")
    items = [contact(title_before=title, title_after="MBA") for title in ("Ing.", "ing.", "prof. Ing.", "PROF.  ING.")]
    answers = write(crm, *items, agenda="contacts")
    assert [answer.row["title_before"] for answer in answers if answer.row] == [
        "Ing.",
        "Ing.",
        "prof. Ing.",
        "prof. Ing.",
    ]
    assert bench.eway.count("SearchEnumValues") == 2 and bench.eway.count("SaveEnumValue") == 1
    (value,) = [value for value in bench.eway.records("EnumValues") if value["FileAs"] == "prof. Ing."]
    assert value["Rank"] == 7 and value["EnumTypeName"] == "PrefixType" and value["Cs"] == "prof. Ing."


@pytest.mark.parametrize("how", ["setting", "extra", "refused"])
def test_a_title_that_may_not_be_added_is_left_empty_and_told(bench: Bench, how: str) -> None:
    crm = bench.open(
        agenda="contacts",
        api={"create_values": False} if how == "setting" else None,
        extra={"create_values": False} if how == "extra" else None,
    )
    if how == "refused":
        bench.eway.refuse("rcGeneralError", "SaveEnumValue")
    (answer,) = write(crm, contact(title_before="DrSc.", first_name="Jana"), agenda="contacts")
    assert answer.state == "written" and answer.row is not None and answer.row["title_before"] is None
    assert answer.details["nameless"] == ("title_before",)


def test_a_title_that_cannot_be_added_now_waits(bench: Bench) -> None:
    crm = bench.open(agenda="contacts")
    bench.fault("cut_after", match="SaveEnumValue", times=4)
    assert states(write(crm, contact(title_before="DrSc."), agenda="contacts")) == ["retry"]
    assert bench.eway.records("Contacts") == []
    assert made(bench, crm, contact(title_before="DrSc."), "contacts")["title_before"] == "DrSc."
    assert sum(value["FileAs"] == "DrSc." for value in bench.eway.records("EnumValues")) == 1


def test_two_clients_add_one_title(bench: Bench) -> None:
    first, second = bench.open(agenda="contacts"), bench.open(agenda="contacts")
    rows(first, "contacts")
    made(bench, second, contact(title_before="A."), "contacts")
    made(bench, first, contact(title_before="B."), "contacts")
    made(bench, second, contact(title_before="B."), "contacts")
    assert sum(value["FileAs"] == "B." for value in bench.eway.records("EnumValues")) == 1


@pytest.mark.parametrize("text", ["SK", "sk"])
def test_a_country_is_known_by_code_and_by_name(bench: Bench, text: str) -> None:
    crm = bench.open()
    assert made(bench, crm, new(country=text))["country"] == "SK"
    (value,) = [v for v in bench.eway.records("EnumValues") if v["FileAs"] == "SK"]
    bench.eway.edit("EnumValues", value["ItemGUID"], FileAs="Slovakia")
    fresh = bench.open()
    assert made(bench, fresh, new(country=text))["country"] == "SK"
    assert bench.eway.count("SaveEnumValue") == 0


def test_a_value_added_by_a_person_meanwhile_is_read(bench: Bench) -> None:
    crm = bench.open(agenda="contacts")
    row = made(bench, crm, contact(title_before="Ing."), "contacts")
    type_ = next(v["EnumType"] for v in bench.eway.records("EnumValues") if v["EnumTypeName"] == "PrefixType")
    guid = bench.eway.create("EnumValues", EnumType=type_, FileAs="RNDr.", Rank=50)
    bench.eway.edit("Contacts", row["_id"], PrefixEn=guid)
    assert row_of(crm, row["_id"], "contacts")["title_before"] == "RNDr."


def test_groups_are_categories_and_new_ones_are_made(bench: Bench) -> None:
    crm = bench.open()
    row = made(bench, crm, new(groups=["Nová", "VIP"]))
    assert row["groups"] == ["Nová", "VIP"]
    (group,) = [group for group in bench.eway.records("Groups") if group["GroupName"] == "Nová"]
    assert group["IsCategory"] is True
    assert made(bench, crm, new(groups=["nová"]))["groups"] == ["Nová"]
    assert bench.eway.count("SaveGroup") == 1
    closed = bench.open(extra={"create_categories": False})
    assert made(bench, closed, new(groups=["Iná", "VIP"]))["groups"] == ["VIP"]


def test_a_persons_categories_are_kept_ours_follow(bench: Bench) -> None:
    crm = bench.open()
    row = made(bench, crm, new(groups=["Partneri"]))
    vip = next(group["ItemGUID"] for group in bench.eway.records("Groups") if group["GroupName"] == "VIP")
    role = next(group["ItemGUID"] for group in bench.eway.records("Groups") if group["GroupName"] == "Obchod")
    for group in (vip, role):
        bench.eway.link(("Companies", row["_id"]), "GROUP", ("Groups", group))
    assert row_of(crm, row["_id"])["groups"] == ["Partneri", "VIP"]
    (answer,) = write(crm, change(row["_id"], groups=["Nová"]))
    assert answer.row is not None and answer.row["groups"] == ["Nová", "VIP"]
    bench.forget()
    (answer,) = write(crm, change(row["_id"], groups=None))
    assert answer.row is not None and answer.row["groups"] == ["VIP"]
    assert "SaveCompany" not in bench.sent() and bench.eway.count("DeleteRelation") == 1
    assert len(bench.record(row["_id"])["Relations"]) == 2


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
def test_a_category_without_an_answer_is_asked_again_then_in_doubt(bench: Bench, kind: str) -> None:
    crm = bench.open()
    bench.fault(kind, match="SaveRelation")
    assert made(bench, crm, new(groups=["VIP"]))["groups"] == ["VIP"]
    bench.fault(kind, match="SaveRelation", times=4)
    assert states(write(crm, new(groups=["VIP"]), new())) == ["doubt", "retry"]


def test_a_contact_belongs_to_its_company(bench: Bench) -> None:
    first, second = bench.companies(2)
    crm = bench.open(agenda="contacts")
    row = made(bench, crm, contact(client=first, company="Firma 000"), "contacts")
    assert row["client"] == first
    record = bench.record(row["_id"], "Contacts")
    assert record["Companies_CompanyGuid"] == first and record["BusinessAddressPOBox"] == "Firma 000"
    (answer,) = write(crm, change(row["_id"], client=second), agenda="contacts")
    assert answer.row is not None and answer.row["client"] == second
    (answer,) = write(crm, change(row["_id"], client=None), agenda="contacts")
    assert answer.row is not None and answer.row["client"] is None
    gone = "11111111-1111-4111-8111-111111111111"
    assert states(write(crm, contact(client=gone), contact(client="no guid"), agenda="contacts")) == ["refused"] * 2
