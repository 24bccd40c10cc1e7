"""What people do to documents in POHODA and in a CRM at the same time; which one, the draw of the step says."""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from pohoda_sandbox import act, act_documents
from pohoda_sandbox.act_records import ActError
from tests.bothways import mending, office
from tests.trade.desk import DESKS
from tests.trade.world import World

Row = dict[str, Any]
KINDS = ("invoice", "offer", "order", "purchase")
STATES = {"offer": ("draft", "accepted"), "order": ("new",), "purchase": ("new",), "invoice": ("draft", "ready")}
PRICES = ("100", "38.33", "0.99", "149.9")
SIMPLE = {"card": True, "quantity": 3, "price": "38.33", "discount": 10, "percent": 23}
SERIES = {2: "26FV", 11: "26OP", 12: "26OV", 28: "26BV", 43: "26ZF", 92: "26NA"}
"""Agendas of POHODA and their numbers, of which none is given twice: that of a deleted document neither."""
MOST = 3
"""So many documents are deleted on a side at most: there are few."""


class People:
    """`dropped` are records of the CRM that they deleted and did not restore, `deleted` POHODA's, as kind and id;
    `edited` are the kinds of which lines were changed in the CRM, `left` agendas with a conflict left to it."""

    def __init__(self, world: World) -> None:
        self.world, self.pohoda, self.desk = world, world.pohoda, world.desk
        self.draw = Random(0)
        self.made = 0
        self.dropped: dict[tuple[str, str], list[tuple[str, Row]]] = {}
        self.deleted: set[tuple[str, int]] = set()
        self.edited: set[str] = set()
        self.left: set[str] = set()

    def settle_in(self, carry: Callable[[], object]) -> None:
        """A client on each side, goods in a store, and a document of each kind; `carry` brings the first two over."""
        (store,) = self.pohoda.rows("SELECT ID FROM sSklad WHERE IDS = 'HLAVNÍ'")
        for agenda, series in SERIES.items():
            self.pohoda.insert("sCRady", IDS=series, Cislo="00000", RelCrAg=agenda, Rok=2026)
        card = {"RelSkTyp": 1, "RelDPHp": 2, "MJ": "ks", "Odbyt": True, "ProdejKc": 100, "ProdejDPH": 123}
        self.pohoda.insert("SKz", IDS="STOL", Nazev="Stôl", RefSklad=store["ID"], **card)
        act.move(self.pohoda, "STOL", Decimal(500))
        (country,) = self.pohoda.rows("SELECT ID FROM sZeme WHERE IDS = 'SK'")
        self.pohoda.insert("AD", Firma="Alfa, s.r.o.", Obec="Nitra", RefZeme=country["ID"])
        self.desk.enter("client", name="Beta, s.r.o.", city="Žilina", country="SK")
        carry()
        self.product = self.desk.record("product", code="STOL")["id"]
        for kind in ("offer", "order", "invoice"):
            office.make(self.pohoda, kind, 1, self.lines([SIMPLE], crm=False))
            self._enter(kind, [SIMPLE], STATES[kind][-1])

    # In the CRM.

    def enter(self) -> None:
        kind = self.draw.choice(KINDS)
        self._enter(kind, self._some_lines(), self.draw.choice(STATES[kind]))

    def _enter(self, kind: str, drawn: list[Row], state: str) -> None:
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
        items = self.lines(self._some_lines(), crm=True)
        self.desk.enter("order", client=client["id"], status="new", items=items, **foreign)

    def edit_in_crm(self) -> None:
        for kind, record in self.entered():
            self.desk.edit(kind, record["id"], note=self.draw.choice(("Volať", "Nevolať")))

    def edit_lines_in_crm(self) -> None:
        for kind, record in self.entered():
            self.edited.add(kind)
            first, *others = record["items"]
            changed = {name: first[name] for name in ("id", "name", "discount", "percent")}
            changed |= {"quantity": self.draw.choice((4, 5)), "price": float(self.draw.choice(PRICES))}
            self.desk.edit(kind, record["id"], items=[changed, *others])

    def accept_in_crm(self) -> None:
        for kind, record in self.entered():
            self.desk.edit(kind, record["id"], status=STATES[kind][-1])

    def drop_in_crm(self) -> None:
        """An invoice goes with its payments."""
        for kind, record in self.entered() if len(self.dropped) < MOST else ():
            paid = self.desk.records("payment") if kind == "invoice" else []
            gone = [("payment", one["id"]) for one in paid if one["invoice"] == record["id"]] + [(kind, record["id"])]
            self.dropped[kind, record["id"]] = [(of, self._raw(of, id)) for of, id in gone]
            for of, id in gone:
                self.desk.drop(of, id)

    def restore_in_crm(self) -> None:
        """Under the same ids, as they were."""
        for one in [self.draw.choice(sorted(self.dropped))] if self.dropped else ():
            for kind, record in reversed(self.dropped.pop(one)):
                self._put_back(kind, record)

    def entered(self) -> list[tuple[str, Row]]:
        """A kind and one of its documents in the CRM, or none."""
        kind = self.draw.choice(KINDS)
        records = sorted(self.desk.records(kind), key=lambda one: (str(one["items"][0]["name"]), str(one["number"])))
        found = [(kind, self.draw.choice(records))] if records else []
        print("   ", *((kind, one["number"], one["items"][0]["name"]) for kind, one in found))
        return found

    def _raw(self, kind: str, id: str) -> Row:
        """The record with all that the CRM keeps of it."""
        desk = DESKS[self.world.link]
        [record] = [one for one in self.desk.crm.records(desk["kinds"][kind]["in"]) if one[desk["id"]] == id]
        return dict(record)

    def _put_back(self, kind: str, record: Row) -> None:
        entity, crm = DESKS[self.world.link]["kinds"][kind]["in"], self.desk.crm
        if self.world.link == "gram":
            crm.create(entity, record["Id"], **record)
            return
        crm.create(entity, **{name: value for name, value in record.items() if name != "ItemVersion"})
        for one in record["Relations"]:
            ends = [(entity, record["ItemGUID"]), (one["ForeignFolderName"], one["ForeignItemGUID"])]
            first, second = reversed(ends) if one["DifferDirection"] else ends
            if any(there["ItemGUID"] == ends[1][1] for there in crm.records(ends[1][0])):
                crm.link(first, one["RelationType"], second)

    # In POHODA.

    def make_in_pohoda(self) -> None:
        kind = self.draw.choice((*KINDS, "credit_note"))
        cards = self.pohoda.rows("SELECT ID FROM AD WHERE Firma <> '' ORDER BY ID")
        lines = self.lines(self._some_lines(), crm=False)
        if kind == "credit_note":
            lines = [{**line, "quantity": -line["quantity"]} for line in lines]
        office.make(self.pohoda, kind, self.draw.choice(cards)["ID"], lines, self.draw.choice(("", "0.0405")))

    def edit_in_pohoda(self) -> None:
        for kind, row in self.documents(*KINDS):
            self.pohoda.edit(office.TABLES[kind], row["ID"], Pozn=self.draw.choice(("Hotovo", "Zajtra")))

    def change_a_line_in_pohoda(self) -> None:
        for kind, row in self.documents("offer", "order", "purchase"):
            mending.change_line(self.pohoda, kind, row, self.draw.choice((2, 6)), Decimal(self.draw.choice(PRICES)))

    def close_or_open(self) -> None:
        for kind, row in self.documents("offer", "order", "purchase"):
            mending.close(self.pohoda, kind, row)

    def cancel(self) -> None:
        for kind, row in self.documents("order", "invoice"):
            mending.cancel(self.pohoda, kind, row)

    def delete_in_pohoda(self) -> None:
        for kind, row in self.documents(*KINDS) if len(self.deleted) < MOST else ():
            if mending.delete(self.pohoda, kind, row):
                self.deleted.add((kind, row["ID"]))

    def pay(self) -> None:
        for _, row in self.documents("invoice"):
            if row["KcLikv"]:
                act.payment(self.pohoda, row["Cislo"], self.draw.choice((None, Decimal("10.05"))))

    def unpay(self) -> None:
        paid = {row["RelIDH"] for row in self.pohoda.rows("SELECT RelIDH FROM Uhrady")}
        for row in [row for row in self.rows("invoice") if row["ID"] in paid][:1]:
            mending.unpay(self.pohoda, row)

    def ask_for_an_advance_and_invoice_the_order(self) -> None:
        for _, row in self.documents("order"):
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

    def documents(self, *kinds: str) -> list[tuple[str, Row]]:
        """One of these kinds and one of its documents in POHODA, or none."""
        kind = self.draw.choice(kinds)
        rows = self.rows(kind)
        found = [(kind, self.draw.choice(rows))] if rows else []
        print("   ", *((kind, one["Cislo"], one["first"]) for kind, one in found))
        return found

    def rows(self, kind: str) -> list[Row]:
        where = {"order": "WHERE RelTpObj = 1", "purchase": "WHERE RelTpObj = 2"}.get(kind, "")
        table = office.TABLES[kind]
        first = f"(SELECT SText FROM {table}pol p WHERE p.RefAg = d.ID ORDER BY OrderFld, p.ID LIMIT 1) AS first"
        return [dict(row) for row in self.pohoda.rows(f"SELECT d.*, {first} FROM {table} d {where} ORDER BY d.ID")]

    # On both sides.

    def _some_lines(self) -> list[Row]:
        pick = self.draw.choice
        return [
            {"card": pick((True, False)), "quantity": pick((1, 3, 7, 2.5)), "price": pick(PRICES),
             "discount": pick((0, 10, 33.3)), "percent": pick((23, 19, 5, 0))}
            for _ in range(pick((1, 2, 3)))
        ]  # fmt: skip

    def lines(self, drawn: list[Row], *, crm: bool) -> list[Row]:
        """Those drawn, the first under a name that no other document has."""
        self.made += 1
        lines: list[Row] = []
        for number, one in enumerate(drawn):
            line = {name: one[name] for name in ("quantity", "price", "discount", "percent")}
            line |= {"name": f"Práca {self.made}" if number == 0 else f"Iné {number}", "unit": "ks"}
            if one["card"]:
                line |= {"code": "STOL"} | ({"kind": "product", "product": self.product} if crm else {})
            elif crm:
                line |= {"kind": "text"}
            lines.append({**line, "price": float(line["price"])} if crm else line)
        return lines


OF_PEOPLE = (
    People.enter, People.enter, People.enter_in_a_foreign_currency, People.edit_in_crm, People.edit_lines_in_crm,
    People.accept_in_crm, People.drop_in_crm, People.drop_in_crm, People.restore_in_crm, People.make_in_pohoda,
    People.make_in_pohoda, People.edit_in_pohoda, People.change_a_line_in_pohoda, People.close_or_open, People.cancel,
    People.delete_in_pohoda, People.delete_in_pohoda, People.pay, People.pay, People.unpay,
    People.ask_for_an_advance_and_invoice_the_order,
)  # fmt: skip
