"""The link with eWay-CRM that files of this folder begin with, each with its own: what POHODA has was carried."""

from collections.abc import Iterator

import pytest

from tests.trade_eway.world import World


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A sample company of 14 with two years of documents, nothing carried yet."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        World.open(tmp_path_factory.mktemp("trade"), monkeypatch, size=14) as world,
    ):
        yield world


@pytest.fixture(scope="module")
def world(company: World) -> World:
    """Everything was carried, and what projects brought and cost after it: people enter more."""
    company.round()
    company.round()
    return company
