"""Shared by the folders that run the whole product."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pohoda_bridge import redact
from tests.bridge import Bridge


@pytest.fixture(autouse=True, scope="module")
def no_old_secrets() -> None:
    """Every sandbox has passwords of its own, and each known one is looked for in each line of each log."""
    redact._secrets.clear()


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """An empty company (only its code lists) linked with an empty CRM."""
    with Bridge.open(tmp_path, monkeypatch) as opened:
        yield opened
