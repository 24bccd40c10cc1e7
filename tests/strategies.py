"""Strategies shared by the property tests."""

from datetime import date, datetime

from hypothesis import strategies as st

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
spaces = st.text(st.sampled_from(" \t\r\n\u00a0\u2009\u200b"), max_size=4)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    texts,
    decimals,
    st.dates(date(1900, 1, 1)),
    st.datetimes(datetime(1900, 1, 1)),
)
records = st.dictionaries(st.sampled_from("abcdefgh"), scalars | st.lists(texts, max_size=3), max_size=8)


def ico(seven: str) -> str:
    """Seven digits with their check digit."""
    rest = sum(int(digit) * weight for digit, weight in zip(seven, (8, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return seven + {0: "1", 1: "0"}.get(rest, str(11 - rest))


icos = st.from_regex(r"[0-9]{7}", fullmatch=True).filter(str.isascii).map(ico)
slovak_dics = st.builds(
    lambda head, third, tail: f"{head}{third}{tail:06d}",
    st.integers(10, 99),
    st.sampled_from("234789"),
    st.integers(0, 999_999),
).map(lambda nine: next((f"{nine}{last}" for last in range(10) if int(f"{nine}{last}") % 11 == 0), None))
slovak_dics = slovak_dics.filter(lambda number: number is not None)
