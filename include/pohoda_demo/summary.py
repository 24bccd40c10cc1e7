"""What moved: the counts of all rounds, as a table and as `summary.json`.

How the runs of one DAG become one line. Each record has exactly one outcome in a run, and a second run meets
the same records again, so plain addition would count a quarantined record once a round. Hence:

* counted are the runs up to the last one that wrote something, the first always: the quiet run after it only
  proves that nothing is left, and adds nothing;
* of these, `read` and every outcome are summed;
* except the outcomes that pass by themselves (`held`, `submitted`, `in_doubt`): those are what still waits at the
  end, as the closing reconcile lists it (a later run need not read what waits on), or else as the last run that
  read anything left it; and a record that waited is read once.

So the outcomes of a line add up to its `read`, as those of a run do.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from pohoda_demo.bridge import Dag

WRITTEN = ("created", "updated", "deleted")
LEDGER = {"conflicts": "conflict"}  # the ledger names the outcome of one record
PASSING = ("held", "submitted", "in_doubt")
COUNTS = ("read", *WRITTEN, "unchanged", "quarantined", "conflicts", "cannot_write", "held", "submitted",
          "left_out", "in_doubt")  # fmt: skip
Counts = Mapping[str, int]


def written(counts: Counts) -> int:
    return sum(_number(counts, name) for name in WRITTEN)


def _number(counts: Counts, name: str) -> int:
    return int(counts.get(name) or counts.get(LEDGER.get(name, name)) or 0)


def leaf(runs: Sequence[Counts], states: Sequence[str], open_: Counts | None = None) -> dict[str, Any]:
    """One DAG's line from the counts of its runs, oldest first, the Airflow states of its DAG runs, and what
    reconcile lists as open."""
    busy = max((place for place, counts in enumerate(runs) if written(counts)), default=0)
    total = {name: sum(_number(counts, name) for counts in runs[: busy + 1]) for name in COUNTS}
    last: Counts = next((counts for counts in reversed(runs) if _number(counts, "read")), {})
    if open_ is not None:
        last = {**last, **{name: _number(open_, name) for name in PASSING}}
    for name in PASSING:
        waiting = _number(last, name)
        total["read"] += waiting - total[name]
        total[name] = waiting
    bad = [state for state in states if state != "success"]
    return {**total, "airflow_state": bad[0] if bad else "success" if states else "none"}


def summarise(
    dags: Sequence[Dag],
    runs: Sequence[Mapping[str, Any]],
    states: Mapping[str, Sequence[str]],
    reconciled: Mapping[str, Mapping[str, Any]],
    seconds: float,
) -> dict[str, Any]:
    """The content of `summary.json`. `runs` are the ledger's, oldest first; `reconciled`: an answer a link."""
    links: dict[str, Any] = {link: {} for link in reconciled}
    for dag in dags:
        own = [
            run["counts"]
            for run in runs
            if (run["link"], run["agenda"], run["direction"]) == (dag.link, dag.agenda, dag.direction)
        ]
        agenda = links.setdefault(dag.link, {}).setdefault(dag.agenda, {})
        open_ = reconciled.get(dag.link, {}).get("open", {}).get(f"{dag.agenda}__{dag.direction}")
        agenda[dag.direction] = leaf(own, states.get(dag.dag_id, []), open_)
    equal = bool(reconciled) and all(answer.get("equal") is True for answer in reconciled.values())
    return {"links": links, "equal": equal, "seconds": round(seconds, 1)}


def succeeded(summary: Mapping[str, Any]) -> bool:
    """Every DAG ran and was green, and both sides of every link are equal."""
    states = [
        one["airflow_state"]
        for agendas in summary["links"].values()
        for directions in agendas.values()
        for one in directions.values()
    ]
    return bool(states) and all(state == "success" for state in states) and summary["equal"] is True


def verdict(summary: Mapping[str, Any]) -> str:
    """How it went, in a line; what a target has no way to take is said though both sides are equal without it."""
    if not succeeded(summary):
        return "Not everything is well."
    refused = [
        f"{one['cannot_write']} of {link} {agenda} {direction}"
        for link, agendas in summary["links"].items()
        for agenda, directions in agendas.items()
        for direction, one in directions.items()
        if one["cannot_write"]
    ]
    but = f", but for what the target has no way to take: {', '.join(refused)}" if refused else ""
    return f"Both sides are equal{but}."


def write(summary: Mapping[str, Any], file: Path) -> None:
    file.write_text(json.dumps(summary, indent=2) + "\n", "utf-8")


def table(summary: Mapping[str, Any]) -> Table:
    """The table a person reads: columns that are zero everywhere are left out."""
    lines = [
        (link, agenda, direction, one)
        for link, agendas in summary["links"].items()
        for agenda, directions in agendas.items()
        for direction, one in directions.items()
    ]
    shown = [name for name in COUNTS if name in {"read", "created"} or any(one[name] for *_, one in lines)]
    made = Table(title="What moved", title_justify="left")
    for heading in ("link", "agenda", "direction"):
        made.add_column(heading)
    for name in shown:
        made.add_column(name.replace("_", " "), justify="right")
    made.add_column("Airflow")
    for link, agenda, direction, one in lines:
        state = one["airflow_state"]
        colour = "green" if state == "success" else "red"
        made.add_row(link, agenda, direction, *(str(one[name]) for name in shown), f"[{colour}]{state}[/]")
    return made
