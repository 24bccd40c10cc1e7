"""What waits: due records, held ones, quarantine and conflicts with what a person decided."""

import pytest

from pohoda_bridge.ledger import Ledger, Scope, intents, matching, waiting
from pohoda_bridge.ledger.leases import acquire

from .conftest import OTHERS, SCOPE, bind, intent

CONTACTS = Scope("gram", "contacts", "to_crm")
REASON = {"rule": "filled:company", "fields": ["company"], "en": "no name", "cs": "bez jména", "sk": "bez mena"}


def _row(technical: str, *reasons: dict[str, object]) -> dict[str, object]:
    return {"technical": technical, "reasons": list(reasons) or [REASON], "record": {"name": "Žltý"}}


def test_a_held_record_is_due_once_what_it_waits_for_is_bound(ledger: Ledger) -> None:
    rows = [
        {"technical": f"2026/AD/{n}", "waits_agenda": agenda, "waits_for": client, "reason": "waits"}
        for n, agenda, client in (
            (10, "clients", "2026/AD/1"), (11, "clients", "2026/AD/2"), (12, "deals", "2026/AD/1"), (13, None, None)
        )
    ]  # fmt: skip
    with ledger.transaction() as connection:
        waiting.hold(connection, CONTACTS, rows)
        assert waiting.due(connection, CONTACTS) == {}
        bind(connection, "2026/AD/2", "k2", "c2", scope=Scope("other", "clients", "to_crm"))
        assert waiting.due(connection, CONTACTS) == {}
        bind(connection, "2026/AD/1", "k", "c")
        assert waiting.due(connection, CONTACTS) == {"2026/AD/10": "held"}
        waiting.settle(connection, CONTACTS, {"2026/AD/10": "created"})
        assert waiting.due(connection, CONTACTS) == {}
        assert set(waiting.held(connection, CONTACTS)) == {"2026/AD/11", "2026/AD/12", "2026/AD/13"}


def test_every_reason_to_be_due_and_only_of_the_own_flow(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        lease = acquire(connection, "crm:gram", "run")
        intents.open_all(connection, SCOPE, [intent(1), intent(2), intent(3)], lease)
        intents.close(connection, intent(2), "doubt")
        intents.close(connection, intent(3), "written")
        waiting.make_due(connection, SCOPE, ["2026/AD/4"], "asked for")
        assert waiting.due(connection, SCOPE) == {
            "2026/AD/1": "doubt", "2026/AD/2": "doubt", "2026/AD/4": "asked for"
        }  # fmt: skip
        assert [waiting.due(connection, scope) for scope in OTHERS] == [{}, {}, {}]


@pytest.mark.parametrize(
    ("outcome", "left"),
    [
        ("quarantined", {"quarantined"}),
        ("held", {"held"}),
        ("conflict", {"conflict"}),
        ("created", set()),
        ("updated", set()),
        ("unchanged", set()),
        ("left_out", set()),
        ("gone", set()),
    ],
)
def test_settling_leaves_only_what_the_outcome_waits_for(ledger: Ledger, outcome: str, left: set[str]) -> None:
    with ledger.transaction() as connection:
        for technical in ("a", "b"):
            waiting.make_due(connection, SCOPE, [technical], "x")
            waiting.to_quarantine(connection, SCOPE, "r", [_row(technical)])
            held = {"technical": technical, "waits_agenda": "clients", "waits_for": "y", "reason": "waits"}
            waiting.hold(connection, SCOPE, [held])
            conflict = {"technical": technical, "fields": {"name": {"source": "a", "target": "b"}}}
            waiting.in_conflict(connection, SCOPE, [conflict])
        waiting.settle(connection, SCOPE, {"a": outcome})
        assert set(waiting.why_waiting(connection, SCOPE, "a")) == left
        assert set(waiting.why_waiting(connection, SCOPE, "b")) == {"quarantined", "held", "conflict", "due"}


def test_a_dismissed_record_stays_dismissed_with_its_day(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        waiting.to_quarantine(connection, SCOPE, "r1", [_row("a"), _row("b")])
        assert waiting.dismiss(connection, SCOPE, "a") is True
        assert waiting.dismiss(connection, SCOPE, "unknown") is False
        before = {row["technical"]: row for row in waiting.quarantined(connection, SCOPE)}
    with ledger.transaction() as connection:
        second = {**REASON, "en": "still no name"}
        waiting.to_quarantine(connection, SCOPE, "r2", [_row("a", REASON, second)])
        waiting.settle(connection, SCOPE, {"a": "quarantined", "b": "quarantined"})
        after = {row["technical"]: row for row in waiting.quarantined(connection, SCOPE)}
    assert [after[t]["dismissed"] for t in "ab"] == [True, False]
    assert after["a"]["since"] == before["a"]["since"]
    assert [reason["en"] for reason in after["a"]["reasons"]] == ["no name", "still no name"]
    assert (after["a"]["run_id"], after["a"]["record"]) == ("r2", {"name": "Žltý"})


def test_a_decision_outlives_the_next_look_at_the_conflict(ledger: Ledger) -> None:
    fields = {"name": {"source": "a", "target": "b"}, "city": {"source": "c", "target": "d"}}
    with ledger.transaction() as connection:
        waiting.in_conflict(connection, SCOPE, [{"technical": "a", "fields": fields}])
        assert waiting.decide(connection, SCOPE, "unknown", {"name": "crm"}) is False
        assert waiting.due(connection, SCOPE) == {}
        assert waiting.decide(connection, SCOPE, "a", {"name": "crm"}) is True
        assert waiting.due(connection, SCOPE) == {"a": "conflict decided"}
        waiting.in_conflict(connection, SCOPE, [{"technical": "a", "fields": {"city": fields["city"]}}])
        (found,) = waiting.conflicts(connection, SCOPE).values()
    assert (found["fields"], found["decision"]) == ({"city": fields["city"]}, {"name": "crm"})


def test_accepting_makes_due_what_waited_for_it(ledger: Ledger) -> None:
    from pohoda_bridge.ledger import sightings

    with ledger.transaction() as connection:
        sightings.note(connection, SCOPE, [("a", "1:x", False), ("b", "1:x", True)])
        assert matching.accepted(connection, SCOPE) == frozenset()
        matching.accept(connection, SCOPE)
        matching.accept(connection, SCOPE)
        assert matching.accepted(connection, SCOPE) == {"linked", "new"}
        assert waiting.due(connection, SCOPE) == {"a": "the matching was accepted"}
        assert [matching.accepted(connection, scope) for scope in OTHERS] == [frozenset()] * 3
