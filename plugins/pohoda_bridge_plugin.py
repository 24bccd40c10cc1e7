"""Registers the console in Airflow's UI, and a link from each run's `report` task to its report.

The only file here: Airflow runs every file of this folder as a top-level module under its bare name.
"""

from urllib.parse import quote

from airflow.api_fastapi.core_api.security import get_user
from airflow.plugins_manager import AirflowPlugin
from airflow.sdk import BaseOperatorLink

from pohoda_bridge.console import make_app

PREFIX = "/bridge"


class ReportLink(BaseOperatorLink):
    """From a task to the report of its run."""

    name = "Report of this run"

    def get_link(self, operator: object, *, ti_key: object) -> str:
        run = f"{ti_key.dag_id}@{ti_key.run_id}"  # type: ignore[attr-defined]
        return f"{PREFIX}/runs/{quote(run, safe='')}" if getattr(operator, "task_id", "") == "report" else ""


class PohodaBridgePlugin(AirflowPlugin):
    name = "pohoda_bridge"
    fastapi_apps = [{"app": make_app(get_user), "url_prefix": PREFIX, "name": "POHODA Bridge"}]  # ruff: ignore[mutable-class-default]
    external_views = [  # ruff: ignore[mutable-class-default]
        {
            "name": "POHODA Bridge",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "url_route": "pohoda-bridge",
            "nav_top_level": True,
        }
    ]
    global_operator_extra_links = [ReportLink()]  # ruff: ignore[mutable-class-default]
