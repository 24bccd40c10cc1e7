"""Checks of numbers, e-mail and country: known good and bad values, and every one-digit slip found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.records.checks import CHECKS, fault
from pohoda_bridge.records.countries import COUNTRIES, VAT_FORMS
from pohoda_bridge.records.faults import FAULTS
from tests.strategies import icos, slovak_dics, texts


def code(rule, value, unit="SK", row=None):
    found = fault(rule, value, country=unit, row_country=row)
    return found and found.code


@pytest.mark.parametrize("value", ["35742364", "31333532", "25596641", "00177041", "27074358", None, "", "  "])
def test_real_icos_are_right(value):
    assert code("ico", value) is None


@pytest.mark.parametrize(
    ("rule", "value", "unit", "row", "wanted"),
    [
        ("ico", "35 742 364", "SK", None, "ico_spaces"),
        ("ico", "35742\u00a0364", "SK", "SK", "ico_spaces"),
        ("ico", "35742365", "SK", None, "ico_checksum"),
        ("ico", "00000000", "SK", None, "ico_checksum"),
        ("ico", "3574236", "SK", None, "ico_form"),
        ("ico", "357423644", "CZ", None, "ico_form"),
        ("ico", "3574236", "SK", " sk ", "ico_form"),
        ("ico", "3574236O", "CZ", "CZ", "ico_form"),
        ("ico", "٣٥٧٤٢٣٦٤", "SK", None, "ico_form"),
        ("ico", "FN 123456a", "SK", "AT", None),
        ("ico", "FN 123456a", "SK", " ", "ico_form"),
        ("dic", "2020317068", "SK", None, None),
        ("dic", "2020317069", "SK", None, "dic_checksum"),
        ("dic", "SK2020317068", "SK", None, "dic_form_sk"),
        ("dic", "SK2020317068", "CZ", "SK", None),
        ("dic", "SK2020317069", "CZ", "SK", "dic_checksum"),
        ("dic", "0020317068", "SK", None, "dic_form_sk"),
        ("dic", "2050317068", "SK", None, "dic_form_sk"),
        ("dic", "202031706", "SK", None, "dic_form_sk"),
        ("dic", "2020 317 068", "SK", None, "dic_spaces"),
        ("dic", "CZ25596641", "CZ", None, None),
        ("dic", "CZ25596641", "SK", "CZ", None),
        ("dic", "CZ25596642", "CZ", None, "dic_checksum"),
        ("dic", "25596641", "CZ", None, "dic_form_cz"),
        ("dic", "CZ7103192745", "CZ", None, None),
        ("dic", "CZ2559664", "CZ", None, "dic_form_cz"),
        ("dic", "12/345/67890", "SK", "DE", None),
        ("dic", "ATU12345678", "SK", "AT", None),
        ("dic", "ATU1234567", "SK", "AT", "dic_form_eu"),
        ("ic_dph", "SK2020317068", "SK", None, None),
        ("ic_dph", "SK2020317069", "SK", None, "ic_dph_checksum"),
        ("ic_dph", "SK2050317068", "SK", None, "ic_dph_form"),
        ("ic_dph", "2020317068", "SK", None, "ic_dph_prefix"),
        ("ic_dph", "SK 2020317068", "SK", None, "ic_dph_spaces"),
        ("ic_dph", "CZ25596641", "SK", "CZ", None),
        ("ic_dph", "CZ25596642", "SK", "CZ", "ic_dph_checksum"),
        ("ic_dph", "DE123456789", "SK", "DE", None),
        ("ic_dph", "DE12345678", "SK", "DE", "ic_dph_form"),
        ("ic_dph", "123456789", "SK", "GR", "ic_dph_prefix"),
        ("ic_dph", "CHE-123.456.788", "SK", "CH", None),
        ("country", "SK", "SK", None, None),
        ("country", "XK", "SK", None, None),
        ("country", "SVK", "SK", None, "country_unknown"),
        ("country", "UK", "SK", None, "country_unknown"),
        ("country", "sk", "SK", None, "country_unknown"),
    ],
)
def test_numbers_and_countries(rule, value, unit, row, wanted):
    assert code(rule, value, unit, row) == wanted


@pytest.mark.parametrize(
    "value",
    [
        "a@x.sk",
        "jan.novak+1@pod.firma.co.uk",
        "a@x.sk, b@y.cz;c@z.eu",
        "a@x.sk b@y.sk",
        "a@čučoriedka.sk",
        "a@x.xn--p1ai",
    ],
)
def test_sane_addresses(value):
    assert code("email", value) is None


@pytest.mark.parametrize(
    "value",
    ["a", "@x.sk", "a@", "a@x", "a@@x.sk", "a b@x.sk", ".a@x.sk", "a.@x.sk", "a..b@x.sk", "a@-x.sk", "a@x-.sk", "a@.sk",
     "a@x..sk", "novák@x.sk", "a@x.sk, b", "<a@x.sk>", ";", "a@x.s1", "a@x_y.sk", f"{'a' * 65}@x.sk",
     f"a@{'x.' * 130}sk"],
)  # fmt: skip
def test_addresses_that_are_none(value):
    assert code("email", value) == "email_form"


@given(icos, st.integers(0, 7), st.integers(1, 9))
def test_every_slip_of_one_digit_in_an_ico_is_found(ico, place, step):
    assert code("ico", ico) is None
    slip = ico[:place] + str((int(ico[place]) + step) % 10) + ico[place + 1 :]
    # Remainders 0 and 10 share the check digit 1: the one place where modulo 11 can miss a slip.
    assert code("ico", slip) == "ico_checksum" or (place < 7 and slip[7] == "1")


@given(slovak_dics, st.integers(0, 9), st.integers(1, 9))
def test_every_slip_of_one_digit_in_a_slovak_dic_is_found(dic, place, step):
    slip = dic[:place] + str((int(dic[place]) + step) % 10) + dic[place + 1 :]
    assert code("dic", dic) is None and code("ic_dph", f"SK{dic}") is None
    assert code("dic", slip) and code("ic_dph", f"SK{slip}")


@pytest.mark.parametrize("rule", sorted(CHECKS))
@given(value=st.none() | texts, row=st.none() | st.sampled_from(["SK", "CZ", "DE", "US", ""]) | texts)
def test_any_text_is_judged_without_raising(rule, value, row):
    found = fault(rule, value, country="SK", row_country=row)
    assert found is None or FAULTS[found.code] is found


def test_every_fault_speaks_three_languages_and_is_used():
    assert len(COUNTRIES) == 250 and len(VAT_FORMS) == 28
    for found in FAULTS.values():
        assert found.en and found.cs and found.sk
        assert len({found.en, found.cs, found.sk}) == 3


def test_an_unknown_rule_is_an_error():
    with pytest.raises(KeyError):
        fault("iban", "x", country="SK")
