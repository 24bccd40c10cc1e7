"""Answers as POHODA writes them: pack, item and inner state; details with errno, XPath and values."""

import re
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import groupby
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml.names import ANSWERED, add, add_filled, tag

PROGRAM_VERSION = "14000.4 SQL (7.5.2026)"
ENCODING = "Windows-1250"
_RECORDS = re.compile(rb"<\?records (\d+)\?>")
_BREAK = re.compile(rb"(<rdc:value\w+>[^<]*</rdc:value\w+>)|&#13;")

Bodies = list[deque[bytes]]
"""The records of a pack's listings, in pieces, kept out of its tree."""


@dataclass(frozen=True)
class Detail:
    """One `rdc:detail` of an answer: what was wrong or changed, where, and what was stored instead."""

    state: str
    errno: int | None = None
    note: str = ""
    xpath: str = ""
    requested: str | None = None
    produced: str | None = None


@dataclass(frozen=True)
class External:
    """An id in another system: the id, the system's name, its description."""

    ids: str
    system: str
    text: str | None = None


@dataclass(frozen=True)
class ProducedPart:
    """A part of a record that an import made, changed or removed; `type` is the name of its element."""

    type: str
    action: str
    id: int
    external: str = ""


@dataclass(frozen=True)
class Produced:
    """The record an import made or touched; `id` 0 when it made none."""

    id: int
    number: str | None = None
    code: str | None = None
    action: str | None = None
    external: External | None = None
    parts: tuple[ProducedPart, ...] = ()


@dataclass(frozen=True)
class Sender:
    """The unit an answer comes from."""

    ico: str
    key: str


def pack(sender: Sender, *, id: str, note: str, state: str = "ok") -> etree._Element:
    """An empty `rsp:responsePack`."""
    root = etree.Element(tag("rsp:responsePack"), nsmap=dict(ANSWERED))
    attributes = {
        "version": "2.0",
        "id": id,
        "state": state,
        "programVersion": PROGRAM_VERSION,
        "ico": sender.ico,
        "key": sender.key,
        "note": note,
    }
    for name, value in attributes.items():
        root.set(name, value)
    return root


def item(parent: etree._Element, id: str, *, error: str | None = None) -> etree._Element:
    """Adds a `rsp:responsePackItem`: refused with the note `error`, or ok and waiting for its inner element."""
    element = etree.SubElement(parent, tag("rsp:responsePackItem"))
    element.set("version", "2.0")
    element.set("id", id)
    element.set("state", "ok" if error is None else "error")
    if error is not None:
        element.set("note", error)
    return element


def listing(parent: etree._Element, name: str, now: datetime) -> etree._Element:
    """Adds an empty listing, self-closed until records come."""
    element = etree.SubElement(parent, tag(name))
    element.set("version", "2.0")
    element.set("dateTimeStamp", now.isoformat(timespec="seconds"))
    element.set("dateValidFrom", now.date().isoformat())
    element.set("state", "ok")
    return element


def imported(parent: etree._Element, name: str, details: tuple[Detail, ...], produced: Produced) -> etree._Element:
    """Adds the answer to an import, e.g. `adb:addressbookResponse`; its state is error when a detail is."""
    element = etree.SubElement(parent, name if name.startswith("{") else tag(name))
    element.set("version", "2.0")
    element.set("state", "error" if any(detail.state == "error" for detail in details) else "ok")
    if details:
        box = add(element, "rdc:importDetails")
        for detail in details:
            _detail(box, detail)
    box = add(element, "rdc:producedDetails")
    add(box, "rdc:id", produced.id)
    add_filled(box, "rdc:number", produced.number)
    add_filled(box, "rdc:code", produced.code)
    add_filled(box, "rdc:actionType", produced.action)
    if produced.external is not None:
        known = add(box, "rdc:extId")
        add(known, "typ:ids", produced.external.ids)
        add(known, "typ:exSystemName", produced.external.system)
        add_filled(known, "typ:exSystemText", produced.external.text)
    for kind, made in groupby(produced.parts, lambda part: part.type):
        _parts(add(box, "rdc:itemDetails"), kind, made)
    return element


def duplicity(item: etree._Element, records: Iterable[tuple[str, str, int | None, str | None]]) -> None:
    """Adds `rsp:errorDetail` with agenda, day, id (None when deleted since) and number of each earlier record."""
    box = add(item, "rsp:errorDetail")
    for agenda, day, id, number in records:
        element = add(box, "rsp:recordDuplicity")
        add(element, "rsp:agendaType", agenda)
        add(element, "rsp:dateCreate", day)
        add_filled(element, "rsp:id", id)
        add_filled(element, "rsp:number", number)


def _parts(box: etree._Element, kind: str, made: Iterable[ProducedPart]) -> None:
    box.set("type", kind.split(":")[1])
    for part in made:
        element = add(box, "rdc:item")
        add(element, "rdc:actionType", part.action)
        add_filled(element, "rdc:extId", part.external or None)
        add(add(element, "rdc:producedItem"), "rdc:id", part.id)


def _detail(box: etree._Element, detail: Detail) -> None:
    element = add(box, "rdc:detail")
    add(element, "rdc:state", detail.state)
    add_filled(element, "rdc:errno", detail.errno)
    if detail.note:
        add(element, "rdc:note", detail.note)
    if detail.xpath:
        add(element, "rdc:XPath", detail.xpath)
        add_filled(element, "rdc:valueRequested", detail.requested)
        add_filled(element, "rdc:valueProduced", detail.produced)


def filled(listing: etree._Element, pieces: list[bytes], bodies: Bodies) -> None:
    """Puts records that are written already into a listing: a mark in the tree, the pieces aside until printed."""
    if pieces:
        listing.append(etree.ProcessingInstruction("records", str(len(bodies))))
        bodies.append(deque(pieces))


def printed(root: etree._Element, bodies: Sequence[deque[bytes]] = ()) -> bytes:
    """The document in Windows-1250, declared; line breaks in texts are CR LF as the program keeps them, and in
    values requested and produced, which would read alike otherwise, CR is a character reference. Uses up `bodies`."""
    body: Any = etree.tostring(root, encoding=ENCODING.lower(), xml_declaration=False)
    plain = _BREAK.sub(lambda found: found.group(1) or b"\r", bytes(body))
    between = _RECORDS.split(plain)
    out = BytesIO()
    out.write(b'<?xml version="1.0" encoding="Windows-1250"?>\n')
    out.write(between[0])
    for place, tail in zip(between[1::2], between[2::2], strict=True):
        pieces = bodies[int(place)]
        while pieces:
            out.write(pieces.popleft())
        out.write(tail)
    return out.getvalue()
