"""Where to look afterwards: the report of each DAG's biggest run, and its data quality."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pohoda_demo.bridge import Dag
from pohoda_demo.summary import written

CONSOLE = "/bridge"  # where the plugin puts the console in Airflow


def in_airflow(url: str, dags: Iterable[Dag]) -> list[str]:
    """Addresses that work while Airflow runs, after its login."""
    quality = [f"Data quality of {dag.dag_id}: {url}{CONSOLE}/docs/{quote(dag.dag_id)}/" for dag in dags]
    return [f"Runs and reports: {url}/plugin/pohoda-bridge", *quality]


def as_files(store: str, dags: Iterable[Dag], runs: Iterable[Mapping[str, Any]]) -> list[str]:
    """The same pages as files, which outlive the demo."""
    biggest: dict[str, Mapping[str, Any]] = {}
    for run in runs:
        dag_id = f"{run['link']}__{run['agenda']}__{run['direction']}"
        if run.get("report") and _size(run) > _size(biggest.get(dag_id)):
            biggest[dag_id] = run
    lines = []
    for dag in dags:
        if dag.dag_id in biggest:
            lines.append(f"Report of {dag.dag_id}: {biggest[dag.dag_id]['report']}")
        docs = Path(store) / "docs" / dag.dag_id / "index.html"
        if docs.is_file():
            lines.append(f"Data quality of {dag.dag_id}: {docs}")
    return lines


def _size(run: Mapping[str, Any] | None) -> int:
    return -1 if run is None else int(run["counts"].get("read") or 0) + written(run["counts"])
