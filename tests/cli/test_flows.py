"""extract, plan, sync: what they say, what they write, and how they end."""

from datetime import datetime

import pytest

from pohoda_sandbox.faults import Fault
from tests.bridge import Bridge

from .conftest import Command

LEAF = {
    "read", "created", "updated", "deleted", "unchanged", "quarantined", "conflicts", "cannot_write", "held",
    "submitted", "left_out", "in_doubt", "airflow_state",
}  # fmt: skip
CLIENTS = ("gram", "clients", "to_crm")


def test_sync_answers_with_the_leaf_of_the_summary(bridge: Bridge, command: Command) -> None:
    for number in range(3):
        bridge.company(Firma=f"Firma {number}")
    bridge.add("AD", Jmeno="Jan Novák")
    bridge.add("AD")
    done = command("sync", *CLIENTS, "--json")
    assert done.code == 0
    assert set(done.data) == LEAF
    assert {name: value for name, value in done.data.items() if value} == {
        "read": 5, "created": 3, "left_out": 1, "quarantined": 1, "airflow_state": "success",
    }  # fmt: skip
    again = command("sync", *CLIENTS, "--json").data
    assert set(again) == LEAF
    assert (again["created"], again["updated"]) == (0, 0)


def test_sync_tells_people_only_what_happened(bridge: Bridge, command: Command) -> None:
    bridge.company()
    assert command("sync", *CLIENTS).out == "gram clients to_crm: read 1, created 1\n"
    assert command("sync", *CLIENTS, "--full").out == "gram clients to_crm: read 1, unchanged 1\n"


def test_a_dry_run_and_a_plan_write_nothing_and_say_the_same(bridge: Bridge, command: Command) -> None:
    number = bridge.company(Firma="Alfa", Tel="1")
    before = bridge.sandbox.gram.writes()
    assert command("sync", *CLIENTS, "--dry-run", "--json").data["created"] == 1
    (line,) = command("plan", *CLIENTS, "--json").data["plan"]
    assert bridge.sandbox.gram.writes() == before
    assert (line["_id"], line["outcome"], line["target_id"]) == (f"2026/AD/{number}", "created", None)
    assert line["changes"] == {
        "kind": [None, "company"], "name": [None, "Alfa"], "phone": [None, "1"], "country": [None, "SK"]
    }  # fmt: skip
    assert command("sync", *CLIENTS, "--json").data["created"] == 1


def test_a_plan_shows_people_each_field_old_and_new(bridge: Bridge, command: Command) -> None:
    number = bridge.company(Firma="Alfa", Tel="1", Obec="Žilina")
    command("sync", *CLIENTS)
    bridge.edit(number, Tel="+421 2", Obec=None)
    shown = command("plan", *CLIENTS).out
    assert "phone: 1 -> +421 2" in shown
    assert "city: Žilina -> " in shown
    assert "updated" in shown
    command("sync", *CLIENTS)
    assert "Nothing would change." in command("plan", *CLIENTS).out
    assert (bridge.record(number)["Phone"], bridge.record(number)["City"]) == ("+421 2", None)


def test_extract_reads_into_a_batch_and_leaves_everything_to_do(bridge: Bridge, command: Command) -> None:
    bridge.company()
    done = command("extract", *CLIENTS, "--json")
    assert (done.code, done.data["rows"], done.data["unchanged"]) == (0, 1, 0)
    assert done.data["batch"].startswith(str(bridge.sandbox.data))
    assert command("extract", *CLIENTS).out.startswith("1 rows to process, 0 unchanged; batch: ")
    assert command("sync", *CLIENTS, "--json").data["created"] == 1
    after = command("extract", *CLIENTS, "--json").data
    assert (after["rows"], after["unchanged"]) == (0, 1)


@pytest.mark.parametrize("form", ["{}", "2026/AD/{}"])
def test_only_the_records_asked_for(bridge: Bridge, command: Command, form: str) -> None:
    numbers = [bridge.company(Firma=f"Firma {number}") for number in range(3)]
    done = command("sync", *CLIENTS, "--id", form.format(numbers[0]), "--id", form.format(numbers[2]), "--json")
    assert (done.data["read"], done.data["created"]) == (2, 2)
    assert {record["Name"] for record in bridge.records()} == {"Firma 0", "Firma 2"}


def test_only_the_rows_saved_in_a_window(bridge: Bridge, command: Command) -> None:
    for day in (1, 2, 3):
        bridge.company(Firma=f"Firma {day}", DatSave=datetime(2026, 5, day, 12))
    done = command("sync", *CLIENTS, "--since", "2026-05-02", "--until", "2026-05-03", "--json")
    assert (done.data["read"], done.data["created"]) == (1, 1)
    assert [record["Name"] for record in bridge.records()] == ["Firma 2"]
    assert command("status", "--json").data["flows"][0]["cursor"] is None


@pytest.mark.parametrize("name", ["extract", "plan", "sync"])
@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("gram", "client", "to_crm"), 2, "does not carry client to_crm (did you mean 'clients to_crm'?)"),
        (("gram", "clients", "to_pohoda"), 2, "does not carry clients to_pohoda"),
        (("gram", "clients", "sideways"), 2, "neither to_crm nor to_pohoda"),
        (("grm", "clients", "to_crm"), 2, "there is no link 'grm' (did you mean 'gram'?)"),
        (("gram", "clients"), 2, "Missing argument"),
        ((*CLIENTS, "--since", "yesterday"), 2, "--since"),
        ((*CLIENTS, "--fulll"), 2, "--full"),
    ],
)
def test_settings_and_usage_end_with_2(
    bridge: Bridge, command: Command, name: str, words: tuple[str, ...], code: int, told: str
) -> None:
    done = command(name, *words)
    assert (done.code, done.out) == (code, "")
    assert told in done.err


def test_what_must_be_mended_ends_with_1_and_a_passing_fault_with_75(bridge: Bridge, command: Command) -> None:
    bridge.company()
    bridge.sandbox.faults.add(Fault("tds", "drift", match=r"AD\b", name="Firma", times=99))
    stopped = command("sync", *CLIENTS, "--json")
    assert (stopped.code, stopped.out) == (1, "")
    assert "lacks a table or column" in stopped.err
    bridge.sandbox.faults.clear()
    bridge.sandbox.tds.stop()
    away = command("sync", *CLIENTS, "--json")
    assert (away.code, away.out) == (75, "")
    assert away.err.strip()
    bridge.sandbox.tds.start()
    assert command("sync", *CLIENTS, "--json").data["created"] == 1
    states = [one["state"] for one in command("status", "--json").data["runs"]]
    assert states == ["done", "failed", "failed"]


@pytest.mark.parametrize("name", ["extract", "plan"])
def test_a_plan_that_stops_is_no_run_that_goes_on(bridge: Bridge, command: Command, name: str) -> None:
    bridge.sandbox.faults.add(Fault("tds", "drift", match=r"AD\b", name="Firma", times=99))
    assert command(name, *CLIENTS).code == 1
    (run,) = command("status", "--json").data["runs"]
    assert run["state"] == "failed"
