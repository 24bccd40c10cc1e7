"""Converters: the compared form, total and repeatable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from pohoda_bridge.catalogue.catalogue import INCLUDE
from pohoda_bridge.records.converters import CONVERTERS, convert
from pohoda_bridge.records.derive import DERIVATIONS
from tests.strategies import scalars, spaces, texts


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("ico", " 36\u00a0421 928\t", "36421928"),
        ("ico", "\ufeff36421928\u200b", "36421928"),
        ("ico", "177041", "00177041"),
        ("ico", "1234567", "01234567"),
        ("ico", "12345", "12345"),
        ("ico", "FN 123456a", "FN123456a"),
        ("ico", "١٢٣٤٥٦", "١٢٣٤٥٦"),
        ("ico", "  ", None),
        ("ico", None, None),
        ("ico", 36421928, 36421928),
        ("vat_number", " sk 2020\u00a0317068 ", "SK2020317068"),
        ("postcode", "811 01", "81101"),
        ("postcode", "811\u00a001 ", "81101"),
        ("postcode", " SW1A   1AA ", "SW1A 1AA"),
        ("postcode", "", None),
        ("country", " sk ", "SK"),
        ("country", "\u00a0", None),
        ("lines", "a\r\nb\rc\n\n ", "a\nb\nc"),
        ("lines", "  a", "  a"),
        ("lines", "\r\n", None),
    ],
)
def test_gives_the_compared_form(name, value, wanted):
    assert convert(name, value, country="SK") == wanted


@pytest.mark.parametrize(("country", "wanted"), [("CZ", "00177041"), ("SK", "00177041"), ("DE", "177041")])
def test_only_czech_and_slovak_units_pad_an_ico(country, wanted):
    assert convert("ico", "177041", country=country) == wanted


@pytest.mark.parametrize("name", sorted(CONVERTERS))
@given(value=st.one_of(scalars, st.lists(texts)), around=spaces)
def test_is_total_and_repeatable(name, value, around):
    value = around + value + around if isinstance(value, str) else value
    once = convert(name, value, country="SK")
    assert once == convert(name, once, country="SK")
    assert once != ""


def test_an_unknown_name_is_an_error():
    with pytest.raises(KeyError):
        convert("postcod", "1", country="SK")


def test_every_name_in_the_agenda_files_exists():
    files = [YAML(typ="safe").load(path) for path in sorted((INCLUDE / "agendas").glob("**/*.yaml"))]
    fields = [field for file in files for field in file["fields"].values() if field is not None]
    converters = {field["convert"] for field in fields if "convert" in field}
    derivations = {derive["with"] for file in files for derive in file.get("derive", ())}
    assert len(files) >= 3
    assert converters and converters <= set(CONVERTERS)
    assert derivations and derivations <= set(DERIVATIONS)
