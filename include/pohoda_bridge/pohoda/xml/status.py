"""What an mServer says of itself: the company and year that it holds."""

import logging
import re
from collections.abc import Callable, Mapping
from typing import BinaryIO

from pohoda_bridge.errors import Retry
from pohoda_bridge.pohoda import about, company
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml import guard
from pohoda_bridge.pohoda.xml.mserver import FIRST_WAIT, LONGEST_WAIT, MServer
from pohoda_bridge.pohoda.xml.walk import local

log = logging.getLogger(__name__)
MAX_STATUS = 1 << 16
_DATABASE = re.compile(r"_(\d{6,8})(?:_(\d{4}))?", re.ASCII)


def check(server: MServer, source: Source) -> int:
    """StopAgenda, naming both, when the open unit is another one; else how many requests are worked on or wait.

    Old programs do not tell: then the year cannot be judged, and the company is by POHODA itself (`ico` of each pack).
    """
    with server.status() as file:
        details, own = _details(file)
    waiting = _waiting(own)
    ico, year = _company(details)
    if year is None and ico is None:
        log.warning("unit %s: mServer does not tell which company and year it holds", source.unit.unit)
        return waiting
    company.check(
        source,
        ico=ico or source.unit.ico,
        year=(year or str(source.year)).strip()[:4],
        where="the mServer",
    )
    return waiting


def told(server: MServer) -> tuple[str | None, int | None]:
    """IČO and year of the unit that mServer holds, None for what it does not tell. Raises Retry, StopAgenda."""
    with server.status() as file:
        ico, year = _company(_details(file)[0])
    text = (year or "").strip()[:4]
    return ico, int(text) if text.isdecimal() else None


def facts(server: MServer) -> Mapping[str, str]:
    """What it tells of itself and its unit, name -> text. Raises Retry, StopAgenda."""
    with server.status() as file:
        details, own = _details(file)
    ico, year = _company(details)
    return {
        about.SERVER: " at ".join(filter(None, (own.get("name"), own.get("server")))),
        about.COMPANY: details.get("company", ""),
        about.ICO: ico or "",
        about.YEAR: (year or "").strip(),
        about.PERIOD: details.get("period", ""),
        about.DATABASE: details.get("databaseName", ""),
    }


def idle(server: MServer, source: Source, wait: Callable[[float], None]) -> None:
    """As `check`, once nothing waits there, with growing pauses; Retry when others keep it busy beyond `patience`."""
    waited, pause = 0.0, FIRST_WAIT
    while waiting := check(server, source):
        if waited + pause > server.patience:
            raise Retry("mServer works on other requests; nothing was sent")
        log.info("unit %s: mServer works on %d requests; asked again in %.0f seconds", source.unit.unit, waiting, pause)
        wait(pause)
        waited, pause = waited + pause, min(pause * 2, LONGEST_WAIT)


def _company(details: Mapping[str, str]) -> tuple[str | None, str | None]:
    named = _DATABASE.search(details.get("databaseName", ""))
    ico = details.get("ico") or (named[1] if named else None)
    return ico, details.get("year") or (named[2] if named else None)


def _details(file: BinaryIO) -> tuple[dict[str, str], dict[str, str]]:
    """The elements of companyDetail by name, and those of the server itself; none when it is no XML, as of old."""
    from lxml import etree

    if file.seek(0, 2) > MAX_STATUS:
        raise Retry("mServer's status is longer than any status is")
    try:
        guard.check(file, "mServer's status")
    except Retry:
        return {}, {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.parse(file, parser).getroot()
    except (etree.LxmlError, ValueError):
        raise Retry("mServer's status is cut or broken") from None
    found = root.iter("{*}companyDetail")
    details = {local(child): str(child.text or "") for element in found for child in element}
    own = {local(child): str(child.text or "").strip() for child in root}
    return details, own


def _waiting(own: Mapping[str, str]) -> int:
    """The length of the queue; one that is not told is 1 where the server calls itself working."""
    told = own.get("processing", "")
    if told.isascii() and told.isdigit():
        return int(told)
    return int(own.get("status", "").lower() in {"working", "busy"})
