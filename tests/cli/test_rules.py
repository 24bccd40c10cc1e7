"""Rules as people see them: `check` counts what each takes, `why` names the one that kept a record out."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bridge import Bridge

from .conftest import Command

NESTED = {"not": {"any": [{"field": "city", "equals": "Brno"}, {"field": "due_days", "above": 30}]}}
PLAIN = {"field": "name", "starts_with": "a"}


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    with Bridge.open(tmp_path, monkeypatch) as opened:
        yield opened


def test_check_counts_what_each_rule_takes(bridge: Bridge, command: Command) -> None:
    for name, city in (("Alfa", "Brno"), ("Arena", "Nitra"), ("Beta", "Nitra"), ("Cena", "Brno")):
        bridge.company(Firma=name, Obec=city)
    bridge.link({"rules": [NESTED, PLAIN]})
    done = command("check", "gram", "--json")
    found = done.data["rules"]["gram__clients__to_crm"]
    assert (found["records"], found["go"], [held for _, held in found["rules"]]) == (4, 1, [2, 2])
    text = command("check", "gram").out
    assert "gram__clients__to_crm: 1 of 4 records go" in text
    assert "2 of 4 hold: not (any of (city equals 'Brno'; due_days above 30))" in text
    assert list(done.data["rules"]) == ["gram__clients__to_crm"]


@pytest.mark.parametrize("at_source", [False, True])
def test_why_names_the_nested_rule(bridge: Bridge, command: Command, at_source: bool) -> None:
    bridge.link({"rules": [NESTED, PLAIN], "rules_at_source": at_source})
    number = bridge.company(Firma="Alfa", Obec="Brno", ADSplat=40)
    bridge.sync()
    told = command("why", "gram", "clients", str(number))
    assert "a rule of the link keeps it out: not (any of (city equals 'Brno'; due_days above 30))" in told.out
    assert ("no run has met it" in told.out) is at_source


def test_why_of_what_is_nowhere(bridge: Bridge, command: Command) -> None:
    bridge.link({"rules": [NESTED], "rules_at_source": True})
    assert "no run has met a record '999'" in command("why", "gram", "clients", "999").err


@pytest.mark.parametrize(("direction", "refused"), [("to_crm", False), ("to_pohoda", True)])
def test_a_rule_on_a_custom_field_needs_its_value(
    bridge: Bridge, command: Command, direction: str, refused: bool
) -> None:
    """POHODA's rows carry a custom field as soon as a rule asks for it, the CRM's only what is mapped."""
    rules = {"rules": [{"field": "custom.VPrSegment", "equals": "A"}]}
    bridge.link(agendas={"clients": {direction: rules}})
    done = command("check", "--json")
    assert ("no field of the CRM is taken `from: custom.VPrSegment`" in done.out + done.err) is refused
