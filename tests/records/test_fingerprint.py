"""Fingerprints: equal for equal values whatever the process; JSON that loses nothing."""

import json
import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.errors import RejectRecord
from pohoda_bridge.records.fingerprint import VERSION, canonical, dumps, fingerprint, loads
from tests.strategies import records

SAMPLE = {"name": "Čučoriedka", "total": Decimal("1.50"), "on": date(2026, 2, 1), "tags": ["b", "a"], "ok": True}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": Decimal("1.50")}, {"a": Decimal("1.5")}),
        ({"a": Decimal("100")}, {"a": Decimal("1E+2")}),
        ({"a": Decimal("-0.00")}, {"a": Decimal(0)}),
        ({"a": Decimal("123456789012345678901234567890.10")}, {"a": Decimal("123456789012345678901234567890.1")}),
        ({"a": 1, "b": None}, {"a": 1}),
        ({"a": 1, "b": "", "c": []}, {"a": 1}),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (
            {"a": datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=1)))},
            {"a": datetime(2026, 1, 1, 11, tzinfo=UTC)},
        ),
    ],
)
def test_equal_values_have_equal_fingerprints(one, other):
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 0}, {}),
        ({"a": False}, {}),
        ({"a": "0"}, {"a": 0}),
        ({"a": True}, {"a": 1}),
        ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}),
        ({"a": ["b", "c"]}, {"a": ["c", "b"]}),
        ({"a": "é"}, {"a": "e"}),
        ({"a": Decimal("123456789012345678901234567890.10")}, {"a": Decimal("123456789012345678901234567890.11")}),
        ({"a": datetime(2026, 1, 1)}, {"a": datetime(2026, 1, 1, 0, 0, 1)}),
    ],
)
def test_different_values_have_different_fingerprints(one, other):
    assert fingerprint(one) != fingerprint(other)


@given(records)
def test_the_order_of_names_does_not_matter_and_one_change_does(values):
    assert fingerprint(dict(reversed(values.items()))) == fingerprint(values)
    assert fingerprint({**values, "new": "x"}) != fingerprint(values)
    assert fingerprint(values).startswith(f"{VERSION}:")


def test_another_process_hash_seed_and_locale_give_the_same():
    code = "import sys;from pohoda_bridge.records.fingerprint import *;print(fingerprint(loads(sys.argv[1])))"
    for seed, locale in (("1", "C"), ("2", "cs_CZ.UTF-8")):
        env = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": "Asia/Tokyo", "PYTHONUTF8": "1"}
        done = subprocess.run([sys.executable, "-c", code, dumps(SAMPLE)], env=env, capture_output=True, check=True)
        assert done.stdout.decode().strip() == fingerprint(SAMPLE)


def test_the_form_is_fixed():
    assert fingerprint(SAMPLE) == "1:54584312f9a867bb528963a36096670f"
    assert dumps(SAMPLE) == (
        '{"name":"Čučoriedka","ok":true,"on":{"date":"2026-02-01"},"tags":["b","a"],"total":{"decimal":"1.50"}}'
    )


@given(records)
def test_json_brings_every_value_back_with_its_type(values):
    back = loads(dumps(values))
    assert back == values
    assert {name: type(value) for name, value in back.items()} == {name: type(value) for name, value in values.items()}
    assert {n: str(v) for n, v in back.items()} == {n: str(v) for n, v in values.items()}


@given(records)
def test_canonical_values_are_json(values):
    assert json.loads(json.dumps(canonical(list(values.values())))) is not None


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), Decimal("Infinity"), {"a": 1.5}, b"x", [1.5]])
@pytest.mark.parametrize("write", [fingerprint, dumps])
def test_a_float_and_other_strangers_are_refused(write, value):
    with pytest.raises(TypeError):
        write({"a": value})


@pytest.mark.parametrize("value", ["\ud83d", 2**64, ["\udc00"]])
@pytest.mark.parametrize("write", [fingerprint, dumps])
def test_what_json_cannot_hold_refuses_the_record_only(write, value):
    with pytest.raises(RejectRecord):
        write({"a": value})


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9))
def test_a_decimal_has_one_form(value):
    assert Decimal(canonical(value)) == value
    assert canonical(value) == canonical(value * Decimal("1.0") if abs(value.as_tuple().exponent) < 9 else value)


def test_rows_of_a_set_are_kept_and_compared_by_value():
    lines = [{"net": Decimal("1.50"), "on": date(2026, 1, 2), "text": None}, {"net": Decimal(0)}]
    assert loads(dumps({"lines": lines}))["lines"] == lines
    same = [{"on": date(2026, 1, 2), "net": Decimal("1.5")}, {"net": Decimal(0), "text": ""}]
    assert fingerprint({"lines": lines}) == fingerprint({"lines": same})
    assert fingerprint({"lines": lines}) != fingerprint({"lines": lines[::-1]})
