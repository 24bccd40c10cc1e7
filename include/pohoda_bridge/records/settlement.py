"""The money of a settlement: in the currency of the invoice that it settles; below zero it is a refund."""

from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from pohoda_bridge.records.accounting_table import HOME_CURRENCIES
from pohoda_bridge.records.rounding import cents

PLACES = Decimal("0.0001")
ZERO = Decimal(0)


class Money(NamedTuple):
    """An amount of two places in `currency`; `rate`, of four places, is the home currency for one of a foreign one."""

    amount: Decimal
    currency: str
    rate: Decimal | None


def money_of(amount: Decimal | None, currency: str | None, foreign: Decimal | None, country: str) -> Money:
    """The money of a settlement of `amount` in the home currency of `country` (CZ, SK) and `foreign` in the invoice's.

    Where POHODA has no foreign amount the home one is told, in the home currency.
    """
    home = HOME_CURRENCIES[country]
    settled = amount or ZERO
    if not foreign or (currency or home) == home:
        return Money(cents(settled), home, None)
    return Money(cents(foreign), str(currency), abs(settled / foreign).quantize(PLACES, ROUND_HALF_UP))
