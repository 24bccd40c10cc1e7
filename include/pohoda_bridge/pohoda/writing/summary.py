"""The sums of a document: with lines only how it is rounded and its currency, as POHODA adds lines up itself."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pohoda_bridge.pohoda.writing.leaves import Notes
from pohoda_bridge.records.rounding import MODES, cents, rounded
from pohoda_bridge.side import Row

MODE, AMOUNT = "rounding_mode", "rounding"
CURRENCY = ("currency", "rate", "rate_amount")


def summed(
    values: Mapping[str, Any], names: Sequence[str], notes: Notes, *, foreign: bool, lines: Sequence[Row]
) -> Row:
    """Of the values those that the summary of a document takes; `names` are all that it could.

    A document with lines always says how it is rounded: what the unit's settings say would change its total.
    """
    sent = {name: values[name] for name in names if values.get(name) is not None}
    if not foreign:
        sent = {name: value for name, value in sent.items() if name not in CURRENCY and not name.startswith("foreign_")}
    elif not lines:
        sent = {name: value for name, value in sent.items() if name in CURRENCY or name.startswith("foreign_")}
    if sent.get(MODE) not in {None, "none", *MODES}:
        notes.reasons.append(f"{MODE}: {sent[MODE]!r} is none of none, {', '.join(MODES)}")
    if not lines:
        return sent
    amount = sent.get(AMOUNT) or Decimal(0)
    sent = {name: value for name, value in sent.items() if name in {*CURRENCY, MODE, AMOUNT}}
    if sent.get(MODE) is None:
        mode = _mode(amount, lines, foreign=foreign)
        if mode is not None:
            sent[MODE] = mode
        elif foreign:
            notes.reasons.append(f"{AMOUNT}: in a foreign currency POHODA takes only the way of rounding; fill {MODE}")
    if sent.get(MODE) is not None:
        sent.pop(AMOUNT, None)
    return sent


def _mode(amount: Decimal, lines: Sequence[Row], *, foreign: bool) -> str | None:
    """A way of rounding that makes just this amount of the lines; every one that does makes the same total."""
    if not amount:
        return "none"
    if foreign or any(line.get("net") is None for line in lines):
        return None
    exact = cents(sum((line["net"] + (line.get("vat") or 0) for line in lines), Decimal(0)))
    return next((mode for mode in MODES if rounded(exact, mode) - exact == amount), None)
