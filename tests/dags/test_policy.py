"""What holds for every DAG, whatever the settings make."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.errors import Busy, Doubt, RejectRecord, Retry, SettingsError, StopAgenda
from pohoda_bridge.pools import pools_of
from tests.airflow_home import ROOT

EXPECTED = {f"{link}__{agenda}__to_crm" for link in ("gram", "eway") for agenda in ("clients", "addresses", "contacts")}
CHAIN = ["extract", "validate", "transform", "plan", "load", "report"]


def found(bag: Any) -> dict[str, Any]:
    """The DAGs; a policy that is held against none of them would hold for ever."""
    assert bag.import_errors == {}
    assert set(bag.dags) >= EXPECTED, f"missing: {EXPECTED - set(bag.dags)}"
    return dict(bag.dags)


def flows(bag: Any) -> dict[str, Any]:
    """The DAGs that carry an agenda; a link's nightly one is in test_maintenance."""
    return {dag_id: dag for dag_id, dag in found(bag).items() if not dag_id.endswith("__maintenance")}


def faults(dag: Any, pools: set[str]) -> Iterator[str]:
    """What a DAG lacks."""
    if dag.max_active_runs != 1:
        yield "two of its runs may go at once"
    if dag.catchup:
        yield "it catches up"
    if not dag.tags:
        yield "it has no tags"
    if "When it fails" not in (dag.doc_md or ""):
        yield "its documentation does not say what to do when it fails"
    if type(dag.timetable).__name__ != "CronDataIntervalTimetable":
        yield "it cannot be backfilled"
    for task in dag.tasks:
        if task.retries < 2 or not task.retry_exponential_backoff or not task.max_retry_delay:
            yield f"{task.task_id} is not tried again with growing waits"
        elif task.max_retry_delay > timedelta(hours=1) or not task.execution_timeout:
            yield f"{task.task_id} may hang or wait for ever"
        elif task.retry_policy is None or not _fails_at_once(task):
            yield f"{task.task_id} tries again what somebody must mend"
        if task.pool not in pools | {"default_pool"}:
            yield f"{task.task_id} waits for a pool that nobody makes: {task.pool}"


def _fails_at_once(task: Any) -> bool:
    return decided(task, StopAgenda("x")) == "fail" and decided(task, SettingsError("x")) == "fail"


def decided(task: Any, error: BaseException) -> str:
    return str(task.retry_policy.evaluate(error, 1, 4).action.value)


@pytest.fixture(scope="module")
def pools() -> set[str]:
    return set(pools_of(open_catalogue()))


def test_every_dag_keeps_the_policy(bag: Any, pools: set[str]) -> None:
    assert {dag_id: [*faults(dag, pools)] for dag_id, dag in found(bag).items()} == {dag_id: [] for dag_id in bag.dags}


@pytest.mark.parametrize(
    ("where", "value"),
    [
        ("dag.max_active_runs", 2),
        ("dag.catchup", True),
        ("dag.doc_md", "nothing"),
        ("dag.tags", set()),
        ("task.retries", 1),
        ("task.retry_exponential_backoff", 0.0),
        ("task.max_retry_delay", None),
        ("task.execution_timeout", None),
        ("task.retry_policy", None),
        ("task.pool", "unknown"),
    ],
)
def test_the_policy_finds_a_dag_that_breaks_it(airflow: None, pools: set[str], where: str, value: object) -> None:
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(ROOT / "dags").dags["gram__clients__to_crm"]
    assert not [*faults(dag, pools)]
    kind, name = where.split(".")
    setattr(dag if kind == "dag" else dag.get_task("load"), name, value)
    assert len([*faults(dag, pools)]) == 1


def test_the_dags_are_found_from_another_folder(tmp_path: Path) -> None:
    code = (
        "import tests.airflow_home as home\n"
        "from airflow.dag_processing.dagbag import DagBag\n"
        "bag = DagBag(home.ROOT / 'dags')\n"
        "print('found', *bag.dags, *bag.import_errors)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.splitlines()[-1].split()) >= {"found", *EXPECTED}


def test_tasks_stand_in_one_chain(bag: Any) -> None:
    for dag in flows(bag).values():
        assert [task.task_id for task in dag.topological_sort()] == CHAIN
        pairs = [(task.task_id, *sorted(task.downstream_task_ids)) for task in dag.topological_sort()]
        assert pairs == [*pairwise(CHAIN), ("report",)]


def test_reading_and_writing_take_the_pools_of_their_sides(bag: Any) -> None:
    sides = {"gram": ("pohoda_firma", "crm_gram_api"), "eway": ("pohoda_obchod", "crm_eway_api")}
    for dag_id, dag in flows(bag).items():
        unit, crm = sides[dag_id.split("__")[0]]
        taken = {task.task_id: task.pool for task in dag.tasks if task.pool != "default_pool"}
        source, target = (unit, crm) if dag_id.endswith("to_crm") else (crm, unit)
        assert taken == {"extract": source, "plan": target, "load": target}


def test_a_schedule_is_in_the_units_time_zone(bag: Any) -> None:
    known = open_catalogue()
    for flow in known.flows("gram"):
        timetable = found(bag)[flow.dag_id].timetable
        assert timetable.expression == flow.settings.schedule
        assert str(timetable.timezone) == "Europe/Bratislava"


def test_tags_name_link_agenda_direction_and_crm(bag: Any) -> None:
    assert found(bag)["gram__contacts__to_crm"].tags == {"gram", "contacts", "to_crm"}


def test_the_form_takes_what_the_command_line_takes(bag: Any) -> None:
    params = found(bag)["gram__clients__to_crm"].params
    assert {name: params.get_param(name).value for name in params} == {
        "mode": "incremental", "since": None, "until": None, "ids": [], "dry_run": False,
    }  # fmt: skip
    assert params.get_param("mode").schema["enum"] == ["incremental", "full", "window"]
    assert all(params.get_param(name).description for name in params)


def test_the_documentation_tells_what_each_red_task_means(bag: Any) -> None:
    for dag in flows(bag).values():
        rows = "\n".join(line.split("|")[1] for line in dag.doc_md.splitlines() if line.startswith("|"))
        assert all(re.search(rf"\b{name}\b", rows) for name in CHAIN)
        assert f"--dag-id {dag.dag_id}" in dag.doc_md


@pytest.mark.parametrize(
    ("error", "action", "wait"),
    [
        (StopAgenda("x"), "fail", None),
        (SettingsError("x"), "fail", None),
        (Retry("x"), "default", None),
        (Retry("x", after=7.5), "retry", 7.5),
        (Retry("x", after=86400), "retry", 900),
        (Busy("x", after=30), "retry", 30),
        (RejectRecord("x"), "default", None),
        (Doubt("x"), "default", None),
        (ConnectionError("x"), "default", None),
        (KeyError("x"), "default", None),
    ],
)
def test_the_kind_of_error_decides_about_another_try(bag: Any, error: Exception, action: str, wait: Any) -> None:
    decision = found(bag)["gram__clients__to_crm"].get_task("load").retry_policy.evaluate(error, 1, 4)
    assert (decision.action.value, decision.retry_delay) == (action, wait and timedelta(seconds=wait))
