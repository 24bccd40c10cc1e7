"""What POHODA puts into a new invoice by itself, and what it checks of its days."""

from datetime import date, timedelta
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml.imports.draft import Draft, Row
from pohoda_sandbox.pohoda.xml.imports.families import UNTAXED, VAT_CLASSES
from pohoda_sandbox.pohoda.xml.imports.outcome import CLOSED, UNUSABLE, Refused
from pohoda_sandbox.pohoda.xml.imports.references import code_of
from pohoda_sandbox.pohoda.xml.names import text_of

_DUE = 14
_DRAFT, _BANK = 3, 2
_DAYS = {"date": "Datum", "dateTax": "DatZdPln", "dateAccounting": "DatUcP"}
_TOLD = ("accounting", "classificationVAT", "paymentType")
_UNTAXED = ("dateTax", "classificationVAT", "dateKHDPH")


def usual(draft: Draft) -> Row:
    """The values that references of the header have unless others are sent: those of the partner, else the first of
    the list that fits."""
    partner = draft.linked or {}
    found: dict[str, Any] = {}
    if draft.family.table == "NAB":
        return found
    found["RelForUh"] = partner.get("RelForUh") or _first(draft, "sFormUh", "RelTyp = ?", _DRAFT)
    if draft.family.table == "OBJ":
        return found
    end = "FP" if draft.buys else "FV"
    found["RelPk"] = partner.get(f"RelPk{end}") or _first(draft, "pPK", "RelPkAg = ?", draft.agenda)
    if draft.kind not in UNTAXED:
        inland = VAT_CLASSES[draft.buys].words["inland"]
        found["RelTpDPH"] = partner.get(f"RelTpDPH{end}") or _first(draft, "sDPH", "IDS = ?", inland)
    if not draft.buys:
        found["RefUcet"] = partner.get("RefUcetFV") or _first(draft, "sUcet", "RelJeUcet = ?", _BANK)
    return found


def tell_usual(draft: Draft) -> None:
    """Warns of the references that were put in for elements that were not sent."""
    prefix = draft.family.prefix
    for name in _TOLD if draft.family.table == "FA" else ():
        known = draft.family.lists[f"{prefix}:{name}"]
        kept = draft.row.get(known.column)
        if draft.sent(name) is None and kept:
            draft.saving.filled(draft.header, f"{prefix}:{name}", code_of(draft.saving, known, kept))


def fill_days(draft: Draft) -> None:
    """Days that were not sent follow from the document's own, and that from the clock. Raises Refused for one in a
    closed VAT period."""
    row, prefix = draft.row, draft.family.prefix
    if not row.get("Datum"):
        row["Datum"] = _stored(draft.pohoda.now().date())
        draft.saving.filled(draft.header, f"{prefix}:date", _czech(row["Datum"]))
    if draft.family.table == "FA":
        _fill_invoice(draft)
    unit = draft.pohoda.settings()
    for name, column in _DAYS.items():
        element = draft.sent(name)
        if element is None or not row.get(column):
            continue
        if unit["DatRokOd"] and not unit["DatRokOd"][:10] <= row[column][:10] <= unit["DatRokDo"][:10]:
            draft.saving.outside(element, _czech(row[column]))


def fill_symbol(draft: Draft) -> None:
    """The payment symbol is the digits of the number; one that was sent may have nothing but digits."""
    sent = draft.sent("symVar")
    if sent is not None and not text_of(sent).isdecimal() and text_of(sent):
        raise Refused(sent, UNUSABLE[1].format(reason=text_of(sent)), UNUSABLE[0])
    if not draft.row.get("VarSym"):
        digits = "".join(sign for sign in str(draft.row.get("Cislo") or "") if sign.isdecimal())
        draft.row["VarSym"] = digits[-20:] or None


def _fill_invoice(draft: Draft) -> None:
    row, day = draft.row, draft.row["Datum"]
    if draft.kind in UNTAXED:
        for name in _UNTAXED:
            element: etree._Element | None = draft.sent(name)
            if element is not None:
                draft.saving.unused(element)
        for column in ("DatZdPln", "RelTpDPH", "DatKHDPH"):
            row.pop(column, None)
    else:
        row["DatZdPln"] = row.get("DatZdPln") or day
        closed = draft.saving.terms.closed_until
        if closed is not None and draft.day <= closed:
            told = draft.sent("dateTax")
            told = told if told is not None else draft.sent("date")
            raise Refused(told if told is not None else draft.header, CLOSED[1], CLOSED[0])
    row["DatUcP"] = row.get("DatUcP") or day
    if draft.buys and draft.kind not in UNTAXED:
        row["DatOdDPH"] = row.get("DatOdDPH") or row["DatZdPln"]
    if not row.get("DatSplat"):
        due = (draft.linked or {}).get("ADSplat") or _DUE
        row["DatSplat"] = _stored(date.fromisoformat(day[:10]) + timedelta(days=int(due)))


def _first(draft: Draft, table: str, condition: str, value: Any) -> int | None:
    rows = draft.pohoda.rows(f"SELECT ID FROM {table} WHERE {condition} ORDER BY ID LIMIT 1", value)
    return int(rows[0]["ID"]) if rows else None


def _stored(day: date) -> str:
    return f"{day.isoformat()} 00:00:00"


def _czech(day: str) -> str:
    """Answers write days as people do."""
    return f"{day[8:10]}.{day[5:7]}.{day[:4]}"
