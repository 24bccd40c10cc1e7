"""POHODA's ways of rounding amounts."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_STEPS = {"one": Decimal(1), "half": Decimal("0.5"), "tenth": Decimal("0.1"), "5cent": Decimal("0.05")}
_WAYS = {"math": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}
MODES = {
    **{f"{way}2{step}": (_STEPS[step], _WAYS[way]) for way in _WAYS for step in ("one", "half", "tenth")},
    "math5cent": (_STEPS["5cent"], ROUND_HALF_UP),
}
"""Step and direction of each way of rounding a document, `none` left out. Up is to the greater number, so that
a credit note gives back less than the rounded invoice (assumed); halves go away from zero, alike for both."""


def cents(amount: Decimal) -> Decimal:
    """The amount to two places, halves away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def rounded(amount: Decimal, mode: str) -> Decimal:
    """A document's amount by one of its ways of rounding, to two places; an unknown one is KeyError."""
    if mode == "none":
        return cents(amount)
    step, way = MODES[mode]
    return cents((amount / step).quantize(Decimal(1), way) * step)
