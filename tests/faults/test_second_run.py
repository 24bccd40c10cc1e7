"""The second run writes nothing (G3)."""

import pytest

from tests.faults import checks
from tests.faults.arena import Arena


def test_a_second_run_writes_nothing_and_leaves_the_ledger_alone(carried: Arena) -> None:
    checks.quiet(carried)
    checks.quiet(carried)


def test_a_second_full_run_writes_nothing(carried: Arena) -> None:
    checks.quiet(carried, "full")


def test_both_sides_are_equal_afterwards(carried: Arena) -> None:
    checks.equal(carried)
    checks.at_rest(carried)


@pytest.mark.parametrize("size", [12, 40])
def test_a_larger_company_with_dirt_comes_to_rest_too(arenas, size: int) -> None:
    with arenas.open(size=size, seed=2) as arena:
        for counts in arena.round().values():
            checks.counts_add_up(counts)
        arena.round()
        checks.at_rest(arena)
        checks.quiet(arena, "full")
        checks.equal(arena)
