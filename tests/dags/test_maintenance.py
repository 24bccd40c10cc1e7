"""The nightly DAG of each link: its shape, its time, and one night on a sandbox."""

from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.settings import ledger_url, store_url
from tests.airflow_home import ROOT
from tests.dags.conftest import Open
from tests.dags.test_broken_settings import change, dags
from tests.dags.test_policy import faults
from tests.dags.world import World

TASKS = {f"{work}_{way}" for work in ("reconcile", "quality") for way in ("to_crm", "to_pohoda")} | {"retention"}


def test_each_link_has_one_that_keeps_the_policy(bag: Any) -> None:
    pools = {"pohoda_firma", "crm_gram_api", "pohoda_obchod", "crm_eway_api"}
    for link in ("gram", "eway"):
        dag = bag.dags[f"{link}__maintenance"]
        assert [*faults(dag, pools)] == []
        assert {task.task_id for task in dag.tasks} == TASKS
        assert not any(task.downstream_task_ids for task in dag.tasks), "a red task hides no other"


def test_tasks_of_a_direction_take_the_pool_of_its_source(bag: Any) -> None:
    dag = bag.dags["eway__maintenance"]
    assert {task.task_id: task.pool for task in dag.tasks} == {
        "reconcile_to_crm": "pohoda_obchod", "quality_to_crm": "pohoda_obchod", "reconcile_to_pohoda": "crm_eway_api",
        "quality_to_pohoda": "crm_eway_api", "retention": "default_pool",
    }  # fmt: skip


def test_it_goes_at_night_in_the_units_time_zone(bag: Any) -> None:
    timetable = bag.dags["gram__maintenance"].timetable
    assert (timetable.expression, str(timetable.timezone)) == ("30 2 * * *", "Europe/Bratislava")


def test_the_link_sets_its_time_and_what_it_keeps(airflow: None, config: Path) -> None:
    change(config / "links/gram.yaml", "unit: firma", 'unit: firma\nmaintenance: "5 1 * * 0"\nkeep_days: 30')
    dag = dags(airflow)["gram__maintenance"]
    assert dag.timetable.expression == "5 1 * * 0"
    assert "older than 30 days" in dag.doc_md


def test_none_is_by_hand_only(airflow: None, config: Path) -> None:
    change(config / "links/gram.yaml", "unit: firma", "unit: firma\nmaintenance: null")
    dag = dags(airflow)["gram__maintenance"]
    assert type(dag.timetable).__name__ == "NullTimetable"
    assert "by hand only" in dag.doc_md


def test_a_broken_link_and_one_that_runs_nothing_have_none(airflow: None, config: Path) -> None:
    change(config / "links/gram.yaml", "unit: firma", "unit: fima")
    assert set(dags(airflow)) == {"gram__settings"}
    (config / "links/gram.yaml").write_text(
        "link: gram\nunit: firma\ncrm: {kind: gram, connection: gram_api}\nagendas: {}\n", encoding="utf-8"
    )
    assert dags(airflow) == {}


@pytest.fixture(scope="module")
def world(open_world: Open) -> Any:
    with open_world(size=6) as world:
        yield world


def night() -> tuple[str, dict[tuple[str, int], str]]:
    """Run the DAG: its state, and those of its tasks by name and flow."""
    from airflow.dag_processing.dagbag import DagBag

    run = DagBag(ROOT / "dags").dags["gram__maintenance"].test()
    return str(run.state), {(one.task_id, one.map_index): str(one.state) for one in run.get_task_instances()}


@pytest.mark.usefixtures("address_book")
def test_a_night_finds_judges_and_forgets(airflow: None, world: World) -> None:
    for agenda in ("clients", "contacts"):
        world.run(f"first-{agenda}", agenda)
    gone = world.clients()[-1]["ID"]
    world.sandbox.pohoda.delete("AD", gone)
    writes = world.sandbox.gram.writes()
    state, tasks = night()
    assert state == "success"
    assert set(tasks.values()) == {"success"}
    assert len(tasks) == 4 * 3 + 1
    assert world.sandbox.gram.writes() == writes, "it writes to no side"
    with open_job(find_flow("gram", "clients", "to_crm")) as job, job.ledger.transaction() as ledger:
        from pohoda_bridge.ledger import deletions

        assert list(deletions.known(ledger, job.scope)) == [f"2026/AD/{gone}"]
    store = Path(store_url())
    (page,) = (store / "docs/gram__clients__to_crm/runs").glob("quality-*.html")
    assert "quality-" in page.read_text(encoding="utf-8")
    assert not list(store.glob("runs/gram/*/*/quality-*")), "the batch of the whole side is not left lying about"
    assert ledger_url()


@pytest.mark.usefixtures("address_book")
def test_a_source_that_is_not_believed_turns_the_night_red_and_hides_nothing(airflow: None, world: World) -> None:
    for row in world.sandbox.pohoda.rows("SELECT ID FROM ADdodaci"):
        world.sandbox.pohoda.delete("ADdodaci", row["ID"])
    for row in world.sandbox.pohoda.rows("SELECT ID FROM AD"):
        world.sandbox.pohoda.delete("AD", row["ID"])
    state, tasks = night()
    assert state == "failed"
    red = {name for (name, _), one in tasks.items() if one != "success"}
    assert red == {"reconcile_to_crm"}
    assert tasks["retention", -1] == "success"
