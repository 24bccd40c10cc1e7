"""All steps of one run in one process, as the command line and the tests use them; Airflow calls the steps itself."""

from collections.abc import Generator
from contextlib import contextmanager

from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import Request, runs
from pohoda_bridge.sync.extract import extract
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.load import load
from pohoda_bridge.sync.plan import plan
from pohoda_bridge.sync.report import report
from pohoda_bridge.sync.transform import transform
from pohoda_bridge.sync.validate import validate


def run(job: Job, run_id: str, request: Request) -> dict[str, int]:
    """The counts of the run. What a step raises is noted on the run and raised on."""
    with noted(job, run_id):
        if extract(job, run_id, request):
            validate(job, run_id)
            transform(job, run_id)
            plan(job, run_id)
            load(job, run_id)
            return report(job, run_id)
    with job.ledger.transaction() as ledger:
        return dict(runs.get(ledger, run_id).counts)


@contextmanager
def noted(job: Job, run_id: str) -> Generator[None]:
    """What a step of the run raises is noted on the run and raised on."""
    try:
        yield
    except BridgeError as error:
        with job.ledger.transaction() as ledger:
            runs.failed(ledger, run_id, error.text)
        raise
