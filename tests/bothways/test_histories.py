"""Random histories of both sides. Whatever people, faults and crashes do: at rest nothing is twice or different."""

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from pohoda_bridge.errors import BridgeError, Busy
from pohoda_bridge.ledger import Request
from pohoda_bridge.ledger.schema import metadata
from pohoda_sandbox.faults import Fault
from tests.both import KINDS, WAYS, Both
from tests.bridge import AGENDAS
from tests.faults.judging import Memory, quickly

STEPS = ("validate", "transform", "plan", "load", "report")
PHONES = st.sampled_from(["+421 1", "+421 2", "+421 3"])
PARTS = st.sampled_from(["addresses", "contacts"])
PART_EDITS = {
    ("gram", "addresses"): lambda text: {"phone": text},
    ("gram", "contacts"): lambda text: {"phone": text},
    ("eway", "addresses"): lambda text: {"city": f"Mesto {text[-1]}"},
    ("eway", "contacts"): lambda text: {"phone": text},
}
ANY = st.integers(0, 9)
KINDS_OF_FAULT = st.sampled_from(["cut_after", "cut_before", "garbage", "status_after"])


class Crash(BaseException):
    """The process is gone: no handler of the product may see it."""


class Histories(RuleBasedStateMachine):
    """Edits, new records and deletions on both sides, disturbed and broken runs, in any order; then calm."""

    kind: str
    folder: Path
    memory: ClassVar[Memory] = {}

    @initialize()
    def begin(self) -> None:
        self.opened = ExitStack()
        patch = self.opened.enter_context(pytest.MonkeyPatch.context())
        quickly(patch, self.memory)
        number = len(list(self.folder.iterdir()))
        self.both = self.opened.enter_context(Both.open(self.kind, self.folder / str(number), patch))
        self.made = 0
        self.names: set[str] = set()
        self.dropped: set[str] = set()
        self.dropped_in_crm: set[str] = set()
        for _ in range(3):
            self.new_in_pohoda()
            self.new_in_crm()
        self.round()

    def named(self, who: str) -> str:
        self.made += 1
        self.names.add(f"{who} {self.made}, s.r.o.")
        return f"{who} {self.made}, s.r.o."

    def card(self, number: int) -> dict[str, Any] | None:
        cards = [card for card in self.both.cards() if card["Firma"]]
        return cards[number % len(cards)] if cards else None

    def record(self, number: int, agenda: str = "clients") -> dict[str, Any] | None:
        records = sorted(self.both.records(agenda), key=lambda record: str(record["id"]))
        return records[number % len(records)] if records else None

    @rule()
    def new_in_pohoda(self) -> None:
        address = {"PSC": "811 01", "Ulice": "Krátka 2", "Obec": "Nitra"}
        number = self.both.company(Firma=self.named("Nová"), Jmeno=f"Eva Malá{self.made}", **address)
        self.both.pohoda.insert("AD", Jmeno=f"Ján Veľký{self.made}", RefAD=number)
        self.both.pohoda.insert("ADdodaci", RefAg=number, Firma2=f"Sklad {self.made}", Ulice2="Dlhá 1", Vychozi=True)

    @rule()
    def new_in_crm(self) -> None:
        client = self.both.add(name=self.named("Obchod"), city="Žilina", street="Hlavná 1", zip="01001")
        self.both.add("contacts", client=client, first_name="Adam", last_name=f"Tichý{self.made}")

    @rule(number=ANY, phone=PHONES)
    def edit_in_pohoda(self, number: int, phone: str) -> None:
        if card := self.card(number):
            self.both.pohoda.edit("AD", card["ID"], Tel=phone)

    @rule(number=ANY, fax=PHONES)
    def edit_another_field(self, number: int, fax: str) -> None:
        if card := self.card(number):
            self.both.pohoda.edit("AD", card["ID"], Fax=fax)

    @rule(number=ANY, phone=PHONES)
    def edit_in_crm(self, number: int, phone: str) -> None:
        if record := self.record(number):
            self.both.edit(record["id"], phone=phone)

    @rule(number=ANY)
    def rename_in_crm(self, number: int) -> None:
        if record := self.record(number):
            self.both.edit(record["id"], name=self.named("Premenovaný"))

    @rule(number=ANY)
    def drop_in_pohoda(self, number: int) -> None:
        card = self.card(number)
        if card and len(self.dropped) < 2:  # more at once looks like a broken source
            self.dropped.add(card["Firma"])
            for part in self.both.pohoda.rows("SELECT ID FROM AD WHERE RefAD = ?", card["ID"]):
                self.both.pohoda.delete("AD", part["ID"])
            for part in self.both.pohoda.rows("SELECT ID FROM ADdodaci WHERE RefAg = ?", card["ID"]):
                self.both.pohoda.delete("ADdodaci", part["ID"])
            self.both.pohoda.delete("AD", card["ID"])

    @rule(agenda=PARTS, number=ANY, phone=PHONES)
    def edit_a_part_in_pohoda(self, agenda: str, number: int, phone: str) -> None:
        table, column = {"contacts": ("AD", "Tel"), "addresses": ("ADdodaci", "Tel2")}[agenda]
        if parts := [row for row in self.both.cards(table) if row.get("RefAD") or row.get("RefAg")]:
            self.both.pohoda.edit(table, parts[number % len(parts)]["ID"], **{column: phone})

    @rule(agenda=PARTS, number=ANY, phone=PHONES)
    def edit_a_part_in_crm(self, agenda: str, number: int, phone: str) -> None:
        if record := self.record(number, agenda):
            self.both.edit(record["id"], agenda, **PART_EDITS[self.kind, agenda](phone))

    @rule(number=ANY)
    def new_address_in_crm(self, number: int) -> None:
        """In eWay-CRM it is the postal address of a company, which has but one."""
        if record := self.record(number):
            self.made += 1
            address = {"name": f"Rampa {self.made}", "street": "Nová 5", "city": "Martin", "zip": "03601"}
            if self.kind == "gram":
                self.both.add("addresses", client=record["id"], **address)
            elif not self.both.value(record["id"], "street", "addresses"):
                self.both.edit(record["id"], "addresses", street=address["street"], city=address["city"])

    @rule(number=ANY)
    def drop_in_crm(self, number: int) -> None:
        """A client goes with its contacts."""
        record = self.record(number)
        if record and len(self.dropped_in_crm) < 2:
            self.dropped_in_crm.add(record["id"])
            for agenda in ("contacts", *(["addresses"] if self.kind == "gram" else [])):
                for part in self.both.records(agenda):
                    if str(self.both.value(part["id"], "client", agenda)).lower() == record["id"]:
                        self.both.drop(part["id"], agenda)
            self.both.drop(record["id"])

    @rule(number=ANY)
    def drop_a_contact_in_crm(self, number: int) -> None:
        record = self.record(number, "contacts")
        if record and len(self.dropped_in_crm) < 2:
            self.dropped_in_crm.add(record["id"])
            self.both.drop(record["id"], "contacts")

    @rule(minutes=st.sampled_from([-300, -30, -3, 30, 300]), side=st.sampled_from(["crm", "pohoda"]))
    def clock_steps(self, minutes: int, side: str) -> None:
        """Set by a person, at once; whatever is done from now on bears the new time."""
        if side == "crm":
            self.both.crm.clock.advance(60 * minutes)
        else:
            now, step = self.both.pohoda.clock, timedelta(minutes=minutes)
            self.both.pohoda.clock = lambda: now() + step

    @rule(fault=KINDS_OF_FAULT, at=st.sampled_from(["crm", "mserver"]), skip=st.integers(0, 3), saves=st.booleans())
    def sync_disturbed(self, fault: str, at: str, skip: int, saves: bool) -> None:
        server = self.kind if at == "crm" else at
        match = "(?i)/save" if saves and server == "eway" else ""
        self.both.sandbox.faults.add(Fault(server, fault, match, method="POST", skip=skip))
        self.round()
        self.both.sandbox.faults.clear()

    @rule(agenda=st.sampled_from(AGENDAS), way=st.sampled_from(WAYS), step=st.sampled_from(STEPS))
    def crash(self, agenda: str, way: str, step: str) -> None:
        """The process ends right before a step; its lease runs out."""

        def gone(*_: Any) -> None:
            raise Crash

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys.modules["pohoda_bridge.sync.run"], step, gone)
            try:
                self.both.sync(agenda, way)
            except (BridgeError, Crash):
                self.lease_ends()

    @rule(agenda=st.sampled_from(AGENDAS), way=st.sampled_from(WAYS))
    def lose_the_lease(self, agenda: str, way: str) -> None:
        """Another run takes the lease over while a call is under way: its answer may not be noted any more."""
        sending = sys.modules["pohoda_bridge.sync.send"]

        def lost(ledger: Any, lease: Any) -> float:
            ledger.execute(metadata.tables["leases"].update().values(token=lease.token + 1, owner="another run"))
            raise Busy("the lease was lost")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sending, "renew", lost)
            self.attempt(agenda, way, "incremental")

    @rule(agenda=st.sampled_from(AGENDAS), way=st.sampled_from(WAYS), numbers=st.sets(ANY, min_size=1, max_size=3))
    def sync_some(self, agenda: str, way: str, numbers: set[int]) -> None:
        with self.both.job(agenda, way) as job:
            ids = sorted(job.source.ids(agenda))
        if ids:
            self.attempt(agenda, way, "ids", tuple(sorted({ids[number % len(ids)] for number in numbers})))

    @rule(agenda=st.sampled_from(AGENDAS), way=st.sampled_from(WAYS), mode=st.sampled_from(["incremental", "full"]))
    def sync(self, agenda: str, way: str, mode: Any) -> None:
        self.attempt(agenda, way, mode)

    def round(self, mode: str = "incremental") -> list[BridgeError]:
        errors = [self.attempt(agenda, way, mode) for way in WAYS for agenda in AGENDAS]
        return [error for error in errors if error]

    def attempt(self, agenda: str, way: str, mode: Any, ids: tuple[str, ...] = ()) -> BridgeError | None:
        try:
            self.both.sync(agenda, way, Request(mode, ids=ids))
        except BridgeError as error:
            self.lease_ends()
            return error
        return None

    def lease_ends(self) -> None:
        with self.both.job() as job, job.ledger.transaction() as connection:
            connection.execute(metadata.tables["leases"].update().values(until=0.0))

    def teardown(self) -> None:
        if not hasattr(self, "both"):
            return
        with self.opened:
            for _ in range(3):
                self.round()
            self.both.night(believe=True)
            errors = self.round("full")
            assert not errors, errors
            self.round()
            self.round()
            cards = [card["Firma"] for card in self.both.cards() if card["Firma"]]
            clients = [self.both.value(record["id"], "name") for record in self.both.records()]
            people = [row["Jmeno"] for row in self.both.cards() if row["RefAD"]]
            contacts = [self.both.value(one["id"], "last_name", "contacts") for one in self.both.records("contacts")]
            stores = [row["Firma2"] for row in self.both.cards("ADdodaci") if row["Firma2"]]
            for found in (cards, clients, people, contacts, stores):
                twice = [name for name, times in Counter(found).items() if times > 1]
                assert not twice, twice
            reconciled = self.both.reconcile()
            differing = {way: one.differences for way, one in reconciled.items() if not one.equal}
            assert not differing, differing
            writes = self.both.crm.writes()
            saved = [card["DatSave"] for card in self.both.cards()]
            quiet = self.both.round()
            loud = {way: counts for way, counts in quiet.items() if set(counts) - {"unchanged", "left_out"}}
            assert not loud, loud
            assert (writes, saved) == (self.both.crm.writes(), [card["DatSave"] for card in self.both.cards()])


@pytest.fixture(params=KINDS)
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[type[Histories]]:
    Histories.kind, Histories.folder = request.param, tmp_path
    yield Histories


def test_any_history_of_both_sides_comes_to_rest(machine: type[Histories]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=4, stateful_step_count=8, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        ),
    )  # fmt: skip
