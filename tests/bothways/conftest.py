"""A unit and a CRM of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.both import KINDS, Both
from tests.cli.conftest import command as command


@pytest.fixture(params=KINDS)
def both(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open(request.param, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def eway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open("eway", tmp_path, monkeypatch) as opened:
        yield opened
