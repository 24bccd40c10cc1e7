"""extract, plan, sync: one direction of one agenda, by hand."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.ledger import OUTCOMES, Request, runs
from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.records.telling import tell
from pohoda_bridge.sync import Job, noted, transform, validate
from pohoda_bridge.sync import extract as read_batch
from pohoda_bridge.sync import plan as make_plan
from pohoda_bridge.sync import report as close_run
from pohoda_bridge.sync import run as run_all
from pohoda_bridge.trigger import technical_ids


def _flow_arguments(command: Callable[..., Any]) -> Callable[..., Any]:
    for decorate in (
        json_option,
        click.option(
            "--id", "ids", multiple=True, help="Only this record, by technical id or POHODA's ID; repeatable."
        ),
        click.option("--until", type=click.DateTime(), help="Rows saved before this time of the source."),
        click.option("--since", type=click.DateTime(), help="Rows saved since this time of the source."),
        click.option("--full", is_flag=True, help="Read everything, not only what changed."),
        click.argument("direction"),
        click.argument("agenda"),
        click.argument("link"),
    ):
        command = decorate(command)
    return command


def _request(
    job: Job, full: bool, since: datetime | None, until: datetime | None, ids: tuple[str, ...], dry_run: bool
) -> Request:
    mode: Literal["incremental", "full", "window", "ids"] = (
        "ids" if ids else "window" if since or until else "full" if full else "incremental"
    )
    return Request(mode, since, until, technical_ids(job.flow, ids), dry_run)


def _run_id() -> str:
    return f"cli-{datetime.now():%Y%m%dT%H%M%S}-{uuid4().hex[:8]}"


@click.command(help="Read from the source into a batch, and write nothing.")
@_flow_arguments
def extract(link: str, agenda: str, direction: str, as_json: bool, **asked: Any) -> None:
    with open_job(find_flow(link, agenda, direction)) as job:
        run_id = _run_id()
        with noted(job, run_id):
            read_batch(job, run_id, _request(job, dry_run=True, **asked))
        address = f"{job.files(run_id).url}/batch"
        rows = [row for part in job.files(run_id).read("batch") for row in part]
        with job.ledger.transaction() as ledger:
            skipped = runs.get(ledger, run_id).skipped
            runs.failed(ledger, run_id, "only extracted")
    told = {"batch": address, "rows": len(rows), "unchanged": skipped}
    answer(
        told, as_json, show=lambda: click.echo(f"{len(rows)} rows to process, {skipped} unchanged; batch: {address}")
    )


@click.command(help="Show what a sync would change, field by field; nothing is written to any side.")
@_flow_arguments
def plan(link: str, agenda: str, direction: str, as_json: bool, **asked: Any) -> None:
    with open_job(find_flow(link, agenda, direction)) as job:
        run_id = _run_id()
        lines: list[dict[str, Any]] = []
        with noted(job, run_id):
            if read_batch(job, run_id, _request(job, dry_run=True, **asked)):
                validate(job, run_id)
                transform(job, run_id)
                make_plan(job, run_id)
                lines = list(job.files(run_id).lines("plan"))
                job.files(run_id).write("results", [])
                close_run(job, run_id)
    shown = [{k: line.get(k) for k in ("_id", "outcome", "reason", "target_id", "changes")} for line in lines]

    def show() -> None:
        rows = [
            (
                line["_id"],
                line["outcome"],
                line["reason"] or "",
                "\n".join(text for n, c in (line["changes"] or {}).items() for text in tell(n, *c).lines()),
            )
            for line in shown
            if line["outcome"] != "unchanged"
        ]
        table(("record", "outcome", "why", "field: old -> new"), rows, empty="Nothing would change.")

    answer({"plan": shown}, as_json, show=show)


@click.command(help="Run one direction of one agenda.")
@click.option("--dry-run", is_flag=True, help="Plan only; write nothing.")
@_flow_arguments
def sync(link: str, agenda: str, direction: str, as_json: bool, dry_run: bool, **asked: Any) -> None:
    with open_job(find_flow(link, agenda, direction)) as job:
        counts = run_all(job, _run_id(), _request(job, dry_run=dry_run, **asked))
    leaf = leaf_of(counts, "success")
    told = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in counts.items() if number)
    answer(leaf, as_json, show=lambda: click.echo(f"{link} {agenda} {direction}: {told or 'nothing to do'}"))


def leaf_of(counts: dict[str, int], state: str) -> dict[str, Any]:
    """The counts of one agenda and direction as `summary.json` has them."""
    names = {"conflict": "conflicts"}
    return {
        "read": counts.get("read", 0),
        **{names.get(name, name): counts.get(name, 0) for name in OUTCOMES},
        "airflow_state": state,
    }
