"""References in both directions: each notes last synced values in ids of its own target."""

from typing import Any

from pohoda_bridge.sync import nightly
from tests.both import Both


def test_a_contact_that_moves_to_another_client_moves_in_pohoda_whichever_way_was_synced_last(gram: Both) -> None:
    gram.company(Firma="Alfa s.r.o.", ICO="46123458")
    other = gram.company(Firma="Beta s.r.o.", ICO="36421928")
    gram.sync("clients")
    clients = {record["Name"]: record["id"] for record in gram.records()}
    contact = gram.add("contacts", client=clients["Alfa s.r.o."], last_name="Novák")
    gram.sync("contacts", "to_pohoda")
    (person,) = [card for card in gram.cards() if card["Jmeno"]]
    gram.pohoda.edit("AD", person["ID"], Tel="+421 2 123")
    assert gram.sync("contacts") == {"updated": 1}
    gram.edit(contact, "contacts", client=clients["Beta s.r.o."])
    assert gram.sync("contacts", "to_pohoda") == {"updated": 1}
    assert gram.card(person["ID"])["RefAD"] == other


def ordered(gram: Both, **settings: Any) -> tuple[str, dict[str, Any]]:
    """An order of goods, made in Gram and carried to POHODA; its id and what its item is made of."""
    gram.link({"received_orders": {"to_pohoda": {}, "to_crm": settings}, "products": {"to_crm": {}}})
    gram.company(Firma="Alfa s.r.o.", ICO="46123458")
    store, group = (gram.pohoda.insert(table, IDS="A", SText="A") for table in ("sSklad", "SkCS"))
    card = {"IDS": "A1", "Nazev": "Stolička", "MJ": "ks", "RelSkTyp": 1, "RelDPHp": 2, "Odbyt": True}
    gram.pohoda.insert("SKz", **card, RefSklad=store, RefSkSkup=group)
    assert (gram.sync("clients"), gram.sync("products")) == ({"created": 1}, {"created": 1})
    (product,) = gram.crm.records("Product")
    item = {"Kind": "Product", "Product": product["Id"], "Code": "A1", "Name": "Stolička", "VatPercent": 23}
    own = {"IssueDate": "2026-03-05", "Currency": "EUR", "Client": gram.records()[0]["id"]}
    order = str(gram.crm.create("Order", **own, Items=[{**item, "Quantity": 3, "UnitPrice": 20.5}]))
    assert gram.sync("received_orders", "to_pohoda") == {"created": 1}
    return order, item


def test_changed_lines_of_goods_cannot_be_written_whichever_way_was_synced_last(gram: Both) -> None:
    order, item = ordered(gram)
    gram.pohoda.edit("OBJ", gram.cards("OBJ")[0]["ID"], Pozn="pozn.")
    assert gram.sync("received_orders") == {"updated": 1}
    gram.crm.edit("Order", order, Items=[{**item, "Quantity": 5, "UnitPrice": 20.5}])
    assert gram.sync("received_orders", "to_pohoda") == {"cannot_write": 1}


def test_a_deleted_order_of_goods_takes_its_pair_along_though_only_the_other_way_was_synced(gram: Both) -> None:
    ordered(gram, deletions="propagate")
    gram.pohoda.delete("OBJ", gram.cards("OBJ")[0]["ID"])
    with gram.job("received_orders") as job:
        nightly(job, believe=True)
    assert gram.sync("received_orders") == {"deleted": 1}
    assert gram.crm.records("Order") == []


def test_a_document_that_both_sides_had_is_referred_to_though_pohoda_takes_none_of_its_changes(gram: Both) -> None:
    gram.link({name: {"to_pohoda": {}} for name in ("received_orders", "issued_invoices")})
    partner = gram.company(Firma="Alfa s.r.o.", ICO="46123458")
    assert gram.sync("clients") == {"created": 1}
    item = {"Kind": "Text", "Name": "Práca", "Quantity": 1, "UnitPrice": 50, "VatPercent": 23}
    own = {"IssueDate": "2026-03-05", "Currency": "EUR", "Client": gram.records()[0]["id"], "Items": [item]}
    sums = {"Kc2": 50, "KcDPH2": 11.5, "KcCelkem": 61.5}
    stood = gram.pohoda.insert("OBJ", Cislo="26X1", RelTpObj=1, Datum="2026-03-05", RefAD=partner, **sums)
    order = gram.crm.create("Order", **own, Number="26X1", Note="of the salesman")
    assert gram.sync("received_orders", "to_pohoda") == {"cannot_write": 1}
    gram.crm.create("Invoice", **own, Type="Invoice", Order=order)
    assert gram.sync("issued_invoices", "to_pohoda") == {"created": 1}
    (link,) = gram.pohoda.rows("SELECT * FROM Vazby")
    assert (link["RelAgID2"], link["RefID2"], len(gram.cards("OBJ"))) == (11, stood, 1)
