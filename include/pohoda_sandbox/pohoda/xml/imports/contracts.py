"""The import of one contract: made once, never changed, found by its number alone."""

from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml.answers import Produced
from pohoda_sandbox.pohoda.xml.imports.numbers import Numbers, numbered
from pohoda_sandbox.pohoda.xml.imports.outcome import NO_DOCUMENT_RIGHT, NOT_SAVED, Outcome, Refused, Saving
from pohoda_sandbox.pohoda.xml.imports.parameters import labels, parameters
from pohoda_sandbox.pohoda.xml.imports.partner import partner
from pohoda_sandbox.pohoda.xml.imports.values import plain
from pohoda_sandbox.pohoda.xml.listings.contracts import STATUS
from pohoda_sandbox.pohoda.xml.names import child, children, short, text_of

_AGENDA = 39
_COLUMNS = {
    f"con:{name}": column
    for name, column in {
        "datePlanStart": "PlZahaj", "datePlanDelivery": "PlPredani", "dateStart": "Zahajeni", "dateDelivery": "Predani",
        "dateWarranty": "Zaruka", "text": "SText", "ost1": "Ost1", "ost2": "Ost2", "note": "Pozn", "markRecord": "Sel",
    }.items()
}  # fmt: skip
_UNHELD = ("con:contractPlan", "con:attachments", "con:print")
_PERSON = "SELECT ID FROM sOdpOsoby WHERE ID = ? OR TRIM(Prijmeni || ' ' || COALESCE(Jmeno, '')) = ? LIMIT 1"


def run(saving: Saving, document: etree._Element) -> Outcome:
    """Stores the contract. Raises Refused; the caller undoes what was stored until then."""
    if not saving.terms.documents:
        raise Refused(document, NO_DOCUMENT_RIGHT[1], NO_DOCUMENT_RIGHT[0])
    header = child(document, "con:contractDesc")
    if header is None or not text_of(child(header, "con:text")):
        raise Refused(document, NOT_SAVED[1].format(reason="chybí con:text"), NOT_SAVED[0])
    pohoda = saving.pohoda
    known = pohoda.columns("sZAK")
    address, _ = partner(saving, child(header, "con:partnerIdentity"), "sZAK")
    row: dict[str, Any] = {"Sel": True, "RefStav": 1} | address | plain(saving, header, _COLUMNS, known)
    row |= _person(saving, child(header, "con:responsiblePerson")) | _status(saving, child(header, "con:status"))
    row |= labels(child(header, "con:labels")) | parameters(saving, child(header, "con:parameters"), "sZAK")
    year = int(pohoda.settings()["Rok"]) % 100
    numbers = Numbers("sZAK", _AGENDA, longest=12, first=f"{year:02d}Zak00000")
    row |= numbered(saving, child(header, "con:number"), of=numbers)
    for part in children(document):
        if short(part) in _UNHELD:
            saving.unused(part)
    id = pohoda.insert("sZAK", **{name: value for name, value in row.items() if name.lower() in known})
    number = row.get("Cislo")
    return Outcome(Produced(id, number=number, action="add"), tuple(saving.details), number, _AGENDA)


def _person(saving: Saving, element: etree._Element | None) -> dict[str, Any]:
    """The responsible person by id, or by surname and name."""
    id, asked = _asked(element)
    if element is None or not (id or asked):
        return {}
    found = saving.pohoda.rows(_PERSON, id or None, asked)
    if not found:
        saving.changed(element, asked or id, "")
    return {"RefOsoba": found[0]["ID"]} if found else {}


def _status(saving: Saving, element: etree._Element | None) -> dict[str, Any]:
    """The state by its number or word; an unknown one leaves a contract planned."""
    id, asked = _asked(element)
    if element is None or not (id or asked):
        return {}
    for state, word in STATUS.items():
        if str(state) == id or (not id and word.casefold() == asked.casefold()):
            return {"RefStav": state}
    saving.changed(element, asked or id, STATUS[1])
    return {}


def _asked(element: etree._Element | None) -> tuple[str, str]:
    if element is None:
        return "", ""
    return text_of(child(element, "typ:id")), text_of(child(element, "typ:ids"))
