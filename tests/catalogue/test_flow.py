"""A flow: the shipped mapping with the link's changes, and the print that makes every record due again."""

import pytest

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.catalogue.crm import Mapped

from .conftest import LINK, UNIT, Folder

BASE = "        Note: {on_create_only: true}\n"


def _flow(folder: Folder, text: str = LINK) -> Flow:
    folder.link(text)
    found = folder.opened()
    assert found.broken == {}
    return found.flow("gram", "clients", "to_crm")


def _with_fields(folder: Folder, *lines: str) -> dict[str, Mapped]:
    return _flow(folder, LINK.replace(BASE, "".join(f"        {line}\n" for line in lines))).mapping


def test_the_shipped_mapping_without_changes(folder: Folder) -> None:
    flow = _flow(folder, LINK.replace("      fields:\n" + BASE, ""))
    assert flow.mapping == dict(flow.to_crm.fields)
    assert flow.mapping["ico"] == Mapped(to="CompanyId")


def test_flags_are_added_to_a_shipped_field(folder: Folder) -> None:
    mapping = _with_fields(folder, "Note: {on_create_only: true}", "ClientType: {if_empty: true}")
    assert mapping["note"] == Mapped(to="Note", on_create_only=True)
    assert mapping["kind"] == Mapped(to="ClientType", if_empty=True, values={"company": "Company", "person": "Person"})


def test_a_custom_field_is_added(folder: Folder) -> None:
    mapping = _with_fields(folder, "cRegion: {from: region, if_empty: true}")
    assert mapping["region"] == Mapped(to="cRegion", if_empty=True)
    assert len(mapping) == len(_flow(folder).to_crm.fields) + 1


def test_a_custom_field_has_no_limit_of_length(folder: Folder) -> None:
    flow = _flow(folder, LINK.replace(BASE, "        cRegion: {from: region}\n"))
    limited = {e.fields[0]: e.limit for e in flow.expectations if e.rule == "length"}
    assert "region" not in limited
    assert (limited["name"], limited["note"], limited["ico"]) == (255, 2000, 15)
    assert not {"kind", "relations", "due_days"} & set(limited)


def test_a_dropped_field_goes_nowhere(folder: Folder) -> None:
    mapping = _with_fields(folder, "Note: {drop: true}", "Fax: {drop: true}")
    assert not {"note", "fax"} & set(mapping)


def test_a_place_given_to_another_field(folder: Folder) -> None:
    mapping = _with_fields(folder, "Division: {from: region}")
    assert mapping["region"] == Mapped(to="Division")
    assert "division" not in mapping


@pytest.mark.parametrize("turned", [False, True])
def test_places_that_change_hands_whatever_the_order(folder: Folder, turned: bool) -> None:
    lines = ["Note: {from: message}", "Message: {from: note}"]
    mapping = _with_fields(folder, *(reversed(lines) if turned else lines))
    assert (mapping["message"].to, mapping["note"].to) == ("Note", "Message")


@pytest.mark.parametrize("turned", [False, True])
def test_a_field_that_moves_leaves_its_place_to_another(folder: Folder, turned: bool) -> None:
    lines = ["Message: {from: region}", "cSegment: {from: message}"]
    mapping = _with_fields(folder, *(reversed(lines) if turned else lines))
    assert (mapping["message"].to, mapping["region"].to) == ("cSegment", "Message")


def test_the_setting_of_the_link_wins_over_the_agendas(folder: Folder) -> None:
    assert _flow(folder).setting("persons") is True
    assert _flow(folder, LINK.replace("      settings: {persons: true}\n", "")).setting("persons") is False


MATTERS = {
    "a rule": ("[SK, CZ]", "[SK]"),
    "a flag of a field": ("on_create_only: true", "if_empty: true"),
    "a new field": (BASE, BASE + "        cRegion: {from: region}\n"),
    "a master": ("phone: crm", "phone: pohoda"),
    "the default master": ("unit: firma", "unit: firma\ndefault_master: crm"),
    "a setting of the agenda": ("persons: true", "persons: false"),
    "the split of names": ("unit: firma", "unit: firma\ncontact_names: titles"),
}
IRRELEVANT = {
    "the schedule": ('"*/15 * * * *"', '"0 6 * * *"'),
    "no schedule": ('      schedule: "*/15 * * * *"\n', ""),
    "how it is read": ("      rules:", "      read: xml\n      rules:"),
    "the acceptance": ("unit: firma", "unit: firma\naccept: all"),
    "another connection": ("gram_api", "gram_other"),
    "another agenda": ("agendas:\n", "agendas:\n  contacts:\n    to_crm: {}\n"),
}


@pytest.mark.parametrize(("old", "new"), MATTERS.values(), ids=list(MATTERS))
def test_the_print_changes_with_what_decides(folder: Folder, old: str, new: str) -> None:
    assert LINK.count(old) == 1
    assert _flow(folder, LINK.replace(old, new)).print != _flow(folder).print


@pytest.mark.parametrize(("old", "new"), IRRELEVANT.values(), ids=list(IRRELEVANT))
def test_the_print_stays_with_what_does_not(folder: Folder, old: str, new: str) -> None:
    assert LINK.count(old) == 1
    assert _flow(folder, LINK.replace(old, new)).print == _flow(folder).print


def test_the_print_depends_on_the_country_and_on_the_crms_limits(folder: Folder) -> None:
    before = _flow(folder)
    client = before.crm.entities["Client"]
    fields = {**client.fields, "Note": client.fields["Note"].model_copy(update={"length": 500})}
    entities = {**before.crm.entities, "Client": client.model_copy(update={"fields": fields})}
    shorter = before.crm.model_copy(update={"entities": entities})
    limited = Flow(before.link, before.unit, shorter, before.agenda, "to_crm", before.settings)
    folder.unit(UNIT.replace("country: SK", "country: CZ"))
    assert len({before.print, limited.print, _flow(folder).print}) == 3


@pytest.mark.parametrize("way", ["mdb", "files", "sql", "xml"])
def test_what_is_written_is_not_read_from_a_copy(folder: Folder, way: str) -> None:
    folder.unit(UNIT.replace("2026: {", "2026: {mdb: a, files: b, ") + f"read: {way}\n")
    folder.link(LINK + "    to_pohoda: {}\n")
    found = folder.opened()
    assert found.broken == {}
    assert found.flow("gram", "clients", "to_crm").read == way
    assert found.flow("gram", "clients", "to_pohoda").read == {"sql": "sql"}.get(way, "xml")
