"""collect: take the answers of packs that lie in POHODA's folder, for every flow that writes there."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.errors import BridgeError, StopAgenda
from pohoda_bridge.ledger.store import utc_now
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.sync import Gathered
from pohoda_bridge.sync import collect as gather


@click.command(help="Take the answers of packs that lie in POHODA's folder.")
@click.argument("link")
@click.argument("agenda", required=False)
@click.option("--lost", is_flag=True, help="Packs that lie in no folder any more get no answer: look their records up.")
@json_option
@click.pass_context
def collect(context: click.Context, link: str, agenda: str | None, lost: bool, as_json: bool) -> None:
    flows = [flow for flow in catalogue().flows(link) if flow.direction == "to_pohoda"]
    flows = [flow for flow in flows if agenda in {None, flow.agenda.agenda}]
    if not flows:
        raise StopAgenda(f"link {link!r} carries nothing to POHODA" + (f" of {agenda!r}" if agenda else ""))
    found = []
    for flow in flows:
        try:
            with open_job(flow) as job:
                found.append(_told(flow.dag_id, gather(job, f"collect-{uuid4().hex[:8]}", lost=lost)))
        except BridgeError as error:
            found.append({**_told(flow.dag_id, Gathered()), "fault": error.text})

    def show() -> None:
        rows = [
            (one["flow"], ", ".join(f"{name} {number}" for name, number in one["collected"].items()),
             f"{one['waiting']}, {age(one['oldest'])}" if one["waiting"] else "0", _remark(one))
            for one in found
        ]  # fmt: skip
        table(("flow", "collected", "waiting", "remark"), rows, empty="Nothing is written to POHODA.")

    answer({"flows": found}, as_json, show=show)
    if any(one["fault"] for one in found):
        context.exit(1)


def age(since: datetime) -> str:
    """How long ago a time of the ledger was, in words: `the oldest for 3 h`."""
    past = max(utc_now() - since, timedelta())
    hours, minutes = divmod(int(past.total_seconds()) // 60, 60)
    if hours >= 48:
        return f"the oldest for {hours // 24} days"
    return f"the oldest for {hours} h {minutes} min" if hours else f"the oldest for {minutes} min"


def _told(flow: str, of: Gathered) -> dict[str, Any]:
    return {
        "flow": flow, "collected": dict(of.outcomes), "waiting": of.waiting, "oldest": of.oldest,
        "foreign": of.foreign, "unreadable": dict(of.unreadable), "fault": None,
    }  # fmt: skip


def _remark(one: dict[str, Any]) -> str:
    if one["fault"]:
        return str(one["fault"])
    told = [f"{pack}: {why}" for pack, why in one["unreadable"].items()]
    return "; ".join([*told, *([f"{len(one['foreign'])} answers of unknown packs"] if one["foreign"] else [])])
