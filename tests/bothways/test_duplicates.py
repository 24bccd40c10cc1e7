"""The checks for duplicates of either side: what becomes of a second one of an IČO, a DIČ or an e-mail address.

eWay-CRM checks by itself when its administrator says so. Gram and POHODA check nothing; the bridge does it for them.
"""

from collections import Counter
from typing import Any

import pytest

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.ledger import waiting
from tests.both import Both
from tests.bothways.test_matching import both_ways, bound, clients, companies
from tests.cli.conftest import Command

JUDGED = True

ICO, OTHER, VAT = "87654326", "36396567", "SK2020317068"
CHECKS = {"ico": "1", "dic": "2", "off": "0"}
NUMBERS = {"gram": {"DIC": "2020317068"}, "eway": {"ICDPH": VAT}}
"""What POHODA has of the number that each CRM keeps as its DIČ."""


def checked(both: Both, crm_check: str = "off", **duplicates: Any) -> None:
    """The link's settings; eWay-CRM's own check is as they say."""
    both.link(duplicates={"crm_check": crm_check, **duplicates})
    if both.kind == "eway":
        both.crm.set("CompanyDuplicityCheckEnabled", CHECKS[crm_check])
        both.crm.set("ContactDuplicityCheckEnabled", "0" if crm_check == "off" else "1")


def refused(both: Both, agenda: str = "clients", way: str = "to_crm") -> dict[str, list[str]]:
    with both.job(agenda, way) as job, job.ledger.transaction() as ledger:
        rows = waiting.quarantined(ledger, job.scope)
    return {row["technical"]: [reason["rule"] for reason in row["reasons"]] for row in rows}


def to_pohoda_twice(both: Both) -> str:
    """A second client of the CRM with the IČO of Beta, and one that is nobody's double."""
    if both.kind == "eway":  # its own check is put on after they were made, or was off
        both.crm.set("CompanyDuplicityCheckEnabled", "0")
    twin = both.add(name="Filiálka", ico=OTHER, zip="01001")
    both.add(name="Obchod")
    return twin


@pytest.mark.parametrize("pohoda_check", [False, True])
@pytest.mark.parametrize("crm_check", ["off", "ico", "dic"])
def test_the_four_modes(both: Both, crm_check: str, pohoda_check: bool) -> None:
    """Off: branches go both ways. On: the second one is refused by the side that checks; all others go."""
    checked(both, crm_check, pohoda_check=pohoda_check)
    numbers = {"ICO": ICO, **NUMBERS[both.kind]}
    both.company(Firma="Alfa", **numbers)
    both.company(Firma="Beta", ICO=OTHER)
    both_ways(both)
    both.company(Firma="Pobočka", PSC="81101", **numbers)
    both.company(Firma="Predaj")
    second = "quarantined" if crm_check != "off" else "created"
    counts = both.sync("clients", "to_crm")
    assert counts[second] == (1 if crm_check != "off" else 2)
    assert refused(both) == ({"2026/AD/3": ["duplicate"]} if crm_check != "off" else {})
    twin = to_pohoda_twice(both)
    counts = both.sync("clients", "to_pohoda")
    assert counts["created"] == (1 if pohoda_check else 2)
    assert refused(both, way="to_pohoda") == ({twin: ["duplicate"]} if pohoda_check else {})
    made = ["Alfa", "Beta", "Obchod", "Pobočka", "Predaj"]
    assert companies(both) == sorted([*made, *(() if pohoda_check else ("Filiálka",))])
    assert clients(both) == sorted(
        [*made, "Filiálka"] if crm_check == "off" else [*set(made) - {"Pobočka"}, "Filiálka"]
    )


def test_two_of_one_run_are_duplicates_of_each_other(both: Both) -> None:
    checked(both, "ico", pohoda_check=True)
    for number in range(3):
        both.company(Firma=f"Alfa {number}", ICO=ICO, PSC=f"8110{number}")
    assert both.sync() == {"created": 1, "quarantined": 2}
    assert len(both.records()) == 1
    assert set(refused(both)) == {"2026/AD/2", "2026/AD/3"}


def test_a_change_that_would_make_a_duplicate_is_refused_too(both: Both) -> None:
    checked(both, "ico", pohoda_check=True)
    both.company(Firma="Alfa", ICO=ICO)
    both.company(Firma="Beta", ICO="12345679")
    both_ways(both)
    both_ways(both)
    both.pohoda.edit("AD", 2, ICO=ICO, Tel="+421 2")
    assert both.sync()["quarantined"] == 1
    assert refused(both) == {"2026/AD/2": ["duplicate"]}
    assert sorted(both.value(r["id"], "ico") for r in both.records()) == ["12345679", ICO]
    both.pohoda.edit("AD", 2, ICO="12345679")
    both.sync()
    assert refused(both) == {}
    assert {both.value(r["id"], "phone") for r in both.records()} >= {"+421 2"}


def test_a_duplicate_goes_by_itself_when_the_other_one_is_gone(both: Both) -> None:
    checked(both, "ico", merge_by_ico=False)
    both.company(Firma="Alfa", ICO=ICO)
    twin = both.add(name="Beta", ico=ICO)
    assert both.sync() == {"quarantined": 1}
    with both.job() as job, job.ledger.transaction() as ledger:
        assert list(waiting.due(ledger, job.scope)) == ["2026/AD/1"]  # it did not change itself
    both.drop(twin)
    assert both.sync() == {"created": 1}
    assert refused(both) == {}


@pytest.mark.parametrize("order", [("to_crm", "to_pohoda"), ("to_pohoda", "to_crm")])
def test_with_merging_a_known_ico_is_linked_and_no_error(both: Both, order: tuple[str, ...]) -> None:
    both.company(Firma="Alfa", ICO=ICO)
    both.add(name="Alfa a.s.", ico="876 54 326")
    checked(both, "ico", pohoda_check=True)
    assert "quarantined" not in both_ways(both, order)
    both_ways(both, order)
    assert (bound(both), len(both.cards()), len(both.records())) == (1, 1, 1)
    assert both_ways(both, order) == {"unchanged": 2}


@pytest.mark.parametrize("check", [False, True])
def test_a_contact_is_checked_by_its_email_address(both: Both, check: bool) -> None:
    checked(both, "ico" if check else "off", pohoda_check=check)
    both.company(Firma="Alfa", Jmeno="Eva Malá", Email="info@a.example")
    both.round()
    both.pohoda.insert("AD", Jmeno="Ján Veľký", Email="INFO@a.example", RefAD=1)
    both.pohoda.insert("AD", Jmeno="Adam Tichý", Email="adam@a.example", RefAD=1)
    counts = both.sync("contacts")
    assert (counts["created"], counts["quarantined"]) == ((1, 1) if check else (2, 0))
    assert list(refused(both, "contacts").values()) == ([["duplicate"]] if check else [])
    if both.kind == "eway":
        both.crm.set("ContactDuplicityCheckEnabled", "0")
    (client,) = both.records()
    for first, last, email in (("Iva", "Nová", "adam@a.example"), ("Ota", "Starý", "ota@a.example")):
        both.add("contacts", client=client["id"], first_name=first, last_name=last, email=email)
    counts = both.sync("contacts", "to_pohoda")
    assert (counts["created"], counts["quarantined"]) == ((1, 1) if check else (2, 0))
    assert list(refused(both, "contacts", "to_pohoda").values()) == ([["duplicate"]] if check else [])


def test_stop_turns_the_run_red_before_anything_is_written(both: Both) -> None:
    checked(both, "ico", pohoda_check=True, on_duplicate="stop")
    both.company(Firma="Alfa", ICO=ICO)
    both.company(Firma="Beta", ICO=OTHER)
    both_ways(both)
    both.company(Firma="Pobočka", ICO=ICO, PSC="81101")
    both.company(Firma="Predaj")
    writes = both.crm.writes()
    for _ in range(2):
        with pytest.raises(StopAgenda, match="2026/AD/3"):
            both.sync()
    assert (both.crm.writes(), len(both.records())) == (writes, 2)
    twin = to_pohoda_twice(both)
    with pytest.raises(StopAgenda, match=twin):
        both.sync("clients", "to_pohoda")
    assert companies(both) == ["Alfa", "Beta", "Pobočka", "Predaj"]
    both.pohoda.edit("AD", 3, ICO="12345679")
    both.edit(twin, ico="00177041")
    assert both_ways(both)["created"] == 4
    assert len(both.cards()) == len(both.records()) == 6


@pytest.mark.parametrize("on_duplicate", ["quarantine", "stop"])
def test_a_refusal_by_eway_itself_is_a_duplicate_as_well(eway: Both, command: Command, on_duplicate: str) -> None:
    """Its check is on and the link does not know: eWay-CRM refuses the save."""
    eway.link(duplicates={"on_duplicate": on_duplicate})
    eway.crm.set("CompanyDuplicityCheckEnabled", "1")
    eway.company(Firma="Alfa", ICO=ICO)
    eway.sync()
    (known,) = eway.records()
    eway.company(Firma="Pobočka", ICO=ICO, PSC="81101")
    eway.company(Firma="Predaj")
    if on_duplicate == "quarantine":
        assert eway.sync() == {"created": 1, "quarantined": 1, "unchanged": 1}
        assert refused(eway) == {"2026/AD/2": ["duplicate"]}
        shown = command("quarantine", "list", "eway", "--language", "sk").out
        assert known["id"] in shown.replace("\n", "")
    else:
        for _ in range(2):
            with pytest.raises(StopAgenda, match=known["id"]):
                eway.sync()
    eway.pohoda.edit("AD", 2, ICO="12345679")
    eway.sync()
    assert clients(eway) == ["Alfa", "Pobočka", "Predaj"]
    assert Counter(eway.sync()) == {"unchanged": 3}
