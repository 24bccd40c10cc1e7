"""All DAGs run for real, task by task, against a sandbox that is read over TDS and mServer.

The tests of this module share one company and go through its days in order.
"""

import json
import os
from typing import Any

import pytest

from pohoda_bridge.ledger import Request
from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.sync import run as sync
from pohoda_sandbox.faults import Fault
from tests.airflow_home import ROOT
from tests.dags.conftest import Open
from tests.dags.world import AGENDAS, STEPS, World

ALL_DONE = dict.fromkeys(STEPS, "success")
NOTHING_TO_DO = {"extract": "success", **dict.fromkeys(STEPS[1:], "skipped")}


def dag(agenda: str = "clients") -> Any:
    """The DAG, parsed anew as every task's process does: a run's form stays in the parameters of the object."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(ROOT / "dags").dags[f"gram__{agenda}__to_crm"]


def go(agenda: str = "clients", **form: Any) -> tuple[str, dict[str, str]]:
    """Run a DAG to its end: its state, and those of its tasks."""
    run = dag(agenda).test(run_conf=form or None)
    return str(run.state), {one.task_id: str(one.state) for one in run.get_task_instances()}


@pytest.fixture(scope="module")
def expected(open_world: Open) -> dict[str, Any]:
    """What the command line's `sync` makes of the same company: counts, and where both sides stand."""
    with open_world(size=8) as world:
        counts = {}
        for agenda in AGENDAS:
            with open_job(find_flow("gram", agenda, "to_crm")) as job:
                counts[agenda] = sync(job, f"sync-{agenda}", Request())
        return {"counts": counts, "state": world.state()}


def test_a_dry_run_writes_nothing(airflow: None, carried: World, expected: dict[str, Any]) -> None:
    assert go(dry_run=True) == ("success", ALL_DONE)
    assert carried.sandbox.gram.writes() == 0
    assert carried.cursor() is None
    (run,) = carried.runs()
    assert run.request.dry_run
    assert run.counts == expected["counts"]["clients"]


@pytest.mark.parametrize("agenda", AGENDAS)
def test_every_dag_carries_what_sync_would(
    airflow: None, carried: World, expected: dict[str, Any], agenda: str
) -> None:
    assert go(agenda) == ("success", ALL_DONE)
    run = carried.runs()[0]
    assert run.id.startswith(f"gram__{agenda}__to_crm@manual__")
    assert run.counts == expected["counts"][agenda]
    assert run.counts["created"] > 0
    assert carried.cursor(agenda) is not None


def test_both_ways_of_running_leave_the_same(carried: World, expected: dict[str, Any]) -> None:
    assert carried.state() == expected["state"]


@pytest.mark.parametrize("agenda", AGENDAS)
def test_a_second_run_ends_after_its_extract(airflow: None, carried: World, agenda: str) -> None:
    writes = carried.sandbox.gram.writes()
    assert go(agenda) == ("success", NOTHING_TO_DO)
    assert carried.sandbox.gram.writes() == writes
    assert carried.runs()[0].state == "done"


def test_a_full_run_reads_all_and_writes_nothing_new(airflow: None, carried: World, expected: dict[str, Any]) -> None:
    writes = carried.sandbox.gram.writes()
    assert go(mode="full")[0] == "success"
    first, counts = expected["counts"]["clients"], carried.runs()[0].counts
    assert counts == {**first, "created": 0, "unchanged": first["created"] + first["unchanged"]}
    assert carried.sandbox.gram.writes() == writes


def test_a_window_reads_what_was_saved_in_it_and_keeps_the_cursor(airflow: None, carried: World) -> None:
    first, second, third, *_ = carried.clients()
    for row, hour in ((first, 8), (second, 10), (third, 12)):
        carried.sandbox.pohoda.edit("AD", row["ID"], Ulice=f"New {hour}", DatSave=f"2026-03-04 {hour:02}:00:00")
    before = carried.cursor()
    form = {"mode": "window", "since": "2026-03-04T09:00:00+00:00", "until": "2026-03-04T12:00:00"}
    for updated in (1, 0):
        state, tasks = go(**form)
        assert (state, tasks["report"]) == ("success", "success" if updated else "skipped")
        run = carried.runs()[0]
        assert (run.counts["read"], run.counts.get("updated", 0)) == (1, updated)
    assert carried.cursor() == before
    assert sum(str(one["Street"]).startswith("New ") for one in carried.sandbox.gram.records("Client")) == 1


def test_single_records_go_by_pohodas_id(airflow: None, carried: World) -> None:
    third = carried.clients()[2]
    assert go(ids=[str(third["ID"])]) == ("success", ALL_DONE)
    assert carried.runs()[0].counts["updated"] == 1
    assert {one["Street"] for one in carried.sandbox.gram.records("Client")} >= {"New 10", "New 12"}


def test_what_must_be_mended_fails_without_a_second_try(
    airflow: None, carried: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "AIRFLOW_CONN_POHODA_SQL_2026"
    monkeypatch.setenv(name, json.dumps({**json.loads(os.environ[name]), "password": "wrong-word"}))
    run = dag().test()
    extract = next(one for one in run.get_task_instances() if one.task_id == "extract")
    assert (str(run.state), str(extract.state), extract.try_number) == ("failed", "failed", 1)
    assert carried.runs()[0].state == "failed"


def test_a_transient_fault_is_tried_again(airflow: None, carried: World) -> None:
    impatient = dag()
    impatient.get_task("extract").retry_delay /= 100
    carried.sandbox.pohoda.edit("AD", carried.clients()[0]["ID"], Ulice="Newest")
    carried.sandbox.faults.add(Fault("tds", "refuse"))
    run = impatient.test()
    tries = {one.task_id: one.try_number for one in run.get_task_instances()}
    assert (str(run.state), tries["extract"], tries["load"]) == ("success", 2, 1)
    assert carried.runs()[0].state == "done"
    assert "Newest" in {one["Street"] for one in carried.sandbox.gram.records("Client")}
