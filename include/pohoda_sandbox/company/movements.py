"""What a receipt or an issue of goods makes of a card: the one place that computes it."""

from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import cents

CARD = 1
"""`RelSkTyp` of a card that has a stock; texts and services have none."""
RECEIPT, ISSUE = 1, 2


def average(quantity: Decimal, value: Decimal, bought: Decimal) -> Decimal:
    """What a unit on stock cost on average; the purchase price when there is none."""
    return cents(value / quantity) if quantity > 0 and value > 0 else bought


def movement(quantity: Decimal, value: Decimal, change: Decimal, worth: Decimal) -> dict[str, Any]:
    """The amounts of a movement as columns; `quantity` and `value` are what lies in the store after it."""
    return {
        "RelOP": RECEIPT if change > 0 else ISSUE,
        "PohPMJ": float(change),
        "PohKc": worth,
        "KcCelkem": cents(change * worth),
        "KcOceneni": value,
        "VNakup": average(quantity, value, worth),
        "StavZ": float(quantity),
    }
