"""Every line of the table of eWay-CRM's page "Adresář", from a card of POHODA to the item and back again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.both import Both
from tests.bothways import fields
from tests.faults.judging import quickly


@dataclass(frozen=True)
class Line:
    """A column of POHODA with its value, the member that shows it; the member's change, and what the column becomes.

    `back` is `...` where nothing goes back.
    """

    column: str
    value: Any
    member: str
    shown: Any
    changed: Any
    back: Any


COMPANY = (
    Line("Firma", "Alfa s.r.o.", "CompanyName", "Alfa s.r.o.", "Alfa a syn", "Alfa a syn"),
    Line("Firma", "Alfa s.r.o.", "Address1POBox", "Alfa s.r.o.", "P.O. Box 7", "Alfa a syn"),
    Line("Utvar", "Obchod", "Department", "Obchod", "Výroba", "Výroba"),
    Line("Ulice", "Hlavná 1", "Address1Street", "Hlavná 1", "Hlavná 2", "Hlavná 2"),
    Line("PSC", "811 01", "Address1PostalCode", "81101", "812 02", "81202"),
    Line("Obec", "Bratislava", "Address1City", "Bratislava", "Trnava", "Trnava"),
    Line("Okres", "Bratislavský", "Address1State", "Bratislavský", "Trnavský", "Trnavský"),
    Line("RefZeme", "SK", "Address1CountryEn", "SK", "CZ", "CZ"),
    Line("ICO", "123 45 678", "IdentificationNumber", "12345678", "36 396 567", "36396567"),
    Line("ICDPH", "SK2020317068", "VATNumber", "SK2020317068", "SK 2021838335", "SK2021838335"),
    Line("DIC", "2020317068", "af_28", "2020317068", "2021838335", "2021838335"),
    Line("Tel", "+421 1", "Phone", "+421 1", "+421 9", "+421 9"),
    Line("GSM", "+421 2", "Mobile", None, "+421 8", ...),
    Line("Fax", "+421 3", "Fax", "+421 3", "+421 7", "+421 7"),
    Line("Email", "a@a.example; b@a.example", "Email", "a@a.example", "c@a.example", "c@a.example; b@a.example"),
    Line("WWW", "a.example", "WebPage", "a.example", "b.example", "b.example"),
    Line("P1", True, "Suppliers", True, False, False),
    Line("P2", False, "Purchaser", False, True, True),
    Line("P4", True, "af_21", True, False, False),
    Line("P5", False, "af_22", False, True, True),
    Line("P6", True, "af_23", True, False, False),
    Line("RefStr", "BA", "af_24", "BA", "KE", "KE"),
    Line("Zprava", "Ahoj", "af_25", "Ahoj", "Dobrý deň", "Dobrý deň"),
    Line("RefCin", "SLUŽBY", "af_26", "SLUŽBY", "OBCHOD", "OBCHOD"),
    Line("Pozn", "Prvý\r\nDruhý\r\n", "Note", "Prvý\nDruhý", "Prvý\nTretí\n\n", "Prvý\r\nTretí"),
    Line("Skupina", "VIP,Nová", "Categories", ["Nová", "VIP"], ["Partneri"], "VIP,Nová,Partneri"),
    Line("ADKredit", 12.5, "AdditionalDiscount", 12.5, 7.25, 7.25),
    Line("CenyIDS", "Partner", "SalePriceGuid", "Partner", "Základná", "Základná"),
)
POSTAL = (
    Line("Firma2", "Sklad", "Address2POBox", "Sklad", "Druhý sklad", "Druhý sklad"),
    Line("Ulice2", "Krátka 2", "Address2Street", "Krátka 2", "Krátka 3", "Krátka 3"),
    Line("PSC2", "949 01", "Address2PostalCode", "94901", "949 02", "94902"),
    Line("Obec2", "Nitra", "Address2City", "Nitra", "Zvolen", "Zvolen"),
    Line("RefZeme2", "SK", "Address2CountryEn", "SK", "AT", "AT"),
)
CONTACT = (
    Line("Jmeno", "Ing. Jan Lalinský MBA.", "PrefixEn", "Ing.", "Mgr.", "Mgr. Ján Malý Ph.D."),
    Line("Jmeno", "Ing. Jan Lalinský MBA.", "FirstName", "Jan", "Ján", "Mgr. Ján Malý Ph.D."),
    Line("Jmeno", "Ing. Jan Lalinský MBA.", "LastName", "Lalinský", "Malý", "Mgr. Ján Malý Ph.D."),
    Line("Jmeno", "Ing. Jan Lalinský MBA.", "SuffixEn", "MBA.", "Ph.D.", "Mgr. Ján Malý Ph.D."),
    Line("Firma", "Alfa s.r.o.", "BusinessAddressPOBox", "Alfa s.r.o.", "P.O. Box 7", ...),
    Line("Utvar", "Obchod", "Department", None, "Výroba", ...),
    Line("Ulice", "Hlavná 1", "BusinessAddressStreet", "Hlavná 1", "Hlavná 2", "Hlavná 2"),
    Line("PSC", "811 01", "BusinessAddressPostalCode", "81101", "812 02", "81202"),
    Line("Obec", "Bratislava", "BusinessAddressCity", "Bratislava", "Trnava", "Trnava"),
    Line("Okres", "Bratislavský", "BusinessAddressState", "Bratislavský", "Trnavský", "Trnavský"),
    Line("RefZeme", "SK", "BusinessAddressCountryEn", "SK", "CZ", "CZ"),
    Line("Funkce", "Riaditeľ", "Title", "Riaditeľ", "Obchodník", "Obchodník"),
    Line("Tel", "+421 1", "TelephoneNumber1", "+421 1", "+421 9", "+421 9"),
    Line("GSM", "+421 2", "TelephoneNumber3", "+421 2", "+421 8", "+421 8"),
    Line("Fax", "+421 3", "TelephoneNumber2", None, "+421 7", ...),
    Line("Email", "jan@a.example", "Email1Address", "jan@a.example", "j@a.example", "j@a.example"),
    Line("WWW", "a.example", "WebPage", "a.example", "b.example", "b.example"),
    Line("P4", True, "af_31", True, False, False),
    Line("P5", False, "af_32", False, True, True),
    Line("P6", True, "af_33", True, False, False),
    Line("RefStr", "BA", "af_34", "BA", "KE", "KE"),
    Line("Zprava", "Ahoj", "af_35", "Ahoj", "Dobrý deň", "Dobrý deň"),
    Line("RefCin", "SLUŽBY", "af_36", "SLUŽBY", "OBCHOD", "OBCHOD"),
    Line("Pozn", "Prvý\r\nDruhý", "Note", "Prvý\nDruhý", "Tretí", "Tretí"),
    Line("Skupina", "VIP,Nová", "Categories", ["Nová", "VIP"], ["Partneri"], "VIP,Nová,Partneri"),
)
PLACES = {"company": ("AD", "Companies", COMPANY), "postal": ("ADdodaci", "Companies", POSTAL),
          "contact": ("AD", "Contacts", CONTACT)}  # fmt: skip
LINES = [pytest.param(place, line, id=f"{place}-{line.column}-{line.member}")
         for place, (_, _, lines) in PLACES.items() for line in lines]  # fmt: skip
SETTINGS = {
    "clients": {
        "af_28": "dic", "af_21": "p4", "af_22": "p5", "af_23": "p6", "af_24": "centre", "af_25": "message",
        "af_26": "activity", "AdditionalDiscount": "credit", "SalePriceGuid": "price_level",
    },
    "contacts": {
        "af_31": "p4", "af_32": "p5", "af_33": "p6", "af_34": "centre", "af_35": "message", "af_36": "activity",
    },
}  # fmt: skip
Shown = dict[str, dict[str, Any]]


@dataclass
class Trip:
    """What each place showed: in eWay-CRM after the first run, in POHODA and eWay-CRM after people changed it there."""

    there: Shown
    back: Shown
    again: Shown
    before: Shown
    counts: list[dict[tuple[str, str], Any]]


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trip]:
    settings = {
        a: {"to_crm": {"fields": {w: {"from": n} for w, n in f.items()}}, "to_pohoda": {}} for a, f in SETTINGS.items()
    }
    with (
        pytest.MonkeyPatch.context() as patch,
        Both.open("eway", _folder(tmp_path_factory), patch, agendas=settings) as both,
    ):
        quickly(patch)
        yield _there_and_back(both)


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("fields")


def _there_and_back(both: Both) -> Trip:
    for level in ("Partner", "Základná"):
        fields.put(both, "SkCeny", IDS=level)
    for codes in ({"RefStr": "KE"}, {"RefCin": "OBCHOD"}):
        both.pohoda.delete("AD", fields.put(both, "AD", Jmeno="nobody", **codes))  # the codes are in their lists now
    company = fields.put(both, "AD", **_typed(COMPANY))
    contact = fields.put(both, "AD", RefAD=company, **_typed(CONTACT))
    postal = fields.put(both, "ADdodaci", RefAg=company, Vychozi=True, **_typed(POSTAL))
    numbers = {"company": company, "contact": contact, "postal": postal}
    counts = [both.round(), both.round()]
    guid, person = both.records()[0]["ItemGUID"], both.records("contacts")[0]["ItemGUID"]
    guids = {"company": guid, "postal": guid, "contact": person}
    before = _cards(both, numbers)
    there = {place: fields.item(both, guids[place], folder) for place, (_, folder, _) in PLACES.items()}
    for place, (_, folder, lines) in PLACES.items():
        fields.change_item(both, guids[place], folder, **{line.member: line.changed for line in lines})
    counts += [both.round(), both.round()]
    again = {place: fields.item(both, guids[place], folder) for place, (_, folder, _) in PLACES.items()}
    return Trip(there, _cards(both, numbers), again, before, counts)


def _typed(lines: tuple[Line, ...]) -> dict[str, Any]:
    return {line.column: line.value for line in lines}


def _cards(both: Both, numbers: dict[str, int]) -> Shown:
    return {place: fields.card(both, number, PLACES[place][0]) for place, number in numbers.items()}


@pytest.mark.parametrize(("place", "line"), LINES)
def test_what_stands_in_pohoda_stands_in_eway(trip: Trip, place: str, line: Line) -> None:
    assert trip.there[place][line.member] == line.shown


@pytest.mark.parametrize(("place", "line"), LINES)
def test_what_is_changed_in_eway_stands_in_pohoda(trip: Trip, place: str, line: Line) -> None:
    wanted = trip.before[place][line.column] if line.back is ... else line.back
    assert trip.back[place][line.column] == wanted


@pytest.mark.parametrize(("place", "line"), LINES)
def test_a_change_in_eway_comes_back_as_it_was_made(trip: Trip, place: str, line: Line) -> None:
    changed = trip.again[place][line.member]
    assert changed == (["Nová", "Partneri", "VIP"] if line.member == "Categories" else line.changed)


def test_nothing_is_written_once_all_is_there(trip: Trip) -> None:
    for quiet in (trip.counts[1], trip.counts[3]):
        assert {way: counts for way, counts in quiet.items() if set(counts) - {"unchanged", "left_out"}} == {}
