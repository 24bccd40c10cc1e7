"""reconcile: both sides compared in full; `--queue` lets the next runs take up what was found."""

from typing import Any

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.sync import Night, Reconciled, nightly
from pohoda_bridge.sync import reconcile as compare_sides


@click.command(help="Compare both sides of a link in full; exit 1 when they are not equal.")
@click.argument("link")
@click.option("--queue", is_flag=True, help="Let the next runs take up deletions and differences, as every night.")
@click.option("--believe", is_flag=True, help="With --queue: so many records were deleted on purpose.")
@json_option
@click.pass_context
def reconcile(context: click.Context, link: str, queue: bool, believe: bool, as_json: bool) -> None:
    if believe and not queue:
        raise click.UsageError("--believe needs --queue")
    nights: list[Night] = []
    for flow in catalogue().flows(link):
        with open_job(flow) as job:
            nights.append(nightly(job, believe=believe) if queue else Night([], compare_sides(job)))
    found = [night.reconciled for night in nights]
    data: dict[str, Any] = {
        "link": link,
        "equal": all(one.equal for one in found),
        "duplicates": sum(one.duplicates for one in found),
        "differences": [
            {"agenda": one.agenda, "direction": one.direction, **d} for one in found for d in one.differences
        ],
        "sums": {f"{one.agenda}__{one.direction}": _sums(one) for one in found},
        "open": {f"{one.agenda}__{one.direction}": one.open for one in found},
        "deleted": {f"{n.reconciled.agenda}__{n.reconciled.direction}": n.deleted for n in nights if n.deleted},
    }

    def show() -> None:
        rows = [
            (f"{one.agenda} {one.direction}", one.source, one.target, "yes" if one.equal else "NO",
             ", ".join(f"{reason} {number}" for reason, number in sorted(one.open.items())))
            for one in found
        ]  # fmt: skip
        table(("flow", "source", "target", "equal", "open"), rows, empty="The link runs nothing.")
        columns = ("agenda", "record", "pair", "what")
        rest = [
            (d["agenda"], d["id"], d.get("target_id"), d.get("what") or ", ".join(d["fields"]))
            for d in data["differences"]
        ]
        table(columns, rest, empty="No unexplained difference.")
        unlike = [
            (one.agenda, one.direction, line.day, line.currency, name, line.source[name], line.target[name])
            for one in found for line in one.sums for name in line.source if line.source[name] != line.target[name]
        ]  # fmt: skip
        headings = ("agenda", "direction", "day", "currency", "sum", "source", "target")
        table(headings, unlike, empty="No sum differs.")
        if queue:
            number = sum(len(night.deleted) for night in nights)
            click.echo(f"Queued for the next runs: {number} deletions, {len(rest)} differences.")

    answer(data, as_json, show=show)
    if not data["equal"]:
        context.exit(1)


def _sums(one: Reconciled) -> dict[str, Any]:
    """How many records each side has, and the days whose sums of pairs differ."""
    unlike = [line.as_dict() for line in one.sums if not line.equal]
    return {"source": one.source, "target": one.target, "days": len(one.sums), "unlike": unlike}
