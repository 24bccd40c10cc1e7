"""The client of mServer: what it sends, and what every way of failing means."""

import base64
import gzip
from io import BytesIO
from typing import Any

import pytest
from lxml import etree

from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.pohoda.xml import guard
from pohoda_bridge.pohoda.xml.kinds import kind_of
from pohoda_bridge.pohoda.xml.mserver import MServer
from pohoda_bridge.pohoda.xml.requests import Ask, Filter, pack
from pohoda_bridge.side import Mark
from pohoda_sandbox.faults import Fault
from pohoda_sandbox.pohoda import User
from tests.waits import NEVER, SHORT

from .conftest import Bench, everything

KIND = kind_of("addressbook")


def _status(status: int, **more: Any) -> Fault:
    return Fault("mserver", "status", match="xml", status=status, **more)


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (_status(400), StopAgenda, "HTTP 400"),
        (_status(401), StopAgenda, "login and password"),
        (_status(403), StopAgenda, "may not open this accounting unit"),
        (_status(404), StopAgenda, "no mServer at this address"),
        (_status(405), StopAgenda, "no mServer at this address"),
        (_status(302), StopAgenda, "redirect"),
        (_status(418), StopAgenda, "HTTP 418"),
        (_status(408), Retry, "HTTP 408"),
        (_status(429), Retry, "HTTP 429"),
        (_status(500), Retry, "HTTP 500"),
        (_status(502), Retry, "HTTP 502"),
        (_status(503), Retry, "busy"),
        (_status(504), Retry, "HTTP 504"),
        (Fault("mserver", "refuse", match="xml"), Retry, "cut"),
        (Fault("mserver", "cut_before", match="xml"), Retry, "cut"),
        (Fault("mserver", "cut_after", match="xml"), Retry, "cut"),
        (Fault("mserver", "truncate", match="xml"), Retry, "cut"),
        (Fault("mserver", "garbage", match="xml"), Retry, "does not begin as an XML document"),
        (Fault("mserver", "wrong_encoding", match="xml"), Retry, "bytes are UTF-8"),
        (Fault("mserver", "delay", match="xml", seconds=NEVER), Retry, "in time"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else None,
)
def test_every_failure_has_its_error(bench: Bench, fault: Fault, kind: type[Exception], words: str) -> None:
    bench.pohoda.insert("AD", Firma="Tajná žiarovka")
    side = bench.side("xml", extra={"patience": 0, "read_timeout": 20})
    side.describe("clients")
    before = bench.mserver.count
    if fault.kind == "delay":
        side._years.reader()._server._timeouts = (10.0, SHORT)  # type: ignore[attr-defined]
    bench.faults.add(fault)
    with pytest.raises(kind, match=words) as caught:
        everything(side, "clients")
    assert bench.mserver.count <= before + 1
    assert not any(word in f"{caught.value} {caught.value.log}" for word in ("Tajná", "secret-xml"))  # type: ignore[attr-defined]


def test_a_server_that_is_not_there_is_tried_again(bench: Bench) -> None:
    with pytest.raises(Retry, match="could not be reached"):
        bench.side("xml", port=1, extra={"patience": 0}).ids("clients")


def test_a_wrong_password_stops(bench: Bench) -> None:
    with pytest.raises(StopAgenda, match="login and password"):
        bench.side("xml", password="wrong").ids("clients")


def test_a_user_without_the_right_to_xml_stops(bench: Bench) -> None:
    bench.mserver._users["bridge"] = User("secret-xml", xml=False)
    with pytest.raises(StopAgenda, match="may not use XML"):
        bench.side("xml").ids("clients")


def _client(bench: Bench, waits: list[float], **extra: Any) -> MServer:
    now = [0.0]

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    return MServer(bench.connection("by_mserver", extra=extra), wait=wait, clock=lambda: now[0])


def test_a_busy_server_is_asked_again_within_the_budget(bench: Bench) -> None:
    waits: list[float] = []
    bench.faults.add(_status(503, times=2))
    body = pack(KIND, [Ask("1")], id="p", ico="12345678")
    with _client(bench, waits).post(body) as answer:
        assert b"responsePack" in answer.read()
    assert waits == [2.0, 4.0]


def test_a_server_that_stays_busy_ends_the_patience(bench: Bench) -> None:
    waits: list[float] = []
    bench.faults.add(_status(503, times=99))
    with pytest.raises(Retry, match="busy"):
        _client(bench, waits, patience=20).post(b"<x/>")
    assert waits == [2.0, 4.0, 8.0]


def test_the_wait_that_the_server_asks_for_is_obeyed(bench: Bench) -> None:
    waits: list[float] = []
    bench.faults.add(_status(503, retry_after="7"))
    bench.faults.add(_status(503, retry_after="300"))
    with pytest.raises(Retry) as caught:
        _client(bench, waits).post(b"<x/>")
    assert waits == [7.0]
    assert caught.value.after == 300


def test_an_answer_over_the_limit_is_not_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_BYTES", 50)
    with pytest.raises(StopAgenda, match="limit of 50 bytes"):
        _client(bench, []).post(pack(KIND, [Ask("1")], id="p", ico="12345678"))


def test_a_compressed_bomb_counts_by_what_it_becomes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import requests

    monkeypatch.setattr(guard, "MAX_BYTES", 1_000_000)
    client = _client(bench, [])
    response = requests.Response()
    response.status_code = 200
    response.headers["Content-Encoding"] = "gzip"
    from urllib3 import HTTPResponse

    bomb = BytesIO(gzip.compress(b"x" * 50_000_000))
    response.raw = HTTPResponse(bomb, headers={"content-encoding": "gzip"}, preload_content=False)
    monkeypatch.setattr(client._session, "request", lambda *_, **__: response)
    with pytest.raises(StopAgenda, match="limit"):
        client.post(b"<x/>")


def test_an_answer_that_drips_ends_at_the_deadline(bench: Bench) -> None:
    ticks = iter(range(0, 10_000, 400))
    client = MServer(bench.connection("by_mserver"), clock=lambda: float(next(ticks)))
    bench.pohoda.insert("AD", Firma="x")
    import requests

    response = requests.Response()
    response.status_code = 200
    response.raw = BytesIO(b"x" * 300_000)
    client._session.request = lambda *_, **__: response  # type: ignore[assignment, method-assign]
    with pytest.raises(Retry, match="did not end in 900 seconds"):
        client.post(b"<x/>")


def test_nothing_but_a_200_is_read_as_xml(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MServer, "_keep", lambda *_: pytest.fail("the body of an error was read"))
    for status in (401, 500):
        bench.faults.add(_status(status))
        with pytest.raises((Retry, StopAgenda)):
            _client(bench, [], patience=0).post(b"<x/>")


def test_the_request_as_sent() -> None:
    asks = [
        Ask("a", [Filter("lastChanges", "2026-01-01T00:00:00")], 501, 500),
        Ask("b", [Filter("extId", Mark("Gram", "ž&1"))]),
    ]
    body = pack(KIND, asks, id="export-1", ico="12345678", system="Gram")
    assert body == pack(KIND, asks, id="export-1", ico="12345678", system="Gram")
    assert body.startswith(b'<?xml version="1.0" encoding="Windows-1250"?>\n<dat:dataPack ')
    assert "ž&amp;1".encode("cp1250") in body
    root = etree.fromstring(body)
    assert dict(root.attrib) == {
        "version": "2.0", "id": "export-1", "ico": "12345678", "application": "POHODA Bridge", "note": ""
    }  # fmt: skip
    assert [element.text for element in root.iter() if element.text] == [
        "501",
        "500",
        "2026-01-01T00:00:00",
        "ž&1",
        "Gram",
    ]
    assert [etree.QName(element).localname for element in root[0].iter()] == [
        "dataPackItem", "listAddressBookRequest", "limit", "idFrom", "count", "requestAddressBook", "filter",
        "lastChanges",
    ]  # fmt: skip


def test_the_headers_as_sent(bench: Bench) -> None:
    headers = _client(bench, [])._session.headers
    assert headers["STW-Authorization"] == "Basic " + base64.b64encode(b"bridge:secret-xml").decode()
    assert "Authorization" not in headers
    assert "gzip" in str(headers["Accept-Encoding"])


def test_every_call_has_time_outs_and_follows_no_redirect(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    client = _client(bench, [])
    given: list[dict[str, Any]] = []
    full = client._session.request

    def request(*args: Any, **more: Any) -> Any:
        given.append(more)
        return full(*args, **more)

    monkeypatch.setattr(client._session, "request", request)
    client.status().close()
    client.post(pack(KIND, [Ask("1")], id="p", ico="12345678")).close()
    assert [(more["timeout"], more["allow_redirects"]) for more in given] == [((10.0, 300.0), False)] * 2


def test_surroundings_of_the_machine_do_not_matter(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert bench.side("xml").ids("clients") == frozenset()
