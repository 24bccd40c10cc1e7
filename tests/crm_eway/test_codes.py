"""Every return code and every fault of the transport, on reads and on writes; requests counted exactly."""

import pytest

from pohoda_bridge.crm.eway.codes import CODES, CONFLICTS
from pohoda_bridge.crm.failure import ON_READ, ON_WRITE
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.side import Lookup
from pohoda_sandbox.eway import errors
from tests.crm_eway.conftest import Bench, change, new, rows, states, write

RENEWED = {"rcBadSession", "rcBadAccessToken"}
PASSING = {code for code, (kind, _) in CODES.items() if ON_READ[kind] == "again"}
STOPS = {code for code, (kind, _) in CODES.items() if ON_WRITE[kind] == "stop"} - RENEWED - {"rcAccessDenied"}
REFUSED = {code for code, (kind, _) in CODES.items() if kind == "invalid"}
LOOSE = ["cut_after", "cut_before", "truncate", "garbage", "wrong_encoding", "refuse"]


def test_the_table_has_every_published_code_and_no_other() -> None:
    assert set(CODES) == errors.CODES - {errors.SUCCESS}


def test_every_code_is_tried_below() -> None:
    assert RENEWED | PASSING | STOPS | REFUSED | CONFLICTS | {"rcAccessDenied", "rcBaseItemChangeIdNotFound"} == set(
        CODES
    )


@pytest.mark.parametrize("code", sorted(PASSING))
def test_a_passing_code_is_asked_again_on_a_read(bench: Bench, code: str) -> None:
    bench.companies(2)
    crm = bench.open()
    bench.eway.refuse(code, "GetCompaniesIdentifiers")
    assert len(rows(crm)) == 2
    assert bench.eway.count("GetCompaniesIdentifiers") == 2 and bench.waits == [1.0]
    bench.eway.refuse(code, "GetCompaniesIdentifiers", times=4)
    with pytest.raises(Retry):
        rows(crm)


@pytest.mark.parametrize("code", sorted(STOPS | REFUSED | CONFLICTS | {"rcAccessDenied"}))
def test_any_other_code_stops_a_read(bench: Bench, code: str) -> None:
    crm = bench.open()
    bench.eway.refuse(code, "GetCompaniesIdentifiers")
    with pytest.raises(StopAgenda, match=code):
        rows(crm)
    assert bench.eway.count("GetCompaniesIdentifiers") == 1


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_a_refused_save_refuses_its_record_only(bench: Bench, code: str) -> None:
    crm = bench.open()
    bench.eway.refuse(code, "SaveCompany")
    answers = write(crm, new(), new())
    assert states(answers) == ["refused", "written"]
    assert answers[0].details["codes"] == (code,) and answers[0].reasons[0]


@pytest.mark.parametrize("code", sorted(STOPS))
def test_a_code_that_somebody_must_mend_stops_the_agenda(bench: Bench, code: str) -> None:
    crm = bench.open()
    bench.eway.refuse(code, "SaveCompany", times=2)
    with pytest.raises(StopAgenda, match=code):
        write(crm, new(), new())
    bench.eway.service.refusals.clear()
    bench.eway.refuse(code, "SaveCompany", skip=1)
    assert states(write(crm, new(), new(), new())) == ["written", "retry", "retry"]


@pytest.mark.parametrize("stored", [True, False])
@pytest.mark.parametrize("action", ["create", "update"])
def test_a_time_out_of_the_database_is_looked_at_and_repeated_once(bench: Bench, action: str, stored: bool) -> None:
    (guid,) = bench.companies(1)
    crm = bench.open()
    item = new(phone="5") if action == "create" else change(guid, phone="5")
    bench.forget()
    bench.eway.refuse("rcDatabaseTimeout", "SaveCompany", stored=stored)
    (answer,) = write(crm, item)
    assert answer.state == ("doubt" if stored and action == "update" else "written")
    assert bench.eway.writes() == (1 if stored else 2)
    assert sum(record["Phone"] == "5" for record in bench.eway.records("Companies")) == 1


def test_a_time_out_that_stays_is_a_doubt(bench: Bench) -> None:
    crm = bench.open()
    bench.eway.refuse("rcDatabaseTimeout", "SaveCompany", times=2)
    assert states(write(crm, new(), new())) == ["doubt", "retry"]


def test_an_internal_error_of_a_save_is_a_doubt(bench: Bench) -> None:
    crm = bench.open()
    bench.eway.refuse("rcInternalError", "SaveCompany")
    assert states(write(crm, new(), new())) == ["doubt", "retry"]


@pytest.mark.parametrize("code", sorted(CONFLICTS))
def test_a_conflict_of_a_new_record_is_ours_when_it_is_there(bench: Bench, code: str) -> None:
    crm = bench.open()
    bench.eway.refuse(code, "SaveCompany", stored=True)
    (answer,) = write(crm, new(phone="1"))
    assert answer.state == "written" and answer.row is not None and answer.row["phone"] == "1"
    bench.eway.refuse(code, "SaveCompany")
    assert states(write(crm, new(phone="2"))) == ["doubt"]


@pytest.mark.parametrize("code", sorted(CONFLICTS))
def test_a_conflict_of_an_update_is_planned_anew(bench: Bench, code: str) -> None:
    (guid,) = bench.companies(1)
    bench.eway.refuse(code, "SaveCompany")
    (answer,) = write(bench.open(), change(guid, phone="1"))
    assert (answer.state, answer.details["conflict"]) == ("refused", True)


def test_one_closed_record_is_refused_a_closed_module_stops(bench: Bench) -> None:
    mine, other = bench.companies(2)
    bench.eway.permit("Companies", Edit="Own")
    crm = bench.open()
    answers = write(crm, change(mine, phone="1"), change(other, phone="2"))
    assert states(answers) == ["refused", "refused"]
    assert "right" in answers[0].reasons[0]
    bench.eway.permit("Companies", Edit="None")
    with pytest.raises(StopAgenda, match="denies access"):
        write(crm, change(mine, phone="1"))
    bench.eway.permit("Companies", CanCreate=False)
    with pytest.raises(StopAgenda, match="denies access"):
        write(crm, new())
    bench.eway.permit("Companies", View="None")
    with pytest.raises(StopAgenda, match="denies access"):
        rows(crm)


def test_an_unknown_code_refuses_the_record(bench: Bench) -> None:
    crm = bench.open()
    answered(bench, b'{"ReturnCode": "rcNewCode", "Description": "No."}', "SaveCompany")
    (answer,) = write(crm, new())
    assert (answer.state, answer.reasons) == ("refused", ("No.",))


@pytest.mark.parametrize("kind", LOOSE)
@pytest.mark.parametrize("action", ["create", "update"])
def test_a_save_without_a_certain_answer_is_a_doubt(bench: Bench, kind: str, action: str) -> None:
    (guid,) = bench.companies(1)
    crm = bench.open()
    first = new() if action == "create" else change(guid, phone="1")
    bench.fault(kind, match="SaveCompany")
    assert states(write(crm, first, new())) == ["doubt", "retry"]
    assert bench.eway.writes() == 1


@pytest.mark.parametrize("kind", LOOSE)
def test_a_doubt_is_found_by_its_guid_and_not_made_twice(bench: Bench, kind: str) -> None:
    crm = bench.open()
    item = new(ico="12345678")
    bench.fault(kind, match="SaveCompany")
    assert states(write(crm, item)) == ["doubt"]
    ((*found,),) = crm.look_up("clients", [Lookup(mark=item.mark, item=item.id)])
    stored = bench.eway.records("Companies")
    assert [row["_id"] for row in found] == [record["ItemGUID"] for record in stored]
    if not found:
        assert states(write(crm, item)) == ["written"]
    assert len(bench.eway.records("Companies")) == 1


def test_a_resend_of_what_came_late_makes_nothing_twice(bench: Bench) -> None:
    crm = bench.open()
    item = new(ico="12345678")
    bench.fault("cut_after", match="SaveCompany")
    write(crm, item)
    (answer,) = write(crm, item)
    assert (answer.state, answer.details) == ("written", {"action": "found"})
    assert len(bench.eway.records("Companies")) == 1


@pytest.mark.parametrize("kind", [*LOOSE, "status"])
def test_a_look_up_without_an_answer_is_never_not_found(bench: Bench, kind: str) -> None:
    crm = bench.open()
    rows(crm)
    for wanted in (Lookup(item=new().id), Lookup(key={"ico": "1"}), Lookup(id=new().id)):
        bench.fault(kind, times=4)
        with pytest.raises(Retry):
            crm.look_up("clients", [wanted])
        bench.faults.clear()


def test_written_but_not_shown_is_a_doubt(bench: Bench) -> None:
    crm = bench.open()
    bench.fault("cut_before", match="ByItemGuids", times=4)
    assert states(write(crm, new(), new())) == ["doubt", "doubt"]
    assert len(bench.eway.records("Companies")) == 2


@pytest.mark.parametrize("status", [404, 405])
def test_a_page_for_a_wrong_path_is_no_deleted_record(bench: Bench, status: int) -> None:
    (guid,) = bench.companies(1)
    crm = bench.open()
    rows(crm)
    bench.fault("status", status=status, match="SaveCompany|ByItemGuids", times=9)
    with pytest.raises((StopAgenda, Retry)):
        rows(crm)
    with pytest.raises((StopAgenda, Retry)):
        crm.look_up("clients", [Lookup(id=guid)])


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"ReturnCode": 1}', b"<html>", b'{"ReturnCode": "rcSuccess"}']
)
def test_an_answer_without_its_parts_is_unreadable(bench: Bench, body: bytes) -> None:
    crm = bench.open()
    rows(crm)
    answered(bench, body, "Identifiers")
    with pytest.raises(Retry):
        rows(crm)


def test_a_busy_service_is_waited_for(bench: Bench) -> None:
    crm = bench.open()
    bench.fault("status", status=429, retry_after="7", match="SaveCompany", times=2)
    assert states(write(crm, new())) == ["written"]
    assert bench.waits == [7.0, 7.0]


def answered(bench: Bench, body: bytes, method: str) -> None:
    """From now on the service answers this to a method."""
    original = bench.eway.service.answer

    def answer(request, gone):  # type: ignore[no-untyped-def]
        reply = original(request, gone)
        return type(reply)(200, body) if request.target.endswith(method) else reply

    bench.eway.service.answer = answer  # type: ignore[method-assign]
