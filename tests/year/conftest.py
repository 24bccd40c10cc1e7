"""The sample company with both years, made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

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
def turn(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Turn]:
    """Last year was carried to the CRM, where people wrote notes."""
    with Turn.open(template, tmp_path, monkeypatch) as opened:
        opened.round()
        opened.people()
        yield opened
    shutil.rmtree(tmp_path / "sandbox", ignore_errors=True)
