"""What is long over is forgotten; what is open, newest, or still tells why a record stands as it does is not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from pohoda_bridge.ledger import Ledger, Outcome, Request, Scope, intents, mails, retention, runs, schema
from pohoda_bridge.ledger.leases import acquire
from pohoda_bridge.ledger.store import utc_now

from .conftest import SCOPE, intent

BEFORE = utc_now() - timedelta(days=400)
FLOWS = [(SCOPE.agenda, SCOPE.direction)]


def ran(
    connection: Any, run_id: str, days: int, *outcomes: tuple[str, str], scope: Scope = SCOPE, **asked: Any
) -> None:
    """A run of so many days ago that is done."""
    runs.begin(connection, run_id, scope, Request(**asked))
    runs.record_outcomes(connection, run_id, [Outcome(technical, outcome) for technical, outcome in outcomes])
    runs.finish(connection, runs.get(connection, run_id), {}, f"store/{run_id}/report.html")
    at = utc_now() - timedelta(days=days)
    table = schema.runs
    connection.execute(table.update().where(table.c.id == run_id).values(started=at, finished=at))


def left(connection: Any) -> set[str]:
    return set(connection.scalars(schema.runs.select()))


def told(connection: Any, run_id: str) -> dict[str, str]:
    return {outcome.technical: outcome.outcome for outcome in runs.outcomes_of(connection, run_id)}


def test_old_runs_go_with_their_outcomes_but_never_the_newest_of_a_flow(ledger: Ledger) -> None:
    other = Scope(SCOPE.link, "contacts", SCOPE.direction)
    with ledger.transaction() as connection:
        ran(connection, "old", 500, ("1", "created"))
        ran(connection, "young", 300, ("1", "updated"))
        ran(connection, "only", 900, ("1", "created"), scope=other)
        ran(connection, "elsewhere", 900, ("1", "created"), scope=Scope("other", "clients", "to_crm"))
        ran(connection, "elsewhere 2", 800, scope=Scope("other", "clients", "to_crm"))
        assert [run.id for run in retention.outdated(connection, SCOPE.link, BEFORE)] == ["old"]
        assert retention.forget(connection, SCOPE.link, BEFORE, FLOWS) == 1
        assert left(connection) == {"young", "only", "elsewhere", "elsewhere 2"}
        assert told(connection, "old") == {}
        assert told(connection, "only") == {"1": "created"}
        assert retention.forget(connection, SCOPE.link, BEFORE, FLOWS) == 0


def test_an_outcome_that_still_stands_stays_with_its_run(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        ran(connection, "old", 600, ("1", "left_out"), ("2", "left_out"), ("3", "cannot_write"), ("4", "created"))
        ran(connection, "dry", 550, ("1", "created"), ("5", "left_out"), dry_run=True)
        ran(connection, "later", 500, ("2", "updated"))
        ran(connection, "young", 1)
        before = runs.standing(connection, SCOPE)
        retention.forget(connection, SCOPE.link, BEFORE, FLOWS)
        assert left(connection) == {"old", "young"}
        assert told(connection, "old") == {"1": "left_out", "3": "cannot_write"}
        assert runs.standing(connection, SCOPE) == before == {"1": "left_out", "3": "cannot_write"}
        assert runs.get(connection, "old").report is None


def test_a_run_that_goes_on_or_waits_for_an_answer_stays(ledger: Ledger) -> None:
    long_ago = utc_now() - timedelta(days=700)
    with ledger.transaction() as connection:
        lease = acquire(connection, "crm", "test")
        for number, state in enumerate(("written", "doubt", "open")):
            ran(connection, f"run {state}", 700 + number)
            one = intent(number, run_id=f"run {state}")
            intents.open_all(connection, SCOPE, [one], lease)
            if state != "open":
                intents.close(connection, one, state)
        connection.execute(schema.intents.update().values(opened=long_ago, closed=long_ago))
        runs.begin(connection, "killed", SCOPE, Request())
        connection.execute(schema.runs.update().where(schema.runs.c.id == "killed").values(started=long_ago))
        ran(connection, "young", 1)
        retention.forget(connection, SCOPE.link, BEFORE, FLOWS)
        assert left(connection) == {"run doubt", "run open", "killed", "young"}
        assert set(connection.scalars(schema.intents.select())) == {"i1", "i2"}


def test_the_run_that_moved_the_cursor_stays(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        runs.begin(connection, "moved", SCOPE, Request())
        runs.extracted(connection, "moved", datetime(2024, 1, 1), 0)
        runs.finish(connection, runs.get(connection, "moved"), {}, None)
        old = utc_now() - timedelta(days=700)
        connection.execute(schema.runs.update().values(started=old, finished=old))
        ran(connection, "by hand", 1, mode="ids")
        retention.forget(connection, SCOPE.link, BEFORE, FLOWS)
        assert left(connection) == {"moved", "by hand"}


@pytest.mark.parametrize(("flows", "stays"), [(FLOWS, {"young", "open"}), ([], {"young"})])
def test_mails_go_only_with_flows_that_are_no_more(ledger: Ledger, flows: Any, stays: set[str]) -> None:
    gone = Scope(SCOPE.link, "contacts", "to_pohoda")
    with ledger.transaction() as connection:
        mails.meet(connection, SCOPE, ["open"])
        mails.meet(connection, gone, ["over"])
        connection.execute(schema.mails.update().values(at=utc_now() - timedelta(days=500)))
        mails.meet(connection, gone, ["young"])
        retention.forget(connection, SCOPE.link, BEFORE, flows)
        assert {*mails.known(connection, SCOPE), *mails.known(connection, gone)} == stays
