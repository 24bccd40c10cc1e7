"""The demo's link, all 17 DAGs of it, on a sandbox of the test's own: two years of documents, and people at work."""

import re
import shutil
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.catalogue.catalogue import INCLUDE
from pohoda_bridge.catalogue.crm import Crm
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
    """`sync` runs one flow, `round` all of them; the settings are those that ship. `plans` are the lines of each flow's
    last run, `run_id` is the last run of all."""

    sandbox: Sandbox
    plans: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    run_id: str = ""

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        *,
        level: str = "L2",
        read: str = "sql",
        notify: str = "",
        **sample: Any,
    ) -> Generator["World"]:
        """`level` is what Gram can, and what its file says that it can; `read` the unit's way of reading; `notify` gets
        the link's mail. `sample` are options of the sandbox, which has documents of two years unless told otherwise.
        """
        options: dict[str, Any] = {"size": 30, "documents": True, "entered": True, "level": level} | sample
        with Sandbox(folder / "sandbox", **options) as running, ledgers.prepared(running.info):
            for name, value in running.info["env"].items():
                monkeypatch.setenv(name, value)
            include = _set(folder / "include", {"crms/gram.yaml": ("level", level), "units/firma.yaml": ("read", read)})
            if notify:
                with (include / "links" / f"{LINK}.yaml").open("a", encoding="utf-8") as link:
                    link.write(f"notify: {{email: [{notify}]}}\n")
            monkeypatch.setattr("pohoda_bridge.catalogue.catalogue.INCLUDE", include)
            monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(include))
            yield cls(running)

    @contextmanager
    def job(self, agenda: str, way: str) -> Generator[Job]:
        with open_job(find_flow(LINK, agenda, way), ledger=ledgers.at(ledger_url())) as job:
            yield job

    def sync(self, agenda: str, way: str, request: Request | None = None) -> Counter[str]:
        """A whole run; the counts that are not zero, without `read`."""
        self.run_id = f"test-{uuid4().hex}"
        with self.job(agenda, way) as job:
            counts = run(job, self.run_id, request or Request())
            files = job.files(self.run_id)
            self.plans[agenda, way] = list(files.lines("plan")) if files.is_done("plan") else []
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
        found: dict[tuple[str, str], Reconciled] = {}
        for flow in FLOWS:
            with self.job(*flow) as job:
                found[flow] = reconcile(job)
        return found

    def writes(self) -> tuple[int, int]:
        """The write requests that the CRM and POHODA (every year's mServer) got so far."""
        years = [self.sandbox.first, *([self.sandbox.first.last] if self.sandbox.first.last else [])]
        return self.sandbox.gram.writes(), sum(year.mserver.writes for year in years)

    @property
    def entities(self) -> list[str]:
        """What the CRM keeps of what the link carries, sets that are records of their own among it."""
        return sorted(
            {agenda.entity for agenda in self.crm.agendas.values()}
            | {one.entity for agenda in self.crm.agendas.values() for one in agenda.fields.values() if one.entity}
        )

    @property
    def crm(self) -> Crm:
        return open_catalogue().crms[LINK]

    def workflow_runs(self, entity: str) -> list[int]:
        """How often the CRM's workflows ran for each record."""
        return [self.sandbox.gram.workflow_runs(entity, record["Id"]) for record in self.records(entity)]

    def records(self, entity: str, **having: Any) -> list[Row]:
        """The CRM's records of an entity whose fields have these values."""
        found = self.sandbox.gram.records(entity)
        return [record for record in found if all(record[name] == value for name, value in having.items())]

    def record(self, entity: str, **having: Any) -> Row:
        """The only one of these."""
        [found] = self.records(entity, **having)
        return found

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the newest year in POHODA."""
        return self.sandbox.pohoda.rows(sql, *values)

    def row(self, sql: str, *values: Any) -> dict[str, Any]:
        """The only one of these."""
        [found] = self.rows(sql, *values)
        return found


def _set(folder: Path, changes: dict[str, tuple[str, str]]) -> Path:
    """A copy of the settings that ship, with one value of some files changed."""
    for part in ("agendas", "crms", "units", "links"):
        shutil.copytree(INCLUDE / part, folder / part)
    for file, (key, value) in changes.items():
        text = (folder / file).read_text(encoding="utf-8")
        changed, times = re.subn(rf"^( *{key}: )\w+", rf"\g<1>{value}", text, flags=re.MULTILINE)
        assert times == 1, f"{file} says {times} times what {key} is"
        (folder / file).write_text(changed, encoding="utf-8")
    return folder


def wrote(counts: Counts) -> int:
    """How many records a round wrote."""
    return sum(one[name] for one in counts.values() for name in ("created", "updated", "deleted"))


def outcomes(counts: Iterable[Counts]) -> Counter[str]:
    return sum((one for round_ in counts for one in round_.values()), Counter())
