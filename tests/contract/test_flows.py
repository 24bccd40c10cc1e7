"""Every flow, with each CRM, on the sample company: all carried, then nothing left to do, both sides equal."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from pohoda_bridge.ledger import Request
from pohoda_bridge.pohoda.differences import comparable
from pohoda_bridge.pohoda.side import PohodaSide
from pohoda_bridge.side import Window
from pohoda_bridge.sync import reconcile
from tests.both import KINDS, Both
from tests.bridge import Bridge

from .conftest import CATALOGUE, FLOWS


@pytest.fixture(scope="module", params=product(KINDS, ("sql", "xml")), ids="-".join)
def carried(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Both, Any]]:
    """All flows of a link run twice on a sample company of 60 and a CRM in which people work; the counts of both."""
    kind, way = request.param
    folder = tmp_path_factory.mktemp("flows")
    sample = {"size": 60}
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        Both.open(kind, folder, monkeypatch, sample=sample, unit={"read": way}) as both,
    ):
        for number in range(3):
            client = both.add(name=f"Predaj {number}, s.r.o.", city="Žilina", email=f"p{number}@firma.example")
            both.add("contacts", client=client, first_name="Eva", last_name=f"Malá{number}")
        yield both, [both.round("full"), both.round("full")]


@pytest.mark.parametrize(("agenda", "direction"), FLOWS)
def test_all_is_carried_and_both_sides_are_equal(carried: Any, agenda: str, direction: str) -> None:
    both, (first, second) = carried
    flow = agenda, direction
    assert (
        first[flow]["created"] > 20 if direction == "to_crm" else first[flow]["created"] >= 3 * (agenda != "addresses")
    )
    assert not {"conflict", "in_doubt", "cannot_write"} & {*first[flow], *second[flow]}
    before, cards = both.crm.writes(), both.cards()
    third = both.sync(agenda, direction, Request("full"))
    assert set(third) <= {"unchanged", "quarantined", "left_out", "held"}
    assert sum(third.values()) == sum(second[flow].values())
    assert (both.crm.writes(), both.cards()) == (before, cards)
    with both.job(agenda, direction) as job:
        found = reconcile(job)
    assert (found.equal, found.differences, found.duplicates) == (True, [], 0)
    assert found.source == sum(third.values())


def test_both_ways_of_reading_carry_the_same(carried: Any) -> None:
    """The outcomes do not depend on how POHODA is read: those of the first way are held against the other's."""
    both, counts = carried
    assert SEEN.setdefault(both.kind, counts) == counts


SEEN: dict[str, Any] = {}
GOING = sorted({agenda for agenda, _ in FLOWS})
"""The agendas of the flows; tests/pohoda/test_ways_agree.py reads all others by every way."""


@pytest.mark.parametrize("agenda", GOING)
def test_both_ways_of_reading_give_equal_rows(carried: Any, agenda: str) -> None:
    both, _ = carried
    spec = CATALOGUE.agendas[agenda]
    with both.job(agenda) as job:
        sides = [PohodaSide(job.flow.unit, CATALOGUE.agendas, way, job.source._connections) for way in ("sql", "xml")]
        by_sql, by_xml = ([comparable(spec, r) for p in s.read(agenda, Window()).parts for r in p] for s in sides)
        for side in sides:
            side.close()
    assert len(by_sql) > 20
    assert by_sql == by_xml


@pytest.mark.parametrize("agenda", GOING)
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
