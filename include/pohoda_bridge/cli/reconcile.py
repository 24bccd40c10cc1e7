"""reconcile: both sides compared in full."""

from typing import Any

import click

from pohoda_bridge.cli.answer import answer, json_option, table
from pohoda_bridge.link import catalogue, open_job
from pohoda_bridge.sync import reconcile as compare_sides


@click.command(help="Compare both sides of a link in full; exit 1 when they are not equal.")
@click.argument("link")
@json_option
@click.pass_context
def reconcile(context: click.Context, link: str, as_json: bool) -> None:
    found = []
    for flow in catalogue().flows(link):
        with open_job(flow) as job:
            found.append(compare_sides(job))
    data: dict[str, Any] = {
        "link": link,
        "equal": all(one.equal for one in found),
        "duplicates": sum(one.duplicates for one in found),
        "differences": [
            {"agenda": one.agenda, "direction": one.direction, **d} for one in found for d in one.differences
        ],
        "sums": {f"{one.agenda}__{one.direction}": {"source": one.source, "target": one.target} for one in found},
        "open": {f"{one.agenda}__{one.direction}": one.open for one in found},
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

    answer(data, as_json, show=show)
    if not data["equal"]:
        context.exit(1)
