"""Airflow's REST API, as far as the demo needs it. Loopback only; the token is renewed when it ran out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import requests

from pohoda_demo.errors import DemoError

TIMEOUT = 30.0
TERMINAL = frozenset({"success", "failed"})
PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


@dataclass
class Airflow:
    """One Airflow at `url`. Every answer that is no success is a `DemoError` with Airflow's own words."""

    url: str
    user: str
    password: str
    _session: requests.Session = field(default_factory=requests.Session)

    def ailing(self) -> list[str]:
        """The parts that are not healthy (yet); all of them while nothing answers."""
        try:
            answer = self._session.get(f"{self.url}/api/v2/monitor/health", timeout=5)
            health = answer.json() if answer.ok else {}
        except (requests.RequestException, ValueError):
            health = {}
        return [part for part in PARTS if health.get(part, {}).get("status") != "healthy"]

    def dag_ids(self) -> set[str]:
        found = self._call("GET", "/dags?limit=1000&exclude_stale=true")
        return {dag["dag_id"] for dag in found["dags"]}

    def import_errors(self) -> list[str]:
        found = self._call("GET", "/importErrors?limit=20")
        return [f"{one['filename']}: {one['stack_trace'].strip()}" for one in found["import_errors"]]

    def set_pool(self, name: str, slots: int, description: str) -> None:
        """Make the pool; one that is there already stays as it is."""
        body = {"name": name, "slots": slots, "description": description, "include_deferred": False}
        self._call("POST", "/pools", body, also=(409,))

    def trigger(self, dag_id: str, run_id: str) -> None:
        self._call("POST", f"/dags/{dag_id}/dagRuns", {"dag_run_id": run_id, "logical_date": None, "conf": {}})

    def states(self, dag_ids: Iterable[str]) -> dict[tuple[str, str], str]:
        """The state of every run of these DAGs: (dag id, run id) -> queued, running, success or failed."""
        ids = sorted(dag_ids)
        found: dict[tuple[str, str], str] = {}
        while True:
            body = {"dag_ids": ids, "page_limit": 100, "page_offset": len(found)}
            page = self._call("POST", "/dags/~/dagRuns/list", body)
            found |= {(run["dag_id"], run["dag_run_id"]): run["state"] for run in page["dag_runs"]}
            if not page["dag_runs"] or len(found) >= page["total_entries"]:
                return found

    def failed_tasks(self, dag_id: str, run_id: str) -> list[tuple[str, int]]:
        """The tasks of a run that failed by themselves, each with its last try's number."""
        found = self._call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances?limit=1000")
        return [(one["task_id"], one["try_number"]) for one in found["task_instances"] if one["state"] == "failed"]

    def _call(self, method: str, path: str, body: object = None, also: tuple[int, ...] = ()) -> Any:
        for _ in range(2):
            answer = self._session.request(method, f"{self.url}/api/v2{path}", json=body, timeout=TIMEOUT)
            if answer.status_code != requests.codes.unauthorized:
                break
            self._login()
        if not answer.ok and answer.status_code not in also:
            raise DemoError(f"Airflow refused {method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer.json()

    def _login(self) -> None:
        body = {"username": self.user, "password": self.password}
        answer = self._session.post(f"{self.url}/auth/token", json=body, timeout=TIMEOUT)
        if not answer.ok:
            raise DemoError(f"Airflow refused the demo's login: {answer.status_code} {answer.text[:500]}")
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
