"""References to code lists: found by id, code or external id; an unknown one is warned of and the rest is stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml.address_fields import PAYMENTS
from pohoda_sandbox.pohoda.xml.imports.outcome import Saving
from pohoda_sandbox.pohoda.xml.names import child, children, short, text_of

_PAYMENT_KINDS = {word: kind for kind, word in PAYMENTS.items()}


@dataclass(frozen=True)
class CodeList:
    """A list a record refers to: its table and column of codes, which of its columns the record keeps, and its
    agenda number, by which external ids find its rows. `words`: codes of its rows by the word that names them;
    `unknown`: what the program says instead of its usual warning."""

    column: str
    table: str
    code: str = "IDS"
    keeps: str = "ID"
    agenda: int = 0
    words: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""


COUNTRY = CodeList("RefZeme", "sZeme", agenda=48)
LISTS = {
    "adb:centre": CodeList("RefStr", "sSTR", agenda=38),
    "adb:activity": CodeList("RefCin", "sCIN", agenda=37),
    "adb:contract": CodeList("CisloZAK", "sZAK", code="Cislo", keeps="Cislo", agenda=39),
    "adb:foreignCurrency": CodeList("RefCM", "sCMeny", code="Kod", agenda=72),
    "adb:paymentType": CodeList("RelForUh", "sFormUh"),
    "adb:accountingReceivedInvoice": CodeList("RelPkFP", "pPK"),
    "adb:accountingIssuedInvoice": CodeList("RelPkFV", "pPK"),
    "adb:classificationVATReceivedInvoice": CodeList("RelTpDPHFP", "sDPH"),
    "adb:classificationVATIssuedInvoice": CodeList("RelTpDPHFV", "sDPH"),
    "adb:accountForInvoicing": CodeList("RefUcetFV", "sUcet", agenda=41),
}
PRICE_LEVEL = CodeList("CenyIDS", "SkCeny", keeps="IDS")

_BY_EXTERNAL = (
    "ID IN (SELECT e.RefDocID FROM sExtID e JOIN sExtSys s ON s.ID = e.RefExtSys "
    "WHERE e.RelAgID = ? AND e.IDS = ? AND s.IDS = ?)"
)


def referred(
    saving: Saving, elements: Iterable[etree._Element], lists: Mapping[str, CodeList], before: Mapping[str, Any]
) -> dict[str, Any]:
    """The columns of those elements that refer to a list; `before` is the record as it was, empty for a new one."""
    found: dict[str, Any] = {}
    for element in elements:
        known = lists.get(short(element))
        if known is not None:
            found |= _reference(saving, element, known, before.get(known.column))
    return found


def price_level(saving: Saving, element: etree._Element | None, before: Mapping[str, Any]) -> dict[str, Any]:
    """The price level, sent as a bare code; an empty element clears it."""
    if element is None:
        return {}
    code = text_of(element)
    if not code:
        return {PRICE_LEVEL.column: None}
    return _kept(saving, element, PRICE_LEVEL, code, ("IDS = ?", (code,)), before.get(PRICE_LEVEL.column))


def person(saving: Saving, element: etree._Element | None, before: Mapping[str, Any]) -> dict[str, Any]:
    """The responsible person by surname and, when sent, name; their id is for export alone."""
    parts = {} if element is None else {short(part): text_of(part) for part in children(element)}
    surname, name = parts.get("typ:surname", ""), parts.get("typ:name", "")
    if element is None or not (surname or name):
        return {}
    rule = "Prijmeni = ? AND ? IN ('', Jmeno)"
    known = CodeList("RefOsoba", "sOdpOsoby", code="Prijmeni")
    asked = f"{surname} {name}".strip()
    return _kept(saving, element, known, asked, (rule, (surname, name)), before.get("RefOsoba"))


def _reference(saving: Saving, element: etree._Element, known: CodeList, before: Any) -> dict[str, Any]:
    if text_of(child(element, "typ:valueType")) == "nullValue":
        return {known.column: None}
    rule = _rule(element, known)
    if rule is None:
        return {known.column: None} if child(element, "typ:ids") is not None else {}
    asked, condition, values = rule
    return _kept(saving, element, known, asked, (condition, values), before)


def _rule(element: etree._Element, known: CodeList) -> tuple[str, str, tuple[Any, ...]] | None:
    """What was asked for and the condition that finds it: id before code before external id before kind."""
    id, code = text_of(child(element, "typ:id")), text_of(child(element, "typ:ids"))
    if id:
        return id, "ID = ?", (int(id),)
    if code:
        return code, f"{known.code} = ?", (code,)
    external = child(element, "typ:extId")
    if external is not None:
        parts = text_of(child(external, "typ:ids")), text_of(child(external, "typ:exSystemName"))
        return parts[0], _BY_EXTERNAL, (known.agenda, *parts)
    kind = text_of(child(element, "typ:paymentType"))
    if kind:
        return kind, "RelTyp = ?", (_PAYMENT_KINDS.get(kind, -1),)
    if text_of(child(element, "typ:accountingType")):
        return "withoutAccounting", "Bez = 1", ()
    word = text_of(child(element, "typ:classificationVATType"))
    if word:
        return word, f"{known.code} = ?", (known.words.get(word),)
    number, bank = text_of(child(element, "typ:accountNo")), text_of(child(element, "typ:bankCode"))
    return (number, "SText = ? AND ? IN ('', KodBanky)", (number, bank)) if number else None


def _kept(
    saving: Saving,
    element: etree._Element,
    known: CodeList,
    asked: str,
    rule: tuple[str, tuple[Any, ...]],
    before: Any,
) -> dict[str, Any]:
    condition, values = rule
    rows = saving.pohoda.rows(
        f"SELECT {known.keeps} AS kept FROM {known.table} WHERE {condition} ORDER BY ID LIMIT 1", *values
    )
    if rows:
        return {known.column: rows[0]["kept"]}
    saving.changed(element, asked, code_of(saving, known, before), known.unknown)
    return {}


def code_of(saving: Saving, known: CodeList, kept: Any) -> str:
    """The code of the row that stays, empty when there is none."""
    if not kept:
        return ""
    rows = saving.pohoda.rows(f"SELECT {known.code} AS code FROM {known.table} WHERE {known.keeps} = ?", kept)
    return str(rows[0]["code"] or "") if rows else ""
