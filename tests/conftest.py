"""Shared by the folders that run the whole product."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bridge import Bridge


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """An empty company (only its code lists) linked with an empty CRM."""
    with Bridge.open(tmp_path, monkeypatch) as opened:
        yield opened
