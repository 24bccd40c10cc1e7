"""Registers the console in Airflow's UI, and a link from each run's `report` task to its report.

The only file here: Airflow runs every file of this folder as a top-level module under its bare name.
"""

from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import BaseOperatorLink

from pohoda_bridge.console import make_app

PREFIX = "/bridge"


def reader(user: GetUserDep) -> Callable[[str], bool]:
    """Whoever asks must be logged in (401 otherwise); tells which DAGs' runs Airflow lets them read."""

    def may_see(dag_id: str) -> bool:
        return get_auth_manager().is_authorized_dag(
            method="GET", access_entity=DagAccessEntity.RUN, details=DagDetails(id=dag_id), user=user
        )

    return may_see


def address(path: str) -> str:
    """The path of a page of ours where Airflow itself is served below a path."""
    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/") + PREFIX + path


class ReportLink(BaseOperatorLink):
    """From the `report` task to the report of its run."""

    name = "Report of this run"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        run = f"{ti_key.dag_id}@{ti_key.run_id}"
        return address(f"/runs/{quote(run, safe='')}") if operator.task_id == "report" else ""


class PohodaBridgePlugin(AirflowPlugin):
    name = "pohoda_bridge"
    fastapi_apps: ClassVar = [{"app": make_app(reader), "url_prefix": PREFIX, "name": "POHODA Bridge"}]
    external_views: ClassVar = [
        {"name": "Bridge", "href": address("/"), "destination": "nav", "url_route": "pohoda-bridge",
         "nav_top_level": True},
        {"name": "POHODA Bridge", "href": address("/dags/{DAG_ID}"), "destination": "dag", "url_route": "bridge"},
        {"name": "Report", "href": address("/runs/{DAG_ID}@{RUN_ID}"), "destination": "dag_run", "url_route": "report"},
    ]  # fmt: skip
    global_operator_extra_links: ClassVar = [ReportLink()]
