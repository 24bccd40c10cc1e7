"""Types cards into eWay-CRM as a person does: countries and titles are picked from its lists."""

import uuid
from collections.abc import Iterator

from pohoda_sandbox.company import Entered
from pohoda_sandbox.company.entered import Cards, Texts
from pohoda_sandbox.eway.seed import SPACE
from pohoda_sandbox.eway.server import EWay

COMPANY = {
    "name": "CompanyName", "ico": "IdentificationNumber", "street": "Address1Street", "city": "Address1City",
    "zip": "Address1PostalCode", "phone": "Phone", "email": "Email", "web": "WebPage", "note": "Note",
}  # fmt: skip
PERSON = {
    "first_name": "FirstName", "last_name": "LastName", "position": "Title", "email": "Email1Address",
    "phone": "TelephoneNumber1", "note": "Note",
}  # fmt: skip
CHOSEN = {"country": ("Address1CountryEn", "CountryCode"), "title_before": ("PrefixEn", "PrefixType"),
          "title_after": ("SuffixEn", "SuffixType")}  # fmt: skip


def enter(eway: EWay, cards: Cards) -> Iterator[Entered]:
    """Makes the items, with the same guids in every new service; what became of each card."""
    values = {(one["EnumTypeName"], one["FileAs"]): one["ItemGUID"] for one in eway.records("EnumValues")}
    companies: list[str] = []
    for kind, texts, rows, _ in cards.companies:
        more = _chosen(texts, values) | _vat_number(texts) | {"FileAs": texts["name"], "Purchaser": True}
        companies.append(_create(eway, "Companies", len(companies), **_renamed(texts, COMPANY), **more))
        yield Entered(kind, "eway", "Companies", companies[-1], texts.get("ico", ""), rows)
    for place, (kind, texts, rows, company) in enumerate(cards.persons):
        more = _chosen(texts, values) | {"FileAs": f"{texts['last_name']}, {texts['first_name']}"}
        parent = {"Companies_CompanyGuid": companies[company]}
        guid = _create(eway, "Contacts", place, **_renamed(texts, PERSON), **more, **parent)
        yield Entered(kind, "eway", "Contacts", guid, texts["email"], rows)


def _create(eway: EWay, folder: str, place: int, **fields: object) -> str:
    return eway.create(folder, ItemGUID=str(uuid.uuid5(SPACE, f"{folder}/entered {place}")), **fields)


def _renamed(texts: Texts, names: dict[str, str]) -> dict[str, object]:
    return {names[name]: text for name, text in texts.items() if text and name in names}


def _chosen(texts: Texts, values: dict[tuple[str, str], str]) -> dict[str, object]:
    return {CHOSEN[name][0]: values[CHOSEN[name][1], text] for name, text in texts.items() if text and name in CHOSEN}


def _vat_number(texts: Texts) -> dict[str, object]:
    """The one number with the country's letters: IČ DPH of a Slovak unit, DIČ of a Czech one."""
    numbers = [texts[name] for name in ("ic_dph", "dic") if texts.get(name)]
    return next(({"VATNumber": number} for number in numbers if number[:2].isalpha()), {})
