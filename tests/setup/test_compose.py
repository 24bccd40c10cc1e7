"""docker-compose.yaml held against what the product reads, with no default secret and nothing beyond loopback.

No Docker engine is needed: the file is read as YAML, and its variables are filled as Compose fills them.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from ruamel.yaml import YAML

from pohoda_bridge.settings import ENVIRONMENT
from pohoda_demo.environment import TELEMETRY_OFF

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yaml").read_text()
SECRETS = {
    "FERNET_KEY",
    "API_SECRET_KEY",
    "JWT_SECRET",
    "POSTGRES_PASSWORD",
    "LEDGER_PASSWORD",
    "REDIS_PASSWORD",
    "ADMIN_PASSWORD",
}
AIRFLOW = {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker", "sandbox-connections"}
VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+)(?:(?P<how>:?[-?])(?P<text>[^}]*))?\})")


class Missing(Exception):
    pass


def _fill(text: str, values: dict[str, str]) -> str:
    """Compose's interpolation: ${A}, ${A:-default}, ${A:?message}; $$ is a dollar."""

    def one(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        value, how = values.get(match["name"]), match["how"] or ""
        if value is None or (how.startswith(":") and not value):
            if how.endswith("?"):
                raise Missing(f"{match['name']}: {match['text']}")
            return match["text"] if how.endswith("-") else ""
        return value

    return VARIABLE.sub(one, text)


def _load(values: dict[str, str]) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(_fill(COMPOSE, values)))


FILLED = {name: f"random-{name}" for name in SECRETS}
SERVICES: dict[str, dict[str, Any]] = _load(FILLED)["services"]


def test_the_promised_services_are_there() -> None:
    assert set(SERVICES) == AIRFLOW | {"postgres", "redis", "sandbox"}
    commands = {name: SERVICES[name]["command"][:3] for name in AIRFLOW - {"init", "sandbox-connections"}}
    assert commands == {
        "api-server": ["airflow", "api-server"],
        "scheduler": ["airflow", "scheduler"],
        "dag-processor": ["airflow", "dag-processor"],
        "triggerer": ["airflow", "triggerer"],
        "worker": ["airflow", "celery", "worker"],
    }
    assert {name for name, one in SERVICES.items() if "profiles" in one} == {"sandbox", "sandbox-connections"}


@pytest.mark.parametrize("name", sorted(SECRETS))
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_or_empty_secret_refuses_to_start(name: str, value: str | None) -> None:
    values = {**FILLED, name: value}
    with pytest.raises(Missing, match=f"{name}: set {name} in .env"):
        _load({key: text for key, text in values.items() if text is not None})


def test_every_required_variable_is_a_known_secret_and_no_secret_has_a_default() -> None:
    found = {(match["name"], (match["how"] or "")[-1:]) for match in VARIABLE.finditer(COMPOSE) if match["name"]}
    assert {name for name, how in found if how == "?"} == SECRETS
    optional = {name for name, how in found if how == "-"}
    assert {name for name in optional if re.search(r"PASS|KEY|SECRET|TOKEN", name)} == set()
    assert {name for name, how in found if not how} == set()


def test_no_secret_stands_in_the_file() -> None:
    """Each value that looks secret comes from a variable: it changes when the variable does."""
    other = _load({name: f"different-{name}" for name in SECRETS})["services"]
    looks_secret = re.compile(r"PASSWORD|SECRET|FERNET|TOKEN|CONN$|BROKER|BACKEND|_LEDGER$")
    seen = 0
    for service, one in SERVICES.items():
        for name, value in (one.get("environment") or {}).items():
            if looks_secret.search(name):
                seen += 1
                assert value != other[service]["environment"][name], f"{service}: {name}"
            elif value is not None:
                assert not re.search(r"://[^/@\s]*:[^/@\s]+@", str(value)), f"{service}: {name}"
    assert seen > 40


def test_only_loopback_is_published() -> None:
    ports = [port for one in SERVICES.values() for port in one.get("ports", [])]
    assert ports == ["127.0.0.1:8080:8080"]
    assert all(one.get("network_mode") != "host" for one in SERVICES.values())


def test_all_processes_of_airflow_share_one_environment() -> None:
    common = SERVICES["scheduler"]["environment"]
    for name in sorted(AIRFLOW):
        own = SERVICES[name]["environment"]
        assert {key: own.get(key) for key in common} == common, name
    for key in ("CORE__FERNET_KEY", "API__SECRET_KEY", "API_AUTH__JWT_SECRET", "DATABASE__SQL_ALCHEMY_CONN"):
        assert "random-" in common[f"AIRFLOW__{key}"]
    assert common["AIRFLOW__CORE__AUTH_MANAGER"].endswith("FabAuthManager")
    assert common["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"


def test_the_product_reads_what_compose_sets() -> None:
    common = SERVICES["scheduler"]["environment"]
    ours = {name for one in SERVICES.values() for name in one.get("environment") or {} if name.startswith("POHODA_")}
    assert ours <= set(ENVIRONMENT), "compose sets what the product does not read"
    assert {"POHODA_BRIDGE_CONFIG", "POHODA_BRIDGE_LEDGER", "POHODA_BRIDGE_STORE"} <= ours
    mounted = {volume.split(":")[1] for volume in SERVICES["worker"]["volumes"]}
    assert {f"{common['POHODA_BRIDGE_CONFIG']}/units", f"{common['POHODA_BRIDGE_CONFIG']}/links"} <= mounted
    assert common["POHODA_BRIDGE_STORE"].removeprefix("file://") in mounted


def _connections(value: object) -> set[str]:
    if not isinstance(value, dict):
        return set()
    own = {str(value[key]) for key in ("connection", "sql", "mserver") if isinstance(value.get(key), str)}
    return own.union(*(_connections(one) for one in value.values()))


def test_every_connection_of_the_shipped_settings_can_be_handed_to_the_worker() -> None:
    files = [*(ROOT / "include/units").glob("*.yaml"), *(ROOT / "include/links").glob("*.yaml")]
    wanted = set[str]().union(*(_connections(YAML(typ="safe").load(file.read_text())) for file in files))
    assert wanted
    handed = SERVICES["worker"]["environment"]
    assert {f"AIRFLOW_CONN_{one.upper()}" for one in wanted} <= set(handed)
    assert {value for name, value in handed.items() if name.startswith("AIRFLOW_CONN_")} == {None}


def test_nothing_reports_its_use() -> None:
    docker, make = (ROOT / "Dockerfile").read_text(), (ROOT / "Makefile").read_text()
    for name, value in TELEMETRY_OFF.items():
        assert SERVICES["worker"]["environment"][name] == value
        assert f"{name}={value}" in docker
        assert f"export {name} := {value}\n" in make


def test_make_env_fills_every_secret_once_and_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for name in ("scripts/make_env.py", ".env.example"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    command = [sys.executable, str(tmp_path / "scripts/make_env.py")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    text = (tmp_path / ".env").read_text()
    values = dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))
    assert set(values) == SECRETS
    assert len(set(values.values())) == len(SECRETS)
    assert min(map(len, values.values())) >= 40
    Fernet(values["FERNET_KEY"])
    assert re.fullmatch(r"[0-9a-f]+", values["POSTGRES_PASSWORD"]), "it stands in a URL"
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    _load(values)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    assert (tmp_path / ".env").read_text() == text


def test_the_sandbox_hands_over_its_connections_only() -> None:
    spec = importlib.util.spec_from_file_location("connections", ROOT / "scripts/compose/sandbox_connections.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    ready = 'noise\n{"env": {"AIRFLOW_CONN_A_B": "{\\"host\\": \\"h\\"}", "AIRFLOW_CONN_C": "http://c", "X": "x"}}\n'
    assert module.connections(ready) == {"a_b": {"host": "h"}, "c": "http://c"}


def test_the_scripts_and_folders_that_compose_and_docker_name_exist() -> None:
    named = [Path(part) for one in SERVICES.values() for part in one.get("command", []) if part.startswith("scripts/")]
    assert len(named) == 3
    copied = re.findall(r"^COPY (?!--)(\S+) \S+$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert set(copied) == allowed
    assert [path for path in [*named, *map(Path, copied)] if not (ROOT / path).exists()] == []
