"""A company at the turn of the year: last year is linked with a CRM and synced, this year's database is new."""

import json
import shutil
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.connections import from_environment
from pohoda_bridge.crm import rest
from pohoda_bridge.crm.api import api_of
from pohoda_bridge.ledger import Request
from pohoda_bridge.link import catalogue, find_flow, open_job
from pohoda_bridge.settings import config_dir, ledger_url, store_url
from pohoda_bridge.sync import Reconciled, Store, reconcile, run
from pohoda_bridge.year.carry import Decisions
from pohoda_bridge.year.change import Change, open_change
from pohoda_bridge.year.switch import switch
from pohoda_bridge.year.undo import undo
from pohoda_sandbox.sandbox import Sandbox
from tests import ledgers

AGENDAS = ("clients", "addresses", "contacts")
ENTITIES = ("Client", "Address", "Contact")
UNIT = """\
# The unit of a test.
unit: firma
ico: "12345678"
country: SK                      # forms of numbers
timezone: Europe/Bratislava
edition: e1-sql
years:
  2025: {sql: pohoda_sql_2025, mserver: pohoda_mserver_2025}     # Airflow connection ids
"""
LINE = "  2026: {sql: pohoda_sql_2026, mserver: pohoda_mserver_2026}\n"


@dataclass
class Turn:
    """`last` and `this` are POHODA's databases of both years, `gram` the CRM; `first` is what the first sync did."""

    sandbox: Sandbox
    config: Path
    agendas: Sequence[str]
    first: Counter[str] = field(default_factory=Counter)

    @classmethod
    @contextmanager
    def open(
        cls,
        template: Path,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        level: str = "L2",
        agendas: Sequence[str] = AGENDAS,
    ) -> Generator["Turn"]:
        """On a copy of a sandbox's folder; the link carries the address book to the CRM."""
        shutil.copytree(template, folder / "sandbox")
        with Sandbox(folder / "sandbox", documents=True, level=level) as running, ledgers.prepared(running.info):
            for name, value in running.info["env"].items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(folder / "config"))
            monkeypatch.setattr(rest, "api_of", lambda crm: api_of(crm).model_copy(update={"level": level}))
            turn = cls(running, folder / "config", agendas)
            for place in ("units", "links"):
                (turn.config / place).mkdir(parents=True)
            turn.unit.write_text(UNIT, encoding="utf-8")
            settings = {
                "link": "gram", "unit": "firma", "crm": {"kind": "gram", "connection": "gram_api"}, "accept": "all",
                "agendas": {name: {"to_crm": {}} for name in agendas},
            }  # fmt: skip
            (turn.config / "links" / "gram.yaml").write_text(json.dumps(settings), encoding="utf-8")
            yield turn

    @property
    def unit(self) -> Path:
        return self.config / "units" / "firma.yaml"

    @property
    def gram(self) -> Any:
        return self.sandbox.gram

    @property
    def last(self) -> Any:
        assert self.sandbox.first.last is not None
        return self.sandbox.first.last.pohoda

    @property
    def this(self) -> Any:
        return self.sandbox.pohoda

    def sync(self, agenda: str, request: Request | None = None) -> Counter[str]:
        with open_job(find_flow("gram", agenda, "to_crm"), ledger=ledgers.at(ledger_url())) as job:
            counts = run(job, f"test-{uuid4().hex}", request or Request())
        return Counter({name: number for name, number in counts.items() if number and name != "read"})

    def round(self, mode: Any = "incremental") -> Counter[str]:
        return sum((self.sync(agenda, Request(mode)) for agenda in self.agendas), Counter())

    def reconcile(self, agenda: str) -> Reconciled:
        with open_job(find_flow("gram", agenda, "to_crm"), ledger=ledgers.at(ledger_url())) as job:
            return reconcile(job)

    def change(self, asked: int | None = None, *, back: bool = False) -> Change:
        ledger = ledgers.at(ledger_url())
        return open_change(
            catalogue(), "gram", config_dir(), ledger, from_environment, Store(store_url()), asked=asked, back=back
        )  # fmt: skip

    def switch(self, decisions: Decisions | None = None, asked: int | None = None) -> dict[str, Any]:
        return switch(self.change(asked), decisions or Decisions())

    def undo(self, *, force: bool = False) -> dict[str, Any]:
        return undo(self.change(back=True), force=force)

    @property
    def all_unchanged(self) -> Counter[str]:
        """What a full run counts when it finds every record of the first sync, and nothing else."""
        return Counter({"unchanged" if name == "created" else name: number for name, number in self.first.items()})

    def people(self) -> None:
        """Users write notes on every record, and an activity on one."""
        for entity in ENTITIES:
            for record in self.gram.records(entity):
                self.gram.create("Note", Entity=entity, Record=record["Id"], Text=f"note on {record['Id']}")
        self.gram.create("Activity", Entity="Client", Record=self.gram.records("Client")[0]["Id"], Subject="called")

    def crm(self) -> dict[str, Any]:
        """What must be as it was: every record without its mark, how often workflows ran for it, notes, activities."""
        marks = {"ExternalSource", "ExternalId", "Modified", "ModifiedBy", "Version"}
        found: dict[str, Any] = {name: self.gram.records(name) for name in ("Note", "Activity")}
        for entity in ENTITIES:
            found[entity] = {
                record["Id"]: (
                    {name: value for name, value in record.items() if name not in marks},
                    self.gram.workflow_runs(entity, record["Id"]),
                )
                for record in self.gram.records(entity)
            }
        return found

    def years(self) -> set[str]:
        """The years that the CRM's marks name."""
        every = [record for entity in ENTITIES for record in self.gram.records(entity)]
        return {record["ExternalSource"][-4:] for record in every if record["ExternalSource"]}

    def table(self, name: str) -> list[dict[str, Any]]:
        with ledgers.at(ledger_url()).transaction() as ledger:
            return sorted((dict(row) for row in ledger.exec_driver_sql(f"SELECT * FROM {name}").mappings()), key=str)
