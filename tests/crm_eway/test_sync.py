"""Whole runs from POHODA into eWay-CRM: nothing twice whatever breaks, the second run writes nothing."""

import json
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.connections import Connection, from_environment
from pohoda_bridge.crm.eway import EwayCrm, Memory
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.ledger import Request, open_ledger
from pohoda_bridge.pohoda.side import PohodaSide
from pohoda_bridge.sync import Job, Store, run
from pohoda_sandbox.faults import Fault
from pohoda_sandbox.sandbox import Sandbox

AGENDAS = ("clients", "addresses", "contacts")
LINK = {
    "link": "eway", "unit": "firma", "crm": {"kind": "eway", "connection": "eway_api"}, "accept": "all",
    "agendas": {name: {"to_crm": {}} for name in AGENDAS},
}  # fmt: skip
UNIT = {
    "unit": "firma", "ico": "12345678", "country": "SK", "timezone": "Europe/Bratislava", "edition": "sql",
    "years": {2026: {"sql": "pohoda_sql_2026", "mserver": "pohoda_mserver_2026"}},
}  # fmt: skip


class Bridge:
    """A unit and an eWay-CRM of the test's own."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        for kind, settings in (("units", UNIT), ("links", LINK)):
            path = folder / kind / f"{settings[kind.removesuffix('s')]}.yaml"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(settings), encoding="utf-8")
        self.catalogue = open_catalogue(folder)
        assert self.catalogue.broken == {}
        self.ledger = open_ledger(f"sqlite:///{folder / 'ledger.db'}")
        self.store = Store(str(folder / "store"))
        self.positions = Memory()
        told = sandbox.info["eway"]
        self.connection = Connection("eway_api", told["url"], login=told["user"], password=told["password"])

    @contextmanager
    def job(self, agenda: str) -> Generator[Job]:
        flow = self.catalogue.flow("eway", agenda, "to_crm")
        pohoda = PohodaSide(flow.unit, self.catalogue.agendas, flow.read, from_environment)
        mapping = {agenda: flow.mapping}
        crm = EwayCrm(flow.crm, self.connection, mapping, positions=self.positions, sleep=lambda seconds: None)
        try:
            yield Job(flow, pohoda, crm, self.ledger, self.store)
        finally:
            crm.close()
            pohoda.close()

    def sync(self, agenda: str = "clients") -> Counter[str]:
        with self.job(agenda) as job:
            counts = run(job, f"test-{uuid4().hex}", Request())
        return Counter({name: number for name, number in counts.items() if number and name != "read"})

    def add(self, table: str = "AD", **columns: Any) -> int:
        return self.sandbox.pohoda.insert(table, **columns)

    def records(self, folder: str = "Companies") -> list[dict[str, Any]]:
        return self.sandbox.eway.records(folder)

    def fault(self, kind: str, match: str, **options: Any) -> None:
        self.sandbox.faults.add(Fault("eway", kind, match=match, **options))


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    with Sandbox(tmp_path / "sandbox", empty=True) as sandbox:
        for name, value in sandbox.info["env"].items():
            monkeypatch.setenv(name, value)
        yield Bridge(sandbox, tmp_path / "config")


def test_an_address_book_goes_over_and_the_second_run_writes_nothing(bridge: Bridge) -> None:
    first = bridge.add(
        Firma="Alfa s.r.o.", ICO="12345678", Jmeno="Ing. Jana Nováková", P1=1, Skupina="VIP,Nová", Ulice="Hlavná 1"
    )
    bridge.add(Firma="Alfa s.r.o.", Jmeno="Peter Malý", RefAD=first, Email="peter@example.sk")
    bridge.add("ADdodaci", RefAg=first, Firma2="Sklad", Ulice2="Krátka 2", Obec2="Nitra", Vychozi=1)
    bridge.add("ADdodaci", RefAg=first, Firma2="Iný sklad", Ulice2="Dlhá 3", Vychozi=0)
    assert [bridge.sync(agenda) for agenda in AGENDAS] == [
        {"created": 1}, {"created": 1, "left_out": 1}, {"created": 2}
    ]  # fmt: skip
    (company,) = bridge.records()
    assert (company["Suppliers"], company["Address2POBox"], company["Address2Street"]) == (True, "Sklad", "Krátka 2")
    assert sorted(contact["FileAs"] for contact in bridge.records("Contacts")) == ["Malý, Peter", "Nováková, Jana"]
    assert {contact["Companies_CompanyGuid"] for contact in bridge.records("Contacts")} == {company["ItemGUID"]}
    before = bridge.sandbox.eway.writes()
    assert [bridge.sync(agenda)["created"] for agenda in AGENDAS] == [0, 0, 0]
    assert bridge.sandbox.eway.writes() == before


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "truncate", "status_after"])
@pytest.mark.parametrize("step", ["SaveCompany", "SaveRelation", "GetCompaniesByItemGuids", "SaveGroup"])
def test_whatever_breaks_each_record_is_there_once_and_whole(bridge: Bridge, kind: str, step: str) -> None:
    for number in range(5):
        bridge.add(Firma=f"Firma {number}", ICO=f"1234567{number}", Skupina="VIP,Nová")
    bridge.fault(kind, step, times=9, skip=1)
    for _ in range(6):
        try:
            bridge.sync()
        except BridgeError:
            continue
    bridge.sandbox.faults.clear()
    for _ in range(3):
        bridge.sync()
    records = bridge.records()
    assert sorted(record["CompanyName"] for record in records) == [f"Firma {number}" for number in range(5)]
    assert [len(record["Relations"]) for record in records] == [2] * 5
    before = bridge.sandbox.eway.writes()
    assert bridge.sync()["created"] == 0 and bridge.sandbox.eway.writes() == before


def test_what_changes_right_before_the_save_is_planned_again(bridge: Bridge) -> None:
    number = bridge.add(Firma="Alfa", ICO="12345678", Tel="1")
    bridge.sync()
    (company,) = bridge.records()
    bridge.sandbox.pohoda.edit("AD", number, Tel="2")
    original = bridge.sandbox.eway.service.answer

    def answer(request: Any, gone: str) -> Any:
        if request.target.endswith("SaveCompany"):
            bridge.sandbox.eway.service.answer = original  # type: ignore[method-assign]
            bridge.sandbox.eway.edit("Companies", company["ItemGUID"], Fax="9")
        return original(request, gone)

    bridge.sandbox.eway.service.answer = answer  # type: ignore[method-assign]
    assert bridge.sync() == {"held": 1}
    assert bridge.records()[0]["Phone"] == "1"
    assert bridge.sync()["updated"] == 1
    assert bridge.records()[0]["Phone"] == "2"
