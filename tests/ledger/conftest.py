"""A ledger of the test's own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.ledger import Intent, Ledger, Scope, bindings, open_ledger

SCOPE = Scope("gram", "clients", "to_crm")
OTHERS = (
    Scope("other", "clients", "to_crm"),
    Scope("gram", "contacts", "to_crm"),
    Scope("gram", "clients", "to_pohoda"),
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


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
