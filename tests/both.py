"""Both directions on a sandbox of the test's own, for either CRM; people act in canonical names."""

import json
from collections import Counter
from collections.abc import Generator
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
from pohoda_bridge.sync import Job, Night, Reconciled, nightly, run
from pohoda_bridge.sync import reconcile as compare_sides
from pohoda_sandbox.sandbox import Sandbox
from tests import ledgers
from tests.bridge import AGENDAS, UNIT

KINDS = ("gram", "eway")
WAYS = ("to_pohoda", "to_crm")
SYSTEM_ID = {"gram": "Id", "eway": "ItemGUID"}


@dataclass
class Both:
    """One unit and one CRM of this kind. `link` changes the settings; `sync` runs one direction of one agenda."""

    kind: str
    sandbox: Sandbox
    config: Path

    @classmethod
    @contextmanager
    def open(
        cls,
        kind: str,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        *,
        sample: dict[str, Any] | None = None,
        unit: dict[str, Any] | None = None,
        **link: Any,
    ) -> Generator["Both"]:
        """`sample` are options of the sandbox (an empty company otherwise), `unit` and `link` change the settings."""
        with Sandbox(folder / "sandbox", **(sample or {"empty": True})) as running, ledgers.prepared(running.info):
            for name, value in running.info["env"].items():
                monkeypatch.setenv(name, value)
            monkeypatch.setenv("POHODA_BRIDGE_CONFIG", str(folder / "config"))
            both = cls(kind, running, folder / "config")
            both._write("units", "firma", {**UNIT, **(unit or {})})
            both.link(**link)
            yield both

    def link(self, agendas: dict[str, Any] | None = None, **changed: Any) -> None:
        """`agendas`: agenda -> direction -> settings, over both directions of all three."""
        every: dict[str, Any] = {name: {way: {} for way in WAYS} for name in AGENDAS}
        for name, ways in (agendas or {}).items():
            every[name] = {**every.get(name, {}), **ways}
        settings = {
            "link": self.kind, "unit": "firma", "crm": {"kind": self.kind, "connection": f"{self.kind}_api"},
            "accept": "all", "agendas": every, **changed,
        }  # fmt: skip
        self._write("links", self.kind, settings)

    @property
    def crm(self) -> Any:
        return getattr(self.sandbox, self.kind)

    @property
    def pohoda(self) -> Any:
        return self.sandbox.pohoda

    def _write(self, folder: str, name: str, settings: dict[str, Any]) -> None:
        path = self.config / folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings), encoding="utf-8")

    # People, in POHODA and in the CRM.

    def company(self, **columns: Any) -> int:
        """A Slovak company in POHODA's address book; its ID."""
        (country,) = self.pohoda.rows("SELECT ID FROM sZeme WHERE IDS = 'SK'")
        return int(self.pohoda.insert("AD", **{"Firma": "Vzor s.r.o.", "RefZeme": country["ID"], **columns}))

    def card(self, number: int, table: str = "AD") -> dict[str, Any]:
        """The row of POHODA with this ID."""
        (row,) = self.pohoda.rows(f"SELECT * FROM {table} WHERE ID = ?", number)
        return dict(row)

    def cards(self, table: str = "AD") -> list[dict[str, Any]]:
        return [dict(row) for row in self.pohoda.rows(f"SELECT * FROM {table} ORDER BY ID")]

    def add(self, agenda: str = "clients", **values: Any) -> str:
        """A person makes a record in the CRM; its id."""
        entity, wire = self._wire(agenda, values)
        constants = dict(open_catalogue(self.config).crms[self.kind].agendas[agenda].constants)
        return str(self.crm.create(entity, **constants, **wire)).lower()

    def edit(self, identity: str, agenda: str = "clients", **values: Any) -> None:
        entity, wire = self._wire(agenda, values)
        self.crm.edit(entity, identity, **wire)

    def drop(self, identity: str, agenda: str = "clients") -> None:
        self.crm.delete(self._wire(agenda, {})[0], identity)

    def records(self, agenda: str = "clients") -> list[dict[str, Any]]:
        """The CRM's records in wire names, with `id`."""
        entity = self._wire(agenda, {})[0]
        return [{**record, "id": str(record[SYSTEM_ID[self.kind]]).lower()} for record in self.crm.records(entity)]

    def record(self, identity: str, agenda: str = "clients") -> dict[str, Any]:
        (found,) = [record for record in self.records(agenda) if record["id"] == identity]
        return found

    def value(self, identity: str, name: str, agenda: str = "clients") -> Any:
        """What a record of the CRM holds in a canonical field, as the CRM shows it."""
        return self.record(identity, agenda)[next(iter(self._wire(agenda, {name: None})[1]))]

    def _wire(self, agenda: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        flow = open_catalogue(self.config).flow(self.kind, agenda, "to_crm")
        entity = flow.to_crm.entity
        folder = "Companies" if entity == "PostalAddress" else entity
        return folder, {flow.mapping[name].to: value for name, value in values.items()}

    # The product.

    @contextmanager
    def job(self, agenda: str = "clients", way: str = "to_crm") -> Generator[Job]:
        with open_job(find_flow(self.kind, agenda, way), ledger=ledgers.at(ledger_url())) as job:
            yield job

    def sync(self, agenda: str = "clients", way: str = "to_crm", request: Request | None = None) -> Counter[str]:
        """A whole run; the counts that are not zero, without `read`."""
        with self.job(agenda, way) as job:
            counts = run(job, f"test-{uuid4().hex}", request or Request())
        return Counter({name: number for name, number in counts.items() if number and name != "read"})

    def round(self, mode: Any = "incremental") -> dict[tuple[str, str], Counter[str]]:
        """Every agenda to POHODA, then every one to the CRM."""
        return {(agenda, way): self.sync(agenda, way, Request(mode)) for way in WAYS for agenda in AGENDAS}

    def reconcile(self) -> dict[tuple[str, str], Reconciled]:
        found = {}
        for way in WAYS:
            for agenda in AGENDAS:
                with self.job(agenda, way) as job:
                    found[agenda, way] = compare_sides(job)
        return found

    def night(self, *, believe: bool = False) -> dict[tuple[str, str], Night]:
        """The nightly look of every flow, which queues deletions and differences for the next runs."""
        found = {}
        for way in WAYS:
            for agenda in AGENDAS:
                with self.job(agenda, way) as job:
                    found[agenda, way] = nightly(job, believe=believe)
        return found
