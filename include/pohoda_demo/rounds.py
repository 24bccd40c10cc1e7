"""Rounds: every DAG once, in waves, until a round writes nothing.

A wave is a set of DAGs whose predecessors have ended. to_pohoda goes before to_crm: what people entered in the
CRM reaches POHODA before POHODA's view of it comes back.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pohoda_demo.airflow import TERMINAL, Airflow
from pohoda_demo.bridge import Dag
from pohoda_demo.errors import DemoError

ORDER = ("to_pohoda", "to_crm")
ROUNDS = 3
POLL = 0.4


def waves(dags: Sequence[Dag]) -> list[list[Dag]]:
    """The DAGs in the order in which they may run: all of one list at the same time."""
    found: list[list[Dag]] = []
    for direction in ORDER:
        waiting = {dag.dag_id: dag for dag in dags if dag.direction == direction}
        while waiting:
            ready = [dag for dag in waiting.values() if not _predecessors(dag, waiting)]
            if not ready:
                raise DemoError(f"These DAGs wait for each other (see after: in their links): {', '.join(waiting)}")
            found.append(ready)
            for dag in ready:
                del waiting[dag.dag_id]
    return found


def _predecessors(dag: Dag, waiting: dict[str, Dag]) -> list[Dag]:
    return [
        other
        for other in waiting.values()
        if other is not dag and (other.dag_id in dag.after or (other.link == dag.link and other.agenda in dag.after))
    ]


@dataclass
class Rounds:
    """Runs rounds on one Airflow. `alive` is called while waiting and raises when a process has died."""

    airflow: Airflow
    dags: Sequence[Dag]
    alive: Callable[[], None]
    say: Callable[[str], None] = print
    timeout: float = 900.0
    states: dict[str, list[str]] = field(default_factory=dict)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def run(self, written: Callable[[], int]) -> int:
        """Go round until nothing was written, a run failed, or three times; `written` is asked after each."""
        for number in range(1, ROUNDS + 1):
            for wave in waves(self.dags):
                self._wave(wave, f"demo_round_{number}")
            count = written()
            self.say(f"round {number}: {count} records written")
            if self.failed or not count:
                return number
        return ROUNDS

    def _wave(self, wave: Sequence[Dag], run_id: str) -> None:
        ids = [dag.dag_id for dag in wave]
        for dag_id in ids:
            self.airflow.trigger(dag_id, run_id)
        until, seen = time.monotonic() + self.timeout, set[str]()
        while True:
            states = self.airflow.states(ids)
            for dag_id in ids:
                state = states.get((dag_id, run_id), "queued")
                if state in TERMINAL and dag_id not in seen:
                    seen.add(dag_id)
                    self._ended(dag_id, run_id, state)
            if len(seen) == len(ids) and all(state in TERMINAL for state in states.values()):
                return
            if time.monotonic() > until:
                slow = sorted(f"{dag} {run}: {state}" for (dag, run), state in states.items() if state not in TERMINAL)
                raise DemoError(f"Not ended within {self.timeout:.0f} s: {', '.join(slow)}")
            self.alive()
            time.sleep(POLL)

    def _ended(self, dag_id: str, run_id: str, state: str) -> None:
        self.say(f"{dag_id}: {state}")
        self.states.setdefault(dag_id, []).append(state)
        if state != "success":
            self.failed.append((dag_id, run_id))
