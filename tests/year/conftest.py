"""The sample company with both years, made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pohoda_sandbox.sandbox import Sandbox
from tests.year.turn import Turn


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a sandbox with two years, never served."""
    folder = tmp_path_factory.mktemp("turn") / "sandbox"
    with Sandbox(folder, size=6, documents=True):
        pass
    (folder / "lock").unlink(missing_ok=True)
    return folder


@pytest.fixture
def turn(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Turn]:
    """Last year was carried to the CRM (of the level asked for), where people wrote notes."""
    yield from _carried(template, tmp_path, monkeypatch, level=getattr(request, "param", "L2"))


@pytest.fixture
def small(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Turn]:
    """The same with companies alone."""
    yield from _carried(
        template, tmp_path, monkeypatch, agendas=("clients",), level=getattr(request, "param", "L2")
    )  # fmt: skip


def _carried(template: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> Iterator[Turn]:
    with Turn.open(template, folder, monkeypatch, **options) as opened:
        opened.first = opened.round()
        opened.people()
        yield opened
    shutil.rmtree(folder / "sandbox", ignore_errors=True)
