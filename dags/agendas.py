"""One DAG for each direction of each agenda of every link, made from the settings each time this file is parsed.

The tasks only call the steps of `pohoda_bridge.sync`; nothing heavy is imported here. A broken link file makes one
failing DAG `<link>__settings` that says why, and hides no other link.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any
from urllib.parse import quote

from airflow.sdk import (
    DAG,
    Asset,
    CronDataIntervalTimetable,
    Param,
    RetryDecision,
    RetryPolicy,
    get_current_context,
    get_parsing_context,
    task,
)

from pohoda_bridge.catalogue import Flow, open_catalogue
from pohoda_bridge.errors import Retry, SettingsError, StopAgenda
from pohoda_bridge.manual import manual, refused
from pohoda_bridge.pools import source_pool, target_pool
from pohoda_bridge.settings import config_dir

START = datetime(2020, 1, 1, tzinfo=UTC)
LONGEST_WAIT = timedelta(minutes=15)


class ByKind(RetryPolicy):
    """What must be mended first fails at once; a server that names a wait gets it; all else backs off by itself."""

    def evaluate(self, exception, try_number, max_tries, context=None) -> RetryDecision:
        if isinstance(exception, StopAgenda):
            return RetryDecision.fail("somebody must mend it first")
        if isinstance(exception, Retry) and exception.after:
            return RetryDecision.retry(min(timedelta(seconds=exception.after), LONGEST_WAIT), "the wait asked for")
        return RetryDecision.default()


TASKS = {
    "retries": 4,
    "retry_delay": timedelta(seconds=20),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": LONGEST_WAIT,
    "retry_policy": ByKind(),
    "execution_timeout": timedelta(hours=6),
}
ARROWS = {"to_crm": "→ CRM", "to_pohoda": "→ POHODA"}
FORM = {
    "mode": Param("incremental", enum=["incremental", "full", "window"], description="What to read from the source"),
    "since": Param(None, type=["null", "string"], format="date-time", description="Rows saved since (mode window)"),
    "until": Param(None, type=["null", "string"], format="date-time", description="Rows saved before (mode window)"),
    "ids": Param([], type="array", items={"type": "string"}, description="Only these records, by POHODA's ID"),
    "dry_run": Param(False, type="boolean", description="Make the plan and the report, write nothing"),
}


def agenda_dag(flow: Flow) -> DAG:
    """extract >> validate >> transform >> plan >> load >> report; a run with nothing to do ends after extract."""
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

        extract() >> validate() >> transform() >> plan() >> load() >> report()
    return dag


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
    return run_step(name, names, asked, connections=_connection, mask=mask_secret)


def _tell(names: tuple[str, str, str], red: bool, context: Any) -> None:
    """Mail to the link's people what is new once a run is over. Of a dry run they know: they asked for it."""
    from airflow.sdk.configuration import conf

    from pohoda_bridge.mail import Ended, tell

    instance = context["ti"]
    if context["params"].get("dry_run"):
        return
    run_id, base = f"{instance.dag_id}@{instance.run_id}", conf.get("api", "base_url", fallback="").rstrip("/")
    page = f"{base}/bridge/runs/{quote(run_id, safe='')}" if base else None
    tell(names, Ended(run_id, page, instance.task_id if red else None, context.get("exception")), _mail_server)


@contextmanager
def _mail_server(connection_id: str) -> Generator[Callable[[EmailMessage], None]]:
    """Airflow's SMTP connection, logged in. The hook's own sending is left out: it sends again after a lost answer."""
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    from pohoda_bridge.mail import post

    with SmtpHook(connection_id) as hook:
        sender = hook.from_email or hook.smtp_user
        if "@" not in sender:
            raise StopAgenda(f"connection {connection_id!r} has no from_email: add it to its extra fields")
        yield partial(post, hook._smtp_client, sender)


def _connection(connection_id: str) -> object:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException as error:
        raise StopAgenda(f"connection {connection_id!r} is not known: add it under Admin / Connections") from error


catalogue = open_catalogue(config_dir())
wanted = get_parsing_context().dag_id
"""A task needs its own DAG alone; everything else that parses this file gets them all."""
for each in (flow for name in catalogue.links for flow in catalogue.flows(name)):
    if wanted in {None, each.dag_id}:
        globals()[each.dag_id] = agenda_dag(each)
for name, text in catalogue.broken.items():
    globals()[f"{name}__settings"] = settings_dag(name, text)
