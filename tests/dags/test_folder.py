"""A unit that is written through a folder: its flows to POHODA wait for the answers, and only they do."""

import json
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.pools import pools_of
from tests.airflow_home import ROOT
from tests.dags.test_policy import CHAIN, faults
from tests.folder.conftest import Desk
from tests.folder.conftest import desk as desk

WAITS = [*CHAIN[:-1], "collect", "report"]


@pytest.fixture
def bag_of_folder(airflow: None, config: Path) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    unit = config / "units" / "firma.yaml"
    text = unit.read_text(encoding="utf-8").replace("write: mserver ", "write: folder ")
    unit.write_text(text.replace("{sql: pohoda_sql_2026,", "{sql: pohoda_sql_2026, folder: share,"), encoding="utf-8")
    link = config / "links" / "gram.yaml"
    both = {"clients": {"to_crm": {"schedule": "0 * * * *"}, "to_pohoda": {"schedule": "0 * * * *"}}}
    crm = {"kind": "gram", "connection": "gram_api"}
    link.write_text(json.dumps({"link": "gram", "unit": "firma", "crm": crm, "agendas": both}), encoding="utf-8")
    bag = DagBag(ROOT / "dags")
    assert bag.import_errors == {}
    return bag


def test_collect_stands_before_the_report_where_answers_come_later(bag_of_folder: Any) -> None:
    from pohoda_bridge.catalogue import open_catalogue
    from pohoda_bridge.settings import config_dir

    tasks = {name: [task.task_id for task in dag.topological_sort()] for name, dag in bag_of_folder.dags.items()}
    assert tasks["gram__clients__to_pohoda"] == WAITS
    assert tasks["gram__clients__to_crm"] == CHAIN
    dag = bag_of_folder.dags["gram__clients__to_pohoda"]
    assert [*faults(dag, set(pools_of(open_catalogue(config_dir()))))] == []
    collect = dag.get_task("collect")
    assert (collect.mode, collect.pool, collect.soft_fail) == ("reschedule", "pohoda_firma", False)
    assert "| collect |" in dag.doc_md
    assert "| collect |" not in bag_of_folder.dags["gram__clients__to_crm"].doc_md


def test_the_sensor_waits_until_the_answer_is_there_or_too_late(desk: Desk) -> None:
    from datetime import timedelta

    from pohoda_bridge.ledger.schema import metadata
    from pohoda_bridge.ledger.store import utc_now
    from pohoda_bridge.steps import Run, run_step
    from tests.dags.world import connection

    def step(name: str, run_id: str) -> Any:
        asked = Run(run_id, "manual", {})
        return run_step(name, ("gram", "clients", "to_pohoda"), asked, connections=connection)

    def sent(run_id: str) -> None:
        for name in CHAIN[:-1]:
            step(name, run_id)

    desk.both.add(name="Alfa s.r.o.")
    sent("first")
    assert step("collect", "first") is False
    desk.exe()
    assert step("collect", "first") is True
    assert step("report", "first")["created"] == 1
    desk.both.add(name="Beta s.r.o.")
    sent("second")
    assert step("collect", "second") is False
    with desk.both.job("clients", "to_pohoda") as job, job.ledger.transaction() as ledger:
        ledger.execute(metadata.tables["intents"].update().values(opened=utc_now() - timedelta(minutes=31)))
    assert step("collect", "second") is True
    counts = step("report", "second")
    assert (counts["submitted"], counts["unchanged"]) == (1, 1)
