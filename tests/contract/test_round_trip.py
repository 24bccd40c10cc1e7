"""Generated values of every mapped field go to the CRM and come back as they were."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Crm, Mapped, WireField
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm import RestCrm
from pohoda_bridge.side import Item, Lookup, Mark, Pack, Window
from pohoda_sandbox.faults import Faults
from pohoda_sandbox.gram import Gram, shipped

from .conftest import CARRIED, CATALOGUE

TEXT = st.characters(exclude_categories=["Cs", "Cc"])


@pytest.fixture(scope="module")
def gram() -> Iterator[Gram]:
    with Gram(shipped(), Faults(), token="t" * 20) as opened:
        yield opened


@pytest.fixture(scope="module")
def crm(gram: Gram) -> Iterator[RestCrm]:
    connection = Connection("gram_api", gram.host_url, password=gram.token, extra={"organization": "demo"})
    opened = RestCrm(CATALOGUE.crms["gram"], connection, {})
    yield opened
    opened.close()


def _values(field: WireField, mapped: Mapped, targets: list[str]) -> st.SearchStrategy[Any]:
    """What a canonical field may hold, None when it is empty."""
    own = list(mapped.values or {})
    text = st.text(TEXT, min_size=1, max_size=min(field.length or 60, 60)).filter(lambda t: t == t.strip())
    options = own or (list(field.options) if field.options != "any" else [])
    entry = st.sampled_from(options) if options else text
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": text,
        "option": st.sampled_from(options or ["x"]),
        "options": st.lists(entry, min_size=1, max_size=3, unique=True).map(sorted),
        "bool": st.booleans(),
        "number": st.integers(-(10**9), 10**9) | st.decimals(-(10**6), 10**6, places=3).map(_plain),
        "currency": st.decimals(-(10**9), 10**9, places=4).map(_plain),
        "ref": st.sampled_from(targets),
    }  # fmt: skip
    return kinds[field.kind] if field.required else st.none() | kinds[field.kind]


def _plain(number: Decimal) -> int | Decimal:
    """A whole number is an int in a row."""
    return int(number) if number == number.to_integral_value() else number.normalize()


def _records(crm: Crm, agenda: str, targets: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    carried = crm.agendas[agenda]
    wire = crm.entities[carried.entity].fields
    fields = {name: _values(wire[mapped.to], mapped, targets) for name, mapped in carried.fields.items()}
    return st.fixed_dictionaries(fields)


@pytest.mark.parametrize(("name", "agenda"), CARRIED)
def test_what_is_written_is_what_is_read(gram: Gram, crm: RestCrm, name: str, agenda: str) -> None:
    clients = [gram.create("Client", Name=f"Client {number} of {agenda}") for number in range(2)]

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_records(CATALOGUE.crms[name], agenda, clients))
    def check(values: dict[str, Any]) -> None:
        mark = Mark("POHODA:12345678:2026", uuid4().hex)
        filled = {field: value for field, value in values.items() if value is not None}
        (answer,) = crm.write(agenda, Pack("p", [Item("i", "k", "create", filled, mark=mark)]))
        assert (answer.state, answer.reasons) == ("written", ())
        assert answer.row is not None
        assert {field: answer.row[field] for field in values} == values
        ((found,),) = crm.look_up(agenda, [Lookup(mark=mark)])
        assert {field: found[field] for field in values} == values
        assert {field: type(found[field]) for field in values} == {field: type(v) for field, v in values.items()}
        (part,) = crm.read(agenda, Window(ids=(found["_id"],))).parts
        assert part == [found]

    check()


@pytest.mark.parametrize(("name", "agenda"), CARRIED)
def test_every_field_can_be_changed_and_cleared(gram: Gram, crm: RestCrm, name: str, agenda: str) -> None:
    clients = [gram.create("Client", Name=f"Client {number} of {agenda}") for number in range(2)]
    shipped_fields = CATALOGUE.crms[name].entities[CATALOGUE.crms[name].agendas[agenda].entity].fields
    required = {n for n, m in CATALOGUE.crms[name].agendas[agenda].fields.items() if shipped_fields[m.to].required}

    @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
    @given(*[_records(CATALOGUE.crms[name], agenda, clients)] * 2)
    def check(first: dict[str, Any], second: dict[str, Any]) -> None:
        filled = {field: value for field, value in first.items() if value is not None}
        mark = Mark("POHODA:12345678:2026", uuid4().hex)
        (made,) = crm.write(agenda, Pack("p", [Item("i", "k", "create", filled, mark=mark)]))
        assert made.row is not None
        (changed,) = crm.write(agenda, Pack("p", [Item("i", "k", "update", second, made.row["_id"])]))
        assert (changed.state, changed.reasons) == ("written", ())
        assert changed.row is not None
        assert {field: changed.row[field] for field in second} == second
        cleared = {field: None for field in second if field not in required}
        (emptied,) = crm.write(agenda, Pack("p", [Item("i", "k", "update", cleared, made.row["_id"])]))
        assert emptied.row is not None
        assert {field: emptied.row[field] for field in cleared} == cleared

    check()
