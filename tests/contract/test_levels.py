"""Sets of documents, products and price lists go to a Gram of every level and come back as they were."""

from collections.abc import Generator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Crm
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm import RestCrm
from pohoda_bridge.side import Mark, Window
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped

from .conftest import CRMS, Tried
from .records import Records

WITH_SETS = [n for n in ("issued_invoices", "products", "price_lists") if n in CRMS["gram"].agendas]


@pytest.fixture(scope="module", params=["L0", "L1", "L2", "L3"])
def tried(request: pytest.FixtureRequest) -> Generator[Tried]:
    level = str(request.param)
    wire = shipped()
    wire["api"]["level"] = level
    with Gram(shipped(), Faults(), token="t" * 20, level=level) as gram:
        connection = Connection("gram_api", gram.host_url, password=gram.token, extra={"organization": "demo"})
        with closing(RestCrm(Crm.model_validate(wire), connection, {})) as side:
            yield Tried(side, given=frozenset({"Number"}))


def test_the_agendas_with_sets_were_found() -> None:
    assert len(WITH_SETS) == 3


@pytest.mark.parametrize("agenda", WITH_SETS)
def test_what_is_written_and_changed_is_what_is_read(tried: Tried, agenda: str) -> None:
    records = Records(tried, "gram", agenda)

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    @given(st.tuples(records.drawn(), records.drawn()))
    def check(drawn: tuple[dict[str, Any], dict[str, Any]]) -> None:
        targets = records.targets()
        first, second = (records.placed(one, targets) for one in drawn)
        mark = Mark("POHODA:12345678:2026", uuid4().hex)
        _, made = records.write("create", {n: v for n, v in first.items() if v is not None}, mark=mark)
        assert records.seen(made, first) == first
        _, changed = records.write("update", second, made["_id"])
        assert records.seen(changed, second) == second
        every = [row for part in tried.side.read(agenda, Window()).parts for row in part]
        assert [records.seen(row, second) for row in every if row["_id"] == made["_id"]] == [second]

    check()
