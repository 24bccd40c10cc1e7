"""The steps of the demo, in order."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pohoda_demo import environment, pages, sandbox, summary
from pohoda_demo.airflow import Airflow
from pohoda_demo.bridge import COMMAND, Bridge, Dag
from pohoda_demo.errors import DemoError
from pohoda_demo.ports import Ports
from pohoda_demo.processes import Processes, tail
from pohoda_demo.rounds import Rounds
from pohoda_demo.tasklog import complaints
from pohoda_demo.terminal import note, step

AIRFLOW = (sys.executable, "-m", "airflow")
PARTS = ("api-server", "scheduler", "dag-processor", "triggerer")
PATIENCE = 180.0
SHOWN = 5  # differences of a link


@dataclass
class Demo:
    """One demo below `home`. `begin`, `rounds`, `close` leave everything running; `processes` ends it."""

    home: Path
    ports: Ports
    processes: Processes
    project: Path = environment.ROOT
    bridge_command: Sequence[str] = COMMAND
    sandbox_command: Sequence[str] = sandbox.COMMAND

    def begin(self) -> None:
        """Sandbox, ledger and Airflow up, and every DAG of every link known to Airflow."""
        airflow_home = self.home / "airflow"
        password = environment.write_password(airflow_home)
        base = environment.base_environment()
        self.env: dict[str, str] = {
            **base,
            **environment.airflow_environment(self.project, airflow_home, self.ports.ui),
        }
        self.airflow = Airflow(f"http://127.0.0.1:{self.ports.ui}", environment.USER, password)
        with step("Starting the sandbox: a POHODA with sample companies and the CRMs they are linked to"):
            self.processes.start("airflow-db", [*AIRFLOW, "db", "migrate"], self.env)  # works meanwhile
            found = sandbox.start(self.processes, self.home / "sandbox", self.ports.sandbox, base, self.sandbox_command)
            for_shells = {**found, **self._settings()}
            environment.write_shell(self.home / "env.sh", for_shells)
            self.env |= for_shells
        with step("Preparing the ledger and Airflow's database"):
            bridge = self.bridge = Bridge(self.processes, self.env, self.bridge_command)
            bridge.json("ledger", "migrate")
            self.dags: list[Dag] = bridge.dags()
            pools = bridge.pools()
            self.processes.finish("airflow-db", PATIENCE)
        with step("Starting Airflow"):
            for part in PARTS:
                self._start(part)
            self._wait(self.airflow.ailing, "Airflow is not healthy")
        with step(f"Waiting for {len(self.dags)} DAGs"):
            for name, pool in pools.items():
                self.airflow.set_pool(name, int(pool["slots"]), str(pool.get("description") or ""))
            wanted = {dag.dag_id for dag in self.dags}
            self._wait(lambda: sorted(wanted - self.airflow.dag_ids()), "Airflow does not know these DAGs")

    def _settings(self) -> dict[str, str]:
        if sandbox.can_read_sql():
            return {}
        note("The ODBC parts for SQL are missing (make odbc): the demo reads POHODA by XML.")
        return {"POHODA_BRIDGE_CONFIG": str(sandbox.settings_by_xml(self.home / "config"))}

    def _start(self, part: str, more: Mapping[str, str] | None = None) -> None:
        # Logs are read from the folder: without the log servers no further port is opened.
        quiet = ["--skip-serve-logs"] if part in {"scheduler", "triggerer"} else []
        self.processes.start(part, [*AIRFLOW, part, *quiet], {**self.env, **(more or {})})

    def _wait(self, lacking: Any, complaint: str) -> None:
        until = time.monotonic() + PATIENCE
        while missing := lacking():
            self.processes.check()
            if time.monotonic() > until:
                errors = [] if "metadatabase" in missing else self.airflow.import_errors()
                logs = "\n".join(tail(self.processes.logs / f"{part}.log", 5) for part in PARTS)
                raise DemoError("\n".join([f"{complaint}: {', '.join(missing)}", *errors, logs]))
            time.sleep(0.4)

    def rounds(self) -> None:
        """Run every DAG until quiet; remember the ledger's runs in the order in which rounds made them."""
        self.runs: dict[str, dict[str, Any]] = {}
        self.went = Rounds(self.airflow, self.dags, self.processes.check, note)
        with step("Running every DAG until a round writes nothing"):
            self.went.run(self._written)
        for dag_id, run_id in self.went.failed:
            for task, attempt in self.airflow.failed_tasks(dag_id, run_id):
                folder = self.home / "airflow/logs" / f"dag_id={dag_id}" / f"run_id={run_id}" / f"task_id={task}"
                note(f"{dag_id}: task {task} failed.\n{complaints(folder / f'attempt={attempt}.log')}")

    def _written(self) -> int:
        new = {run["run_id"]: run for run in self.bridge.runs() if run["run_id"] not in self.runs}
        self.runs |= new
        return sum(summary.written(run["counts"]) for run in new.values())

    def close(self, seconds: float) -> dict[str, Any]:
        """Compare both sides of every link, and write `summary.json`."""
        links = sorted({dag.link for dag in self.dags})
        with step("Comparing both sides record by record"):
            reconciled = {link: self.bridge.reconcile(link) for link in links}
        for link, answer in reconciled.items():
            for difference in list(answer.get("differences") or [])[:SHOWN]:
                note(f"{link}: {difference if isinstance(difference, str) else json.dumps(difference)}")
        made = summary.summarise(self.dags, list(self.runs.values()), self.went.states, reconciled, seconds)
        summary.write(made, self.home / "summary.json")
        return made

    def pages(self) -> list[str]:
        """Where the reports lie as files."""
        return pages.as_files(self.env.get("POHODA_BRIDGE_STORE", ""), self.dags, self.runs.values())

    def pages_in_airflow(self) -> list[str]:
        return pages.in_airflow(self.airflow.url, self.dags)

    def stay(self) -> None:
        """Let the DAGs tick by their schedules, and watch the processes until somebody interrupts."""
        self.processes.stop("scheduler")
        self._start("scheduler", environment.SCHEDULES_ON)
        while True:
            self.processes.check()
            time.sleep(1)
