"""Custom fields of POHODA E1 and fields added to either CRM, of every type both have: goods, documents, contracts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.errors import StopAgenda
from tests.settings.office import TABLES, Office

LISTS = {"Doprava": ("OSOBNE", "KURIER"), "Zdroj": ("WEB", "VELTRH"), "Farba": ("CERVENA", "BUK")}
KINDS = {
    "issued_invoices": {"VPrProjekt": "text", "VPrProvizia": "number", "VPrSchvalene": "bool",
                        "VPrSchvaleneDna": "date", "VPrNaklady": "currency", "RefVPrDoprava": "option"},
    "received_invoices": {"VPrSchvalene": "bool", "RefVPrDoprava": "text"},
    "received_orders": {"RefVPrDoprava": "option", "VPrSluby": "date", "VPrRozpocet": "number"},
    "issued_orders": {"RefVPrDoprava": "text", "VPrSluby": "date", "VPrRozpocet": "currency"},
    "offers": {"VPrSanca": "number", "RefVPrZdroj": "option"},
    "products": {"RefVPrFarba": "option", "VPrEko": "bool", "VPrZivotnost": "number", "VPrNavod": "text"},
    "deals": {"VPrRozpocet": "currency", "VPrHodiny": "number"},
}  # fmt: skip
"""Agenda -> custom field of POHODA -> the kind of the CRM's field that it goes to."""
FIRST = {"text": "Prvý", "number": Decimal("12.5"), "currency": Decimal("137.37"), "bool": True, "date": "2026-02-03"}
THEN = {"text": "Druhý", "number": Decimal(7), "currency": Decimal("0.01"), "bool": False, "date": "2026-12-31"}
CASES = [pytest.param(agenda, column, id=f"{agenda}-{column}") for agenda in KINDS for column in KINDS[agenda]]
MADE = ("offers", "received_orders", "issued_orders", "issued_invoices", "deals")


@dataclass
class Tried:
    """What stood in the CRM after the first run, and after people changed all in POHODA: agenda -> column -> value."""

    office: Office
    wires: dict[str, dict[str, str]]
    """Agenda -> column -> the field in the CRM."""
    first: dict[str, dict[str, Any]] = field(default_factory=dict)
    then: dict[str, dict[str, Any]] = field(default_factory=dict)
    emptied: dict[str, dict[str, Any]] = field(default_factory=dict)


def typed(office: Office, agenda: str, values: dict[str, Any], place: int) -> dict[str, Any]:
    """The columns of a row with these values; of a list the id of the code that stands at this place."""
    codes = {row["IDS"]: row["ID"] for row in office.both.cards("sVPULpol")}
    typed = {}
    for column, kind in KINDS[agenda].items():
        listed = LISTS.get(column.removeprefix("RefVPr"))
        value = codes[listed[place]] if listed else values[kind]
        integer = column == "VPrZivotnost" and value is not None
        typed[column] = int(value) if integer else value
    return typed


def wanted(agenda: str, column: str, values: dict[str, Any], place: int) -> Any:
    listed = LISTS.get(column.removeprefix("RefVPr"))
    value = listed[place] if listed else values[KINDS[agenda][column]]
    return Decimal(int(value)) if column == "VPrZivotnost" else value


def plain(value: Any) -> Any:
    """What a CRM shows, in one form: numbers exact, of a moment the day."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return value[:10] if value[4:5] == value[7:8] == "-" else value
    return Decimal(str(value))


@pytest.fixture(scope="module")
def tried(office: Office) -> Iterator[Tried]:
    codes = tuple(row["IDS"] for row in office.both.cards("sVPULpol"))
    wires = {
        agenda: {column: office.field(agenda, kind, codes if kind == "option" else ()) for column, kind in own.items()}
        for agenda, own in KINDS.items()
        if office.can(agenda, "to_crm") or office.can(agenda, "to_pohoda")
    }
    office.link({
        agenda: {way: {"fields": {wire: {"from": f"custom.{column}"} for column, wire in own.items()}}
                 for way in ("to_crm", "to_pohoda")}
        for agenda, own in wires.items()
    })  # fmt: skip
    tried = Tried(office, wires)
    office.both.sync("clients")
    for agenda in (agenda for agenda in wires if office.can(agenda, "to_crm")):
        changed, emptied = entered(office, agenda)
        for noted, values, place in ((tried.first, FIRST, 0), (tried.then, THEN, 1)):
            office.change(agenda, changed, **typed(office, agenda, values, place))
            office.change(agenda, emptied, **(typed(office, agenda, FIRST, 0) if values is FIRST else empty(agenda)))
            office.both.sync(agenda)
            shown = office.shown(agenda)
            noted[agenda], tried.emptied[agenda] = (
                {column: plain(shown[number][wire]) for column, wire in wires[agenda].items()}
                for number in (changed, emptied)
            )
    yield tried


def entered(office: Office, agenda: str) -> list[str]:
    """The numbers of two records that go."""
    if agenda in MADE and agenda != "deals":
        return [office.repeat(agenda), office.repeat(agenda)]
    received = agenda == "received_invoices"
    rows = office.rows(agenda).items()
    return sorted(number for number, row in rows if not received or (row["RelTpFak"] > 10 and row["RefAD"]))[:2]


def empty(agenda: str) -> dict[str, Any]:
    return {column: False if kind == "bool" else None for column, kind in KINDS[agenda].items()}


@pytest.mark.parametrize(("agenda", "column"), CASES)
def test_a_value_arrives_with_its_type_follows_a_change_and_goes(tried: Tried, agenda: str, column: str) -> None:
    if agenda not in tried.first:
        pytest.skip(f"{tried.office.kind} takes no {agenda} from POHODA")
    assert tried.first[agenda][column] == wanted(agenda, column, FIRST, 0)
    assert tried.then[agenda][column] == wanted(agenda, column, THEN, 1)
    assert tried.emptied[agenda][column] in ({None, False} if KINDS[agenda][column] == "bool" else {None, ""})


@pytest.mark.parametrize("agenda", MADE)
def test_what_is_made_in_the_crm_has_its_values_in_pohoda(tried: Tried, agenda: str) -> None:
    office = tried.office
    custom = {wire: _sent(wanted(agenda, column, FIRST, 0)) for column, wire in tried.wires[agenda].items()}
    partner = office.records("clients")[0]["id"]
    values: dict[str, Any] = {"name": "Nová hala"} if agenda == "deals" else {
        "partner": partner, "issued_on": "2026-03-05", "document_currency": "EUR",
        "items": [{"name": "Práca", "quantity": 1, "unit_price": 100, "vat_percent": 23}],
        **({"kind": "invoice"} if agenda == "issued_invoices" else {}),
    }  # fmt: skip
    before = {row["ID"] for row in office.both.cards(TABLES[agenda])}
    office.make(agenda, custom, **values)
    counts = office.both.sync(agenda, "to_pohoda")
    assert counts["created"] == 1, counts
    (made,) = [row for row in office.both.cards(TABLES[agenda]) if row["ID"] not in before]
    listed = {row["ID"]: row["IDS"] for row in office.both.cards("sVPULpol")}
    for column in tried.wires[agenda]:
        stored = listed.get(made[column]) if column.startswith("Ref") else made[column]
        stored = bool(stored) if KINDS[agenda][column] == "bool" else plain(stored)
        assert stored == wanted(agenda, column, FIRST, 0), column


def test_what_no_api_shows_is_refused_by_its_name(office: Office) -> None:
    if office.kind == "gram":
        pytest.skip("Gram shows all its fields")
    wire = office.field("offers", "options")
    office.link({"offers": {"to_crm": {"fields": {wire: {"from": "custom.RefVPrZdroj"}}}}})
    with pytest.raises(StopAgenda, match="multiple choice"):
        office.both.sync("offers")


def _sent(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
