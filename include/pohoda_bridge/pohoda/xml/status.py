"""What an mServer says of itself: the company and year that it holds."""

import logging
import re
from typing import BinaryIO

from pohoda_bridge.errors import Retry
from pohoda_bridge.pohoda import company
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml import guard
from pohoda_bridge.pohoda.xml.mserver import MServer
from pohoda_bridge.pohoda.xml.walk import local

log = logging.getLogger(__name__)
MAX_STATUS = 1 << 16
_DATABASE = re.compile(r"_(\d{6,8})(?:_(\d{4}))?", re.ASCII)


def check(server: MServer, source: Source) -> int:
    """StopAgenda, naming both, when the open unit is another one; else how many requests are worked on or wait.

    Old programs do not tell: then the year cannot be judged, and the company is by POHODA itself (`ico` of each pack).
    """
    with server.status() as file:
        details, waiting = _details(file)
    named = _DATABASE.search(details.get("databaseName", ""))
    year = details.get("year") or (named[2] if named else None)
    if year is None and named is None:
        log.warning("unit %s: mServer does not tell which company and year it holds", source.unit.unit)
        return waiting
    company.check(
        source,
        ico=details.get("ico") or (named[1] if named else source.unit.ico),
        year=(year or str(source.year)).strip()[:4],
        where="the mServer",
    )
    return waiting


def _details(file: BinaryIO) -> tuple[dict[str, str], int]:
    """The elements of companyDetail by name, and the length of the queue; empty and 0 when it is no XML, as of old."""
    from lxml import etree

    if file.seek(0, 2) > MAX_STATUS:
        raise Retry("mServer's status is longer than any status is")
    try:
        guard.check(file, "mServer's status")
    except Retry:
        return {}, 0
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.parse(file, parser).getroot()
    except (etree.LxmlError, ValueError):
        raise Retry("mServer's status is cut or broken") from None
    found = root.iter("{*}companyDetail")
    waiting = (root.findtext("{*}processing") or "0").strip()
    details = {local(child): str(child.text or "") for element in found for child in element}
    return details, int(waiting) if waiting.isascii() and waiting.isdigit() else 0
