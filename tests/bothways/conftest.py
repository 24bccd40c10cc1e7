"""A unit and a CRM of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.both import KINDS, Both
from tests.cli.conftest import command as command
from tests.faults.forks import Forks
from tests.faults.judging import Memory, quickly

MEMORY: Memory = {}


@pytest.fixture(autouse=True)
def judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each different row is judged once: the same few companies go through hundreds of runs here."""
    quickly(monkeypatch, MEMORY)


@pytest.fixture(params=KINDS)
def both(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open(request.param, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def gram(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open("gram", tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def eway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open("eway", tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """Processes for the product to be killed in, which judge no row."""
    opened = Forks()
    yield opened
    opened.close()


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    """No row is judged: what Great Expectations finds is not these tests' matter, and takes its time."""
    quickly(monkeypatch)
