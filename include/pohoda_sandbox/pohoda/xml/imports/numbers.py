"""The number of a record: the one asked for, else the next of a series."""

from dataclasses import dataclass
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml.imports.outcome import DUPLICATE, Refused, Saving
from pohoda_sandbox.pohoda.xml.names import child, text_of

Row = dict[str, Any]


@dataclass(frozen=True)
class Numbers:
    """Whose numbers: the table of the records, the agenda of their series, the longest number; `first` is the one
    before the first number of an agenda that has no series, without one its records stay without number."""

    table: str
    agenda: int
    longest: int = 32
    first: str = ""


ADDRESSES = Numbers("AD", 13, longest=20)


def numbered(
    saving: Saving, element: etree._Element | None, *, record: int | None = None, of: Numbers = ADDRESSES
) -> dict[str, Any]:
    """The columns `Cislo` and `RelCR`. A new record (`record` None) without a request gets the next number of its
    series; a number that exists is refused, or replaced when `checkDuplicity` is false. Raises Refused."""
    asked = None if element is None else child(element, "typ:numberRequested")
    wanted = text_of(asked)
    if record is not None and not wanted:
        return {}
    series = _series(saving, element, of)
    link = {"RelCR": series["ID"]} if series and record is None else {}
    if asked is None or not wanted:
        return {**link, **_following(saving, series, of)}
    if not _taken(saving, wanted, record, of):
        return {**link, "Cislo": wanted}
    if asked.get("checkDuplicity", "true") != "false":
        raise Refused(asked, DUPLICATE[1].format(found=f"(Číslo = '{wanted}')"), DUPLICATE[0])
    number = _next(saving, series, of) if series else _after(saving, wanted, of)
    saving.changed(asked, wanted, number)
    return {**link, "Cislo": number}


def _following(saving: Saving, series: Row | None, of: Numbers) -> Row:
    """The next number of the series, or after the last one where there is no series."""
    if series:
        return {"Cislo": _next(saving, series, of)}
    if not of.first:
        return {}
    last = saving.pohoda.rows(f"SELECT Cislo FROM {of.table} WHERE Cislo > ? ORDER BY ID DESC LIMIT 1", of.first)
    return {"Cislo": _after(saving, str(last[0]["Cislo"] if last else of.first), of)}


def _series(saving: Saving, element: etree._Element | None, of: Numbers) -> Row | None:
    """The series asked for, else the first of the agenda; None in a unit without one."""
    known = saving.pohoda.rows("SELECT ID, IDS, Cislo FROM sCRady WHERE RelCrAg = ? ORDER BY ID", of.agenda)
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


def _next(saving: Saving, series: Row, of: Numbers) -> str:
    """The next free number of a series, whose counter moves on."""
    digits = str(series["Cislo"] or "00000")
    counter = int(digits)
    while True:
        counter += 1
        number = f"{series['IDS'] or ''}{counter:0{len(digits)}d}"
        if not _taken(saving, number, None, of):
            saving.pohoda.edit("sCRady", series["ID"], Cislo=f"{counter:0{len(digits)}d}")
            return number


def _after(saving: Saving, number: str, of: Numbers) -> str:
    """The next free number after one that no series made."""
    head = number.rstrip("0123456789")
    digits = number[len(head) :] or "0"
    counter = int(digits)
    while True:
        counter += 1
        tail = f"{counter:0{len(digits)}d}"
        after = head[: of.longest - len(tail)] + tail
        if not _taken(saving, after, None, of):
            return after


def _taken(saving: Saving, number: str, record: int | None, of: Numbers) -> bool:
    condition = "Cislo = ? AND ID IS NOT ?"
    return bool(saving.pohoda.rows(f"SELECT 1 FROM {of.table} WHERE {condition}", number, record))
