"""The demo's link, all 17 DAGs of it, on a sandbox of the test's own: two years of documents, and people at work."""

from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
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

LINK = "gram"
FLOWS = [(flow.agenda.agenda, flow.direction) for flow in open_catalogue().flows(LINK)]
WAYS = ("to_pohoda", "to_crm")
Counts = dict[tuple[str, str], Counter[str]]


def in_order() -> list[tuple[str, str]]:
    """The flows as the demo runs them: to POHODA before to the CRM, each after what it waits for."""
    agendas = open_catalogue().agendas
    ordered: list[tuple[str, str]] = []
    for way in WAYS:
        waiting = [agenda for agenda, direction in FLOWS if direction == way]
        while waiting:
            ready = [one for one in waiting if not set(agendas[one].after) & set(waiting) - {one}]
            ordered += [(one, way) for one in ready]
            waiting = [one for one in waiting if one not in ready]
    return ordered


@dataclass
class World:
    """`sync` runs one flow, `round` all of them; the settings are those that ship."""

    sandbox: Sandbox

    @classmethod
    @contextmanager
    def open(cls, folder: Path, monkeypatch: pytest.MonkeyPatch, **sample: Any) -> Generator["World"]:
        """`sample` are options of the sandbox, which has documents of two years unless they say otherwise."""
        options = {"size": 30, "documents": True, "entered": True} | sample
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
        with self.job(agenda, way) as job:
            counts = run(job, f"test-{uuid4().hex}", request or Request())
        return Counter({name: number for name, number in counts.items() if number and name != "read"})

    def round(self, mode: Any = "incremental") -> Counts:
        return {flow: self.sync(*flow, Request(mode)) for flow in in_order()}

    def until_quiet(self, most: int = 4) -> list[Counts]:
        """Rounds until one writes nothing, the quiet one last."""
        rounds = [self.round()]
        while wrote(rounds[-1]) and len(rounds) < most:
            rounds.append(self.round())
        return rounds

    def reconciled(self) -> dict[tuple[str, str], Reconciled]:
        found = {}
        for flow in FLOWS:
            with self.job(*flow) as job:
                found[flow] = reconcile(job)
        return found

    def writes(self) -> tuple[int, int]:
        """The write requests that the CRM and POHODA (every year's mServer) got so far."""
        years = [self.sandbox.first, *([self.sandbox.first.last] if self.sandbox.first.last else [])]
        return self.sandbox.gram.writes(), sum(year.mserver.writes for year in years)

    def records(self, entity: str) -> list[Row]:
        return list(self.sandbox.gram.records(entity))


def wrote(counts: Counts) -> int:
    """How many records a round wrote."""
    return sum(one[name] for one in counts.values() for name in ("created", "updated", "deleted"))


def outcomes(counts: Iterable[Counts]) -> Counter[str]:
    return sum((one for round_ in counts for one in round_.values()), Counter())
