"""What a document's lines and totals amount to, to the cent: the one place of the sample company that computes it.

A line is rounded by itself, and totals are sums of lines. A price without VAT gives the net amount, from which VAT
follows; a price with VAT gives the gross one, from which VAT is taken out. In a foreign currency the line is computed
in it, and carried over at the document's rate. Deducted advances stand on lines of their own, outside the totals:
they lower only what is left to pay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pohoda_sandbox.company.rates import NONE, Rates

CENT = Decimal("0.01")
ZERO = Decimal(0)
ROUNDING = {0: ZERO, 1: Decimal(1), 4: Decimal("0.05")}
"""The step to which a total is rounded, by POHODA's `ZaokrFV`. Its list is not published; these are the places in the
list of its XML (none, math2one ... math5cent)."""


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(stored: Any) -> Decimal:
    """An amount as it came back from a database; none is zero."""
    return cents(Decimal(str(stored or 0)))


@dataclass(frozen=True)
class Exchange:
    """A foreign currency (id in `sCMeny`) and its rate: `kurs` of the home currency for `units` of it."""

    currency: int
    code: str
    kurs: Decimal
    units: int = 1

    def home(self, foreign: Decimal) -> Decimal:
        return cents(foreign * self.kurs / self.units)

    def price(self, home: Decimal) -> Decimal:
        """What a home price is in the currency."""
        return cents(home * self.units / self.kurs)

    @property
    def columns(self) -> dict[str, Any]:
        return {"RefCM": self.currency, "CmKurs": float(self.kurs), "CmMnoz": self.units}


@dataclass(frozen=True)
class Terms:
    """What holds for all lines of a document. `explicit`: their percentages stand on them (old rates, OSS)."""

    rates: Rates
    exchange: Exchange | None = None
    with_vat: bool = False
    exempt: bool = False
    explicit: bool = False
    oss: str = ""
    rounding: int = 0

    def slot(self, of_card: int) -> int:
        return NONE if self.exempt or of_card not in self.rates else of_card


def line(terms: Terms, *, price: Decimal, quantity: Decimal, slot: int, discount: int = 0) -> dict[str, Any]:
    """The amounts of a line as columns; `price` for a unit in the document's currency, with VAT if its terms say so."""
    percent = terms.rates[slot]
    amount = cents(price * quantity * (100 - discount) / 100)
    columns: dict[str, Any] = {
        "Mnozstvi": float(quantity),
        "Sleva": float(discount),
        "SDph": terms.with_vat,
        "RelSzDPH": slot,
    }
    if terms.explicit and slot != NONE:
        columns["ProcentoDPH"] = float(percent)
    if terms.exchange:
        net = terms.exchange.home(amount)
        columns |= {"CmJedn": price, "Cm": amount, "CmDPH": cents(amount * percent / 100)}
        columns |= {"KcJedn": terms.exchange.home(price), "Kc": net, "KcDPH": cents(net * percent / 100)}
    elif terms.with_vat:
        vat = cents(amount * percent / (100 + percent))
        columns |= {"KcJedn": price, "Kc": amount - vat, "KcDPH": vat}
    else:
        columns |= {"KcJedn": price, "Kc": amount, "KcDPH": cents(amount * percent / 100)}
    return columns


def totals(lines: Sequence[Mapping[str, Any]], terms: Terms) -> dict[str, Any]:
    """The totals of a document's lines as columns; `lines` without deducted advances."""
    columns: dict[str, Any] = {}
    for slot in range(4):
        of_slot = [one for one in lines if one.get("RelSzDPH", NONE) == slot]
        columns[f"Kc{slot}"] = _sum(of_slot, "Kc")
        if slot:
            columns[f"KcDPH{slot}"] = _sum(of_slot, "KcDPH")
    exact = sum(columns.values(), ZERO)
    columns |= rounded(exact, terms.rounding)
    if terms.exchange:
        foreign = _sum(lines, "Cm") + _sum(lines, "CmDPH")
        columns |= {**terms.exchange.columns, "Cm0": foreign, "CmZaokr": ZERO, "CmCelkem": foreign}
    return columns


def rounded(exact: Decimal, rounding: int) -> dict[str, Any]:
    step = ROUNDING[rounding]
    total = (exact / step).quantize(Decimal(1), ROUND_HALF_UP) * step if step else exact
    return {"ZaokrFV": rounding, "KcZaokr": cents(total - exact), "KcCelkem": cents(total)}


def _sum(lines: Iterable[Mapping[str, Any]], column: str) -> Decimal:
    return sum((one.get(column) or ZERO for one in lines), ZERO)
