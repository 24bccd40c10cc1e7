"""One link with eWay-CRM for all tests of this folder: three rounds run, and people enter more after that."""

from collections.abc import Iterator

import pytest

from tests.trade_eway.world import Counts, World


@pytest.fixture(scope="package")
def traded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, list[Counts]]]:
    """Three rounds on a sample company of 14 with two years of documents."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        World.open(tmp_path_factory.mktemp("trade"), monkeypatch, size=14) as world,
    ):
        yield world, [world.round() for _ in range(3)]
