"""One DAG for each direction of each agenda of every link, made from the settings each time this file is parsed.

The tasks only call the steps of `pohoda_bridge.sync`; nothing heavy is imported here. A broken link file makes one
failing DAG `<link>__settings` that says why, and hides no other link.
"""

from functools import partial
from typing import Any
from urllib.parse import quote

from airflow.sdk import (
    DAG,
    Asset,
    CronDataIntervalTimetable,
    Param,
    chain,
    get_current_context,
    get_parsing_context,
    task,
)

from pohoda_airflow.tasks import LONGEST_COLLECT, POKE, START, TASKS, connection, mail_server
from pohoda_bridge.catalogue import Flow, open_catalogue
from pohoda_bridge.errors import SettingsError
from pohoda_bridge.manual import manual, refused
from pohoda_bridge.pools import answers_later, source_pool, target_pool
from pohoda_bridge.settings import config_dir

ARROWS = {"to_crm": "→ CRM", "to_pohoda": "→ POHODA"}
FORM = {
    "mode": Param("incremental", enum=["incremental", "full", "window"], description="What to read from the source"),
    "since": Param(None, type=["null", "string"], format="date-time", description="Rows saved since (mode window)"),
    "until": Param(None, type=["null", "string"], format="date-time", description="Rows saved before (mode window)"),
    "ids": Param(
        [],
        type="array",
        items={"type": "string"},
        description="Only these records, by the source's id; of POHODA its ID is enough",
    ),
    "dry_run": Param(False, type="boolean", description="Make the plan and the report, write nothing"),
}


def agenda_dag(flow: Flow) -> DAG:
    """extract >> validate >> transform >> plan >> load >> report; a run with nothing to do ends after extract.

    Where POHODA is written through a folder, `collect` waits for its answers before the report.
    """
    names = (flow.link.link, flow.agenda.agenda, flow.direction)
    schedule = flow.settings.schedule
    told = {"on_success_callback": partial(_tell, names, False)} if flow.link.notify.email else {}
    failed = {"on_failure_callback": partial(_tell, names, True)} if flow.link.notify.email else {}
    with DAG(
        dag_id=flow.dag_id,
        dag_display_name=f"{flow.link.link}: {flow.agenda.title.en} {ARROWS[flow.direction]}",
        description=f"{flow.agenda.title.cs}, {flow.agenda.title.sk}",
        schedule=CronDataIntervalTimetable(schedule, timezone=flow.unit.timezone) if schedule else None,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args={**TASKS, **failed},
        params=FORM,
        tags=[flow.link.link, flow.agenda.agenda, flow.direction, flow.crm.crm],
        doc_md=manual(flow),
    ) as dag:

        @task.short_circuit(pool=source_pool(flow), **told)
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

        @task(outlets=[Asset(flow.dag_id)], **told)
        def report() -> object:
            return _step("report", names)

        later = [collecting(flow, names)] if answers_later(flow) else []
        chain(extract(), validate(), transform(), plan(), load(), *later, report())
    return dag


def collecting(flow: Flow, names: tuple[str, str, str]) -> Any:
    """The sensor that takes answers as they come; it holds no slot while it waits."""

    @task.sensor(pool=target_pool(flow), mode="reschedule", poke_interval=POKE, timeout=LONGEST_COLLECT)
    def collect() -> bool:
        return bool(_step("collect", names))

    return collect()


def settings_dag(link: str, fault: str) -> DAG:
    """The failing DAG of a link whose settings are refused: red every hour until they are mended."""
    with DAG(
        dag_id=f"{link}__settings",
        dag_display_name=f"{link}: settings refused",
        schedule=CronDataIntervalTimetable("@hourly", timezone="UTC"),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=TASKS,
        tags=[link, "settings"],
        doc_md=refused(link, fault),
    ) as dag:

        @task
        def settings() -> None:
            raise SettingsError(fault)

        settings()
    return dag


def _step(name: str, names: tuple[str, str, str]) -> object:
    """Call one step of the sync for the run of this task."""
    from airflow.sdk.log import mask_secret

    from pohoda_bridge.steps import Run, run_step

    context = get_current_context()
    run, instance = context["dag_run"], context["ti"]
    asked = Run(
        id=f"{run.dag_id}@{run.run_id}",
        type=str(getattr(run.run_type, "value", run.run_type)),
        params=dict(context["params"]),
        interval=(context.get("data_interval_start"), context.get("data_interval_end")),
        last_try=instance.try_number > instance.max_tries,
    )
    return run_step(name, names, asked, connections=connection, mask=mask_secret)


def _tell(names: tuple[str, str, str], red: bool, context: Any) -> None:
    """Mail to the link's people what is new once a run is over. Of a dry run they know: they asked for it."""
    from airflow.sdk.configuration import conf

    from pohoda_bridge.mail import Ended, tell

    instance = context["ti"]
    if context["params"].get("dry_run"):
        return
    run_id, base = f"{instance.dag_id}@{instance.run_id}", conf.get("api", "base_url", fallback="").rstrip("/")
    page = f"{base}/bridge/runs/{quote(run_id, safe='')}" if base else None
    tell(names, Ended(run_id, page, instance.task_id if red else None, context.get("exception")), mail_server)


catalogue = open_catalogue(config_dir())
wanted = get_parsing_context().dag_id
"""A task needs its own DAG alone; everything else that parses this file gets them all."""
for each in (flow for name in catalogue.links for flow in catalogue.flows(name)):
    if wanted in {None, each.dag_id}:
        globals()[each.dag_id] = agenda_dag(each)
for name, text in catalogue.broken.items():
    globals()[f"{name}__settings"] = settings_dag(name, text)
