"""What the tests of written documents share: forms, new documents, and documents as they are sent."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.writing.documents import DocumentForm
from pohoda_bridge.pohoda.writing.forms import form_of
from pohoda_bridge.pohoda.writing.outgoing import Unwritable
from pohoda_bridge.side import Item

from .conftest import Bench
from .writing import XSD, create, document, schema

Agendas = Mapping[str, Agenda]
D = Decimal
DOCUMENTS = ("received_orders", "issued_orders", "offers", "issued_invoices", "deals")
LINE = {"text": "Work", "quantity": D(2), "vat_slot": "high", "unit_price": D(50), "net": D(100), "vat": D(23)}
ORDER = {"kind": "received", "issued_on": "2026-03-01", "company": "Alfa"}
INVOICE = {"kind": "invoice", "issued_on": "2026-03-01", "text": "Goods", "company": "Alfa"}
EURO = {"currency": "CZK", "rate": D("0.04"), "rate_amount": 1}


def form(agendas: Agendas, agenda: str, country: str = "SK") -> DocumentForm:
    known = form_of(agendas[agenda], Source(Bench.unit(country=country), 2026, agendas, "gram"))
    assert isinstance(known, DocumentForm)
    return known


def item(values: Mapping[str, Any], **more: Any) -> Item:
    """A new document; days are written as texts here."""

    def typed(name: str, value: Any) -> Any:
        return date.fromisoformat(value) if name.endswith("_on") and isinstance(value, str) else value

    return create("i", "M-1", **{name: typed(name, value) for name, value in {**values, **more}.items()})


def sent(known: DocumentForm, one: Item) -> Any:
    """The document in the pack, valid by the official schema."""
    root = document(known, [one])
    if XSD:
        official = schema()
        assert official.validate(root), official.error_log
    return root[0][0]


def reasons(known: DocumentForm, one: Item) -> tuple[str, ...]:
    with pytest.raises(Unwritable) as caught:
        known.outgoing(one)
    return caught.value.reasons
