"""What both ways make of what they found, so that one company gives one row: words, zeros, sums, conditions, copies."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from pohoda_bridge.catalogue import Field
from pohoda_bridge.pohoda.rowing import Finish, Way, value_of

SLOT = Field.model_validate({
    "sql": "RelSzDPH", "xml": "rateVAT",
    "words": {"none": {"sql": [0, None], "xml": ["none", None]}, "high": {"sql": 2, "xml": ["high", "historyHigh"]}},
})  # fmt: skip
STATE = Field.model_validate({"sql": "TpStorn", "xml": "storno", "words": {"ours": {"sql": 1}}, "otherwise": "other"})
BARE = Field.model_validate({"sql": "RelDruh", "xml": "kind", "words": {"known": {"sql": 1, "xml": "known"}}})


@pytest.mark.parametrize(
    ("spec", "sql", "xml", "word"),
    [
        (SLOT, 2, "high", "high"),
        (SLOT, 2, "historyHigh", "high"),
        (SLOT, 0, "none", "none"),
        (SLOT, None, None, "none"),
        (SLOT, None, "", "none"),
        (STATE, True, None, "ours"),
        (STATE, 7, "cancelledDocument", "other"),
        (BARE, 0, None, None),
        (BARE, None, "", None),
    ],
)
def test_numbers_and_names_become_our_words(spec: Field, sql: Any, xml: str | None, word: str | None) -> None:
    assert value_of(spec, "sql", sql) == word
    if not (spec is STATE and word == "ours"):
        assert value_of(spec, "xml", xml) == word


def test_a_number_or_name_that_nobody_knows_is_told_as_such() -> None:
    assert value_of(SLOT, "sql", 7) == "?7"
    assert value_of(BARE, "xml", "new") == "?new"


def test_the_store_is_what_stands_before_its_branch() -> None:
    store = Field(sql="RefSklad/sSklad.IDS", xml="storage/ids", up_to="/")
    assert value_of(store, "sql", "SKLAD ") == value_of(store, "xml", "SKLAD/Stoly/Malé") == "SKLAD"
    assert value_of(store, "xml", "/Stoly") is None


FIELDS = {
    "currency": Field(sql="RefCM/sCMeny.Kod", xml="currency/ids"),
    "foreign": Field(type="decimal", sql="CmCelkem", xml="priceSum", blank="zero", only_if="currency"),
    "net": Field(type="decimal", sql="Kc2", xml="price", blank="zero"),
    "vat": Field(type="decimal", sql="KcDPH2", xml="priceVAT", blank="zero", optional=True),
    "total": Field(type="decimal", sql="KcCelkem", sum=("net", "vat"), blank="zero"),
    "basis": Field.model_validate({"xml": "price@payVAT", "words": {"gross": {"xml": "true"}}, "otherwise": "net"}),
    "company": Field(sql="Firma", xml="company"),
    "city": Field(sql="Obec", xml="city"),
    "delivery_company": Field(sql="Firma2", xml="shipTo/company", repeats="company"),
    "delivery_city": Field(sql="Obec2", xml="shipTo/city", repeats="city"),
}


def finished(way: Way, **found: Any) -> dict[str, Any]:
    row = {**dict.fromkeys(FIELDS), **found}
    Finish(FIELDS, way)(row)
    return row


def test_what_a_way_leaves_out_is_made_up_for() -> None:
    amounts = {"net": Decimal(100), "vat": None}
    by_sql = finished("sql", **amounts, total=Decimal(100), foreign=Decimal(0))
    by_xml = finished("xml", **amounts, basis="net")
    assert by_sql == by_xml
    assert by_sql["vat"] == 0, "a column that is not there yet is as empty as one that is"
    assert by_sql["total"] == 100
    assert by_sql["foreign"] is None, "the program keeps zeros of currencies on documents that have none"
    assert finished("sql", currency="EUR", foreign=None)["foreign"] == 0


@pytest.mark.parametrize(
    ("company", "city", "left"),
    [
        ("Alfa", "Brno", (None, None)),
        (None, None, (None, None)),
        (None, "Brno", (None, None)),
        ("Alfa", "Praha", ("Alfa", "Praha")),
        ("Beta", "Brno", ("Beta", "Brno")),
    ],
)
def test_a_delivery_address_that_only_repeats_the_company_is_none(
    company: str | None, city: str | None, left: tuple[str | None, str | None]
) -> None:
    row = finished("sql", company="Alfa", city="Brno", delivery_company=company, delivery_city=city)
    assert (row["delivery_company"], row["delivery_city"]) == left


def test_a_row_of_a_set_asks_its_own_fields_first_and_then_its_record() -> None:
    fields = {
        "kind": Field(sql="RelAgID", xml="."),
        "text": Field(sql="SText", xml="text", only_if={"kind": "item"}),
        "advance": Field(sql="RefPol", xml="sourceDocument/id", only_if={"kind": "advance"}),
        "foreign": Field(sql="Cm", xml="foreign", only_if="currency"),
    }
    header = {"kind": "invoice", "currency": None}
    row = {"kind": "item", "text": "Stôl", "advance": "7", "foreign": "5"}
    Finish(fields, "sql")(row, header)
    assert row == {"kind": "item", "text": "Stôl", "advance": None, "foreign": None}
    row = {"kind": "advance", "text": "Odpočet", "advance": "7", "foreign": "5"}
    Finish(fields, "xml")(row, {**header, "currency": "EUR"})
    assert row == {"kind": "advance", "text": None, "advance": "7", "foreign": "5"}


def test_dates_lose_the_midnight_that_columns_have() -> None:
    spec = Field(type="date", sql="Datum", xml="date")
    assert value_of(spec, "sql", datetime(2026, 5, 1)) == value_of(spec, "xml", "2026-05-01")
