"""Order and end of rounds, on an Airflow that only pretends."""

from dataclasses import dataclass, field

import pytest

from pohoda_demo.bridge import Dag
from pohoda_demo.errors import DemoError
from pohoda_demo.rounds import Rounds, waves


def _dag(agenda: str, *after: str, direction: str = "to_crm", link: str = "gram") -> Dag:
    return Dag(f"{link}__{agenda}__{direction}", link, agenda, direction, after)


def _ids(found: list[list[Dag]]) -> list[set[str]]:
    return [{dag.dag_id for dag in wave} for wave in found]


@dataclass
class Pretended:
    """Each poll takes every run one state further, up to the state planned for its DAG."""

    ends: dict[str, str] = field(default_factory=dict)
    runs: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def trigger(self, dag_id: str, run_id: str) -> None:
        self.log.append(f"{run_id[-1]} {dag_id}")
        self.runs[dag_id, run_id] = ["queued", "running", self.ends.get(dag_id, "success")]

    def states(self, dag_ids: list[str]) -> dict[tuple[str, str], str]:
        return {
            key: states.pop(0) if len(states) > 1 else states[0]
            for key, states in self.runs.items()
            if key[0] in dag_ids
        }


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pohoda_demo.rounds.POLL", 0.001)


def test_partners_go_before_what_refers_to_them_and_to_pohoda_before_to_crm() -> None:
    dags = [
        _dag("contacts", "clients"),
        _dag("clients"),
        _dag("addresses", "gram__clients__to_crm"),
        _dag("clients", direction="to_pohoda"),
        _dag("deals", "contacts", "offers"),  # offers is switched off: nothing to wait for
    ]
    assert _ids(waves(dags)) == [
        {"gram__clients__to_pohoda"},
        {"gram__clients__to_crm"},
        {"gram__contacts__to_crm", "gram__addresses__to_crm"},
        {"gram__deals__to_crm"},
    ]


def test_links_do_not_wait_for_each_other() -> None:
    dags = [_dag("clients"), _dag("contacts", "clients", link="eway")]
    assert len(waves(dags)) == 1


def test_dags_that_wait_for_each_other_are_named() -> None:
    with pytest.raises(DemoError, match=r"gram__a__to_crm, gram__b__to_crm"):
        waves([_dag("a", "b"), _dag("b", "a")])


def _rounds(airflow: Pretended, *dags: Dag, **more: object) -> Rounds:
    return Rounds(airflow, dags, lambda: None, lambda _: None, **more)  # type: ignore[arg-type]


def test_a_round_that_writes_nothing_is_the_last() -> None:
    airflow, counts = Pretended(), iter([7, 0, 9])
    rounds = _rounds(airflow, _dag("contacts", "clients"), _dag("clients"))
    assert rounds.run(lambda: next(counts)) == 2
    assert airflow.log == [
        f"{number} gram__{agenda}__to_crm" for number in (1, 2) for agenda in ("clients", "contacts")
    ]
    assert rounds.states == {"gram__clients__to_crm": ["success"] * 2, "gram__contacts__to_crm": ["success"] * 2}


def test_three_rounds_are_the_most() -> None:
    airflow = Pretended()
    assert _rounds(airflow, _dag("clients")).run(lambda: 1) == 3
    assert len(airflow.log) == 3


def test_a_failed_run_ends_the_rounds_but_not_its_round() -> None:
    airflow = Pretended({"gram__clients__to_crm": "failed"})
    rounds = _rounds(airflow, _dag("clients"), _dag("contacts", "clients"))
    assert rounds.run(lambda: 5) == 1
    assert rounds.failed == [("gram__clients__to_crm", "demo_round_1")]
    assert rounds.states == {"gram__clients__to_crm": ["failed"], "gram__contacts__to_crm": ["success"]}


def test_a_wave_waits_for_runs_that_somebody_else_started() -> None:
    airflow = Pretended()
    airflow.runs["gram__clients__to_crm", "manual"] = ["running"] * 20 + ["success"]
    _rounds(airflow, _dag("clients")).run(lambda: 0)
    assert airflow.runs["gram__clients__to_crm", "manual"] == ["success"]


def test_a_run_that_never_ends_is_named() -> None:
    airflow = Pretended({"gram__clients__to_crm": "running"})
    with pytest.raises(DemoError, match=r"gram__clients__to_crm demo_round_1: running"):
        _rounds(airflow, _dag("clients"), timeout=0.05).run(lambda: 0)


def test_a_dead_process_ends_the_waiting() -> None:
    def dead() -> None:
        raise DemoError("scheduler ended")

    rounds = Rounds(Pretended(), [_dag("clients")], dead, lambda _: None)  # type: ignore[arg-type]
    with pytest.raises(DemoError, match="scheduler ended"):
        rounds.run(lambda: 0)
