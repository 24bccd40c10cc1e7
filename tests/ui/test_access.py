"""Nobody sees a page of the console without Airflow's leave."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from pohoda_bridge.console import make_app
from tests.airflow_home import ROOT
from tests.dags.world import World

CLIENTS = "gram__clients__to_crm"
VALUES = {"dag_id": CLIENTS, "run_id": f"{CLIENTS}@one", "page": "index.html", "rest": "anything"}
PAGES = ["/", f"/dags/{CLIENTS}", f"/runs/{CLIENTS}@one", f"/docs/{CLIENTS}/index.html", f"/docs/{CLIENTS}/"]


def paths(app: FastAPI, prefix: str = "") -> Iterator[str]:
    """Every path of the app, filled in."""
    for route in app.routes:
        mounted = getattr(route, "app", None)
        if isinstance(mounted, FastAPI):
            yield from paths(mounted, prefix + route.path)  # type: ignore[attr-defined]
        else:
            yield prefix + route.path.replace(":path", "").format(**VALUES)  # type: ignore[attr-defined]


def open_paths(app: FastAPI, client: TestClient, prefix: str, **headers: str) -> list[str]:
    """The paths that answer anything but a refusal, by any method."""
    found = [
        (method, path, client.request(method, prefix + path, headers=headers).status_code)
        for path in paths(app)
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    ]
    assert len(found) >= 7 * 5
    return [f"{method} {path}: {status}" for method, path, status in found if status not in {401, 403, 405}]


def test_no_route_answers_without_a_login(console: Any, nobody: TestClient) -> None:
    assert open_paths(console, nobody, "/bridge") == []


def test_no_route_answers_a_made_up_or_an_expired_token(console: Any, nobody: TestClient) -> None:
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

    user = SimpleAuthManagerUser(username="admin", role="admin")
    expired = get_auth_manager().generate_jwt(user, expiration_time_in_seconds=-int(timedelta(hours=1).total_seconds()))
    for token in ("made.up.token", expired):
        assert open_paths(console, nobody, "/bridge", Authorization=f"Bearer {token}") == []
        assert open_paths(console, nobody, "/bridge", Cookie=f"_token={token}") == []


def test_the_walk_finds_an_open_route() -> None:
    def refuse() -> None:
        raise HTTPException(401)

    app = make_app(refuse)
    client = TestClient(app)
    assert open_paths(app, client, "") == []
    app.mount("/static", more := FastAPI(openapi_url=None, docs_url=None, redoc_url=None))
    more.add_api_route("/open", lambda: "hello")
    app.router.routes.insert(0, app.router.routes.pop())
    assert open_paths(app, client, "") == ["GET /static/open: 200"]


def test_unknown_paths_are_refused_too(nobody: TestClient, viewer: TestClient) -> None:
    for path in ("/bridge/openapi.json", "/bridge/docs", "/bridge/redoc", "/bridge/a/b/c"):
        assert nobody.get(path).status_code == 401
        assert viewer.get(path).status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_whoever_may_read_dags_sees_the_pages(admin: TestClient, viewer: TestClient, path: str) -> None:
    assert admin.get(f"/bridge{path}").status_code == 200
    assert viewer.get(f"/bridge{path}").status_code == 200


def test_only_reading_is_possible(admin: TestClient) -> None:
    for path in PAGES:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert admin.request(method, f"/bridge{path}").status_code == 405


def test_a_reader_sees_only_the_dags_that_airflow_lets_them_read(world: World) -> None:
    allowed = "gram__addresses__to_crm"
    client = TestClient(make_app(lambda: lambda dag_id: dag_id == allowed))
    overview = client.get("/").text
    assert allowed in overview
    assert CLIENTS not in overview
    assert client.get(f"/runs/{allowed}@one").status_code == 200
    for path in PAGES[1:]:
        answer = client.get(path)
        assert answer.status_code == 403
        assert "created" not in answer.text


def test_the_roles_of_the_fab_auth_manager_hold(world: World) -> None:
    """In production Airflow uses FAB: its `Public` role is logged in and may read nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.fab", *PAGES],
        cwd=ROOT,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    assert {status for status, _ in answers["nobody"].values()} == {401}
    assert {status for status, _ in answers["made up"].values()} <= {401, 403}
    for role in ("Admin", "Viewer"):
        assert {status for status, _ in answers[role].values()} == {200}
    assert answers["Public"].pop("/") == [200, 0]
    assert {tuple(answer) for answer in answers["Public"].values()} == {(403, 0)}
