"""Records whose pair was deleted: taken away or marked, once, whatever is lost on the way."""

from typing import Any

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Answer, Item, Lookup, Window
from tests.crm_eway.conftest import Bench, change, new, row_of, rows, states, write
from tests.crm_eway.test_write import meanwhile

MARK = "Smazáno v POHODĚ"
FOLDERS = {"clients": ("Companies", "DeleteCompany"), "contacts": ("Contacts", "DeleteContact")}
AGENDAS = pytest.mark.parametrize("agenda", list(FOLDERS))
UNCERTAIN = ["cut_after", "truncate", "garbage", "wrong_encoding"]


def delete(target: str) -> Item:
    return Item(f"d{target[:8]}", "key", "delete", {}, target)


def mark(target: str) -> Item:
    return Item(f"m{target[:8]}", "key", "mark", {}, target)


def deleted(answer: Answer, how: str = "deleted") -> bool:
    return (answer.state, answer.row, answer.details) == ("written", None, {"action": how})


def made(bench: Bench, agenda: str, **members: Any) -> str:
    named = {"clients": {"CompanyName": "Firma"}, "contacts": {"LastName": "Malá"}}[agenda]
    return bench.eway.create(FOLDERS[agenda][0], **{**named, **members})


def categories(bench: Bench, crm: Any, guid: str) -> list[str]:
    """The names of an item's categories as the service has them, ours among them."""
    told = crm._session.ask(
        "GetCompaniesByItemGuids", itemGuids=[guid], includeRelations=True,
        relationsFilter={"RelationType": "GROUP", "ForeignFolderName": "Groups"},
    )  # fmt: skip
    names = {item["ItemGUID"]: item["GroupName"] for item in bench.eway.records("Groups")}
    return sorted(names[one["ForeignItemGUID"]] for one in told.at("Data")[0]["Relations"])


@AGENDAS
def test_a_record_is_deleted_once_and_found_no_more(bench: Bench, agenda: str) -> None:
    target, other = made(bench, agenda), made(bench, agenda)
    crm = bench.open()
    assert crm.deletes(agenda)
    bench.forget()
    assert deleted(write(crm, delete(target), agenda=agenda)[0])
    assert bench.sent()[-1] == FOLDERS[agenda][1] and bench.eway.writes() == 1
    assert crm.look_up(agenda, [Lookup(id=target)]) == [[]]
    assert crm.ids(agenda) == {other}
    assert deleted(write(crm, delete(target), agenda=agenda)[0], "gone")
    assert deleted(write(crm, delete("no guid"), agenda=agenda)[0], "gone")
    assert bench.eway.writes() == 1


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_a_lost_answer_is_a_doubt_that_a_look_up_clears(bench: Bench, kind: str) -> None:
    first, second = bench.companies(2)
    crm = bench.open()
    bench.fault(kind, match="DeleteCompany")
    assert states(write(crm, delete(first), delete(second))) == ["doubt", "retry"]
    assert crm.look_up("clients", [Lookup(id=first)]) == [[]]
    assert crm.ids("clients") == {second}
    assert deleted(write(crm, delete(first))[0], "gone")


def test_a_doubt_before_the_deletion_is_sent_again(bench: Bench) -> None:
    (target,) = bench.companies(1)
    crm = bench.open()
    bench.fault("cut_before", match="DeleteCompany")
    assert states(write(crm, delete(target))) == ["doubt"]
    assert len(crm.look_up("clients", [Lookup(id=target)])[0]) == 1
    assert deleted(write(crm, delete(target))[0])


@pytest.mark.parametrize("code", ["rcGeneralError", "rcParameterError"])
def test_a_refusal_is_told_and_one_of_what_is_gone_is_none(bench: Bench, code: str) -> None:
    kept, gone, other = bench.companies(3)
    crm = bench.open()
    bench.eway.refuse(code, "DeleteCompany")
    answers = write(crm, delete(kept), delete(other))
    assert answers[0].state == "refused" and code in answers[0].reasons[0]
    assert deleted(answers[1])
    meanwhile(bench, "DeleteCompany", lambda: bench.eway.delete("Companies", gone))
    assert deleted(write(crm, delete(gone))[0], "gone")
    assert crm.ids("clients") == {kept}


@pytest.mark.parametrize("stored", [True, False])
def test_a_time_out_of_the_database_is_looked_at_and_repeated_once(bench: Bench, stored: bool) -> None:
    (target,) = bench.companies(1)
    crm = bench.open()
    bench.eway.refuse("rcDatabaseTimeout", "DeleteCompany", stored=stored)
    assert deleted(write(crm, delete(target))[0])
    assert bench.eway.count("DeleteCompany") == (1 if stored else 2)
    assert bench.eway.records("Companies") == []


@pytest.mark.parametrize("code", ["rcInternalError", "rcDatabaseTimeout"])
def test_a_fault_of_the_service_that_stays_is_a_doubt(bench: Bench, code: str) -> None:
    first, second = bench.companies(2)
    crm = bench.open()
    bench.eway.refuse(code, "DeleteCompany", times=2)
    assert states(write(crm, delete(first), delete(second))) == ["doubt", "retry"]


def test_no_right_to_delete_refuses_the_record_alone(bench: Bench) -> None:
    first, second = bench.companies(2)
    bench.eway.permit("Companies", Delete="None")
    answers = write(bench.open(), delete(first), change(second, phone="1"))
    assert states(answers) == ["refused", "written"]
    assert "right" in answers[0].reasons[0]
    bench.eway.permit("Companies", Edit="None", Delete="None")
    assert states(write(bench.open(), delete(first))) == ["refused"]
    assert len(bench.eway.records("Companies")) == 2


def test_a_lost_session_is_renewed_and_an_expired_licence_stops(bench: Bench) -> None:
    first, second = bench.companies(2)
    crm = bench.open()
    bench.eway.refuse("rcBadSession", "DeleteCompany")
    assert deleted(write(crm, delete(first))[0])
    bench.eway.refuse("rcLicenseExpired", "DeleteCompany")
    with pytest.raises(StopAgenda, match="licence"):
        write(crm, delete(second))


def test_what_changed_since_it_was_compared_is_not_deleted(bench: Bench) -> None:
    changed, same = bench.companies(2)
    crm = bench.open()
    rows(crm, window=Window(ids=(changed, same)))
    bench.eway.edit("Companies", changed, Phone="911")
    answers = write(crm, delete(changed), delete(same))
    assert (answers[0].state, answers[0].details["moved"]) == ("refused", True)
    assert deleted(answers[1])
    row_of(crm, changed)
    assert deleted(write(crm, delete(changed))[0])


def test_a_pack_of_deletions_costs_one_reading(bench: Bench) -> None:
    known = bench.companies(5)
    crm = bench.open()
    crm.ids("clients")
    bench.forget()
    answers = write(crm, *map(delete, known))
    assert all(map(deleted, answers))
    assert bench.sent() == ["GetCompaniesByItemGuids", *["DeleteCompany"] * 5]


def test_a_postal_address_is_deleted_by_emptying_it(bench: Bench) -> None:
    known = {f"Address2{name}": "x" for name in ("POBox", "Street", "City", "State", "PostalCode")}
    full = bench.eway.create("Companies", CompanyName="A", Phone="1", Address1City="Nitra", **known)
    none, other = bench.companies(2, Address1City="Brno")
    crm = bench.open(agenda="addresses")
    assert crm.deletes("addresses") and not crm.marks("addresses")
    assert crm.ids("addresses") == {full}
    answers = write(crm, delete(full), delete(none), delete("no guid"), agenda="addresses")
    assert deleted(answers[0]) and deleted(answers[1], "gone") and deleted(answers[2], "gone")
    record = bench.record(full)
    assert [record[name] for name in (*known, "Address2CountryEn")] == [None] * 6
    assert (record["CompanyName"], record["Phone"], record["Address1City"]) == ("A", "1", "Nitra")
    assert crm.look_up("addresses", [Lookup(id=full)]) == [[]]
    assert bench.eway.writes() == 1 and len(bench.eway.records("Companies")) == 3
    assert bench.record(other)["Address1City"] == "Brno"


def test_a_postal_address_that_changed_or_went_meanwhile(bench: Bench) -> None:
    first, second = bench.companies(2, Address2City="Nitra")
    bench.eway.clock.advance(60)
    crm = bench.open(agenda="addresses")
    row_of(crm, first, "addresses")
    bench.eway.edit("Companies", first, Address2City="Brno")
    (answer,) = write(crm, delete(first), agenda="addresses")
    assert (answer.state, answer.details["moved"]) == ("refused", True)
    meanwhile(bench, "SaveCompany", lambda: bench.eway.delete("Companies", second))
    assert deleted(write(crm, delete(second), agenda="addresses")[0], "gone")
    assert [record["ItemGUID"] for record in bench.eway.records("Companies")] == [first]


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_a_lost_answer_to_an_emptied_address_is_a_doubt(bench: Bench, kind: str) -> None:
    (target,) = bench.companies(1, Address2City="Nitra")
    crm = bench.open(agenda="addresses")
    bench.fault(kind, match="SaveCompany")
    assert states(write(crm, delete(target), agenda="addresses")) == ["doubt"]
    assert crm.look_up("addresses", [Lookup(id=target)]) == [[]]
    assert deleted(write(crm, delete(target), agenda="addresses")[0], "gone")


@AGENDAS
def test_a_mark_is_a_category_more_given_once(bench: Bench, agenda: str) -> None:
    target = made(bench, agenda, Note="theirs")
    crm = bench.open()
    assert crm.marks(agenda)
    before = row_of(crm, target, agenda)
    for _ in range(2):
        (answer,) = write(crm, mark(target), agenda=agenda)
        assert (answer.state, answer.row) == ("written", before)
    assert bench.eway.count("SaveRelation") == bench.eway.count("SaveGroup") == 1
    assert sum(item["GroupName"] == MARK for item in bench.eway.records("Groups")) == 1
    assert states(write(bench.open(), mark(target), agenda=agenda)) == ["written"]
    assert bench.eway.count("SaveRelation") == 1


def test_nothing_takes_a_mark_away(bench: Bench) -> None:
    """It is shown in no field, so that it neither goes to POHODA as a group nor ends with the next change of groups."""
    crm = bench.open()
    (answer,) = write(crm, new(groups=["VIP", "Obchod"]))
    guid = (answer.row or {})["_id"]
    (answer,) = write(crm, mark(guid))
    assert (answer.row or {})["groups"] == ["Obchod", "VIP"]
    assert categories(bench, crm, guid) == ["Obchod", MARK, "VIP"]
    (answer,) = write(crm, change(guid, groups=["VIP"]))
    assert (answer.row or {})["groups"] == ["VIP"]
    (answer,) = write(crm, change(guid, groups=None))
    assert categories(bench, crm, guid) == [MARK]
    assert (answer.row or {})["groups"] is None


def test_a_mark_that_was_not_answered_is_written_again(bench: Bench) -> None:
    first, second = bench.companies(2)
    crm = bench.open()
    bench.fault("cut_after", match="SaveRelation")
    assert states(write(crm, mark(first), mark(second))) == ["doubt", "retry"]
    assert states(write(crm, mark(first), mark(second))) == ["written", "written"]
    assert categories(bench, crm, first) == categories(bench, crm, second) == [MARK]


def test_a_mark_is_not_held_against_what_changed_meanwhile(bench: Bench) -> None:
    (target,) = bench.companies(1)
    crm = bench.open()
    row_of(crm, target)
    bench.eway.edit("Companies", target, Phone="911")
    assert states(write(crm, mark(target))) == ["written"]
    assert bench.record(target)["Phone"] == "911"


def test_what_is_gone_or_has_no_place_for_it_is_not_marked(bench: Bench) -> None:
    first, second = bench.companies(2, Address2City="Nitra")
    crm = bench.open(api={"create_categories": False})
    (answer,) = write(crm, mark(first))
    assert (answer.state, "no category" in answer.reasons[0]) == ("refused", True)
    crm = bench.open(agenda="addresses")
    (answer,) = write(crm, mark(first), agenda="addresses")
    assert (answer.state, "no way to mark" in answer.reasons[0]) == ("refused", True)
    bench.eway.delete("Companies", second)
    (answer,) = write(bench.open(), mark(second))
    assert (answer.state, answer.details["gone"]) == ("refused", True)


@pytest.mark.parametrize("to", ["Competitor", "af_21"])
def test_a_mark_may_be_a_value_of_any_member(bench: Bench, to: str) -> None:
    (target,) = bench.companies(1, Phone="1")
    crm = bench.open(deleted={"to": to, "value": True})
    for _ in range(2):
        assert states(write(crm, mark(target))) == ["written"]
    record = bench.record(target)
    assert (record if to == "Competitor" else record["AdditionalFields"])[to] is True
    assert (record["Phone"], bench.eway.count("SaveCompany")) == ("1", 1)
