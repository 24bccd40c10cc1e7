"""status, fields, dags, pools, ledger migrate, and the help of every command."""

import subprocess
import sys

import pytest
from sqlalchemy import text

from pohoda_bridge.cli.main import COMMANDS
from pohoda_bridge.ledger import open_ledger
from pohoda_bridge.settings import ledger_url
from tests.bridge import AGENDAS, Bridge

from .conftest import Command

HELP = """
import sys
from pohoda_bridge.cli import main
sys.argv = ["pohoda-bridge", *sys.argv[1:]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
heavy = {"pandas", "pyarrow", "lxml", "great_expectations", "airflow", "sqlalchemy", "pyodbc", "requests"}
loaded = sorted(heavy & set(sys.modules))
print("LOADED", *loaded)
"""


def _help(*words: str) -> tuple[str, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", HELP, *words, "--help"], capture_output=True, text=True, check=True, timeout=60
    )
    told, _, loaded = done.stdout.rpartition("LOADED")
    return told, set(loaded.split())


def test_the_help_lists_every_command_and_imports_nothing_heavy() -> None:
    told, loaded = _help()
    assert loaded == set()
    assert all(f"  {name} " in told for name in COMMANDS)


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "sandbox"])
def test_the_help_of_a_command_imports_no_pandas(name: str) -> None:
    told, loaded = _help(name)
    assert told.startswith(f"Usage: pohoda-bridge {name}")
    assert not loaded & {"pandas", "pyarrow", "lxml", "great_expectations", "airflow", "pyodbc"}


def test_an_unknown_command_is_a_matter_of_usage(command: Command) -> None:
    done = command("synk")
    assert (done.code, done.out) == (2, "")
    assert "synk" in done.err


def test_status_of_nothing_and_of_something(bridge: Bridge, command: Command) -> None:
    assert "No run yet." in command("status").out
    bridge.company()
    bridge.add("AD")
    bridge.sync()
    data = command("status", "--json").data
    (run,) = data["runs"]
    assert (run["agenda"], run["mode"], run["state"], run["counts"]["created"]) == ("clients", "incremental", "done", 1)
    flows = {flow["agenda"]: flow for flow in data["flows"]}
    assert set(flows) == set(AGENDAS)
    assert (flows["clients"]["quarantined"], flows["contacts"]["cursor"]) == (1, None)
    assert flows["clients"]["cursor"] is not None
    shown = command("status").out
    assert "gram__clients__to_crm" in shown
    assert "created 1" in shown
    assert command("status", "--limit", "0", "--json").data["runs"] == []
    assert command("status", "--link", "gram", "--json").data["flows"] == data["flows"]


def test_status_of_a_link_that_is_not_there_names_the_nearest(bridge: Bridge, command: Command) -> None:
    done = command("status", "--link", "gramm")
    assert (done.code, done.out) == (2, "")
    assert "did you mean 'gram'" in done.err


@pytest.mark.parametrize("words", [
    ("why", "gram", "client", "1"), ("match", "gram", "client"), ("quarantine", "retry", "gram", "client"),
    ("conflicts", "resolve", "gram", "client", "1", "crm"),
])  # fmt: skip
def test_an_agenda_that_the_link_does_not_carry_is_told(
    bridge: Bridge, command: Command, words: tuple[str, ...]
) -> None:
    done = command(*words)
    assert (done.code, done.out) == (2, "")
    assert "link gram does not carry client (did you mean 'clients'?)" in done.err


def test_status_tells_broken_links(bridge: Bridge, command: Command) -> None:
    (bridge.config / "links" / "broken.yaml").write_text("link: broken\n", encoding="utf-8")
    assert "link broken is broken" in command("status").out
    assert list(command("status", "--json").data["broken"]) == ["broken"]


def test_dags_and_pools_of_the_settings(bridge: Bridge, command: Command) -> None:
    bridge.link(clients={"schedule": "*/15 * * * *"})
    (bridge.config / "links" / "broken.yaml").write_text("link: broken\n", encoding="utf-8")
    dags = {dag["dag_id"]: dag for dag in command("dags", "--json").data}
    assert set(dags) == {*(f"gram__{agenda}__to_crm" for agenda in AGENDAS), "broken__settings"}
    assert (dags["gram__clients__to_crm"]["schedule"], dags["gram__contacts__to_crm"]["after"]) == (
        "*/15 * * * *", ["clients"],
    )  # fmt: skip
    assert "broken.yaml:1" in dags["broken__settings"]["fault"]
    assert "broken__settings" in command("dags").out
    pools = command("pools", "--json").data
    assert set(pools) == {"pohoda_firma", "crm_gram_api"}
    assert {pool["slots"] for pool in pools.values()} == {1}


def test_the_ledger_is_migrated_and_a_newer_one_refused(bridge: Bridge, command: Command) -> None:
    assert command("ledger", "migrate", "--json").data == {"migrated": True}
    assert command("ledger", "migrate").out == "The ledger is ready.\n"
    ledger = open_ledger(ledger_url())
    with ledger.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    ledger.close()
    for words in (("ledger", "migrate"), ("status",), ("sync", "gram", "clients", "to_crm")):
        done = command(*words)
        assert (done.code, done.out) == (1, "")
        assert "newer version" in done.err


def test_an_impossible_ledger_is_told_without_its_password(
    bridge: Bridge, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POHODA_BRIDGE_LEDGER", "nosuchdb://user:canary-pw@host/x")
    done = command("status", "--json")
    assert (done.code, done.out) == (2, "")
    assert "POHODA_BRIDGE_LEDGER" in done.err
    assert "canary-pw" not in done.err
