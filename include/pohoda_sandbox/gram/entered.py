"""Types cards into Gram as a person does."""

import uuid
from collections.abc import Iterator
from decimal import Decimal

from pohoda_sandbox.company import Entered
from pohoda_sandbox.company.entered import Cards, Texts
from pohoda_sandbox.company.entered_documents import Document
from pohoda_sandbox.gram.server import Gram

SPACE = uuid.UUID("5d1c9a4e-2b7f-4c7e-8a35-3f1f6f0b9c21")
COMPANY = {
    "name": "Name", "ico": "CompanyId", "dic": "TaxId", "ic_dph": "VatId", "street": "Street", "city": "City",
    "zip": "Zip", "country": "Country", "phone": "Phone", "email": "Email", "web": "Web", "note": "Note",
}  # fmt: skip
PERSON = {
    "title_before": "TitleBefore", "first_name": "FirstName", "last_name": "LastName", "title_after": "TitleAfter",
    "position": "Position", "email": "Email", "phone": "Phone", "note": "Note",
}  # fmt: skip
DOCUMENTS: dict[str, tuple[str, dict[str, object]]] = {
    "deal": ("Deal", {"Status": "Won"}),
    "offer": ("Quote", {"Status": "Accepted"}),
    "draft": ("Quote", {"Status": "Draft"}),
    "received_order": ("Order", {"Status": "New"}),
    "issued_order": ("PurchaseOrder", {"Status": "New"}),
    "invoice": ("Invoice", {"Status": "Issued", "Type": "Invoice"}),
    "advance": ("Invoice", {"Status": "Issued", "Type": "Advance"}),
    "credit_note": ("Invoice", {"Status": "Issued", "Type": "CreditNote"}),
}


def enter(gram: Gram, cards: Cards) -> Iterator[Entered]:
    """Makes the records, with the same ids in every new service; what became of each card."""
    clients: list[str] = []
    for place, (kind, texts, rows, _) in enumerate(cards.companies):
        fields = _renamed(texts, COMPANY) | {"ClientType": "Company"}
        clients.append(gram.create("Client", _id("Client", place), **fields, Relation=["Customer"]))
        yield Entered(kind, "gram", "Client", clients[-1], texts.get("ico", ""), rows)
    for place, (kind, texts, rows, company) in enumerate(cards.persons):
        fields = _renamed(texts, PERSON) | {"Client": clients[company]}
        identity = gram.create("Contact", _id("Contact", place), **fields)
        yield Entered(kind, "gram", "Contact", identity, texts["email"], rows)
    for place, document in enumerate(cards.documents):
        entity, state = DOCUMENTS[document.kind]
        written = {**state, **_written(document, entity), "Client": clients[document.company]}
        identity = gram.create(entity, _id(entity, place), **written)
        yield Entered(document.kind, "gram", entity, identity, document.name, ())


def _written(document: Document, entity: str) -> dict[str, object]:
    if entity == "Deal":
        return {"Name": document.name, "Started": document.issued_on.isoformat()}
    items = [
        {"Kind": "Text", "Name": line.name, "Quantity": Decimal(line.quantity), "Unit": line.unit,
         "UnitPrice": Decimal(line.price), "DiscountPercent": Decimal(line.discount), "VatPercent": line.percent}
        for line in document.lines
    ]  # fmt: skip
    told: dict[str, object] = {"Text": document.name, "IssueDate": document.issued_on.isoformat(), "Items": items}
    if document.currency:
        told |= {"Currency": document.currency, "ExchangeRate": Decimal(document.rate), "ExchangeAmount": 1}
    return told


def _id(entity: str, place: int) -> str:
    return uuid.uuid5(SPACE, f"{entity}/entered {place}").hex


def _renamed(texts: Texts, names: dict[str, str]) -> Texts:
    return {names[name]: text for name, text in texts.items() if text}
