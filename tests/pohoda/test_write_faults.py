"""Whatever breaks on the way: nothing is stored twice, nothing is lost, and what is unknown is called so."""

import gzip
import time
from collections.abc import Callable
from typing import Any

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import PohodaSide
from pohoda_bridge.pohoda.writing import writer as writing
from pohoda_bridge.side import Answer, Item, Lookup, Mark, Pack
from pohoda_sandbox.faults import Fault
from pohoda_sandbox.pohoda import User
from tests.waits import NEVER, SHORT, until

from .conftest import Bench
from .writing import SYSTEM, create, update

ITEMS = tuple(create(f"i{n}", f"C-{n}", company=f"Tajná firma {n}") for n in range(3))
IMPORT = "xml addressbook$"


def _fault(kind: str, **more: Any) -> Fault:
    return Fault("mserver", kind, **({"match": IMPORT} | more))


def _side(bench: Bench, way: str = "sql", **extra: Any) -> PohodaSide:
    side = bench.side(way, system=SYSTEM, extra={"patience": 0, "read_timeout": 20} | extra)
    side.describe("clients")
    return side


def _states(answers: list[Answer]) -> list[str]:
    return [answer.state for answer in answers]


def _rows(bench: Bench, table: str = "AD") -> int:
    return len(bench.pohoda.rows(f"SELECT ID FROM {table}"))


DOUBTS = [
    (_fault("cut_before"), 0), (_fault("refuse"), 0), (_fault("cut_after"), 3), (_fault("truncate"), 3),
    (_fault("garbage"), 3), (_fault("wrong_encoding"), 3), (_fault("delay", seconds=NEVER), 3),
    (_fault("status", status=408), 0), (_fault("status", status=500), 0), (_fault("status", status=502), 0),
    (_fault("status_after", status=500), 3), (_fault("status_after", status=408), 3),
]  # fmt: skip


@pytest.mark.parametrize("way", ["sql", "xml"])
@pytest.mark.parametrize(("fault", "stored"), DOUBTS, ids=lambda value: getattr(value, "kind", ""))
def test_an_open_outcome_is_a_doubt_that_a_look_up_clears(bench: Bench, fault: Fault, stored: int, way: str) -> None:
    """A second sending with the same ids completes it; nothing is ever there twice."""
    side = _side(bench, way)
    server = side._open_writer()._server
    whole = server._timeouts
    if fault.kind == "delay":
        server._timeouts = (whole[0], SHORT)
    bench.faults.add(fault)
    answers = side.write("clients", Pack("p", ITEMS))
    server._timeouts = whole
    assert _states(answers) == ["doubt"] * 3
    assert not any("Tajná" in reason or "secret-xml" in reason for answer in answers for reason in answer.reasons)
    if fault.kind == "delay":
        bench.mserver.stop()
        bench.mserver.start()
        until(lambda: _rows(bench) == stored)
    found = side.look_up("clients", [Lookup(mark=Mark(SYSTEM, f"C-{n}")) for n in range(3)])
    assert [len(rows) for rows in found] == [1 if n < stored else 0 for n in range(3)]
    again = side.write("clients", Pack("p", ITEMS))
    assert _states(again) == ["written"] * 3
    assert _rows(bench) == 3
    if stored:
        assert [answer.row for answer in again] == [rows[0] for rows in found]


def test_a_doubt_of_a_delivery_address_adds_none(bench: Bench) -> None:
    side = _side(bench)
    owner = f"2026/AD/{bench.pohoda.insert('AD', Firma='Alfa')}"
    item = create("i", "A-1", client=owner, city="Brno")
    bench.faults.add(_fault("cut_after"))
    assert _states(side.write("addresses", Pack("p", [item]))) == ["doubt"]
    (found,) = side.look_up("addresses", [Lookup(key={"client": owner, "city": "Brno"})])
    (again,) = side.write("addresses", Pack("p", [item]))
    assert (again.state, again.row) == ("written", found[0])
    assert _rows(bench, "ADdodaci") == 1


def test_a_doubt_of_an_update_may_be_sent_again(bench: Bench) -> None:
    side = _side(bench)
    number = bench.pohoda.insert("AD", Firma="Alfa")
    item = update("i", f"2026/AD/{number}", phone="1")
    bench.faults.add(_fault("cut_after"))
    assert _states(side.write("clients", Pack("p", [item]))) == ["doubt"]
    (again,) = side.write("clients", Pack("p", [item]))
    assert (again.state, (again.row or {})["phone"]) == ("written", "1")


def test_a_record_that_is_stored_but_cannot_be_read_back_is_in_doubt(bench: Bench) -> None:
    side = _side(bench, "xml")
    side.write("clients", Pack("p0", [create("i", company="A")]))
    bench.faults.add(Fault("mserver", "status", match="xml listAddressBookRequest", status=503))
    answers = side.write("clients", Pack("p", ITEMS))
    assert _states(answers) == ["doubt"] * 3
    assert _rows(bench) == 4


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_waited_for_within_the_budget(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("time.sleep", waits.append)
    side = _side(bench, patience=10)
    bench.faults.add(_fault("status", status=status, times=2, retry_after="3"))
    writer = side._open_writer()
    writer._server._wait = waits.append
    assert _states(side.write("clients", Pack("p", ITEMS))) == ["written"] * 3
    assert waits == [3.0, 3.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_stays_busy_is_tried_later(bench: Bench, status: int) -> None:
    side = _side(bench)
    bench.faults.add(_fault("status", status=status))
    answers = side.write("clients", Pack("p", ITEMS))
    assert _states(answers) == ["retry"] * 3
    assert f"HTTP {status}" in answers[0].reasons[0]
    assert _rows(bench) == 0


def test_a_server_that_works_for_others_is_left_alone(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from pohoda_bridge.pohoda.xml import status as asked

    side = _side(bench, patience=6)
    waits: list[float] = []
    side._open_writer()._wait = waits.append  # type: ignore[method-assign]
    queue = iter([3, 1, 0])
    monkeypatch.setattr(asked, "check", lambda *_: next(queue))
    assert _states(side.write("clients", Pack("p", ITEMS))) == ["written"] * 3
    assert waits == [2.0, 4.0]
    monkeypatch.setattr(asked, "check", lambda *_: 1)
    before = bench.mserver.count
    answers = side.write("clients", Pack("p2", [create("x", company="X")]))
    assert (_states(answers), bench.mserver.count) == (["retry"], before)


def test_a_server_that_is_not_there_is_tried_later(bench: Bench) -> None:
    side = _side(bench)
    bench.mserver.stop()
    assert _states(side.write("clients", Pack("p", ITEMS))) == ["retry"] * 3


def test_nothing_leaves_when_the_connection_cannot_be_made_after_the_probe(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pohoda_bridge.pohoda.xml import status as asked

    side = _side(bench)
    monkeypatch.setattr(asked, "check", lambda *_: 0)
    bench.mserver.stop()
    answers = side.write("clients", Pack("p", ITEMS))
    assert _states(answers) == ["retry"] * 3
    assert "could not be reached" in answers[0].reasons[0]


def test_nothing_is_sent_after_the_lease(bench: Bench) -> None:
    side = _side(bench)
    answers = side.write("clients", Pack("p", ITEMS, until=time.time() - 1))
    assert _states(answers) == ["retry"] * 3
    assert _rows(bench) == 0
    assert not any(call.method == "POST" for call in bench.mserver.requests)


def test_the_lease_is_asked_again_after_a_wait(bench: Bench) -> None:
    side = _side(bench, patience=100)
    bench.faults.add(_fault("status", status=503, times=9, retry_after="5"))
    writer, clock = side._open_writer(), [1000.0]
    writer._now = lambda: clock[0]
    writer._server._wait = lambda seconds: clock.__setitem__(0, clock[0] + seconds)
    answers = side.write("clients", Pack("p", ITEMS, until=1012.0))
    assert _states(answers) == ["retry"] * 3
    assert "time to write was over" in answers[0].reasons[0]
    assert sum(call.status == 503 for call in bench.mserver.requests) == 3


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda bench: bench.faults.add(_fault("status", status=401)), "login and password"),
        (lambda bench: bench.faults.add(_fault("status", status=403)), "may not open"),
        (lambda bench: bench.faults.add(_fault("status", status=404)), "no mServer at this address"),
        (lambda bench: bench.faults.add(_fault("status", status=302)), "redirect"),
        (lambda bench: bench.mserver._users.update(bridge=User("secret-xml", xml=False)), "may not use XML"),
        (lambda bench: bench.mserver._users.update(bridge=User("secret-xml", unit=False)), "may not open"),
    ],
)
def test_what_a_person_must_mend_stops_before_anything_is_stored(
    bench: Bench, broken: Callable[[Bench], Any], told: str
) -> None:
    side = _side(bench)
    broken(bench)
    with pytest.raises(StopAgenda, match=told):
        side.write("clients", Pack("p", ITEMS))
    assert _rows(bench) == 0


def test_a_server_with_another_company_or_year_gets_nothing(bench: Bench) -> None:
    side = _side(bench)
    bench.pohoda.edit("sKonfig", bench.pohoda.rows("SELECT ID FROM sKonfig")[0]["ID"], Rok=2025)
    with pytest.raises(StopAgenda, match="2025"):
        side.write("clients", Pack("p", ITEMS))
    assert not any(call.method == "POST" for call in bench.mserver.requests)


@pytest.mark.parametrize("status", [400, 413])
def test_a_pack_refused_as_a_whole_is_halved_down_to_the_culprit(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    side = _side(bench)
    server, sizes = side._open_writer()._server, []
    send = server.send

    def picky(body: bytes, *rest: Any, **more: Any) -> Any:
        sizes.append(body.count(b"<dat:dataPackItem"))
        if b"Firma 5<" in body:
            bench.faults.add(_fault("status", status=status))
        return send(body, *rest, **more)

    monkeypatch.setattr(server, "send", picky)
    items = [create(f"i{n}", f"C-{n}", company=f"Firma {n}") for n in range(8)]
    answers = side.write("clients", Pack("p", items))
    assert _states(answers) == ["written"] * 5 + ["refused"] + ["written"] * 2
    assert f"HTTP {status}" in answers[5].reasons[0]
    assert sizes == [8, 4, 4, 2, 1, 1, 2]
    assert _rows(bench) == 7


def test_a_doubt_is_never_split_and_ends_the_sending(bench: Bench) -> None:
    side = _side(bench)
    bench.faults.add(_fault("status", status=413))
    bench.faults.add(_fault("cut_after"))
    answers = side.write("clients", Pack("p", [create(f"i{n}", f"C-{n}", company=f"F {n}") for n in range(4)]))
    assert _states(answers) == ["doubt", "doubt", "retry", "retry"]
    assert _rows(bench) == 2


def test_a_pack_too_large_goes_in_parts(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MAX_BYTES", 6000)
    side = _side(bench)
    items = [create(f"i{n}", f"C-{n}", company=f"F {n}", note="x" * (9000 if n == 2 else 1000)) for n in range(6)]
    answers = side.write("clients", Pack("p", items))
    assert _states(answers) == ["written", "written", "refused", "written", "written", "written"]
    assert "larger than a pack may be" in answers[2].reasons[0]


def test_what_is_sent_and_what_is_asked_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pohoda_bridge.pohoda.xml.mserver.GZIP_FROM", 100)
    side = _side(bench)
    session = side._open_writer()._server._session
    calls: list[dict[str, Any]] = []
    request = session.request

    def noted(method: str, url: str, **more: Any) -> Any:
        calls.append({"method": method, **more})
        return request(method, url, **more)

    monkeypatch.setattr(session, "request", noted)
    assert _states(side.write("clients", Pack("p", ITEMS))) == ["written"] * 3
    assert [call["method"] for call in calls] == ["GET", "POST"]
    assert all(call["timeout"] == (10.0, 20.0) for call in calls)
    sent = calls[1]["headers"]
    assert sent == {
        "Content-Type": "text/xml; charset=Windows-1250", "STW-Check-Duplicity": "true", "STW-Instance": "p",
        "Content-Encoding": "gzip",
    }  # fmt: skip
    assert session.headers["Accept-Encoding"] == "gzip, deflate"
    assert gzip.decompress(calls[1]["data"]).startswith(b"<?xml version='1.0' encoding='Windows-1250'?>")


def test_logs_carry_ids_and_counts_alone(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    side = _side(bench)
    bench.faults.add(_fault("cut_after"))
    side.write("clients", Pack("pack-1", [*ITEMS, create("i9", "C-9", company="Tajná firma", web="w" * 99)]))
    side.write("clients", Pack("pack-1", ITEMS))
    assert "pack pack-1 of 4 items: {'doubt': 3, 'refused': 1}" in caplog.text
    assert "Tajn" not in caplog.text
    assert "secret-xml" not in caplog.text


def test_a_side_that_cannot_write_says_why(bench: Bench) -> None:
    item: Item = create("i", company="A")
    no_server = bench.unit(years={2026: {"sql": "by_sql"}})
    with pytest.raises(StopAgenda, match="no `mserver` connection"):
        bench.side("sql", unit=no_server).write("clients", Pack("p", [item]))
    with pytest.raises(StopAgenda, match="no `folder` connection"):
        bench.side("sql", unit=bench.unit(write="folder")).write("clients", Pack("p", [item]))


def test_the_size_of_a_pack_is_the_units(bench: Bench) -> None:
    assert bench.side("sql").pack_size("clients") == 20
    assert bench.side("sql", unit=bench.unit(pack_size=7)).pack_size("clients") == 7
