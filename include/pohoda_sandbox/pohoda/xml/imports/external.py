"""External ids: which record of which other system a row stands for. Nothing keeps two rows from having one."""

from collections.abc import Iterable

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.answers import External
from pohoda_sandbox.pohoda.xml.names import child, text_of


def sent(elements: Iterable[etree._Element]) -> tuple[External, ...]:
    """The `typ:extId` elements as values."""
    return tuple(
        External(
            text_of(child(element, "typ:ids")),
            text_of(child(element, "typ:exSystemName")),
            text_of(child(element, "typ:exSystemText")) or None,
        )
        for element in elements
    )


def remember(pohoda: Pohoda, agenda: int, record: int, ids: Iterable[External]) -> None:
    """Stores the ids of a record, one for each system: a new one replaces the old one of its system."""
    for id in ids:
        system = _system(pohoda, id)
        rows = pohoda.rows(
            "SELECT ID FROM sExtID WHERE RelAgID = ? AND RefDocID = ? AND RefExtSys = ?", agenda, record, system
        )
        if rows:
            pohoda.edit("sExtID", rows[0]["ID"], IDS=id.ids)
        else:
            pohoda.insert("sExtID", RelAgID=agenda, RefDocID=record, RefExtSys=system, IDS=id.ids)


def remember_part(pohoda: Pohoda, agenda: int, record: int, table: str, part: int, ids: str) -> None:
    """Stores the id of a part of a record, below the record's first external id."""
    above = pohoda.rows("SELECT MIN(ID) AS ID FROM sExtID WHERE RelAgID = ? AND RefDocID = ?", agenda, record)
    rows = pohoda.rows("SELECT ID FROM sExtIDpol WHERE RefTable = ? AND RefDocID = ?", table, part)
    if rows:
        pohoda.edit("sExtIDpol", rows[0]["ID"], IDS=ids)
    else:
        pohoda.insert("sExtIDpol", RefAg=above[0]["ID"], RefDocID=part, RefTable=table, IDS=ids)


def _system(pohoda: Pohoda, id: External) -> int:
    rows = pohoda.rows("SELECT ID, SText FROM sExtSys WHERE IDS = ?", id.system)
    if not rows:
        return pohoda.insert("sExtSys", IDS=id.system, SText=(id.text or "")[:255] or None)
    if id.text and rows[0]["SText"] != id.text[:255]:
        pohoda.edit("sExtSys", rows[0]["ID"], SText=id.text[:255])
    return int(rows[0]["ID"])
