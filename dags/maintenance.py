"""One DAG for each link, once a night: compare both sides of every flow, judge all data, forget what is long over.

The tasks only call `pohoda_bridge.maintenance`; nothing heavy is imported here. None of them writes to a side: what is
found is queued for the next run of the flow. A link whose file is refused has its failing DAG in agendas.py.
"""

from functools import partial
from typing import Any

from airflow.sdk import DAG, CronDataIntervalTimetable, get_current_context, get_parsing_context, task

from pohoda_airflow.tasks import START, TASKS, connection, mail_server
from pohoda_bridge.catalogue import Flow, open_catalogue
from pohoda_bridge.manual import nightly_work
from pohoda_bridge.pools import source_pool
from pohoda_bridge.settings import config_dir


def maintenance_dag(flows: list[Flow]) -> DAG:
    """reconcile and quality for each flow, retention: none waits for another, and a red one turns the run red."""
    link, unit = flows[0].link, flows[0].unit
    zone, schedule = unit.timezone, link.maintenance
    told = partial(_tell, link.link) if link.notify.email else None
    with DAG(
        dag_id=f"{link.link}__maintenance",
        dag_display_name=f"{link.link}: nightly maintenance",
        description="Compares both sides, judges all data, forgets what is long over",
        schedule=CronDataIntervalTimetable(schedule, timezone=zone) if schedule else None,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        default_args=TASKS,
        tags=[link.link, "maintenance"],
        doc_md=nightly_work(link, unit),
    ) as dag:
        for direction in sorted({flow.direction for flow in flows}):
            way = [flow for flow in flows if flow.direction == direction]
            agendas, pool = [flow.agenda.agenda for flow in way], source_pool(way[0])

            @task(
                task_id=f"reconcile_{direction}", pool=pool, map_index_template="{{ flow }}",
                on_success_callback=told, on_failure_callback=told,
            )  # fmt: skip
            def reconcile(agenda: str, direction: str) -> object:
                from pohoda_bridge.maintenance import reconcile_flow

                return reconcile_flow(_flow(link.link, agenda, direction), connections=connection)

            @task(task_id=f"quality_{direction}", pool=pool, map_index_template="{{ flow }}")
            def quality(agenda: str, direction: str) -> object:
                from pohoda_bridge.maintenance import report_quality

                context = get_current_context()
                day = context["dag_run"].run_after.strftime("%Y-%m-%d")
                return report_quality(_flow(link.link, agenda, direction), day, connections=connection)

            reconcile.partial(direction=direction).expand(agenda=agendas)
            quality.partial(direction=direction).expand(agenda=agendas)

        @task
        def retention() -> int:
            from pohoda_bridge.maintenance import forget_old

            return forget_old(link.link)

        retention()
    return dag


def _flow(link: str, agenda: str, direction: str) -> tuple[str, str, str]:
    """The flow of a mapped task, whose name the grid then shows."""
    from airflow.sdk.log import mask_secret

    from pohoda_bridge import redact

    redact.tell(mask_secret)
    get_current_context()["flow"] = f"{agenda} {direction}"
    return link, agenda, direction


def _tell(link: str, context: Any) -> None:
    """Mail to the link's people what the night has found of a flow, or why it could not."""
    from pohoda_bridge.mail import Ended, tell
    from pohoda_bridge.maintenance import newest_run

    agenda, _, direction = context["flow"].partition(" ")
    names, error = (link, agenda, direction), context.get("exception")
    run_id = newest_run(names)
    if run_id or error:
        tell(names, Ended(run_id or "", None, context["ti"].task_id if error else None, error), mail_server)


catalogue = open_catalogue(config_dir())
wanted = get_parsing_context().dag_id
"""A task needs its own DAG alone; everything else that parses this file gets them all."""
for name in catalogue.links:
    if wanted in {None, f"{name}__maintenance"} and (each := catalogue.flows(name)):
        globals()[f"{name}__maintenance"] = maintenance_dag(each)
