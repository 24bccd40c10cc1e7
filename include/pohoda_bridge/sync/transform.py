"""Turn the batch into canonical records, part by part, with pandas."""

from collections.abc import Iterator

from pohoda_bridge.side import Row
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.shape import as_rows, shape
from pohoda_bridge.sync.store import INFER


def transform(job: Job, run_id: str) -> int:
    """Write the records of a run: canonical values, `_print`, and `_left_out` where a rule keeps one out."""
    files = job.files(run_id)

    def records() -> Iterator[list[Row]]:
        for part in files.read("batch"):
            yield as_rows(shape(part, job.flow))

    return files.write("records", records(), INFER)
