"""Here every sandbox has its ledger on PostgreSQL, by one driver and the other in turn."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import pytest

from tests import ledgers
from tests.postgresql.server import DRIVERS, Server


@pytest.fixture(autouse=True, scope="module")
def on_postgresql(postgres: Server) -> Iterator[None]:
    drivers = cycle(DRIVERS)

    @contextmanager
    def prepared(info: dict[str, Any]) -> Generator[None]:
        url = postgres.new(driver=next(drivers))
        info["env"]["POHODA_BRIDGE_LEDGER"] = url
        try:
            yield
        finally:
            if url in ledgers.OPEN:
                ledgers.OPEN.pop(url).close()
            postgres.drop(url)

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(ledgers, "prepared", prepared)
        yield
