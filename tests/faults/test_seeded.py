"""Each promise with the fault that breaks it: the very checks of the other files must turn red."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pohoda_bridge import redact
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import bindings, intents, leases, runs, sightings, waiting
from pohoda_bridge.side import Answer
from pohoda_bridge.sync import Job
from tests.faults import checks, test_bad_records, test_clocks, test_not_stored, test_sources, test_storage
from tests.faults.arena import AGENDAS, Arena, Arenas

Patch = pytest.MonkeyPatch
Red = (AssertionError, pytest.fail.Exception, BridgeError)
"""What a broken promise may look like to a check: its own assertion, or that the product cannot go on."""


def module(name: str) -> Any:
    return sys.modules[f"pohoda_bridge.{name}"]


def lost_answers(arena: Arena) -> None:
    arena.agendas = ("clients",)
    arena.fault("cut_after", method="write", skip=1)
    arena.try_round()
    arena.recover()
    checks.at_rest(arena)


def intents_stored_late(patch: Patch) -> None:
    """The intent is noted after the call, with its answer."""
    noted, settle = intents.open_all, module("sync.send").settle

    def later(ledger: Any, job: Job, intent: Any, answer: Answer) -> Any:
        noted(ledger, job.scope, [intent], leases.Lease(job.lease_target, "", token[0]))
        return settle(ledger, job, intent, answer)

    token = [0]

    def skipped(ledger: Any, scope: Any, pack: Any, lease: leases.Lease) -> float:
        token[0] = lease.token
        return leases.renew(ledger, lease)

    patch.setattr(intents, "open_all", skipped)
    patch.setattr(module("sync.send"), "settle", later)


def doubts_never_looked_up(patch: Patch) -> None:
    """A doubt is taken for absent, and sent again as a plain create."""
    patch.setattr(module("sync.load"), "look_up", lambda job, lease, doubts: ({}, list(doubts)))
    plain_create(patch)


def plain_create(patch: Patch) -> None:
    """A CRM that does not match by mark: only our own look-up keeps a record from being made twice."""
    writer = module("crm.writing").Writer
    patch.setattr(writer, "_operation", lambda self, item: self._api.update if item.target_id else self._api.create)


def no_answer_is_not_found(patch: Patch) -> None:
    """A look-up without an answer counts as `not there`."""
    from pohoda_bridge.crm.rest import RestCrm
    from pohoda_bridge.errors import Retry

    asked = RestCrm.look_up

    def careless(self: Any, agenda: str, wanted: Any) -> Any:
        try:
            return asked(self, agenda, wanted)
        except Retry:
            return [[] for _ in wanted]

    patch.setattr(RestCrm, "look_up", careless)


def timeout_is_a_failure(patch: Patch) -> None:
    """What got no answer is taken for refused."""
    failure = module("crm.failure")
    patch.setitem(failure.ON_WRITE, "cut", "refused")


def lease_not_asked(patch: Patch) -> None:
    patch.setattr(module("sync.send"), "renew", lambda ledger, lease: 0.0)
    patch.setattr(intents, "renew", lambda ledger, lease: float("inf"))


def cursor_moves_first(patch: Patch) -> None:
    """The cursor is moved when the batch was read, not with the outcomes."""
    extracted = runs.extracted

    def moved(ledger: Any, run_id: str, watermark: Any, skipped: int) -> None:
        extracted(ledger, run_id, watermark, skipped)
        run = runs.get(ledger, run_id)
        runs.finish(ledger, replace(run, watermark=watermark + timedelta(hours=1)), {"read": 0}, None)

    patch.setattr(runs, "extracted", moved)


def no_overlap(patch: Patch) -> None:
    patch.setattr(module("sync.window"), "OVERLAP", timedelta())


def clock_trusted(patch: Patch) -> None:
    patch.setattr(module("sync.extract"), "reaching_back", lambda window, *_: window)


def unique_in_the_batch_only(patch: Patch) -> None:
    def of_the_batch(ledger: Any, scope: Any, rule: str, values: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        for value in values:
            found[value] = found.get(value, 0) + 1
        return found

    patch.setattr(sightings, "counts", of_the_batch)
    patch.setattr(sightings, "regroup", lambda *_: set())


def twins_forgotten(patch: Patch) -> None:
    patch.setattr(module("sync.extract"), "_look_after_duplicates", lambda *_: None)


def key_is_everything(patch: Patch) -> None:
    """Whoever has the key of a pair is that pair, though the pair's own record lives."""
    patch.setattr(sightings, "there", lambda *_: set())


def alias_left_out(patch: Patch) -> None:
    """A record found again by its key does not get its new technical id noted on the pair."""
    patch.setattr(bindings, "upsert", lambda *_: None)


def held_for_good(patch: Patch) -> None:
    due = waiting.due
    patch.setattr(waiting, "due", lambda ledger, scope: {t: w for t, w in due(ledger, scope).items() if w != "held"})


def one_refusal_ends_all(patch: Patch) -> None:
    settle = module("sync.send").settle

    def strict(ledger: Any, job: Job, intent: Any, answer: Answer) -> Any:
        if answer.state == "refused":
            from pohoda_bridge.errors import StopAgenda

            raise StopAgenda("one record was refused")
        return settle(ledger, job, intent, answer)

    patch.setattr(module("sync.send"), "settle", strict)


def no_brake(patch: Patch) -> None:
    patch.setattr(module("sync.extract"), "SHRUNK", -1.0)


def target_not_described(patch: Patch) -> None:
    from pohoda_bridge.crm.rest import RestCrm

    patch.setattr(RestCrm, "describe", lambda self, agenda: {})


def base_forgotten(patch: Patch) -> None:
    """The values last synced are not kept: who changed what cannot be told."""
    patch.setattr(module("sync.decide"), "_stored", lambda *_: None)


def both_wrong(patch: Patch) -> None:
    """On both sides changed is taken for changed here."""
    compare = module("sync.compare")
    patch.setattr(compare, "_stands", lambda s, t, old, winner, two_way: "equal" if s == t else "source")


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
        patch.setattr(module("sync.run"), "plan", lambda *_: (_ for _ in ()).throw(BridgeError("broken")))
        arena.try_round()
    arena.recover()
    checks.at_rest(arena)
    checks.equal_of(arena, "clients")


FRESH: dict[str, tuple[Callable[[Patch], None], Callable[[Arena], None]]] = {
    "doubts never looked up": (doubts_never_looked_up, lost_answers),
    "a time-out is a failure": (timeout_is_a_failure, lost_answers),
    "the cursor moves first": (cursor_moves_first, after_a_crash),
    "held for good": (held_for_good, test_bad_records.test_contacts_wait_for_their_company_and_go_by_themselves),
    "one refusal ends all": (
        one_refusal_ends_all, lambda arena: test_bad_records.test_a_record_that_the_crm_refuses_waits_alone(arena, 2),
    ),
    "the target is not described": (
        target_not_described, lambda arena: test_sources.field_gone(arena, "clients", "Phone"),
    ),
    "the base is forgotten": (base_forgotten, second_run),
}  # fmt: skip
CARRIED: dict[str, tuple[Callable[[Patch], None], Callable[[Arena], None]]] = {
    "no overlap": (no_overlap, lambda arena: test_clocks.committed_late(arena, timedelta(seconds=60))),
    "the clock is trusted": (clock_trusted, lambda arena: test_clocks.clock_set_back(arena, timedelta(hours=1))),
    "unique in the batch only": (
        unique_in_the_batch_only,
        test_bad_records.test_a_duplicate_that_appears_has_both_judged_and_a_deleted_one_frees_the_other,
    ),
    "twins are forgotten": (
        twins_forgotten,
        test_bad_records.test_a_duplicate_that_appears_has_both_judged_and_a_deleted_one_frees_the_other,
    ),
    "the key is everything": (
        key_is_everything, test_bad_records.test_the_bound_one_of_two_duplicates_is_edited_away,
    ),
    "the alias is left out": (
        alias_left_out, test_bad_records.test_a_company_deleted_and_made_again_is_the_same_client,
    ),
    "no brake": (no_brake, lambda arena: test_sources.test_an_empty_source_deletes_nothing_and_stops(arena, "clients")),
    "both sides are one": (
        both_wrong,
        test_bad_records.test_the_same_field_changed_on_both_sides_is_a_conflict_and_nothing_is_written,
    ),
}  # fmt: skip


def turns_red(arena: Arena, check: Callable[[Arena], None], seed: Callable[[Patch], None]) -> None:
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


def test_an_intent_stored_late_is_found(arena: Arena, monkeypatch: Patch) -> None:
    turns_red(arena, lambda arena: test_storage.intents_come_first(arena, monkeypatch), intents_stored_late)


@pytest.mark.parametrize("check", [lost_answers, second_run, after_a_crash])
def test_the_checks_made_here_hold_without_a_seed(arena: Arena, check: Callable[[Arena], None]) -> None:
    check(arena)


def test_a_blind_second_sending_is_found(arenas: Arenas) -> None:
    with arenas.open(after=("clients", "addresses")) as arena:
        arena.agendas = ("contacts",)
        turns_red(arena, lambda arena: test_not_stored.doubt_stays(arena, "cut_before"), no_answer_is_not_found)


def test_a_lease_that_nobody_asks_about_is_found(arena: Arena) -> None:
    """Two writers, one after the other's lease: without the token the first goes on noting."""

    def check(arena: Arena) -> None:
        with arena.job("clients") as job:
            with arena.ledger.transaction() as ledger:
                old = leases.acquire(ledger, job.lease_target, "first", seconds=-1)
            with arena.ledger.transaction() as ledger:
                leases.acquire(ledger, job.lease_target, "second")
            with pytest.raises(BridgeError):
                module("sync.send").send(job, old, [])

    check(arena)
    turns_red(arena, check, lease_not_asked)


def test_a_log_without_its_mask_is_found() -> None:
    import logging

    from tests.faults.test_canaries import keeps_secrets

    secret = "kanarik-4711-token"
    redact.keep_secret(secret)
    keeps_secrets(redact.masked(f"Token {secret}"), {secret})
    record = logging.LogRecord("x", logging.INFO, "x", 1, "Token %s", (secret,), None)
    with pytest.raises(AssertionError):
        keeps_secrets(record.getMessage(), {secret})
