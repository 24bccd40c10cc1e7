"""Intents: noted before the call, one unanswered at most for each record, closed by the answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from pohoda_bridge.errors import Busy
from pohoda_bridge.ledger import Ledger, Request, intents, retention, runs, schema, waiting
from pohoda_bridge.ledger.leases import Lease, acquire
from pohoda_bridge.ledger.store import utc_now

from .conftest import OTHERS, SCOPE, intent


@pytest.fixture
def lease(ledger: Ledger) -> Lease:
    with ledger.transaction() as connection:
        return acquire(connection, "crm:gram", "run")


def _states(ledger: Ledger) -> dict[str, str]:
    with ledger.transaction() as connection:
        return {row.id: row.state for row in connection.execute(select(schema.intents))}


def test_an_opened_intent_comes_back_as_it_was(ledger: Ledger, lease: Lease) -> None:
    made = intent(1, item='{"name": "Žltý"}', source='{"name": ["a", "b"]}')
    with ledger.transaction() as connection:
        until = intents.open_all(connection, SCOPE, [made, intent(2)], lease)
        assert intents.unanswered(connection, SCOPE) == {"2026/AD/1": made, "2026/AD/2": intent(2)}
        assert [intents.unanswered(connection, scope) for scope in OTHERS] == [{}, {}, {}]
        row = connection.execute(select(schema.leases)).one()
        assert (row.until, row.token) == (until, lease.token)


@pytest.mark.parametrize("state", ["written", "refused", "retry", "dropped"])
def test_an_answer_makes_room_for_the_next_intent(ledger: Ledger, lease: Lease, state: str) -> None:
    with ledger.transaction() as connection:
        intents.open_all(connection, SCOPE, [intent(1, "2026/AD/1")], lease)
    with ledger.transaction() as connection:
        intents.close(
            connection, intent(1, "2026/AD/1"), state, target_id="c", reasons=["č"], drift={"zip": ["01", "1"]}
        )
        intents.open_all(connection, SCOPE, [intent(2, "2026/AD/1")], lease)
        newest, first = intents.attempts(connection, SCOPE, "2026/AD/1")
    assert (newest.id, newest.state) == ("i2", "open")
    assert (first.state, first.target_id, first.reasons, first.drift) == (state, "c", ("č",), {"zip": ["01", "1"]})


@pytest.mark.parametrize("state", ["open", "doubt", "submitted"])
def test_a_second_intent_beside_an_unanswered_one_is_impossible(ledger: Ledger, lease: Lease, state: str) -> None:
    with ledger.transaction() as connection:
        intents.open_all(connection, SCOPE, [intent(1, "2026/AD/1")], lease)
        intents.close(connection, intent(1), state)
    with pytest.raises(IntegrityError), ledger.transaction() as connection:
        intents.open_all(connection, SCOPE, [intent(2, "2026/AD/2"), intent(3, "2026/AD/1")], lease)
    assert _states(ledger) == {"i1": state}
    with ledger.transaction() as connection:
        for number, scope in enumerate(OTHERS, 10):
            intents.open_all(connection, scope, [intent(number, "2026/AD/1")], lease)


def test_a_doubt_is_sent_again_under_its_own_ids(ledger: Ledger, lease: Lease) -> None:
    with ledger.transaction() as connection:
        intents.open_all(connection, SCOPE, [intent(1), intent(2), intent(3)], lease)
        for number in (1, 2, 3):
            intents.close(connection, intent(number), "doubt", reasons=["time-out"])
    with ledger.transaction() as connection:
        intents.reopen(connection, [intent(1), intent(3)], lease)
        found = intents.unanswered(connection, SCOPE)
    assert _states(ledger) == {"i1": "open", "i2": "doubt", "i3": "open"}
    assert {(i.id, i.pack_id) for i in found.values()} == {("i1", "p"), ("i2", "p"), ("i3", "p")}


@pytest.mark.parametrize("again", [False, True])
def test_a_writer_that_lost_its_lease_notes_nothing(ledger: Ledger, lease: Lease, again: bool) -> None:
    with ledger.transaction() as connection:
        intents.open_all(connection, SCOPE, [intent(1)], lease)
        intents.close(connection, intent(1), "doubt")
    with ledger.transaction() as connection:
        acquire(connection, "crm:gram", "run")
    with pytest.raises(Busy), ledger.transaction() as connection:
        if again:
            intents.reopen(connection, [intent(1)], lease)
        else:
            intents.open_all(connection, SCOPE, [intent(2)], lease)
    assert _states(ledger) == {"i1": "doubt"}


def test_the_newest_intent_of_each_record_since_the_run_began(ledger: Ledger, lease: Lease) -> None:
    with ledger.transaction() as connection:
        runs.begin(connection, "r", SCOPE, Request())
        intents.open_all(connection, SCOPE, [intent(1, "a"), intent(2, "b")], lease)
        intents.close(connection, intent(1), "retry")
        intents.open_all(connection, SCOPE, [intent(3, "a"), intent(4, "c", run_id="another")], lease)
        found = intents.of_run(connection, "r")
        assert {technical: one.id for technical, one in found.items()} == {"a": "i3", "b": "i2"}
        runs.begin(connection, "r", SCOPE, Request())
        assert intents.of_run(connection, "r") == {}


def test_what_was_submitted_waits_and_is_no_doubt(ledger: Ledger, lease: Lease) -> None:
    with ledger.transaction() as connection:
        intents.open_all(connection, SCOPE, [intent(1), intent(2), intent(3, pack_id="q")], lease)
        intents.close(connection, intent(1), "submitted")
        intents.close(connection, intent(3), "written")
        assert [one.state for one in intents.submitted(connection, SCOPE).values()] == ["submitted"]
        assert set(intents.unanswered(connection, SCOPE)) == {"2026/AD/2"}
        assert waiting.due(connection, SCOPE) == {"2026/AD/1": "submitted", "2026/AD/2": "doubt"}
        assert intents.packs(connection, ["p", "q", "r"]) == {"p": {"submitted", "open"}, "q": {"written"}}
        opened = intents.oldest_submitted(connection, SCOPE)
        assert opened is not None
        assert intents.oldest_submitted(connection, SCOPE, opened) == opened
        assert intents.oldest_submitted(connection, SCOPE, opened + timedelta(seconds=1)) is None
        assert [intents.submitted(connection, scope) for scope in OTHERS] == [{}, {}, {}]


def test_what_was_submitted_is_not_forgotten(ledger: Ledger, lease: Lease) -> None:
    with ledger.transaction() as connection:
        intents.open_all(connection, SCOPE, [intent(1), intent(2)], lease)
        intents.close(connection, intent(1), "submitted")
        intents.close(connection, intent(2), "written")
        retention.forget(connection, "gram", utc_now() + timedelta(days=1), [("clients", "to_crm")])
    assert _states(ledger) == {"i1": "submitted"}
