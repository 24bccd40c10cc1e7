"""Business keys: one text for equal values, never one text for different ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.records.keys import business_key, group_value
from tests.strategies import scalars, spaces

tuples = st.lists(st.text(st.sampled_from("ab|\\ "), max_size=4), min_size=2, max_size=3)


def key(**row):
    return business_key(tuple(row), row)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "ALFA  s.r.o. "}, {"name": "alfa\u00a0s.r.o."}),
        ({"name": "Straße"}, {"name": "STRASSE"}),
        ({"name": "Nova\u0301k"}, {"name": "Novák"}),
        ({"ico": "36 421 928"}, {"ico": "36421928"}),
        ({"ico": "177041"}, {"ico": "00177041"}),
        ({"zip": "811 01"}, {"zip": "81101"}),
        ({"ico": "1", "zip": None}, {"ico": "1", "zip": ""}),
    ],
)
def test_the_same_thing_written_differently_has_one_key(one, other):
    assert key(**one) == key(**other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"name": "Novák"}, {"name": "Novak"}),
        ({"name": "a", "zip": None}, {"name": None, "zip": "a"}),
        ({"name": "a|", "city": "b"}, {"name": "a", "city": "|b"}),
        ({"name": "a\\", "city": "b"}, {"name": "a", "city": "\\|b"}),
        ({"name": "a\\", "city": "b|c"}, {"name": "a|b\\", "city": "c"}),
        ({"name": "ab"}, {"name": "a b"}),
    ],
)
def test_different_things_have_different_keys(one, other):
    assert key(**one) != key(**other)


@given(tuples, tuples)
def test_keys_are_equal_only_when_all_parts_are(one, other):
    names = ("p", "q", "r")
    keys = [business_key(names[: len(parts)], dict(zip(names, parts, strict=False))) for parts in (one, other)]
    normal = [[" ".join(part.replace("\0", "").split()) for part in parts] for parts in (one, other)]
    if keys[0] is not None and keys[0] == keys[1]:
        assert normal[0] == normal[1]
    for parts, found in zip(normal, keys, strict=True):
        assert (found is None) == (not any(parts))


@given(st.dictionaries(st.sampled_from(["ico", "name", "zip", "client"]), scalars), spaces)
def test_a_key_does_not_change_with_case_form_or_space_around(row, around):
    parts = ("client", "ico", "name", "zip")
    spaced = {n: around + v + around if isinstance(v, str) else v for n, v in row.items()}
    swapped = {n: v.casefold() if isinstance(v, str) else v for n, v in spaced.items()}
    assert business_key(parts, spaced) == business_key(parts, row)
    assert business_key(parts, swapped) == business_key(parts, row)


def test_a_group_is_judged_when_any_field_is_filled():
    assert group_value(["ico"], {"ico": " "}) is None
    assert group_value(["ico"], {}) is None
    assert group_value(["ico", "name"], {"ico": None, "name": "Alfa"}) == "|alfa"
    assert group_value(["ico", "name"], {"ico": None, "name": None}) is None


def test_a_key_is_what_every_database_can_index():
    """NUL is passed over, where nothing else is left too; a long key is cut, and its end still counts."""
    assert key(name="A\0lfa") == key(name="Alfa")
    assert key(ico="\0", name="\0") is None
    long = "".join(chr(0x4E00 + number) for number in range(3000))
    found = {key(name=long), key(name=long + "x"), key(name=long[:-1])}
    assert len(found) == 3
    assert {len(one) for one in found} == {500}
