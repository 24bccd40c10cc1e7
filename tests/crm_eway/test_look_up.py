"""Look-ups by key in every way people write it, duplicates that eWay-CRM's own check refuses, postal addresses."""

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Lookup, Mark, Window
from tests.crm_eway.conftest import Bench, change, contact, new, row_of, rows, states, write


def ids(found) -> list[list[str]]:  # type: ignore[no-untyped-def]
    return [[row["_id"] for row in hits] for hits in found]


def test_an_ico_is_found_however_it_is_written(bench: Bench) -> None:
    written = ["12345678", "123 45 678", "87654321"]
    guids = [bench.eway.create("Companies", CompanyName="A", IdentificationNumber=ico) for ico in written]
    crm = bench.open()
    wanted = [Lookup(key={"ico": "12345678"}), Lookup(key={"ico": "876 54 321"}), Lookup(key={"ico": "99999999"})]
    expected = [sorted(guids[:2]), [guids[2]], []]
    assert [sorted(hits) for hits in ids(crm.look_up("clients", wanted))] == expected
    assert bench.eway.count("SearchCompanies") == 6
    few = bench.open(api={"searches": 1})
    bench.forget()
    assert [sorted(hits) for hits in ids(few.look_up("clients", wanted))] == expected
    assert bench.eway.count("SearchCompanies") == 0


def test_a_contact_is_found_within_its_company_only(bench: Bench) -> None:
    first, second = bench.companies(2)
    crm = bench.open(agenda="contacts")
    same = {"email": "jana@example.sk", "first_name": "Jana"}
    answers = write(crm, contact(client=first, **same), contact(client=second, **same), agenda="contacts")
    one, two = (answer.row["_id"] for answer in answers if answer.row)
    wanted = [
        Lookup(key={"client": first, "email": "JANA@example.sk"}),
        Lookup(key={"client": second, "last_name": "nováková", "first_name": "Jana"}),
        Lookup(key={"client": second, "email": "other@example.sk"}),
        Lookup(id=one.upper()),
        Lookup(mark=Mark("POHODA:1:2026", "1")),
        Lookup(key={"client": first}),
    ]
    assert ids(crm.look_up("contacts", wanted)) == [[one], [two], [], [one], [], [one]]
    with pytest.raises(StopAgenda, match="no place"):
        crm.look_up("contacts", [Lookup(key={"number": "1"})])


def test_a_look_up_by_mark_asks_nothing(bench: Bench) -> None:
    crm = bench.open()
    assert crm.look_up("clients", [Lookup(mark=Mark("POHODA:1:2026", "1"))] * 3) == [[], [], []]
    assert bench.eway.count() == 0 and crm.searchable("clients")


@pytest.mark.parametrize("code", ["rcGeneralError", "rcDuplicateContact", "rcParameterError"])
@pytest.mark.parametrize(("check", "field"), [("1", "ico"), ("2", "ic_dph")])
def test_a_duplicate_company_is_refused_with_the_one_there_is(bench: Bench, code: str, check: str, field: str) -> None:
    bench.eway.set("CompanyDuplicityCheckEnabled", check)
    bench.eway.switches.company_duplicate = code
    value = {"ico": "12345678", "ic_dph": "SK2020123456"}[field]
    there = bench.eway.create(
        "Companies", CompanyName="A", **{"1": {"IdentificationNumber": value}, "2": {"VATNumber": value}}[check]
    )
    (other,) = bench.companies(1)
    crm = bench.open()
    answers = write(crm, new(**{field: value}), new(name="B"), change(other, **{field: value}))
    assert states(answers) == ["refused", "written", "refused"]
    for answer in (answers[0], answers[2]):
        assert answer.details["duplicate"] == (there,)
        assert f"same {field} already: {there}" in answer.reasons[0]


def test_a_duplicate_contact_is_refused(bench: Bench) -> None:
    bench.eway.set("ContactDuplicityCheckEnabled", "1")
    crm = bench.open(agenda="contacts")
    first, second, third = write(
        crm, contact(email="a@example.sk"), contact(email="a@example.sk"), contact(), agenda="contacts"
    )
    assert states([first, second, third]) == ["written", "refused", "written"]
    assert first.row is not None and second.details["duplicate"] == (first.row["_id"],)
    assert second.details["codes"] == ("rcDuplicateContact",)


def test_without_the_check_duplicates_are_stored_as_they_are(bench: Bench) -> None:
    assert states(write(bench.open(), new(ico="1"), new(ico="1"))) == ["written", "written"]


def test_a_workflows_refusal_shows_its_own_words_and_may_be_waved_through(bench: Bench) -> None:
    bench.eway.rule("Companies", field="Phone", kind="mandatory", message="Chýba telefón.", optional=True)
    (answer,) = write(bench.open(), new())
    assert (answer.state, answer.reasons) == ("refused", ("Chýba telefón.",))
    assert states(write(bench.open(extra={"ignore_warnings": True}), new())) == ["written"]


def test_the_default_delivery_address_is_the_companys_postal_address(bench: Bench) -> None:
    bare, full = bench.companies(1)[0], bench.eway.create("Companies", CompanyName="B", Address2Street="Dlhá 1")
    crm = bench.open(agenda="addresses")
    (row,) = rows(crm, "addresses")
    assert (row["_id"], row["client"], row["street"], row["name"]) == (full, full, "Dlhá 1", None)
    assert crm.ids("addresses") == {full}
    assert ids(crm.look_up("addresses", [Lookup(key={"client": bare}), Lookup(key={"client": full})])) == [[], [full]]
    values = {"name": "Sklad", "street": "Krátka 2", "city": "Nitra", "zip": "94901", "country": "SK"}
    (answer,) = write(crm, new(client=bare, **values), agenda="addresses")
    assert answer.state == "written" and answer.row is not None
    assert {name: answer.row[name] for name in values} == values and answer.row["_id"] == bare
    record = bench.record(bare)
    assert (record["CompanyName"], record["Address2POBox"], record["Address2Street"]) == (
        "Firma 000",
        "Sklad",
        "Krátka 2",
    )
    assert len(bench.eway.records("Companies")) == 2


def test_a_postal_address_that_is_there_by_now_is_not_overwritten(bench: Bench) -> None:
    guid = bench.eway.create("Companies", CompanyName="B", Address2Street="Dlhá 1")
    crm = bench.open(agenda="addresses")
    gone = "11111111-1111-4111-8111-111111111111"
    answers = write(crm, new(client=guid, name="x"), new(client=gone, name="x"), agenda="addresses")
    assert states(answers) == ["refused", "refused"]
    assert answers[0].details["conflict"] is True and answers[1].details["gone"] is True
    assert bench.record(guid)["Address2Street"] == "Dlhá 1"


def test_a_postal_address_can_be_emptied(bench: Bench) -> None:
    guid = bench.eway.create("Companies", CompanyName="B", Address2Street="Dlhá 1")
    crm = bench.open(agenda="addresses")
    row_of(crm, guid, "addresses")
    (answer,) = write(crm, change(guid, street=None), agenda="addresses")
    assert answer.state == "written" and answer.row is not None and answer.row["street"] is None
    assert rows(crm, "addresses", Window(ids=(guid,))) == []
