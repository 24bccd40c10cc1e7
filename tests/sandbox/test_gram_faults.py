"""Every kind of scripted fault at the simulated Gram: what the client sees, and what was stored all the same."""

import http.client
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pohoda_sandbox.faults import KINDS, Fault, Faults
from pohoda_sandbox.gram import Gram, shipped
from tests.waits import NEVER, SHORT, until

BODY = {"Name": "Žltý kôň"}
BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def gram(faults: Faults) -> Iterator[Gram]:
    with Gram(shipped(), faults) as gram:
        yield gram


def post(gram: Gram, timeout: float = 20) -> requests.Response:
    return requests.post(f"{gram.url}/Client", json=BODY, headers={"Token": gram.token}, timeout=timeout)


def stored(gram: Gram) -> int:
    return len(gram.records("Client"))


@pytest.mark.parametrize(("kind", "kept"), [("refuse", 0), ("cut_before", 0), ("cut_after", 1), ("truncate", 1)])
def test_a_broken_connection(gram: Gram, faults: Faults, kind: str, kept: int) -> None:
    faults.add(Fault("gram", kind, method="POST"))
    with pytest.raises(BROKEN):
        post(gram)
    assert stored(gram) == kept
    assert post(gram).ok
    assert (stored(gram), gram.count("POST", "Client")) == (kept + 1, 2)


def test_refuse_does_not_read_a_large_body(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "refuse"))
    with pytest.raises(BROKEN):
        requests.post(f"{gram.url}/Client", data=b"x" * 30_000_000, headers={"Token": gram.token}, timeout=20)


def test_truncate_sends_half_of_what_it_declares(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "truncate"))
    connection = http.client.HTTPConnection("127.0.0.1", gram.port, timeout=20)
    connection.request("GET", "/demo/api/v1/Ping", headers={"Token": gram.token})
    answer = connection.getresponse()
    declared = int(answer.headers["Content-Length"])
    with pytest.raises(http.client.IncompleteRead) as broken:
        answer.read()
    connection.close()
    assert (answer.status, len(broken.value.partial)) == (200, declared // 2)


def test_delay_waits_and_then_works(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "delay", seconds=0.3))
    begun = time.monotonic()
    assert post(gram).ok
    assert time.monotonic() - begun >= 0.3


def test_a_client_that_gives_up_on_a_delay_finds_its_write_stored(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "delay", seconds=NEVER))
    with pytest.raises(requests.Timeout):
        post(gram, timeout=SHORT)
    gram.stop()
    gram.start()
    until(lambda: stored(gram) == 1)


def test_a_delay_holds_up_its_own_request_only(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "delay", seconds=NEVER, method="POST"))
    with pytest.raises(requests.Timeout):
        post(gram, timeout=SHORT)
    assert requests.get(f"{gram.url}/Ping", headers={"Token": gram.token}, timeout=20).ok


def test_garbage_is_200_without_json_after_storing(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "garbage"))
    answer = post(gram)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()
    assert stored(gram) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failing_server_answers_html(gram: Gram, faults: Faults, status: int) -> None:
    faults.add(Fault("gram", "status", status=status))
    answer = post(gram)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert stored(gram) == 0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 429, 200])
def test_other_statuses_carry_the_envelope_with_result_false(gram: Gram, faults: Faults, status: int) -> None:
    faults.add(Fault("gram", "status", status=status, retry_after="7" if status == 429 else ""))
    answer = post(gram)
    assert (answer.status_code, answer.json()["Result"]) == (status, False)
    assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)
    assert stored(gram) == 0


@pytest.mark.parametrize("status", [200, 500, 503, 429])
def test_status_after_stores_first(gram: Gram, faults: Faults, status: int) -> None:
    faults.add(Fault("gram", "status_after", status=status))
    assert post(gram).status_code == status
    assert stored(gram) == 1


def test_wrong_encoding_declares_utf8_and_is_not(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "wrong_encoding", times=2))
    answer = post(gram)
    assert "utf-8" in answer.headers["Content-Type"]
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode("utf-8")
    assert "Žltý kôň" in answer.content.decode("cp1250")
    ping = requests.get(f"{gram.url}/Ping", headers={"Token": gram.token}, timeout=20)
    with pytest.raises(UnicodeDecodeError):
        ping.content.decode("utf-8")


def test_drift_takes_a_field_away_everywhere(gram: Gram, faults: Faults) -> None:
    post(gram)
    faults.add(Fault("gram", "drift", name="City", times=4))
    headers = {"Token": gram.token}
    listed = requests.get(f"{gram.url}/Client", headers=headers, timeout=20).json()["Records"]
    assert "City" not in listed[0] and "Name" in listed[0]
    described = requests.get(f"{gram.url}/Entity/Client/Field", headers=headers, timeout=20).json()["Records"]
    assert "City" not in {field["Name"] for field in described}
    refused = requests.post(f"{gram.url}/Client", json={"Name": "B", "City": "Nitra"}, headers=headers, timeout=20)
    assert (refused.status_code, refused.json()["Errors"][0]["Field"]) == (400, "City")
    assert requests.get(f"{gram.url}/Client?Filter=City:eq:x", headers=headers, timeout=20).status_code == 400
    assert "City" in requests.get(f"{gram.url}/Client", headers=headers, timeout=20).json()["Records"][0]


def test_scripts_choose_by_path_and_query_and_count_skips(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "status", match=r"/Client\?.*Page=2", skip=1))
    headers = {"Token": gram.token}
    targets = ["/Client?Page=1", "/Client?Page=2", "/Client", "/Client?PageSize=5&Page=2", "/Client?Page=2"]
    assert [requests.get(gram.url + t, headers=headers, timeout=20).status_code for t in targets] == [
        200, 200, 200, 503, 200,
    ]  # fmt: skip


def test_answers_lost_at_every_second_write_are_all_stored(gram: Gram, faults: Faults) -> None:
    faults.add(Fault("gram", "cut_after", method="POST", every=2, times=100))
    lost = 0
    for _ in range(10):
        try:
            post(gram)
        except BROKEN:
            lost += 1
    assert (lost, stored(gram), gram.writes()) == (5, 10, 10)


def test_a_stopped_service_refuses_and_comes_back_on_its_port(gram: Gram) -> None:
    post(gram)
    port = gram.port
    gram.stop()
    with pytest.raises(requests.ConnectionError):
        post(gram)
    gram.start()
    assert (gram.port, post(gram).status_code, stored(gram)) == (port, 200, 2)


def test_every_kind_is_carried_out() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    assert {kind for kind in KINDS if f'"{kind}"' not in source} == set()
