"""Arenas for the tests of this folder."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from tests.faults.arena import Arena, Arenas
from tests.faults.checks import World, world
from tests.faults.judging import Memory, quickly

Opener = Callable[..., AbstractContextManager[Arena]]


@pytest.fixture(scope="session")
def memory() -> Memory:
    return {}


@pytest.fixture(scope="session")
def arenas(tmp_path_factory: pytest.TempPathFactory) -> Arenas:
    return Arenas(tmp_path_factory.mktemp("arenas"))


@pytest.fixture(autouse=True)
def _judged_once(monkeypatch: pytest.MonkeyPatch, memory: Memory) -> None:
    quickly(monkeypatch, memory)


@pytest.fixture
def arena(arenas: Arenas) -> Iterator[Arena]:
    """A small company, nothing carried yet."""
    with arenas.open() as arena:
        yield arena


@pytest.fixture
def carried(arenas: Arenas) -> Iterator[Arena]:
    """A small company, everything carried."""
    with arenas.open(after=("clients", "addresses", "contacts")) as arena:
        yield arena


@pytest.fixture(scope="session")
def undisturbed(arenas: Arenas) -> Callable[..., World]:
    """The CRM's records after a sync that nothing disturbed, by size and seed of the company."""
    known: dict[tuple[int, int], World] = {}

    def of(size: int = 5, seed: int = 4) -> World:
        if (size, seed) not in known:
            with arenas.open(size=size, seed=seed, after=("clients", "addresses", "contacts")) as arena:
                known[size, seed] = world(arena)
        return known[size, seed]

    return of
