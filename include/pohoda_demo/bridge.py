"""The product's command line as the demo uses it: one call, one JSON."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pohoda_demo.errors import DemoError
from pohoda_demo.processes import Processes, tail

COMMAND = (str(Path(sys.executable).with_name("pohoda-bridge")),)


@dataclass(frozen=True)
class Dag:
    """One DAG of a link. `after` names DAGs, or agendas of the same link and direction, that go first."""

    dag_id: str
    link: str
    agenda: str
    direction: str
    after: tuple[str, ...] = ()


@dataclass
class Bridge:
    """`pohoda-bridge` in the demo's environment."""

    processes: Processes
    env: Mapping[str, str]
    command: Sequence[str] = COMMAND
    timeout: float = 300.0

    def dags(self) -> list[Dag]:
        """The DAGs that are switched on; a refused file of settings is an error here, before anything runs."""
        found = self.json("dags")
        if faults := [str(one["fault"]) for one in found if one.get("fault")]:
            raise DemoError("\n".join(["A file of settings is refused.", *faults]))
        return [
            Dag(one["dag_id"], one["link"], one["agenda"], one["direction"], tuple(one.get("after") or ()))
            for one in found
            if one["enabled"]
        ]

    def pools(self) -> dict[str, dict[str, Any]]:
        return dict(self.json("pools"))

    def runs(self) -> list[dict[str, Any]]:
        """The ledger's runs, oldest first."""
        runs = self.json("status", "--limit", "1000")["runs"]
        return sorted(runs, key=lambda run: str(run["started"]))

    def reconcile(self, link: str) -> dict[str, Any]:
        """Compare both sides whole. Sides that differ make the command fail, and still are an answer."""
        return dict(self.json("reconcile", link, codes=(0, 1)))

    def json(self, *arguments: str, codes: Sequence[int] = (0,)) -> Any:
        """The last line of what the command prints, read as JSON."""
        name = "-".join(["bridge", *(one for one in arguments if not one.startswith("--"))])
        log = self.processes.start(name, [*self.command, *arguments, "--json"], self.env, answers=True).log
        lines = self.processes.finish(name, self.timeout, codes).strip().splitlines()
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError):
            said = lines[-1][:300] if lines else "nothing"
            raise DemoError(
                f"pohoda-bridge {' '.join(arguments)} --json said {said} instead of JSON.\n{tail(log)}"
            ) from None
