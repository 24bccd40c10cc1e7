"""One DAG for each direction of each agenda of every link, made from the settings each time this file is parsed.

The tasks only call the steps of `pohoda_bridge.sync`; nothing heavy is imported here. A broken link file makes one
failing DAG `<link>__settings` that says why, and hides no other link.
"""

from datetime import UTC, datetime, timedelta

from airflow.sdk import (
    DAG,
    Asset,
    CronDataIntervalTimetable,
    ExceptionRetryPolicy,
    Param,
    RetryAction,
    RetryRule,
    get_current_context,
    task,
)

from pohoda_bridge.catalogue import Flow, open_catalogue
from pohoda_bridge.pools import source_pool, target_pool
from pohoda_bridge.settings import config_dir

START = datetime(2020, 1, 1, tzinfo=UTC)
RETRIES = {
    "retries": 4,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=15),
    "retry_policy": ExceptionRetryPolicy(
        rules=[RetryRule(exception="pohoda_bridge.errors.StopAgenda", action=RetryAction.FAIL, reason="mend it first")]
    ),
}
FORM = {
    "mode": Param("incremental", enum=["incremental", "full", "window"], description="What to read from the source"),
    "since": Param(None, type=["null", "string"], format="date-time", description="Rows saved since (mode window)"),
    "until": Param(None, type=["null", "string"], format="date-time", description="Rows saved before (mode window)"),
    "ids": Param([], type="array", items={"type": "string"}, description="Only these records, by technical id"),
    "dry_run": Param(False, type="boolean", description="Make the plan and the report, write nothing"),
}


def agenda_dag(flow: Flow) -> DAG:
    """extract >> validate >> transform >> plan >> load >> report; a run with nothing to do ends after extract."""
    schedule = flow.settings.schedule
    with DAG(
        dag_id=flow.dag_id,
        dag_display_name=f"{flow.link.link}: {flow.agenda.title.en} {flow.direction.replace('_', ' ')}",
        schedule=CronDataIntervalTimetable(schedule, timezone=flow.unit.timezone) if schedule else None,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=RETRIES,
        params=FORM,
        tags=[flow.link.link, flow.agenda.agenda, flow.direction, flow.crm.crm],
        doc_md=documentation(flow),
    ) as dag:
        names = (flow.link.link, flow.agenda.agenda, flow.direction)

        @task.short_circuit(pool=source_pool(flow))
        def extract() -> bool:
            return bool(_step("extract", names))

        @task
        def validate() -> None:
            _step("validate", names)

        @task
        def transform() -> None:
            _step("transform", names)

        @task(pool=target_pool(flow))
        def plan() -> None:
            _step("plan", names)

        @task(pool=target_pool(flow))
        def load() -> None:
            _step("load", names)

        @task(outlets=[Asset(f"{flow.link.link}__{flow.agenda.agenda}__{flow.direction}")])
        def report() -> object:
            return _step("report", names)

        extract() >> validate() >> transform() >> plan() >> load() >> report()
    return dag


def settings_dag(name: str, fault: str) -> DAG:
    """The failing DAG of a link whose settings are refused."""
    with DAG(dag_id=f"{name}__settings", start_date=START, schedule=None, tags=[name, "settings"],
             doc_md=f"The settings of link `{name}` are refused:\n\n```\n{fault}\n```\n\nMend the file; this DAG goes by itself.",
             ) as dag:  # fmt: skip

        @task
        def settings() -> None:
            from pohoda_bridge.errors import SettingsError

            raise SettingsError(fault)

        settings()
    return dag


def documentation(flow: Flow) -> str:
    """What the DAG carries, and what to do when it fails."""
    title = flow.agenda.title
    return f"""### {title.en} / {title.cs} / {title.sk}

{flow.agenda.about}

**When it fails.** {flow.agenda.on_failure}

By hand: `pohoda-bridge plan {flow.link.link} {flow.agenda.agenda} {flow.direction}` shows what would change;
`pohoda-bridge why {flow.link.link} {flow.agenda.agenda} KEY` tells about one record. Each run's report is linked from
its `report` task.
"""


def _step(name: str, names: tuple[str, str, str]) -> object:
    """Call one step of the sync for the run of this task."""
    from airflow.sdk import BaseHook

    from pohoda_bridge.steps import run_step

    context = get_current_context()
    run = context["dag_run"]
    return run_step(
        name,
        names,
        run_id=f"{run.dag_id}@{run.run_id}",
        asked=(str(getattr(run.run_type, "value", run.run_type)), dict(context["params"])),
        interval=(context.get("data_interval_start"), context.get("data_interval_end")),
        connections=BaseHook.get_connection,
    )


catalogue = open_catalogue(config_dir())
for link in catalogue.links:
    for each in catalogue.flows(link):
        globals()[each.dag_id] = agenda_dag(each)
for link, text in catalogue.broken.items():
    globals()[f"{link}__settings"] = settings_dag(link, text)
