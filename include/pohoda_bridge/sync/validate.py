"""Judge the batch with Great Expectations: which rows are refused, which are only warned of, and why."""

import logging
from collections import Counter
from collections.abc import Iterator

from pohoda_bridge.ledger import sightings
from pohoda_bridge.quality.docs import Docs
from pohoda_bridge.quality.judge import judge
from pohoda_bridge.records.keys import group_value
from pohoda_bridge.side import Row
from pohoda_bridge.sync.job import Job, path_name
from pohoda_bridge.sync.shape import as_rows, shape

log = logging.getLogger(__name__)
JUDGED_RAW = frozenset({"ico", "dic", "ic_dph"})
"""Rules that look at the value as it stands in POHODA, before spaces are taken out of it."""


def validate(job: Job, run_id: str) -> int:
    """Write the findings of a run's batch, one line for each bad row and rule; returns how many rows are refused."""
    files = job.files(run_id)
    refused: set[str] = set()
    levels: Counter[str] = Counter()

    def findings() -> Iterator[list[Row]]:
        for number, part in enumerate(files.read("batch")):
            found = _judge(job, run_id, part, number)
            refused.update(row["id"] for row in found if row["level"] == "refuse")
            levels.update(row["level"] for row in found)
            yield found

    files.write("findings", findings())
    log.info("%s: %d refused, %d warnings", job.flow.dag_id, len(refused), levels["warn"])
    return len(refused)


def _judge(job: Job, run_id: str, part: list[Row], number: int) -> list[Row]:
    import pandas as pd

    frame = shape(part, job.flow)
    raw = pd.DataFrame(part, dtype=object)
    shaped = as_rows(frame)
    for expectation in job.flow.expectations:
        if expectation.rule in JUDGED_RAW:
            frame[list(expectation.fields)] = raw[list(expectation.fields)]
        if expectation.rule == "unique":
            values = [None if row["_left_out"] else group_value(expectation.fields, row) for row in shaped]
            with job.ledger.transaction() as ledger:
                counts = sightings.counts(ledger, job.scope, expectation.name, (v for v in values if v is not None))
            frame[f"{expectation.name}__count"] = [counts.get(value, 0) if value is not None else 0 for value in values]
    docs = Docs(
        folder=docs_folder(job),
        run=f"{path_name(run_id)}-{number}" if number else path_name(run_id),
    )
    found = judge(
        frame, job.flow.expectations, country=job.flow.unit.country, title=job.flow.agenda.title.en, docs=docs
    )
    return [
        {"id": f.id, "rule": f.rule, "level": f.level, "fields": list(f.fields), **f.text.model_dump()} for f in found
    ]


def docs_folder(job: Job) -> str:
    """Where the Data Docs of a flow are kept."""
    return job.store.of("docs", job.flow.dag_id).url
