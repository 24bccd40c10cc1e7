"""All flows of both links with the ledger on PostgreSQL: all carried, then nothing left to do, both sides equal."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select

from pohoda_bridge.ledger import schema
from pohoda_bridge.settings import ledger_url
from tests import ledgers
from tests.trade.world import LINKS, Counts, World, wrote

SELLING = ("clients", "contacts", "products", "issued_invoices", "payments")
UNTOLD = {"conflict", "in_doubt"}


@pytest.fixture(scope="module", params=LINKS)
def carried(
    request: pytest.FixtureRequest, on_postgresql: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, list[Counts]]]:
    """Rounds until all is quiet on a sample company of six with two years of documents."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        World.open(tmp_path_factory.mktemp("flows"), monkeypatch, request.param, size=6) as world,
    ):
        yield world, world.until_quiet()


def test_every_flow_carries_all_and_comes_to_rest(carried: Any) -> None:
    world, (first, *later) = carried
    assert [agenda for agenda in SELLING if not first[agenda, "to_crm"]["created"]] == []
    assert [wrote(one) for one in later] == [0]
    assert not {name for one in (first, *later) for counts in one.values() for name in counts} & UNTOLD
    found = world.reconciled()
    assert {flow: one.differences for flow, one in found.items() if not one.equal or one.duplicates} == {}


def test_the_ledger_is_where_it_was_told_to_be(carried: Any) -> None:
    _, (first, *_) = carried
    ledger = ledgers.at(ledger_url())
    with ledger.transaction() as connection:
        bound = connection.scalar(select(func.count()).select_from(schema.bindings))
    assert ledger.engine.dialect.name == "postgresql"
    assert bound >= sum(counts["created"] for (_, way), counts in first.items() if way == "to_crm")
