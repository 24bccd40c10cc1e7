"""What a link says of the fields of documents and goods: from where, in which words, when; who owns them; both CRMs."""

from typing import Any

import pytest

from pohoda_bridge.ledger import Request
from tests.settings.office import Office

AGENDAS = ("offers", "received_orders")
FULL = Request("full")


@pytest.fixture(scope="module")
def carried(office: Office) -> Office:
    office.link({})
    for agenda in ("clients", "products"):
        office.both.sync(agenda)
    return office


def told(office: Office, agenda: str, number: str, wire: str = "Note", **settings: Any) -> Any:
    """What the CRM shows in a field after a full run with these settings of the direction to it."""
    office.link({agenda: {"to_crm": settings}})
    office.both.sync(agenda, "to_crm", FULL)
    return office.shown(agenda)[number][wire]


@pytest.mark.parametrize("agenda", AGENDAS)
def test_a_field_is_taken_from_another_by_a_converter(carried: Office, agenda: str) -> None:
    number = carried.repeat(agenda, PSC="811 01", Pozn="Poznámka")
    note: dict[str, Any] = {"Note": {"from": "zip", "convert": "postcode"}}
    if carried.kind == "gram":
        note["BillingAddress.Zip"] = {"drop": True}  # a value goes to one place
    assert told(carried, agenda, number, fields=note) == "81101"
    assert told(carried, agenda, number) == "Poznámka"


def test_words_of_the_link_are_the_crm_s(carried: Office) -> None:
    code = next(code for code, row in carried.rows("products").items() if code in carried.shown("products"))
    words: dict[str, Any] = {"Note": {"from": "kind", "values": {"card": "Karta", "service": "Služba"}}}
    words[{"gram": "Kind", "eway": "TypeEn"}[carried.kind]] = {"drop": True}
    carried.change("products", code, RelSkTyp=3)
    assert told(carried, "products", code, fields=words) == "Služba"
    carried.change("products", code, RelSkTyp=1)
    assert told(carried, "products", code, fields=words) == "Karta"


@pytest.mark.parametrize("agenda", AGENDAS)
def test_a_field_of_new_records_only(carried: Office, agenda: str) -> None:
    once = {"Note": {"on_create_only": True}}
    number = carried.repeat(agenda, Pozn="A")
    assert told(carried, agenda, number, fields=once) == "A"
    carried.change(agenda, number, Pozn="B")
    assert told(carried, agenda, number, fields=once) == "A"
    carried.change(agenda, number, Pozn="C")
    assert told(carried, agenda, number) == "C"


@pytest.mark.parametrize("agenda", AGENDAS)
def test_a_field_where_it_is_empty_only(carried: Office, agenda: str) -> None:
    empty = {"Note": {"if_empty": True}}
    number = carried.repeat(agenda, Pozn=None)
    assert told(carried, agenda, number, fields=empty) in {None, ""}
    carried.change(agenda, number, Pozn="B")
    assert told(carried, agenda, number, fields=empty) == "B"
    carried.change(agenda, number, Pozn="C")
    assert told(carried, agenda, number, fields=empty) == "B"


@pytest.mark.parametrize("agenda", AGENDAS)
def test_a_field_that_goes_nowhere(carried: Office, agenda: str) -> None:
    number = carried.repeat(agenda, Pozn="A")
    assert told(carried, agenda, number, fields={"Note": {"drop": True}}) in {None, ""}


@pytest.mark.parametrize("agenda", [*AGENDAS, "products"])
def test_a_constant_is_given_to_new_records_and_left_to_the_crm(carried: Office, agenda: str) -> None:
    wire = carried.field(agenda, "text")
    if agenda == "products":
        new = carried.both.pohoda.insert("SKz", IDS="NOVY", Nazev="Nový", RelSkTyp=1, RefSklad=1, MJ="ks")
        number = "NOVY"
        assert new
    else:
        number = carried.repeat(agenda)
    constants = {wire: "POHODA"}
    assert told(carried, agenda, number, wire, constants=constants) == "POHODA"
    own = {"AdditionalFields": {wire: "ruka"}} if carried.kind == "eway" else {wire: "ruka"}
    carried.edit(agenda, carried.shown(agenda)[number]["id"], **own)
    carried.change(agenda, number, Pozn="zmenené")
    assert told(carried, agenda, number, wire, constants=constants) == "ruka"


@pytest.mark.parametrize(("agenda", "column"), [("offers", "RefStr"), ("issued_invoices", "RefCin")])
def test_a_document_belongs_to_whom_its_centre_or_activity_names(carried: Office, agenda: str, column: str) -> None:
    wire = {"gram": "Owner", "eway": "OwnerGUID"}[carried.kind]
    table = {"RefStr": "sSTR", "RefCin": "sCIN"}[column]
    anna, karol = carried.user("anna"), carried.user("karol")
    code = f"K{next(carried.numbers)}"
    place = carried.both.pohoda.insert(table, IDS=code, SText=code)
    owner = {"by": {"RefStr": "centre", "RefCin": "activity"}[column], "map": {code: "karol"}, "default": "anna"}
    number, other = carried.repeat(agenda, **{column: place}), carried.repeat(agenda, **{column: None})
    carried.link({}, owner=owner)
    carried.both.sync(agenda, "to_crm", FULL)
    shown = carried.shown(agenda)
    assert (shown[number][wire], shown[other][wire]) == (karol, anna)
    carried.link({}, owner={**owner, "map": {code: "anna"}})
    carried.both.sync(agenda, "to_crm", FULL)
    assert carried.shown(agenda)[number][wire] == anna
    carried.link({}, owner={**owner, "on_create_only": True})
    carried.both.sync(agenda, "to_crm", FULL)
    assert carried.shown(agenda)[number][wire] == anna
