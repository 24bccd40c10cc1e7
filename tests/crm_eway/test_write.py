"""Saves: what is sent and what is not, versions, what is deleted meanwhile, one answer for each item."""

from typing import Any
from uuid import UUID

import pytest

from pohoda_bridge.side import Window
from tests.crm_eway.conftest import Bench, change, contact, new, row_of, rows, states, write


def test_a_new_record_has_the_guid_of_its_item_and_is_read_back(bench: Bench) -> None:
    crm = bench.open()
    item = new(ico="12345678", street="Hlavná 1", country="SK", p1=True, note="a\nb")
    bench.forget()
    (answer,) = write(crm, item)
    assert answer.state == "written" and answer.row is not None
    assert answer.row["_id"] == str(UUID(item.id))
    told = {name: answer.row[name] for name in ("name", "ico", "street", "country", "p1", "p2", "note", "city")}
    assert told == {"name": "Firma", "ico": "12345678", "street": "Hlavná 1", "country": "SK", "p1": True,
                    "p2": False, "note": "a\nb", "city": None}  # fmt: skip
    record = bench.record(answer.row["_id"])
    assert (record["FileAs"], record["Address1POBox"], record["ItemVersion"]) == ("Firma", "Firma", 1)
    assert bench.sent() == ["LogIn", "SearchEnumValues", "SaveCompany", "GetCompaniesByItemGuids"]


def test_a_pack_costs_one_reading_before_and_one_after(bench: Bench) -> None:
    known = bench.companies(10)
    crm = bench.open()
    rows(crm)
    bench.forget()
    answers = write(crm, *(change(guid, city="Nitra") for guid in known), *(new(name=f"N{n}") for n in range(10)))
    assert set(states(answers)) == {"written"}
    assert bench.sent() == ["GetCompaniesByItemGuids", *["SaveCompany"] * 20, "GetCompaniesByItemGuids"]


def test_an_update_touches_only_what_it_names(bench: Bench) -> None:
    guid = bench.eway.create(
        "Companies", CompanyName="A", FileAs="A", Phone="1", Skype="me", AdditionalFields={"af_21": True}
    )
    before = bench.record(guid)
    (answer,) = write(bench.open(), change(guid, city="Nitra", phone=None))
    after = bench.record(guid)
    changed = {name for name in before if before[name] != after[name]}
    assert answer.state == "written"
    assert changed - {"Server_ItemChanged", "ItemChanged"} == {
        "Address1City", "Phone", "PhoneNormalized", "ItemVersion", "ModifiedByGUID"
    }  # fmt: skip


def test_names_made_of_others_follow_unless_a_person_changed_them(bench: Bench) -> None:
    plain = bench.eway.create("Companies", CompanyName="A", FileAs="A", Address1POBox="A")
    own = bench.eway.create("Companies", CompanyName="B", FileAs="B & Co.", Address1POBox="P.O. Box 7")
    write(bench.open(), change(plain, name="AA"), change(own, name="BB"))
    assert [bench.record(plain)[m] for m in ("CompanyName", "FileAs", "Address1POBox")] == ["AA", "AA", "AA"]
    assert [bench.record(own)[m] for m in ("CompanyName", "FileAs", "Address1POBox")] == ["BB", "B & Co.", "P.O. Box 7"]


def test_a_contacts_name_is_composed_of_what_is_sent_and_what_is_there(bench: Bench) -> None:
    crm = bench.open(agenda="contacts")
    (made,) = write(crm, contact(first_name="Jana", title_before="Ing."), agenda="contacts")
    assert made.row is not None
    guid = made.row["_id"]
    assert bench.record(guid, "Contacts")["FileAs"] == "Nováková, Jana"
    write(crm, change(guid, last_name="Malá"), agenda="contacts")
    assert bench.record(guid, "Contacts")["FileAs"] == "Malá, Jana"


def test_what_changed_since_it_was_compared_is_given_back(bench: Bench) -> None:
    first, second = bench.companies(2)
    crm = bench.open()
    rows(crm, window=Window(ids=(first, second)))
    bench.eway.edit("Companies", first, Phone="911")
    bench.forget()
    answers = write(crm, change(first, phone="912"), change(second, phone="913"))
    assert states(answers) == ["refused", "written"]
    assert answers[0].details == {"conflict": True, "moved": True}
    assert bench.record(first)["Phone"] == "911"
    assert bench.eway.writes() == 1


@pytest.mark.parametrize("step", [1, 2])
def test_what_changes_between_the_reading_and_the_save_is_refused_by_its_version(bench: Bench, step: int) -> None:
    (guid,) = bench.companies(1)
    bench.eway.switches.version_step = step
    crm = bench.open()
    row_of(crm, guid)
    meanwhile(bench, "SaveCompany", lambda: bench.eway.edit("Companies", guid, Phone="911"))
    (answer,) = write(crm, change(guid, phone="912"))
    assert answer.state == "refused" and answer.details["conflict"] is True
    assert bench.record(guid)["Phone"] == "911"
    row_of(crm, guid)
    assert states(write(crm, change(guid, phone="912"))) == ["written"]


def test_own_updates_follow_each_other(bench: Bench) -> None:
    (guid,) = bench.companies(1)
    bench.eway.switches.version_step = 2
    crm = bench.open()
    for number in range(3):
        assert states(write(crm, change(guid, phone=str(number)))) == ["written"]


def test_an_update_never_makes_a_deleted_record_anew(bench: Bench) -> None:
    guid, other = bench.companies(2)
    crm = bench.open()
    bench.eway.delete("Companies", guid)
    answers = write(crm, change(guid, phone="1"), change(other, phone="2"), change("no guid", phone="3"))
    assert states(answers) == ["refused", "written", "refused"]
    assert answers[0].details["gone"] is True and answers[2].details["gone"] is True
    assert len(bench.eway.records("Companies")) == 1


def test_a_record_deleted_right_before_the_save_is_not_left_as_a_stub(bench: Bench) -> None:
    guid = bench.eway.create("Companies", CompanyName="A")
    bench.eway.clock.advance(60)
    crm = bench.open()
    meanwhile(bench, "SaveCompany", lambda: bench.eway.delete("Companies", guid))
    (answer,) = write(crm, change(guid, phone="1"))
    assert answer.state == "refused" and answer.details["gone"] is True
    assert bench.eway.records("Companies") == []


def test_nothing_is_sent_after_the_lease(bench: Bench) -> None:
    crm = bench.open()
    rows(crm)
    bench.forget()
    assert states(write(crm, new(), new(), until=0)) == ["retry", "retry"]
    assert bench.eway.writes() == 0


def test_a_value_that_cannot_go_refuses_its_record_only(bench: Bench) -> None:
    crm = bench.open(fields={"credit": "AdditionalDiscount"})
    answers = write(crm, new(credit=101), new(p1="maybe"), new(number="1"), new(credit=100))
    assert states(answers) == ["refused", "refused", "refused", "written"]
    assert answers[0].reasons == ("credit: must be between 0 and 100",)
    assert answers[1].reasons == ("p1: is neither true nor false",)


def test_fields_by_setting_go_where_the_link_says(bench: Bench) -> None:
    fields = {"p4": "af_21", "centre": "af_24", "message": "af_25", "note": "Fax", "internal_note": "Note"}
    crm = bench.open(fields={**fields, "price_level": "SalePriceGuid", "activity": "af_27"})
    values: dict[str, Any] = {"p4": True, "centre": "BA", "message": "Ahoj", "internal_note": "x"}
    (answer,) = write(crm, new(**values, price_level="Partner", activity="b"))
    assert answer.row is not None
    assert {name: answer.row[name] for name in values} == values
    assert (answer.row["price_level"], answer.row["activity"]) == ("Partner", "B")
    record = bench.record(answer.row["_id"])
    assert record["AdditionalFields"]["af_21"] is True and record["AdditionalFields"]["af_24"] == "BA"


def meanwhile(bench: Bench, method: str, act: Any) -> None:
    """Do something right before the next call of a method reaches the service."""
    original = bench.eway.service.answer

    def answer(request: Any, gone: str) -> Any:
        if request.target.endswith(method):
            bench.eway.service.answer = original  # type: ignore[method-assign]
            act()
        return original(request, gone)

    bench.eway.service.answer = answer  # type: ignore[method-assign]
