"""True percentages of VAT: POHODA keeps the slot of a rate, the law of the country says what it was on the day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

SLOTS = ("none", "low", "high", "third")

_BASIC_FROM = 15

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


def slot_of(country: str, day: date | None, rate: Decimal, *, abroad: bool = False) -> tuple[str, Decimal | None]:
    """The slot whose percentage this is in a country (CZ, SK) on the day, and the percentage where it must be told.

    A rate of another time has the slot that it had then. One of another country (`abroad`: OSS), or of nowhere, is high
    from 15 % on: the EU lets no basic rate be lower.
    """
    if not rate:
        return "none", None
    laws = [] if abroad else [dict(zip(SLOTS[1:], rates, strict=True)) for _, rates in _LAW.get(country, ())]
    valid = {} if abroad or day is None else _rates(country, day)
    for slots, told in ((valid, None), *((law, rate) for law in laws)):
        if found := next((slot for slot, its in slots.items() if its == rate), None):
            return found, told
    return "high" if rate >= _BASIC_FROM else "low", rate


def _rates(country: str, day: date) -> Mapping[str, Decimal]:
    for since, percents in _LAW.get(country, ()):
        if day >= since:
            pairs = zip(SLOTS[1:], percents, strict=True)
            return {slot: Decimal(rate) for slot, rate in pairs if rate is not None}
    return {}
