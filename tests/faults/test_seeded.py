"""Each promise with the fault that breaks it: the very checks of the other files must turn red."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

import pytest

from pohoda_bridge import redact
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import leases
from tests.faults import (
    checks,
    seeds,
    test_bad_records,
    test_clocks,
    test_conflicts,
    test_not_stored,
    test_sources,
    test_storage,
)
from tests.faults.arena import AGENDAS, Arena, Arenas

Red = (AssertionError, pytest.fail.Exception, BridgeError)
"""What a broken promise may look like to a check: its own assertion, or that the product cannot go on."""


def lost_answers(arena: Arena) -> None:
    arena.agendas = ("clients",)
    arena.fault("cut_after", method="write", skip=1)
    arena.try_round()
    arena.recover()
    checks.at_rest(arena)


def second_run(arena: Arena) -> None:
    arena.round()
    arena.pohoda.edit("AD", arena.companies()[0]["ID"])
    arena.round()
    before = arena.dump(*checks.MOVING)["bindings"]
    arena.round("full")
    assert arena.dump(*checks.MOVING)["bindings"] == before


def after_a_crash(arena: Arena) -> None:
    """A run that broke after its reading loses nothing."""
    arena.agendas = ("clients",)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seeds.module("sync.run"), "plan", lambda *_: (_ for _ in ()).throw(BridgeError("broken")))
        arena.try_round()
    arena.recover()
    checks.at_rest(arena)
    checks.equal_of(arena, "clients")


FRESH: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], Callable[[Arena], None]]] = {
    "doubts never looked up": (seeds.doubts_never_looked_up, lost_answers),
    "a time-out is a failure": (seeds.timeout_is_a_failure, lost_answers),
    "the cursor moves first": (seeds.cursor_moves_first, after_a_crash),
    "held for good": (seeds.held_for_good, test_bad_records.test_contacts_wait_for_their_company_and_go_by_themselves),
    "one refusal ends all": (
        seeds.one_refusal_ends_all,
        lambda arena: test_bad_records.test_a_record_that_the_crm_refuses_waits_alone(arena, 2),
    ),
    "the target is not described": (
        seeds.target_not_described, lambda arena: test_sources.field_gone(arena, "clients", "Phone"),
    ),
    "the base is forgotten": (seeds.base_forgotten, second_run),
}  # fmt: skip
CARRIED: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], Callable[[Arena], None]]] = {
    "no overlap": (seeds.no_overlap, lambda arena: test_clocks.committed_late(arena, timedelta(seconds=60))),
    "the clock is trusted": (seeds.clock_trusted, lambda arena: test_clocks.clock_set_back(arena, timedelta(hours=1))),
    "unique in the batch only": (
        seeds.unique_in_the_batch_only,
        test_bad_records.test_a_duplicate_that_appears_has_both_judged_and_a_deleted_one_frees_the_other,
    ),
    "twins are forgotten": (
        seeds.twins_forgotten,
        test_bad_records.test_a_duplicate_that_appears_has_both_judged_and_a_deleted_one_frees_the_other,
    ),
    "the alias is left out": (
        seeds.alias_left_out, test_bad_records.test_a_company_deleted_and_made_again_is_the_same_client,
    ),
    "no brake": (
        seeds.no_brake,
        lambda arena: test_sources.test_an_empty_source_deletes_nothing_and_stops(arena, "clients"),
    ),
    "both sides are one": (
        seeds.both_wrong,
        test_conflicts.test_the_same_field_changed_on_both_sides_is_a_conflict_and_nothing_is_written,
    ),
}  # fmt: skip


def turns_red(arena: Arena, check: Callable[[Arena], None], seed: Callable[[pytest.MonkeyPatch], None]) -> None:
    with pytest.MonkeyPatch.context() as patch, ExitStack() as red:
        seed(patch)
        red.enter_context(pytest.raises(Red))
        check(arena)


@pytest.mark.parametrize("name", FRESH)
def test_a_seeded_fault_is_found_on_a_new_company(arenas: Arenas, name: str) -> None:
    seed, check = FRESH[name]
    with arenas.open() as arena:
        turns_red(arena, check, seed)


@pytest.mark.parametrize("name", CARRIED)
def test_a_seeded_fault_is_found_on_a_carried_company(arenas: Arenas, name: str) -> None:
    seed, check = CARRIED[name]
    with arenas.open(after=AGENDAS) as arena:
        turns_red(arena, check, seed)


def test_an_intent_stored_late_is_found(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    turns_red(arena, lambda arena: test_storage.intents_come_first(arena, monkeypatch), seeds.intents_stored_late)


@pytest.mark.parametrize("check", [lost_answers, second_run, after_a_crash])
def test_the_checks_made_here_hold_without_a_seed(arena: Arena, check: Callable[[Arena], None]) -> None:
    check(arena)


def test_a_blind_second_sending_is_found(arenas: Arenas) -> None:
    with arenas.open(after=("clients", "addresses")) as arena:
        arena.agendas = ("contacts",)
        turns_red(arena, lambda arena: test_not_stored.doubt_stays(arena, "cut_before"), seeds.no_answer_is_not_found)


def test_a_lease_that_nobody_asks_about_is_found(arena: Arena) -> None:
    """Two writers, one after the other's lease: without the token the first goes on noting."""

    def check(arena: Arena) -> None:
        with arena.job("clients") as job:
            with arena.ledger.transaction() as ledger:
                old = leases.acquire(ledger, job.lease_target, "first", seconds=-1)
            with arena.ledger.transaction() as ledger:
                leases.acquire(ledger, job.lease_target, "second")
            with pytest.raises(BridgeError):
                seeds.module("sync.send").send(job, old, [])

    check(arena)
    turns_red(arena, check, seeds.lease_not_asked)


def test_a_log_without_its_mask_is_found() -> None:
    import logging

    from tests.faults.test_canaries import keeps_secrets

    secret = "kanarik-4711-token"
    redact.keep_secret(secret)
    keeps_secrets(redact.masked(f"Token {secret}"), {secret})
    record = logging.LogRecord("x", logging.INFO, "x", 1, "Token %s", (secret,), None)
    with pytest.raises(AssertionError):
        keeps_secrets(record.getMessage(), {secret})
