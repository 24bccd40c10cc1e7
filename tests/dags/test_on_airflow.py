"""A real Airflow (API server, scheduler, DAG processor) runs the DAGs; everything is asked through its REST API."""

import base64
import json
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.ledger import open_ledger
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.pools import pools_of
from pohoda_bridge.settings import ledger_url
from pohoda_demo import environment
from pohoda_demo.airflow import Airflow
from pohoda_demo.processes import Processes
from pohoda_sandbox.faults import Fault
from pohoda_sandbox.pohoda import exe
from tests.airflow_home import ROOT
from tests.dags.conftest import Open
from tests.dags.world import AGENDAS, World

AIRFLOW = (sys.executable, "-m", "airflow")
PATIENCE = 180.0
CLIENTS = "gram__clients__to_crm"
WAIT = "**TASKS, **failed"
POKES = "poke_interval=POKE"
"""What is changed in the DAGs, so that the test need not wait as long as a server that is down, or for POHODA."""
TO_POHODA = "gram__clients__to_pohoda"


@dataclass
class Stack:
    """A running Airflow and the world that its DAGs work on."""

    world: World
    airflow: Airflow
    home: Path

    def get(self, path: str) -> Any:
        return self.airflow._call("GET", path)

    def trigger(self, dag_id: str, run_id: str, **form: Any) -> None:
        body = {"dag_run_id": run_id, "logical_date": None, "conf": form}
        self.airflow._call("POST", f"/dags/{dag_id}/dagRuns", body)

    def tasks(self, dag_id: str, run_id: str) -> dict[str, dict[str, Any]]:
        found = self.get(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")
        return {one["task_id"]: one for one in found["task_instances"]}

    def ended(self, dag_id: str, run_id: str) -> str:
        """The state of a run once it has one that stays."""

        def state() -> str:
            found: str = self.get(f"/dags/{dag_id}/dagRuns/{run_id}")["state"]
            return found if found in {"success", "failed"} else ""

        return until(state)

    def page(self, path: str, **headers: str) -> requests.Response:
        return requests.get(self.airflow.url + path, headers=headers, timeout=30)

    def logged_in(self, path: str) -> requests.Response:
        return self.page(path, Authorization=str(self.airflow._session.headers["Authorization"]))

    def pohoda_exe(self, fault: str = "") -> int:
        """Start POHODA on what lies in the folder of packs."""
        info = self.world.sandbox.info["mserver"]
        argv = ["/XML", info["user"], info["password"], str(self.home / "share/pohoda.ini")]
        return exe.main(argv, self.world.sandbox.data, fault)

    def rows(self, table: str) -> int:
        """How many rows a table of the bridge's ledger has."""
        ledger = open_ledger(ledger_url())
        with ledger.transaction() as connection:
            found = len(connection.execute(metadata.tables[table].select()).all())
        ledger.close()
        return found

    def logs(self) -> bytes:
        """Everything that any process or task has logged."""
        return b"".join(file.read_bytes() for file in self.home.rglob("*.log"))


def until(what: Callable[[], Any]) -> Any:
    """Wait until it is true: what it gives."""
    end = time.monotonic() + PATIENCE
    while not (found := what()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.2)
    return found


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def through_folder(home: Path) -> dict[str, str]:
    """The shipped settings, with POHODA written through a folder: the variables that lead there."""
    config, share = home / "settings", home / "share"
    share.mkdir()
    for part in ("units", "links"):
        shutil.copytree(ROOT / "include" / part, config / part)
    unit = config / "units/firma.yaml"
    text = unit.read_text(encoding="utf-8")
    for before, after in (
        ("write: mserver ", "write: folder "),
        ("{sql: pohoda_sql_2026,", "{folder: share, sql: pohoda_sql_2026,"),
    ):
        assert before in text
        text = text.replace(before, after)
    unit.write_text(text, encoding="utf-8")
    value = {"conn_type": "fs", "extra": {"input": str(share), "ini": True}}
    return {"POHODA_BRIDGE_CONFIG": str(config), "AIRFLOW_CONN_SHARE": json.dumps(value)}


@pytest.fixture(scope="module")
def stack(open_world: Open, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("airflow")
    dags = home / "dags"
    dags.mkdir()
    shutil.copy(ROOT / "tests/dags/leak.py", dags)
    text = (ROOT / "dags/agendas.py").read_text(encoding="utf-8")
    assert WAIT in text
    assert POKES in text
    text = text.replace(WAIT, f"{WAIT}, 'retry_delay': 2").replace(POKES, "poke_interval=2")
    (dags / "agendas.py").write_text(text, encoding="utf-8")
    port = free_port()
    with open_world(size=8) as world, Processes(home / "logs") as processes:
        env = {
            **environment.base_environment(),
            **environment.airflow_environment(ROOT, home, port),
            **world.sandbox.info["env"],
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            **through_folder(home),
        }
        airflow = Airflow(f"http://127.0.0.1:{port}", environment.USER, environment.write_password(home))
        processes.start("db", [*AIRFLOW, "db", "migrate"], env)
        processes.finish("db", PATIENCE)
        for part in ("api-server", "scheduler", "dag-processor"):
            processes.start(part, [*AIRFLOW, part, *(["--skip-serve-logs"] if part == "scheduler" else [])], env)
        until(lambda: processes.check() or airflow.ailing() == ["triggerer"])
        for name in pools_of(open_catalogue()):
            airflow.set_pool(name, 1, "")
        until(lambda: {"leak", CLIENTS} <= airflow.dag_ids())
        yield Stack(world, airflow, home)


def test_the_plugin_is_there_and_nothing_failed_to_load(stack: Stack) -> None:
    assert stack.get("/importErrors")["import_errors"] == []
    assert stack.get("/plugins/importErrors")["import_errors"] == []
    (plugin,) = [one for one in stack.get("/plugins")["plugins"] if one["name"] == "pohoda_bridge"]
    assert {view["destination"] for view in plugin["external_views"]} == {"nav", "dag", "dag_run"}


def test_a_transient_fault_shows_as_up_for_retry_and_then_succeeds(stack: Stack) -> None:
    stack.world.sandbox.faults.add(Fault("tds", "refuse"))
    stack.trigger(CLIENTS, "first")
    seen = until(lambda: (t := stack.tasks(CLIENTS, "first")["extract"])["state"] == "up_for_retry" and t)
    assert seen["try_number"] == 1
    assert stack.ended(CLIENTS, "first") == "success"
    tasks = stack.tasks(CLIENTS, "first")
    assert {name: (one["state"], one["try_number"]) for name, one in tasks.items()} == {
        "extract": ("success", 2), "validate": ("success", 1), "transform": ("success", 1),
        "plan": ("success", 1), "load": ("success", 1), "report": ("success", 1),
    }  # fmt: skip
    tries = stack.get(f"/dags/{CLIENTS}/dagRuns/first/taskInstances/extract/tries")["task_instances"]
    assert [(one["try_number"], one["state"]) for one in tries] == [(1, "failed"), (2, "success")]


def test_the_other_dags_follow(stack: Stack) -> None:
    for agenda in AGENDAS[1:]:
        stack.trigger(f"gram__{agenda}__to_crm", "first")
    for agenda in AGENDAS[1:]:
        assert stack.ended(f"gram__{agenda}__to_crm", "first") == "success"
        assert stack.tasks(f"gram__{agenda}__to_crm", "first")["report"]["state"] == "success"
    assert stack.world.sandbox.gram.records("Contact")


def test_a_cleared_load_goes_through_again_and_writes_nothing(stack: Stack) -> None:
    writes, state = stack.world.sandbox.gram.writes(), stack.world.state()
    body = {"dag_run_id": "first", "task_ids": ["load"], "include_downstream": True, "only_failed": False}
    stack.airflow._call("POST", f"/dags/{CLIENTS}/clearTaskInstances", {**body, "dry_run": False})
    assert stack.ended(CLIENTS, "first") == "success"
    tasks = stack.tasks(CLIENTS, "first")
    assert {name: one["try_number"] for name, one in tasks.items() if one["try_number"] > 1} == {
        "extract": 2, "load": 2, "report": 2,
    }  # fmt: skip
    assert (stack.world.sandbox.gram.writes(), stack.world.state()) == (writes, state)


def test_collect_is_rescheduled_while_pohoda_is_slow_and_then_binds(stack: Stack) -> None:
    """It holds no slot while it waits: another task of the same pool runs meanwhile."""
    stack.world.sandbox.gram.create("Client", Name="Pomalá s.r.o.")
    bound = stack.rows("bindings")
    stack.trigger(TO_POHODA, "first")
    for fault in ("late", ""):
        until(lambda: stack.tasks(TO_POHODA, "first")["collect"]["state"] == "up_for_reschedule")
        assert (stack.rows("bindings"), stack.tasks(TO_POHODA, "first")["report"]["state"]) == (bound, None)
        assert stack.pohoda_exe(fault) == 0
        if fault:
            stack.trigger(CLIENTS, "meanwhile")
            assert stack.ended(CLIENTS, "meanwhile") == "success"
    assert stack.ended(TO_POHODA, "first") == "success"
    tasks = stack.tasks(TO_POHODA, "first")
    assert {one["state"] for one in tasks.values()} == {"success"}
    (counts,) = [run.counts for run in stack.world.runs() if run.id == f"{TO_POHODA}@first"]
    assert (counts["created"], counts["submitted"]) == (1, 0)
    assert stack.rows("bindings") == bound + 1
    assert len(stack.world.sandbox.pohoda.rows("SELECT ID FROM AD WHERE Firma = 'Pomalá s.r.o.'")) == 1
    stack.trigger(CLIENTS, "after")
    assert stack.ended(CLIENTS, "after") == "success"
    assert [one["Name"] for one in stack.world.sandbox.gram.records("Client")].count("Pomalá s.r.o.") == 1


def test_the_report_task_links_to_the_report(stack: Stack) -> None:
    links = f"/dags/{CLIENTS}/dagRuns/first/taskInstances/{{}}/links"
    assert stack.get(links.format("load"))["extra_links"] == {"Report of this run": None}
    address = stack.get(links.format("report"))["extra_links"]["Report of this run"]
    assert address == f"/bridge/runs/{quote(f'{CLIENTS}@first', safe='')}"
    assert stack.page(address).status_code == 401
    assert stack.page(address, Authorization="Bearer made.up.token").status_code in {401, 403}
    report = stack.logged_in(address)
    assert report.status_code == 200
    assert "created" in report.text
    assert "Content-Security-Policy" in report.headers


@pytest.mark.parametrize("page", ["/", f"/dags/{CLIENTS}", f"/docs/{CLIENTS}/", f"/docs/{CLIENTS}/index.html"])
def test_the_console_answers_whoever_is_logged_in(stack: Stack, page: str) -> None:
    assert stack.page(f"/bridge{page}").status_code == 401
    assert stack.logged_in(f"/bridge{page}").status_code == 200


def test_a_backfill_carries_what_was_saved_in_its_intervals_and_keeps_the_cursor(stack: Stack) -> None:
    rows = stack.world.clients()[:4]
    # 09:00 in Bratislava is 08:00 UTC in March; the intervals are 8:00 to 8:15 and 8:15 to 8:30 UTC.
    for row, minute in zip(rows, ("08:59:59", "09:00:00", "09:29:59", "09:30:00"), strict=True):
        stack.world.sandbox.pohoda.edit("AD", row["ID"], Ulice=f"at {minute}", DatSave=f"2026-03-04 {minute}")
    before = stack.world.cursor()
    body = {
        "dag_id": CLIENTS,
        "from_date": "2026-03-04T08:00:00Z",
        "to_date": "2026-03-04T08:15:00Z",
        "reprocess_behavior": "none",
        "max_active_runs": 1,
        "run_backwards": False,
        "dag_run_conf": {},
    }
    made = stack.airflow._call("POST", "/backfills", body)
    assert made["dag_id"] == CLIENTS
    runs = stack.get(f"/dags/{CLIENTS}/dagRuns?run_type=backfill")["dag_runs"]
    assert [stack.ended(CLIENTS, quote(run["dag_run_id"])) for run in runs] == ["success", "success"]
    counts = [run.counts for run in stack.world.runs() if "@backfill" in run.id]
    assert [(one["read"], one["updated"]) for one in counts] == [(1, 1), (1, 1)]
    assert stack.world.cursor() == before
    streets = {one["Street"] for one in stack.world.sandbox.gram.records("Client")}
    assert {street for street in streets if str(street).startswith("at ")} == {"at 09:00:00", "at 09:29:59"}


def shown(secrets: set[str], logs: bytes) -> set[str]:
    """Which of the secrets stand in the logs, as they are or in base64."""
    forms = {secret: (secret.encode(), base64.b64encode(secret.encode())) for secret in secrets}
    return {secret for secret, of in forms.items() if any(form in logs for form in of)}


def test_no_log_shows_a_secret(stack: Stack) -> None:
    info = stack.world.sandbox.info
    secrets = {info["mserver"]["password"], info["tds"]["password"], info["gram"]["token"]}
    assert shown(secrets, stack.logs()) == set()
    stack.trigger("leak", "first")
    assert stack.ended("leak", "first") == "failed"
    secrets.add("canary-of-a-session")
    (log,) = stack.home.rglob("dag_id=leak/**/attempt=1.log")
    text = log.read_bytes()
    assert shown(secrets, text) == set()
    assert all(word in text for word in (b"harmless-canary", b"printed *** ***", b"logged ***"))
    # Airflow 3.3.2 masks a task's log, and not the copy of it that its worker prints: there the check must find it.
    assert shown(secrets, stack.logs()) == {info["tds"]["password"], info["gram"]["token"], "canary-of-a-session"}


def test_no_log_of_a_task_shows_a_personal_value(stack: Stack) -> None:
    folder = [file for file in (stack.home / "logs").rglob("*.log") if "task_id=" in str(file)]
    logs = b"".join(file.read_bytes() for file in folder).decode()
    assert "gram__contacts__to_crm" in logs
    people = stack.world.sandbox.pohoda.rows("SELECT Jmeno, Email FROM AD WHERE Jmeno IS NOT NULL")
    values = {value for row in people for value in row.values() if value and len(value) > 4}
    assert named(values, f"{logs} {json.dumps(min(values))}") == {min(values)}
    assert named(values, logs) == set()


def named(values: set[str], logs: str) -> set[str]:
    """Which of the values stand in the logs, as they are or escaped."""
    return {value for value in values if value in logs or json.dumps(value)[1:-1] in logs}
