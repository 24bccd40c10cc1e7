"""What belongs to one side alone: words that only the CRM knows, fields that only one direction carries."""

from tests.both import Both


def test_words_that_only_the_crm_knows_outlive_a_change_in_pohoda(gram: Both) -> None:
    number = gram.company(Firma="Alfa s.r.o.", P2=True)
    gram.round()
    (record,) = gram.records()
    gram.crm.edit("Client", record["id"], Relation=["Customer", "Partner"])
    gram.pohoda.edit("AD", number, P1=True)
    gram.round()
    assert set(gram.value(record["id"], "relations")) == {"Customer", "Supplier", "Partner"}
    gram.crm.edit("Client", record["id"], Relation=["Supplier", "Partner"])
    gram.round()
    assert (gram.card(number)["P1"], gram.card(number)["P2"]) == (True, False)
    assert set(gram.value(record["id"], "relations")) == {"Supplier", "Partner"}
    assert {outcome for counts in gram.round().values() for outcome in counts} <= {"unchanged"}


def test_a_field_that_only_one_direction_carries_belongs_to_the_side_it_comes_from(both: Both) -> None:
    both.link({"clients": {"to_crm": {"fields": {"Note": {"drop": True}}}}})
    number = both.company(Firma="Alfa s.r.o.", Pozn="of the accountant")
    both.round()
    (record,) = both.records()
    both.crm.edit({"gram": "Client", "eway": "Companies"}[both.kind], record["id"], Note="of the salesman")
    both.pohoda.edit("AD", number, Pozn="of the accountant again")
    both.round()
    assert both.card(number)["Pozn"] == "of the salesman"
    assert both.record(record["id"])["Note"] == "of the salesman"
