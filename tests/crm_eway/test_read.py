"""Reads: whole in chunks, on from a change id, whole again when the history ended, and columns that are gone."""

from datetime import datetime, timedelta

import pytest

from pohoda_bridge.crm.eway import Memory
from pohoda_bridge.crm.eway.positions import Positions
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Mark, Window
from tests.crm_eway.conftest import Bench, row_of, rows

LONG = 7200


def test_a_full_read_goes_by_identifiers_in_chunks(bench: Bench) -> None:
    bench.companies(30)
    crm = bench.open(api={"guids_per_call": 12})
    reading = crm.read("clients", Window())
    found = [len(part) for part in reading.parts]
    assert found == [12, 12, 6]
    first = ["LogIn", "GetLastItemChangeId", "QueryAmount", "GetCompaniesIdentifiers"]
    assert bench.sent() == [*first, *["GetCompaniesByItemGuids"] * 3]
    assert crm.ids("clients") == {record["ItemGUID"] for record in bench.eway.records("Companies")}
    assert crm.mark_of("x") == Mark("eway", "x")


def test_a_row(bench: Bench) -> None:
    guid = bench.eway.create("Companies", CompanyName="A", Phone="", Note="x\r\ny", Suppliers=True)
    bench.eway.switches.dates = "legacy"
    crm = bench.open()
    row = row_of(crm, guid.upper())
    assert (row["_id"], row["_mark"], row["_version"]) == (guid, None, 1)
    assert (row["phone"], row["note"], row["p1"], row["p2"]) == (None, "x\r\ny", True, False)
    local = datetime.now(crm._zone).replace(tzinfo=None)
    assert abs(row["_saved"] - local) < timedelta(minutes=1)
    bench.eway.switches.dates = "rfc3339"
    assert row_of(crm, guid)["_saved"] == row["_saved"]


def test_ids_that_are_none_are_absent(bench: Bench) -> None:
    (guid,) = bench.companies(1)
    crm = bench.open()
    ids = (guid, "x", "", "00000000-0000-0000-0000-000000000000", "11111111-1111-4111-8111-111111111111")
    assert [row["_id"] for row in rows(crm, window=Window(ids=ids))] == [guid]


def test_a_changed_record_is_read_by_its_change(bench: Bench) -> None:
    known = bench.companies(20)
    keep = Memory()
    now = crm_read(bench, keep).now
    bench.eway.clock.advance(LONG)
    bench.eway.edit("Companies", known[3], Phone="1")
    bench.eway.delete("Companies", known[4])
    bench.forget()
    crm = bench.open(positions=keep)
    found = rows(crm, window=Window(since=now - timedelta(minutes=5)))
    assert len(found) == 20 - 1, "no position is known from before that time yet: everything is read and filtered"
    bench.forget()
    found = rows(crm, window=Window(since=now))
    assert [row["_id"] for row in found] == [known[3]]
    assert bench.sent() == ["GetLastItemChangeId", "GetItemChangeIdentifiers", "GetCompaniesByItemGuids"]


def crm_read(bench: Bench, keep: Memory):  # type: ignore[no-untyped-def]
    crm = bench.open(positions=keep)
    reading = crm.read("clients", Window())
    list(reading.parts)
    return reading


def test_nothing_changed_costs_one_question(bench: Bench) -> None:
    bench.companies(20)
    keep = Memory()
    now = crm_read(bench, keep).now
    crm = bench.open(positions=keep)
    rows(crm, window=Window(since=now))
    bench.forget()
    assert rows(crm, window=Window(since=now)) == []
    assert bench.sent() == ["GetLastItemChangeId"]


def test_a_history_that_ended_is_read_whole(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.companies(3)
    keep = Memory()
    now = crm_read(bench, keep).now
    bench.companies(1)
    bench.eway.clock.advance(31 * 86_400)
    bench.eway.create("Companies", CompanyName="New")
    crm = bench.open(positions=keep)
    found = rows(crm, window=Window(since=now))
    assert {"New"} <= {row["name"] for row in found}
    assert "does not reach back" in caplog.text and bench.eway.count("GetCompaniesIdentifiers") == 2


@pytest.mark.parametrize("code", ["rcBaseItemChangeIdNotFound"])
def test_a_change_id_that_is_not_known_reads_whole(bench: Bench, code: str) -> None:
    keep = Memory()
    now = crm_read(bench, keep).now
    bench.companies(3)
    bench.eway.refuse(code, "GetItemChangeIdentifiers")
    assert len(rows(bench.open(positions=keep), window=Window(since=now))) == 3


def test_without_kept_positions_a_window_is_filtered_by_time(bench: Bench) -> None:
    old = bench.companies(1)
    bench.eway.clock.advance(LONG)
    (fresh,) = bench.companies(1)
    at = row_of(bench.open(), fresh)["_saved"]
    assert [row["_id"] for row in rows(bench.open(), window=Window(since=at))] == [fresh]
    assert [row["_id"] for row in rows(bench.open(), window=Window(until=at))] == old


def test_a_change_during_the_read_is_seen_by_the_next(bench: Bench) -> None:
    known = bench.companies(2)
    keep = Memory()
    crm = bench.open(positions=keep)
    reading = crm.read("clients", Window())
    bench.eway.edit("Companies", known[0], Phone="1")
    list(reading.parts)
    assert [row["_id"] for row in rows(crm, window=Window(since=reading.now))] == [known[0]]


def test_positions_are_thinned_and_survive_rubbish() -> None:
    keep = Memory("rubbish")
    positions = Positions(keep)
    begin = datetime(2026, 1, 1)
    for number in range(3000):
        positions.note(begin + timedelta(minutes=15 * number), number)
    assert len(keep.load() or "") < 12_000
    late = begin + timedelta(minutes=15 * 2990)
    assert positions.before(late, late) == 2990
    week = begin + timedelta(days=24, hours=5)
    assert positions.before(week, week) == 24 * 96
    assert positions.before(begin, begin) is None


def test_describe_names_what_is_gone(bench: Bench) -> None:
    crm = bench.open(fields={"centre": "af_24", "activity": "af_27", "credit": "AdditionalDiscount"})
    kinds = crm.describe("clients")
    assert (kinds["name"], kinds["p1"], kinds["centre"], kinds["activity"]) == ("text", "bool", "text", "option")
    rights = ["GetMyModulePermissions", "GetMyColumnPermissions"]
    assert bench.sent() == ["LogIn", "GetAdditionalFields", *rights, "GetColumns"]
    with pytest.raises(StopAgenda, match="the nearest is Phone"):
        bench.open(fields={"mobile": "Phony"}).describe("clients")
    with pytest.raises(StopAgenda, match="custom field af_99 of Companies is not there"):
        bench.open(fields={"mobile": "af_99"}).describe("clients")


def test_a_member_that_is_gone_never_reads_as_empty(bench: Bench) -> None:
    bench.companies(1)
    crm = bench.open()
    bench.fault("drift", name="Phone", match="ByItemGuids")
    with pytest.raises(StopAgenda, match="shows no Phone any more"):
        rows(crm)


def test_an_unknown_agenda_is_said(bench: Bench) -> None:
    with pytest.raises(StopAgenda, match="no agenda 'deals_lost'"):
        bench.open().describe("deals_lost")
