"""Two DAGs that note in a file that they ran."""

import os
from datetime import datetime
from pathlib import Path

from airflow.sdk import CronDataIntervalTimetable, Param, dag, get_current_context, task


def _make(agenda: str):
    @dag(
        dag_id=f"fake__{agenda}__to_crm",
        schedule=CronDataIntervalTimetable("* * * * *", timezone="UTC"),
        start_date=datetime(2026, 1, 1),
        catchup=False,
        max_active_runs=1,
        params={"mode": Param("incremental", enum=["incremental", "full"])},
    )
    def flow():
        @task
        def note() -> None:
            if os.environ.get("FAKE_FAIL") == agenda:
                raise RuntimeError("by order of the test")
            run = get_current_context()["run_id"]
            with Path(os.environ["FAKE_NOTES"]).open("a") as file:
                file.write(f"{agenda} {run}\n")

        note()

    return flow()


for name in ("clients", "contacts"):
    globals()[name] = _make(name)
