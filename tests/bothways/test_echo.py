"""What one side makes of a value by itself travels at most once: no echo goes round, nothing is doubled or lost."""

from typing import Any

import pytest

from pohoda_bridge.ledger import Request, waiting
from pohoda_bridge.sync import run
from tests.both import WAYS, Both
from tests.bothways import fields

JUDGED = True

MAIN = {"name": "Alfa s.r.o.", "street": "Hlavná 1", "city": "Nitra", "zip": "94901"}
POSTAL = ("Address2POBox", "Address2Street", "Address2City", "Address2PostalCode")
REPEATED = {"addresses": {way: {"settings": {"repeated": True}} for way in WAYS}}


def state(both: Both) -> Any:
    """What both sides hold, times of saving included."""
    saved = {"clients": "Companies", "contacts": "Contacts"} if both.kind == "eway" else None
    crm = [both.crm.records(folder) for folder in (saved or {}).values()] or [
        both.records(agenda) for agenda in ("clients", "addresses", "contacts")
    ]
    return both.cards(), both.cards("ADdodaci"), crm


def settled(both: Both, rounds: int = 5) -> None:
    """So many rounds more change nothing on either side, and every record says so."""
    before = state(both)
    for _ in range(rounds):
        counts = both.round()
        assert {way: found for way, found in counts.items() if set(found) - {"unchanged", "left_out"}} == {}
    assert state(both) == before


@pytest.mark.parametrize("repeated", [False, True])
def test_the_delivery_address_that_pohoda_fills_in_comes_once(both: Both, repeated: bool) -> None:
    """eWay-CRM's own connector brings it, so its file says `repeated`; Gram gets it by setting."""
    both.link(REPEATED if repeated else {})
    made = both.add(**MAIN)
    assert both.sync("clients", "to_pohoda") == {"created": 1}
    (delivery,) = both.cards("ADdodaci")
    assert (delivery["Firma2"], delivery["Ulice2"]) == ("Alfa s.r.o.", "Hlavná 1")
    for agenda in ("addresses", "contacts"):
        both.sync(agenda, "to_pohoda")
    for agenda in ("clients", "addresses", "contacts"):
        both.sync(agenda, "to_crm")
    if both.kind == "eway":
        item = fields.item(both, made)
        assert [item[member] for member in POSTAL] == ["Alfa s.r.o.", "Hlavná 1", "Nitra", "94901"]
    else:
        assert [one["Street"] for one in both.records("addresses")] == (["Hlavná 1"] if repeated else [])
    settled(both)


def test_a_company_of_pohoda_with_its_own_copy_is_no_echo_either(both: Both) -> None:
    number = both.company(Ulice="Hlavná 1", Obec="Nitra", PSC="949 01", Jmeno="Eva Malá", Email="eva@a.example")
    copy = {"Firma2": "Vzor s.r.o.", "Ulice2": "Hlavná 1", "Obec2": "Nitra", "PSC2": "949 01"}
    both.pohoda.insert("ADdodaci", RefAg=number, Vychozi=True, **copy)
    both.pohoda.insert("AD", RefAD=number, Jmeno="Ján Veľký", Pozn="1\r\n2\r\n\r\n")
    both.round()
    settled(both)


def test_an_address_edited_on_either_side_is_never_doubled(both: Both) -> None:
    number = both.company(Ulice="Hlavná 1")
    first = both.pohoda.insert("ADdodaci", RefAg=number, Firma2="Sklad", Ulice2="Krátka 1", Vychozi=True)
    if both.kind == "gram":
        second = both.pohoda.insert("ADdodaci", RefAg=number, Firma2="Iný sklad", Ulice2="Dlhá 1", Vychozi=False)
    both.round()
    count = len(both.cards("ADdodaci"))
    (record,) = [one for one in both.records("addresses") if "Krátka 1" in one.values()]
    for turn in range(2, 5):
        both.edit(record["id"], "addresses", street=f"Krátka {turn}")
        both.round()
        assert both.card(first, "ADdodaci")["Ulice2"] == f"Krátka {turn}"
        both.pohoda.edit("ADdodaci", first, Obec2=f"Nitra {turn}")
        both.round()
        assert both.value(record["id"], "city", "addresses") == f"Nitra {turn}"
    if both.kind == "gram":
        assert both.card(second, "ADdodaci")["Ulice2"] == "Dlhá 1"
        assert len(both.records("addresses")) == 2
    assert len(both.cards("ADdodaci")) == count
    settled(both, 2)


def test_a_postal_address_given_in_eway_is_the_default_delivery_address(eway: Both) -> None:
    eway.company(Ulice="Hlavná 1")
    eway.round()
    (company,) = eway.records()
    fields.change_item(eway, company["ItemGUID"], Address2POBox="Sklad", Address2Street="Krátka 2")
    eway.round()
    (delivery,) = eway.cards("ADdodaci")
    assert (delivery["Firma2"], delivery["Ulice2"], delivery["Vychozi"]) == ("Sklad", "Krátka 2", 1)
    settled(eway, 2)


def test_lines_of_a_note_are_kept(both: Both) -> None:
    made = both.add(**MAIN, note="Prvý\n\nTretí\n\n")
    both.round()
    (card,) = both.cards()
    assert card["Pozn"] == "Prvý\r\n\r\nTretí"
    assert both.value(made, "note") == "Prvý\n\nTretí\n\n", "the CRM keeps what its user wrote"
    settled(both, 2)
    both.edit(made, note="Prvý\r\n\r\nTretí")
    assert both.round()["clients", "to_pohoda"] == {"unchanged": 1}
    both.pohoda.edit("AD", card["ID"], Pozn="A\r\nB\r\n")
    both.round()
    assert both.value(made, "note") == "A\nB"
    settled(both, 2)


@pytest.mark.parametrize(
    ("text", "stored"), [("São Paulo", "Sao Paulo"), ("Łódź Привет", "Łódź ??????"), ("Nitra 🎉", "Nitra ?")]
)
def test_a_text_that_pohoda_cannot_hold_stays_in_the_crm(both: Both, text: str, stored: str) -> None:
    made = both.add(**{**MAIN, "city": text})
    with both.job("clients", "to_pohoda") as job:
        run(job, "lossy", Request())
        (result,) = job.files("lossy").lines("results")
    assert "characters that POHODA lacks" in result["reason"] and "city: U+" in result["reason"]
    (card,) = both.cards()
    assert card["Obec"] == stored
    both.round()
    assert both.value(made, "city") == text
    settled(both, 3)
    both.edit(made, phone="+421 1")
    both.round()
    assert (both.value(made, "city"), both.card(card["ID"])["Obec"]) == (text, stored)
    both.pohoda.edit("AD", card["ID"], Obec="Zvolen")
    both.round()
    assert both.value(made, "city") == "Zvolen"


@pytest.mark.parametrize("fault", ["length", "country"])
def test_what_pohoda_cannot_take_is_refused_before_anything_is_sent(both: Both, fault: str) -> None:
    made = both.add(**MAIN)
    longer = {"gram": {"division": "D" * 33}, "eway": {"name": "N" * 300}}
    if fault == "length":
        both.edit(made, **longer[both.kind])
    elif both.kind == "gram":
        both.edit(made, country="XX")
    else:
        (type_,) = {one["EnumType"] for one in both.crm.records("EnumValues") if one["EnumTypeName"] == "CountryCode"}
        unknown = both.crm.create("EnumValues", FileAs="XX", En="Nowhere", EnumType=type_, Rank=99)
        both.edit(made, country=unknown)
    both.sandbox.mserver.stop()  # whoever asked it now would fail
    assert both.sync("clients", "to_pohoda") == {"quarantined": 1}
    with both.job("clients", "to_pohoda") as job, job.ledger.transaction() as ledger:
        (row,) = waiting.quarantined(ledger, job.scope)
    assert [reason["rule"].partition(":")[0] for reason in row["reasons"]] == [fault]
    assert both.cards() == []


def test_what_a_person_sets_back_before_the_other_direction_ran_is_a_change(both: Both) -> None:
    """It is then as that direction saw it last; without our write in between nothing would be left to do."""
    number = both.company(Firma="Alfa s.r.o.", Obec="Nitra")
    both.round()
    both.round()
    (made,) = both.records()
    both.pohoda.edit("AD", number, Obec="Levice")
    assert both.sync("clients", "to_crm") == {"updated": 1}
    both.edit(made["id"], city="Nitra")
    assert both.sync("clients", "to_pohoda") == {"updated": 1}
    assert (both.card(number)["Obec"], both.value(made["id"], "city")) == ("Nitra", "Nitra")
    both.pohoda.edit("AD", number, Obec="Levice")
    assert both.sync("clients", "to_crm") == {"updated": 1}
    assert both.value(made["id"], "city") == "Levice"
