"""VAT rates of a country by day, in POHODA's slots: 0 none, 1 reduced, 2 basic, 3 third."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

NONE, REDUCED, BASIC, THIRD = range(4)
Rates = Mapping[int, Decimal]
_SINCE = {
    "SK": ((date(2025, 1, 1), (0, 19, 23, 5)), (date(2023, 1, 1), (0, 10, 20, 5)), (date(2011, 1, 1), (0, 10, 20))),
    "CZ": ((date(2024, 1, 1), (0, 12, 21)), (date(2015, 1, 1), (0, 15, 21, 10)), (date(2013, 1, 1), (0, 15, 21))),
}
OSS = {"DE": Decimal(19), "AT": Decimal(20), "PL": Decimal(23), "HU": Decimal(27), "CZ": Decimal(21), "SK": Decimal(23)}
OLD_DAY = {"SK": date(2024, 11, 15), "CZ": date(2023, 11, 15)}
"""A day before the last change of rates, from which goods still come back."""


def rates(country: str, day: date) -> Rates:
    """The percentages valid on a day by slot; a slot that the country does not use then is missing. Raises
    ValueError for a day before 2011 (SK) or 2013 (CZ)."""
    for since, percents in _SINCE[country]:
        if day >= since:
            return {slot: Decimal(percent) for slot, percent in enumerate(percents)}
    raise ValueError(f"no VAT rates of {country} for {day}")
