"""How runs become one line, and when the demo has succeeded."""

import io
from typing import Any

import pytest
from rich.console import Console

from pohoda_demo.bridge import Dag
from pohoda_demo.summary import COUNTS, leaf, succeeded, summarise, table, verdict

CLIENTS = Dag("gram__clients__to_crm", "gram", "clients", "to_crm")


def _line(*runs: dict[str, int]) -> dict[str, Any]:
    found = leaf(runs, ["success"] * len(runs))
    return {name: value for name, value in found.items() if value}


def test_the_quiet_run_at_the_end_adds_nothing() -> None:
    first = {"read": 12, "created": 9, "quarantined": 2, "left_out": 1}
    second = {"read": 12, "unchanged": 9, "quarantined": 2, "left_out": 1}
    assert _line(first, second) == {**first, "airflow_state": "success"}


def test_a_second_run_that_wrote_is_added_and_what_waited_is_no_longer_held() -> None:
    runs = [{"read": 10, "created": 6, "held": 4}, {"read": 5, "created": 4, "unchanged": 1}, {}]
    assert _line(*runs) == {"read": 11, "created": 10, "unchanged": 1, "airflow_state": "success"}


def test_a_line_adds_up_as_its_runs_do() -> None:
    runs = [
        {"read": 10, "created": 5, "held": 4, "conflict": 1},
        {"read": 5, "created": 1, "held": 2, "in_doubt": 1, "unchanged": 1},
        {"read": 3, "held": 3},
    ]
    found = leaf(runs, ["success"] * 3)
    assert found["read"] == sum(found[name] for name in COUNTS if name != "read")
    assert (found["created"], found["held"], found["in_doubt"], found["conflicts"]) == (6, 3, 0, 1)


def test_what_waits_at_the_end_is_shown() -> None:
    runs = [{"read": 3, "created": 1, "held": 2, "in_doubt": 0}, {"read": 2, "held": 1, "in_doubt": 1}]
    assert _line(*runs) == {"read": 3, "created": 1, "held": 1, "in_doubt": 1, "airflow_state": "success"}


def test_what_was_submitted_and_not_collected_is_shown() -> None:
    """Its run says so, and the closing reconcile, which knows of answers that came meanwhile."""
    runs = [{"read": 3, "created": 1, "submitted": 2}]
    assert leaf(runs, ["success"])["submitted"] == 2
    assert leaf(runs, ["success"], {"submitted": 1})["submitted"] == 1


def test_a_first_run_that_wrote_nothing_still_counts() -> None:
    assert _line({"read": 5, "unchanged": 5}) == {"read": 5, "unchanged": 5, "airflow_state": "success"}


def test_what_the_target_cannot_take_is_said_though_both_sides_are_equal() -> None:
    line = leaf([{"read": 8, "cannot_write": 8}], ["success"])
    made = {"links": {"eway": {"price_lists": {"to_crm": line}}}, "equal": True}
    assert verdict(made).endswith("what the target has no way to take: 8 of eway price_lists to_crm.")
    line["cannot_write"] = 0
    assert verdict(made) == "Both sides are equal."
    assert verdict({**made, "equal": False}) == "Not everything is well."


def test_one_failed_run_makes_the_line_red() -> None:
    assert leaf([], ["success", "failed", "success"])["airflow_state"] == "failed"
    assert leaf([], [])["airflow_state"] == "none"
    assert set(leaf([], [])) == {*COUNTS, "airflow_state"}


def _run(agenda: str, **counts: int) -> dict[str, Any]:
    return {"run_id": agenda, "link": "gram", "agenda": agenda, "direction": "to_crm", "counts": counts}


def test_the_whole_has_the_promised_form() -> None:
    runs = [_run("clients", read=2, created=2), _run("contacts", read=7, created=7)]
    found = summarise([CLIENTS], runs, {CLIENTS.dag_id: ["success"]}, {"gram": {"equal": True}}, 12.345)
    assert found["links"]["gram"]["clients"]["to_crm"]["created"] == 2
    assert list(found["links"]["gram"]) == ["clients"]
    assert (found["equal"], found["seconds"]) == (True, 12.3)
    assert succeeded(found)


@pytest.mark.parametrize(
    ("states", "reconciled"),
    [
        (["failed"], {"gram": {"equal": True}}),
        ([], {"gram": {"equal": True}}),
        (["success"], {"gram": {"equal": False}}),
        (["success"], {"gram": {}}),
        (["success"], {"gram": {"equal": True}, "eway": {"equal": False}}),
        (["success"], {}),
    ],
)
def test_anything_less_is_no_success(states: list[str], reconciled: dict[str, Any]) -> None:
    assert not succeeded(summarise([CLIENTS], [], {CLIENTS.dag_id: states}, reconciled, 1.0))


def test_no_dag_at_all_is_no_success() -> None:
    assert not succeeded(summarise([], [], {}, {"gram": {"equal": True}}, 1.0))


def test_the_table_shows_what_is_not_zero() -> None:
    runs = [_run("clients", read=321, created=300, quarantined=21)]
    made = summarise([CLIENTS], runs, {CLIENTS.dag_id: ["success"]}, {"gram": {"equal": True}}, 1.0)
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table(made))
    shown = console.export_text()
    assert all(word in shown for word in ("clients", "321", "300", "quarantined", "21", "success"))
    assert "in doubt" not in shown


def test_what_is_held_is_told_after_a_run_that_had_nothing_to_do() -> None:
    line = _line({"read": 3, "created": 2, "held": 1}, {"read": 0})
    assert (line["read"], line["created"], line["held"]) == (3, 2, 1)


def test_what_waits_on_unread_is_told_by_reconcile() -> None:
    runs = [_run("clients", read=10, created=4, held=5, left_out=1), _run("clients", read=4, created=4)]
    states = {CLIENTS.dag_id: ["success"] * 2}
    answer = {"equal": True, "open": {"clients__to_crm": {"held": 1, "left_out": 1}}}
    line = summarise([CLIENTS], runs, states, {"gram": answer}, 1.0)["links"]["gram"]["clients"]["to_crm"]
    assert (line["read"], line["created"], line["held"], line["left_out"]) == (10, 8, 1, 1)
