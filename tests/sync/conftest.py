"""A sync's rows are judged once, whichever test they come in."""

import pytest

from tests.faults.judging import MEMORY, quickly


@pytest.fixture(autouse=True)
def judged(monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch, MEMORY)
