"""The DAGs as Airflow sees them, and a world (sandbox, ledger, store) for the tests that run them."""

import tests.airflow_home as airflow_home  # isort: skip  (settles Airflow's environment before anything imports it)

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.dags.world import World

Open = Callable[..., AbstractContextManager[World]]


@pytest.fixture(scope="session")
def airflow() -> None:
    airflow_home.initialise()


@pytest.fixture(scope="session")
def bag(airflow: None) -> Any:
    """The DAGs of the shipped settings."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(airflow_home.ROOT / "dags")


@pytest.fixture(scope="module")
def open_world(tmp_path_factory: pytest.TempPathFactory) -> Open:
    """Open a world of one's own: `with open_world(size=8) as world`."""

    @contextmanager
    def opened(**sandbox: Any) -> Generator[World]:
        with pytest.MonkeyPatch.context() as patch, World.open(tmp_path_factory.mktemp("world"), **sandbox) as world:
            for name, value in world.sandbox.info["env"].items():
                patch.setenv(name, value)
            yield world

    return opened


@pytest.fixture(scope="module")
def carried(open_world: Open) -> Iterator[World]:
    """A world in which nothing has run yet, shared by the tests of a module in their order."""
    with open_world(size=8) as world:
        yield world


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings folder of the test's own, with the first shipped unit and link in it."""
    for part, name in (("units", "firma.yaml"), ("links", "gram.yaml")):
        (tmp_path / part).mkdir()
        text = (airflow_home.ROOT / "include" / part / name).read_text(encoding="utf-8")
        (tmp_path / part / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(tmp_path))
    return tmp_path


@pytest.fixture
def address_book(config: Path) -> Path:
    """The same with the agendas of the address book alone: one year of a unit is enough for them."""
    link = config / "links/gram.yaml"
    link.write_text(link.read_text(encoding="utf-8").partition("  deals:\n")[0], encoding="utf-8")
    return config
