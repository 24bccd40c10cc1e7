"""Random histories. Whatever people, faults and crashes do: at rest nothing is twice, lost or different (G1, G2)."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from pohoda_bridge.errors import BridgeError
from tests.faults import checks
from tests.faults.arena import AGENDAS, Arena, Arenas
from tests.faults.judging import quickly

FAULTS = st.sampled_from([
    ("cut_after", {"method": "write"}), ("garbage", {"method": "write"}), ("status_after", {"method": "write"}),
    ("cut_before", {"method": "write"}), ("status", {"method": "write", "status": 400}),
    ("status", {"method": "write", "status": 503}), ("truncate", {"method": "GET"}),
    ("cut_before", {"at": "sql"}), ("cut_before", {"at": "xml"}),
])  # fmt: skip
PHONES = st.sampled_from(["+421 1", "+421 2"])
STEPS = ("validate", "transform", "plan", "load", "report")


class Crash(BaseException):
    """The process is gone: no handler of the product may see it."""


class Histories(RuleBasedStateMachine):
    """Edits on both sides and disturbed syncs in any order; then everything calms down."""

    arenas: Arenas

    @initialize()
    def begin(self) -> None:
        self.opened = ExitStack()
        self.arena: Arena = self.opened.enter_context(self.arenas.open())
        self.made = 0

    def pick(self, number: int) -> int:
        rows = self.arena.companies()
        return int(rows[number % len(rows)]["ID"])

    @rule(number=st.integers(0, 9), phone=PHONES)
    def edit_in_pohoda(self, number: int, phone: str) -> None:
        self.arena.pohoda.edit("AD", self.pick(number), Tel=phone)

    @rule(number=st.integers(0, 9))
    def rename_in_pohoda(self, number: int) -> None:
        self.made += 1
        self.arena.pohoda.edit("AD", self.pick(number), Firma=f"Premenovaná {self.made}, s.r.o.")

    @rule(number=st.integers(0, 9))
    def copy_in_pohoda(self, number: int) -> None:
        (row,) = self.arena.pohoda.rows("SELECT * FROM AD WHERE ID = ?", self.pick(number))
        names = ("Firma", "ICO", "PSC", "RefZeme", "Jmeno")
        self.arena.pohoda.insert("AD", **{name: row[name] for name in names})

    @rule()
    def insert_in_pohoda(self) -> None:
        self.made += 1
        row = self.arena.pohoda.insert("AD", Firma=f"Nová {self.made}, a.s.", Jmeno="Eva Malá", PSC="811 01")
        self.arena.pohoda.insert("AD", Jmeno="Ján Veľký", RefAD=row)
        self.arena.pohoda.insert("ADdodaci", RefAg=row, Firma2=f"Sklad {self.made}", Ulice2="Dlhá 1")

    @precondition(lambda self: len(self.arena.companies()) > 4)
    @rule(number=st.integers(0, 9))
    def delete_in_pohoda(self, number: int) -> None:
        self.arena.pohoda.delete("AD", self.pick(number))

    @rule(number=st.integers(0, 9), phone=PHONES)
    def edit_in_crm(self, number: int, phone: str) -> None:
        records = sorted(self.arena.gram.records("Client"), key=lambda record: record["ExternalId"])
        if records:
            self.arena.gram.edit("Client", records[number % len(records)]["Id"], Phone=phone)

    @rule(fault=FAULTS, skip=st.integers(0, 4))
    def sync_disturbed(self, fault: tuple[str, dict[str, Any]], skip: int) -> None:
        self.arena.fault(fault[0], skip=skip, **fault[1])
        self.arena.try_round()
        self.arena.calm()

    @rule(agenda=st.sampled_from(AGENDAS), step=st.sampled_from(STEPS))
    def crash(self, agenda: str, step: str) -> None:
        """The process ends right before a step; its lease runs out."""
        running = sys.modules["pohoda_bridge.sync.run"]

        def gone(*_: Any) -> None:
            raise Crash

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(running, step, gone)
            try:
                self.arena.run(agenda)
            except (BridgeError, Crash):
                self.arena.lease_ends()

    @rule(mode=st.sampled_from(["incremental", "full"]))
    def sync(self, mode: str) -> None:
        for agenda in AGENDAS:
            try:
                self.arena.run(agenda, mode)
            except BridgeError as error:
                self.arena.errors.append(error)

    def teardown(self) -> None:
        if not hasattr(self, "arena"):
            return
        with self.opened:
            self.arena.recover(4)
            self.arena.round("full")
            self.arena.recover(2)
            checks.no_mark_twice(self.arena)
            checks.nothing_open(self.arena)
            checks.runs_add_up(self.arena)
            checks.equal(self.arena)
            checks.quiet(self.arena)


@pytest.fixture
def remembered(memory: Any) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quickly(patch, memory)
        yield


def test_any_history_comes_to_rest(arenas: Arenas, remembered: None) -> None:
    Histories.arenas = arenas
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=6, stateful_step_count=8, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip
