"""A small company, a CRM and a ledger of their own for one test, with everything an enemy needs at hand."""

import itertools
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from pohoda_bridge.catalogue import Catalogue, Flow, Link, open_catalogue
from pohoda_bridge.connections import Connection, _from_json
from pohoda_bridge.crm.rest import RestCrm
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import Ledger, Request, open_ledger
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.pohoda.side import PohodaSide
from pohoda_bridge.sync import CrmRows, Job, Store, run
from pohoda_sandbox.faults import Fault
from pohoda_sandbox.sandbox import Sandbox

AGENDAS = ("clients", "addresses", "contacts")
ENTITIES = {"clients": "Client", "addresses": "Address", "contacts": "Contact"}
ENDPOINTS = {"gram": "gram", "sql": "tds", "xml": "mserver"}
MOVING = ("runs", "cursors", "leases", "outcomes")
"""Tables that a run without anything to do may touch: its own row, and how far it read."""
Counts = dict[str, int]


@cache
def shipped() -> Catalogue:
    return open_catalogue()


def flow_of(agenda: str, **link: Any) -> Flow:
    """The shipped flow, with changes to the link's own settings."""
    flow = shipped().flow("gram", agenda, "to_crm")
    own = flow.link.model_dump(by_alias=True, exclude_unset=True)
    return replace(flow, link=Link.model_validate(own | link)) if link else flow


@dataclass
class Arena:
    """`run` is one sync of one agenda; what the product would sleep is noted in `slept` instead.

    `agendas` are those that a round runs; the others rest as the template left them.
    """

    sandbox: Sandbox
    folder: Path
    ledger: Ledger
    flows: dict[str, Flow] = field(default_factory=lambda: {agenda: flow_of(agenda) for agenda in AGENDAS})
    extra: dict[str, Any] = field(default_factory=lambda: {"read_timeout": 20})
    agendas: tuple[str, ...] = AGENDAS
    slept: list[float] = field(default_factory=list)
    errors: list[BridgeError] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def gram(self) -> Any:
        return self.sandbox.gram

    @property
    def pohoda(self) -> Any:
        return self.sandbox.pohoda

    def connection(self, name: str) -> Connection:
        found = _from_json(name, self.sandbox.info["env"][f"AIRFLOW_CONN_{name.upper()}"])
        return replace(found, extra={**found.extra, **(self.extra if name == "gram_api" else {})})

    @contextmanager
    def job(self, agenda: str) -> Generator[Job]:
        flow = self.flows[agenda]
        source = PohodaSide(flow.unit, shipped().agendas, flow.read, self.connection)
        crm = self.connection(flow.link.crm.connection)
        target = RestCrm(flow.crm, crm, {agenda: flow.mapping}, sleep=self.slept.append)
        try:
            yield Job(flow, source, CrmRows(target, flow), self.ledger, Store(str(self.folder / "store")))
        finally:
            source.close()
            target.close()

    def run(self, agenda: str, mode: Any = "incremental", *, run_id: str = "", **asked: Any) -> Counts:
        with self.job(agenda) as job:
            return run(job, run_id or f"run-{next(self.numbers)}", Request(mode, **asked))

    def round(self, mode: Any = "incremental") -> dict[str, Counts]:
        return {agenda: self.run(agenda, mode) for agenda in self.agendas}

    def try_round(self) -> bool:
        """One round in which an agenda may end with an error of ours; whether none did."""
        good = True
        for agenda in self.agendas:
            try:
                self.run(agenda)
            except BridgeError as error:
                self.errors.append(error)
                good = False
        return good

    def recover(self, rounds: int = 3) -> None:
        """At most three further rounds, as a scheduler would start them, until one is clean and left nothing due."""
        clean = any(self.try_round() and not self.table("due") for _ in range(rounds))
        assert clean, f"not clean after {rounds} rounds: {self.errors[-1:]}, due: {self.table('due')}"

    def fault(self, kind: str, *, at: str = "gram", method: str = "", **more: Any) -> None:
        """Script a fault; `method` "write" means every call that stores in the CRM."""
        self.sandbox.faults.add(Fault(ENDPOINTS[at], kind, method="POST" if method == "write" else method, **more))

    def calm(self) -> None:
        self.sandbox.faults.clear()

    def lease_ends(self) -> None:
        """Time passes until the lease of a killed writer is over."""
        with self.ledger.transaction() as connection:
            connection.execute(metadata.tables["leases"].update().values(until=0.0))

    def dump(self, *but: str) -> dict[str, list[tuple[Any, ...]]]:
        """Every table of the ledger, row by row, without those named and without the run that wrote a row last."""
        return {
            name: sorted(
                (tuple(v for column, v in row.items() if column != "run_id") for row in self.table(name)), key=repr
            )
            for name in metadata.tables
            if name not in but
        }

    def table(self, name: str) -> list[dict[str, Any]]:
        with self.ledger.transaction() as connection:
            return [dict(row._mapping) for row in connection.execute(metadata.tables[name].select())]

    def clock(self, now: Callable[[], datetime]) -> None:
        """POHODA's own time from now on, also that of its SQL Server."""
        self.pohoda.clock = now
        self.sandbox.tds.add_database(self.sandbox.info["tds"]["database"], self.pohoda)

    def companies(self) -> list[dict[str, Any]]:
        return self.pohoda.rows(
            "SELECT * FROM AD WHERE RefAD IS NULL AND Firma IS NOT NULL AND Firma != '' ORDER BY ID"
        )

    def client(self, row: int) -> dict[str, Any]:
        """The CRM's client of an address-book row."""
        (found,) = [c for c in self.gram.records("Client") if c["ExternalId"] == str(row)]
        return found


class Arenas:
    """Makes arenas quickly: filled companies and migrated ledgers are copied from templates, engines used again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._depth = 0
        self._ledgers: dict[Path, Ledger] = {}

    @contextmanager
    def open(self, *, size: int = 5, seed: int = 4, after: tuple[str, ...] = ()) -> Generator[Arena]:
        """A company of its own; `after` names agendas that were carried already."""
        template = self._template(size, seed, after)
        folder = self._folder / f"arena-{self._depth}"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(template, folder)
        if folder not in self._ledgers:
            self._ledgers[folder] = open_ledger(f"sqlite:///{folder / 'ledger.db'}", migrate=False)
        self._depth += 1
        try:
            with Sandbox(folder / "sandbox") as sandbox:
                yield Arena(sandbox, folder, self._ledgers[folder])
        finally:
            self._depth -= 1
            self._ledgers[folder].close()

    def _template(self, size: int, seed: int, after: tuple[str, ...]) -> Path:
        folder = self._folder / "-".join(["template", str(size), str(seed), *after])
        if not folder.exists():
            part = folder.with_suffix(".part")
            part.mkdir(parents=True)
            ledger = open_ledger(f"sqlite:///{part / 'ledger.db'}")
            with Sandbox(part / "sandbox", size=size, seed=seed) as sandbox:
                arena = Arena(sandbox, part, ledger, numbers=itertools.count(-9))
                for agenda in after:
                    arena.run(agenda)
            ledger.close()
            shutil.rmtree(part / "store", ignore_errors=True)
            part.rename(folder)
        return folder
