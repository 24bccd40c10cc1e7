"""A unit and a CRM of each kind."""

import os
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from tests.both import KINDS, Both
from tests.cli.conftest import command as command
from tests.faults.forks import Forks
from tests.faults.judging import MEMORY, quickly

ON_EACH_CRM = ("test_to_pohoda", "test_duplicates", "test_histories", "test_crashes", "test_lost", "test_told")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With EVERY_CRM=1 all tests run with each CRM; else those files do, and any other test with one of the two.

    Which one follows from its name, so that each half meets both CRMs: all with each would take a quarter of an hour.
    """
    left = [item for item in items if not os.environ.get("EVERY_CRM") and _is_left_out(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


def _is_left_out(item: pytest.Item) -> bool:
    kind = getattr(item, "callspec", None) and item.callspec.params.get("both")  # type: ignore[attr-defined]
    if kind is None or item.path.parent != Path(__file__).parent or item.path.stem in ON_EACH_CRM:
        return False
    return bool(kind != KINDS[crc32(item.name.replace(kind, "").encode()) % len(KINDS)])


@pytest.fixture(autouse=True)
def judged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations takes most of a run's time: rows are judged where a file says `JUDGED = True`, and once."""
    quickly(monkeypatch, MEMORY if getattr(request.module, "JUDGED", False) else None)


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
