"""The number of an address: the one asked for, else the next of a series."""

from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml.imports.outcome import DUPLICATE, Refused, Saving
from pohoda_sandbox.pohoda.xml.names import child, text_of

LONGEST = 20
Row = dict[str, Any]


def numbered(saving: Saving, element: etree._Element | None, *, record: int | None = None) -> dict[str, Any]:
    """The columns `Cislo` and `RelCR`. A new record (`record` None) without a request gets the next number of its
    series; a number that exists is refused, or replaced when `checkDuplicity` is false. Raises Refused."""
    asked = None if element is None else child(element, "typ:numberRequested")
    wanted = text_of(asked)
    if record is not None and not wanted:
        return {}
    series = _series(saving, element)
    link = {"RelCR": series["ID"]} if series and record is None else {}
    if asked is None or not wanted:
        return {**link, "Cislo": _next(saving, series)} if series else {}
    if not _taken(saving, wanted, record):
        return {**link, "Cislo": wanted}
    if asked.get("checkDuplicity", "true") != "false":
        raise Refused(asked, DUPLICATE[1].format(found=f"(Číslo = '{wanted}')"), DUPLICATE[0])
    number = _next(saving, series) if series else _after(saving, wanted)
    saving.changed(asked, wanted, number)
    return {**link, "Cislo": number}


def _series(saving: Saving, element: etree._Element | None) -> Row | None:
    """The series asked for, else the first of the address book; None in a unit without one."""
    known = saving.pohoda.rows("SELECT ID, IDS, Cislo FROM sCRady WHERE RelCrAg = 13 ORDER BY ID")
    first = known[0] if known else None
    id = "" if element is None else text_of(child(element, "typ:id"))
    code = "" if element is None else text_of(child(element, "typ:ids"))
    if element is None or not (id or code):
        return first
    for series in known:
        if str(series["ID"]) == id or (not id and str(series["IDS"]).lower() == code.lower()):
            return series
    saving.changed(element, id or code, first["IDS"] if first else "")
    return first


def _next(saving: Saving, series: Row) -> str:
    """The next free number of a series, whose counter moves on."""
    digits = str(series["Cislo"] or "00000")
    counter = int(digits)
    while True:
        counter += 1
        number = f"{series['IDS'] or ''}{counter:0{len(digits)}d}"
        if not _taken(saving, number, None):
            saving.pohoda.edit("sCRady", series["ID"], Cislo=f"{counter:0{len(digits)}d}")
            return number


def _after(saving: Saving, number: str) -> str:
    """The next free number after one that no series made."""
    head = number.rstrip("0123456789")
    digits = number[len(head) :] or "0"
    counter = int(digits)
    while True:
        counter += 1
        tail = f"{counter:0{len(digits)}d}"
        after = head[: LONGEST - len(tail)] + tail
        if not _taken(saving, after, None):
            return after


def _taken(saving: Saving, number: str, record: int | None) -> bool:
    return bool(saving.pohoda.rows("SELECT 1 FROM AD WHERE Cislo = ? AND ID IS NOT ?", number, record))
