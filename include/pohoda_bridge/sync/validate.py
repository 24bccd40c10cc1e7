"""Judge the batch with Great Expectations: which rows are refused, which are only warned of, and why."""

import logging
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pohoda_bridge.catalogue import Expectation
from pohoda_bridge.ledger import sightings
from pohoda_bridge.quality.docs import Docs
from pohoda_bridge.quality.judge import Finding, judge
from pohoda_bridge.records.keys import group_value
from pohoda_bridge.side import Row
from pohoda_bridge.sync.job import Job, path_name
from pohoda_bridge.sync.owner import unowned
from pohoda_bridge.sync.shape import as_rows, shape

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)
JUDGED_RAW = frozenset({"ico", "dic", "ic_dph"})
"""Rules that look at the value as it stands in POHODA, before spaces are taken out of it."""


def validate(job: Job, run_id: str) -> int:
    """Write the findings of a run's batch, one line for each bad row and rule; returns how many rows are refused."""
    files = job.files(run_id)
    found: list[Finding] = []
    rows = 0

    def findings() -> Iterator[list[Row]]:
        nonlocal rows
        for part in files.read("batch"):
            rows += len(part)
            frame = shape(part, job.flow)
            shaped = as_rows(frame)
            judged = _judge(job, part, frame, shaped)
            found.extend(judged)
            yield [_line(finding) for finding in (*judged, *unowned(job, shaped))]

    files.write("findings", findings())
    if rows:
        docs_of(job, run_id).publish(job.flow.agenda.title.en, rows, job.flow.expectations, found)
    levels = Counter(finding.level for finding in found)
    refused = {finding.id for finding in found if finding.level == "refuse"}
    log.info("%s: %d of %d rows refused, %d warnings", job.flow.dag_id, len(refused), rows, levels["warn"])
    return len(refused)


def docs_of(job: Job, run_id: str) -> Docs:
    """The Data Docs of a flow, with the page of this run."""
    return Docs(folder=job.store.of("docs", job.flow.dag_id).url, run=path_name(run_id))


def _judge(job: Job, part: list[Row], frame: "pd.DataFrame", shaped: list[Row]) -> list[Finding]:
    import pandas as pd

    flow = job.flow
    raw = pd.DataFrame(part, dtype=object)
    for expectation in flow.expectations:
        if expectation.rule in JUDGED_RAW:
            names = [name for name in expectation.fields if name in raw]
            frame[names] = raw[names]
        if expectation.rule == "unique":
            frame[f"{expectation.name}__count"] = _counts(job, expectation, shaped)
    return judge(frame, flow.expectations, country=flow.unit.country, title=flow.agenda.title.en)


def _counts(job: Job, expectation: Expectation, rows: list[Row]) -> list[int]:
    """How many records of the whole side have each row's value; a row that is left out takes no part."""
    values = [None if row["_left_out"] else group_value(expectation.fields, row) for row in rows]
    with job.ledger.transaction() as ledger:
        known = sightings.counts(ledger, job.scope, expectation.name, (v for v in values if v is not None))
    return [known.get(value, 0) if value is not None else 0 for value in values]


def _line(finding: Finding) -> Row:
    fields = list(finding.fields)
    return {
        "id": finding.id,
        "rule": finding.rule,
        "level": finding.level,
        "fields": fields,
        **finding.text.model_dump(),
    }
