"""Every row of the table of failures, with every kind of fault, on reads and on writes; requests counted exactly."""

import itertools
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from pohoda_bridge.crm import transport
from pohoda_bridge.crm.failure import ON_READ, ON_WRITE, TELLS, Failure, Kind, kind_of
from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.side import Lookup, Window
from pohoda_sandbox.faults import KINDS
from tests.crm.conftest import Bench, change, new, pack, rows
from tests.waits import NEVER, SHORT

DOUBTS = ["cut_before", "cut_after", "truncate", "garbage", "wrong_encoding", "refuse"]
PASSING = ["refuse", "cut_before", "cut_after", "truncate", "garbage", "wrong_encoding"]


def test_the_table_is_whole() -> None:
    kinds = set(get_args(Kind))
    assert kinds == set(ON_READ) == set(ON_WRITE) == set(TELLS)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, None), (204, None), (301, "address"), (400, "invalid"), (401, "login"), (403, "denied"), (404, "gone"),
        (408, "server"), (409, "conflict"), (410, "gone"), (413, "too_large"), (418, "invalid"), (429, "busy"),
        (500, "server"), (502, "server"), (503, "server"), (599, "server"),
    ],
)  # fmt: skip
def test_the_kind_of_a_status(status: int, kind: str | None) -> None:
    assert kind_of(status) == kind


@pytest.mark.parametrize("kind", DOUBTS)
@pytest.mark.parametrize("action", ["create", "update"])
def test_a_write_without_a_certain_answer_is_a_doubt(bench: Bench, kind: str, action: str) -> None:
    target = bench.clients(1)[0]
    crm = bench.open()
    bench.forget()
    bench.fault(kind)
    first = new(1) if action == "create" else change(target, city="Nitra")
    answers = crm.write("clients", pack(first, new(2), new(3)))
    assert [answer.state for answer in answers] == ["doubt", "retry", "retry"]
    assert bench.gram.writes() == bench.gram.count() == 1
    assert bench.waits == []


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
@pytest.mark.parametrize("kind", ["status", "status_after"])
def test_a_fault_of_the_service_on_a_write_is_a_doubt(bench: Bench, status: int, kind: str) -> None:
    crm = bench.open()
    bench.forget()
    bench.fault(kind, status=status, retry_after="1")
    answers = crm.write("clients", pack(new(1), new(2)))
    assert [answer.state for answer in answers] == ["doubt", "retry"]
    assert bench.gram.writes() == 1


def test_a_doubt_in_the_middle_keeps_the_answers_before_it(bench: Bench) -> None:
    crm = bench.open()
    bench.fault("cut_after", skip=2, method="POST")
    answers = crm.write("clients", pack(*(new(number) for number in range(5))))
    assert [answer.state for answer in answers] == ["written", "written", "doubt", "retry", "retry"]
    assert len(bench.gram.records("Client")) == 3


def test_a_late_answer_is_a_doubt(bench: Bench) -> None:
    crm = bench.open()
    assert crm.write("clients", pack(new(1)))[0].state == "written"
    crm._http._transport._timeout = (20.0, SHORT)
    bench.fault("delay", seconds=NEVER, method="POST")
    assert crm.write("clients", pack(new(2)))[0].state == "doubt"


def test_nobody_listening_is_a_retry_and_nothing_else_is_sent(bench: Bench) -> None:
    crm = bench.open()
    bench.gram.stop()
    answers = crm.write("clients", pack(new(1), new(2)))
    assert [answer.state for answer in answers] == ["retry", "retry"]
    bench.gram.start()
    assert crm.write("clients", pack(new(1)))[0].state == "written"


@pytest.mark.parametrize("kind", PASSING)
def test_a_read_is_repeated(bench: Bench, kind: str) -> None:
    bench.clients(3)
    crm = bench.open()
    bench.forget()
    bench.fault(kind, match="/Client")
    assert len(rows(crm)) == 3
    assert bench.gram.count("GET", "Client") == 2
    assert bench.waits == [1.0]


@pytest.mark.parametrize("kind", [*PASSING, "status"])
def test_a_read_without_an_answer_is_a_retry(bench: Bench, kind: str) -> None:
    crm = bench.open()
    bench.forget()
    bench.fault(kind, match="/Client", times=4)
    with pytest.raises(Retry):
        rows(crm)
    assert bench.gram.count("GET", "Client") == 4
    assert bench.waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("level", ["L0", "L2"])
@pytest.mark.parametrize("kind", [*PASSING, "status"])
@pytest.mark.parametrize("wanted", [Lookup(key={"name": "Firma"}), Lookup(id="nobody")])
def test_a_look_up_without_an_answer_is_never_not_found(bench: Bench, level: str, kind: str, wanted: Lookup) -> None:
    crm = bench.open(level)
    bench.fault(kind, times=4)
    with pytest.raises(Retry):
        crm.look_up("clients", [wanted])
    assert crm.look_up("clients", [wanted]) == [[]]


def test_a_404_that_is_not_the_services_own_is_no_answer(bench: Bench) -> None:
    """A gateway's page for a wrong route must not make a record look deleted."""
    target = bench.clients(1)[0]
    crm = bench.open("L0")
    with foreign(bench, 404, b"<html>404</html>"):
        with pytest.raises(Retry):
            crm.look_up("clients", [Lookup(id=target)])
        assert crm.write("clients", pack(change(target, city="Nitra")))[0].state == "doubt"


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{}", b'{"Result": 1}', b'{"Result": "true"}', b"[" * 5000, b"NaN"]
)
def test_an_answer_without_the_envelope_is_unreadable(bench: Bench, body: bytes) -> None:
    crm = bench.open()
    with foreign(bench, 200, body):
        assert crm.write("clients", pack(new(1)))[0].state == "doubt"
        with pytest.raises(Retry):
            rows(crm)


@pytest.mark.parametrize(
    "payload", [b"", b', "Record": {}', b', "Record": {"Name": "x"}', b', "Record": [], "Records": 5']
)
def test_success_without_a_record_is_a_doubt(bench: Bench, payload: bytes) -> None:
    crm = bench.open()
    with foreign(bench, 200, b'{"Result": true' + payload + b"}"):
        assert crm.write("clients", pack(new(1)))[0].state == "doubt"
        with pytest.raises(Retry):
            list(crm.read("clients", Window()).parts)


@pytest.mark.parametrize("status", [200, 400, 422])
def test_a_denied_success_is_a_refusal(bench: Bench, status: int) -> None:
    crm = bench.open()
    body = b'{"Result": false, "ResultText": "No.", "Errors": [{"Field": "CompanyId", "Code": "not_unique"}, "odd"]}'
    with foreign(bench, status, body):
        answers = crm.write("clients", pack(new(1), new(2)))
        assert [(answer.state, answer.reasons) for answer in answers] == [("refused", ("ico: not_unique", "odd"))] * 2
        with pytest.raises(StopAgenda) as stopped:
            rows(crm)
    assert "CompanyId not_unique" in stopped.value.text and "odd" not in stopped.value.text


def test_a_refusal_without_reasons_shows_the_services_text(bench: Bench) -> None:
    with foreign(bench, 409, b'{"Result": false, "ResultText": "Locked."}'):
        (answer,) = bench.open().write("clients", pack(new(1)))
    assert (answer.state, answer.reasons) == ("refused", ("Locked.",))


def test_a_body_too_large_is_refused(bench: Bench) -> None:
    bench.fault("status", status=413)
    answers = bench.open().write("clients", pack(new(1), new(2)))
    assert [answer.state for answer in answers] == ["refused", "written"]


@pytest.mark.parametrize("status", [401, 403, 302])
def test_no_right_stops_the_agenda(bench: Bench, status: int) -> None:
    crm = bench.open()
    bench.forget()
    bench.fault("status", status=status, times=2)
    with pytest.raises(StopAgenda):
        crm.write("clients", pack(new(1), new(2)))
    with pytest.raises(StopAgenda):
        rows(crm)
    assert bench.gram.count() == 2


def test_no_redirect_is_followed(bench: Bench) -> None:
    """The token must not travel to another host, nor a write become a read."""
    crm = bench.open()
    location = ("Location", f"{bench.gram.url}/Ping")
    with foreign(bench, 302, b"", location), pytest.raises(StopAgenda, match="address"):
        crm.write("clients", pack(new(1)))
    assert bench.gram.count() == 1


def test_a_stop_in_the_middle_keeps_the_answers_before_it(bench: Bench) -> None:
    crm = bench.open()
    bench.fault("status", status=403, skip=1, times=2)
    answers = crm.write("clients", pack(new(1), new(2), new(3)))
    assert [answer.state for answer in answers] == ["written", "retry", "retry"]
    with pytest.raises(StopAgenda):
        crm.write("clients", pack(new(2)))


def test_a_path_the_service_does_not_know_stops_the_agenda(bench: Bench) -> None:
    crm = bench.open("L2")
    bench.gram.switches.level = "L1"
    with pytest.raises(StopAgenda, match="API level"):
        crm.write("clients", pack(new(1)))
    elsewhere = bench.open(extra={"organization": "other"})
    with pytest.raises(StopAgenda):
        elsewhere.read("clients", Window())


def test_a_pause_asked_for_is_kept_and_the_write_goes_on(bench: Bench) -> None:
    crm = bench.open()
    bench.forget()
    bench.fault("status", status=429, retry_after="7", times=2)
    answers = crm.write("clients", pack(new(1), new(2)))
    assert [answer.state for answer in answers] == ["written", "written"]
    assert bench.waits == [7.0, 7.0]
    assert bench.gram.writes() == 4


def test_a_pause_without_a_length_grows(bench: Bench) -> None:
    bench.clients(1)
    crm = bench.open()
    bench.fault("status", status=429, match="/Client", times=3)
    assert len(rows(crm)) == 1
    assert bench.waits == [1.0, 2.0, 4.0]


def test_a_pause_may_be_a_time_of_the_services_clock(bench: Bench) -> None:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=30)
    bench.fault("status", status=429, retry_after=format_datetime(until, usegmt=True))
    assert bench.open().write("clients", pack(new(1)))[0].state == "written"
    assert len(bench.waits) == 1 and 25 <= bench.waits[0] <= 31


def test_a_pause_beyond_the_budget_is_not_waited_for(bench: Bench) -> None:
    crm = bench.open()
    bench.forget()
    bench.fault("status", status=429, retry_after="61", times=2)
    answers = crm.write("clients", pack(new(1), new(2)))
    assert [answer.state for answer in answers] == ["retry", "retry"]
    with pytest.raises(Retry) as later:
        rows(crm)
    assert later.value.after == 61
    assert bench.waits == [] and bench.gram.count() == 2


@pytest.mark.parametrize("after", ["0", "-5", "soon", "1e9"])
def test_an_endless_pause_ends_with_the_budget(bench: Bench, after: str) -> None:
    crm = bench.open(wait_budget=10)
    bench.fault("status", status=429, retry_after=after, times=99)
    assert crm.write("clients", pack(new(1)))[0].state == "retry"
    assert sum(bench.waits) <= 10 and len(bench.waits) <= 10


def test_the_services_own_limit_is_kept(bench: Bench) -> None:
    bench.gram.switches.rate_per_minute = 3
    crm = bench.open()
    crm._http._sleep = lambda seconds: (bench.waits.append(seconds), bench.gram.clock.advance(seconds))  # type: ignore[assignment]
    answers = crm.write("clients", pack(*(new(number) for number in range(8))))
    assert {answer.state for answer in answers} == {"written"}
    assert len(bench.waits) == 2


def test_the_rate_of_the_file_is_kept(bench: Bench) -> None:
    crm = bench.open(api={"rate_per_minute": 6})
    crm.write("clients", pack(new(1), new(2)))
    assert len(bench.waits) == 1 and 9 < bench.waits[0] <= 10


def test_an_answer_that_drips_for_ever_is_cut(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with dripping() as host:
        crm = bench.open(host=host)
        ticks = itertools.count(step=30.0)
        monkeypatch.setattr(transport, "time", SimpleNamespace(monotonic=lambda: next(ticks)))
        assert crm.write("clients", pack(new(1)))[0].state == "doubt"
    assert 3 < next(ticks) / 30 < 9


def test_every_kind_of_fault_was_tried() -> None:
    tried = {*DOUBTS, *PASSING, "status", "status_after", "delay"}
    assert tried | {"drift"} == KINDS


def test_a_failure_tells_no_value() -> None:
    failure = Failure("invalid", "POST Client", 400, text="Jana Nováková", problems=(("Email", "bad", "jana@x.sk"),))
    assert "ana" not in str(failure).replace("organization", "") and "@" not in str(failure)


@contextmanager
def foreign(bench: Bench, status: int, body: bytes, *headers: tuple[str, str]) -> Generator[None, None, None]:
    """The service answers this to everything but a ping."""
    original = bench.gram.service.answer

    def answer(request: Any, gone: str) -> Any:
        reply = original(request, gone)
        return reply if request.target.endswith("/Ping") else type(reply)(status, body, headers=headers)

    bench.gram.service.answer = answer  # type: ignore[method-assign]
    try:
        yield
    finally:
        bench.gram.service.answer = original  # type: ignore[method-assign]


@contextmanager
def dripping() -> Generator[str, None, None]:
    """A server whose answer never ends, a byte at a time."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            try:
                while not stop.wait(0.02):
                    connection.sendall(b" ")
            except OSError:
                pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stop.set()
        listener.close()
        thread.join(5)
