"""Hostile and broken documents: refused by our own errors, before anything of them is used."""

import codecs
import tracemalloc
from io import BytesIO
from tempfile import TemporaryFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Agenda, open_catalogue
from pohoda_bridge.errors import BridgeError, Retry, StopAgenda
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml import guard
from pohoda_bridge.pohoda.xml.answer import Answer
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.pohoda.xml.walk import Record, events

from .conftest import UNIT
from .xml_files import EXAMPLE, HEAD, listing, record, rows, streamed

Agendas = dict[str, Agenda]
BODY = listing(record(1, "<phone>1</phone>"))[len(HEAD) :].decode()
CATALOGUE = open_catalogue().agendas
PLAIN = "<!DOCTYPE responsePack>"
LAUGHS = "<!DOCTYPE r [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "prolog",
    [
        PLAIN,
        "<!DOCTYPE r SYSTEM 'http://127.0.0.1:9/x.dtd'>",
        "<!DOCTYPE r [<!ENTITY f SYSTEM 'file:///etc/hostname'>]>",
        "<!DOCTYPE r [<!ENTITY % p SYSTEM 'file:///etc/hostname'> %p;]>",
        LAUGHS,
        "\n\t <!-- a comment --> \n" + PLAIN,
        "<!-- <a> -- --><?pi <b>?>" + PLAIN,
        "<?xml-stylesheet href='a'?><!---->" + PLAIN,
        "<!-- " + "x" * 100_000 + " -->" + PLAIN,
    ],
)
@pytest.mark.parametrize(
    ("codec", "bom", "declared"),
    [
        ("cp1250", b"", "Windows-1250"),
        ("utf-8", b"", "UTF-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "UTF-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "UTF-16"),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16BE"),
    ],
)
def test_any_doctype_is_refused(agendas: Agendas, prolog: str, codec: str, bom: bytes, declared: str) -> None:
    text = f'<?xml version="1.0" encoding="{declared}"?>{prolog}{BODY}'
    with pytest.raises(StopAgenda, match="DOCTYPE"):
        rows(bom + text.encode(codec), agendas)


@pytest.mark.parametrize("declared", ["UTF-7", "IBM037", "UTF-32", "EBCDIC-CP-US", "UCS-4", "hz-gb-2312"])
def test_an_encoding_that_could_hide_a_doctype_is_refused(agendas: Agendas, declared: str) -> None:
    with pytest.raises(StopAgenda, match="never sends"):
        rows(f'<?xml version="1.0" encoding="{declared}"?>{BODY}'.encode(), agendas)


@pytest.mark.parametrize("codec", ["utf-32-le", "utf-32-be", "utf-32", "cp037"])
def test_bytes_of_a_strange_encoding_are_refused(agendas: Agendas, codec: str) -> None:
    with pytest.raises(BridgeError):
        rows(f"<?xml version='1.0'?>{PLAIN}{BODY}".encode(codec), agendas)


def test_a_doctype_that_the_guard_missed_is_refused_by_the_reader(
    agendas: Agendas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "check", lambda *_: None)
    with pytest.raises(StopAgenda, match="DOCTYPE"):
        rows(f"{PLAIN}{BODY}".encode(), agendas)


@pytest.mark.parametrize(
    ("codec", "bom", "declared"),
    [
        ("utf-8", b"", "UTF-8"),
        ("utf-8", codecs.BOM_UTF8, "UTF-8"),
        ("utf-16", b"", "UTF-16"),
        ("cp1250", b"", "WINDOWS-1250"),
    ],
)
def test_honest_encodings_are_read(agendas: Agendas, codec: str, bom: bytes, declared: str) -> None:
    body = BODY.replace("<phone>1<", "<phone>Příliš žluťoučký ľaď<")
    (row,) = rows(bom + f'<?xml version="1.0" encoding="{declared}"?>{body}'.encode(codec), agendas)
    assert row["phone"] == "Příliš žluťoučký ľaď"


@pytest.mark.parametrize("step", range(20))
def test_a_cut_document_is_tried_again(agendas: Agendas, step: int) -> None:
    with pytest.raises(Retry):
        rows(EXAMPLE.rstrip()[: len(EXAMPLE.rstrip()) * step // 20], agendas)


@pytest.mark.parametrize(
    "body",
    [
        listing(record(1, "<phone>@</phone>")).replace(b"@", b"\x81"),
        listing(record(1, "<phone>ž</phone>")).replace(b"Windows-1250", b"UTF-8"),
        HEAD + BODY.replace("<phone>1<", "<phone>Žilina, Šaľa<").encode(),
        listing(record(1, "<phone>\x00</phone>")),
        listing(record(1, "<phone>&nbsp;</phone>")),
        listing(record(1, "<a>" * 300 + "</a>" * 300)),
        listing(record(1, f"<phone a='{'x' * 11_000_000}'/>")),
        listing(record(1, "<phone>")),
        listing(record(1)) + b"<again/>",
        b"",
        b"   ",
        b"\xff\xfe",
        b"{}",
    ],
    ids=[
        "0x81", "cp1250-as-utf8", "utf8-as-cp1250", "nul", "entity", "deep", "11MB", "tags", "two-roots",
        "empty", "blank", "bom", "json",
    ],
)  # fmt: skip
def test_a_broken_document_is_tried_again(agendas: Agendas, body: bytes) -> None:
    with pytest.raises(Retry) as caught:
        rows(body, agendas)
    assert "ilina" not in caught.value.text


def test_the_place_of_a_break_is_told(agendas: Agendas) -> None:
    with pytest.raises(Retry, match=r"file: it is cut or broken at line 2, column \d+"):
        rows(listing(record(1, "<phone>")), agendas)


def test_too_many_bytes_are_refused(agendas: Agendas, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_BYTES", 100)
    with pytest.raises(StopAgenda, match="limit of 100"):
        rows(EXAMPLE, agendas)


def _peak(count: int, agendas: Agendas) -> int:
    shape = Shape(agendas["clients"], Source(UNIT, 2026, agendas), None)
    with TemporaryFile() as file:
        for piece in streamed(count):
            file.write(piece)
        tracemalloc.start()
        try:
            read = Answer(file, shape, "listAddressBook", UNIT.ico, "file", {"Q1"})  # type: ignore[arg-type]
            found = sum(1 for _ in read)
            assert found == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_memory_stays_flat(agendas: Agendas) -> None:
    _peak(10, agendas)
    assert _peak(20_000, agendas) < 2 * _peak(2_000, agendas)


def test_what_was_read_is_forgotten() -> None:
    inside = record(1, "<phone>1</phone>") + "<unknown><deep><deeper/></deep></unknown>"
    nodes = []
    for number, event in enumerate(events(BytesIO(listing(inside * 4_000)), "addressbook", "file")):
        if isinstance(event, Record) and number % 100 == 0:
            nodes.append(sum(1 for _ in event.element.getroottree().iter()))
    # The parser is at most one block of the file ahead.
    assert len(nodes) == 40
    assert max(nodes) < 2_000


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_bytes_crash_the_reader(data: st.DataObject) -> None:
    body = bytearray(EXAMPLE)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body)))
        end = min(len(body), start + data.draw(st.integers(0, 40)))
        body[start:end] = data.draw(
            st.one_of(
                st.binary(max_size=12),
                st.sampled_from(
                    [b"<", b">", b"&x;", b"<!--", b"]]>", b"<typ:id>", b"</adb:id>", b"9" * 5000, b"1e999999999"]
                ),
            )
        )
    for agenda in ("clients", "addresses", "contacts"):
        try:
            rows(bytes(body), CATALOGUE, agenda, system="ExampleCRM")
        except BridgeError as error:
            assert error.text
