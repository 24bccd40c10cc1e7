"""One cell of the accountant's table: which words a condition may have, and what a result may be."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from pohoda_bridge.catalogue.load import nearest
from pohoda_bridge.records.accounting import percent_word
from pohoda_bridge.records.accounting_table import HOME_CURRENCIES, KINDS, ROUNDINGS
from pohoda_bridge.records.countries import COUNTRIES

LIMITS = {"payment_method": 32, "rounding": 32}
CODE = 19
"""How long a code may be in POHODA, in characters, and those that may be longer."""
_RATES = ("none", "low", "high", "third", "reverse", "oss")


class Wrong(ValueError):
    """What is wrong with the cell, and what to write instead."""


def condition(name: str, cell: str, home: str) -> frozenset[str]:
    """The words of a condition's cell, `DE | AT`, as facts name them; nothing when it is true of everything."""
    words = frozenset(_WORDS[name](word.strip(), home) for word in cell.split("|"))
    return frozenset() if "any" in words or words >= _ALL.get(name, frozenset({"any"})) else words


def result(name: str, cell: str, home: str) -> str:
    """What a result's cell gives: a code of POHODA's list, or a way of rounding."""
    if name == "rounding" and cell not in ROUNDINGS:
        raise Wrong(f"unknown way of rounding {cell!r}{nearest(cell, ROUNDINGS)}; one of {', '.join(ROUNDINGS)}")
    if name == "kv_section" and home == "CZ":
        raise Wrong("a Czech unit has no such field: the VAT classification decides about the control statement")
    if len(cell) > LIMITS.get(name, CODE):
        raise Wrong(f"{cell!r} is longer than {LIMITS.get(name, CODE)} characters; write the code, not the name")
    if re.search(r"[{}]", re.sub(r"\{yy(yy)?\}", "", cell)):
        raise Wrong(f"{cell!r}: only {{yy}} and {{yyyy}}, the year of the document, stand in braces")
    return cell


def _one_of(words: tuple[str, ...], what: str) -> Callable[[str, str], str]:
    def read(word: str, home: str) -> str:
        if word.casefold() in words:
            return word.casefold()
        raise Wrong(f"unknown {what} {word!r}{nearest(word, words)}; one of {', '.join(words)}")

    return read


def _country(word: str, home: str) -> str:
    if word.casefold() in {"home", "other", "any"}:
        return word.casefold()
    code = word.upper()
    if code == "EU":
        return code
    if code not in COUNTRIES:
        known = ("home", "EU", "other", *sorted(COUNTRIES))
        raise Wrong(f"unknown country {word!r}{nearest(code, known)}; home, EU, other, or two letters such as DE")
    return "home" if code == home else code


def _currency(word: str, home: str) -> str:
    if word.casefold() in {"home", "foreign", "any"}:
        return word.casefold()
    code = word.upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise Wrong(f"unknown currency {word!r}; home, foreign, or three letters such as EUR")
    return "home" if code == HOME_CURRENCIES[home] else code


def _rate(word: str, home: str) -> str:
    if word.casefold() in {*_RATES, "any"}:
        return word.casefold()
    found = re.fullmatch(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%?", word, re.ASCII)
    rate = Decimal(found[1].replace(",", ".")) if found else None
    if rate is None or 0 < rate < 1:
        raise Wrong(
            f"unknown VAT rate {word!r}{nearest(word, _RATES)}; {', '.join(_RATES)}, or a percentage such as 21"
        )
    return percent_word(rate)


def _centre(word: str, home: str) -> str:
    if not word or len(word) > CODE:
        raise Wrong(f"{word!r} is no code of a centre; it has 1 to {CODE} characters")
    return word


def _payer(word: str, home: str) -> str:
    if word.casefold() in {"yes", "no", "any"}:
        return word.casefold()
    raise Wrong(f"unknown word {word!r}; one of yes, no, any")  # the nearest of `ano` would be `no`


_WORDS: Mapping[str, Callable[[str, str], str]] = {
    "kind": _one_of((*KINDS, "any"), "kind of document"),
    "country": _country,
    "vat_payer": _payer,
    "currency": _currency,
    "vat_rate": _rate,
    "centre": _centre,
    "goods": _one_of(("goods", "service", "any"), "word"),
}
_ALL: Mapping[str, frozenset[str]] = {
    "kind": frozenset(KINDS),
    "country": frozenset({"home", "EU", "other"}),
    "vat_payer": frozenset({"yes", "no"}),
    "currency": frozenset({"home", "foreign"}),
}
"""Words that together are true of everything; a rate and goods are not: lines may disagree about them."""
