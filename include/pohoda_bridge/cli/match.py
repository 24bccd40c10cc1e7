"""match: what a first connection would link, create or ask about; nothing is created before it was accepted."""

from collections import Counter
from uuid import uuid4

import click
from sqlalchemy import Connection

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Request, Scope, matching
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.side import Row
from pohoda_bridge.sync import Job, extract, plan, report, transform, validate

Pairs = tuple[tuple[str, str], ...]


@click.command(help="Preview the first matching of an agenda, accept it, or say what belongs together.")
@click.argument("link")
@click.argument("agenda")
@click.option("--accept", is_flag=True, help="From now on link what matches and create what is new.")
@click.option("--only", type=click.Choice(matching.KINDS), help="Accept only this group.")
@click.option("--pair", "pairs", type=(str, str), multiple=True, metavar="POHODA CRM", help="These two are one record.")
@click.option("--new", "news", multiple=True, metavar="RECORD", help="This record has no pair; it is made anew.")
@json_option
def match(
    link: str, agenda: str, accept: bool, only: str | None, pairs: Pairs, news: tuple[str, ...], as_json: bool
) -> None:
    counts: Counter[str] = Counter()
    shown: list[tuple[str, str, str, str, str]] = []
    decided: list[str] = []
    flows = [flow for flow in catalogue().flows(link) if flow.agenda.agenda == agenda]
    for flow in flows:
        with open_job(flow) as job:
            with job.ledger.transaction() as ledger:
                decided += _decide(ledger, job.scope, pairs, news)
            for line in _preview(job):
                kind = line.get("match") or ("bound" if line.get("target_id") else line["outcome"])
                counts[kind] += 1
                shown.append((flow.direction, line["_id"], kind, line.get("target_id") or "", line["reason"] or ""))
            if accept or only:
                with job.ledger.transaction() as ledger:
                    matching.accept(ledger, job.scope, [only] if only else matching.KINDS)
    if unknown := {*(pair[0] for pair in pairs), *news} - set(decided):
        raise StopAgenda(f"link {link} runs no direction of {agenda} from which {', '.join(sorted(unknown))} would go")
    names = ("direction", "id", "kind", "target_id", "reason")
    data = {
        "groups": dict(counts),
        "accepted": accept or only is not None,
        "decided": sorted(set(decided)),
        "records": [dict(zip(names, row, strict=True)) for row in shown],
    }

    def show() -> None:
        table(("group", "records"), sorted(counts.items()), empty="There is nothing to match.")
        doubtful = [row for row in shown if row[2] == "ambiguous"]
        table(("direction", "record", "group", "pair", "why"), doubtful, empty="Nothing is ambiguous.")
        click.echo(_told(accepted=accept or only is not None, decided=bool(decided)))

    answer(data, as_json, show=show)


def _told(*, accepted: bool, decided: bool) -> str:
    if accepted:
        return "Accepted: it goes with the next run."
    return "Decided: it goes with the next run." if decided else "Nothing was changed; add --accept to go on."


def _preview(job: Job) -> list[Row]:
    """The plan's lines of a full dry run."""
    run_id = f"match-{uuid4().hex[:12]}"
    if not extract(job, run_id, Request("full", dry_run=True)):
        return []
    validate(job, run_id)
    transform(job, run_id)
    plan(job, run_id)
    job.files(run_id).write("results", [])
    report(job, run_id)
    return list(job.files(run_id).lines("plan"))


def _decide(ledger: Connection, scope: Scope, pairs: Pairs, news: tuple[str, ...]) -> list[str]:
    """Note what concerns this direction; returns the records of the command line that it concerns."""
    to_crm = scope.direction == "to_crm"
    for pohoda, crm in pairs:
        matching.decide(ledger, scope, *((pohoda, crm) if to_crm else (crm, pohoda)))
    own = [record for record in news if ("/" in record) == to_crm]
    for record in own:
        matching.decide(ledger, scope, record, None)
    return [*own, *(pair[0] for pair in pairs)]
