"""A file of settings that is refused shows as a DAG of its own, and hides no other link."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.catalogue import open_catalogue

FLOWS = [(flow.agenda.agenda, flow.direction) for flow in open_catalogue().flows("gram")]
OTHERS = {f"other__{agenda}__{way}" for agenda, way in FLOWS} | {"other__maintenance"}


@pytest.fixture
def other(config: Path) -> Path:
    """The settings with a second link, `other`, that is in order."""
    text = (config / "links/gram.yaml").read_text(encoding="utf-8")
    (config / "links/other.yaml").write_text(text.replace("link: gram\n", "link: other\n"), encoding="utf-8")
    return config


def dags(airflow: None) -> dict[str, Any]:
    from airflow.dag_processing.dagbag import DagBag

    from tests.airflow_home import ROOT

    bag = DagBag(ROOT / "dags")
    assert bag.import_errors == {}
    return dict(bag.dags)


def change(file: Path, old: str, new: str) -> int:
    """Replace a text in a file; the line it stands on."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  clients:\n", "  clientz:\n", "unknown agenda 'clientz' (did you mean 'clients'?)"),
        ("unit: firma", "unit: fima", "unknown unit 'fima' (did you mean 'firma'?)"),
        ("contact_names: strict", "contact_nmes: strict", "unknown key 'contact_nmes' (did you mean 'contact_names'?)"),
        ("accept: all", "accept: [", "no valid YAML"),
    ],
)
def test_a_broken_link_is_a_failing_dag_beside_the_others(
    airflow: None, other: Path, old: str, new: str, says: str
) -> None:
    line = change(other / "links/gram.yaml", old, new)
    found = dags(airflow)
    assert set(found) == {"gram__settings", *OTHERS}
    with pytest.raises(Exception, match=r"gram\.yaml") as raised:
        found["gram__settings"].get_task("settings").python_callable()
    assert says in str(raised.value)
    assert f"gram.yaml:{line}:" in str(raised.value) or "YAML" in says
    assert str(raised.value) in found["gram__settings"].doc_md


def test_a_broken_unit_breaks_the_links_on_it(airflow: None, other: Path) -> None:
    shutil.copy(other / "units/firma.yaml", other / "units/second.yaml")
    change(other / "units/second.yaml", "unit: firma", "unit: second")
    change(other / "links/other.yaml", "unit: firma", "unit: second")
    line = change(other / "units/firma.yaml", "timezone: Europe/Bratislava", "timezone: Europe/Bratislva")
    found = dags(airflow)
    assert set(found) == {"gram__settings", *OTHERS}
    with pytest.raises(Exception, match=f"firma.yaml:{line}:"):
        found["gram__settings"].get_task("settings").python_callable()


def test_the_settings_dag_keeps_the_policy_and_runs_by_itself(airflow: None, config: Path) -> None:
    from tests.dags.test_policy import faults

    change(config / "links/gram.yaml", "unit: firma", "unit: fima")
    dag = dags(airflow)["gram__settings"]
    assert [*faults(dag, set())] == []
    assert dag.timetable.expression == "0 * * * *"


def test_the_settings_dag_fails_without_a_second_try(airflow: None, config: Path) -> None:
    change(config / "links/gram.yaml", "unit: firma", "unit: fima")
    run = dags(airflow)["gram__settings"].test()
    (instance,) = run.get_task_instances()
    assert (str(run.state), str(instance.state), instance.try_number) == ("failed", "failed", 1)


def test_no_link_at_all_is_no_dag_and_no_error(airflow: None, config: Path) -> None:
    (config / "links/gram.yaml").unlink()
    assert dags(airflow) == {}
    shutil.rmtree(config / "links")
    assert dags(airflow) == {}


def test_a_direction_switched_off_is_no_dag(airflow: None, config: Path) -> None:
    change(config / "links/gram.yaml", 'to_crm: {schedule: "*/15 * * * *"}', "to_crm: {enabled: false}")
    every = {f"gram__{agenda}__{way}" for agenda, way in FLOWS}
    assert set(dags(airflow)) == {*every, "gram__maintenance"} - {"gram__clients__to_crm"}


def test_a_flow_without_a_schedule_runs_by_hand_only(airflow: None, config: Path) -> None:
    change(config / "links/gram.yaml", 'to_crm: {schedule: "*/15 * * * *"}', "to_crm: {}")
    dag = dags(airflow)["gram__clients__to_crm"]
    assert type(dag.timetable).__name__ == "NullTimetable"
    assert "by hand only" in dag.doc_md
