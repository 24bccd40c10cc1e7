"""One writer at a time: two syncs at once, and a writer that was paused past the end of its lease (G6)."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pohoda_bridge.errors import Busy
from pohoda_bridge.ledger import leases
from tests.faults import checks, judging
from tests.faults.arena import Arena, Arenas
from tests.faults.checks import World
from tests.faults.forks import Forks
from tests.faults.judging import Memory
from tests.waits import until

BEFORE = ("clients", "addresses")
Undisturbed = Callable[..., World]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, memory: Memory, undisturbed: Undisturbed) -> Iterator[list[Forks]]:
    undisturbed()
    file = tmp_path_factory.mktemp("both") / "memory"
    judging.save(memory, file)
    both = [Forks(file), Forks(file)]
    yield both
    for forks in both:
        forks.close()


def is_stopped(folder: Path) -> bool:
    pid = folder / "pid"
    return pid.exists() and Path(f"/proc/{pid.read_text()}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.parametrize("attempt", range(3))
def test_two_syncs_at_once_make_one_set_of_records(
    arenas: Arenas, both: list[Forks], undisturbed: Undisturbed, attempt: int
) -> None:
    with arenas.open(after=BEFORE) as arena, ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(lambda forks: forks.case(arena, "contacts", f"run {both.index(forks)}")["ended"], both))
        assert "done" in ends, ends
        arena.agendas = ("contacts",)
        arena.recover()
        checks.at_rest(arena, undisturbed())


def test_a_second_run_says_who_is_writing(carried: Arena) -> None:
    with carried.job("clients") as job, carried.ledger.transaction() as ledger:
        held = leases.acquire(ledger, job.lease_target, "gram__contacts__to_crm other")
        with pytest.raises(Busy, match="gram__contacts__to_crm other"):
            leases.acquire(ledger, job.lease_target, "gram__clients__to_crm mine")
        leases.release(ledger, held)
        assert leases.acquire(ledger, job.lease_target, "gram__clients__to_crm mine").token > held.token


@pytest.mark.parametrize("place", ["before the first call", "after the first call", "in the middle", "after the last"])
def test_a_writer_that_wakes_after_its_lease_sends_and_notes_nothing(
    arenas: Arenas, both: list[Forks], undisturbed: Undisturbed, place: str
) -> None:
    with arenas.open(after=BEFORE) as arena:
        points = both[0].case(arena, "contacts", "whole")["points"]
    calls = [number for number, name in enumerate(points, start=1) if name == "crm write"]
    stop = {
        "before the first call": calls[0] - 1,
        "after the first call": calls[0],
        "in the middle": calls[len(calls) // 2],
        "after the last": calls[-1],
    }
    with arenas.open(after=BEFORE) as arena, ThreadPoolExecutor(1) as pool:
        arena.agendas = ("contacts",)
        paused = pool.submit(both[0].case, arena, "contacts", "paused", stop=stop[place], lease=0.5)
        until(lambda: is_stopped(arena.folder))
        woken_late(arena, int((arena.folder / "pid").read_text()), lambda: paused.result()["ended"])
        checks.at_rest(arena, undisturbed())


def woken_late(arena: Arena, pid: int, ended: Callable[[], str]) -> None:
    """The lease ends, another run does the work; then the paused writer wakes, and changes nothing any more."""
    try:
        until(lambda: all(row["until"] < time.time() for row in arena.table("leases")))
        arena.recover()
        written, known = arena.gram.writes(), arena.dump("runs", "leases")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert "Busy" in ended() or "Retry" in ended(), ended()
    assert arena.gram.writes() == written, "the paused writer sent something"
    assert arena.dump("runs", "leases") == known, "the paused writer noted something"
