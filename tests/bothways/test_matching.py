"""A first connection: what is one record on both sides, what is new, what a person decides; in either direction."""

import pytest

from pohoda_bridge.ledger import runs, schema
from tests.both import WAYS, Both
from tests.cli.conftest import Command

LINKED, SHARED = "87654326", "12345679"


@pytest.fixture
def first(both: Both) -> Both:
    """To link: AD/1; new in POHODA: AD/2; one of POHODA for two of the CRM: AD/3; new in the CRM: Obchod."""
    both.link(accept="ask")
    both.company(Firma="Linked", ICO=LINKED)
    both.company(Firma="Predaj")
    both.company(Firma="Doubtful", ICO=SHARED)
    both.add(name="Linked", ico=LINKED)
    both.add(name="Obchod")
    both.add(name="Doubtful 1", ico=SHARED)
    both.add(name="Doubtful 2", ico=SHARED)
    return both


def clients(both: Both) -> list[str]:
    return sorted(both.value(record["id"], "name") for record in both.records())


def companies(both: Both) -> list[str]:
    return sorted(card["Firma"] for card in both.cards())


def bound(both: Both) -> int:
    with both.job() as job, job.ledger.transaction() as ledger:
        return len(list(ledger.execute(schema.bindings.select())))


def both_ways(both: Both, order: tuple[str, ...] = WAYS) -> dict[str, int]:
    counts = [both.sync("clients", way) for way in order]
    return dict(sum(counts[1:], counts[0]))


def record_of(both: Both, name: str) -> str:
    (found,) = [record["id"] for record in both.records() if both.value(record["id"], "name") == name]
    return str(found)


def why(both: Both, technical: str, way: str) -> str:
    with both.job("clients", way) as job, job.ledger.transaction() as ledger:
        ((_, outcome), *_) = runs.history(ledger, job.scope, technical)
        return f"{outcome.outcome}: {outcome.reason}"


def test_the_preview_shows_each_direction_and_changes_nothing(first: Both, command: Command) -> None:
    writes = first.crm.writes()
    done = command("match", first.kind, "clients", "--json")
    kinds = {(one["direction"], one["kind"]) for one in done.data["records"]}
    assert kinds == {(way, kind) for way in WAYS for kind in ("linked", "new", "ambiguous")}
    assert done.data["groups"] == {"linked": 2, "new": 2, "ambiguous": 3}
    shown = [line.replace("│", " ").split() for line in command("match", first.kind, "clients").out.splitlines()]
    assert ["to_crm", "ambiguous", "1"] in shown
    assert ["to_pohoda", "ambiguous", "2"] in shown
    assert both_ways(first) == {"left_out": 7}
    assert (first.crm.writes(), len(first.cards()), bound(first)) == (writes, 3, 0)


@pytest.mark.parametrize("order", [WAYS, WAYS[::-1]])
def test_a_group_is_accepted_by_itself(first: Both, command: Command, order: tuple[str, ...]) -> None:
    command("match", first.kind, "clients", "--only", "linked")
    both_ways(first, order)
    assert (bound(first), len(first.records()), len(first.cards())) == (1, 4, 3)
    command("match", first.kind, "clients", "--accept", "--only", "new")
    assert both_ways(first, order)["created"] == 2
    assert companies(first) == ["Doubtful", "Linked", "Obchod", "Predaj"]
    assert clients(first) == ["Doubtful 1", "Doubtful 2", "Linked", "Obchod", "Predaj"]
    assert (bound(first), both_ways(first, order).get("left_out")) == (3, 3)


@pytest.mark.parametrize("order", [WAYS, WAYS[::-1]])
def test_a_person_names_the_pair_among_several(first: Both, command: Command, order: tuple[str, ...]) -> None:
    second = record_of(first, "Doubtful 2")
    done = command(
        "match", first.kind, "clients", "--accept", "--only", "linked", "--pair", "2026/AD/3", second, "--json"
    )
    assert done.data["decided"] == ["2026/AD/3"]
    kinds = {one["id"]: one["kind"] for one in done.data["records"]}
    assert (kinds["2026/AD/3"], kinds[second], kinds[record_of(first, "Doubtful 1")]) == ("linked", "linked", "new")
    both_ways(first, order)
    assert first.value(second, "name") == first.card(3)["Firma"] == "Doubtful"
    assert (bound(first), len(first.records()), len(first.cards())) == (2, 4, 3)


@pytest.mark.parametrize(("of", "order"), [("to_crm", WAYS), ("to_pohoda", WAYS[::-1])])
def test_a_record_that_a_person_calls_new_is_paired_from_neither_side(
    both: Both, command: Command, order: tuple[str, ...], of: str
) -> None:
    both.link(accept="ask")
    both.company(Firma="Alfa Brno", ICO=LINKED)
    client = both.add(name="Alfa Plzeň", ico=LINKED)
    record = {"to_crm": "2026/AD/1", "to_pohoda": client}[of]
    done = command("match", both.kind, "clients", "--accept", "--new", record, "--json")
    assert done.data["decided"] == [record]
    assert both_ways(both, order)["created"] == 2
    assert companies(both) == clients(both) == ["Alfa Brno", "Alfa Plzeň"]
    both_ways(both, order)
    assert both_ways(both, order) == {"unchanged": 4}


def test_a_pair_that_cannot_be_is_refused_at_once(first: Both, command: Command) -> None:
    command("match", first.kind, "clients", "--accept")
    both_ways(first)
    linked, one = record_of(first, "Linked"), record_of(first, "Doubtful 1")
    for pair, told in (
        (("2026/AD/3", linked), linked), (("2026/AD/1", one), "2026/AD/1"),
        (("2026/AD/99", one), "2026/AD/99"), (("2026/AD/3", "nobody"), "nobody"),
    ):  # fmt: skip
        done = command("match", first.kind, "clients", "--pair", *pair)
        assert done.code == 1
        assert told in done.err
    assert command("match", first.kind, "clients", "--new", "2026/AD/99").code == 1
    assert both_ways(first)["left_out"] == 3
    assert bound(first) == 3


def test_a_decided_pair_that_was_bound_or_deleted_since_is_told_of(first: Both, command: Command) -> None:
    one, two = record_of(first, "Doubtful 1"), record_of(first, "Doubtful 2")
    command("match", first.kind, "clients", "--accept", "--pair", "2026/AD/3", one)
    first.drop(one)
    first.sync("clients", "to_crm")
    assert f"{one}, which a person named as its pair, is not there" in why(first, "2026/AD/3", "to_crm")
    command("match", first.kind, "clients", "--pair", "2026/AD/3", two)
    assert both_ways(first)["unchanged"]
    assert first.value(two, "name") == "Doubtful"
