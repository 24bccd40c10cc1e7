"""The mServer as an HTTP client meets it: who may in, which paths, packed bodies, the queue, scripted faults."""

import base64
import gzip
import socket
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
import requests
from lxml import etree

from pohoda_sandbox.faults import Fault, Faults
from pohoda_sandbox.pohoda import MServer, Pohoda, User
from tests.waits import until

PACK = """<?xml version="1.0" encoding="Windows-1250"?>
<dat:dataPack xmlns:dat="http://www.stormware.cz/schema/version_2/data.xsd"
 xmlns:lCen="http://www.stormware.cz/schema/version_2/list_centre.xsd"
 version="2.0" id="p" ico="12345678" application="Tešt" note="žluťoučký">
 <!-- stredisko --><dat:dataPackItem version="2.0" id="i"><lCen:listCentreRequest version="2.0" centreVersion="2.0">
 <lCen:requestCentre/></lCen:listCentreRequest></dat:dataPackItem></dat:dataPack>""".encode("cp1250")
USERS = {"xml": "tajné", "shut": User("x", unit=False), "no-xml": User("x", xml=False)}


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def mserver(tmp_path: Path, faults: Faults) -> Iterator[MServer]:
    pohoda = Pohoda.create(tmp_path / "unit.db", company="Kôň & syn, s.r.o.")
    pohoda.insert("sSTR", IDS="KE", SText="Košice Ťahanovce")
    with MServer(pohoda, faults, users=USERS, name="výroba") as server:
        yield server


def login(user: str = "xml", password: str = "tajné") -> dict[str, str]:
    return {"STW-Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def post(mserver: MServer, body: bytes = PACK, path: str = "/xml", **headers: str) -> requests.Response:
    return requests.post(mserver.url + path, data=body, headers={**login(), **headers}, timeout=20)


def states(response: requests.Response) -> list[str | None]:
    root = etree.fromstring(response.content)
    return [element.get("state") for element in root.iter() if element.get("state")]


def test_answers_are_declared_windows_1250(mserver: MServer) -> None:
    response = post(mserver)
    assert response.headers["Content-Type"] == "text/xml"
    assert response.content.startswith(b'<?xml version="1.0" encoding="Windows-1250"?>')
    assert "Košice Ťahanovce" in response.content.decode("cp1250")
    assert states(response) == ["ok", "ok", "ok"]


def test_utf8_requests_are_read_when_declared(mserver: MServer) -> None:
    body = PACK.decode("cp1250").replace("Windows-1250", "UTF-8").encode()
    assert etree.fromstring(post(mserver, body).content).get("note") == "žluťoučký"


@pytest.mark.parametrize("path", ["/xml", "/XML", "/Xml/"])
def test_the_path_may_be_in_any_case(mserver: MServer, path: str) -> None:
    assert post(mserver, path=path).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": login()["STW-Authorization"]},
        login(password="iné"),
        login(user="nikto"),
        {"STW-Authorization": "Basic !!!"},
        {"STW-Authorization": "Bearer x"},
    ],
)
def test_only_stw_authorization_lets_in(mserver: MServer, header: dict[str, str]) -> None:
    assert requests.post(mserver.url + "/xml", data=PACK, headers=header, timeout=20).status_code == 401
    assert requests.get(mserver.url + "/status?companyDetail", headers=header, timeout=20).status_code == 401


def test_rights_to_the_unit_and_to_xml_are_two_things(mserver: MServer) -> None:
    assert requests.post(mserver.url + "/xml", data=PACK, headers=login("shut", "x"), timeout=20).status_code == 403
    refused = requests.post(mserver.url + "/xml", data=PACK, headers=login("no-xml", "x"), timeout=20)
    root = etree.fromstring(refused.content)
    assert refused.status_code == 200
    assert dict(root.attrib)["note"] == "Uživatel není oprávněn importovat XML soubory."
    assert (root.get("state"), root.get("id"), len(root)) == ("error", "", 0)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/xml", 405),
        ("PUT", "/xml", 405),
        ("DELETE", "/status", 405),
        ("GET", "/", 404),
        ("POST", "/xmlx", 404),
        ("GET", "/documents/nic.pdf", 404),
    ],
)
def test_wrong_methods_and_paths(mserver: MServer, method: str, path: str, status: int) -> None:
    assert requests.request(method, mserver.url + path, headers=login(), timeout=20).status_code == status


def test_status_needs_no_login_and_its_detail_names_the_unit(mserver: MServer) -> None:
    plain = etree.fromstring(requests.get(mserver.url + "/status", timeout=20).content)
    assert {part.tag: part.text for part in plain} == {
        "message": "Response from POHODA mServer",
        "name": "výroba",
        "server": mserver.url,
        "status": "idle",
        "processing": "0",
    }
    asked = requests.post(mserver.url + "/status?companyDetail", headers=login(), timeout=20)
    detail = etree.fromstring(asked.content)[-1]
    assert {part.tag: part.text for part in detail} == {
        "company": "Kôň & syn, s.r.o.",
        "databaseName": "StwPh_12345678_2026",
        "year": "2026",
    }


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body, wbits=-zlib.MAX_WBITS)),
    ],
)
def test_requests_may_come_packed(mserver: MServer, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    assert states(post(mserver, pack(PACK), **{"Content-Encoding": encoding})) == ["ok", "ok", "ok"]


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_answers_are_packed_when_the_client_accepts_it(mserver: MServer, encoding: str) -> None:
    response = post(mserver, **{"Accept-Encoding": encoding})
    assert response.headers["Content-Encoding"] == encoding
    assert int(response.headers["Content-Length"]) < len(response.content)
    assert states(response) == ["ok", "ok", "ok"]
    assert "Content-Encoding" not in post(mserver, **{"Accept-Encoding": "identity"}).headers
    assert "Content-Encoding" not in post(mserver, **{"Accept-Encoding": f"{encoding};q=0"}).headers


@pytest.mark.parametrize(
    ("body", "headers"), [(b"", {}), (b"not gzip", {"Content-Encoding": "gzip"}), (PACK, {"Content-Encoding": "br"})]
)
def test_malformed_requests_are_400(mserver: MServer, body: bytes, headers: dict[str, str]) -> None:
    assert post(mserver, body, **headers).status_code == 400


def test_a_connection_serves_many_requests(mserver: MServer) -> None:
    connection = HTTPConnection("127.0.0.1", mserver.port, timeout=20)
    sockets = set()
    for _ in range(3):
        connection.request("POST", "/xml", PACK, login())
        assert connection.getresponse().read()
        sockets.add(connection.sock)
    connection.close()
    assert len(sockets) == 1
    assert mserver.requests == [("POST", "/xml", 200)] * 3
    assert mserver.count == 3


def test_requests_wait_in_a_queue_and_status_counts_them(mserver: MServer) -> None:
    with ThreadPoolExecutor(3) as threads:
        with mserver._queue.turn():
            running = [threads.submit(post, mserver) for _ in range(3)]
            until(lambda: mserver.processing == 4)
            seen = etree.fromstring(requests.get(mserver.url + "/status", timeout=20).content)
            assert (seen.findtext("status"), seen.findtext("processing")) == ("working", "4")
            assert not any(request.done() for request in running)
        assert [request.result().status_code for request in running] == [200] * 3
    assert mserver.processing == 0


@pytest.mark.parametrize("kind", ["refuse", "cut_before", "cut_after", "truncate"])
def test_a_cut_connection_is_an_error_for_the_client_once(mserver: MServer, faults: Faults, kind: str) -> None:
    faults.add(Fault("mserver", kind, match="^/xml listCentreRequest$"))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        post(mserver)
    assert post(mserver).status_code == 200


@pytest.mark.parametrize(("kind", "status"), [("status", 408), ("status", 503), ("status_after", 500)])
def test_scripted_status_codes(mserver: MServer, faults: Faults, kind: str, status: int) -> None:
    faults.add(Fault("mserver", kind, status=status, retry_after="7"))
    response = post(mserver)
    assert response.status_code == status
    assert response.headers.get("Retry-After") == ("7" if kind == "status" else None)
    assert mserver.requests == [("POST", "/xml", status)]


def test_garbage_and_a_wrong_encoding_are_no_good_xml(mserver: MServer, faults: Faults) -> None:
    faults.add(Fault("mserver", "garbage"))
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(post(mserver).content)
    faults.add(Fault("mserver", "wrong_encoding"))
    assert "Košice" in post(mserver).content.decode("utf-8")


def test_faults_find_their_request_by_its_first_element(mserver: MServer, faults: Faults) -> None:
    faults.add(Fault("mserver", "status", match="listInvoiceRequest"))
    assert post(mserver).status_code == 200
    assert requests.get(mserver.url + "/status", timeout=20).status_code == 200


def test_stop_frees_the_port_at_once_with_a_client_connected(mserver: MServer) -> None:
    with requests.Session() as session:
        session.get(mserver.url + "/status", timeout=20)
        port = mserver.port
        mserver.stop()
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", port))
        with pytest.raises(requests.ConnectionError):
            session.get(f"http://127.0.0.1:{port}/status", timeout=20)
    mserver.start()
    assert mserver.port == port
    assert requests.get(mserver.url + "/status", timeout=20).status_code == 200


def test_a_taken_port_is_an_error(mserver: MServer, faults: Faults) -> None:
    with pytest.raises(OSError, match="in use"):
        MServer(mserver.pohoda, faults, port=mserver.port, users={}).start()
