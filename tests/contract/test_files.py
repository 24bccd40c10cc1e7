"""Every agenda and CRM file keeps what the product takes for granted of them."""

import pytest

from pohoda_bridge.catalogue import Agenda, Crm, Mapped, WireField

from .conftest import AGENDAS, CARRIED, CATALOGUE, CRMS, FLOWS, OPENERS, Open
from .records import wire_of


def test_the_files_were_found() -> None:
    assert {"clients", "addresses", "contacts"} <= set(AGENDAS)
    for crm in ("gram", "eway"):
        assert {(crm, "clients"), (crm, "addresses"), (crm, "contacts")} <= set(CARRIED)
    assert ("acme", "clients") in CARRIED
    assert len(FLOWS) >= 3


def test_a_crm_without_a_server_to_be_tried_on_is_no_crm(opened: Open) -> None:
    assert set(CRMS) == set(OPENERS), "every file in include/crms needs an opener in tests/contract/conftest.py"
    with pytest.raises(pytest.fail.Exception, match=r"the CRM nobody has no server.* add an opener"):
        opened("nobody")


@pytest.mark.parametrize("name", AGENDAS)
def test_an_agenda_tells_people_what_it_is(name: str) -> None:
    agenda: Agenda = CATALOGUE.agendas[name]
    assert all(getattr(agenda.title, language).strip() for language in ("en", "cs", "sk"))
    assert len(agenda.about) > 40
    assert len(agenda.on_failure) > 40
    assert agenda.key
    assert all(reason.reason for reason in agenda.leave_out)


@pytest.mark.parametrize("name", AGENDAS)
def test_what_must_be_unique_or_filled_is_expected(name: str) -> None:
    """The business key is unique and something of it is filled, or two records could not be told apart."""
    agenda = CATALOGUE.agendas[name]
    refused = [expectation for expectation in agenda.expect if expectation.level == "refuse"]
    for key in agenda.key:
        assert any(e.rule == "unique" and set(e.fields) == set(key) for e in refused)
    assert any(expectation.rule == "filled" for expectation in refused)


@pytest.mark.parametrize(("crm", "agenda"), CARRIED)
def test_every_mapped_field_lives_on_the_wire(crm: str, agenda: str) -> None:
    found = CRMS[crm]
    carried = found.agendas[agenda]
    wire = found.entities[carried.entity].fields
    every = [mapped.to for mapped in carried.fields.values() if not mapped.entity]
    for way in ("to_crm", "to_pohoda") if "to_crm" in carried.directions else ():
        places = [m.to for m in carried.fields.values() if m.way in {None, way}]
        assert len(places) == len(set(places)), "two fields go to one place"
    required = {name for name, field in wire.items() if field.required}
    assert required <= {*every, *carried.constants} or "to_crm" not in carried.directions
    for name, mapped in carried.fields.items():
        assert name in CATALOGUE.agendas[agenda].names
        _fits(found, wire_of(found, carried.entity, mapped), mapped)
        rows = found.places(carried.entity, mapped) if mapped.fields else {}
        for inner in mapped.fields.values():
            _fits(found, rows[inner.to], inner)
        asked = {row for row, field in rows.items() if field.required} - {mapped.parent}
        assert asked <= {inner.to for inner in mapped.fields.values()}


def _fits(crm: Crm, field: WireField, mapped: Mapped) -> None:
    """A reference goes to the agenda or the named record that its field refers to, words are those of the list."""
    assert (field.kind == "ref") is (mapped.ref is not None or mapped.named is not None)
    if mapped.ref:
        assert crm.agendas[mapped.ref].entity == field.entity
    if mapped.named:
        assert mapped.named.entity == field.entity
    if mapped.values and field.options != "any":
        assert set(mapped.values.values()) <= set(field.options)
