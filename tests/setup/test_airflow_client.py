"""The REST client against a server that answers as Airflow does, and counts what it was asked."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pohoda_demo.airflow import Airflow
from pohoda_demo.errors import DemoError


class Pretended(BaseHTTPRequestHandler):
    log: list[tuple[str, str, Any]]
    runs: list[dict[str, str]]
    tokens: list[str]

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.log.append((self.command, self.path, body))
        status, data = self._reply(body)
        text = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = _answer

    def _reply(self, body: Any) -> tuple[int, Any]:
        if self.path == "/auth/token":
            right = body == {"username": "admin", "password": "right"}
            return (201, {"access_token": self.tokens[0]}) if right else (401, {"detail": "Invalid credentials"})
        if self.path == "/api/v2/monitor/health":
            return 200, {"metadatabase": {"status": "healthy"}, "scheduler": {"status": None}}
        if self.headers.get("Authorization") != f"Bearer {self.tokens[0]}":
            return 401, {"detail": "Not authenticated"}
        if self.path.startswith("/api/v2/dags?"):
            return 200, {"dags": [{"dag_id": "a"}, {"dag_id": "b"}]}
        if self.path == "/api/v2/dags/~/dagRuns/list":
            own = [run for run in self.runs if run["dag_id"] in body["dag_ids"]]
            begin = body["page_offset"]
            return 200, {"dag_runs": own[begin : begin + body["page_limit"]], "total_entries": len(own)}
        if self.path == "/api/v2/pools":
            return 409, {"detail": "exists"}
        return 404, {"detail": "no such dag"}

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, type[Pretended]]]:
    handler = type("Handler", (Pretended,), {"log": [], "runs": [], "tokens": ["one"]})
    http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=http.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}", handler
    http.shutdown()
    http.server_close()


def test_it_logs_in_when_asked_to_and_again_when_the_token_ran_out(server: tuple[str, type[Pretended]]) -> None:
    url, airflow = server
    client = Airflow(url, "admin", "right")
    assert client.dag_ids() == {"a", "b"}
    assert client.dag_ids() == {"a", "b"}
    assert [path for _, path, _ in airflow.log].count("/auth/token") == 1
    airflow.tokens[0] = "two"
    assert client.dag_ids() == {"a", "b"}
    assert [path for _, path, _ in airflow.log].count("/auth/token") == 2


def test_a_wrong_password_is_an_error_not_a_loop(server: tuple[str, type[Pretended]]) -> None:
    url, airflow = server
    with pytest.raises(DemoError, match=r"login: 401 .*Invalid credentials"):
        Airflow(url, "admin", "wrong").dag_ids()
    assert len(airflow.log) == 2


def test_all_pages_of_runs_are_read(server: tuple[str, type[Pretended]]) -> None:
    url, airflow = server
    airflow.runs += [{"dag_id": "a", "dag_run_id": f"r{number}", "state": "success"} for number in range(250)]
    airflow.runs += [{"dag_id": "other", "dag_run_id": "r", "state": "failed"}]
    found = Airflow(url, "admin", "right").states(["a"])
    assert len(found) == 250
    assert set(found.values()) == {"success"}
    assert Airflow(url, "admin", "right").states(["none"]) == {}


def test_a_run_is_triggered_without_a_date(server: tuple[str, type[Pretended]]) -> None:
    url, airflow = server
    with pytest.raises(DemoError, match=r"POST /dags/x/dagRuns: 404 .*no such dag"):
        Airflow(url, "admin", "right").trigger("x", "demo_round_1")
    body = {"dag_run_id": "demo_round_1", "logical_date": None, "conf": {}}
    assert airflow.log[-1] == ("POST", "/api/v2/dags/x/dagRuns", body)


def test_a_pool_that_is_there_stays(server: tuple[str, type[Pretended]]) -> None:
    url, airflow = server
    Airflow(url, "admin", "right").set_pool("unit", 1, "one writer")
    assert airflow.log[-1][2] == {"name": "unit", "slots": 1, "description": "one writer", "include_deferred": False}


def test_ailing_parts_are_named_also_while_nothing_answers(server: tuple[str, type[Pretended]]) -> None:
    url, _ = server
    assert Airflow(url, "admin", "right").ailing() == ["scheduler", "triggerer", "dag_processor"]
    assert len(Airflow("http://127.0.0.1:9", "admin", "right").ailing()) == 4
