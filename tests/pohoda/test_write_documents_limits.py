"""The order and the limits of the schema, and what is refused before it goes, each with its field."""

from typing import Any

import pytest
from lxml import etree

from pohoda_bridge.pohoda.writing.documents import CREATE_ONLY
from pohoda_bridge.pohoda.writing.elements import order
from pohoda_bridge.side import Item

from .document_items import DOCUMENTS, INVOICE, LINE, ORDER, Agendas, D, form, item, reasons
from .writing import XSD, document, needs_schemas, schema


@needs_schemas
def test_the_order_of_elements_is_the_schemas() -> None:
    """Every list is the one of the schema with names left out, and what is needed is said to be there."""
    official: dict[str, list[str]] = {}
    for file in ("order", "offer", "invoice", "contract", "type"):
        for kind in etree.parse(f"{XSD}/{file}.xsd").iter("{*}complexType"):
            official[str(kind.get("name"))] = [str(one.get("name")) for one in kind.iter("{*}element")]
    types = {
        "partnerIdentity": "address", "address": "addressType", "shipToAddress": "shipToAddressType",
        "number": "numberType", "round": "typeRound", "sourceDocument": "sourceDocumentType",
        "link": "linkElemetType", "links": "linksType", "correctiveDocument": "correctiveDocumentType",
        "extId": "extIdType",
    }  # fmt: skip
    checked = 0
    for name, known in {**order().own, **order().types}.items():
        for children in (official.get(types.get(name, f"{name}Type")),):
            if children is not None and name not in {"stockItem", "homeCurrency", "foreignCurrency"}:
                assert list(known) == [child for child in children if child in known], name
                checked += 1
    assert checked >= len(order().own) + 8


@pytest.mark.parametrize("symbol", ["2026/001", "FV26", "٣٤", "1 2"])
def test_a_payment_symbol_has_digits_alone(agendas: Agendas, symbol: str) -> None:
    """POHODA would refuse the document with 108."""
    known = form(agendas, "issued_invoices")
    assert reasons(known, item(INVOICE, symbol=symbol)) == ("symbol: POHODA takes digits alone",)
    assert known.outgoing(item(INVOICE, symbol="  0077 ", lines=[LINE]))


@needs_schemas
@pytest.mark.parametrize("agenda", DOCUMENTS)
def test_limits_are_the_schemas(agendas: Agendas, agenda: str) -> None:
    """Every text at its limit is valid, and one longer is refused with its name before it goes."""
    known, official = form(agendas, agenda), schema()
    whole = {"received_orders": ORDER, "issued_orders": ORDER | {"kind": "issued"}, "issued_invoices": INVOICE}
    values = whole.get(agenda, {"issued_on": "2026-03-01", "company": "Alfa", "name": "Deal"})
    values = {name: value for name, value in values.items() if name in known.taken}
    values |= {"kind": "issued"} if agenda == "offers" else {}
    texts = [n for n, s in known.fields.items() if s.type == "text" and s.limit and not s.words]
    for name in set(texts) - {"rounding_mode", "currency", "series"}:
        limit = known.fields[name].limit or 0
        sign = "7" if known.fields[name].digits else "x"
        assert official.validate(document(known, [item(values, **{name: sign * limit})])), (name, official.error_log)
        told = reasons(known, item(values, **{name: sign * (limit + 1)}))
        assert told == (f"{name}: {limit + 1} characters, POHODA takes {limit}",)
    lines = known.lines.fields if known.lines else {}
    for name in [n for n, s in lines.items() if s.limit and s.type == "text" and n not in {"advance_number", "serial"}]:
        limit, further = lines[name].limit or 0, {"code": "C"} if name == "store" else {}
        full = item(values, lines=[LINE, {**LINE, **further, name: "x" * limit}])
        assert official.validate(document(known, [full])), (name, official.error_log)
        told = reasons(known, item(values, lines=[LINE, {**LINE, **further, name: "x" * (limit + 1)}]))
        assert told == (f"lines[2].{name}: {limit + 1} characters, POHODA takes {limit}",)


def test_every_writable_field_has_a_place_in_the_schema(agendas: Agendas) -> None:
    for agenda in DOCUMENTS:
        known = form(agendas, agenda)
        placed = {*known.header.fields, *(known.summary.fields if known.summary else ())}
        assert set(known.fields) <= placed
        if known.lines:
            assert set(known.lines.fields) <= {n for e in known.lines.elements.values() for n in e.fields}


@pytest.mark.parametrize(
    ("agenda", "values", "told"),
    [
        ("received_orders", {"kind": "received", "company": "A"}, "issued_on: it must be filled"),
        ("received_orders", {"kind": "received", "issued_on": "2026-01-01"}, "partner: it must be filled"),
        ("issued_invoices", {**INVOICE, "text": None}, "text: it must be filled"),
        ("deals", {"number": "26Z1"}, "name: it must be filled"),
        ("issued_invoices", {**INVOICE, "kind": "penalty"}, "kind: 'penalty' is none of invoice, advance, proforma, "
         "credit_note, debit_note"),
        ("issued_invoices", {**INVOICE, "issued_on": "2025-12-31"},
         "issued_on: it lies outside the books of 2026, where it would go"),
        ("issued_invoices", {**INVOICE, "total": D(1)}, "total: POHODA does not take it"),
        ("issued_orders", {**ORDER, "kind": "issued", "sources": []}, "sources: POHODA does not take it"),
        ("issued_invoices", {**INVOICE, "rounding_mode": "up2ten"}, "rounding_mode: 'up2ten' is none of none, math"),
        ("issued_invoices", {**INVOICE, "lines": [{**LINE, "colour": "red"}]}, "lines[1].colour: POHODA does not take"),
        ("issued_invoices", {**INVOICE, "lines": [LINE, {**LINE, "store": "MAIN"}]}, "lines[2].store: the line names"),
        ("issued_invoices", {**INVOICE, "lines": [{**LINE, "discount": D(1000)}]}, "lines[1].discount: 1000 is more"),
        ("issued_invoices", {**INVOICE, "lines": [{**LINE, "product": "2025/SKz/1"}]}, "lines[1].product: it lies in"),
        ("issued_invoices", {**INVOICE, "lines": [{"kind": "internal"}]}, "lines[1].kind: POHODA takes no such line"),
        ("issued_invoices", {**INVOICE, "lines": [{"kind": "advance", "quantity": D(2)}]}, "lines[1].quantity: an adv"),
        ("issued_invoices", {**INVOICE, "lines": [{**LINE, "net": "100"}]}, "lines[1].net: str is no value of a dec"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_field(
    agendas: Agendas, agenda: str, values: dict[str, Any], told: str
) -> None:
    (reason,) = reasons(form(agendas, agenda), item(values))
    assert reason.startswith(told)


def test_characters_that_are_lost_are_told_by_line(agendas: Agendas) -> None:
    made = form(agendas, "offers").outgoing(
        item(ORDER | {"kind": "issued"}, text="≤", lines=[LINE, {**LINE, "text": "日"}])
    )
    assert {name: lost[0].stored for name, lost in made.losses.items()} == {"text": "<=", "lines[2].text": "?"}


def test_documents_are_never_changed(agendas: Agendas) -> None:
    change = Item("i", "k", "update", {"text": "new"}, "2026/FA/5")
    assert reasons(form(agendas, "issued_invoices"), change) == (CREATE_ONLY,)
    removal = Item("i", "k", "delete", {}, "2026/FA/5")
    assert reasons(form(agendas, "issued_invoices"), removal) == (
        "POHODA lets XML not delete records of issued_invoices",
    )
