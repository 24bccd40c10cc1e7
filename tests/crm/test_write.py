"""Writing: what is sent at each level, one answer an item, and nothing stored twice however often it is sent."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from pohoda_bridge.side import Mark
from tests.crm.conftest import SOURCE, Bench, change, new, pack

LEVELS = ["L0", "L1", "L2", "L3"]


def bodies(bench: Bench) -> list[dict[str, Any]]:
    return [json.loads(entry.body) for entry in bench.gram.service.traffic.entries if entry.method != "GET"]


@pytest.mark.parametrize("level", LEVELS)
def test_a_create_answers_with_the_record_as_stored(bench: Bench, level: str) -> None:
    crm = bench.open(level)
    bench.forget()
    (answer,) = crm.write("clients", pack(new(1, ico="00123456", note=None, relations=["customer"], due_days=14)))
    assert (answer.item_id, answer.state) == ("i1", "written")
    assert answer.row is not None
    assert (answer.row["ico"], answer.row["note"], answer.row["due_days"]) == ("00123456", None, 14)
    marked = level >= "L2"
    assert answer.row["_mark"] == (Mark(SOURCE, "1") if marked else None)
    marks = {"ExternalSource": SOURCE, "ExternalId": "1"} if marked else {}
    assert bodies(bench) == [
        {"Name": "Firma 1", "CompanyId": "00123456", "Relation": ["Customer"], "DueDays": 14} | marks
    ]
    assert [path.rpartition("/")[2] for _, path in bench.sent()] == ["Upsert" if marked else "Client"]
    assert answer.details == ({"action": "created"} if marked else {})


def test_a_create_without_a_mark_is_a_plain_one(bench: Bench) -> None:
    crm = bench.open()
    crm.write("clients", pack(new(1, source=None)))
    assert bench.sent() == [("POST", "/demo/api/v1/Client")]


def test_constants_go_with_creates_only(bench: Bench) -> None:
    crm = bench.open()
    client = bench.clients(1)[0]
    (made,) = crm.write("addresses", pack(new(1, client=client, is_default=True)))
    assert made.row is not None
    crm.write("addresses", pack(change(made.row["_id"], city="Nitra")))
    assert bodies(bench)[0]["Kind"] == "Shipping"
    assert bodies(bench)[1] == {"City": "Nitra"}


def test_an_update_sends_only_what_changed(bench: Bench) -> None:
    target = bench.gram.create("Client", Name="Firma", Note="theirs", City="Nitra", DueDays=14)
    crm = bench.open()
    bench.forget()
    (answer,) = crm.write("clients", pack(change(target, city="Žilina", due_days=None)))
    assert answer.state == "written" and answer.row is not None
    assert (answer.row["city"], answer.row["due_days"], answer.row["note"]) == ("Žilina", None, "theirs")
    assert bodies(bench) == [{"City": "Žilina", "DueDays": None}]
    assert bench.sent() == [("PUT", f"/demo/api/v1/Client/{target}")]


def test_the_same_create_twice_is_one_record(bench: Bench) -> None:
    crm = bench.open()
    first, second = (crm.write("clients", pack(new(1)))[0] for _ in range(2))
    assert first.row is not None and second.row is not None
    assert first.row["_id"] == second.row["_id"]
    assert second.details == {"action": "unchanged"}
    assert len(bench.gram.records("Client")) == 1


def test_a_record_a_person_made_is_linked_and_not_doubled(bench: Bench) -> None:
    known = bench.gram.create("Client", Name="Theirs", CompanyId="12345678")
    (answer,) = bench.open().write("clients", pack(new(1, ico="12345678")))
    assert answer.row is not None
    assert (answer.row["_id"], answer.row["name"], answer.details) == (known, "Theirs", {"action": "relinked"})


def test_a_refused_item_does_not_stop_the_others(bench: Bench) -> None:
    crm = bench.open()
    items = [new(1), new(2, email="x" * 99, country="SVK"), new(3)]
    answers = crm.write("clients", pack(*items))
    assert [answer.state for answer in answers] == ["written", "refused", "written"]
    assert answers[1].reasons == ("email: Email: too_long.", "country: Country: too_long.")
    assert answers[1].details == {"status": 400, "codes": ("Email too_long", "Country too_long")}
    assert len(bench.gram.records("Client")) == 2


def test_an_ambiguous_match_is_refused_with_its_candidates(bench: Bench) -> None:
    twins = {bench.gram.create("Client", Name=name, CompanyId="12345678") for name in "AB"}
    (answer,) = bench.open().write("clients", pack(new(1, ico="12345678")))
    assert (answer.state, answer.details["conflict"]) == ("refused", True)
    assert answer.reasons[0] == "Ambiguous match."
    assert set(answer.reasons[1:]) == twins


def test_a_record_gone_meanwhile_is_said_to_be(bench: Bench) -> None:
    target = bench.clients(1)[0]
    bench.gram.delete("Client", target)
    crm = bench.open()
    for identity in (target, "..", "a/../b?c"):
        (answer,) = crm.write("clients", pack(change(identity, city="Nitra")))
        assert (answer.state, answer.details["gone"]) == ("refused", True)


def test_an_older_version_is_refused(bench: Bench) -> None:
    target = bench.clients(1)[0]
    bench.gram.edit("Client", target, City="Nitra")
    crm = bench.open("L3")
    (answer,) = crm.write("clients", pack(change(target, city="Žilina", _version=1)))
    assert (answer.state, answer.details["conflict"]) == ("refused", True)
    assert crm.write("clients", pack(change(target, city="Žilina", _version=2)))[0].state == "written"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"colour": "red"}, "colour: the CRM cannot take this field"),
        ({"due_days": 1.5}, "due_days: is no number"),
        ({"note": "\ud83d"}, "note: has characters that are no text"),
    ],
)
def test_what_cannot_be_sent_is_refused_before_sending(bench: Bench, values: dict[str, Any], reason: str) -> None:
    crm = bench.open()
    bench.forget()
    answers = crm.write("clients", pack(new(1, **values), new(2)))
    assert [answer.state for answer in answers] == ["refused", "written"]
    assert answers[0].reasons == (reason,)
    assert bench.gram.writes() == 1


def test_an_update_without_a_target_is_refused(bench: Bench) -> None:
    assert bench.open().write("clients", pack(change("", city="Nitra")))[0].state == "refused"
    assert bench.gram.count() == 0


def test_a_writer_past_its_lease_sends_nothing_more(bench: Bench) -> None:
    crm = bench.open()
    bench.forget()
    answers = crm.write("clients", pack(new(1), new(2), until=time.time() - 1))
    assert [answer.state for answer in answers] == ["retry", "retry"]
    assert bench.gram.count() == 0


def test_a_writer_paused_in_the_middle_stops_there(bench: Bench) -> None:
    moments = iter([10, 20, 31, 40])
    crm = bench.open(clock=lambda: datetime.fromtimestamp(next(moments), UTC))
    answers = crm.write("clients", pack(new(1), new(2), new(3), new(4), until=30))
    assert [answer.state for answer in answers] == ["written", "written", "retry", "retry"]
    assert len(bench.gram.records("Client")) == 2


def test_hostile_values_are_stored_as_they_are(bench: Bench) -> None:
    hostile = "\"';--|:\\ \u2028 🐎 {name} %s </script>\r\n\0" + "x" * 1900
    crm = bench.open()
    (answer,) = crm.write("clients", pack(new("'; | : \"", note=hostile)))
    assert answer.row is not None
    assert answer.row["note"] == hostile
    assert answer.row["_mark"] == Mark(SOURCE, "'; | : \"")


def test_a_partial_answer_is_completed_by_reading_the_record(bench: Bench) -> None:
    crm = bench.open()
    original = bench.gram.service.records.shown
    partial = iter([True, False])

    def shown(entity: Any, stored: Any) -> Any:
        record = original(entity, stored)
        return {"Id": record["Id"]} if next(partial) else record

    bench.gram.service.records.shown = shown  # type: ignore[method-assign]
    (answer,) = crm.write("clients", pack(new(1)))
    assert answer.row is not None and answer.row["name"] == "Firma 1"
    assert [method for method, _ in bench.sent()] == ["POST", "GET"]


def test_a_partial_answer_that_cannot_be_completed_is_a_doubt(bench: Bench) -> None:
    crm = bench.open()
    original = bench.gram.service.records.shown
    bench.gram.service.records.shown = lambda entity, stored: {"Id": original(entity, stored)["Id"]}  # type: ignore[method-assign]
    bench.fault("status", method="GET", times=9, status=500)
    assert [answer.state for answer in crm.write("clients", pack(new(1), new(2)))] == ["doubt", "retry"]


def test_what_may_be_written(bench: Bench) -> None:
    crm = bench.open()
    assert "ico" in crm.writable("clients")
    assert crm.writable("clients") == set(crm.describe("clients"))
    assert crm.mark_of("7") == Mark("gram", "7")
    assert bench.open(system="gram2").mark_of("7") == Mark("gram2", "7")
    assert [bench.open(level).searchable("clients") for level in LEVELS] == [False, False, True, True]
