"""A company whose Connector ran before: what it imported is recognised, nothing is made again, its marks stay."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pohoda_bridge.catalogue import open_catalogue
from pohoda_bridge.crm.api import MarkForm, System, api_of
from pohoda_bridge.crm.marks import kept, shown
from pohoda_bridge.ledger import Request
from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.settings import ledger_url
from pohoda_bridge.side import Mark
from pohoda_bridge.sync import run
from tests import ledgers
from tests.bridge import LINK, Bridge

OTHER = {"source": "StwPh_{ico}_{year}", "id": "row-{id}"}
OURS = Mark("POHODA:12345678:2026", "7")


@pytest.fixture(params=["the assumed form", "another form"])
def bridge(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    with Bridge.open(tmp_path, monkeypatch) as opened:
        if request.param == "another form":
            _read_marks_as(OTHER, monkeypatch)
        opened.form = request.param  # type: ignore[attr-defined]
        yield opened


def _read_marks_as(form: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As if that line of the CRM's file were corrected."""
    known = open_catalogue().crms["gram"]
    api = {**known.api, "system": {**known.api["system"], "connector": form}}
    changed = known.model_copy(update={"api": api})
    monkeypatch.setattr("pohoda_bridge.crm.rest.api_of", lambda crm: api_of(changed))


def _connector(bridge: Bridge, entity: str, number: int, **fields: object) -> str:
    """A record as the Connector imported it."""
    other = bridge.form == "another form"  # type: ignore[attr-defined]
    mark = {"ExternalSource": "StwPh_12345678_2026", "ExternalId": f"row-{number}"} if other else {
        "ExternalSource": "POHODA:12345678:2026", "ExternalId": str(number),
    }  # fmt: skip
    return str(bridge.sandbox.gram.create(entity, **{**mark, **fields}))


def test_the_first_sync_makes_nothing_and_leaves_the_marks(bridge: Bridge) -> None:
    """Names, numbers and towns were changed on both sides since: only the marks tell who is who."""
    companies = [bridge.company(Firma=f"Firma {n}", Obec="Nitra") for n in range(3)]
    contact = bridge.add("AD", Firma="Firma 0", Jmeno="Jana Nová", RefAD=companies[0])
    address = bridge.add("ADdodaci", RefAg=companies[0], Firma2="Sklad", Ulice2="Dlhá 1", PSC2="94901")
    clients = [_connector(bridge, "Client", n, Name=f"renamed {n}", ClientType="Company") for n in companies]
    _connector(bridge, "Contact", contact, Client=clients[0], LastName="Stará", FirstName="Jana")
    _connector(bridge, "Address", address, Client=clients[0], Kind="Shipping", Street="Krátka 2")
    before = {
        entity: {r["Id"]: (r["ExternalSource"], r["ExternalId"]) for r in bridge.records(entity)}
        for entity in ("Client", "Contact", "Address")
    }
    for agenda in ("clients", "contacts", "addresses"):
        assert bridge.sync(agenda)["created"] == 0
        assert sum(bridge.sync(agenda).values()) == bridge.sync(agenda)["unchanged"]
    after = {
        entity: {r["Id"]: (r["ExternalSource"], r["ExternalId"]) for r in bridge.records(entity)} for entity in before
    }
    assert after == before
    assert {r["Name"] for r in bridge.records()} == {f"Firma {n}" for n in range(3)}


def test_the_way_back_makes_nothing_either(bridge: Bridge) -> None:
    number = bridge.company(Firma="Alfa", Obec="Nitra")
    _connector(bridge, "Client", number, Name="Alfa", ClientType="Company", City="Nitra", Country="SK")
    bridge.write("links", {**LINK, "agendas": {"clients": {"to_pohoda": {}}}})
    with open_job(find_flow("gram", "clients", "to_pohoda"), ledger=ledgers.at(ledger_url())) as job:
        counts = run(job, "back", Request())
    assert counts["created"] == 0 and len(bridge.sandbox.pohoda.rows("SELECT ID FROM AD WHERE Firma = 'Alfa'")) == 1


@pytest.mark.parametrize(
    ("source", "id", "seen"),
    [
        ("StwPh_12345678_2026", "row-7", OURS),
        ("StwPh_345678_2026", "row-7", Mark("POHODA:00345678:2026", "7")),
        ("POHODA:12345678:2026", "7", OURS),
        ("StwPh_12345678_2026", "7", Mark("StwPh_12345678_2026", "7")),
        ("StwPh_12345678_2026x", "row-7", Mark("StwPh_12345678_2026x", "row-7")),
        ("e-shop", "row-7", Mark("e-shop", "row-7")),
    ],
)
def test_marks_read(source: str, id: str, seen: Mark) -> None:
    system = System(id="Id", connector=MarkForm(**OTHER))
    assert shown(system, source, id) == seen


def test_marks_asked_for() -> None:
    assert list(kept(System(id="Id"), [OURS])) == [OURS]
    own, other = Mark("gram", "7"), System(id="Id", connector=MarkForm(**OTHER))
    assert list(kept(other, [OURS, own])) == [OURS, Mark("StwPh_12345678_2026", "row-7"), own]
    same = System(id="Id", connector=MarkForm(source="POHODA:{ico}:{year}", id="{id}"))
    assert list(kept(same, [OURS])) == [OURS]


@pytest.mark.parametrize("source", ["{ico}", "{ico}{year}{month}", "{ico}{ico}{year}", "{ico}:{year", "{ico.x}{year}"])
def test_a_form_that_names_no_record_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="a mark is made of"):
        MarkForm(source=source, id="{id}")
