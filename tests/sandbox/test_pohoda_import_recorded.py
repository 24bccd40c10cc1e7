"""Documents of real programs and the project's examples are taken as they are; answers have the recorded form."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from pohoda_sandbox.company import fill
from pohoda_sandbox.pohoda import Pohoda
from tests.sandbox.pohoda_desk import (
    EXAMPLES,
    NO_SAMPLES,
    NO_XSD,
    NS,
    SAMPLES,
    XSD,
    Answered,
    Clock,
    Desk,
    stored,
    valid,
)

VERSION_DIFFERENCES = {
    "responsePack/@ico": "answers name the unit since about version 11800; two recordings are of 9601 and 9902",
    "responsePack/@key": "the key of the unit came after 11900 (2018)",
    "responsePack/@note": "9601 and 9902 left the note of the pack empty, 11900 repeats it",
    "responsePack/@programVersion": "the version itself",
    "producedDetails/actionType": "came between 9902 (2011) and 11900 (2018)",
    "producedDetails/itemDetails": "the parts of a record are reported since it has parts with external ids",
    "detail/XPath": "newer versions begin with a slash and count every step but the last",
}


@pytest.fixture(params=["own", "official"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    if request.param == "official" and not XSD:
        pytest.skip(NO_XSD)
    pohoda = Pohoda.create(tmp_path / "unit.db", clock=Clock())
    return Desk(pohoda, official=request.param == "official")


def preload(pohoda: Pohoda, *, first: int) -> None:
    """What the recorded requests refer to; the next address gets the id `first`."""
    pohoda.insert("sSTR", IDS="BRNO", SText="Brno")
    pohoda.insert("sCIN", IDS="NÁBYTEK", SText="Nábytek")
    pohoda.insert("sZAK", Cislo="23Zak00002", SText="Zakázka")
    pohoda.insert("SkCeny", IDS="Prodejní", SText="Prodejní")
    pohoda.delete("AD", pohoda.insert("AD", ID=first - 1, Firma="Dočasná"))


def tree(element: Any, parent: str = "") -> Any:
    """Name, attributes, text and children, without the version differences."""
    name = etree.QName(element).localname
    attributes = {key: value for key, value in element.attrib.items() if f"{name}/@{key}" not in VERSION_DIFFERENCES}
    inside = [
        tree(child, name) for child in element if f"{name}/{etree.QName(child).localname}" not in VERSION_DIFFERENCES
    ]
    return element.tag, attributes, (element.text or "").strip(), inside


def exchanged(desk: Desk, request: str, answer: str) -> Any:
    """Posts a recorded request and holds the answer against the recorded one."""
    folder = Path(str(SAMPLES))
    given = etree.fromstring(desk.unit.answer((folder / request).read_bytes()))
    valid(given)
    assert tree(given) == tree(etree.parse(folder / answer).getroot())
    return given


@pytest.mark.skipif(not SAMPLES, reason=NO_SAMPLES)
def test_two_addresses_are_added_as_recorded(desk: Desk) -> None:
    preload(desk.pohoda, first=37)
    given = exchanged(desk, "req_addressbook_add_two.xml", "resp_addressbook_add_two_ok.xml")
    assert given.find(".//rdc:importDetails", NS) is None
    company, person = desk.row(37), desk.row(38)
    assert (company["Firma"], company["CisloZAK"], company["CenyIDS"]) == ("IMEC s.r.o.", "23Zak00002", "Prodejní")
    assert desk.row(company["RefStr"], "sSTR")["IDS"] == "BRNO"
    assert (person["RefAD"], person["Fax"], person["P1"], company["P1"]) == (37, None, 0, 1)
    assert [row["Obec2"] for row in desk.deliveries(37)] == ["Třebíč"]
    assert (company["Ucet"], company["KodBanky"]) == ("202200000", "0800")


@pytest.mark.skipif(not SAMPLES, reason=NO_SAMPLES)
def test_the_guard_refuses_as_recorded(desk: Desk) -> None:
    preload(desk.pohoda, first=5)
    folder = Path(str(SAMPLES))
    [first] = desk.post((folder / "req_addressbook_add_with_filter.xml").read_bytes())
    assert stored(first)
    given = exchanged(desk, "req_addressbook_add_with_filter.xml", "resp_addressbook_duplicate_error109.xml")
    old = etree.parse(folder / "resp_addressbook_duplicate_error109.xml").findtext(".//rdc:XPath", namespaces=NS)
    new = given.findtext(".//rdc:XPath", namespaces=NS)
    assert new == f"/{old}".replace("addressbook/", "addressbook[1]/").replace("actionType/", "actionType[1]/")
    assert desk.count() == 1


@pytest.mark.skipif(not SAMPLES, reason=NO_SAMPLES)
def test_an_update_by_company_changes_one_field_as_recorded(desk: Desk) -> None:
    known = desk.pohoda.insert("AD", ID=15, Firma="STORMWARE s.r.o.", Tel="567 112 612")
    before = desk.row(known)
    given = exchanged(desk, "req_addressbook_update_gdpr.xml", "resp_addressbook_update_ok.xml")
    assert given.findtext(".//rdc:actionType", namespaces=NS) == "update"
    changed = {name for name, value in desk.row(known).items() if value != before[name]}
    assert changed - {"DatSave"} == {"Pozn"}


def test_every_version_difference_is_a_difference(desk: Desk) -> None:
    if not SAMPLES:
        pytest.skip(NO_SAMPLES)
    preload(desk.pohoda, first=37)
    desk.pohoda.insert("AD", ID=15, Firma="STORMWARE s.r.o.")
    folder = Path(str(SAMPLES))
    given = [
        etree.fromstring(desk.unit.answer((folder / f"req_addressbook_{name}.xml").read_bytes()))
        for name in ("add_two", "add_with_filter", "add_with_filter")
    ]
    there = {
        f"{etree.QName(element).localname}/{part}"
        for root in given
        for element in root.iter()
        for part in (*(f"@{name}" for name in element.attrib), *(etree.QName(child).localname for child in element))
    }
    assert set(VERSION_DIFFERENCES) <= there


def example(desk: Desk, name: str) -> Answered:
    [answer] = desk.post((EXAMPLES / f"import_addressbook_{name}.xml").read_bytes())
    return answer


def test_the_examples_of_one_customers_life_are_taken_and_seen(desk: Desk) -> None:
    fill(desk.pohoda, size=0)
    added = example(desk, "full_add_with_duplicate_guard")
    assert stored(added)
    assert {detail.about for detail in added.details} == {"adb:creditMax", "typ:parameter"}
    assert added.parts == [
        ("shipToAddress", "add", "C-1001-S1"),
        ("shipToAddress", "add", "C-1001-S2"),
        ("accountItem", "add", ""),
    ]
    assert example(desk, "full_add_with_duplicate_guard").details[-1].errno == "109"
    upserted = example(desk, "upsert_by_extid")
    assert (upserted.id, upserted.action) == (added.id, "update")
    assert len(desk.deliveries(added.id)) == 4
    person = example(desk, "contact_person")
    assert desk.row(person.id)["RefAD"] == added.id
    minimal = example(desk, "minimal")
    assert stored(minimal)
    listed = {header.findtext("adb:id", namespaces=NS): header for header in desk.listed()}
    assert set(listed) == {str(answer.id) for answer in (added, person, minimal)}
    assert listed[str(added.id)].findtext("adb:contract/typ:ids", namespaces=NS) == "26Zak00001"
    assert listed[str(person.id)].findtext("adb:function", namespaces=NS) == "Vedoucí nákupu"


def test_the_examples_of_changes_are_taken_and_seen(desk: Desk) -> None:
    desk.pohoda.insert("AD", ID=25, Firma="Alfa")
    for id, street in ((3, "Stará 1"), (4, "Zrušená 2")):
        desk.pohoda.insert("ADdodaci", ID=id, RefAg=25, Ulice2=street, Obec2="Brno")
    changed = example(desk, "shipto_update_add_delete")
    assert [kind for _, kind, _ in changed.parts] == ["update", "delete", "add"]
    assert [(row["ID"], row["Ulice2"], row["Obec2"]) for row in desk.deliveries(25)] == [
        (3, "Nová 7", "Brno"),
        (5, None, "Olomouc"),
    ]
    assert example(desk, "update_one_field").id == 25
    assert (desk.row(25)["Email"], desk.row(25)["Firma"]) == ("new@alfa.example", "Alfa")
    assert example(desk, "delete").action == "delete"
    assert desk.listed() == []
    assert example(desk, "delete").id == 0
