"""The console behind Airflow's API with the FAB auth manager: `python -m tests.ui.fab PATH ...` prints as JSON what
each kind of reader gets: the status, and how often the page names a DAG of the link.
"""

import json
import os
import sys
from typing import Any

import tests.airflow_home as airflow_home

os.environ["AIRFLOW__CORE__AUTH_MANAGER"] = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"


def main(paths: list[str]) -> dict[str, dict[str, tuple[int, int]]]:
    """The answers by role; `nobody` has no login, `made up` a token that nobody gave."""
    from airflow.api_fastapi.app import create_app, get_auth_manager
    from fastapi.testclient import TestClient

    airflow_home.initialise()
    client = TestClient(create_app(apps="core"))
    manager = get_auth_manager()
    security = manager.security_manager
    headers: dict[str, dict[str, str]] = {"nobody": {}, "made up": {"Authorization": "Bearer made.up.token"}}
    with manager.flask_app.app_context():
        security.sync_roles()
        for role in ("Admin", "Viewer", "Public"):
            user = security.add_user(role, role, role, f"{role}@example.com", security.find_role(role), f"{role}-word")
            headers[role] = {"Authorization": f"Bearer {manager.generate_jwt(user)}"}
        return {name: {path: _get(client, path, of) for path in paths} for name, of in headers.items()}


def _get(client: Any, path: str, headers: dict[str, str]) -> tuple[int, int]:
    answer = client.get(f"/bridge{path}", headers=headers)
    return answer.status_code, answer.text.count("gram__")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
