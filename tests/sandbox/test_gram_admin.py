"""The simulated Gram from outside and over a restart: its admin path, its counters, its file and its port."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped

CANARY = "canary-4711"


@pytest.fixture
def gram() -> Iterator[Gram]:
    with Gram(shipped(), Faults(), password=CANARY) as gram:
        yield gram


def admin(gram: Gram, method: str, path: str, body: Any = None) -> Any:
    headers = {"Admin-Token": gram.admin_token}
    answer = requests.request(method, gram.admin_url + path, json=body, headers=headers, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(gram: Gram, **body: Any) -> requests.Response:
    return requests.post(f"{gram.url}/Client", json=body, headers={"Token": gram.token}, timeout=20)


@pytest.mark.parametrize("headers", [{}, {"Admin-Token": "wrong"}, {"Token": "service"}])
def test_the_admin_path_wants_its_own_token(gram: Gram, headers: dict[str, str]) -> None:
    given = {name: gram.token if value == "service" else value for name, value in headers.items()}
    for path in ("/requests", "/records/Client", "/nothing"):
        assert requests.get(gram.admin_url + path, headers=given, timeout=20).status_code == 401
    assert requests.get(f"{gram.url}/Ping", headers={"Token": gram.admin_token}, timeout=20).status_code == 401


def test_faults_from_outside_strike_and_are_cleared_but_never_touch_the_admin_path(gram: Gram) -> None:
    admin(gram, "POST", "/faults", {"kind": "status", "status": 503, "times": 99})
    assert post(gram, Name="A").status_code == 503
    admin(gram, "DELETE", "/faults")
    assert post(gram, Name="A").status_code == 200


@pytest.mark.parametrize("fault", [{"kind": "explode"}, {"kinds": "delay"}, {"kind": "delay", "match": "("}])
def test_a_fault_that_is_none_is_refused(gram: Gram, fault: dict[str, str]) -> None:
    headers = {"Admin-Token": gram.admin_token}
    answer = requests.post(f"{gram.admin_url}/faults", json=fault, headers=headers, timeout=20)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_unknown_admin_paths_and_records_are_404(gram: Gram) -> None:
    headers = {"Admin-Token": gram.admin_token}
    for path in ("/nothing", "/records/Nothing", "/workflows/Client/nobody"):
        assert requests.get(gram.admin_url + path, headers=headers, timeout=20).status_code == 404


def test_a_person_makes_changes_and_deletes_from_outside(gram: Gram) -> None:
    identity = admin(gram, "POST", "/records/Client", {"Name": "A"})["Id"]
    assert admin(gram, "PUT", f"/records/Client/{identity}", {"City": "Nitra"})["City"] == "Nitra"
    assert [record["City"] for record in admin(gram, "GET", "/records/Client")] == ["Nitra"]
    assert admin(gram, "GET", f"/workflows/Client/{identity}") == {"runs": 1}
    admin(gram, "DELETE", f"/records/Client/{identity}")
    assert admin(gram, "GET", "/records/Client") == []
    assert gram.count() == 0


def test_the_log_has_every_request_with_its_answer_and_no_secret(gram: Gram) -> None:
    post(gram, Name="Žltý")
    post(gram)
    requests.get(f"{gram.url}/Client?Page=1", headers={"Token": gram.token}, timeout=20)
    login = {"UserName": "anna", "Password": CANARY}
    requests.post(f"{gram.url}/Login", json=login, timeout=20)
    log = admin(gram, "GET", "/requests")
    assert [(entry["method"], entry["operation"], entry["entity"], entry["status"]) for entry in log] == [
        ("POST", "create", "Client", 200),
        ("POST", "create", "Client", 400),
        ("GET", "list", "Client", 200),
        ("POST", "login", "", 200),
    ]
    assert json.loads(log[0]["body"]) == {"Name": "Žltý"}
    assert log[2]["path"].endswith("/Client?Page=1")
    assert CANARY not in json.dumps(log) and gram.token not in json.dumps(log)
    assert len(admin(gram, "GET", "/requests?method=POST&entity=Client")) == 2


def test_no_secret_shows_in_a_repr(gram: Gram) -> None:
    shown = repr(gram) + repr(gram.service) + repr(gram.service.tokens)
    assert gram.token not in shown and CANARY not in shown and gram.admin_token not in shown


def test_counters_by_method_and_entity(gram: Gram) -> None:
    identity = post(gram, Name="A").json()["Record"]["Id"]
    headers = {"Token": gram.token}
    requests.put(f"{gram.url}/Client/{identity}", json={"City": "X"}, headers=headers, timeout=20)
    requests.get(f"{gram.url}/Client/{identity}", headers=headers, timeout=20)
    requests.get(f"{gram.url}/Ping", headers=headers, timeout=20)
    requests.post(f"{gram.url}/Login", json={}, timeout=20)
    assert (gram.count(), gram.writes()) == (5, 2)
    assert (gram.count("POST"), gram.count(entity="Client"), gram.count("GET", "Client")) == (2, 3, 1)
    assert admin(gram, "GET", "/counters") == {
        "requests": 5, "writes": 2, "by": {"POST Client": 1, "PUT Client": 1, "GET Client": 1, "GET": 1, "POST": 1},
    }  # fmt: skip
    admin(gram, "DELETE", "/requests")
    assert (gram.count(), gram.writes(), admin(gram, "GET", "/requests")) == (0, 0, [])


def test_the_clock_is_set_and_moved_from_outside(gram: Gram) -> None:
    assert admin(gram, "POST", "/clock", {"now": "2026-10-25 01:59:58"})["now"].startswith("2026-10-25 01:59:5")
    assert admin(gram, "POST", "/clock", {"advance": 3600})["now"].startswith("2026-10-25 02:59:5")
    assert admin(gram, "POST", "/clock", {"advance": 3600})["now"].startswith("2026-10-25 02:59:5")
    answer = post(gram, Name="A")
    assert answer.json()["Record"]["Modified"].startswith("2026-10-25 0")
    assert answer.headers["Date"].startswith("Sun, 25 Oct 2026 01:")


def test_switches_from_outside(gram: Gram) -> None:
    assert admin(gram, "POST", "/switches", {"level": "L0", "rate_per_minute": 7})["level"] == "L0"
    assert (gram.switches.level, gram.switches.rate_per_minute) == ("L0", 7)
    headers = {"Admin-Token": gram.admin_token}
    wrong = requests.post(f"{gram.admin_url}/switches", json={"level": "L7"}, headers=headers, timeout=20)
    assert wrong.status_code == 400


def test_a_file_keeps_records_marks_workflows_bin_and_custom_fields(tmp_path: Path) -> None:
    file = tmp_path / "gram.db"
    body = {"Name": "A", "ExternalSource": "POHODA:1:2026", "ExternalId": "1", "cRegion": "ZAPAD"}
    with Gram(shipped(), Faults(), data=file, token="t" * 32, level="L3") as gram:
        headers = {"Token": gram.token}
        field = {"Name": "cRegion", "Kind": "text"}
        requests.post(f"{gram.url}/Entity/Client/Field", json=field, headers=headers, timeout=20)
        kept = post(gram, **body).json()["Record"]
        lost = post(gram, Name="B").json()["Record"]
        gram.delete("Client", lost["Id"])
        users = gram.records("User")
    with Gram(shipped(), Faults(), data=file, token="t" * 32, level="L3") as again:
        assert again.records("User") == users
        assert again.records("Client") == [kept]
        assert again.workflow_runs("Client", kept["Id"]) == 1
        answer = requests.post(f"{again.url}/Client/Upsert", json=body, headers=headers, timeout=20).json()
        assert (answer["Action"], answer["Record"]["Id"]) == ("Unchanged", kept["Id"])
        gone = requests.get(f"{again.url}/Client/Deleted?Since=2000-01-01 00:00:00", headers=headers, timeout=20)
        assert [record["Id"] for record in gone.json()["Records"]] == [lost["Id"]]


def test_memory_keeps_nothing() -> None:
    with Gram(shipped(), Faults()) as gram:
        post(gram, Name="A")
    with Gram(shipped(), Faults()) as gram:
        assert gram.records("Client") == []


def test_stop_frees_the_port_at_once_even_under_open_connections(gram: Gram) -> None:
    with requests.Session() as session:
        session.get(f"{gram.url}/Ping", headers={"Token": gram.token}, timeout=20)
        port = gram.port
        gram.stop()
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", port))
            other.listen()
        with pytest.raises(requests.ConnectionError):
            session.get(f"{gram.url}/Ping", headers={"Token": gram.token}, timeout=20)


def test_a_taken_port_raises(gram: Gram) -> None:
    with pytest.raises(OSError, match="in use"):
        Gram(shipped(), Faults(), port=gram.port).start()


def test_only_loopback_is_listened_on(gram: Gram) -> None:
    assert gram.url.startswith("http://127.0.0.1:")
    with socket.socket() as elsewhere, pytest.raises(ConnectionRefusedError):
        elsewhere.settimeout(20)
        elsewhere.connect(("127.0.0.2", gram.port))


def test_a_connection_is_kept_alive_and_answers_are_not_held_back(gram: Gram) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", gram.port, timeout=20)
    connection.connect()
    first = connection.sock.getsockname()
    took = []
    for _ in range(100):
        begun = time.monotonic()
        connection.request("POST", "/demo/api/v1/Client", '{"Name": "A"}', {"Token": gram.token})
        assert connection.getresponse().read()
        assert connection.sock.getsockname() == first
        took.append(time.monotonic() - begun)
    connection.close()
    assert sorted(took)[30] < 0.035  # an answer sent in two pieces waits 40 ms


def test_many_clients_at_once_make_one_record_of_each_mark(gram: Gram) -> None:
    start = threading.Barrier(8)

    def upsert_all(_: int) -> list[str]:
        with requests.Session() as session:
            session.headers["Token"] = gram.token
            start.wait()
            bodies = [{"Name": "A", "ExternalSource": "POHODA:1:2026", "ExternalId": str(i)} for i in range(40)]
            answers = [session.post(f"{gram.url}/Client/Upsert", json=body, timeout=20) for body in bodies]
        return [answer.json()["Action"] for answer in answers]

    with ThreadPoolExecutor(8) as pool:
        actions = [action for actions in pool.map(upsert_all, range(8)) for action in actions]
    assert (actions.count("Created"), actions.count("Unchanged")) == (40, 280)
    assert len(gram.records("Client")) == 40
