"""The accountant's table: rules that say by what a document is how it is accounted for."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from pohoda_bridge.records.countries import VAT_FORMS

Facts = Mapping[str, Set[str]]
"""Condition -> the words that are true of a document or line: a partner from Germany is `DE` and `EU`."""

CONDITIONS = ("kind", "country", "vat_payer", "currency", "vat_rate", "centre", "goods")
LINE_RESULTS = ("vat_class", "kv_section", "accounting")
"""What a line can have otherwise than its document."""

_DOCUMENT = ("series", "rounding", "payment_method", "new_centre", "activity", "contract")
_INVOICE = (*LINE_RESULTS, "account", *_DOCUMENT)
KINDS: Mapping[str, tuple[str, ...]] = {
    "invoice": _INVOICE,
    "advance": _INVOICE,
    "proforma": _INVOICE,
    "credit_note": _INVOICE,
    "debit_note": _INVOICE,
    "received_order": _DOCUMENT,
    "issued_order": _DOCUMENT,
    "offer": _DOCUMENT,
    "deal": ("series",),
}
"""Kind of document -> the results that POHODA has a place for on it."""
RESULTS = _INVOICE
FIELDS: Mapping[str, str] = {"rounding": "rounding_mode", "new_centre": "centre"}
"""Results whose field has another name: the field `rounding` is an amount, the column `centre` a condition."""

ROUNDINGS = ("none", "math2one", "math2half", "math2tenth", "math5cent", "up2one", "up2half", "up2tenth",
             "down2one", "down2half", "down2tenth")  # fmt: skip
"""POHODA's ways of rounding a document: to the nearest, up or down, to whole units, halves, tenths, five cents."""

EU = frozenset("GR" if prefix == "EL" else prefix for prefix in VAT_FORMS) - {"XI"}
HOME_CURRENCIES: Mapping[str, str] = {"CZ": "CZK", "SK": "EUR"}


@dataclass(frozen=True)
class Rule:
    """A row of the table; `row` is its line in the file. A condition that it lacks is true of everything."""

    row: int
    when: Mapping[str, frozenset[str]]
    gives: Mapping[str, str]

    def fits(self, facts: Facts) -> bool:
        """Whether every condition names one of the words that are true; of an unknown fact none is."""
        return all(words & facts.get(name, frozenset()) for name, words in self.when.items())


@dataclass(frozen=True)
class Table:
    """The rules of a unit in their order; `name` is the file's, `warnings` begin with `file:line`."""

    name: str = ""
    rules: tuple[Rule, ...] = ()
    warnings: tuple[str, ...] = field(default=(), compare=False)

    def first(self, facts: Facts) -> Rule | None:
        """The first rule that fits; no other one counts."""
        return next((rule for rule in self.rules if rule.fits(facts)), None)


def country_words(code: str, home: str) -> frozenset[str]:
    """What is true of a country (ISO) for a unit at home in `home`."""
    if code == home:
        return frozenset({"home"})
    return frozenset({code, "EU" if code in EU else "other"})


def currency_words(code: str, home: str) -> frozenset[str]:
    """What is true of a currency (ISO; empty is the home one) for a unit at home in the country `home`."""
    return frozenset({"home"}) if code in {"", HOME_CURRENCIES[home]} else frozenset({code, "foreign"})
