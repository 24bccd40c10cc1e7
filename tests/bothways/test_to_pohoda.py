"""Records that people made or changed in the CRM reach POHODA, once, and come back as unchanged."""

from tests.both import Both


def test_a_client_born_in_the_crm_becomes_a_company_once(both: Both) -> None:
    made = both.add(name="São Łódź s.r.o.", ico="36 396 567", city="Žilina", email="a@firma.example", note="1\n2")
    assert both.sync("clients", "to_pohoda") == {"created": 1}
    (card,) = both.cards()
    assert (card["Firma"], card["ICO"], card["Obec"], card["Email"]) == (
        "Sao Łódź s.r.o.", "36396567", "Žilina", "a@firma.example",
    )  # fmt: skip
    filled_in = {"gram": "updated", "eway": "unchanged"}[both.kind]  # POHODA's number of the card, and what kind it is
    assert both.sync("clients", "to_crm") == {filled_in: 1}
    for way in ("to_pohoda", "to_crm"):
        assert both.sync("clients", way) == {"unchanged": 1}
    assert both.value(made, "name") == "São Łódź s.r.o."
    assert len(both.cards()) == len(both.records()) == 1


def test_changes_on_both_sides_meet(both: Both) -> None:
    number = both.company(Firma="Alfa s.r.o.", Tel="+421 1", Email="first@a.example; second@a.example", Skupina="A,B")
    both.round()
    (record,) = both.records()
    both.edit(record["id"], phone="+421 2", email="new@a.example")
    both.pohoda.edit("AD", number, WWW="a.example")
    first = both.round()
    assert first["clients", "to_pohoda"] == {"updated": 1}
    assert first["clients", "to_crm"] == {"updated": 1}
    card = both.card(number)
    assert (card["Tel"], card["Email"], card["Skupina"]) == ("+421 2", "new@a.example; second@a.example", "A,B")
    assert both.value(record["id"], "web") == "a.example"
    assert set(both.round()["clients", "to_pohoda"]) <= {"unchanged"}
    assert all(found.equal for found in both.reconcile().values())


def test_a_contact_is_made_below_its_company(both: Both) -> None:
    number = both.company()
    both.round()
    (client,) = both.records()
    both.add("contacts", client=client["id"], first_name="Eva", last_name="Malá", email="eva@a.example")
    assert both.sync("contacts", "to_pohoda") == {"created": 1}
    person = both.cards()[-1]
    assert (person["RefAD"], person["Jmeno"], person["Firma"]) == (number, "Eva Malá", None)
    both.sync("contacts", "to_crm")
    for way in ("to_pohoda", "to_crm"):
        assert both.sync("contacts", way) == {"unchanged": 1}
    assert len(both.records("contacts")) == 1
