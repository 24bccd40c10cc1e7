"""A unit and a CRM with records on both sides, where people go on while the product is killed and disturbed."""

import itertools
import json
from copy import copy
from typing import Any

from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import bindings
from pohoda_bridge.ledger.schema import metadata
from tests.both import WAYS, Both
from tests.faults.forks import Forks


class Place:
    """A unit and a CRM with some records on both sides, as processes of their own need it."""

    def __init__(self, both: Both, way: str) -> None:
        self.both, self.way = both, way
        self.sandbox, self.folder = both.sandbox, both.config.parent
        self.other = next(other for other in WAYS if other != way)
        self.numbers = itertools.count(1)
        self.company = both.company(Firma="Prvá s.r.o.", Ulice="Krátka 1", Obec="Nitra", PSC="949 01", Tel="+421 0")
        both.sync("clients", "to_crm")
        (self.client,) = [record["id"] for record in both.records()]

    def back(self) -> "Place":
        """The same place, for the other direction."""
        back = copy(self)
        back.way, back.other = self.other, self.way
        return back

    def job(self, agenda: str) -> Any:
        return self.both.job(agenda, self.way)

    def people_act(self, agenda: str, *, edit: bool = True) -> str:
        """A record is made where the direction starts, and the first client edited; the name of the new one."""
        number = next(self.numbers)
        name = f"{'ABCDEFGH'[number % 8]}novak{'xyz'[number % 3] * (number // 8)}"
        if edit and self.way == "to_crm":
            self.both.pohoda.edit("AD", self.company, Tel=f"+421 {number}")
        elif edit:
            self.both.edit(self.client, phone=f"+421 {number}")
        (self._enter if self.way == "to_crm" else self._type)(agenda, name)
        return name

    def _enter(self, agenda: str, name: str) -> None:
        """Into POHODA."""
        both = self.both
        if agenda == "clients":
            both.company(Firma=f"{name} s.r.o.", Ulice="Dlhá 2", Obec="Nitra", PSC="949 01")
        elif agenda == "contacts":
            both.pohoda.insert("AD", Jmeno=f"Ján {name}", RefAD=self.company)
        else:
            company, _ = self._further() if both.kind == "eway" else (self.company, "")
            both.pohoda.insert("ADdodaci", RefAg=company, Firma2=name, Ulice2="Dlhá 1", Vychozi=True)

    def _type(self, agenda: str, name: str) -> None:
        """Into the CRM."""
        both = self.both
        if agenda == "clients":
            both.add(name=f"{name} s.r.o.", street="Dlhá 2", city="Nitra", zip="94901")
        elif agenda == "contacts":
            both.add("contacts", client=self.client, first_name="Ján", last_name=name)
        elif both.kind == "eway":
            both.edit(self._further()[1], "addresses", name=name, street="Dlhá 1")
        else:
            both.add("addresses", client=self.client, name=name, street="Dlhá 1")

    def _further(self) -> tuple[int, str]:
        """One more company and its client: eWay-CRM keeps one delivery address a company."""
        number = self.both.company(Firma=f"Ďalšia {next(self.numbers)}, s.r.o.")
        self.both.sync("clients", "to_crm")
        with self.both.job() as job:
            technical = f"2026/AD/{number}"
            with job.ledger.transaction() as ledger:
                return number, bindings.by_technical(ledger, job.scope, [technical])[technical].crm_id

    def lease_ends(self) -> None:
        with self.both.job() as job, job.ledger.transaction() as ledger:
            ledger.execute(metadata.tables["leases"].update().values(until=0.0))

    def there_once(self, agenda: str, name: str) -> None:
        """The record of this name is on both sides, once."""
        for found in (self.both.records(agenda), self.both.cards("ADdodaci" if agenda == "addresses" else "AD")):
            assert sum(name in str(row) for row in found) == 1, f"{name} is not there once"

    def try_(self, agenda: str, way: str = "") -> dict[str, int]:
        """A run that may end with an error of ours; its counts."""
        try:
            return self.both.sync(agenda, way or self.way)
        except BridgeError as error:
            self.lease_ends()
            return {error.text: 1}


def killed(place: Place, forks: Forks, agenda: str, run_id: str, **more: Any) -> dict[str, Any]:
    return forks.case(place, agenda, run_id, link=place.both.kind, way=place.way, **more)


def at_rest(both: Both) -> None:
    """Equal by the product's own full compare, nothing without an answer, and the second round writes nothing."""
    both.round()
    reconciled = both.reconcile()
    assert {way: one.differences for way, one in reconciled.items() if not one.equal} == {}
    with both.job() as job, job.ledger.transaction() as ledger:
        rows = {name: ledger.execute(metadata.tables[name].select()).all() for name in ("intents", "due", "runs")}
    assert {row.state for row in rows["intents"]} <= {"written", "retry", "dropped"}
    assert rows["due"] == []
    for row in rows["runs"]:
        counts = json.loads(row.counts) if row.state == "done" else {"read": 0}
        assert counts["read"] == sum(number for name, number in counts.items() if name != "read"), counts
    before = (both.crm.writes(), both.cards(), both.cards("ADdodaci"))
    quiet = both.round()
    assert {way: counts for way, counts in quiet.items() if set(counts) - {"unchanged", "left_out"}} == {}
    assert before == (both.crm.writes(), both.cards(), both.cards("ADdodaci")), "the second run wrote"
