"""The answer of a target is lost, the other direction runs in between, two runs at once: every record is there once."""

import sqlite3
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from pohoda_bridge.errors import Retry
from pohoda_sandbox.faults import Fault
from tests.both import KINDS, WAYS, Both
from tests.bothways.place import Place, at_rest, killed
from tests.faults.forks import Forks

AFTER = {"cut_after": 0, "garbage": 0, "truncate": 0, "status_after": 500}
SAVES = {"mserver": ("(?i)/xml addressbook", "POST"), "gram": ("", "POST"), "eway": ("(?i)/Save", "POST")}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_answers_lost_after_the_target_stored(
    kind: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Both.open(kind, tmp_path, monkeypatch) as both:
        place = Place(both, way)
        server = "mserver" if way == "to_pohoda" else kind
        match, method = SAVES[server]
        for fault, status in AFTER.items():
            script = Fault(server, fault, match, method=method, status=status)
            lost(place, lambda script=script: both.sandbox.faults.add(script))  # type: ignore[misc]
        if server == "eway":
            lost(place, lambda: both.crm.refuse("rcDatabaseTimeout", "SaveCompany", stored=True))
        at_rest(both)


def lost(place: Place, strike: Any, agenda: str = "clients") -> None:
    """Of a run with a new record and an edited one an answer is lost; then the product goes on by itself."""
    name = place.people_act(agenda)
    strike()
    place.try_(agenda)
    assert not any(script.struck == 0 for script in place.sandbox.faults._scripts), "the fault never struck"
    place.sandbox.faults.clear()
    for _ in range(2):
        place.both.sync(agenda, place.way)
    place.there_once(agenda, name)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("kind", "agenda"), [("gram", "clients"), ("gram", "addresses"), ("eway", "clients"), ("eway", "contacts")]
)
def test_the_other_direction_waits_while_a_create_is_in_doubt(
    kind: str, agenda: str, way: str, forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Both.open(kind, tmp_path, monkeypatch) as both:
        place = Place(both, way)
        in_between(place, forks, agenda)
        at_rest(both)


def in_between(place: Place, forks: Forks, agenda: str) -> None:
    """The process dies when the target has stored the record; the other direction meets it, and knows no pair."""
    name = place.people_act(agenda, edit=False)
    write = "mserver write" if place.way == "to_pohoda" else "crm write"
    assert killed(place, forks, agenda, "killed", kill=write)["ended"] == "killed"
    place.lease_ends()
    told = place.both.sync(agenda, place.other)
    assert told["held"] == 1, told
    place.there_once(agenda, name)
    for way in (place.way, place.way, place.other, place.way):
        place.both.sync(agenda, way)
    place.there_once(agenda, name)


@pytest.mark.parametrize("kind", KINDS)
def test_two_runs_at_once(kind: str, forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one direction, twice; then one of each direction."""
    second = Forks()
    with Both.open(kind, tmp_path, monkeypatch) as both, ThreadPoolExecutor(2) as pool:
        place = Place(both, "to_pohoda")
        back = place.back()
        for number, (first, other) in enumerate([(place, place), (place, back), (back, back)]):
            names = [first.people_act("clients"), other.people_act("clients")]
            runs = [(first, forks), (other, second)]
            cases = [pool.submit(killed, at, one, "clients", f"{number} {n}") for n, (at, one) in enumerate(runs)]
            ends = [case.result()["ended"] for case in cases]
            assert "done" in ends, ends
            for way in WAYS * 2:
                both.sync("clients", way)
            for name in names:
                place.there_once("clients", name)
        at_rest(both)
    second.close()


@pytest.mark.parametrize(
    ("text", "error"), [("database or disk is full", "cannot be used"), ("database is locked", "busy")]
)
def test_the_ledger_fails_on_the_way_to_pohoda(
    text: str, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Both.open("gram", tmp_path, monkeypatch) as both:
        place = Place(both, "to_pohoda")
        for at in ("INSERT INTO intents", "UPDATE intents", "INSERT INTO bindings", "INSERT INTO outcomes"):
            name, cards = place.people_act("clients"), len(both.cards())
            with failing(text, at):
                (told,) = place.try_("clients")
            assert error in told
            assert len(both.cards()) == cards + (at != "INSERT INTO intents"), "a call went out without a stored intent"
            for _ in range(2):
                both.sync("clients", "to_pohoda")
            place.there_once("clients", name)
        at_rest(both)


@contextmanager
def failing(text: str, at: str) -> Generator[None]:
    """Statements that begin like `at` fail in every ledger."""

    def fail(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith(at):
            raise OperationalError(statement, None, sqlite3.OperationalError(text))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", fail)


def test_without_an_answer_to_the_look_up_a_doubt_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Both.open("gram", tmp_path, monkeypatch) as both:
        doubt_stays(Place(both, "to_pohoda"))
        at_rest(both)


def doubt_stays(place: Place) -> None:
    """The answer of a pack is lost, and so are those of all look-ups: nothing of it is sent again."""
    from pohoda_bridge.pohoda.side import PohodaSide

    asked = PohodaSide.look_up

    def no_answer(side: Any, agenda: str, wanted: Any) -> Any:
        if any(look.item or look.id for look in wanted):
            raise Retry("no answer")
        return asked(side, agenda, wanted)

    both = place.both
    name = place.people_act("clients")
    before = sum(call.method == "POST" for call in both.sandbox.mserver.requests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PohodaSide, "look_up", no_answer)
        both.sandbox.faults.add(Fault("mserver", "cut_after", SAVES["mserver"][0], method="POST"))
        for _ in range(2):
            assert both.sync("clients", "to_pohoda")["in_doubt"] == 2
            packs = sum(call.method == "POST" for call in both.sandbox.mserver.requests)
            assert packs == before + 1, "sent again blindly"
    for _ in range(2):
        both.sync("clients", "to_pohoda")
    place.there_once("clients", name)
