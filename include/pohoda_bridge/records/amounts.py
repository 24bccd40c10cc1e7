"""What the lines of a document amount to, computed anew from quantities, prices, discounts and rates.

A line is rounded by itself: a price without VAT gives the net amount, from which VAT follows; one with VAT the gross
amount, from which VAT is taken out. Totals are sums of lines, and the document's rounding comes last. A document in a
foreign currency is computed in it. Reverse charge bears no VAT. Amounts that a line gives itself go to POHODA as they
are, and count in the totals: its source may round otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from typing import Any

from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.records.rounding import MODES, cents, rounded
from pohoda_bridge.records.vat import SLOTS, percent

Row = Mapping[str, Any]
ZERO = Decimal(0)
DIGITS = 60
"""Enough for the product of any three numbers that POHODA can hold."""


@dataclass(frozen=True)
class Amounts:
    """Net amount and VAT of a line in the document's currency; `rate` is the percentage, None where nobody knows it."""

    slot: str
    net: Decimal
    vat: Decimal
    rate: Decimal | None = ZERO

    @property
    def gross(self) -> Decimal:
        """With VAT."""
        return self.net + self.vat


@dataclass(frozen=True)
class Totals:
    """What a document amounts to in its currency, by slot of the rate; `total` with the rounding."""

    net: Mapping[str, Decimal] = field(default_factory=dict)
    vat: Mapping[str, Decimal] = field(default_factory=dict)
    rounding: Decimal = ZERO
    total: Decimal = ZERO


@dataclass(frozen=True)
class Document:
    """A record with what holds for all its lines; `rate` is home currency for one unit of its own, None at home."""

    row: Row
    country: str
    lines: Sequence[Row]
    foreign: bool
    rate: Decimal | None

    @classmethod
    def of(cls, record: Row, country: str) -> "Document":
        """The document of a unit at home in `country` (CZ, SK); the home currency may be named or empty."""
        foreign = (record.get("currency") or HOME_CURRENCIES[country]) != HOME_CURRENCIES[country]
        kurs, units = number(record.get("rate")), number(record.get("rate_amount"))
        rate = kurs / (units or 1) if foreign and kurs else None
        return cls(record, country, list(record.get("lines") or []), foreign, rate)

    def given(self, name: str) -> Decimal | None:
        """An amount of the header, None where it has none."""
        return number(self.row.get(name))

    def own(self, name: str) -> str:
        """The name of a field that holds an amount in the document's currency."""
        return f"foreign_{name}" if self.foreign else name


def totals(record: Row, country: str) -> Totals:
    """The totals of the lines without deducted advances, for a unit at home in `country` (CZ, SK)."""
    with localcontext() as context:
        context.prec = DIGITS
        of = Document.of(record, country)
        items = [held(of, line, line_amounts(of, line)) for line in of.lines if line.get("kind") != "advance"]
        return summed(of, items, items)


def line_amounts(of: Document, line: Row) -> Amounts:
    """A line computed from its price, or from its net amount where it has no price."""
    slot, rate = str(line.get("vat_slot") or "none"), _rate(of, line)
    price, net, vat = (number(line.get(of.own(name))) for name in ("unit_price", "net", "vat"))
    if rate is None:
        return Amounts(slot, net or ZERO, vat or ZERO, None)
    if price is None:
        net = net or ZERO
        # VAT may have been taken out of a gross amount that only the two together still tell.
        if vat is not None and vat == cents((net + vat) * rate / (100 + rate)):
            return Amounts(slot, net, vat, rate)
        return Amounts(slot, net, cents(net * rate / 100), rate)
    amount = cents(price * _quantity(line) * (100 - (number(line.get("discount")) or ZERO)) / 100)
    if line.get("with_vat"):
        taken = cents(amount * rate / (100 + rate))
        return Amounts(slot, amount - taken, taken, rate)
    return Amounts(slot, amount, cents(amount * rate / 100), rate)


def held(of: Document, line: Row, computed: Amounts) -> Amounts:
    """The line's own amounts where it has them, else the computed ones."""
    net, vat = (number(line.get(of.own(name))) for name in ("net", "vat"))
    return replace(computed, net=computed.net if net is None else net, vat=computed.vat if vat is None else vat)


def summed(of: Document, slots: Iterable[Amounts], whole: Iterable[Amounts]) -> Totals:
    """Totals of which `slots` make the amounts by rate, and `whole` the document's total."""
    net, vat = dict.fromkeys(SLOTS, ZERO), dict.fromkeys(SLOTS, ZERO)
    for one in slots:
        net[one.slot] = net.get(one.slot, ZERO) + one.net
        vat[one.slot] = vat.get(one.slot, ZERO) + one.vat
    exact = sum((one.gross for one in whole), ZERO)
    mode = of.row.get("rounding_mode")
    known = mode == "none" or mode in MODES
    rounding = rounded(exact, str(mode)) - exact if known else of.given(of.own("rounding")) or ZERO
    return Totals(net, vat, rounding, exact + rounding)


def number(value: Any) -> Decimal | None:
    """The value as a number; nothing is None."""
    return None if value is None or value == "" else Decimal(value)


def _quantity(line: Row) -> Decimal:
    """The quantity; a deducted advance is one, elsewhere nothing is nothing."""
    return number(line.get("quantity")) or Decimal(1 if line.get("kind") == "advance" else 0)


def _rate(of: Document, line: Row) -> Decimal | None:
    if line.get("reverse_charge"):
        return ZERO
    day = of.row.get("taxed_on") or of.row.get("issued_on")
    country = "" if of.row.get("oss_country") or of.row.get("vat_historic") else of.country
    return percent(country, day, line.get("vat_slot") or "none", number(line.get("vat_explicit")))
