"""Rows of POHODA into records: converters, derived fields, what is left out and what cannot be derived."""

from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.crm.wire import from_wire
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.sync.shape import as_rows, shape
from tests.bridge import AGENDAS, Bridge


def _shaped(bridge: Bridge, agenda: str = "clients", **values: Any) -> dict[str, Any]:
    with bridge.job(agenda) as job:
        row = {"_id": "2026/AD/1", "_saved": None, **dict.fromkeys(job.flow.agenda.fields), **values}
        (found,) = as_rows(shape([row], job.flow))
        return found


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ({"ico": " 12 345 678 "}, {"ico": "12345678"}),
        ({"ico": "1234567"}, {"ico": "01234567"}),
        ({"ico": "123"}, {"ico": "123"}),
        ({"dic": "cz 12345678"}, {"dic": "CZ12345678"}),
        ({"zip": "811 01"}, {"zip": "81101"}),
        ({"zip": "SW1A  1AA"}, {"zip": "SW1A 1AA"}),
        ({"zip": "30-001"}, {"zip": "30-001"}),
        ({"country": " sk "}, {"country": "SK"}),
        ({"note": "a\r\nb\n\n"}, {"note": "a\nb"}),
        ({"company": "Vzor", "person": "Jan"}, {"kind": "company", "name": "Vzor"}),
        ({"company": None, "person": "Jan"}, {"kind": "person", "name": "Jan"}),
        ({"emails": "info@a.example; obchod@a.example"}, {"email": "info@a.example"}),
        ({"p1": True, "p2": True}, {"relations": ["customer", "supplier"]}),
        ({"p1": False, "p2": None}, {"relations": None}),
        ({"group_list": "VIP, Obchod,,VIP"}, {"groups": ["Obchod", "VIP"]}),
        ({"credit": Decimal("10.10"), "due_days": 14}, {"credit": Decimal("10.10"), "due_days": 14}),
    ],
)  # fmt: skip
def test_one_client(bridge: Bridge, given: dict[str, Any], made: dict[str, Any]) -> None:
    found = _shaped(bridge, **given)
    assert {name: found[name] for name in made} == made
    assert all(type(found[name]) is type(value) for name, value in made.items())


def test_a_whole_number_of_a_custom_field_is_the_one_that_the_crm_shows(bridge: Bridge) -> None:
    """Else every write of it would be told as stored otherwise, and a first pair that agrees as one that differs."""
    given: dict[str, Any] = {"custom.VPrCount": 5, "custom.VPrVip": True}
    shown = _shaped(bridge, **given)
    assert canonical(shown["custom.VPrCount"]) == canonical(from_wire(5, "number", {}, None))  # type: ignore[arg-type]
    assert shown["custom.VPrVip"] is True


@pytest.mark.parametrize("agenda", AGENDAS)
def test_a_row_of_nothing_has_every_name_and_no_fault(bridge: Bridge, agenda: str) -> None:
    found = _shaped(bridge, agenda)
    with bridge.job(agenda) as job:
        assert job.flow.agenda.names <= set(found)
    assert found["_fault"] is None
    assert {value for name, value in found.items() if name != "_id"} - {None, False} <= {True, found["_left_out"]}


def test_whole_numbers_and_flags_keep_their_type_beside_missing_ones(bridge: Bridge) -> None:
    """pandas would make a column of 14 and None a column of 14.0 and NaN."""
    with bridge.job() as job:
        empty = {"_saved": None, **dict.fromkeys(job.flow.agenda.fields)}
        rows = [{**empty, "_id": "a", "due_days": 14, "p1": True}, {**empty, "_id": "b"}]
        first, second = as_rows(shape(rows, job.flow))
    assert (first["due_days"], type(first["due_days"]), first["p1"]) == (14, int, True)
    assert (second["due_days"], second["p1"], second["company"]) == (None, None, None)


def test_a_person_is_left_out_unless_the_setting_is_on(bridge: Bridge) -> None:
    assert "only a person's name is filled" in _shaped(bridge, person="Jan Novák")["_left_out"]
    bridge.link(clients={"settings": {"persons": True}})
    assert _shaped(bridge, person="Jan Novák")["_left_out"] is None


def test_a_rule_of_the_link_tells_itself_as_the_reason(bridge: Bridge) -> None:
    bridge.link(clients={"rules": [{"field": "country", "in": ["SK"]}, {"field": "groups", "contains": "vip"}]})
    assert _shaped(bridge, company="a", country="SK", group_list="VIP")["_left_out"] is None
    assert _shaped(bridge, company="a", country="AT")["_left_out"] == (
        "a rule of the link keeps it out: country in ('SK',)"
    )
    assert "groups contains 'vip'" in _shaped(bridge, company="a", country="SK", group_list="Obchod")["_left_out"]


def test_a_name_that_takes_too_long_is_that_records_fault_alone(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pohoda_bridge.records.names import Expression, Name

    def parse(self: Expression, text: str) -> Name:
        if text.startswith("slow"):
            raise self._too_slow()
        return Name(last=text)

    monkeypatch.setattr(Expression, "parse", parse)
    with bridge.job("contacts") as job:
        empty = {"_saved": None, **dict.fromkeys(job.flow.agenda.fields)}
        rows = [{**empty, "_id": f"2026/AD/{n}", "person": name} for n, name in enumerate(("Novák", "slow", "Kôň"))]
        found = as_rows(shape(rows, job.flow))
    assert [row["last_name"] for row in found] == ["Novák", None, "Kôň"]
    assert [bool(row["_fault"]) for row in found] == [False, True, False]
    assert "contact_names" in found[1]["_fault"]
