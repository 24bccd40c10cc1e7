"""Broken builds of the product, each a patch of one place: what the checks must find."""

import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pohoda_bridge.errors import Retry, StopAgenda
from pohoda_bridge.ledger import bindings, intents, leases, runs, sightings, waiting
from pohoda_bridge.side import Answer
from pohoda_bridge.sync import Job

Patch = pytest.MonkeyPatch


def module(name: str) -> Any:
    return sys.modules[f"pohoda_bridge.{name}"]


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
    patch.setattr(module("sync.decide"), "_last", lambda *_: None)


def both_wrong(patch: Patch) -> None:
    """On both sides changed is taken for changed here."""
    compare = module("sync.compare")
    patch.setattr(compare, "_stands", lambda s, t, old, winner, returns: "equal" if s == t else "source")


def pohoda_takes_all(patch: Patch) -> None:
    """A POHODA that does not know what it imported before: nobody has seen a real one refuse a second sending."""
    importer = sys.modules["pohoda_sandbox.pohoda.xml.imports.run"].Importer
    patch.setattr(importer, "repeated", lambda *_: False)


def mark_not_sent(patch: Patch) -> None:
    made = module("sync.send").item_of
    patch.setattr(module("sync.send"), "item_of", lambda job, intent: replace(made(job, intent), mark=None))
    pohoda_takes_all(patch)


def doubts_sent_again(patch: Patch) -> None:
    """A doubt is taken for absent; POHODA makes what it is told."""
    patch.setattr(module("sync.load"), "look_up", lambda job, lease, doubts: ({}, list(doubts)))
    pohoda_takes_all(patch)


def base_as_sent(patch: Patch) -> None:
    """What was sent counts as synced, not what the target made of it."""
    bind = module("sync.send").bind

    def sent(ledger: Any, job: Job, technical: str, key: str, run_id: str, base: Any, row: Any, **more: Any) -> None:
        bind(ledger, job, technical, key, run_id, base, {"_id": row["_id"]}, **more)

    patch.setattr(module("sync.send"), "bind", sent)


def second_email_dropped(patch: Patch) -> None:
    patch.setitem(module("records.restore").RESTORATIONS, "first_email", lambda _, wanted, now: wanted)


def known_as_if(patch: Patch, **wrong: Any) -> None:
    """The plan is decided as if nothing stood in the way."""
    decide = module("sync.plan").decide

    def decided(job: Job, record: Any, known: Any, findings: Any) -> Any:
        return decide(job, record, replace(known, **wrong), findings)

    patch.setattr(module("sync.plan"), "decide", decided)


def held_ignored(patch: Patch) -> None:
    known_as_if(patch, waits={})


def back_in_doubt_ignored(patch: Patch) -> None:
    known_as_if(patch, back_in_doubt=False)
