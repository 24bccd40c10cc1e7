"""match: what a first connection would link, create or ask about; nothing is created before it was accepted."""

from collections import Counter
from uuid import uuid4

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.ledger import Request, matching
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.sync import extract, plan, report, transform, validate


@click.command(help="Preview the first matching of an agenda, and accept it.")
@click.argument("link")
@click.argument("agenda")
@click.option("--accept", is_flag=True, help="From now on link what matches and create what is new.")
@json_option
def match(link: str, agenda: str, accept: bool, as_json: bool) -> None:
    counts: Counter[str] = Counter()
    shown = []
    for flow in (flow for flow in catalogue().flows(link) if flow.agenda.agenda == agenda):
        with open_job(flow) as job:
            run_id = f"match-{uuid4().hex[:12]}"
            if extract(job, run_id, Request("full", dry_run=True)):
                validate(job, run_id)
                transform(job, run_id)
                plan(job, run_id)
                for line in job.files(run_id).lines("plan"):
                    kind = line.get("match") or ("bound" if line.get("target_id") else line["outcome"])
                    counts[kind] += 1
                    shown.append((line["_id"], kind, line.get("target_id") or "", line["reason"] or ""))
                job.files(run_id).write("results", [])
                report(job, run_id)
            if accept:
                with job.ledger.transaction() as ledger:
                    matching.accept(ledger, job.scope)
    data = {
        "groups": dict(counts),
        "accepted": accept,
        "records": [dict(zip(("id", "kind", "target_id", "reason"), r, strict=True)) for r in shown],
    }

    def show() -> None:
        table(("group", "records"), sorted(counts.items()), empty="There is nothing to match.")
        doubtful = [row for row in shown if row[1] == "ambiguous"]
        table(("record", "group", "candidates", "why"), doubtful, empty="Nothing is ambiguous.")
        click.echo("Accepted: it goes with the next run." if accept else "Nothing was changed; add --accept to go on.")

    answer(data, as_json, show=show)
