"""Windows-1250: what it has goes unchanged, what it lacks is replaced by a table and told."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.records.codepage import UNKNOWN, Loss, encodable, fitted

LOCAL = (
    "áčďéěíňóřšťúůýž ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ",
    "áäčďéíĺľňóôŕšťúýž ÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽ",
    "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ",
    "äöüß ÄÖÜ",
    "áéíóöőúüű ÁÉÍÓÖŐÚÜŰ",
    "„dole“ ‚jedna‘ »obrátené« – — … € § ° ± × ÷ ™ ® © „“”‘’",
    "nezlomiteľná\xa0medzera\ttabulátor\nriadok",
)


@pytest.mark.parametrize("text", LOCAL)
def test_every_letter_of_the_region_goes_unchanged(text: str) -> None:
    assert fitted(text) == (text, ())
    assert text.encode("cp1250").decode("cp1250") == text


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("İstanbul", "Istanbul"), ("ısı", "isi"), ("a ≤ b ≥ c ≠ d", "a <= b >= c != d"), ("−5 ‑ 3", "-5 - 3"),
        ("5′ 3″", "5' 3\""), ("Ångström ñ ø Æ", "Angström n o Ae"),
        ("ﬁrma", "firma"), ("①", "1"), ("½ № £", "1/2 No. GBP"),
        ("Brăila Ș Ț", "Brăila Ş Ţ"), ("a\u202fb", "a\xa0b"), ("a\u200bb\ufeff", "ab"),
        ("Привет", "??????"), ("日本", "??"),
        ("😀", "?"), ("👍🏽", "?"), ("❤️", "?"), ("👨‍👩‍👧", "???"),
        ("a\x00\x07b\x7f", "ab\x7f"), ("\x85\x9f", ""), ("\ufffe\uffff", ""),
        ("\ud800x", "x"),
    ],
)  # fmt: skip
def test_what_is_lacking_is_replaced(text: str, stored: str) -> None:
    made, lost = fitted(text)
    assert made == stored
    assert lost


def test_a_composed_letter_is_no_loss() -> None:
    assert fitted("e\u0301c\u030c") == ("éč", ())


def test_losses_are_counted_and_name_the_character_alone() -> None:
    assert fitted("≤≤😀") == ("<=<=?", (Loss("U+2264", "<=", 2), Loss("U+1F600", UNKNOWN, 1)))


def test_every_character_there_is_becomes_one_that_can_be_stored() -> None:
    wrong = [
        hex(number)
        for number in range(sys.maxunicode + 1)
        if not encodable(made := fitted(chr(number))[0]) or fitted(made) != (made, ())
    ]
    assert wrong == []


@given(st.text())
def test_fitting_twice_changes_nothing_and_silence_means_no_loss(text: str) -> None:
    made, lost = fitted(text)
    assert fitted(made) == (made, ())
    if not lost:
        assert made == unicodedata.normalize("NFC", text)
