"""Whatever is wrong in a link file is refused at load, on its line, with the nearest known name."""

from collections.abc import Callable

import pytest

from pohoda_bridge.catalogue.check import checked
from pohoda_bridge.errors import SettingsError

from .conftest import LINK, UNIT, Folder

Changed = Callable[[str, str], str]


def test_the_unchanged_link_is_taken(folder: Folder) -> None:
    folder.link(LINK)
    assert (folder.opened().broken, list(folder.opened().links)) == ({}, ["gram"])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("unit: firma", "unitt: firma", "gram.yaml:2: unknown key 'unitt' (did you mean 'unit'?)"),
        ("connection:", "conection:", "gram.yaml:3: unknown key 'conection' (did you mean 'connection'?)"),
        ("to_crm:", "to_crn:", "gram.yaml:6: unknown key 'to_crn' (did you mean 'to_crm'?)"),
        ("schedule:", "shedule:", "gram.yaml:7: unknown key 'shedule' (did you mean 'schedule'?)"),
        (", in:", ", inn:", "gram.yaml:9: unknown key 'inn' (did you mean 'in'?)"),
        ("on_create_only", "on_create", "gram.yaml:11: unknown key 'on_create' (did you mean 'on_create_only'?)"),
    ],
)  # fmt: skip
def test_an_unknown_key_at_each_depth(changed: Changed, old: str, new: str, told: str) -> None:
    assert told in changed(old, new).splitlines()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("unit: firma", "unit: firmy", "gram.yaml:2: unknown unit 'firmy' (did you mean 'firma'?)"),
        ("kind: gram", "kind: gramm", "gram.yaml:3: unknown CRM 'gramm' (did you mean 'gram'?)"),
        ("  clients:", "  client:", "gram.yaml:5: unknown agenda 'client' (did you mean 'clients'?)"),
        ("field: country", "field: contry", "gram.yaml:9: unknown name 'contry' (did you mean 'country'?)"),
        ("Note:", "Noted:", "gram.yaml:11: unknown name 'Noted' (did you mean 'Note'?)"),
        ("phone: crm", "phon: crm", "gram.yaml:12: unknown name 'phon' (did you mean 'phone'?)"),
        ("persons:", "person:", "gram.yaml:13: unknown name 'person' (did you mean 'persons'?)"),
        ("Note: {on_create_only: true}", "cRegion: {from: regionn}",
         "gram.yaml:11: unknown name 'regionn' (did you mean 'region'?)"),
    ],
)  # fmt: skip
def test_an_unknown_name_of_each_kind(changed: Changed, old: str, new: str, told: str) -> None:
    assert changed(old, new) == told


@pytest.mark.parametrize(
    ("unit", "link", "told"),
    [
        ("read: mdb", "", "gram.yaml:2: unit firma: year 2026 has no `mdb` connection, needed to read by mdb"),
        ("read: sql", "read: mdb", "gram.yaml:7: unit firma: year 2026 has no `mdb` connection, needed to read by mdb"),
        ("read: mdb", "read: sql", None),
        ("read: files", "enabled: false", None),
    ],
)
def test_a_way_of_reading_has_its_connection(folder: Folder, unit: str, link: str, told: str | None) -> None:
    folder.unit(UNIT + f"{unit}\n")
    folder.link(LINK.replace("    to_crm:\n", f"    to_crm:\n      {link}\n" if link else "    to_crm:\n"))
    assert folder.opened().broken.get("gram") == told


def test_a_name_in_a_nested_rule_is_found_on_its_own_line(changed: Changed) -> None:
    nested = "- any:\n            - {field: city, equals: Nitra}\n            - not: {field: citty, equals: Nitra}"
    assert changed("- {field: country, in: [SK, CZ]}", nested) == (
        "gram.yaml:11: unknown name 'citty' (did you mean 'city'?)"
    )


def test_a_name_far_from_every_known_one_gets_no_guess(changed: Changed) -> None:
    assert changed("phone: crm", "qwertz: crm") == "gram.yaml:12: unknown name 'qwertz'"


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("link: gram", "link: Gram CRM", 1, "link"),
        ("unit: firma", "unit: [firma]", 2, "valid string"),
        ("crm: {kind: gram, connection: gram_api}", "crm: gram", 3, "crm"),
        ("crm: {kind: gram, connection: gram_api}", "crm: {kind: gram}", 3, "`crm.connection` is missing"),
        ("unit: firma", "unit: firma\naccept: everything", 3, "accept"),
        ("unit: firma", "unit: firma\ndefault_master: both", 3, "default_master"),
        ("phone: crm", "phone: nobody", 12, "master.phone"),
        ('schedule: "*/15 * * * *"', "read: mdb", 7, "read"),
        ("settings: {persons: true}", 'settings: {persons: "yes"}', 13, "a value like `False` is needed, got 'yes'"),
        ("settings: {persons: true}", "settings: {persons: 1}", 13, "a value like `False` is needed, got 1"),
        ("Note: {on_create_only: true}", "cRegion: {on_create_only: true}", 11, "say `from:` which field"),
        ("Note: {on_create_only: true}", "WonDealsValue: {from: credit}", 11, "works WonDealsValue out by itself"),
        ("Note: {on_create_only: true}", "Name: {drop: true}", 11, "takes no record without Name"),
        ("Note: {on_create_only: true}", "cRegion: {from: note}", 11, "note goes to Note already"),
        ("Note: {on_create_only: true}", "cA: {from: region}\n        cB: {from: region}", 12,
         "region goes to cA already"),
    ],
)  # fmt: skip
def test_an_impossible_value(changed: Changed, old: str, new: str, line: int, told: str) -> None:
    text = changed(old, new)
    assert text.startswith(f"gram.yaml:{line}: ")
    assert told in text


@pytest.mark.parametrize(
    "cron", ["", "hourly", "@daily", "* * * *", "* * * * * *", "60 * * * *", "0 24 * * *", "0 0 31 2 *", "*/0 * * * *"]
)
def test_a_schedule_that_never_fires(changed: Changed, cron: str) -> None:
    assert changed('"*/15 * * * *"', f'"{cron}"').startswith("gram.yaml:7: agendas.clients.to_crm.schedule: no cron")


@pytest.mark.parametrize("cron", ["0 8 * * mon-fri", "5,35 6-20 1 * *", "0 0 29 2 *", "0 0 * jan sun"])
def test_a_schedule_that_fires(folder: Folder, cron: str) -> None:
    folder.link(LINK.replace("*/15 * * * *", cron))
    assert folder.opened().broken == {}


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("{field: name, above: 5}", "name: `above` asks nothing of a derived field"),
        ("{field: company, above: 5}", "company: `above` asks nothing of a text field"),
        ("{field: due_days, contains: '1'}", "due_days: `contains` asks nothing of a integer field"),
        ("{field: p1, starts_with: t}", "p1: `starts_with` asks nothing of a boolean field"),
        ("{field: city, since: 2025-01-01}", "city: `since` asks nothing of a text field"),
        ("{field: ico, equals: 12345678}", "ico: 12345678 is no value of a text field"),
        ("{field: p1, equals: 'true'}", "p1: 'true' is no value of a boolean field"),
        ("{field: due_days, in: [14, true]}", "due_days: True is no value of a integer field"),
    ],
)  # fmt: skip
def test_a_rule_that_no_value_of_its_field_can_answer(changed: Changed, rule: str, told: str) -> None:
    assert changed("{field: country, in: [SK, CZ]}", rule) == f"gram.yaml:9: {told}"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("{field: country}", 9),
        ("{in: [SK]}", 9),
        ("{field: country, in: [SK], equals: SK}", 9),
        ("{any: [{field: country, equals: SK}], field: country, empty: true}", 9),
        ("{field: due_days, above: much}", 9),
        ("{field: country, empty: perhaps}", 9),
        ("{not: []}", 9),
    ],
)  # fmt: skip
def test_a_rule_without_exactly_one_condition(changed: Changed, rule: str, line: int) -> None:
    assert changed("{field: country, in: [SK, CZ]}", rule).startswith(f"gram.yaml:{line}: ")


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("(?<LastName>.*", "no valid expression"),
        ("(?<First>.*)", "unknown group First"),
        ("(?<FirstName>.*)", "the group LastName is missing"),
        ("titels", "neither a profile (strict, titles) nor an expression"),
        (r"^(?<LastName>(a|aa)+)$", "takes more than 1 s"),
    ],
)  # fmt: skip
def test_a_faulty_expression_for_names(changed: Changed, expression: str, told: str) -> None:
    text = changed("unit: firma", f"unit: firma\ncontact_names: '{expression}'")
    assert text.startswith("gram.yaml:3: contact_names: ")
    assert told in text


BACK = "    to_pohoda: {%s}\n"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("deletions: mark", "POHODA has no place for a mark; take `keep` or `propagate`"),
        ("deletions: drop", "agendas.clients.to_pohoda.deletions: "),
        ("master: {phone: pohoda}", "phone: `to_crm` names crm as its master"),
    ],
)
def test_a_deletion_or_a_master_that_the_way_back_cannot_have(folder: Folder, settings: str, told: str) -> None:
    assert folder.refusal(LINK + BACK % settings).startswith(f"gram.yaml:14: {told}")


def test_a_mark_needs_its_place_in_the_crm(changed: Changed) -> None:
    marked = "  addresses:\n    to_crm:\n      deletions: mark\n  clients:"
    told = changed("  clients:", marked)
    assert told.startswith("gram.yaml:7: ")
    assert "has no place for a mark in addresses" in told


def test_pohoda_deletes_only_what_its_agenda_lets_go(folder: Folder) -> None:
    text = LINK + BACK % "deletions: propagate"
    folder.link(text)
    assert folder.opened().broken == {}
    of = folder.opened()
    write = of.agendas["clients"].write
    assert write is not None
    kept = of.agendas["clients"].model_copy(update={"write": write.model_copy(update={"actions": ("create",)})})
    with pytest.raises(SettingsError, match=r"gram\.yaml:14: POHODA lets nobody delete its clients"):
        checked(folder.path / "links/gram.yaml", of.links["gram"], {"clients": kept}, of.crms, of.units, {})


@pytest.mark.parametrize("deletions", ["keep", "mark", "propagate"])
def test_a_deletion_that_the_crm_can_take(folder: Folder, deletions: str) -> None:
    folder.link(LINK + f"      deletions: {deletions}\n" + BACK % "master: {phone: crm, note: pohoda}")
    assert folder.opened().broken == {}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('maintenance: "30 25 * * *"', "maintenance: no cron expression that ever fires"),
        ("keep_days: 0", "keep_days: "),
        ("keep_days: long", "keep_days: "),
    ],
)
def test_maintenance_that_cannot_be(changed: Changed, line: str, told: str) -> None:
    assert changed("unit: firma", f"unit: firma\n{line}").startswith(f"gram.yaml:3: {told}")


def test_maintenance_is_nightly_unless_the_link_says_otherwise(folder: Folder) -> None:
    folder.link(LINK)
    assert (folder.opened().links["gram"].maintenance, folder.opened().links["gram"].keep_days) == ("30 2 * * *", 400)
    folder.link(LINK + "maintenance: null\n")
    assert folder.opened().links["gram"].maintenance is None


def test_every_fault_of_a_file_is_told_at_once(folder: Folder) -> None:
    text = LINK.replace("phone: crm", "phon: crm").replace("persons", "perzons").replace("unit: firma", "unit: firmy")
    assert [line.split(": ")[0] for line in folder.refusal(text).splitlines()] == [
        "gram.yaml:2", "gram.yaml:12", "gram.yaml:13",
    ]  # fmt: skip


def test_a_disabled_direction_is_not_held_against_the_crm(folder: Folder) -> None:
    folder.link(LINK + "    to_pohoda: {enabled: false}\n")
    assert folder.opened().links["gram"].enabled() == [("clients", "to_crm")]


def test_a_broken_unit_breaks_its_links_and_no_other(folder: Folder) -> None:
    folder.unit(UNIT.replace("unit: firma", "unit: druha").replace("country: SK", "country: DE"), "druha")
    folder.link(LINK)
    folder.link(LINK.replace("link: gram", "link: second").replace("unit: firma", "unit: druha"), "second")
    found = folder.opened()
    assert list(found.links) == ["gram"]
    assert found.broken["second"].startswith("second.yaml:2: unit druha is broken: druha.yaml:3: country")


@pytest.mark.parametrize(("kind", "agenda", "wire"), [("eway", "offers", "TypeEn"), ("gram", "addresses", "Kind")])
def test_a_constant_takes_no_place_of_the_crms_own(folder: Folder, kind: str, agenda: str, wire: str) -> None:
    """By it the CRM's records of the agenda are told from others: with another value none was one any more."""
    link = (
        f"link: gram\nunit: firma\ncrm: {{kind: {kind}, connection: x}}\n"
        f"agendas:\n  {agenda}:\n    to_crm:\n      constants: {{{wire}: Other}}\n"
    )
    assert folder.refusal(link) == f"gram.yaml:7: every record of {agenda} has a {wire} of its own already"
