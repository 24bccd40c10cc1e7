"""What was certainly not stored is sent again, and a look-up without an answer clears nothing (G1, G5, G20)."""

from collections.abc import Callable

import pytest

from pohoda_bridge.errors import Retry
from tests.faults import checks
from tests.faults.arena import Arena, Arenas
from tests.faults.checks import World

BEFORE = {
    "cut_before": {},
    "refuse": {},
    "status 429": {"status": 429},
    "status 429 with Retry-After": {"status": 429, "retry_after": "7"},
    "status 503": {"status": 503},
    "status 500": {"status": 500},
}


@pytest.fixture
def contacts(arenas: Arenas):
    """Clients and addresses are carried, the contacts are not."""
    with arenas.open(after=("clients", "addresses")) as arena:
        arena.agendas = ("contacts",)
        yield arena


@pytest.mark.parametrize("name", BEFORE)
@pytest.mark.parametrize("every", [1, 3])
def test_calls_that_fail_before_anything_is_stored(
    contacts: Arena, undisturbed: Callable[..., World], name: str, every: int
) -> None:
    contacts.fault(name.split()[0], method="write", every=every, times=12, **BEFORE[name])
    contacts.try_round()
    contacts.try_round()
    contacts.calm()
    contacts.recover()
    checks.at_rest(contacts, undisturbed())


def test_a_pause_asked_for_is_kept_and_nothing_is_lost(contacts: Arena, undisturbed: Callable[..., World]) -> None:
    contacts.fault("status", method="write", status=429, retry_after="7", times=2)
    contacts.round()
    assert contacts.slept == [7.0, 7.0]
    checks.at_rest(contacts, undisturbed())


def test_a_service_that_stays_busy_ends_the_run_politely(contacts: Arena, undisturbed: Callable[..., World]) -> None:
    """Within the budget of a call, with growing pauses; then one error for all that waits, not one for each record."""
    contacts.fault("status", method="write", status=429, times=1000)
    with pytest.raises(Retry):
        contacts.run("contacts")
    assert sum(contacts.slept) <= 60
    assert contacts.slept == sorted(contacts.slept)
    contacts.calm()
    contacts.recover()
    checks.at_rest(contacts, undisturbed())


def test_a_service_that_is_away_for_long_is_met_again(contacts: Arena, undisturbed: Callable[..., World]) -> None:
    """The connection is refused, run after run; the first run after its return brings everything."""
    contacts.gram.stop()
    for _ in range(3):
        with pytest.raises(Retry):
            contacts.run("contacts")
    contacts.gram.start()
    contacts.round()
    checks.at_rest(contacts, undisturbed())


@pytest.mark.parametrize("kind", ["cut_before", "status", "garbage", "truncate"])
def test_without_an_answer_to_the_look_up_a_doubt_stays_one(
    contacts: Arena, undisturbed: Callable[..., World], kind: str
) -> None:
    doubt_stays(contacts, kind)
    contacts.recover()
    checks.at_rest(contacts, undisturbed())


def doubt_stays(arena: Arena, kind: str) -> None:
    """The answer of the first write is lost, and so are those of all look-ups: nothing of it is sent again."""
    arena.fault("cut_after", method="write")
    with pytest.raises(Retry):
        arena.run("contacts")
    (doubt,) = [row for row in arena.table("intents") if row["state"] == "doubt"]
    arena.fault(kind, method="GET", match="ExternalId", times=99)
    for _ in range(2):
        arena.try_round()
        states = [row["state"] for row in arena.table("intents") if row["id"] == doubt["id"]]
        assert states == ["doubt"], states
        sent = [e for e in arena.gram.service.traffic.dump() if e["method"] == "POST" and e["entity"] == "Contact"]
        number = doubt["technical"].rpartition("/")[2]
        assert sum(f'"ExternalId":"{number}"' in e["body"].replace(" ", "") for e in sent) == 1, "sent again blindly"
    arena.calm()


@pytest.mark.parametrize("at", ["sql", "xml"])
def test_a_source_that_breaks_off_makes_the_run_try_again(
    arenas: Arenas, undisturbed: Callable[..., World], at: str
) -> None:
    with arenas.open() as arena:
        arena.fault("cut_before", at=at, skip=2, every=3, times=6)
        arena.try_round()
        arena.try_round()
        arena.calm()
        arena.recover()
        checks.at_rest(arena, undisturbed())
