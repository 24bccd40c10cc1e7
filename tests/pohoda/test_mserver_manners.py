"""How mServer is treated: left alone in quiet hours, waited for, and sent compressed what it can unpack."""

import gzip
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from pydantic import ValidationError

from pohoda_bridge.catalogue.quiet import quiet_until
from pohoda_bridge.errors import Doubt, RejectRecord, Retry, StopAgenda
from pohoda_bridge.pohoda.xml import status
from pohoda_bridge.pohoda.xml.kinds import kind_of
from pohoda_bridge.pohoda.xml.mserver import MServer
from pohoda_bridge.pohoda.xml.requests import Ask, pack
from pohoda_bridge.side import Pack
from pohoda_sandbox.faults import Fault

from .conftest import UNIT, Bench, everything
from .writing import SYSTEM, create

ZONE = ZoneInfo("Europe/Bratislava")
LARGE = pack(kind_of("addressbook"), [Ask(str(number)) for number in range(90)], id="p", ico="12345678")
SMALL = pack(kind_of("addressbook"), [Ask("1")], id="p", ico="12345678")
NIGHT = UNIT.model_copy(update={"quiet": ("22:00-23:30", "23:30-00:30")})


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (("22:00-23:30",), "2026-03-10 21:59:59", None),
        (("22:00-23:30",), "2026-03-10 22:00", "2026-03-10 23:30"),
        (("22:00-23:30",), "2026-03-10 23:30", None),
        (("22:00-06:00",), "2026-03-10 23:00", "2026-03-11 06:00"),
        (("22:00-06:00",), "2026-03-11 05:59", "2026-03-11 06:00"),
        (("22:00-06:00",), "2026-03-11 06:00", None),
        (("02:00-02:20", "12:00-12:30", "12:30-13:00"), "2026-03-10 12:10", "2026-03-10 13:00"),
        (("12:30-13:00", "12:00-12:45"), "2026-03-10 12:10", "2026-03-10 13:00"),
        (("22:00-00:00", "00:00-01:00"), "2026-03-10 23:00", "2026-03-11 01:00"),
        ((), "2026-03-10 12:10", None),
    ],
)
def test_quiet_hours_are_of_the_units_own_day(quiet: tuple[str, ...], now: str, until: str | None) -> None:
    found = quiet_until(quiet, ZONE, at(now))
    assert (found and found.timestamp()) == (until and at(until))


def test_the_hour_that_comes_twice_is_quiet_twice() -> None:
    """In the night to 2026-10-25 the clock goes from 03:00 to 02:00: from 01:30 to 03:00 are two and a half hours."""
    begun = datetime(2026, 10, 25, 1, 30, tzinfo=ZONE).timestamp()
    ends = quiet_until(("01:00-03:00",), ZONE, begun)
    assert ends is not None
    assert ends.timestamp() - begun == pytest.approx(2.5 * 3600)
    assert quiet_until(("01:00-03:00",), ZONE, begun + 2 * 3600) == ends


@pytest.mark.parametrize("text", ["22-23", "22:00-24:00", "22:00", "8:00-9:00", "10:00-10:00", "22:00-23:00 "])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="quiet hours"):
        UNIT.model_validate({**UNIT.model_dump(), "quiet": [text]})


def client(bench: Bench, waits: list[float], *, now: float = 0.0, unit: Any = None, **extra: Any) -> MServer:
    clock = [0.0]

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock[0] += seconds

    return MServer(
        bench.connection("by_mserver", extra=extra), unit=unit, wait=wait, clock=lambda: clock[0],
        now=lambda: now + clock[0],
    )  # fmt: skip


def test_no_request_begins_in_quiet_hours(bench: Bench) -> None:
    quiet = client(bench, [], now=at("2026-03-10 22:30"), unit=NIGHT)
    for call in (lambda: quiet.post(SMALL), quiet.status, lambda: quiet.send(SMALL, "p", 9e9)):
        with pytest.raises(Retry, match=r"quiet hours.*from 00:30 \(Europe/Bratislava\)") as caught:
            call()
        assert caught.value.after == 2 * 3600
    assert bench.mserver.count == 0
    with client(bench, [], now=at("2026-03-11 00:30"), unit=NIGHT).post(SMALL) as answer:
        assert b"responsePack" in answer.read()


def test_a_wait_that_ends_in_quiet_hours_is_the_last(bench: Bench) -> None:
    bench.faults.add(Fault("mserver", "status", match="xml", status=503, times=9))
    waits: list[float] = []
    with pytest.raises(Retry, match="quiet hours"):
        client(bench, waits, now=at("2026-03-10 21:59:55"), unit=NIGHT).post(SMALL)
    assert (waits, bench.mserver.count) == ([2.0, 4.0], 2)


def test_reads_and_writes_of_a_unit_wait_for_the_morning(bench: Bench) -> None:
    """All day but a moment is quiet, so that the clock of this machine does not matter."""
    unit = bench.unit(quiet=["00:00-12:00", "12:00-00:00"])
    with pytest.raises(Retry, match="quiet hours"):
        everything(bench.side("xml", unit=unit), "clients")
    (answer,) = bench.side("sql", unit=unit, system=SYSTEM).write("clients", Pack("p", [create("a", company="A")]))
    assert answer.state == "retry"
    assert "quiet hours" in answer.reasons[0]
    assert bench.mserver.count == 0
    assert everything(bench.side("sql", unit=unit), "clients") == []


def sent(client: MServer, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Mapping[str, str], bytes]]:
    """Headers and body of each call from now on."""
    calls: list[tuple[Mapping[str, str], bytes]] = []
    request = client._session.request

    def noted(*args: Any, **more: Any) -> Any:
        calls.append((more["headers"], more["data"]))
        return request(*args, **more)

    monkeypatch.setattr(client._session, "request", noted)
    return calls


def test_a_large_request_goes_in_gzip(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for extra, body, packed in (({}, LARGE, True), ({}, SMALL, False), ({"gzip": False}, LARGE, False)):
        mserver = client(bench, [], **extra)
        calls = sent(mserver, monkeypatch)
        with mserver.post(body) as answer:
            assert b'state="ok"' in answer.read()
        ((headers, carried),) = calls
        assert (headers.get("Content-Encoding") == "gzip") is packed
        assert (gzip.decompress(carried) if packed else carried) == body
    assert len(LARGE) > 10_000 > len(SMALL)


@pytest.mark.parametrize("refusal", [400, 415])
@pytest.mark.parametrize("write", [False, True])
def test_a_server_without_gzip_is_asked_without_once_and_for_all(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, refusal: int, *, write: bool
) -> None:
    mserver = client(bench, [])
    calls = sent(mserver, monkeypatch)
    bench.faults.add(Fault("mserver", "status", match="xml", status=refusal))
    for _ in range(2):
        (mserver.send(LARGE, "p", 9e9) if write else mserver.post(LARGE)).close()
    assert ["Content-Encoding" in headers for headers, _ in calls] == [True, False, False]
    assert [body for _, body in calls[1:]] == [LARGE, LARGE]


def test_what_is_wrong_in_any_form_is_told_as_ever(bench: Bench) -> None:
    bench.faults.add(Fault("mserver", "status", match="xml", status=400, times=4))
    with pytest.raises(StopAgenda, match="HTTP 400"):
        client(bench, []).post(LARGE)
    with pytest.raises(RejectRecord, match="HTTP 400"):
        client(bench, []).send(LARGE, "p", 9e9)
    assert bench.mserver.count == 4


def test_a_lost_answer_to_a_packed_write_is_a_doubt_and_not_sent_again(bench: Bench) -> None:
    bench.faults.add(Fault("mserver", "cut_after", match="xml"))
    with pytest.raises(Doubt):
        client(bench, []).send(LARGE, "p", 9e9)
    assert bench.mserver.count == 1


@pytest.mark.parametrize("write", [False, True])
def test_a_server_that_begins_to_serve_is_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, write: bool
) -> None:
    caplog.set_level("INFO")
    waits: list[float] = []
    mserver = client(bench, waits)
    request, port = mserver._session.request, str(bench.mserver.port)

    def starting(method: str, url: str, **more: Any) -> requests.Response:
        return request(method, url if len(waits) > 1 else url.replace(port, "1"), **more)

    monkeypatch.setattr(mserver._session, "request", starting)
    (mserver.send(SMALL, "p", 9e9) if write else mserver.post(SMALL)).close()
    assert waits == [2.0, 4.0]
    assert "mServer is not there; asked again in 4 seconds" in caplog.text


def test_a_server_that_does_not_come_is_given_up(bench: Bench) -> None:
    waits: list[float] = []
    mserver = client(bench, waits)
    bench.mserver.stop()
    with pytest.raises(Retry, match="could not be reached"):
        mserver.post(SMALL)
    assert waits == [2.0, 4.0, 8.0, 16.0]


def test_pauses_grow_to_half_a_minute(bench: Bench) -> None:
    waits: list[float] = []
    bench.faults.add(Fault("mserver", "status", match="xml", status=503, times=99))
    with pytest.raises(Retry, match="busy"):
        client(bench, waits, patience=130).post(SMALL)
    assert waits == [2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("processing", "state", "waiting"),
    [("3", "working", 3), ("0", "working", 0), (None, "working", 1), (None, "Busy", 1), (None, "idle", 0),
     ("x", None, 0)],
)  # fmt: skip
def test_the_queue_is_what_the_server_tells(processing: str | None, state: str | None, waiting: int) -> None:
    told = {"processing": processing, "status": state}
    assert status._waiting({name: text for name, text in told.items() if text is not None}) == waiting
