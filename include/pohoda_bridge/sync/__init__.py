"""The steps of a sync, one file each, in the order of the flow: extract, validate, transform, plan, load, report.

`collect` stands between the last two where the target answers later.
"""

from pohoda_bridge.sync.canonical import CrmRows, PohodaRows
from pohoda_bridge.sync.collect import Gathered, collect, worth_waiting
from pohoda_bridge.sync.extract import extract
from pohoda_bridge.sync.figures import FedRows
from pohoda_bridge.sync.further import FurtherRows
from pohoda_bridge.sync.gone import find_deleted
from pohoda_bridge.sync.job import Job
from pohoda_bridge.sync.load import load
from pohoda_bridge.sync.nightly import Night, nightly
from pohoda_bridge.sync.plan import plan
from pohoda_bridge.sync.reconcile import Reconciled, reconcile
from pohoda_bridge.sync.report import report
from pohoda_bridge.sync.run import noted, run
from pohoda_bridge.sync.store import Store
from pohoda_bridge.sync.transform import transform
from pohoda_bridge.sync.validate import validate

__all__ = [
    "CrmRows",
    "FedRows",
    "FurtherRows",
    "Gathered",
    "Job",
    "Night",
    "PohodaRows",
    "Reconciled",
    "Store",
    "collect",
    "extract",
    "find_deleted",
    "load",
    "nightly",
    "noted",
    "plan",
    "reconcile",
    "report",
    "run",
    "transform",
    "validate",
    "worth_waiting",
]
