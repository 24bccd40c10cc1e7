"""The whole sandbox: one line of JSON, every endpoint reachable by a foreign client, state kept, nothing left over."""

import hashlib
import json
import os
import shlex
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from pohoda_sandbox.faults import Fault
from pohoda_sandbox.sandbox import Sandbox, SandboxError
from tests.waits import until

COMMAND = [sys.executable, "-m", "pohoda_sandbox.up"]
ENV_NAMES = {
    "AIRFLOW_CONN_POHODA_SQL_2026",
    "AIRFLOW_CONN_POHODA_MSERVER_2026",
    "AIRFLOW_CONN_GRAM_API",
    "AIRFLOW_CONN_EWAY_API",
    "POHODA_BRIDGE_LEDGER",
    "POHODA_BRIDGE_STORE",
}
UP_ENV_NAMES = ENV_NAMES | {
    f"AIRFLOW_CONN_POHODA_{way}_{year}" for way in ("SQL", "MSERVER") for year in ("2025", "OBCHOD_2025", "OBCHOD_2026")
}
PORTS = 7


@contextmanager
def up(*options: str) -> Generator[tuple["subprocess.Popen[str]", dict[str, Any]], None, None]:
    """A running `sandbox up` and its line of JSON; killed at the end if it still lives."""
    process = subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate(timeout=20)[1]
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=20)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ports_of(info: dict[str, Any]) -> list[int]:
    units = [info, *info["units"].values()]
    years = [year for unit in units for year in (unit, *unit["years"].values())]
    urls = [part["url"] for part in (info["gram"], info["eway"], *(year["mserver"] for year in years))]
    return [int(url.split(":")[2].split("/")[0]) for url in urls] + [info["tds"]["port"]]


def free_base() -> int:
    """A port whose successors are free as well."""
    for base in range(20_000 + os.getpid() % 10_000, 40_000, 7):
        if not any(is_open(base + step) for step in range(PORTS)):
            return base
    raise AssertionError("no free ports")


def gram_has(info: dict[str, Any], entity: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{info['gram']['url']}/{entity}", headers={"Token": info["gram"]["token"]}, timeout=20)
    return list(answer.json()["Records"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_one_line_serves_and_stops_at_a_signal(tmp_path: Path, number: int) -> None:
    with up("--data", str(tmp_path / "data"), "--size", "5") as (process, info):
        assert all(is_open(port) for port in ports_of(info))
        assert len(ports_of(info)) == PORTS
        assert {user["Alias"] for user in gram_has(info, "User")} >= {"BA", "KE", "PO"}
        process.send_signal(number)
        rest, progress = process.communicate(timeout=20)
    assert (process.returncode, rest) == (0, "")
    assert "5 companies" in progress and "Traceback" not in progress
    assert not any(is_open(port) for port in ports_of(info))


def test_a_signal_while_filling_stops_it_without_a_word_on_stdout(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "--data", str(tmp_path), "--size", "50000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None and "Filling" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    out, progress = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in progress
    with Sandbox(tmp_path, size=5) as sandbox:
        assert sandbox.planted.companies == 5


def test_a_second_start_goes_on_with_the_same_company_and_crm(tmp_path: Path) -> None:
    options = ("--data", str(tmp_path), "--size", "40", "--seed", "3")
    with up(*options) as (process, first):
        body = {"Name": "Žltý kôň", "ExternalSource": "POHODA:12345678:2026", "ExternalId": "1"}
        headers = {"Token": first["gram"]["token"]}
        assert requests.post(f"{first['gram']['url']}/Client/Upsert", json=body, headers=headers, timeout=20).ok
        process.kill()
        process.wait(10)
    with Sandbox(tmp_path, size=7, seed=9, further=["obchod"], entered=True) as again:
        clients = {record["Id"]: record["Name"] for record in again.gram.records("Client")}
        entered = {one.id for one in again.planted.entered if one.entity == "Client"}
        assert len(entered) == 12
        assert [name for identity, name in clients.items() if identity not in entered] == ["Žltý kôň"]
        assert len(clients) == 13
        assert len(again.pohoda.rows("SELECT ID FROM AD WHERE RefAD IS NULL AND Firma IS NOT NULL")) >= 40
        assert again.planted.companies == again.units["obchod"].planted.companies == 40
        assert again.planted.of("same_company")[0].group
        secrets = [("mserver", "password"), ("tds", "password"), ("gram", "token"), ("gram", "admin")]
        secrets += [("eway", "password"), ("eway", "client_secret"), ("eway", "admin")]
        assert [again.info[part][name] for part, name in secrets] == [first[part][name] for part, name in secrets]


def test_the_environment_has_connections_in_airflows_json_form(tmp_path: Path) -> None:
    with Sandbox(tmp_path, size=3) as sandbox:
        env, info = sandbox.info["env"], sandbox.info
        assert set(env) == ENV_NAMES
        sql = json.loads(env["AIRFLOW_CONN_POHODA_SQL_2026"])
        assert (sql["conn_type"], sql["host"], sql["port"]) == ("odbc", "127.0.0.1", info["tds"]["port"])
        assert (sql["schema"], sql["extra"]["driver"]) == ("StwPh_12345678_2026", "FreeTDS")
        xml = json.loads(env["AIRFLOW_CONN_POHODA_MSERVER_2026"])
        assert (xml["host"], xml["extra"]["ico"]) == (info["mserver"]["url"], "12345678")
        gram = json.loads(env["AIRFLOW_CONN_GRAM_API"])
        assert gram["extra"] == {"organization": "demo"}
        eway = json.loads(env["AIRFLOW_CONN_EWAY_API"])
        assert (eway["conn_type"], eway["host"], eway["login"]) == ("http", info["eway"]["url"], "api")
        hashed = hashlib.md5(eway["password"].encode()).hexdigest()
        body = {"userName": eway["login"], "passwordHash": hashed, "appVersion": "Test1"}
        told = requests.post(f"{eway['host']}/InsecureAPI.svc/LogIn", json=body, timeout=20).json()
        assert told["ReturnCode"] == "rcSuccess"
        url = f"{gram['host']}/demo/api/v1/Ping"
        assert requests.get(url, headers={"Token": gram["password"]}, timeout=20).json()["Result"] is True
        assert env["POHODA_BRIDGE_LEDGER"] == f"sqlite:///{tmp_path}/ledger.db"
        assert env["POHODA_BRIDGE_STORE"] == f"{tmp_path}/store"


def test_sql_answers_a_foreign_client(tmp_path: Path) -> None:
    pyodbc = pytest.importorskip("pyodbc", exc_type=ImportError)
    if "FreeTDS" not in pyodbc.drivers():
        pytest.skip("FreeTDS's driver is not installed")
    with Sandbox(tmp_path, size=3) as sandbox:
        tds = sandbox.info["tds"]
        server = f"DRIVER=FreeTDS;SERVER={tds['server']};PORT={tds['port']};DATABASE={tds['database']};TDS_Version=7.4"
        with pyodbc.connect(f"{server};UID={tds['user']};PWD={tds['password']}", timeout=20) as connection:
            assert tuple(connection.execute("SELECT ICO, Rok FROM sKonfig").fetchone()) == ("12345678", 2026)
        with pytest.raises(pyodbc.Error):
            pyodbc.connect(f"{server};UID={tds['user']};PWD=wrong", timeout=20)


def test_all_endpoints_share_one_script_of_faults(tmp_path: Path) -> None:
    with Sandbox(tmp_path, size=3) as sandbox:
        sandbox.faults.add(Fault("gram", "status", status=503))
        sandbox.faults.add(Fault("mserver", "status", status=503))
        assert requests.get(f"{sandbox.gram.url}/Ping", timeout=20).status_code == 503
        assert requests.get(f"{sandbox.mserver.url}/status", timeout=20).status_code == 503
        assert requests.get(f"{sandbox.mserver.url}/status", timeout=20).status_code == 200


def test_an_empty_unit_has_code_lists_and_nobody(tmp_path: Path) -> None:
    with Sandbox(tmp_path, empty=True) as sandbox:
        assert sandbox.pohoda.rows("SELECT 1 FROM AD") == []
        assert sandbox.pohoda.rows("SELECT 1 FROM sZeme") != []
        assert len(sandbox.planted) == 0


def test_the_seed_makes_the_company(tmp_path: Path) -> None:
    def names(folder: str, seed: int) -> list[str]:
        with Sandbox(tmp_path / folder, size=5, seed=seed) as sandbox:
            return [row["Firma"] for row in sandbox.pohoda.rows("SELECT Firma FROM AD ORDER BY ID")]

    assert names("a", 1) == names("b", 1) != names("c", 2)


def test_the_level_is_grams(tmp_path: Path) -> None:
    with up("--data", str(tmp_path), "--empty", "--level", "L0") as (_, info):
        url, headers = f"{info['gram']['url']}/Client/Upsert", {"Token": info["gram"]["token"]}
        assert requests.post(url, json={}, headers=headers, timeout=20).status_code == 404


def test_base_port_places_all_seven(tmp_path: Path) -> None:
    base = free_base()
    with Sandbox(tmp_path, size=3, base_port=base, further=["obchod"], documents=True) as sandbox:
        first, second = sandbox.first, sandbox.units["obchod"]
        assert first.last and second.last
        ports = [first.mserver.port, sandbox.tds.port, sandbox.gram.port, sandbox.eway.port, second.mserver.port]
        assert [*ports, first.last.mserver.port, second.last.mserver.port] == list(range(base, base + PORTS))
    with Sandbox(tmp_path, base_port=base) as again:
        assert again.eway.port == base + 3


@pytest.mark.parametrize(
    ("step", "name"), enumerate(("mServer", "TDS", "Gram", "eWay", "mServer of obchod", "mServer of 2025",
                                 "mServer of obchod of 2025"))
)  # fmt: skip
def test_a_taken_port_is_one_line_with_port_and_option_and_leaves_nothing(tmp_path: Path, step: int, name: str) -> None:
    base = free_base()
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", base + step))
        holder.listen()
        done = subprocess.run(
            [*COMMAND, "--data", str(tmp_path), "--empty", "--base-port", str(base)],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert (done.returncode, done.stdout) == (2, "")
        last = done.stderr.strip().splitlines()[-1]
        assert f"Port {base + step} for {name}" in last and "--base-port" in last
        assert "Traceback" not in done.stderr
        assert not any(is_open(base + other) for other in range(PORTS) if other != step)
    with Sandbox(tmp_path, base_port=base) as sandbox:
        assert sandbox.mserver.port == base


@pytest.mark.parametrize(
    "options",
    [["--base-port", "80"], ["--base-port", "x"], ["--size", "-1"], ["--base-port", "65530"], ["--level", "L9"]],
)
def test_impossible_options_are_refused(options: list[str]) -> None:
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert options[0] in done.stderr


def test_one_folder_serves_one_sandbox_at_a_time(tmp_path: Path) -> None:
    with Sandbox(tmp_path, empty=True), pytest.raises(SandboxError, match="--data"):
        Sandbox(tmp_path).start()
    Sandbox(tmp_path).start().stop()


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SandboxError, match="--data"):
        Sandbox(tmp_path / "file").start()


def test_secrets_are_random_and_for_the_owner_only(tmp_path: Path) -> None:
    exported = tmp_path / "env.sh"
    with up("--data", str(tmp_path / "a"), "--empty", "--env", str(exported)) as (_, info):
        pass
    with Sandbox(tmp_path / "b", empty=True) as other:
        assert other.info["mserver"]["password"] != info["mserver"]["password"]
        assert other.gram.token != info["gram"]["token"]
    for file in (exported, tmp_path / "a" / "secrets.json"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for text in (str(other), repr(other), repr(other.gram)):
        assert other.gram.token not in text


def test_the_exported_variables_can_be_sourced_by_a_shell(tmp_path: Path) -> None:
    exported = tmp_path / "it's env.sh"
    with up("--data", str(tmp_path / "it's data"), "--empty", "--env", str(exported)) as (_, info):
        script = f". {shlex.quote(str(exported))} && exec env -0"
        done = subprocess.run(
            ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, env={"PATH": os.defpath}
        )
        seen = dict(entry.split("=", 1) for entry in done.stdout.split("\0") if entry)
    assert {name: seen[name] for name in UP_ENV_NAMES} == info["env"]


def test_stop_frees_ports_and_threads_and_can_be_repeated(tmp_path: Path) -> None:
    before = threading.active_count()
    sandbox = Sandbox(tmp_path, size=3).start()
    ports = ports_of(sandbox.info)
    requests.get(f"{sandbox.gram.url}/Ping", timeout=20)
    sandbox.stop()
    sandbox.stop()
    assert not any(is_open(port) for port in ports)
    until(lambda: threading.active_count() <= before)


def test_the_sandbox_imports_nothing_of_the_product() -> None:
    script = "import sys, pohoda_sandbox.sandbox, pohoda_sandbox.up; print([m for m in sys.modules if 'bridge' in m])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
