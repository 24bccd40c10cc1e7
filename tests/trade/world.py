"""A link of the demo, all DAGs of it, on a sandbox of the test's own: two years of documents, and people at work."""

import re
import shutil
from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
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
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.sandbox import Sandbox
from pohoda_sandbox.units import Opened
from tests import ledgers
from tests.faults.judging import MEMORY, quickly
from tests.trade.desk import Desk

LINKS = ("gram", "eway")
FLOWS = {link: [(one.agenda.agenda, one.direction) for one in open_catalogue().flows(link)] for link in LINKS}
WAYS = ("to_pohoda", "to_crm")
HOME = {"firma": "EUR", "obchod": "CZK"}
Counts = dict[tuple[str, str], Counter[str]]


def in_order(link: str = "gram") -> list[tuple[str, str]]:
    """The flows as the demo runs them: to POHODA before to the CRM, each after what it waits for."""
    agendas = open_catalogue().agendas
    ordered: list[tuple[str, str]] = []
    for way in WAYS:
        waiting = [agenda for agenda, direction in FLOWS[link] if direction == way]
        while waiting:
            ready = [one for one in waiting if not set(agendas[one].after) & set(waiting) - {one}]
            ordered += [(one, way) for one in ready]
            waiting = [one for one in waiting if one not in ready]
    return ordered


@dataclass
class World:
    """`sync` runs one flow, `round` all of them; the settings are those that ship. `plans` are the lines of each flow's
    last run, `run_id` is the last run of all. People work in the CRM at `desk`."""

    sandbox: Sandbox
    link: str
    unit: Opened
    desk: Desk
    plans: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    run_id: str = ""

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        link: str = "gram",
        *,
        unit: str = "firma",
        level: str = "L2",
        read: str = "sql",
        notify: str = "",
        **sample: Any,
    ) -> Generator[Self]:
        """`unit` is the one linked; `level` what Gram can, and what its file says that it can; `read` the unit's way of
        reading; `notify` gets the link's mail. `sample` are options of the sandbox, which has documents of two years
        unless told otherwise."""
        further = [unit] if unit != "firma" else []
        options: dict[str, Any] = {"size": 30, "documents": True, "entered": True, "level": level, "further": further}
        with Sandbox(folder / "sandbox", **options | sample) as running, ledgers.prepared(running.info):
            for name, value in running.info["env"].items():
                monkeypatch.setenv(name, value)
            quickly(monkeypatch, MEMORY)
            include = _copied(folder / "include")
            if "empty" in sample:  # it has none of the codes that the units' accounting tables name
                (include / "units" / f"{unit}.accounting.csv").unlink()
            _set(include / "crms" / "gram.yaml", "level", level)
            _set(include / "units" / f"{unit}.yaml", "read", read)
            _set(include / "links" / f"{link}.yaml", "unit", unit)
            _set(include / "links" / f"{link}.yaml", "field: document_currency, equals", HOME[unit], any_times=True)
            if notify:
                with (include / "links" / f"{link}.yaml").open("a", encoding="utf-8") as settings:
                    settings.write(f"notify: {{email: [{notify}]}}\n")
            monkeypatch.setattr("pohoda_bridge.catalogue.catalogue.INCLUDE", include)
            monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(include))
            yield cls(running, link, running.units[unit] if further else running.first, Desk(running, link))

    @property
    def flows(self) -> list[tuple[str, str]]:
        return FLOWS[self.link]

    @property
    def pohoda(self) -> Pohoda:
        """The newest year."""
        return self.unit.pohoda

    @contextmanager
    def job(self, agenda: str, way: str) -> Generator[Job]:
        with open_job(find_flow(self.link, agenda, way), ledger=ledgers.at(ledger_url())) as job:
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
        return {flow: self.sync(*flow, Request(mode)) for flow in in_order(self.link)}

    def until_quiet(self, most: int = 4) -> list[Counts]:
        """Rounds until one writes nothing, the quiet one last."""
        rounds = [self.round()]
        while wrote(rounds[-1]) and len(rounds) < most:
            rounds.append(self.round())
        return rounds

    def reconciled(self) -> dict[tuple[str, str], Reconciled]:
        found: dict[tuple[str, str], Reconciled] = {}
        for flow in self.flows:
            with self.job(*flow) as job:
                found[flow] = reconcile(job)
        return found

    def writes(self) -> tuple[int, int]:
        """The write requests that the CRM and POHODA (every year's mServer) got so far."""
        years = [self.unit, *([self.unit.last] if self.unit.last else [])]
        return self.desk.crm.writes(), sum(year.mserver.writes for year in years)

    @property
    def entities(self) -> list[str]:
        """What the CRM keeps of what the link carries, sets that are records of their own among it."""
        return sorted(
            {agenda.entity for agenda in self.crm.agendas.values()}
            | {one.entity for agenda in self.crm.agendas.values() for one in agenda.fields.values() if one.entity}
        )

    @property
    def crm(self) -> Crm:
        return open_catalogue().crms[self.link]

    def workflow_runs(self, entity: str) -> list[int]:
        """How often the CRM's workflows ran for each record."""
        return [self.sandbox.gram.workflow_runs(entity, record["Id"]) for record in self.records(entity)]

    def records(self, entity: str, **having: Any) -> list[Row]:
        """The CRM's records of an entity whose fields have these values."""
        found = self.desk.crm.records(entity)
        return [record for record in found if all(record[name] == value for name, value in having.items())]

    def record(self, entity: str, **having: Any) -> Row:
        """The only one of these."""
        [found] = self.records(entity, **having)
        return found

    def rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        """Rows of the newest year in POHODA."""
        return self.pohoda.rows(sql, *values)

    def row(self, sql: str, *values: Any) -> dict[str, Any]:
        """The only one of these."""
        [found] = self.rows(sql, *values)
        return found


def _copied(folder: Path) -> Path:
    """The settings that ship, to be changed."""
    for part in ("agendas", "crms", "units", "links"):
        shutil.copytree(INCLUDE / part, folder / part)
    return folder


def _set(file: Path, key: str, value: str, *, any_times: bool = False) -> None:
    text = file.read_text(encoding="utf-8")
    changed, times = re.subn(rf"^([ {{-]*{key}: )\w+", rf"\g<1>{value}", text, flags=re.MULTILINE)
    assert any_times or times == 1, f"{file} says {times} times what {key} is"
    file.write_text(changed, encoding="utf-8")


def wrote(counts: Counts) -> int:
    """How many records a round wrote."""
    return sum(one[name] for one in counts.values() for name in ("created", "updated", "deleted"))


def outcomes(counts: Iterable[Counts]) -> Counter[str]:
    return sum((one for round_ in counts for one in round_.values()), Counter())
