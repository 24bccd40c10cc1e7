"""kill -9 after each commit of the ledger and each call to the CRM; then run again: the same end (G2, G6).

Clients are killed at every point, the others at every third, or at all with EVERY_POINT=1 (`make prove`). Three ways to
go on, in turn from point to point and agenda to agenda: a new run once the lease is over, the same run cleared and
begun anew, and the broken step again.
"""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.faults import checks, judging
from tests.faults.arena import AGENDAS, ENTITIES, Arena, Arenas
from tests.faults.checks import World
from tests.faults.forks import Forks, run_steps
from tests.faults.judging import Memory

Undisturbed = Callable[..., World]
WAYS = ("a new run", "the same run anew", "the broken step again")


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory, memory: Memory, undisturbed: Undisturbed) -> Iterator[Forks]:
    undisturbed()
    file = tmp_path_factory.mktemp("forks") / "memory"
    judging.save(memory, file)
    forks = Forks(file)
    yield forks
    forks.close()


def points_of(arenas: Arenas, forks: Forks, agenda: str) -> list[str]:
    with arenas.open(after=AGENDAS[: AGENDAS.index(agenda)]) as arena:
        told = forks.case(arena, agenda, "whole")
    assert told["ended"] == "done", told
    return told["points"]


@pytest.mark.parametrize("agenda", AGENDAS)
def test_killed_at_every_point(arenas: Arenas, forks: Forks, undisturbed: Undisturbed, agenda: str) -> None:
    points, place = points_of(arenas, forks, agenda), AGENDAS.index(agenda)
    expected = {ENTITIES[name]: undisturbed()[ENTITIES[name]] for name in AGENDAS[: place + 1]}
    assert points.count("crm write") == len(expected[ENTITIES[agenda]]) > 3
    assert points.count("commit") > 10
    step = 1 if place == 0 or os.environ.get("EVERY_POINT") else 3
    for kill, point in list(enumerate(points, start=1))[place % step :: step]:
        way = WAYS[(kill // step + place) % len(WAYS)]
        with arenas.open(after=AGENDAS[:place]) as arena:
            told = forks.case(arena, agenda, "killed", kill=kill)
            assert told["ended"] == "killed", told
            try:
                go_on(arena, agenda, way)
                checks.at_rest(arena, expected)
            except Exception as error:
                error.add_note(f"killed at point {kill} of {len(points)} ({point}), then {way}")
                raise


def go_on(arena: Arena, agenda: str, way: str) -> None:
    arena.agendas = (agenda,)
    if way == "a new run":
        arena.lease_ends()
    elif way == "the same run anew":
        arena.run(agenda, run_id="killed")
    else:
        noted = arena.folder / "step"
        run_steps(arena, agenda, "killed", noted, first=noted.read_text())
    arena.recover()
    arena.lease_ends()
