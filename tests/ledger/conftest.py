"""A ledger of the test's own, in each database and by each driver."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.ledger import Intent, Ledger, Scope, bindings, open_ledger, schema
from tests.postgresql.server import DRIVERS, Server

SCOPE = Scope("gram", "clients", "to_crm")
OTHERS = (
    Scope("other", "clients", "to_crm"),
    Scope("gram", "contacts", "to_crm"),
    Scope("gram", "clients", "to_pohoda"),
)


@pytest.fixture(scope="session")
def shared(postgres: Server) -> Callable[[str], str]:
    """The address, by this driver, of a database that the tests of this process take in turn."""
    return cache(lambda driver: postgres.new(driver=driver))


@pytest.fixture(params=["sqlite", *DRIVERS])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    address: str = request.getfixturevalue("shared")(request.param)
    opened = open_ledger(address)
    with opened.transaction() as connection:
        for table in schema.metadata.sorted_tables:
            connection.execute(table.delete())
    opened.close()
    return address


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    opened = open_ledger(url)
    yield opened
    opened.close()


def bind(connection: Any, technical: str, key: str, crm_id: str, *, scope: Scope = SCOPE, **values: Any) -> None:
    same = {"pohoda": values, "crm": values}
    bindings.bind(connection, scope, technical=technical, key=key, crm_id=crm_id, run_id="r", **same)


def intent(number: int, technical: str = "", **changed: Any) -> Intent:
    values = {
        "id": f"i{number}", "pack_id": "p", "run_id": "r", "technical": technical or f"2026/AD/{number}",
        "key": f"k{number}", "action": "create", "target_id": None, "print": "1:x", "item": "{}", "source": "{}",
    }  # fmt: skip
    return Intent(**{**values, **changed})
