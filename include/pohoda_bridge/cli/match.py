"""match: what a first connection would link, create or ask about; nothing is created before it was accepted."""

from collections import Counter
from uuid import uuid4

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import Request, bindings, matching
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.side import Row, Side, Window
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
    counts: Counter[tuple[str, str]] = Counter()
    shown: list[tuple[str, str, str, str, str]] = []
    decided: list[str] = []
    for flow in catalogue().flows_of(link, agenda):
        with open_job(flow) as job:
            decided += _decide(job, pairs, news)
            for line in _preview(job):
                kind = line.get("match") or ("bound" if line.get("target_id") else line["outcome"])
                counts[flow.direction, kind] += 1
                shown.append((flow.direction, line["_id"], kind, line.get("target_id") or "", line["reason"] or ""))
            if accept or only:
                with job.ledger.transaction() as ledger:
                    matching.accept(ledger, job.scope, [only] if only else matching.KINDS)
    if unknown := {*(pair[0] for pair in pairs), *news} - set(decided):
        raise StopAgenda(f"link {link} runs no direction of {agenda} from which {', '.join(sorted(unknown))} would go")
    names = ("direction", "id", "kind", "target_id", "reason")
    groups: Counter[str] = Counter()
    for (_, kind), number in counts.items():
        groups[kind] += number
    data = {
        "groups": dict(groups),
        "accepted": accept or only is not None,
        "decided": sorted(set(decided)),
        "records": [dict(zip(names, row, strict=True)) for row in shown],
    }

    def show() -> None:
        found = [(*group, number) for group, number in sorted(counts.items())]
        table(("direction", "group", "records"), found, empty="There is nothing to match.")
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


def _decide(job: Job, pairs: Pairs, news: tuple[str, ...]) -> list[str]:
    """Note what concerns this direction; returns the records of the command line that it concerns."""
    to_crm = job.flow.direction == "to_crm"
    decisions: dict[str, str | None] = {record: None for record in news if ("/" in record) == to_crm}
    decisions |= dict(pairs) if to_crm else {crm: pohoda for pohoda, crm in pairs}
    _check(job, decisions)
    with job.ledger.transaction() as ledger:
        for record, pair in decisions.items():
            matching.decide(ledger, job.scope, record, pair)
    return [*(record for record in news if record in decisions), *(pair[0] for pair in pairs)]


def _check(job: Job, decisions: dict[str, str | None]) -> None:
    """StopAgenda when one of the records is not there, or has a pair already."""
    paired = {pair for pair in decisions.values() if pair}
    for side, ids in ((job.source, set(decisions)), (job.target, paired)):
        if missing := ids - _there(side, job.agenda, ids):
            raise StopAgenda(f"there is no record {', '.join(sorted(missing))} among the {job.agenda}")
    with job.ledger.transaction() as ledger:
        bound = {
            r: b.target_id(job.flow.direction) for r, b in bindings.by_source(ledger, job.scope, decisions).items()
        }
        back = {r: b.source_id(job.flow.direction) for r, b in bindings.by_target(ledger, job.scope, paired).items()}
    for record, pair in decisions.items():
        if bound.get(record, pair) != pair:
            raise StopAgenda(f"{record} is the pair of {bound[record]} already")
        if pair and record not in bound and pair in back:
            raise StopAgenda(f"{pair} is the pair of {back[pair]} already")


def _there(side: Side, agenda: str, ids: set[str]) -> set[str]:
    window = Window(ids=tuple(sorted(ids)))
    return {row["_id"] for part in side.read(agenda, window).parts for row in part} if ids else set()
