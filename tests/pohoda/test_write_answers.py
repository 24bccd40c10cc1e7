"""What POHODA's answers mean: all three levels, its numbers, the duplicate check, and answers not to be trusted."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.errors import Doubt, RejectRecord, StopAgenda
from pohoda_bridge.pohoda import errnos
from pohoda_bridge.pohoda.writing import receipt
from pohoda_bridge.pohoda.writing.verdict import Verdict, verdict
from pohoda_bridge.pohoda.writing.writer import _of_whole
from pohoda_bridge.side import Item

from .writing import create, form, update

Agendas = Mapping[str, Agenda]
HEAD = '<?xml version="1.0" encoding="Windows-1250"?>\n'
NAMES = (
    'xmlns:rsp="http://www.stormware.cz/schema/version_2/response.xsd" '
    'xmlns:rdc="http://www.stormware.cz/schema/version_2/documentresponse.xsd" '
    'xmlns:adb="http://www.stormware.cz/schema/version_2/addressbook.xsd"'
)
OLD = "dat:dataPack/dat:dataPackItem[1]/adb:addressbook"
NEW = "/dat:dataPack/dat:dataPackItem[1]/adb:addressbook[1]"
EARLIER = "<rsp:recordDuplicity><rsp:agendaType>adresar</rsp:agendaType>{}</rsp:recordDuplicity>"
WARNING = (
    "<rdc:detail><rdc:state>warning</rdc:state><rdc:errno>603</rdc:errno><rdc:note>Hodnota prvku\nmusela být upravena."
    "</rdc:note><rdc:XPath>/dat:dataPack/dat:dataPackItem[1]/adb:addressbook[1]/adb:addressbookHeader[1]/adb:centre"
    "</rdc:XPath><rdc:valueRequested>XX</rdc:valueRequested><rdc:valueProduced>BA</rdc:valueProduced></rdc:detail>"
)


def _pack(items: str, state: str = "ok", id: str = "p", ico: str = "12345678", note: str = "") -> bytes:
    start = f'{HEAD}<rsp:responsePack {NAMES} id="{id}" ico="{ico}" note="{note}" state="{state}" version="2.0">'
    return f"{start}{items}</rsp:responsePack>".encode("cp1250")


def _item(inside: str = "", state: str = "ok", note: str = "", id: str = "i") -> str:
    return (
        f'<rsp:responsePackItem id="{id}" state="{state}" note="{note}" version="2.0">{inside}</rsp:responsePackItem>'
    )


def _inner(details: str = "", produced: int = 37, state: str = "ok", more: str = "") -> str:
    box = f"<rdc:importDetails>{details}</rdc:importDetails>" if details else ""
    return (
        f'<adb:addressbookResponse state="{state}" version="2.0">{box}<rdc:producedDetails><rdc:id>{produced}</rdc:id>'
        f"<rdc:code>Alfa</rdc:code>{more}</rdc:producedDetails></adb:addressbookResponse>"
    )


def _error(number: int | None, note: str = "text", xpath: str = "") -> str:
    errno = f"<rdc:errno>{number}</rdc:errno>" if number else ""
    path = f"<rdc:XPath>{xpath}</rdc:XPath>" if xpath else ""
    return f"<rdc:detail><rdc:state>error</rdc:state>{errno}<rdc:note>{note}</rdc:note>{path}</rdc:detail>"


def _read(body: bytes) -> receipt.Receipt:
    return receipt.read(BytesIO(body), pack="p", ico="12345678", place="answer")


def _verdict(agendas: Agendas, body: bytes, item: Item | None = None, agenda: str = "clients") -> Verdict:
    known = form(agendas, agenda)
    return verdict(known, known.outgoing(item or create("i", "C-1", company="Alfa")), _read(body).items.get("i"))


def test_a_stored_record(agendas: Agendas) -> None:
    told = _verdict(agendas, _pack(_item(_inner(more="<rdc:actionType>add</rdc:actionType>"))))
    assert told == Verdict("stored", 37, (), {"action": "add"})


def test_an_old_program_tells_no_action(agendas: Agendas) -> None:
    assert _verdict(agendas, _pack(_item(_inner()))) == Verdict("stored", 37, (), {"action": None})


def test_a_warning_keeps_what_was_asked_and_what_was_made(agendas: Agendas) -> None:
    told = _verdict(agendas, _pack(_item(_inner(WARNING))))
    assert (told.state, told.number) == ("stored", 37)
    assert told.details["drift"] == [
        {
            "field": "centre",
            "code": 603,
            "requested": "XX",
            "produced": "BA",
            "note": "Hodnota prvku musela být upravena.",
        }
    ]
    known = errnos.table()[603]
    assert told.reasons == (f"centre: Hodnota prvku musela být upravena. (POHODA 603: {known.en})",)


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (101, "stop"),
        (103, "refused"),
        (108, "refused"),
        (114, "refused"),
        (556, "retry"),
        (557, "stop"),
        (None, "refused"),
        (999, "refused"),
    ],
)
def test_an_inner_error_is_judged_by_its_number(agendas: Agendas, number: int | None, state: str) -> None:
    told = _verdict(agendas, _pack(_item(_inner(_error(number, "Uživateľ nemá práva"), 0, "error"))))
    assert told.state == state
    assert told.reasons[0].startswith("Uživateľ nemá práva")
    assert told.details["codes"] == ([number] if number else [])
    if number in errnos.table():
        known = errnos.table()[number]  # type: ignore[index]
        assert told.details["advice"] == [{"en": known.en, "cs": known.cs, "sk": known.sk}]
        assert known.en in told.reasons[0]


@pytest.mark.parametrize(
    ("xpath", "field"),
    [
        (f"{OLD}/adb:addressbookHeader/adb:identity/typ:address/typ:ico", "ico"),
        (f"{NEW}/adb:addressbookHeader[1]/adb:number[1]/typ:numberRequested[1]", "number"),
        (f"{NEW}/adb:addressbookHeader[1]/adb:identity[1]", None),
        (f"{OLD}/adb:actionType/adb:add", None),
    ],
)  # fmt: skip
def test_a_reason_names_the_field(agendas: Agendas, xpath: str, field: str | None) -> None:
    told = _verdict(agendas, _pack(_item(_inner(_error(108, "zlé", xpath), 0, "error"))))
    assert told.reasons[0].startswith(f"{field}: zlé" if field else "zlé")


def test_a_duplicate_of_our_mark_is_there_already(agendas: Agendas) -> None:
    body = _pack(_item(_inner(_error(109, "Byl nalezen duplicitní záznam"), 0, "error")))
    assert _verdict(agendas, body).state == "there"
    assert _verdict(agendas, body, create("i", company="A")).state == "refused"


def test_an_item_that_fails_the_schema_is_refused_with_its_field(agendas: Agendas) -> None:
    note = "&#10;• Nepodařila se validace dokumentu podle schématu. &lt;typ:zip&gt;&#10;The 'zip' element is invalid"
    told = _verdict(agendas, _pack(_item(state="error", note=note)))
    assert (told.state, told.details) == ("refused", {"level": "item"})
    assert told.reasons[0].startswith("zip: • Nepodařila se validace")


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (f"<rsp:errorDetail>{EARLIER.format('<rsp:id>37</rsp:id>')}</rsp:errorDetail>", ("there", 37)),
        (f"<rsp:errorDetail>{EARLIER.format('')}</rsp:errorDetail>", ("refused", None)),
        ("<rsp:errorDetail/>", ("there", None)),
        ("", ("there", None)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", ["error", "ok"])
def test_the_duplicate_check_tells_the_first_record(
    agendas: Agendas, inside: str, expected: tuple[str, int | None], state: str
) -> None:
    if state == "ok" and not inside:
        return
    told = _verdict(agendas, _pack(_item(inside, state, "Kontrola duplicity dávek")))
    assert (told.state, told.number) == expected
    assert told.details.get("gone", False) == (expected[0] == "refused")


def test_a_success_that_made_nothing(agendas: Agendas) -> None:
    body = _pack(_item(_inner(produced=0)))
    assert _verdict(agendas, body).state == "doubt"
    told = _verdict(agendas, body, update("i", "2026/AD/25", phone="1"))
    assert (told.state, told.number) == ("there", 25)


def test_an_answer_that_says_nothing_of_the_item(agendas: Agendas) -> None:
    assert _verdict(agendas, _pack(_item(_inner(), id="other"))).state == "doubt"
    assert _verdict(agendas, _pack(_item(_inner()) * 2)).state == "doubt"


def test_parts_that_were_made_are_told(agendas: Agendas) -> None:
    part = "<rdc:item><rdc:producedItem><rdc:id>3</rdc:id></rdc:producedItem></rdc:item>"
    more = f'<rdc:itemDetails type="shipToAddress">{part}</rdc:itemDetails>'
    told = _verdict(
        agendas, _pack(_item(_inner(more=more))), create("i", client="2026/AD/37", city="Brno"), "addresses"
    )
    assert (told.number, told.parts) == (37, (3,))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "does not begin as an XML document"),
        (b"<html><body>busy</body></html>", "no answer of POHODA"),
        (_pack(_item(_inner()))[:-30], "cut or broken"),
        (_pack("", id="other"), "another pack"),
        (_pack("", ico="87654321"), "another company"),
        (HEAD.encode() + b'<!DOCTYPE x [<!ENTITY a "b">]><x/>', "DOCTYPE"),
        (_pack("ž").decode("cp1250").encode(), "bytes are UTF-8"),
        (HEAD.encode() + b"\x81<x/>", "does not begin"),
    ],
)
def test_an_answer_that_cannot_be_trusted_is_a_doubt(body: bytes, told: str) -> None:
    with pytest.raises(Doubt, match=told):
        _read(body)


@pytest.mark.parametrize(
    ("note", "kind", "told"),
    [
        ("Tento balíček není určen pro tuto jednotku", StopAgenda, "another company"),
        ("Uzivatel není oprávnen importovat XML soubory.", StopAgenda, "may not use XML"),
        ("Obálku dokumentu se nepodařilo ověřit podle schématu. Reason: x", RejectRecord, "did not accept the form"),
        ("Neco jineho", StopAgenda, "refused the whole request"),
        ("", StopAgenda, "refused the whole request"),
    ],
)
def test_a_pack_refused_as_a_whole(note: str, kind: type[Exception], told: str) -> None:
    error = _of_whole(note, "answer")
    assert type(error) is kind
    assert told in error.text
    assert "Reason" not in error.log


def test_a_pack_error_without_an_id_is_read(agendas: Agendas) -> None:
    told = _read(_pack("", state="error", id="", note="Uživatel není oprávněn importovat XML soubory."))
    assert (told.ok, told.items) == (False, {})


def test_every_number_is_told_in_three_languages() -> None:
    table: Mapping[int, Any] = errnos.table()
    assert {101, 103, 108, 109, 551, 557, 602, 603, 606} <= set(table)
    assert all(one.en and one.cs and one.sk for one in table.values())
    assert {number for number, one in table.items() if one.do == "warn"} == {602, 603, 606}
