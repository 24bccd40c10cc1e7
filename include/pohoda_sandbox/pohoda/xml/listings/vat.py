"""VAT percentages of a country by day: what `rateVAT/@value` and the summary's `@rate` tell."""

from bisect import bisect_right

Rates = tuple[float, float, float]

_RATES: dict[str, tuple[tuple[str, Rates], ...]] = {
    "CZ": (
        ("1993-01-01", (5, 23, 0)),
        ("1995-01-01", (5, 22, 0)),
        ("2004-05-01", (5, 19, 0)),
        ("2008-01-01", (9, 19, 0)),
        ("2010-01-01", (10, 20, 0)),
        ("2012-01-01", (14, 20, 0)),
        ("2013-01-01", (15, 21, 0)),
        ("2015-01-01", (15, 21, 10)),
        ("2024-01-01", (12, 21, 0)),
    ),
    "SK": (
        ("1993-01-01", (5, 23, 0)),
        ("1996-01-01", (6, 23, 0)),
        ("1999-07-01", (10, 23, 0)),
        ("2003-01-01", (14, 20, 0)),
        ("2004-01-01", (19, 19, 0)),
        ("2007-01-01", (10, 19, 0)),
        ("2011-01-01", (10, 20, 0)),
        ("2023-01-01", (10, 20, 5)),
        ("2025-01-01", (19, 23, 5)),
    ),
}


def rates(country: str, day: str | None) -> Rates:
    """Low, high and third rate in percent on a day (`YYYY-MM-DD`); a rate that did not exist is 0."""
    known = _RATES.get(country, _RATES["CZ"])
    place = bisect_right([since for since, _ in known], (day or "9999")[:10])
    return known[max(place - 1, 0)][1]


def former(country: str, day: str) -> Rates:
    """The rates before the last change up to a day: those of goods that come back."""
    known = _RATES.get(country, _RATES["CZ"])
    place = bisect_right([since for since, _ in known], day[:10])
    return known[max(place - 2, 0)][1]
