"""Contracts. Their plan is not listed: the table it lies in is not known."""

from pohoda_sandbox.pohoda.xml.filters import Search
from pohoda_sandbox.pohoda.xml.listings.common import labels, number, parameters, partner
from pohoda_sandbox.pohoda.xml.listings.form import Element, Form, If, Joined, Node, Words
from pohoda_sandbox.pohoda.xml.listings.listing import Ask, Listing

_DAY = "COALESCE(ZAK.Zahajeni, ZAK.PlZahaj)"
STATES = {1: "planned", 2: "opened", 3: "delivered", 4: "closed"}
"""`RefStav` in the words of versions before 13200; the numbers are the sandbox's own."""
STATUS = {1: "Plánovaná", 2: "Zahájená", 3: "Předaná", 4: "Uzavřená"}
_CLOSED = 4


def _state(ask: Ask) -> dict[str, Node]:
    if ask.ways.contract_state:
        return {"con:contractState": Words("RefStav", STATES)}
    executed = {"executed": lambda row: row["RefStav"] == _CLOSED}
    inside = {"typ:id": "RefStav", "typ:ids": Words("RefStav", STATUS)}
    return {"con:status": If("RefStav", Element(executed, inside=inside))}


def _form(ask: Ask) -> Form:
    return {
        "con:contractDesc": {
            "con:id": "ID",
            "con:number": number(),
            "con:datePlanStart": "PlZahaj",
            "con:datePlanDelivery": "PlPredani",
            "con:dateStart": "Zahajeni",
            "con:dateDelivery": "Predani",
            "con:dateWarranty": "Zaruka",
            "con:text": "SText",
            "con:partnerIdentity": partner(ask, "sZAK"),
            "con:responsiblePerson": {
                "typ:id": "RefOsoba",
                "typ:ids": Joined(("RefOsoba/sOdpOsoby.Prijmeni", "RefOsoba/sOdpOsoby.Jmeno")),
            },
            **_state(ask),
            "con:ost1": "Ost1",
            "con:ost2": "Ost2",
            "con:note": "Pozn",
            "con:markRecord": "Sel",
            "con:labels": labels("con:labels"),
            "con:parameters": parameters(ask, "sZAK"),
        }
    }


LISTING = Listing(
    record="lCon:contract",
    search=Search("sZAK", "ZAK", "Zakázky", (39,), day=_DAY),
    form=_form,
)
