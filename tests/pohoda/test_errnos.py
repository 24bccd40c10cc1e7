"""POHODA's numbers: every known one says in three languages what to do, and is used as it says."""

from collections.abc import Mapping

import pytest

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda.errnos import table

from .test_write_answers import _error, _inner, _item, _pack, _verdict

Agendas = Mapping[str, Agenda]
LANGUAGES = ("en", "cs", "sk")
KNOWN = {101, 103, 108, 109, 114, 115, *range(551, 558), 602, 603, 606}
NOTE = "Text z POHODY"
STATES = {"refuse": "refused", "stop": "stop", "retry": "retry", "warn": "refused"}


def test_every_number_of_the_reference_is_there() -> None:
    assert set(table()) == KNOWN


@pytest.mark.parametrize("number", sorted(KNOWN))
def test_a_text_says_what_to_do_in_each_language(number: int) -> None:
    known = table()[number]
    texts = {known.en, known.cs, known.sk}
    assert len(texts) == 3
    assert all(10 < len(text) <= 120 and text[-1] not in ".!" and "\n" not in text for text in texts)
    assert not set(known.en) & set("áčďéěíňóřšťúůýžľĺŕôä") or "Datová komunikace" in known.en
    assert not set(known.sk) & set("ěřů")
    assert not set(known.cs) & set("ľĺŕôä")


@pytest.mark.parametrize("number", sorted(KNOWN))
def test_an_error_with_the_number_is_carried_out_and_told(agendas: Agendas, number: int) -> None:
    """An error is never stored, also when its number is elsewhere a warning."""
    known = table()[number]
    told = _verdict(agendas, _pack(_item(_inner(_error(number, NOTE), 0, "error"))))
    assert told.state == ("there" if number == 109 else STATES[known.do])
    assert told.reasons == (f"{NOTE} (POHODA {number}: {known.en})",)
    assert told.details["advice"] == [{"en": known.en, "cs": known.cs, "sk": known.sk}]
    assert told.details["told"] == in_each_language(number)


@pytest.mark.parametrize("number", sorted(KNOWN))
def test_a_warning_with_the_number_is_stored_and_told(agendas: Agendas, number: int) -> None:
    warning = _error(number, NOTE).replace("<rdc:state>error", "<rdc:state>warning")
    told = _verdict(agendas, _pack(_item(_inner(warning))))
    assert (told.state, told.number) == ("stored", 37)
    assert told.reasons == (f"{NOTE} (POHODA {number}: {table()[number].en})",)
    assert told.details["told"] == in_each_language(number)


def in_each_language(number: int) -> list[dict[str, str]]:
    return [{language: f"{NOTE} (POHODA {number}: {getattr(table()[number], language)})" for language in LANGUAGES}]


def test_a_stored_record_without_a_word_has_nothing_to_tell(agendas: Agendas) -> None:
    assert not {"told", "advice"} & _verdict(agendas, _pack(_item(_inner("")))).details.keys()


@pytest.mark.parametrize("number", [1, 102, 113, 604, 999])
def test_an_unknown_number_is_told_in_pohodas_own_words(agendas: Agendas, number: int) -> None:
    told = _verdict(agendas, _pack(_item(_inner(_error(number, NOTE), 0, "error"))))
    assert (told.state, told.reasons) == ("refused", (f"{NOTE} (POHODA {number})",))
    assert told.details["advice"] == []
