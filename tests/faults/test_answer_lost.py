"""An answer that is lost after the CRM stored is a doubt: looked up, never sent again blindly (G1, G5)."""

from collections.abc import Callable

import pytest

from tests.faults import checks
from tests.faults.arena import AGENDAS, ENTITIES, Arena, Arenas
from tests.faults.checks import World
from tests.waits import NEVER, SHORT, until

LOST = {
    "cut_after": {},
    "truncate": {},
    "garbage": {},
    "wrong_encoding": {},
    "status_after": {"status": 500},
    "gateway": {"status": 503},
    "delay": {"seconds": NEVER},
}
WRITES = {"clients": 5, "addresses": 4, "contacts": 9}


def script(arena: Arena, name: str, **more: object) -> None:
    kind = "status_after" if name == "gateway" else name
    if kind == "delay":
        arena.extra["read_timeout"] = SHORT
    arena.fault(kind, method="write", **{**LOST[name], **more})


def carried_without_harm(arena: Arena, expected: World) -> None:
    """Whatever is scripted now strikes; then at most three further rounds bring everything to rest."""
    arena.try_round()
    late = sum(script.struck for script in arena.sandbox.faults._scripts if script.fault.kind == "delay")
    arena.calm()
    arena.extra["read_timeout"] = 20
    if late:
        all_come_late(arena, late)
    arena.recover()
    checks.at_rest(arena, expected)


def all_come_late(arena: Arena, calls: int) -> None:
    """What the client gave up on is carried out now, after it looked."""
    arrived = arena.gram.writes()
    arena.gram.stop()
    arena.gram.start()
    until(lambda: arena.gram.writes() == arrived + calls)


def test_the_company_makes_the_writes_that_the_cases_count(undisturbed: Callable[..., World]) -> None:
    sizes = [len(records) for records in undisturbed().values()]
    assert sizes == list(WRITES.values())


@pytest.mark.parametrize(("agenda", "call"), [(a, k) for a in AGENDAS for k in range(WRITES[a])])
def test_the_answer_of_one_call_is_lost(
    arenas: Arenas, undisturbed: Callable[..., World], agenda: str, call: int
) -> None:
    """At every call of every agenda; the CRM holds what it held before, and this agenda's records."""
    place = AGENDAS.index(agenda)
    with arenas.open(after=AGENDAS[:place]) as arena:
        arena.agendas = (agenda,)
        script(arena, "cut_after", skip=call)
        entities = [ENTITIES[name] for name in AGENDAS[: place + 1]]
        carried_without_harm(arena, {entity: undisturbed()[entity] for entity in entities})


@pytest.mark.parametrize("kind", LOST)
@pytest.mark.parametrize("every", [1, 3])
def test_the_answer_of_every_kth_call_is_lost(
    arenas: Arenas, undisturbed: Callable[..., World], kind: str, every: int
) -> None:
    with arenas.open(after=("clients", "addresses")) as arena:
        arena.agendas = ("contacts",)
        script(arena, kind, every=every, times=1000)
        arena.try_round()
        carried_without_harm(arena, undisturbed())


@pytest.mark.parametrize("call", range(5))
def test_a_larger_company_with_lost_answers_of_all_kinds(
    arenas: Arenas, undisturbed: Callable[..., World], call: int
) -> None:
    with arenas.open(size=12, seed=3) as arena:
        for number, kind in enumerate(["cut_after", "truncate", "garbage", "status_after", "gateway"]):
            script(arena, kind, skip=call + 5 * number)
        carried_without_harm(arena, undisturbed(12, 3))


@pytest.mark.parametrize("kind", ["cut_after", "cut_before"])
def test_a_record_in_doubt_that_is_deleted_in_pohoda_does_not_stay_in_doubt(arenas: Arenas, kind: str) -> None:
    """Stored or not, the doubt is cleared; what was not stored is not wanted any more, and never sent again."""
    with arenas.open() as arena:
        arena.agendas = ("clients",)
        arena.fault(kind, method="write")
        arena.try_round()
        (doubt,) = [row for row in arena.table("intents") if row["state"] == "doubt"]
        arena.pohoda.delete("AD", int(doubt["technical"].rpartition("/")[2]))
        arena.recover()
        assert len(arena.gram.records("Client")) == (5 if kind == "cut_after" else 4)
        checks.at_rest(arena)
