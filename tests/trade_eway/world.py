"""The demo's link with eWay-CRM, all its DAGs, on a sandbox of the test's own, and what people enter in eWay-CRM."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.ledger import Request
from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.settings import ledger_url
from pohoda_bridge.side import Row
from pohoda_bridge.sync import Job, Reconciled, reconcile, run
from pohoda_sandbox.sandbox import Sandbox
from tests import ledgers

LINK = "eway"
FLOWS = [(flow.agenda.agenda, flow.direction) for flow in open_catalogue().flows(LINK)]
ORDER = ("clients", "addresses", "contacts", "deals", "products", "price_lists", "offers", "received_orders",
         "issued_orders", "issued_invoices", "received_invoices", "payments")  # fmt: skip
"""As the DAGs wait for each other."""
Counts = dict[tuple[str, str], Counter[str]]


@dataclass
class World:
    """`round` runs every flow, to POHODA first; `plans` are the lines of each flow's last run."""

    sandbox: Sandbox
    plans: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls, folder: Path, monkeypatch: pytest.MonkeyPatch, **sample: Any) -> Generator["World"]:
        options: dict[str, Any] = {"size": 30, "documents": True, "further": ["obchod"]} | sample
        with Sandbox(folder / "sandbox", **options) as running, ledgers.prepared(running.info):
            for name, value in running.info["env"].items():
                monkeypatch.setenv(name, value)
            yield cls(running)

    @contextmanager
    def job(self, agenda: str, way: str) -> Generator[Job]:
        with open_job(find_flow(LINK, agenda, way), ledger=ledgers.at(ledger_url())) as job:
            yield job

    def sync(self, agenda: str, way: str, request: Request | None = None) -> Counter[str]:
        """A whole run; the counts that are not zero, without `read`."""
        run_id = f"test-{uuid4().hex}"
        with self.job(agenda, way) as job:
            counts = run(job, run_id, request or Request())
            files = job.files(run_id)
            self.plans[agenda, way] = list(files.lines("plan")) if files.is_done("plan") else []
        return Counter({name: number for name, number in counts.items() if number and name != "read"})

    def round(self, mode: Any = "incremental") -> Counts:
        flows = [(agenda, way) for way in ("to_pohoda", "to_crm") for agenda in ORDER if (agenda, way) in FLOWS]
        return {flow: self.sync(*flow, Request(mode)) for flow in flows}

    def reconciled(self) -> dict[tuple[str, str], Reconciled]:
        found: dict[tuple[str, str], Reconciled] = {}
        for flow in FLOWS:
            with self.job(*flow) as job:
                found[flow] = reconcile(job)
        return found

    def writes(self) -> tuple[int, int]:
        """The write requests that the CRM and POHODA (every year's mServer) got so far."""
        unit = self.sandbox.units["obchod"]
        years = [unit, *([unit.last] if unit.last else [])]
        return self.sandbox.eway.writes(), sum(year.mserver.writes for year in years)

    def rows(self, query: str, *values: object) -> list[Row]:
        """Rows of POHODA's database of this year."""
        return self.sandbox.units["obchod"].pohoda.rows(query, *values)

    def value(self, enum: str, text: str) -> str:
        """The guid of a value of an enumeration."""
        values = self.sandbox.eway.records("EnumValues")
        return str(next(one["ItemGUID"] for one in values if (one["EnumTypeName"], one["FileAs"]) == (enum, text)))

    def item(self, folder: str, **having: Any) -> Row:
        """The only item of a folder whose members have these values."""
        [found] = [item for item in self.sandbox.eway.records(folder) if all(item[n] == v for n, v in having.items())]
        return found

    def cart(self, kind: str, state: str, customer: str, **fields: Any) -> str:
        """A person enters a bookkeeping record of today; its guid."""
        today = self.sandbox.units["obchod"].pohoda.now().date().isoformat()
        fixed = {"TypeEn": self.value("CartType", kind), "StateEn": self.value("CartState", state)}
        fixed |= {"CurrencyEn": self.value("Currency", "CZK"), "EffectiveFrom": today, "FileAs": "nový"}
        return self.sandbox.eway.create("Carts", **fixed, Companies_CustomerGuid=customer, **fields)


def wrote(counts: Counts) -> int:
    """How many records a round wrote."""
    return sum(one[name] for one in counts.values() for name in ("created", "updated", "deleted"))
