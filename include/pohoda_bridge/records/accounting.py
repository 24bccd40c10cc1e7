"""The accountant's rules put to a document: what it leaves empty is filled by the first rule that fits."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from pohoda_bridge.records.accounting_table import (
    EU,
    FIELDS,
    KINDS,
    LINE_RESULTS,
    Facts,
    Rule,
    Table,
    country_words,
    currency_words,
)
from pohoda_bridge.records.countries import VAT_FORMS
from pohoda_bridge.records.vat import percent

Row = Mapping[str, Any]
_KINDS = {"received_orders": "received_order", "issued_orders": "issued_order", "offers": "offer", "deals": "deal"}
_NO_GOODS = {"service", "text"}


class Unit(Protocol):
    """What the rules must know of an accounting unit: its country, CZ or SK."""

    @property
    def country(self) -> str: ...


def filled(
    record: Row, table: Table | None, unit: Unit, agenda: str, product_kinds: Mapping[str, str] | None = None
) -> tuple[dict[str, Any], dict[str, int]]:
    """The record with what the table gives it, and for each filled field the line of the rule in the table's file.

    A field of a line is named `lines.1.vat_class`, the first line being 1. `product_kinds`: the kind of a product by
    what `lines.product` holds; one that is not in it is a card. Nothing that the record has itself is changed.
    """
    kind = str(record.get("kind") or "invoice") if agenda == "issued_invoices" else _KINDS.get(agenda, "")
    places = KINDS.get(kind, ())
    made, given = dict(record), dict[str, int]()
    if table is None or not places:
        return made, given
    lines = [line for line in record.get("lines") or [] if _counts(line)]
    of_lines = [_line_facts(record, line, unit.country, product_kinds or {}) for line in lines]
    facts = {**_facts(record, kind, unit.country), **_agreed(of_lines)}
    if rule := table.first(facts):
        for column, value in _values(rule, record, places):
            name = FIELDS.get(column, column)
            if _empty(record.get(name)):
                made[name], given[name] = value, rule.row
    own = [name for name in LINE_RESULTS if name in places and _empty(record.get(name))]
    if own and lines:
        found = {id(line): table.first({**facts, **its}) for line, its in zip(lines, of_lines, strict=True)}
        made["lines"] = [
            _line(number, line, found.get(id(line)), made, own, given) for number, line in enumerate(record["lines"], 1)
        ]
    return made, given


def _line(
    number: int, line: Row, rule: Rule | None, document: Row, own: Iterable[str], given: dict[str, int]
) -> dict[str, Any]:
    """The line with what its rule gives it otherwise than the document."""
    made = dict(line)
    for name in own:
        value = rule.gives.get(name) if rule else None
        if rule and value and value != document.get(name) and _empty(line.get(name)):
            made[name], given[f"lines.{number}.{name}"] = value, rule.row
    return made


def _values(rule: Rule, record: Row, places: Iterable[str]) -> Iterable[tuple[str, str]]:
    for column, value in rule.gives.items():
        if column == "series" and not _empty(record.get("number")):
            continue  # it has a number of its own, outside the series
        if column in places and (text := _dated(value, record.get("issued_on"))):
            yield column, text


def _dated(value: str, day: date | None) -> str | None:
    """The value with the year of the document in it, as series have it; None when the document has no date."""
    if "{" not in value:
        return value
    return value.replace("{yyyy}", f"{day.year:04d}").replace("{yy}", f"{day.year % 100:02d}") if day else None


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _facts(record: Row, kind: str, home: str) -> dict[str, frozenset[str]]:
    prefix = _vat_prefix(record)
    registered = "GR" if prefix == "EL" else prefix
    country = str(record.get("country") or (registered if registered in EU else home))
    return {
        "kind": frozenset({kind}),
        "country": country_words(country, home),
        "vat_payer": frozenset({"yes" if prefix else "no"}),
        "currency": currency_words(str(record.get("currency") or ""), home),
        "centre": frozenset({str(record["centre"])} if record.get("centre") else ()),
    }


def _vat_prefix(record: Row) -> str:
    """The letters of the country in which the partner pays VAT, from IČ DPH or DIČ; nothing where there are none."""
    numbers = (re.sub(r"\s", "", str(record.get(name) or "")).upper() for name in ("ic_dph", "dic"))
    return next((number[:2] for number in numbers if number[:2] in VAT_FORMS and number[2:]), "")


def _counts(line: Row) -> bool:
    """Lines that are accounted for: not a deducted advance, which has a rule of its own, nor a mere remark."""
    names = ("unit_price", "foreign_unit_price", "net", "foreign_net")
    return line.get("kind") != "advance" and any(line.get(name) for name in names)


def _line_facts(record: Row, line: Row, home: str, product_kinds: Mapping[str, str]) -> dict[str, frozenset[str]]:
    product = line.get("product")
    service = not product or product_kinds.get(str(product)) in _NO_GOODS
    return {"vat_rate": _rates(record, line, home), "goods": frozenset({"service" if service else "goods"})}


def _rates(record: Row, line: Row, home: str) -> frozenset[str]:
    """The words for a line's rate: slot and percentage; of reverse charge that alone, of OSS it and the percentage."""
    if line.get("reverse_charge"):
        return frozenset({"reverse"})
    slot, abroad = str(line.get("vat_slot") or "none"), bool(record.get("oss_country"))
    day = record.get("taxed_on") or record.get("issued_on")
    country = "" if abroad or record.get("vat_historic") else home
    rate = percent(country, day, slot, line.get("vat_explicit"))
    return frozenset({"oss" if abroad else slot, *([percent_word(rate)] if rate is not None else [])})


def percent_word(rate: Decimal) -> str:
    """A percentage as the rules name it: 21, 5.5."""
    return f"{rate.normalize():f}"


def _agreed(of_lines: list[dict[str, frozenset[str]]]) -> Facts:
    """What is true of all lines."""
    names = ("vat_rate", "goods")
    return {
        name: frozenset.intersection(*(its[name] for its in of_lines)) if of_lines else frozenset() for name in names
    }
