"""Random histories of documents on both sides. At rest nothing is twice, and what differs is told.

HISTORIES is how many with each CRM and way of reading (`make prove` asks for more; else half of them runs once), and
HISTORIES_SEED the first one's seed. Each prints its seed and its steps, which are the same whenever it runs again.
"""

import os
import sys
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import Request
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.sync import Reconciled, nightly, reconcile
from pohoda_sandbox import act, act_documents
from pohoda_sandbox.act_records import ActError
from pohoda_sandbox.faults import Fault
from tests.bothways import office
from tests.trade.world import LINKS, World, in_order, wrote

MANY = int(os.environ.get("HISTORIES", "0"))
SEED = int(os.environ.get("HISTORIES_SEED", "7"))
LENGTH = 20 if MANY else 8
STEPS = ("validate", "transform", "plan", "load", "report")
AGENDAS = {"offer": "offers", "order": "received_orders", "purchase": "issued_orders", "invoice": "issued_invoices"}
STATES = {"offer": ("draft", "accepted"), "order": ("new",), "purchase": ("new",), "invoice": ("draft", "ready")}
TOLD = {"cannot_write", "held", "quarantined", "left_out", "conflict"}
FLOWS = {
    link: [flow for flow in in_order(link) if flow[0] in {"clients", "products", "payments", *AGENDAS.values()}]
    for link in LINKS
}
KINDS = sorted(AGENDAS)
PRICES = ("100", "38.33", "0.99", "149.9")
FAULTS = ("cut_after", "cut_before", "garbage", "status_after")
SIMPLE = {"card": True, "quantity": 3, "price": "38.33", "discount": 10, "percent": 23}


class Crash(BaseException):
    """The process is gone: no handler of the product may see it."""


class Documents:
    """Documents made, changed and paid on both sides, with disturbed and broken runs in any order; then calm."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.draw = world, Random(seed)
        self.pohoda, self.desk = world.pohoda, world.desk
        self.flows = FLOWS[world.link]
        self.made = self.dropped = 0
        (store,) = self.pohoda.rows("SELECT ID FROM sSklad WHERE IDS = 'HLAVNÍ'")
        self.pohoda.insert("sCRady", IDS="26BV", Cislo="00000", RelCrAg=28, Rok=2026)
        card = {"RelSkTyp": 1, "RelDPHp": 2, "MJ": "ks", "Odbyt": True, "ProdejKc": 100, "ProdejDPH": 123}
        self.pohoda.insert("SKz", IDS="STOL", Nazev="Stôl", RefSklad=store["ID"], **card)
        act.move(self.pohoda, "STOL", Decimal(500))
        (country,) = self.pohoda.rows("SELECT ID FROM sZeme WHERE IDS = 'SK'")
        self.pohoda.insert("AD", Firma="Alfa, s.r.o.", Obec="Nitra", RefZeme=country["ID"])
        self.desk.enter("client", name="Beta, s.r.o.", city="Žilina", country="SK")
        for flow in self.flows:
            if flow[0] in {"clients", "products"}:
                world.sync(*flow)
        self.product = self.desk.record("product", code="STOL")["id"]
        for kind in ("offer", "order", "invoice"):
            office.make(self.pohoda, kind, 1, self.lines([SIMPLE], crm=False))
            self._enter(kind, [SIMPLE], STATES[kind][-1])

    def some_lines(self) -> list[dict[str, Any]]:
        pick = self.draw.choice
        return [
            {"card": pick((True, False)), "quantity": pick((1, 3, 7, 2.5)), "price": pick(PRICES),
             "discount": pick((0, 10, 33.3)), "percent": pick((23, 19, 5, 0))}
            for _ in range(pick((1, 2, 3)))
        ]  # fmt: skip

    def lines(self, drawn: list[dict[str, Any]], *, crm: bool) -> list[dict[str, Any]]:
        """Those drawn, the first under a name that no other document has."""
        self.made += 1
        lines: list[dict[str, Any]] = []
        for number, one in enumerate(drawn):
            line = {name: one[name] for name in ("quantity", "price", "discount", "percent")}
            line |= {"name": f"Práca {self.made}" if number == 0 else f"Iné {number}", "unit": "ks"}
            if one["card"]:
                line |= {"code": "STOL"} | ({"kind": "product", "product": self.product} if crm else {})
            elif crm:
                line |= {"kind": "text"}
            lines.append({**line, "price": float(line["price"])} if crm else line)
        return lines

    def documents(self, kind: str) -> list[dict[str, Any]]:
        """One of POHODA, or none."""
        rows = self.rows(kind)
        return [self.draw.choice(rows)] if rows else []

    def entered(self, kind: str) -> list[dict[str, Any]]:
        """One of the CRM, or none."""
        records = sorted(self.desk.records(kind), key=lambda one: str(one["items"][0]["name"]))
        return [self.draw.choice(records)] if records else []

    # People.

    def enter(self) -> None:
        kind = self.draw.choice(KINDS)
        self._enter(kind, self.some_lines(), self.draw.choice(STATES[kind]))

    def _enter(self, kind: str, drawn: list[dict[str, Any]], state: str) -> None:
        clients = sorted(self.desk.records("client"), key=lambda one: str(one["name"]))
        more = {"type": "invoice"} if kind == "invoice" else {}
        self.desk.enter(
            kind, client=self.draw.choice(clients)["id"], status=state, currency="EUR",
            issued_on=self.pohoda.now().date().isoformat(), items=self.lines(drawn, crm=True), **more,
        )  # fmt: skip

    def enter_in_a_foreign_currency(self) -> None:
        """eWay-CRM keeps no rate: its own stay there."""
        (client, *_) = sorted(self.desk.records("client"), key=lambda one: str(one["name"]))
        foreign = {"currency": "CZK", "rate": 0.0405, "issued_on": self.pohoda.now().date().isoformat()}
        items = self.lines(self.some_lines(), crm=True)
        self.desk.enter("order", client=client["id"], status="new", items=items, **foreign)

    def edit_in_crm(self) -> None:
        kind = self.draw.choice(KINDS)
        for record in self.entered(kind):
            self.desk.edit(kind, record["id"], note=self.draw.choice(("Volať", "Nevolať")))

    def edit_lines_in_crm(self) -> None:
        kind = self.draw.choice(KINDS)
        for record in self.entered(kind):
            first, *others = record["items"]
            changed = {name: first[name] for name in ("id", "name", "discount", "percent")}
            changed |= {"quantity": self.draw.choice((4, 5)), "price": float(self.draw.choice(PRICES))}
            self.desk.edit(kind, record["id"], items=[changed, *others])

    def accept_in_crm(self) -> None:
        kind = self.draw.choice(KINDS)
        for record in self.entered(kind):
            self.desk.edit(kind, record["id"], status=STATES[kind][-1])

    def drop_in_crm(self) -> None:
        kind = self.draw.choice(KINDS)
        for record in self.entered(kind) if self.dropped < 2 else ():
            self.dropped += 1
            for paid in self.desk.records("payment") if kind == "invoice" else ():
                if paid["invoice"] == record["id"]:
                    self.desk.drop("payment", paid["id"])
            self.desk.drop(kind, record["id"])

    def make_in_pohoda(self) -> None:
        kind = self.draw.choice((*KINDS, "credit_note"))
        cards = self.pohoda.rows("SELECT ID FROM AD WHERE Firma <> '' ORDER BY ID")
        lines = self.lines(self.some_lines(), crm=False)
        if kind == "credit_note":
            lines = [{**line, "quantity": -line["quantity"]} for line in lines]
        office.make(self.pohoda, kind, self.draw.choice(cards)["ID"], lines, self.draw.choice(("", "0.0405")))

    def edit_in_pohoda(self) -> None:
        kind = self.draw.choice(KINDS)
        for row in self.documents(kind):
            self.pohoda.edit(office.TABLES[kind], row["ID"], Pozn=self.draw.choice(("Hotovo", "Zajtra")))

    def pay(self) -> None:
        for row in self.documents("invoice"):
            if row["KcLikv"]:
                act.payment(self.pohoda, row["Cislo"], self.draw.choice((None, Decimal("10.05"))))

    def ask_for_an_advance_and_invoice_the_order(self) -> None:
        for row in self.documents("order"):
            try:
                if row["RefCM"]:
                    act_documents.invoice(self.pohoda, row["Cislo"])
                    continue
                act_documents.advance(self.pohoda, row["Cislo"], self.draw.choice((Decimal(20), Decimal("33.33"))))
                asked = self.pohoda.rows("SELECT Cislo FROM FA WHERE RelTpFak = 4 ORDER BY ID")[-1]["Cislo"]
                act.payment(self.pohoda, asked)
                act_documents.invoice(self.pohoda, row["Cislo"], [asked])
            except ActError as error:
                print(f"    {error}")  # nothing of it is open, or it is worth less than the advance

    # Runs.

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

    # At rest.

    def come_to_rest(self) -> None:
        self.round()
        for flow in self.flows:
            with self.world.job(*flow) as job:
                nightly(job, believe=True)
        errors = self.round("full")
        assert not errors, errors
        self.round("full")
        self.each_is_there_once_and_equal_or_told()
        before, saved = self.world.writes(), self.saved()
        quiet = {flow: self.world.sync(*flow) for flow in self.flows}
        assert wrote(quiet) == 0, quiet
        assert (before, saved) == (self.world.writes(), self.saved())
        found = {flow: self.reconciled(flow) for flow in self.flows}
        assert {flow: one.differences for flow, one in found.items() if not one.equal} == {}
        assert not any(one.duplicates for one in found.values())
        edited = {agenda for (agenda, _), one in found.items() if one.open.get("cannot_write")}  # lines among it
        summed = [line for (agenda, _), one in found.items() if agenda not in edited for line in one.sums]
        assert [line.as_dict() for line in summed if not line.equal] == []
        assert {flow: one.open for flow, one in found.items() if {"in_doubt", "submitted"} & one.open.keys()} == {}

    def reconciled(self, flow: tuple[str, str]) -> Reconciled:
        with self.world.job(*flow) as job:
            return reconcile(job)

    def saved(self) -> list[Any]:
        return [self.pohoda.rows(f"SELECT ID, DatSave FROM {table}") for table in ("AD", "NAB", "OBJ", "FA")]

    def each_is_there_once_and_equal_or_told(self) -> None:
        for kind, agenda in AGENDAS.items():
            records = self.desk.records(kind)
            names = [record["items"][0]["name"] for record in records]
            rows = {row["Cislo"]: row for row in self.rows(kind)}
            assert len(rows) == len(self.rows(kind)), f"{kind}: POHODA has a number twice"
            told = {
                line["_id"]
                for way in ("to_crm", "to_pohoda")
                for line in self.world.plans.get((agenda, way), ())
                if line["outcome"] in TOLD
            }
            numbers = [record["number"] for record in records if record["number"] in rows]
            assert len(numbers) == len(set(numbers)), f"{kind}: the CRM has a number twice"
            if (agenda, "to_crm") in self.flows:
                alone = {
                    f"2026/{office.TABLES[kind]}/{row['ID']}" for row in rows.values() if row["Cislo"] not in numbers
                }
                assert alone <= told, f"{kind}: {alone - told} did not go to the CRM"
            firsts = [row["first"] for row in rows.values() if row["first"]]
            if kind != "invoice":
                assert len(firsts) == len(set(firsts)), f"{kind}: POHODA has a document twice"
                assert len(names) == len(set(names)), f"{kind}: the CRM has a document twice"
            for record in records:
                row = rows.get(record["number"])
                if row is None:
                    self.is_not_for_pohoda(kind, agenda, record, told)
                    continue
                gross = Decimal(str(row["CmCelkem"] if row["RefCM"] else row["KcCelkem"]))
                if (gross, row["Pozn"] or None) != (Decimal(str(record["gross"])), record["note"] or None):
                    assert record["id"] in told, (kind, row, record)

    def is_not_for_pohoda(self, kind: str, agenda: str, record: dict[str, Any], told: set[str]) -> None:
        """What the CRM alone has: a draft, in a currency without rate, an order to a supplier of Gram, or told."""
        if kind == "purchase" and (agenda, "to_crm") not in self.flows:
            return
        waits = record["id"] in told or record["currency"] == "CZK" or record["status"] in {"draft", "canceled"}
        assert waits, (kind, record)

    def rows(self, kind: str) -> list[dict[str, Any]]:
        where = {"order": "WHERE RelTpObj = 1", "purchase": "WHERE RelTpObj = 2"}.get(kind, "")
        table = office.TABLES[kind]
        first = f"(SELECT SText FROM {table}pol p WHERE p.RefAg = d.ID ORDER BY OrderFld, p.ID LIMIT 1) AS first"
        return [dict(row) for row in self.pohoda.rows(f"SELECT d.*, {first} FROM {table} d {where}")]


STEPS_OF_ALL = (
    Documents.enter, Documents.enter, Documents.enter_in_a_foreign_currency, Documents.edit_in_crm,
    Documents.edit_lines_in_crm, Documents.accept_in_crm, Documents.drop_in_crm, Documents.make_in_pohoda,
    Documents.make_in_pohoda, Documents.edit_in_pohoda, Documents.pay, Documents.pay, Documents.sync_disturbed,
    Documents.ask_for_an_advance_and_invoice_the_order, Documents.crash, Documents.sync, Documents.sync,
)  # fmt: skip
EACH = [(link, read) for link in LINKS for read in ("sql", "xml")]


@pytest.mark.parametrize("number", range(MANY or 1))
@pytest.mark.parametrize(("link", "read"), EACH if MANY else [EACH[0], EACH[-1]])
def test_any_history_of_documents_comes_to_rest(link: str, read: str, number: int, tmp_path: Path) -> None:
    seed = SEED + number
    print(f"HISTORIES_SEED={seed}")
    with (
        pytest.MonkeyPatch.context() as patch,
        World.open(tmp_path, patch, link, empty=True, entered=False, read=read) as world,
    ):
        history = Documents(world, seed)
        for step in history.draw.choices(STEPS_OF_ALL, k=LENGTH):
            print(step.__name__)
            step(history)
        history.come_to_rest()
