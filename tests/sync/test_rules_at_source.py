"""Rules asked of the source: no record that is known is lost sight of, and none goes that breaks a rule."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pohoda_bridge.ledger import Request, sightings
from pohoda_bridge.link import find_flow, open_job
from pohoda_bridge.settings import ledger_url
from pohoda_bridge.side import Window
from tests import ledgers
from tests.bridge import Bridge

NITRA = [{"field": "city", "equals": "Nitra"}]
FULL = Request(mode="full")


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    with Bridge.open(tmp_path, monkeypatch) as opened:
        opened.link({"rules": NITRA, "rules_at_source": True})
        yield opened


def test_what_the_source_keeps_back_is_not_read(bridge: Bridge) -> None:
    inside = bridge.company(Firma="Alfa", Obec="Nitra")
    outside = bridge.company(Firma="Beta", Obec="Brno")
    assert bridge.sync() == {"created": 1}
    assert bridge.record(inside)["City"] == "Nitra"
    bridge.edit(outside, Obec="Nitra")
    assert bridge.sync()["created"] == 1


def test_a_new_record_outside_the_rules_is_told_by_an_incremental_run(bridge: Bridge) -> None:
    bridge.sync()
    bridge.company(Firma="Beta", Obec="Brno")
    assert bridge.sync() == {"left_out": 1}


@pytest.mark.parametrize("by_id", [5000, 0])
def test_leaving_a_rule_is_no_deletion(bridge: Bridge, monkeypatch: pytest.MonkeyPatch, by_id: int) -> None:
    """Whether the records that were kept back are asked for by id, or are too many for that."""
    monkeypatch.setattr(sys.modules["pohoda_bridge.sync.extract"], "ASKED_BY_ID", by_id)
    bridge.company(Firma="Outside", Obec="Brno")
    number = bridge.company(Firma="Alfa", Obec="Nitra")
    bridge.sync()
    bridge.edit(number, Obec="Brno")
    assert bridge.sync(request=FULL) == {"left_out": 1}
    assert bridge.record(number)["City"] == "Nitra"
    assert bridge.sync(request=FULL) == {"left_out": 1}
    with bridge.job() as job, job.ledger.transaction() as ledger:
        assert sightings.known(ledger, job.scope) == {f"2026/AD/{number}"}


def test_a_record_of_the_source_that_is_gone_is_noticed(bridge: Bridge) -> None:
    first, second = (bridge.company(Firma=name, Obec="Nitra") for name in ("Alfa", "Beta"))
    bridge.sync()
    bridge.sandbox.pohoda.delete("AD", second)
    assert bridge.sync(request=FULL) == {"unchanged": 1}
    with bridge.job() as job, job.ledger.transaction() as ledger:
        assert sightings.known(ledger, job.scope) == {f"2026/AD/{first}"}


def test_the_outcomes_are_those_of_rules_judged_here(bridge: Bridge) -> None:
    """Whichever side judges them, the CRM gets the same records."""
    for number in range(12):
        bridge.company(Firma=f"C{number}", Obec=("Nitra", "nitra", "Brno", None)[number % 4])
    assert bridge.sync() == {"created": 3, "left_out": 3}  # the server does not tell `nitra` from `Nitra`; Python does
    bridge.link({"rules": NITRA})
    assert bridge.sync(request=FULL) == {"unchanged": 3, "left_out": 9}


def test_a_list_of_the_crm_is_narrowed(bridge: Bridge) -> None:
    rules = [{"field": "kind", "equals": "person"}]
    bridge.write(
        "links",
        {
            "link": "gram", "unit": "firma", "crm": {"kind": "gram", "connection": "gram_api"}, "accept": "all",
            "agendas": {"clients": {"to_pohoda": {"rules": rules, "rules_at_source": True}}},
        },
    )  # fmt: skip
    for name, kind in (("Alfa", "Company"), ("Ján Novák", "Person")):
        bridge.sandbox.gram.create("Client", Name=name, ClientType=kind, Country="SK")
    with open_job(find_flow("gram", "clients", "to_pohoda"), ledger=ledgers.at(ledger_url())) as job:
        window = Window(rules=job.flow.settings.rules)
        assert [row["name"] for part in job.source.read("clients", window).parts for row in part] == ["Ján Novák"]
