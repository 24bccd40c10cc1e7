"""Every flow of the shipped link on the sample company: all carried, nothing to do the second time, sides equal."""

from collections.abc import Iterator
from typing import Any

import pytest

from pohoda_bridge.ledger import Request
from pohoda_bridge.pohoda.differences import differing
from pohoda_bridge.pohoda.side import PohodaSide
from pohoda_bridge.side import Row, Window
from tests.bridge import UNIT, Bridge

from .conftest import AGENDAS, CATALOGUE, FLOWS


@pytest.fixture(scope="module", params=["sql", "xml"])
def carried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bridge, Any]]:
    """The shipped link's flows run once, in its order, on a sample company of 60; and their counts."""
    folder = tmp_path_factory.mktemp("flows")
    agendas = {agenda: {direction: {}} for agenda, direction in FLOWS}
    sample = {"empty": False, "size": 60}
    with pytest.MonkeyPatch.context() as monkeypatch, Bridge.open(folder, monkeypatch, **sample) as bridge:
        bridge.write("units", {**UNIT, "read": request.param})
        bridge.link(agendas=agendas)
        yield bridge, {agenda: bridge.sync(agenda, Request("full")) for agenda, _ in FLOWS}


@pytest.mark.parametrize(("agenda", "direction"), FLOWS)
def test_all_is_carried_once_and_both_sides_are_equal(carried: Any, agenda: str, direction: str) -> None:
    bridge, counts = carried
    assert counts[agenda]["created"] > 20
    assert set(counts[agenda]) <= {"created", "quarantined", "left_out", "held"}
    before, ids = bridge.sandbox.gram.writes(), {record["Id"] for record in bridge.records()}
    again = bridge.sync(agenda, Request("full"))
    assert not set(again) & {"created", "updated", "conflict", "in_doubt", "cannot_write"}
    assert sum(again.values()) == sum(counts[agenda].values())
    assert bridge.sandbox.gram.writes() == before
    assert {record["Id"] for record in bridge.records()} == ids
    found = bridge.reconcile(agenda)
    assert (found.equal, found.differences, found.duplicates) == (True, [], 0)
    assert found.source == sum(counts[agenda].values())
    assert found.target == counts[agenda]["created"]


def test_both_ways_of_reading_carry_the_same(carried: Any) -> None:
    """The outcomes do not depend on how POHODA is read: those of the first way are held against the other's."""
    _, counts = carried
    assert SEEN.setdefault("counts", counts) == counts


SEEN: dict[str, Any] = {}


@pytest.mark.parametrize("agenda", AGENDAS)
def test_both_ways_of_reading_give_equal_rows(carried: Any, agenda: str) -> None:
    bridge, _ = carried
    with bridge.job(agenda if (agenda, "to_crm") in FLOWS else FLOWS[0][0]) as job:
        sides = [PohodaSide(job.flow.unit, CATALOGUE.agendas, way, job.source._connections) for way in ("sql", "xml")]
        by_sql, by_xml = ([_comparable(agenda, r) for p in s.read(agenda, Window()).parts for r in p] for s in sides)
        for side in sides:
            side.close()
    assert len(by_sql) > 20
    assert by_sql == by_xml


def _comparable(agenda: str, row: Row) -> Row:
    return {name: value for name, value in row.items() if name not in differing(agenda)}


@pytest.mark.parametrize("agenda", AGENDAS)
def test_every_xml_path_and_column_brings_a_value(bridge: Bridge, agenda: str) -> None:
    """A row with every column of the agenda filled: no field is empty, by either way."""
    spec = CATALOGUE.agendas[agenda]
    number = _filled(bridge, agenda)
    with bridge.job(agenda) as job:
        for way in ("sql", "xml"):
            side = PohodaSide(job.flow.unit, CATALOGUE.agendas, way, job.source._connections)
            technical = f"2026/{spec.read.sql.table}/{number}"
            ((row,),) = side.read(agenda, Window(ids=(technical,))).parts
            side.close()
            carried = {n for n, f in spec.fields.items() if getattr(f, way) is not None} - PARENTS
            assert {name for name in carried if row[name] in {None, False}} == set()


PARENTS = {"parent"}
"""Empty in a company and in its delivery addresses; a contact person's is tested with the sample."""
SAMPLES = {"text": "x1", "boolean": True, "decimal": 12, "integer": 7}


def _filled(bridge: Bridge, agenda: str) -> int:
    """A row of the agenda's table with every column filled, those of other tables through a row there."""
    spec = CATALOGUE.agendas[agenda]
    main: dict[str, Any] = {}
    others: dict[tuple[str, str], dict[str, Any]] = {}
    for name, field in spec.fields.items():
        if field.sql is None or name in PARENTS:
            continue
        own, _, other = field.sql.partition("/")
        if other:
            table, column = other.split(".")
            others.setdefault((own, table), {})[column] = SAMPLES[field.type]
        elif field.type == "reference":
            others.setdefault((own, "AD"), {}).setdefault("Firma", "x1")
        else:
            main[own] = SAMPLES[field.type]
    main |= {own: bridge.add(table, **columns) for (own, table), columns in others.items()}
    return bridge.add(spec.read.sql.table, **main)
