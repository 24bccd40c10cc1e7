"""Who becomes a company and who a contact of eWay-CRM, how names are split and joined, and whom contacts belong to."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.both import WAYS, Both
from tests.bothways import fields

OWN = r"\s*(?<Prefix>[^\s]*\.{1})?\s*(?<LastName>[^\s]*),\s*(?<FirstName>[^\s]*)\s*(?<Suffix>[^\s]*)?\s*"
PERSONS = {agenda: {way: {"settings": {"persons": True}} for way in WAYS} for agenda in ("clients", "contacts")}
NAMES = ("PrefixEn", "FirstName", "LastName", "SuffixEn")


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open("eway", tmp_path, monkeypatch) as opened:
        yield opened


def settled(both: Both) -> None:
    """Three rounds more write nothing on either side."""
    before = both.crm.writes(), both.cards()
    for _ in range(3):
        both.round()
    assert before == (both.crm.writes(), both.cards())


def contact(both: Both) -> dict[str, Any]:
    (found,) = both.records("contacts")
    return fields.item(both, found["ItemGUID"], "Contacts")


def test_the_name_on_the_card_and_the_contact_persons_belong_to_the_company(both: Both) -> None:
    number = fields.put(both, "AD", Firma="Alfa s.r.o.", Jmeno="Jan Novák")
    fields.put(both, "AD", Jmeno="Eva Malá", RefAD=number)
    both.round()
    (company,) = both.records()
    people = both.records("contacts")
    assert sorted(one["LastName"] for one in people) == ["Malá", "Novák"]
    for one in people:
        (relation,) = [found for found in one["Relations"] if found["RelationType"] == "COMPANY"]
        assert relation["ForeignItemGUID"] == one["Companies_CompanyGuid"] == company["ItemGUID"]
    settled(both)


def test_a_card_with_only_a_name_is_a_contact_alone(both: Both) -> None:
    number = fields.put(both, "AD", Jmeno="Jan Novák", Tel="+421 1")
    both.round()
    assert both.records() == []
    assert contact(both)["Companies_CompanyGuid"] is None
    both.edit(contact(both)["ItemGUID"], "contacts", phone="+421 2", last_name="Malý")
    both.round()
    assert (both.card(number)["Jmeno"], both.card(number)["Tel"]) == ("Jan Malý", "+421 2")
    settled(both)


def test_a_card_with_only_a_name_is_a_company_too_by_setting(both: Both) -> None:
    both.link(PERSONS)
    number = fields.put(both, "AD", Jmeno="Ing. Jan Novák")
    both.round()
    (company,) = both.records()
    assert company["CompanyName"] == "Ing. Jan Novák"
    assert (contact(both)["LastName"], contact(both)["Companies_CompanyGuid"]) == ("Novák", company["ItemGUID"])
    both.edit(company["id"], name="Ing. Jan Malý")
    both.round()
    card = both.card(number)
    assert (card["Firma"], card["Jmeno"], contact(both)["LastName"]) == (None, "Ing. Jan Malý", "Malý")
    settled(both)


@pytest.mark.parametrize("persons", [False, True])
@pytest.mark.parametrize("belongs", [False, True])
def test_a_contact_never_becomes_a_company(both: Both, persons: bool, belongs: bool) -> None:
    both.link(PERSONS if persons else {})
    number = fields.put(both, "AD", Firma="Alfa s.r.o.")
    both.round()
    (company,) = both.records()
    parent = {"client": company["id"]} if belongs else {}
    both.add("contacts", **parent, first_name="Eva", last_name="Malá", email="eva@a.example")
    for _ in range(3):
        both.round()
    people = [card for card in both.cards() if card["Jmeno"]]
    assert [(card["Firma"], card["Jmeno"], card["RefAD"]) for card in people] == [
        (None, "Eva Malá", number if belongs else None)
    ]
    assert [one["CompanyName"] for one in both.records()] == ["Alfa s.r.o."]
    assert contact(both)["Companies_CompanyGuid"] == (company["ItemGUID"] if belongs else None)
    settled(both)


@pytest.mark.parametrize(
    ("setting", "name", "parts", "changed", "back"),
    [
        ("strict", "Ing. Jan Lalinský MBA.", ["Ing.", "Jan", "Lalinský", "MBA."], "Ján", "Ing. Ján Lalinský MBA."),
        ("strict", "prof. Ing. Jan Sás, CSc.", ["prof.", "Ing.", "Jan", "Sás, CSc."], "Bc.",
         "prof. Bc. Jan Sás, CSc."),
        ("titles", "prof. Ing. Jan Sás, CSc.", ["prof. Ing.", "Jan", "Sás", "CSc."], "Ján",
         "prof. Ing. Ján Sás CSc."),
        ("titles", "Anna Marie Nováková", [None, "Anna Marie", "Nováková", None], "Jana", "Jana Nováková"),
        (OWN, "Ing. Novák, Jan CSc.", ["Ing.", "Jan", "Novák", "CSc."], "Ján", "Ing. Novák, Ján CSc."),
    ],
)  # fmt: skip
def test_a_name_is_split_by_the_link_and_joined_again(
    both: Both, setting: str, name: str, parts: list[str | None], changed: str, back: str
) -> None:
    both.link(contact_names=setting)
    company = fields.put(both, "AD", Firma="Alfa s.r.o.")
    number = fields.put(both, "AD", Jmeno=name, RefAD=company)
    both.round()
    assert [contact(both)[member] for member in NAMES] == parts
    both.edit(contact(both)["ItemGUID"], "contacts", first_name=changed)
    both.round()
    assert both.card(number)["Jmeno"] == back
    assert [contact(both)[member] for member in NAMES] == [parts[0], changed, *parts[2:]]
    settled(both)


@pytest.mark.parametrize("name", ["Ing.  Jan   Novák", "Ing.Jan Novák"])
def test_a_name_is_not_written_back_when_only_its_spaces_would_differ(both: Both, name: str) -> None:
    company = fields.put(both, "AD", Firma="Alfa s.r.o.")
    number = fields.put(both, "AD", Jmeno=name, RefAD=company)
    both.round()
    guid = contact(both)["ItemGUID"]
    both.edit(guid, "contacts", first_name="Jan ", email="jan@a.example")
    both.round()
    assert (both.card(number)["Jmeno"], both.card(number)["Email"]) == (name, "jan@a.example")
    both.edit(guid, "contacts", first_name=" Jan")
    both.round()
    assert both.card(number)["Jmeno"] == name
    settled(both)


@pytest.mark.parametrize("allowed", [True, False])
def test_a_title_that_eway_lacks_is_added_when_it_may_be(
    both: Both, monkeypatch: pytest.MonkeyPatch, allowed: bool
) -> None:
    if not allowed:
        told = json.loads(os.environ["AIRFLOW_CONN_EWAY_API"])
        told["extra"] = {**(told.get("extra") or {}), "create_values": False}
        monkeypatch.setenv("AIRFLOW_CONN_EWAY_API", json.dumps(told))
    company = fields.put(both, "AD", Firma="Alfa s.r.o.")
    number = fields.put(both, "AD", Jmeno="PharmDr. Jan Novák", RefAD=company)
    both.round()
    assert contact(both)["PrefixEn"] == ("PharmDr." if allowed else None)
    settled(both)
    assert both.card(number)["Jmeno"] == "PharmDr. Jan Novák"
    both.edit(contact(both)["ItemGUID"], "contacts", first_name="Ján")
    both.round()
    assert both.card(number)["Jmeno"] == "PharmDr. Ján Novák"
