"""What the rules of a flow take of all its records, and why one that no run has met does not go."""

from collections.abc import Sequence
from dataclasses import dataclass

from pohoda_bridge.side import Row, Window
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.shape import as_rows, shape


@dataclass(frozen=True)
class Ruled:
    """Of `records` in the source, `go` take part; `rules` are the link's, each with how many hold it."""

    records: int
    go: int
    rules: tuple[tuple[str, int], ...]


def ruled(job: Job) -> Ruled:
    """Reads all of the source and judges every rule of the link on every record; nothing is noted."""
    rules = job.flow.settings.rules
    records = go = 0
    holding = [0] * len(rules)
    for part in job.source.read(job.agenda, Window()).parts:
        rows = as_rows(shape(part, job.flow))
        records += len(rows)
        go += sum(row["_left_out"] is None for row in rows)
        for place, rule in enumerate(rules):
            holding[place] += sum(rule.holds(row) for row in rows)
    return Ruled(records, go, tuple((str(rule), held) for rule, held in zip(rules, holding, strict=True)))


def reasons(job: Job, ids: Sequence[str]) -> dict[str, str | None]:
    """Technical id -> why the record does not go (None: nothing keeps it out), of those that are in the source."""
    parts: list[list[Row]] = list(job.source.read(job.agenda, Window(ids=tuple(ids))).parts)
    return {row["_id"]: row["_left_out"] for part in parts if part for row in as_rows(shape(part, job.flow))}
