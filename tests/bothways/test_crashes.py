"""kill -9 of either direction of either link after each commit of the ledger and each call; then on: the same end.

Four ways to go on, in turn: a new run once the lease is over, the other direction first, the same run cleared and begun
anew, and the broken step again. All points of a case strike in one sandbox, each with a record made and one edited.
"""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pohoda_bridge.ledger import Request, bindings
from pohoda_bridge.ledger.schema import metadata
from pohoda_bridge.sync import run
from tests.both import KINDS, WAYS, Both
from tests.faults import judging
from tests.faults.forks import Forks, run_steps

GOING_ON = ("a new run", "the other direction first", "the same run anew", "the broken step again")


class Place:
    """A unit and a CRM with some records on both sides, as processes of their own need it."""

    def __init__(self, both: Both, way: str) -> None:
        self.both, self.way = both, way
        self.sandbox, self.folder = both.sandbox, both.config.parent
        self.other = next(other for other in WAYS if other != way)
        self.numbers = itertools.count(1)
        self.company = both.company(Firma="Prvá s.r.o.", Ulice="Krátka 1", Obec="Nitra", PSC="949 01", Tel="+421 0")
        both.round()
        both.round()
        (self.client,) = [record["id"] for record in both.records()]

    def job(self, agenda: str) -> Any:
        return self.both.job(agenda, self.way)

    def people_act(self, agenda: str) -> str:
        """A record is made where the direction starts, and the first client edited; the name of the new one."""
        number = next(self.numbers)
        name = f"{'ABCDEFGH'[number % 8]}novak{'xyz'[number % 3] * (number // 8)}"
        if self.way == "to_crm":
            self.both.pohoda.edit("AD", self.company, Tel=f"+421 {number}")
            self._enter(agenda, name)
        else:
            self.both.edit(self.client, phone=f"+421 {number}")
            self._type(agenda, name)
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

    def go_on(self, agenda: str, how: str) -> None:
        if how == "the same run anew":
            with self.job(agenda) as job:
                run(job, "killed", Request())
        elif how == "the broken step again":
            noted = self.folder / "step"
            run_steps(self, agenda, "killed", noted, first=noted.read_text())
        self.lease_ends()
        if how == "the other direction first":
            self.both.sync(agenda, self.other)
        for _ in range(2):
            self.both.sync(agenda, self.way)

    def forget(self) -> None:
        """A run of this name is history: the next one may have it."""
        with self.both.job() as job, job.ledger.transaction() as ledger:
            table = metadata.tables["runs"]
            ledger.execute(table.delete().where(table.c.id == "killed"))


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    forks = Forks()
    yield forks
    forks.close()


@pytest.fixture(autouse=True)
def _judged_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    judging.quickly(monkeypatch)


def killed(place: Place, forks: Forks, agenda: str, run_id: str, **more: Any) -> dict[str, Any]:
    return forks.case(place, agenda, run_id, link=place.both.kind, way=place.way, **more)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_every_point_of_the_load(
    kind: str, way: str, forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the reading again of what is written to the report; and twice on the way there."""
    with Both.open(kind, tmp_path, monkeypatch) as both:
        place = Place(both, way)
        place.people_act("clients")
        points = killed(place, forks, "clients", "whole")["points"]
        write = points.index("mserver write" if way == "to_pohoda" else "crm write")
        assert len(points) - write > 4, points
        for kill in (3, write // 2, *range(write - 3, len(points) + 1)):
            strike(place, forks, "clients", kill)
        at_rest(both)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "agenda"), [("gram", "addresses"), ("eway", "contacts"), ("eway", "addresses")])
def test_killed_around_the_call(
    kind: str, agenda: str, way: str, forks: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Both.open(kind, tmp_path, monkeypatch) as both:
        place = Place(both, way)
        place.people_act(agenda)
        points = killed(place, forks, agenda, "whole")["points"]
        write = points.index("mserver write" if way == "to_pohoda" else "crm write") + 1
        for kill in range(write - 1, write + 2):
            strike(place, forks, agenda, kill)
        at_rest(both)


def strike(place: Place, forks: Forks, agenda: str, kill: int) -> None:
    """One new record, the process killed at this point of the run, and on: the record is on both sides once."""
    name, how = place.people_act(agenda), GOING_ON[kill % len(GOING_ON)]
    told = killed(place, forks, agenda, "killed", kill=kill)
    try:
        assert told["ended"] == "killed", told
        place.go_on(agenda, how)
        for found in (place.both.records(agenda), place.both.cards("ADdodaci" if agenda == "addresses" else "AD")):
            assert sum(name in str(row) for row in found) == 1, f"{name} is not there once"
    except Exception as error:
        error.add_note(f"{place.both.kind} {agenda} {place.way}, killed at point {kill}: {told}, then {how}")
        raise
    place.forget()


def at_rest(both: Both) -> None:
    """Equal by the product's own full compare, nothing without an answer, and the second round writes nothing."""
    both.round()
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
