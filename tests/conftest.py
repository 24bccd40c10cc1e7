"""Shared by the folders that run the whole product."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pohoda_bridge import redact
from tests.bridge import Bridge
from tests.faults.judging import MEMORY, quickly
from tests.postgresql.server import Server, server

FIRST = (
    "tests/trade/test_faults.py", "tests/trade/test_rest.py", "tests/trade/test_sales_day.py",
    "tests/trade/test_dirt.py",
    "tests/faults/test_killed.py", "tests/bothways/test_histories.py", "tests/bothways/test_crashes.py",
    "tests/setup/test_real_airflow.py", "tests/bothways/test_deletions.py", "tests/bothways/test_lost.py",
    "tests/bothways/test_histories_documents.py",
    "tests/dags/test_on_airflow.py", "tests/dags/test_runs.py", "tests/bothways/test_echo.py",
    "tests/faults/test_histories.py", "tests/faults/test_reproducible.py", "tests/mail/test_airflow.py",
    "tests/trade_eway/test_people.py", "tests/trade_eway/test_foreign.py", "tests/trade_eway/test_all_agendas.py",
    "tests/trade_eway/test_refused.py", "tests/postgresql/test_flows.py", "tests/postgresql/test_processes.py",
    "tests/year/test_faults.py", "tests/year/test_documents.py", "tests/ui/test_access.py",
)  # fmt: skip
"""The files that take longest, few tests in each: begun last, one of them would hold a worker when all others ended."""


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # pytest-xdist would begin with the files that have most tests
    gc.set_threshold(50_000, 20, 50)  # there is room, and looking through all that was imported takes a twentieth


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: FIRST.index(file) if (file := item.nodeid.partition("::")[0]) in FIRST else len(FIRST))


@pytest.fixture(autouse=True, scope="module")
def no_old_secrets() -> None:
    """Every sandbox has passwords of its own, and each known one is looked for in each line of each log.

    Airflow's masker, where a test has loaded it, makes one expression of all that it ever heard, anew for each.
    """
    redact._secrets.clear()
    if airflow := sys.modules.get("airflow.sdk.log"):
        airflow._secrets_masker().reset_masker()


@pytest.fixture(autouse=True)
def judged(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Great Expectations takes most of a run's time: it judges a row once for all tests that are about other things."""
    if request.path.parent.name in {"sync", "cli", "contract"}:
        quickly(monkeypatch, MEMORY)


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """An empty company (only its code lists) linked with an empty CRM."""
    with Bridge.open(tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this process."""
    with server() as running:
        yield running
