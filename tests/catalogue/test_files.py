"""Files that are no settings at all: broken, empty, of another encoding or another name."""

import pytest

from pohoda_bridge.errors import SettingsError

from .conftest import LINK, UNIT, Folder


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "the file is empty or no mapping; begin with `link:`"),
        ("# only a comment\n", 1, "the file is empty or no mapping"),
        ("- a\n- b\n", 1, "no mapping"),
        ("link", 1, "no mapping"),
        (LINK.replace("unit: firma", "unit: {firma"), 3, "no valid YAML"),
        (LINK.replace("  clients:", "\tclients:"), 5, "no valid YAML"),
        (LINK.replace("unit: firma", "unit: firma\nunit: druha"), 3, 'no valid YAML: found duplicate key "unit"'),
        (LINK.replace("      master:", "      rules: []\n      master:"), 12, 'duplicate key "rules"'),
        (LINK.replace("phone: crm", "phone: crm, phone: pohoda"), 12, 'duplicate key "phone"'),
        (LINK.replace("unit: firma", "unit: *firma"), 2, "no valid YAML"),
        (LINK.replace("unit: firma", "unit: firma\x00"), 1, "cannot be read"),
        (LINK.replace("unit: firma", "unit: firma # žlutý kůň").encode("cp1250"), 2, "the file is not in UTF-8"),
        (LINK.encode("utf-16"), 1, "the file is not in UTF-8"),
        (LINK + "---\n" + LINK, 14, "no valid YAML"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(folder: Folder, text: str | bytes, line: int, told: str) -> None:
    refusal = folder.refusal(text)
    assert refusal.startswith(f"gram.yaml:{line}: ")
    assert told in refusal


def test_a_byte_order_mark_does_no_harm(folder: Folder) -> None:
    folder.link(b"\xef\xbb\xbf" + LINK.encode())
    assert folder.opened().broken == {}


def test_norway_is_no_flag(folder: Folder) -> None:
    folder.link(LINK.replace("[SK, CZ]", "[NO]"))
    (rule,) = folder.opened().links["gram"].agendas["clients"].to_crm.rules  # type: ignore[union-attr]
    assert rule.in_ == ("NO",)


def test_a_link_of_another_name_than_its_file(folder: Folder) -> None:
    assert folder.refusal(LINK.replace("link: gram", "link: other")) == (
        "gram.yaml:1: `link: other` must equal the file's name 'gram'"
    )


def test_one_broken_link_does_not_hide_another(folder: Folder) -> None:
    folder.link(LINK)
    folder.link("link: [", "broken")
    found = folder.opened()
    assert (list(found.links), list(found.broken)) == (["gram"], ["broken"])
    with pytest.raises(SettingsError, match=r"broken\.yaml:"):
        found.flows("broken")


def test_an_unknown_link_or_flow_is_refused_with_the_known_ones(folder: Folder) -> None:
    folder.link(LINK)
    found = folder.opened()
    with pytest.raises(SettingsError, match=r"there is no link 'grm' \(did you mean 'gram'\?\); links: gram"):
        found.flows("grm")
    with pytest.raises(SettingsError, match="link gram does not carry addresses to_crm"):
        found.flow("gram", "addresses", "to_crm")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('ico: "12345678"', "ico: 12345678", "firma.yaml:2: ico"),
        ('ico: "12345678"', 'ico: "SK123"', "firma.yaml:2: ico"),
        ("country: SK", "country: PL", "firma.yaml:3: country"),
        ("Europe/Bratislava", "Europe/Bratislve", "firma.yaml:4: timezone: unknown time zone Europe/Bratislve"),
        ("edition: sql", "edition: oracle", "firma.yaml:5: edition"),
        ("years:\n  2026: {sql: pohoda_sql_2026, mserver: pohoda_mserver_2026}", "years: {}", "firma.yaml:6: years"),
        ("2026: {sql: ", "this: {sql: ", "firma.yaml:7: years.this"),
        ("mserver: pohoda", "server: pohoda", "firma.yaml:7: unknown key 'server' (did you mean 'mserver'?)"),
        ("edition: sql\n", "", "firma.yaml:1: `edition` is missing"),
    ],
)  # fmt: skip
def test_a_faulty_unit(folder: Folder, old: str, new: str, told: str) -> None:
    assert old in UNIT
    folder.unit(UNIT.replace(old, new))
    folder.link(LINK)
    assert told in folder.opened().broken["gram"]
