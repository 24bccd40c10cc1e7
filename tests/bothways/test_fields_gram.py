"""Every field that Gram CRM's file maps, from a row of POHODA to the record and back again; and a link's changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from pohoda_bridge.catalogue import open_catalogue
from tests.both import WAYS, Both
from tests.bothways import fields
from tests.faults.judging import quickly


@dataclass(frozen=True)
class Line:
    """A column of POHODA with its value, the field that shows it; the field's change, and what the column becomes.

    `back` is `...` where nothing goes back, and the field then shows POHODA's value again.
    """

    column: str
    value: Any
    field: str
    shown: Any
    changed: Any
    back: Any


CLIENT = (
    Line("Firma", "Alfa s.r.o.", "Name", "Alfa s.r.o.", "Alfa a syn", "Alfa a syn"),
    Line("P1", True, "Relation", ["Supplier"], ["Customer"], False),
    Line("P2", False, "Relation", ["Supplier"], ["Customer"], True),
    Line("ICO", "123 45 678", "CompanyId", "12345678", "36 396 567", "36396567"),
    Line("DIC", "2020317068", "TaxId", "2020317068", "2021838335", "2021838335"),
    Line("ICDPH", "SK2020317068", "VatId", "SK2020317068", "SK2021838335", "SK2021838335"),
    Line("Utvar", "Obchod", "Division", "Obchod", "Výroba", "Výroba"),
    Line("Email", "a@a.example; b@a.example", "Email", "a@a.example", "c@a.example", "c@a.example; b@a.example"),
    Line("Tel", "+421 1", "Phone", "+421 1", "+421 9", "+421 9"),
    Line("GSM", "+421 2", "Mobile", "+421 2", "+421 8", "+421 8"),
    Line("Fax", "+421 3", "Fax", "+421 3", "+421 7", "+421 7"),
    Line("WWW", "a.example", "Web", "a.example", "b.example", "b.example"),
    Line("Ulice", "Hlavná 1", "Street", "Hlavná 1", "Hlavná 2", "Hlavná 2"),
    Line("Obec", "Bratislava", "City", "Bratislava", "Trnava", "Trnava"),
    Line("PSC", "811 01", "Zip", "81101", "812 02", "81202"),
    Line("RefZeme", "SK", "Country", "SK", "CZ", "CZ"),
    Line("ADSplat", 14, "DueDays", 14, 30, 30),
    Line("RelForUh", "príkazom", "PaymentMethod", "príkazom", "hotově", "hotově"),
    Line("RefCM", "EUR", "Currency", "EUR", "CZK", "CZK"),
    Line("Cislo", "26AD00007", "Number", "26AD00007", "26AD00008", "26AD00008"),
    Line("Skupina", "VIP,Nová", "Group", ["Nová", "VIP"], ["Nová", "Partneri"], "Nová,Partneri"),
    Line("Zprava", "Ahoj", "Message", "Ahoj", "Dobrý deň", "Dobrý deň"),
    Line("Pozn", "Prvý\r\nDruhý\r\n", "Note", "Prvý\nDruhý", "Prvý\nTretí", "Prvý\r\nTretí"),
    Line("Pozn2", "Tajné", "InternalNote", "Tajné", "Tajnejšie", "Tajnejšie"),
    Line("Okres", "Nitriansky", "cSegment", "Nitriansky", "Trnavský", "Trnavský"),
    Line("P4", True, "cNews", True, False, False),
)
ADDRESS = (
    Line("Firma2", "Sklad", "Name", "Sklad", "Druhý sklad", "Druhý sklad"),
    Line("Utvar2", "Príjem", "Division", "Príjem", "Výdaj", "Výdaj"),
    Line("Jmeno2", "Eva Malá", "Person", "Eva Malá", "Ján Veľký", "Ján Veľký"),
    Line("Ulice2", "Krátka 2", "Street", "Krátka 2", "Krátka 3", "Krátka 3"),
    Line("Obec2", "Nitra", "City", "Nitra", "Zvolen", "Zvolen"),
    Line("PSC2", "949 01", "Zip", "94901", "949 02", "94902"),
    Line("RefZeme2", "SK", "Country", "SK", "AT", "AT"),
    Line("Tel2", "+421 4", "Phone", "+421 4", "+421 5", "+421 5"),
    Line("Email2", "s@a.example", "Email", "s@a.example", "t@a.example", "t@a.example"),
    Line("Vychozi", True, "IsDefault", True, False, False),
)
CONTACT = (
    Line("Jmeno", "Ing. Jan Sás MBA.", "TitleBefore", "Ing.", "Mgr.", "Mgr. Ján Malý Ph.D."),
    Line("Jmeno", "Ing. Jan Sás MBA.", "FirstName", "Jan", "Ján", "Mgr. Ján Malý Ph.D."),
    Line("Jmeno", "Ing. Jan Sás MBA.", "LastName", "Sás", "Malý", "Mgr. Ján Malý Ph.D."),
    Line("Jmeno", "Ing. Jan Sás MBA.", "TitleAfter", "MBA.", "Ph.D.", "Mgr. Ján Malý Ph.D."),
    Line("Funkce", "Riaditeľ", "Position", "Riaditeľ", "Obchodník", "Obchodník"),
    Line("Email", "jan@a.example", "Email", "jan@a.example", "j@a.example", "j@a.example"),
    Line("Tel", "+421 1", "Phone", "+421 1", "+421 9", "+421 9"),
    Line("GSM", "+421 2", "Mobile", "+421 2", "+421 8", "+421 8"),
    Line("Fax", "+421 3", "Fax", "+421 3", "+421 7", "+421 7"),
    Line("Pozn", "Prvý\r\nDruhý", "Note", "Prvý\nDruhý", "Tretí", "Tretí"),
)
PLACES = {"clients": ("AD", CLIENT), "addresses": ("ADdodaci", ADDRESS), "contacts": ("AD", CONTACT)}
LINES = [
    pytest.param(agenda, line, id=f"{agenda}-{line.column}-{line.field}")
    for agenda, (_, lines) in PLACES.items()
    for line in lines
]
CUSTOM = {"cSegment": {"from": "region"}, "cNews": {"from": "p4"}}
ELSEWHERE = {"client", "is_primary", "kind", "price_level"}
Shown = dict[str, dict[str, Any]]


@dataclass
class Trip:
    """What each agenda showed: in Gram after the first run, in both after people changed it there."""

    there: Shown
    before: Shown
    back: Shown
    again: Shown
    quiet: list[Any]


@pytest.fixture(scope="module")
def trip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trip]:
    link = {"clients": {"to_crm": {"fields": CUSTOM}, "to_pohoda": {}}}
    with (
        pytest.MonkeyPatch.context() as patch,
        Both.open("gram", tmp_path_factory.mktemp("fields"), patch, agendas=link) as both,
    ):
        quickly(patch)
        yield _there_and_back(both)


def custom(both: Both, name: str, kind: str = "text") -> None:
    """The CRM's administrator adds a field to clients."""
    gram = both.sandbox.gram
    field, token = {"Name": name, "Kind": kind}, {"Token": gram.token}
    requests.post(f"{gram.url}/Entity/Client/Field", json=field, headers=token, timeout=20).raise_for_status()


def _there_and_back(both: Both) -> Trip:
    custom(both, "cSegment")
    custom(both, "cNews", "bool")
    for code in ("EUR", "CZK"):
        if not both.pohoda.rows("SELECT ID FROM sCMeny WHERE Kod = ?", code):
            both.pohoda.insert("sCMeny", Kod=code, IDS=code, Mnozstvi=1, Pouzit=True)
    client = fields.put(both, "AD", **_typed(CLIENT))
    address = fields.put(both, "ADdodaci", RefAg=client, **_typed(ADDRESS))
    contact = fields.put(both, "AD", RefAD=client, **_typed(CONTACT))
    numbers = {"clients": client, "addresses": address, "contacts": contact}
    quiet = [both.round(), both.round()][1:]
    before, there = _cards(both, numbers), _records(both)
    for agenda, (_, lines) in PLACES.items():
        entity = open_catalogue(both.config).flow("gram", agenda, "to_crm").to_crm.entity
        both.crm.edit(entity, there[agenda]["id"], **{line.field: line.changed for line in lines})
    quiet += [both.round(), both.round()][1:]
    return Trip(there, before, _cards(both, numbers), _records(both), quiet)


def _typed(lines: tuple[Line, ...]) -> dict[str, Any]:
    return {line.column: line.value for line in lines}


def _cards(both: Both, numbers: dict[str, int]) -> Shown:
    return {agenda: fields.card(both, number, PLACES[agenda][0]) for agenda, number in numbers.items()}


def _records(both: Both) -> Shown:
    return {agenda: both.records(agenda)[0] for agenda in PLACES}


@pytest.mark.parametrize(("agenda", "line"), LINES)
def test_what_stands_in_pohoda_stands_in_gram(trip: Trip, agenda: str, line: Line) -> None:
    assert trip.there[agenda][line.field] == line.shown


@pytest.mark.parametrize(("agenda", "line"), LINES)
def test_what_is_changed_in_gram_stands_in_pohoda(trip: Trip, agenda: str, line: Line) -> None:
    assert trip.back[agenda][line.column] == line.back
    assert trip.again[agenda][line.field] == line.changed


def test_nothing_is_written_once_all_is_there(trip: Trip) -> None:
    for quiet in trip.quiet:
        assert {way: counts for way, counts in quiet.items() if set(counts) - {"unchanged", "left_out"}} == {}


def test_every_mapped_field_is_tried(trip: Trip) -> None:
    """Those of `ELSEWHERE` follow from where a record stands, or only go to the CRM (tests/sync)."""
    crm = open_catalogue().crms["gram"]
    for agenda, (_, lines) in PLACES.items():
        mapped = {wire.to for name, wire in crm.agendas[agenda].fields.items() if name not in ELSEWHERE}
        assert mapped <= {line.field for line in lines}


def one(both: Both, change: dict[str, Any], way: str = "to_crm", master: str = "pohoda") -> tuple[int, str]:
    """A company on both sides, linked with this change of the field Note in one direction."""
    ways = {name: {"fields": {"Note": change} if name == way else {}, "master": {"note": master}} for name in WAYS}
    both.link({"clients": ways})
    number = fields.put(both, "AD", Firma="Alfa s.r.o.", Pozn="A", Pozn2="I")
    both.round()
    return number, both.records()[0]["id"]


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    with Both.open("gram", tmp_path, monkeypatch) as opened:
        yield opened


def note(both: Both) -> Any:
    return both.records()[0]["Note"]


def test_where_a_field_is_taken_from_in_one_direction_holds_for_the_other(both: Both) -> None:
    custom(both, "cSegment")
    taken = {"fields": {"cSegment": {"from": "region"}}}
    for way in WAYS:
        both.link({"clients": {name: taken if name == way else {} for name in WAYS}})
        number = fields.put(both, "AD", Firma=f"Alfa {way}", Okres="Nitriansky")
        both.round()
        (record,) = [found for found in both.records() if found["Name"] == f"Alfa {way}"]
        assert record["cSegment"] == "Nitriansky"
        both.crm.edit("Client", record["id"], cSegment="Trnavský")
        both.round()
        assert both.card(number)["Okres"] == "Trnavský"


def test_a_field_of_new_records_only_is_not_overwritten(both: Both) -> None:
    number, record = one(both, {"on_create_only": True})
    assert note(both) == "A"
    both.pohoda.edit("AD", number, Pozn="B")
    both.round()
    assert note(both) == "A"
    both.crm.edit("Client", record, Note="C")
    both.round()
    assert (both.card(number)["Pozn"], note(both)) == ("C", "C"), "the other direction was not limited"


def test_a_field_of_new_records_only_in_pohoda(both: Both) -> None:
    number, record = one(both, {"on_create_only": True}, "to_pohoda")
    both.crm.edit("Client", record, Note="C")
    both.round()
    assert (both.card(number)["Pozn"], note(both)) == ("A", "C")
    made = both.add(name="Beta s.r.o.", note="Z")
    both.round()
    (card,) = [card for card in both.cards() if card["Firma"] == "Beta s.r.o."]
    assert (card["Pozn"], both.value(made, "note")) == ("Z", "Z")


def test_a_field_is_filled_only_where_it_is_empty(both: Both) -> None:
    number, record = one(both, {"if_empty": True})
    both.pohoda.edit("AD", number, Pozn="B")
    both.round()
    assert note(both) == "A"
    both.crm.edit("Client", record, Note=None)
    both.pohoda.edit("AD", number, Pozn="D")
    both.round()
    assert (both.card(number)["Pozn"], note(both)) == ("D", "D")


def test_a_field_dropped_on_the_way_to_gram_still_goes_to_pohoda(both: Both) -> None:
    """What one direction carries has the master at its beginning: nobody else brings the other side's value."""
    number, record = one(both, {"drop": True}, "to_crm", "crm")
    assert (both.card(number)["Pozn"], note(both)) == ("A", None)
    for text in ("C", "D"):
        both.crm.edit("Client", record, Note=text)
        both.round()
        assert (both.card(number)["Pozn"], note(both)) == (text, text)
    both.pohoda.edit("AD", number, Pozn="E")
    both.round()
    assert note(both) == "D"


def test_a_field_dropped_on_the_way_to_pohoda_still_goes_to_gram(both: Both) -> None:
    number, record = one(both, {"drop": True}, "to_pohoda")
    assert note(both) == "A"
    both.crm.edit("Client", record, Note="C")
    both.round()
    assert (both.card(number)["Pozn"], note(both)) == ("A", "C")
    both.pohoda.edit("AD", number, Pozn="D")
    both.round()
    assert (both.card(number)["Pozn"], note(both)) == ("D", "D")
