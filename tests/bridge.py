"""The product on a sandbox of the test's own: rows put into POHODA, flows run, records looked at in the CRM."""

import json
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.ledger import Request
from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.settings import ledger_url
from pohoda_bridge.sync import Job, Reconciled, run
from pohoda_bridge.sync import reconcile as compare_sides
from pohoda_sandbox.sandbox import Sandbox
from tests import ledgers

AGENDAS = ("clients", "addresses", "contacts")
LINK = {
    "link": "gram",
    "unit": "firma",
    "crm": {"kind": "gram", "connection": "gram_api"},
    "accept": "all",
    "agendas": {name: {"to_crm": {}} for name in AGENDAS},
}
UNIT = {
    "unit": "firma", "ico": "12345678", "country": "SK", "timezone": "Europe/Bratislava", "edition": "sql",
    "years": {2026: {"sql": "pohoda_sql_2026", "mserver": "pohoda_mserver_2026"}},
}  # fmt: skip


@dataclass
class Bridge:
    """`config` is the settings folder; files in it are JSON, which is YAML too."""

    sandbox: Sandbox
    config: Path
    countries: dict[str, int] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls, folder: Path, monkeypatch: pytest.MonkeyPatch, **sandbox: Any) -> Generator["Bridge"]:
        """With the variables of the sandbox in the environment; an empty company unless told otherwise."""
        with Sandbox(folder / "sandbox", **({"empty": True} | sandbox)) as running, ledgers.prepared(running.info):
            for name, value in running.info["env"].items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(folder / "config"))
            bridge = cls(running, folder / "config")
            bridge.write("units", UNIT)
            bridge.link()
            rows = running.pohoda.rows("SELECT ID, IDS FROM sZeme")
            bridge.countries = {row["IDS"]: row["ID"] for row in rows}
            yield bridge

    def write(self, folder: str, settings: dict[str, Any]) -> None:
        path = self.config / folder / f"{settings[folder.removesuffix('s')]}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")

    def link(self, clients: dict[str, Any] | None = None, **changed: Any) -> None:
        """The link, with settings of `clients to_crm` or keys of its own changed."""
        agendas = {**LINK["agendas"], "clients": {"to_crm": clients or {}}}  # type: ignore[dict-item]
        self.write("links", {**LINK, "agendas": agendas, **changed})

    def company(self, **columns: Any) -> int:
        """A company in the address book, Slovak unless it says otherwise; its ID."""
        return self.add("AD", **{"Firma": "Vzor s.r.o.", "RefZeme": self.countries["SK"], **columns})

    def add(self, table: str, **columns: Any) -> int:
        return self.sandbox.pohoda.insert(table, **columns)

    def edit(self, number: int, table: str = "AD", **columns: Any) -> None:
        self.sandbox.pohoda.edit(table, number, **columns)

    @contextmanager
    def job(self, agenda: str = "clients") -> Generator[Job]:
        with open_job(find_flow("gram", agenda, "to_crm"), ledger=ledgers.at(ledger_url())) as job:
            yield job

    def sync(self, agenda: str = "clients", request: Request | None = None) -> Counter[str]:
        """A whole run; the counts that are not zero, without `read`."""
        with self.job(agenda) as job:
            counts = run(job, f"test-{uuid4().hex}", request or Request())
        return Counter({name: number for name, number in counts.items() if number and name != "read"})

    def reconcile(self, agenda: str = "clients") -> Reconciled:
        with self.job(agenda) as job:
            return compare_sides(job)

    def records(self, entity: str = "Client") -> list[dict[str, Any]]:
        return self.sandbox.gram.records(entity)

    def record(self, number: int, entity: str = "Client") -> dict[str, Any]:
        """The one record of the CRM that came from this row of POHODA."""
        (found,) = [record for record in self.records(entity) if record["ExternalId"] == str(number)]
        return found
