"""What the demo asks of the product's command line and of the sandbox, and what it does when they misbehave."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pohoda_demo import sandbox
from pohoda_demo.bridge import Bridge
from pohoda_demo.environment import TELEMETRY_OFF, airflow_environment, base_environment, write_password
from pohoda_demo.errors import DemoError
from pohoda_demo.processes import Processes

FAKES = Path(__file__).parent / "fakes"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[Processes]:
    with Processes(tmp_path / "logs") as started:
        yield started


def _bridge(processes: Processes, tmp_path: Path, **env: str) -> Bridge:
    env = {**os.environ, "FAKE_NOTES": str(tmp_path / "notes"), **env}
    return Bridge(processes, env, [sys.executable, str(FAKES / "bridge.py")])


def test_only_dags_that_are_switched_on_take_part(processes: Processes, tmp_path: Path) -> None:
    found = {dag.agenda: dag.after for dag in _bridge(processes, tmp_path).dags()}
    assert found == {"contacts": ("clients",), "clients": ()}


def test_sides_that_differ_are_an_answer(processes: Processes, tmp_path: Path) -> None:
    assert _bridge(processes, tmp_path).reconcile("fake")["equal"] is True
    assert _bridge(processes, tmp_path, FAKE_EQUAL="no").reconcile("fake")["equal"] is False


@pytest.mark.parametrize("said", ["Traceback ...", ""])
def test_an_answer_that_is_no_json_is_an_error_with_the_log(processes: Processes, said: str) -> None:
    bridge = Bridge(processes, os.environ, ["sh", "-c", f"echo a hint >&2; echo '{said}'"])
    with pytest.raises(DemoError, match=r"dags --json said .* instead of JSON") as caught:
        bridge.dags()
    assert "a hint" in str(caught.value)


def test_the_sandbox_hands_over_its_environment(processes: Processes, tmp_path: Path) -> None:
    env = sandbox.start(processes, tmp_path / "data", 18440, os.environ, [sys.executable, str(FAKES / "sandbox.py")])
    assert env["FAKE_NOTES"] == str(tmp_path / "data/notes")


def test_a_sandbox_that_dies_or_says_nothing_is_an_error(processes: Processes, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="no room") as caught:
        sandbox.start(processes, tmp_path, 18440, os.environ, ["sh", "-c", "echo no room >&2; exit 1"])
    assert "sandbox ended with exit code 1" in str(caught.value)
    with pytest.raises(DemoError, match="not ready within"):
        sandbox.start(processes, tmp_path, 18440, os.environ, ["sh", "-c", "printf '{'; sleep 60"], patience=0.5)


def test_without_odbc_everything_is_read_by_xml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "source"
    for name, text in {
        "units/a.yaml": "unit: a\nread: sql      # sql | xml\nyears: {2026: {sql: one, mserver: two}}\n",
        "links/b.yaml": "link: b\nagendas: {clients: {to_crm: {read: mdb}}, deals: {to_crm: {read: xml}}}\n",
    }.items():
        (source / name).parent.mkdir(parents=True)
        (source / name).write_text(text)
    folder = sandbox.settings_by_xml(tmp_path / "config", source)
    read = YAML(typ="safe").load
    assert read((folder / "units/a.yaml").read_text()) == {
        "unit": "a",
        "read": "xml",
        "years": {2026: {"sql": "one", "mserver": "two"}},
    }
    agendas = read((folder / "links/b.yaml").read_text())["agendas"]
    assert {agenda: one["to_crm"]["read"] for agenda, one in agendas.items()} == {"clients": "xml", "deals": "xml"}
    assert "read: sql" in (source / "units/a.yaml").read_text(), "the user's file stays"


def test_a_missing_libodbc_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyodbc", None)  # what an import without libodbc.so.2 ends in
    assert sandbox.can_read_sql() is False


def test_the_demo_is_private_and_takes_nothing_from_the_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://the-real-one")
    monkeypatch.setenv("AIRFLOW_CONN_GRAM_API", "https://the-real-one")
    monkeypatch.setenv("POHODA_BRIDGE_LEDGER", "postgresql://the-real-one")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    env = base_environment() | airflow_environment(ROOT, tmp_path, 8123)
    assert [name for name, value in env.items() if "the-real-one" in value] == []
    assert "PYTHONDONTWRITEBYTECODE" not in env
    assert TELEMETRY_OFF.items() <= env.items()
    assert env["AIRFLOW__API__HOST"] == "127.0.0.1"
    secrets = [name for name in env if name.endswith(("FERNET_KEY", "__SECRET_KEY", "JWT_SECRET"))]
    again = airflow_environment(ROOT, tmp_path, 8123)
    assert len(secrets) == 3
    assert [name for name in secrets if env[name] == again[name]] == []
    assert write_password(tmp_path) in (tmp_path / "passwords.json").read_text()
    assert (tmp_path / "passwords.json").stat().st_mode & 0o077 == 0


def test_a_refused_file_of_settings_is_told_before_anything_runs(processes: Processes) -> None:
    dags = '[{"dag_id": "a__settings", "link": "a", "enabled": false, "fault": "a.yaml:3: unknown key"}]'
    with pytest.raises(DemoError, match=r"a\.yaml:3: unknown key"):
        Bridge(processes, os.environ, ["sh", "-c", f"echo '{dags}'"]).dags()


def test_runs_come_oldest_first(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("clients one\ncontacts one\nclients two\n")
    assert [run["run_id"] for run in _bridge(processes, tmp_path).runs()] == [
        "clients/one",
        "contacts/one",
        "clients/two",
    ]
