"""What was last seen: prints, and groups of values that must be unique, with whom to judge again."""

from pohoda_bridge.ledger import Ledger, Scope, bindings, sightings

from .conftest import OTHERS, SCOPE

RULE = "unique:ico"


def _regroup(ledger: Ledger, **values: str | None) -> set[str]:
    with ledger.transaction() as connection:
        return sightings.regroup(connection, SCOPE, {t: {RULE: value} for t, value in values.items()})


def _counts(ledger: Ledger, *values: str) -> dict[str, int]:
    with ledger.transaction() as connection:
        return sightings.counts(connection, SCOPE, RULE, values)


def test_settled_only_with_exactly_the_print_it_had(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        sightings.note(connection, SCOPE, [("a", "1:x", True), ("b", "1:x", False)])
        asked = {"a": "1:x", "b": "1:x", "c": "1:x"}
        assert sightings.settled(connection, SCOPE, asked) == {"a"}
        assert sightings.settled(connection, SCOPE, {"a": "1:y"}) == set()
        sightings.note(connection, SCOPE, [("a", "1:y", True)])
        assert sightings.settled(connection, SCOPE, {"a": "1:y"}) == {"a"}
        assert sightings.known(connection, SCOPE) == {"a", "b"}
        assert [sightings.known(connection, scope) for scope in OTHERS] == [set(), set(), set()]


def test_joining_a_group_calls_up_its_members(ledger: Ledger) -> None:
    assert _regroup(ledger, a="1", b="2") == set()
    assert _regroup(ledger, c="1") == {"a"}
    assert _regroup(ledger, d="1", e="2", f="9") == {"a", "b", "c"}
    assert _counts(ledger, "1", "2", "9", "none") == {"1": 3, "2": 2, "9": 1}


def test_leaving_a_group_calls_up_those_who_stay(ledger: Ledger) -> None:
    _regroup(ledger, a="1", b="1", c="2")
    assert _regroup(ledger, a="2") == {"b", "c"}
    assert _regroup(ledger, a=None) == {"c"}
    assert _counts(ledger, "1", "2") == {"1": 1, "2": 1}


def test_staying_calls_up_nobody(ledger: Ledger) -> None:
    _regroup(ledger, a="1", b="1")
    assert _regroup(ledger, a="1", b="1") == set()
    assert _regroup(ledger, a="1") == set()


def test_rules_and_flows_have_groups_of_their_own(ledger: Ledger) -> None:
    with ledger.transaction() as connection:
        sightings.regroup(connection, SCOPE, {"a": {"unique:ico": "1", "unique:email": "x"}})
        for scope in OTHERS:
            assert sightings.regroup(connection, scope, {"b": {"unique:ico": "1"}}) == set()
        assert sightings.regroup(connection, SCOPE, {"c": {"unique:ico": "x", "unique:email": "1"}}) == set()
        assert sightings.group_mates(connection, SCOPE, ["a"]) == {"a"}
        assert sightings.regroup(connection, SCOPE, {"d": {"unique:ico": None, "unique:email": "x"}}) == {"a"}


def test_a_forgotten_record_leaves_its_groups(ledger: Ledger) -> None:
    _regroup(ledger, a="1", b="1", c="1", d="2")
    with ledger.transaction() as connection:
        sightings.note(connection, SCOPE, [("a", "1:x", True), ("d", "1:x", True)])
        assert sightings.forget(connection, SCOPE, ["a", "d"]) == {"b", "c"}
        assert sightings.known(connection, SCOPE) == set()
        assert sightings.forget(connection, SCOPE, ["a"]) == set()
    assert _counts(ledger, "1", "2") == {"1": 2}


def test_more_records_than_one_statement_takes(ledger: Ledger) -> None:
    many = {f"t{number}": str(number % 700) for number in range(1400)}
    assert _regroup(ledger, **many) == set()
    assert _counts(ledger, *(str(n) for n in range(700))) == {str(n): 2 for n in range(700)}
    assert _regroup(ledger, t0="1") == {"t700", "t1", "t701"}


def test_the_longest_values_that_must_be_unique(ledger: Ledger) -> None:
    """500 characters of four bytes each, in an agenda and a rule with long names."""
    scope = Scope("l" * 40, "received_invoices", "to_pohoda")
    long = "".join(chr(0x20000 + number * 7919 % 40000) for number in range(500))
    with ledger.transaction() as connection:
        for technical in ("a", "b"):
            mates = sightings.regroup(connection, scope, {technical: {"unique:ico+name+zip+number+year": long}})
        assert mates == {"a"}
        bindings.bind(connection, scope, technical="a", key=long, crm_id="c", pohoda={}, crm={}, run_id="r")
        assert bindings.by_key(connection, scope, [long])[long].crm_id == "c"
