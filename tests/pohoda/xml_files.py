"""Answers from files and from text, read as the product reads them."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml.answer import Answer
from pohoda_bridge.pohoda.xml.rows import Shape
from pohoda_bridge.side import Row

from .conftest import UNIT

DATA = Path(__file__).with_name("data")
EXAMPLES = Path(__file__).parents[1] / "data" / "pohoda"
HEAD = b'<?xml version="1.0" encoding="Windows-1250"?>\n'
EXAMPLE = (DATA / "response_list_addressbook.xml").read_bytes()


def answer(body: bytes, agendas: dict[str, Agenda], agenda: str = "clients", system: str | None = None) -> Answer:
    shape = Shape(agendas[agenda], Source(UNIT, 2026, agendas, system), "identity/extId")
    said = body.replace(b"\0", b"").decode("utf-8", errors="replace")
    asked = set(re.findall(r'<(?:\w+:)?responsePackItem [^>]*\bid="([^"]*)"', said))
    return Answer(BytesIO(body), shape, "listAddressBook", UNIT.ico, "file", asked)


def rows(body: bytes, agendas: dict[str, Agenda], agenda: str = "clients", system: str | None = None) -> list[Row]:
    return [row for record in answer(body, agendas, agenda, system) for row in record.rows]


def listing(records: str, *, stamp: str = "2026-11-22T10:00:00", more: str = "") -> bytes:
    """A whole answer around the text of some records."""
    return HEAD + (
        f'<responsePack version="2.0" id="p" state="ok" ico="12345678"{more}><responsePackItem version="2.0" id="Q1" '
        f'state="ok"><listAddressBook version="2.0" dateTimeStamp="{stamp}" state="ok">{records}</listAddressBook>'
        "</responsePackItem></responsePack>"
    ).encode("cp1250")


def record(number: int, inside: str = "") -> str:
    return f"<addressbook><addressbookHeader><id>{number}</id>{inside}</addressbookHeader></addressbook>"


def streamed(count: int) -> Iterator[bytes]:
    """A long answer, piece by piece."""
    whole = listing("@")
    before, after = whole.split(b"@")
    yield before
    text = "<identity><address><company>Firma {0} s.r.o.</company><city>Žilina</city></address></identity>"
    for number in range(1, count + 1):
        yield record(number, text.format(number)).encode("cp1250")
    yield after
