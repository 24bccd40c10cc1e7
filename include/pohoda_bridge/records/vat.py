"""True percentages of VAT: POHODA keeps the slot of a rate, the law of the country says what it was on the day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

SLOTS = ("none", "low", "high", "third")

# Country -> the first day of a law, and the percentages of low, high and third from then on, the newest first.
_LAW: Mapping[str, tuple[tuple[date, tuple[int | None, int, int | None]], ...]] = {
    "CZ": (
        (date(2024, 1, 1), (12, 21, None)),
        (date(2015, 1, 1), (15, 21, 10)),
        (date(2013, 1, 1), (15, 21, None)),
        (date(2012, 1, 1), (14, 20, None)),
        (date(2010, 1, 1), (10, 20, None)),
        (date(2008, 1, 1), (9, 19, None)),
        (date(2004, 5, 1), (5, 19, None)),
    ),
    "SK": (
        (date(2025, 1, 1), (19, 23, 5)),
        (date(2023, 1, 1), (10, 20, 5)),
        (date(2011, 1, 1), (10, 20, None)),
        (date(2010, 5, 1), (10, 19, 6)),
        (date(2007, 1, 1), (10, 19, None)),
        (date(2004, 1, 1), (None, 19, None)),
    ),
}


def percent(country: str, day: date | None, slot: str | None, explicit: Decimal | None = None) -> Decimal | None:
    """The percentage of a slot (`SLOTS`) in a country (CZ, SK) on the day of supply; None where nobody can tell.

    An explicit percentage of POHODA wins over the slot: it stands on lines with an old rate or the rate of another
    country (OSS). Zero is none: POHODA's column holds it where nothing was entered.
    """
    if explicit:
        return explicit
    if slot == "none":
        return Decimal(0)
    rates = _rates(country, day) if day is not None else {}
    return rates.get(slot or "")


def _rates(country: str, day: date) -> Mapping[str, Decimal]:
    for since, percents in _LAW.get(country, ()):
        if day >= since:
            pairs = zip(SLOTS[1:], percents, strict=True)
            return {slot: Decimal(rate) for slot, rate in pairs if rate is not None}
    return {}
