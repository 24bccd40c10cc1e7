"""Bulk creates at L3: one call for many, an answer for each, and no more certainty than the service gave."""

from dataclasses import replace
from typing import Any

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_sandbox.gram import shipped
from tests.crm.conftest import Bench, change, new, pack


def sized(size: int) -> dict[str, object]:
    return {"bulk": shipped()["api"]["bulk"] | {"size": size}}


def test_many_creates_are_one_call(bench: Bench) -> None:
    crm = bench.open("L3")
    assert (crm.pack_size("clients"), bench.open("L2").pack_size("clients")) == (200, 20)
    bench.gram.switches.level = "L3"
    bench.forget()
    answers = crm.write("clients", pack(*(new(number) for number in range(120))))
    assert {answer.state for answer in answers} == {"written"}
    assert [answer.row["name"] for answer in answers if answer.row] == [f"Firma {number}" for number in range(120)]
    assert answers[0].details == {"action": "created"}
    assert (bench.gram.writes(), bench.gram.count("GET")) == (1, 3)
    again = crm.write("clients", pack(*(new(number) for number in range(120))))
    assert {answer.details["action"] for answer in again} == {"unchanged"}
    assert len(bench.gram.records("Client")) == 120


def test_each_item_has_its_own_answer(bench: Bench) -> None:
    target = bench.clients(1)[0]
    crm = bench.open("L3")
    bench.forget()
    items = [new(1), new(2, email="x" * 99), new(3, colour="red"), new(4), change(target, city="Nitra"), new(5)]
    answers = crm.write("clients", pack(*items))
    assert [answer.state for answer in answers] == ["written", "refused", "refused", "written", "written", "written"]
    assert answers[1].reasons == ("email: Email: too_long.",)
    assert [method for method, _ in bench.sent() if method != "GET"] == ["POST", "PUT", "POST"]


@pytest.mark.parametrize(
    "kind", ["refuse", "cut_before", "cut_after", "truncate", "garbage", "wrong_encoding", "status"]
)
def test_without_a_certain_answer_all_sent_are_in_doubt(bench: Bench, kind: str) -> None:
    target = bench.clients(1)[0]
    crm = bench.open("L3")
    bench.forget()
    bench.fault(kind)
    answers = crm.write("clients", pack(new(1), new(2), change(target, city="Nitra"), new(3)))
    assert [answer.state for answer in answers] == ["doubt", "doubt", "retry", "retry"]
    assert bench.gram.count() == 1


def test_a_bulk_too_large_is_halved(bench: Bench) -> None:
    crm = bench.open("L3")
    bench.forget()
    bench.fault("status", status=413, times=3, method="POST")
    answers = crm.write("clients", pack(*(new(number) for number in range(4))))
    assert [answer.state for answer in answers] == ["refused", "written", "written", "written"]
    assert bench.gram.writes() == 5


def test_more_than_the_service_takes_goes_in_parts(bench: Bench) -> None:
    crm = bench.open("L3", api=sized(3))
    bench.forget()
    assert len(crm.write("clients", pack(*(new(number) for number in range(7))))) == 7
    assert bench.gram.writes() == 3
    assert len(bench.gram.records("Client")) == 7


def test_after_a_doubt_in_one_part_the_rest_is_not_sent(bench: Bench) -> None:
    crm = bench.open("L3", api=sized(2))
    bench.forget()
    bench.fault("cut_after", method="POST")
    answers = crm.write("clients", pack(*(new(number) for number in range(4))))
    assert [answer.state for answer in answers] == ["doubt", "doubt", "retry", "retry"]
    assert bench.gram.writes() == 1


def test_records_that_cannot_be_read_back_are_in_doubt(bench: Bench) -> None:
    crm = bench.open("L3")
    bench.fault("status", status=500, method="GET", times=9)
    assert {answer.state for answer in crm.write("clients", pack(new(1), new(2)))} == {"doubt"}


@pytest.mark.parametrize("index", ["Other", "Result"])
def test_results_without_a_clear_index_belong_to_nobody(bench: Bench, index: str) -> None:
    crm = bench.open("L3", api={"bulk": shipped()["api"]["bulk"] | {"index": index}})
    assert {answer.state for answer in crm.write("clients", pack(new(1), new(2)))} == {"doubt"}


def test_an_index_told_twice_belongs_to_nobody(bench: Bench) -> None:
    crm = bench.open("L3")
    original = bench.gram.service.answer

    def answer(request: Any, gone: str) -> Any:
        reply = original(request, gone)
        return replace(reply, body=reply.body.replace(b'"Index": 1', b'"Index": 0'))

    bench.gram.service.answer = answer  # type: ignore[method-assign]
    answers = crm.write("clients", pack(new(0), new(1), new(2)))
    assert [answer.state for answer in answers] == ["doubt", "doubt", "written"]


def test_no_right_stops(bench: Bench) -> None:
    bench.fault("status", status=403)
    with pytest.raises(StopAgenda):
        bench.open("L3").write("clients", pack(new(1), new(2)))
