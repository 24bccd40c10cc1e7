"""The console mounted in Airflow's own API app, over a ledger in which every DAG has run once."""

import tests.airflow_home as airflow_home  # isort: skip  (settles Airflow's environment before anything imports it)

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.dags.world import AGENDAS, World

HOSTILE = "<script>alert(1)</script> & <img src=x onerror=alert(2)>, s.r.o."


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """All agendas carried once, a client with a hostile name among them; then a run that failed, and an empty one."""
    from pohoda_bridge.errors import StopAgenda
    from pohoda_bridge.ledger import open_ledger, runs
    from pohoda_bridge.settings import ledger_url

    with pytest.MonkeyPatch.context() as patch, World.open(tmp_path_factory.mktemp("ui"), size=5) as world:
        for name, value in world.sandbox.info["env"].items():
            patch.setenv(name, value)
        world.sandbox.pohoda.edit("AD", world.clients()[0]["ID"], Firma=HOSTILE)
        for agenda in AGENDAS:
            world.run(f"gram__{agenda}__to_crm@one", agenda)
        world.run("gram__clients__to_crm@empty")
        with pytest.raises(StopAgenda):
            world.step("extract", "gram__clients__to_crm@bad", type="backfill")
        world.sandbox.pohoda.edit("AD", world.clients()[0]["ID"], Ulice="Elsewhere")
        world.step("extract", "gram__clients__to_crm@going")
        world.step("extract", "gram__clients__to_crm@failed")
        ledger = open_ledger(ledger_url())
        with ledger.transaction() as connection:
            runs.failed(connection, "gram__clients__to_crm@failed", f"it says {HOSTILE}")
        ledger.close()
        yield world


@pytest.fixture(scope="package")
def app(world: World) -> Any:
    """Airflow's API app with all its plugins."""
    airflow_home.initialise()
    from airflow.api_fastapi.app import create_app

    return create_app(apps="core")


@pytest.fixture(scope="package")
def console(app: Any) -> Any:
    """The console as it is mounted there."""
    (mounted,) = [route.app for route in app.routes if getattr(route, "path", "") == "/bridge"]
    return mounted


@pytest.fixture(scope="package")
def nobody(app: Any) -> TestClient:
    """A client without a login."""
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="package")
def viewer(app: Any) -> TestClient:
    return _logged_in(app, "viewer")


@pytest.fixture(scope="package")
def admin(app: Any) -> TestClient:
    return _logged_in(app, "admin")


def _logged_in(app: Any, name: str) -> TestClient:
    """A client with the cookie that Airflow's login page sets."""
    client = TestClient(app, raise_server_exceptions=False)
    answer = client.post("/auth/token", json={"username": name, "password": airflow_home.USERS[name]})
    client.cookies.set("_token", answer.json()["access_token"])
    return client
