"""What a document's lines and totals amount to, to the cent: the one place of the sample company that computes it.

A line is rounded by itself, and totals are sums of lines. A price without VAT gives the net amount, from which VAT
follows; a price with VAT gives the gross one, from which VAT is taken out. In a foreign currency the line is computed
in it, and carried over at the document's rate. Deducted advances stand on lines of their own, outside the totals:
they lower only what is left to pay.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from pohoda_sandbox.company.rates import NONE, Rates

CENT = Decimal("0.01")
ZERO = Decimal(0)
_ONE, _HALF, _TENTH, _FIVE_CENTS = Decimal(1), Decimal("0.5"), Decimal("0.1"), Decimal("0.05")
ROUNDING = {
    1: (_ONE, ROUND_HALF_UP), 2: (_HALF, ROUND_HALF_UP), 3: (_TENTH, ROUND_HALF_UP), 4: (_FIVE_CENTS, ROUND_HALF_UP),
    5: (_ONE, ROUND_CEILING), 6: (_HALF, ROUND_CEILING), 7: (_TENTH, ROUND_CEILING),
    8: (_ONE, ROUND_FLOOR), 9: (_HALF, ROUND_FLOOR), 10: (_TENTH, ROUND_FLOOR),
}  # fmt: skip
"""The step to which a total is rounded and how, by POHODA's `ZaokrFV`; 0 is not at all. Its list is not published;
these are the places in the list of its XML (none, math2one ... down2tenth)."""


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


def line(terms: Terms, *, price: Decimal, quantity: Decimal, slot: int, discount: int | Decimal = 0) -> dict[str, Any]:
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
    vat = cents(amount * percent / ((100 + percent) if terms.with_vat else 100))
    net = amount - vat if terms.with_vat else amount
    if terms.exchange:
        columns |= {"CmJedn": price, "Cm": net, "CmDPH": vat}
        return columns | in_home(terms.exchange, columns, percent)
    return columns | {"KcJedn": price, "Kc": net, "KcDPH": vat}


def in_home(exchange: Exchange, foreign: Mapping[str, Any], percent: Decimal) -> dict[str, Any]:
    """The home amounts of a line in foreign currency: VAT follows from the net amount at home."""
    net = exchange.home(foreign["Cm"])
    return {"KcJedn": exchange.home(foreign["CmJedn"]), "Kc": net, "KcDPH": cents(net * percent / 100)}


def totals(lines: Sequence[Mapping[str, Any]], terms: Terms) -> dict[str, Any]:
    """The totals of a document's lines as columns; `lines` without deducted advances."""
    columns: dict[str, Any] = {}
    for slot in range(4):
        of_slot = [one for one in lines if one.get("RelSzDPH", NONE) == slot]
        columns[f"Kc{slot}"] = _sum(of_slot, "Kc")
        if slot:
            columns[f"KcDPH{slot}"] = _sum(of_slot, "KcDPH")
    exact = sum(columns.values(), ZERO)
    if terms.exchange is None:
        return columns | with_rounding(exact, rounded(exact, terms.rounding) - exact, terms)
    foreign = _sum(lines, "Cm") + _sum(lines, "CmDPH")
    return columns | with_rounding(exact, rounded(foreign, terms.rounding) - foreign, terms, foreign)


def with_rounding(exact: Decimal, change: Decimal, terms: Terms, foreign: Decimal = ZERO) -> dict[str, Any]:
    """The totals as columns, when rounding adds `change`, in the document's currency, to what its lines add up to."""
    change = cents(change)
    if terms.exchange is None:
        return {"ZaokrFV": terms.rounding, "KcZaokr": change, "KcCelkem": cents(exact + change)}
    at_home = terms.exchange.home(change)
    columns = {"ZaokrFV": terms.rounding, "KcZaokr": at_home, "KcCelkem": cents(exact + at_home)}
    return columns | terms.exchange.columns | {"Cm0": foreign, "CmZaokr": change, "CmCelkem": foreign + change}


def rounded(exact: Decimal, rounding: int) -> Decimal:
    if rounding not in ROUNDING:
        return exact
    step, way = ROUNDING[rounding]
    return (exact / step).quantize(Decimal(1), way) * step


def to_pay(row: Mapping[str, Any], deducted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What an invoice with these totals leaves to pay, as columns; `deducted` are its lines of advances."""
    taken = -_sum(deducted, "Kc") - _sum(deducted, "KcDPH")
    columns = {"KcZaloha": taken, "KcLikv": row["KcCelkem"] - taken, "KcU": ZERO}
    if row.get("RefCM"):
        taken = -_sum(deducted, "Cm") - _sum(deducted, "CmDPH")
        columns |= {"CmZaloha": taken, "CmLikv": row["CmCelkem"] - taken, "CmU": ZERO}
    return columns


def _sum(lines: Iterable[Mapping[str, Any]], column: str) -> Decimal:
    return sum((one.get(column) or ZERO for one in lines), ZERO)
