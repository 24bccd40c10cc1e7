"""Small frames and expectations for the tests of quality."""

import pandas as pd

from pohoda_bridge.catalogue import Expectation

EXPECTATIONS = (
    Expectation(rule="filled", fields=("company", "person"), level="refuse"),
    Expectation(rule="unique", fields=("ico",), level="warn"),
    Expectation(rule="ico", fields=("ico",), level="warn"),
    Expectation(rule="dic", fields=("dic",), level="warn"),
    Expectation(rule="ic_dph", fields=("ic_dph",), level="warn"),
    Expectation(rule="email", fields=("emails",), level="warn"),
    Expectation(rule="country", fields=("country",), level="refuse"),
    Expectation(rule="length", fields=("company",), level="refuse", limit=12),
)
GOOD = {
    "company": "Alfa s.r.o.",
    "person": None,
    "ico": "35742364",
    "dic": "2020317068",
    "ic_dph": "SK2020317068",
    "emails": "a@x.sk",
    "country": "SK",
    "unique:ico__count": 1,
}


def frame(*changes):
    """One row for each change to a good one, with `_id`s 2026/AD/1, 2026/AD/2 ..."""
    rows = [{"_id": f"2026/AD/{number}", **GOOD, **change} for number, change in enumerate(changes, 1)]
    return pd.DataFrame(rows, dtype=object)
