"""Runs and cursors: a cursor moves only forward, only by runs that may, only with the outcomes."""

from datetime import datetime

import pytest
from sqlalchemy import update

from pohoda_bridge.ledger import Ledger, Outcome, Request, runs, schema

from .conftest import OTHERS, SCOPE

EARLY, LATE = datetime(2026, 3, 1, 8), datetime(2026, 3, 1, 9, 30, 15)


def _run(ledger: Ledger, run_id: str, request: Request, watermark: datetime | None, **counts: int) -> datetime | None:
    """A whole run; the cursor after it."""
    with ledger.transaction() as connection:
        runs.begin(connection, run_id, SCOPE, request)
        runs.extracted(connection, run_id, watermark, 3)
        runs.finish(connection, runs.get(connection, run_id), counts, "report.html")
        return runs.cursor(connection, SCOPE)


def test_the_cursor_only_moves_forward(ledger: Ledger) -> None:
    assert _run(ledger, "1", Request(), EARLY) == EARLY
    assert _run(ledger, "2", Request("full"), LATE) == LATE
    assert _run(ledger, "3", Request(), EARLY) == LATE
    assert _run(ledger, "4", Request(), None) == LATE
    with ledger.transaction() as connection:
        assert [runs.cursor(connection, scope) for scope in OTHERS] == [None, None, None]


@pytest.mark.parametrize(
    "request_", [Request("window", EARLY, LATE), Request("ids", ids=("a",)), Request("full", dry_run=True),
                 Request(dry_run=True)]
)  # fmt: skip
def test_a_run_of_a_part_or_a_dry_one_moves_nothing(ledger: Ledger, request_: Request) -> None:
    assert _run(ledger, "1", Request(), EARLY) == EARLY
    assert _run(ledger, "2", request_, LATE) == EARLY


def test_a_failed_run_moves_nothing_and_says_why(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        runs.begin(connection, "1", SCOPE, Request())
        runs.extracted(connection, "1", LATE, 0)
        runs.failed(connection, "1", "the target is away" + "x" * 5000)
        found = runs.get(connection, "1")
        assert runs.cursor(connection, SCOPE) is None
    assert (found.state, found.report and found.report[:18], len(found.report or "")) == (
        "failed", "the target is away", 2000,
    )  # fmt: skip


def test_a_finished_run_does_not_fail_afterwards(ledger: Ledger) -> None:
    _run(ledger, "1", Request(), EARLY, read=3)
    with ledger.transaction() as connection:
        runs.failed(connection, "1", "late")
        found = runs.get(connection, "1")
    assert (found.state, found.report, found.counts, found.skipped) == ("done", "report.html", {"read": 3}, 3)


@pytest.mark.parametrize(
    "request_",
    [
        Request(),
        Request("full", dry_run=True),
        Request("window", EARLY, LATE),
        Request("window", None, LATE),
        Request("ids", ids=("2026/AD/1", "č")),
    ],
)
def test_what_was_asked_comes_back_as_it_was(ledger: Ledger, request_: Request) -> None:
    with ledger.transaction() as connection:
        runs.begin(connection, "1", SCOPE, request_)
        assert runs.get(connection, "1").request == request_
        assert runs.find(connection, "2") is None


def test_a_run_begun_again_forgets_its_earlier_outcomes(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        runs.begin(connection, "1", SCOPE, Request())
        runs.record_outcomes(connection, "1", [Outcome("a", "held", "waits"), Outcome("b", "unchanged")])
        assert runs.outcomes_of(connection, "1") == [Outcome("a", "held", "waits")]
        runs.begin(connection, "1", SCOPE, Request())
        assert runs.outcomes_of(connection, "1") == []
        again = Outcome("a", "updated", None, "c", {"zip": ["01", "02"]})
        runs.record_outcomes(connection, "1", [again])
        assert runs.outcomes_of(connection, "1") == [again]


def _at(ledger: Ledger, run_id: str, hour: int) -> None:
    with ledger.transaction() as connection:
        started = {"started": datetime(2026, 3, 1, hour)}
        connection.execute(update(schema.runs).where(schema.runs.c.id == run_id).values(**started))


def test_history_and_what_stands_follow_the_newest_run(ledger: Ledger) -> None:
    told = [
        ("1", Request(), [Outcome("a", "left_out", "rule"), Outcome("b", "cannot_write"), Outcome("c", "left_out")]),
        ("2", Request(), [Outcome("a", "created"), Outcome("b", "left_out", "deleted")]),
        ("3", Request(dry_run=True), [Outcome("b", "created"), Outcome("c", "updated")]),
    ]
    for hour, (run_id, request, outcomes) in enumerate(told):
        _run(ledger, run_id, request, EARLY)
        _at(ledger, run_id, hour)
        with ledger.transaction() as connection:
            runs.record_outcomes(connection, run_id, outcomes)
    with ledger.transaction() as connection:
        history = [(run.id, outcome.outcome) for run, outcome in runs.history(connection, SCOPE, "b")]
        assert history == [("3", "created"), ("2", "left_out"), ("1", "cannot_write")]
        assert runs.standing(connection, SCOPE) == {"b": "left_out", "c": "left_out"}
        assert [run.id for run in runs.latest(connection)] == ["3", "2", "1"]
        assert [run.id for run in runs.latest(connection, link="gram", limit=2)] == ["3", "2"]
        assert runs.latest(connection, link="other") == []
