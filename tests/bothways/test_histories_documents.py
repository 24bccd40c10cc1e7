"""Random histories of documents on both sides. At rest nothing is twice, what differs is told, and no run deleted.

HISTORIES is how many with each CRM and way of reading (`make prove` asks for some), and HISTORIES_SEED the first one's
seed; without it two that have a bit of everything run. Each prints its steps as HISTORY, which makes exactly these
again; a step draws by a number of its own, so that a history that fails can be shortened step by step.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import Request, waiting
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.sync import Reconciled, nightly, reconcile
from pohoda_sandbox.faults import Fault
from tests.bothways.people import KINDS, OF_PEOPLE, People
from tests.bothways.resting import compare
from tests.trade.world import LINKS, World, in_order, wrote

MANY = int(os.environ.get("HISTORIES", "0"))
SEED = int(os.environ.get("HISTORIES_SEED", "7"))
GIVEN = os.environ.get("HISTORY", "")
LENGTH = 20
STEPS = ("validate", "transform", "plan", "load", "report")
AGENDAS = {"offer": "offers", "order": "received_orders", "purchase": "issued_orders", "invoice": "issued_invoices"}
FLOWS = {
    link: [flow for flow in in_order(link) if flow[0] in {"clients", "products", "payments", *AGENDAS.values()}]
    for link in LINKS
}
FAULTS = ("cut_after", "cut_before", "garbage", "status_after")
ASK = "ask"
"""The first word of a history in which no side is the master: what both changed, a person decides."""


class Crash(BaseException):
    """The process is gone: no handler of the product may see it."""


class Documents:
    """Documents that people work at on both sides, with disturbed and broken runs in any order; then calm."""

    def __init__(self, world: World) -> None:
        self.world, self.people = world, People(world)
        self.flows = FLOWS[world.link]
        self.draw = Random(0)
        self.people.settle_in(lambda: [world.sync(*flow) for flow in self.flows if flow[0] in {"clients", "products"}])

    def do(self, step: str) -> None:
        """A step is a name and the number that it draws by."""
        name, _, number = step.partition(":")
        self.draw = self.people.draw = Random(int(number))
        if (act := BY_NAME[name]) in OF_PEOPLE:
            act(self.people)
        else:
            self.undeleted(act)

    def sync_disturbed(self) -> None:
        link = self.world.link
        server, skip = self.draw.choice((link, "mserver")), self.draw.randrange(5)
        match = "(?i)/save" if server == "eway" else ""
        self.world.sandbox.faults.add(Fault(server, self.draw.choice(FAULTS), match, method="POST", skip=skip))
        self.round()
        self.world.sandbox.faults.clear()

    def crash(self) -> None:
        """The process ends right before a step; its lease runs out."""

        def gone(*_: Any) -> None:
            raise Crash

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys.modules["pohoda_bridge.sync.run"], self.draw.choice(STEPS), gone)
            try:
                self.world.sync(*self.draw.choice(self.flows))
            except (BridgeError, Crash):
                self.lease_ends()

    def sync(self) -> None:
        for _ in range(3):
            self.attempt(self.draw.choice(self.flows), self.draw.choice(("incremental", "full")))

    def night(self) -> None:
        """Some of it, as a night may be cut short; one that sees too little of a side believes nothing."""
        for flow in self.draw.sample(self.flows, 4):
            with self.world.job(*flow) as job:
                try:
                    nightly(job)
                except BridgeError as error:
                    print(f"    {error}")

    def round(self, mode: Any = "incremental") -> list[BridgeError]:
        return [error for flow in self.flows if (error := self.attempt(flow, mode))]

    def attempt(self, flow: tuple[str, str], mode: Any) -> BridgeError | None:
        try:
            self.world.sync(*flow, Request(mode))
        except BridgeError as error:
            self.lease_ends()
            return error
        return None

    def lease_ends(self) -> None:
        with self.world.job("clients", "to_crm") as job, job.ledger.transaction() as connection:
            connection.execute(metadata.tables["leases"].update().values(until=0.0))

    # What holds whatever happens.

    def undeleted(self, runs: Callable[[Any], None]) -> None:
        """No run deletes what was there before it."""
        before = self.there()
        runs(self)
        assert before <= self.there(), f"a run deleted {before - self.there()}"

    def there(self) -> set[tuple[str, Any]]:
        kinds, tables = (*KINDS, "client", "product", "payment"), ("AD", "NAB", "OBJ", "FA", "Uhrady")
        desk, pohoda = self.world.desk, self.world.pohoda
        crm = {(kind, record["id"]) for kind in kinds for record in desk.records(kind)}
        return crm | {(table, row["ID"]) for table in tables for row in pohoda.rows(f"SELECT ID FROM {table}")}

    def come_to_rest(self) -> None:
        for flow in self.flows:
            with self.world.job(*flow) as job:
                nightly(job, believe=True)
        self.round()
        if self.decided():
            self.round()
        errors = self.round("full")
        assert not errors, errors
        for kind, agenda in AGENDAS.items():
            compare(self.people, kind, agenda)
        before, saved = self.world.writes(), self.saved()
        quiet = {flow: self.world.sync(*flow) for flow in self.flows}
        assert wrote(quiet) == 0, quiet
        assert (before, saved) == (self.world.writes(), self.saved())
        found = {flow: self.reconciled(flow) for flow in self.flows}
        assert {flow: one.differences for flow, one in found.items() if not one.equal} == {}
        assert not any(one.duplicates for one in found.values())
        edited = {AGENDAS[kind] for kind in self.people.edited} | self.people.left  # POHODA takes none of it
        summed = [line for (agenda, _), one in found.items() if agenda not in edited for line in one.sums]
        assert [line.as_dict() for line in summed if not line.equal] == []
        endless = {"in_doubt", "submitted", "conflict", "deletion queued"}
        assert {flow: one.open for flow, one in found.items() if endless & one.open.keys()} == {}

    def decided(self) -> int:
        """How many conflicts a person decided, each for one of the sides."""
        decided = 0
        for flow in self.flows:
            with self.world.job(*flow) as job, job.ledger.transaction() as ledger:
                for technical, conflict in sorted(waiting.conflicts(ledger, job.scope).items()):
                    winner = self.draw.choice(("pohoda", "crm"))
                    decision = {name: "pohoda" if name == "number" else winner for name in conflict["fields"]}
                    self.people.left |= {flow[0]} if winner == "crm" else set()
                    decided += waiting.decide(ledger, job.scope, technical, decision)
        return decided

    def reconciled(self, flow: tuple[str, str]) -> Reconciled:
        with self.world.job(*flow) as job:
            return reconcile(job)

    def saved(self) -> list[Any]:
        tables = ("AD", "NAB", "OBJ", "FA")
        return [self.world.pohoda.rows(f"SELECT ID, DatSave FROM {table}") for table in tables]


OF_RUNS = (
    Documents.sync_disturbed, Documents.crash, Documents.sync, Documents.sync, Documents.sync, Documents.night,
)  # fmt: skip
BY_NAME: dict[str, Callable[[Any], None]] = {step.__name__: step for step in (*OF_PEOPLE, *OF_RUNS)}
EACH = [(link, read) for link in LINKS for read in ("sql", "xml")]
USUAL = {
    EACH[0]: "pay:2 sync_disturbed:1 unpay:7 pay:1 edit_in_crm:3 change_a_line_in_pohoda:3 delete_in_pohoda:4 "
    "drop_in_crm:5 night:6 restore_in_crm:8",
    EACH[-1]: "ask sync_disturbed:1 edit_in_pohoda:2 edit_in_crm:2 cancel:4 close_or_open:8 delete_in_pohoda:6 "
    "drop_in_crm:7 crash:8",
}


def drawn(seed: int) -> list[str]:
    draw = Random(seed)
    steps = [step.__name__ for step in draw.choices((*OF_PEOPLE, *OF_RUNS), k=LENGTH)]
    return [ASK] * (draw.random() < 0.3) + [f"{step}:{draw.randrange(1000)}" for step in steps]


@pytest.mark.parametrize("number", range(MANY or 1))
@pytest.mark.parametrize(("link", "read"), EACH if MANY or GIVEN else USUAL)
def test_any_history_of_documents_comes_to_rest(link: str, read: str, number: int, tmp_path: Path) -> None:
    usual = drawn(SEED + number * len(EACH) + EACH.index((link, read))) if MANY else USUAL.get((link, read), "").split()
    steps = GIVEN.split() or usual
    print(f"HISTORY='{' '.join(steps)}'")
    with (
        pytest.MonkeyPatch.context() as patch,
        World.open(tmp_path, patch, link, empty=True, entered=False, read=read) as world,
    ):
        if steps[0] == ASK:
            with (Path(os.environ["POHODA_BRIDGE_CONFIG"]) / "links" / f"{link}.yaml").open("a") as settings:
                settings.write("default_master: ask\n")
        history = Documents(world)
        for step in steps:
            if step != ASK:
                print(step)
                history.do(step)
        history.undeleted(Documents.come_to_rest)
