"""The import of one `adb:addressbook`: header, external ids, delivery addresses, accounts, contact persons."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda import delivery
from pohoda_sandbox.pohoda.xml import address_fields as fields
from pohoda_sandbox.pohoda.xml.answers import External, Produced, ProducedPart
from pohoda_sandbox.pohoda.xml.filters import ADDRESS_BOOK
from pohoda_sandbox.pohoda.xml.imports import action, external, parts
from pohoda_sandbox.pohoda.xml.imports.numbers import numbered
from pohoda_sandbox.pohoda.xml.imports.outcome import NO_RIGHT, NOT_DELETED, NOT_SAVED, Outcome, Refused, Saving
from pohoda_sandbox.pohoda.xml.imports.parameters import parameters
from pohoda_sandbox.pohoda.xml.imports.parent import parent
from pohoda_sandbox.pohoda.xml.imports.references import COUNTRY, LISTS, person, price_level, referred
from pohoda_sandbox.pohoda.xml.imports.values import plain
from pohoda_sandbox.pohoda.xml.names import child, children, short, tag, text_of

Row = Mapping[str, Any]
_HEADER = {
    f"adb:{name}": column
    for names in (
        {name: column for name, column in fields.BEFORE.items() if name != "priceIDS"},
        fields.AGREEMENT, fields.MIDDLE, fields.BIRTH, fields.FLAGS, fields.NOTES, fields.TOLERANCE, fields.MARK,
    )
    for name, column in names.items()
}  # fmt: skip
_ADDRESS = {f"typ:{name}": column for name, column in fields.ADDRESS.items()}
_WORDS = {
    "adb:sex": ("RelPohl", {word: number for number, word in fields.SEX.items()}),
    "adb:textVAT": ("RelSzDPH", {word: slot for slot, word in fields.VAT_SLOTS.items()}),
    "adb:stockVAT": ("RelSzDPHskz", {"none": 0}),
}
NOT_KEPT = frozenset(
    f"adb:{name}"
    for name in (
        "creditMax", "maturityCommitments", "classificationKVDPHReceivedInvoice", "classificationKVDPHIssuedInvoice",
        "labels", "carrier",
    )
)  # fmt: skip


def run(saving: Saving, document: etree._Element) -> Outcome:
    """Carries out the document's action. Raises Refused; the caller undoes what was stored until then."""
    if not saving.terms.may_write:
        raise Refused(document, NO_RIGHT[1], NO_RIGHT[0])
    pohoda = saving.pohoda
    wanted = action.asked(document, set(pohoda.columns("AD")), saving.terms.user_filters)
    record = action.target(saving, wanted)
    if wanted.kind == "delete" and record is not None:
        before = _row(saving, record)
        if pohoda.rows("SELECT 1 FROM sZAK WHERE RefAD = ? LIMIT 1", record):
            reason = NOT_DELETED[1].format(reason="je použit v agendě Zakázky.")
            raise Refused(wanted.element, reason, NOT_DELETED[0])
        pohoda.delete("AD", record)
        return _outcome(saving, before, "delete")
    if record is None and (wanted.kind == "delete" or (wanted.kind == "update" and not wanted.otherwise)):
        return Outcome(Produced(0, code=""))
    return _save(saving, document, record)


def _save(saving: Saving, document: etree._Element, record: int | None) -> Outcome:
    header = child(document, "adb:addressbookHeader")
    identity = child(header, "adb:identity") if header is not None else None
    if header is None and record is None:
        raise Refused(document, NOT_SAVED[1].format(reason="chybí adb:addressbookHeader"), NOT_SAVED[0])
    before = _row(saving, record) if record is not None else {}
    columns = _columns(saving, header, identity, before) if header is not None else {}
    if record is None:
        known = saving.pohoda.insert("AD", **{"Sel": True, **columns})
    else:
        known = record
        saving.pohoda.edit("AD", known, **columns)
    ids = external.sent(_all(identity, "typ:extId"))
    external.remember(saving.pohoda, ADDRESS_BOOK, known, ids)
    made = parts.write(saving, known, parts.DELIVERY, _all(identity, "typ:shipToAddress"))
    accounts = child(document, "adb:addressbookAccount")
    made += parts.write(saving, known, parts.ACCOUNT, _all(accounts, "adb:accountItem"))
    _finish(saving, known, accounts=any(part.type == parts.ACCOUNT.name for part in made))
    for unheld in ("adb:attachments", "adb:print"):
        for element in _all(document, unheld):
            saving.unused(element)
    return _outcome(saving, _row(saving, known), "add" if record is None else "update", ids, made)


def _columns(saving: Saving, header: etree._Element, identity: etree._Element | None, before: Row) -> dict[str, Any]:
    """The columns of AD that the header asks for; elements that are not there are not among them."""
    known = saving.pohoda.columns("AD")
    address = child(identity, "typ:address") if identity is not None else None
    columns = plain(saving, address, _ADDRESS, known) | plain(saving, header, _HEADER, known)
    for element in children(header):
        if short(element) in _WORDS:
            column, words = _WORDS[short(element)]
            columns[column] = words.get(text_of(element))
        elif short(element) in NOT_KEPT:
            saving.unused(element)
    if address is not None:
        columns |= referred(saving, children(address), {"typ:country": COUNTRY}, before)
    columns |= referred(saving, children(header), LISTS, before)
    columns |= parameters(saving, child(header, "adb:parameters"), "AD")
    columns |= price_level(saving, child(header, "adb:priceIDS"), before)
    columns |= person(saving, child(header, "adb:responsiblePerson"), before)
    columns |= parent(saving, child(header, "adb:refAddress"), before)
    return columns | numbered(saving, child(header, "adb:number"), record=before.get("ID"))


def _finish(saving: Saving, record: int, *, accounts: bool) -> None:
    """What the program does by itself on saving: the default account, a delivery address where none was entered."""
    pohoda = saving.pohoda
    if accounts:
        rows = pohoda.rows("SELECT Ucet, KodBanky FROM ADucet WHERE RefAg = ? AND Vychozi = 1", record)
        pohoda.edit("AD", record, **(rows[0] if rows else {"Ucet": None, "KodBanky": None}))
    copy = delivery.copied(_row(saving, record)) if saving.terms.fills_delivery else {}
    if copy and not pohoda.rows("SELECT 1 FROM ADdodaci WHERE RefAg = ? LIMIT 1", record):
        pohoda.insert("ADdodaci", RefAg=record, Vychozi=True, **copy)


def _outcome(
    saving: Saving, row: Row, done: str, ids: tuple[External, ...] = (), made: list[ProducedPart] | None = None
) -> Outcome:
    produced = Produced(
        int(row["ID"]),
        code=row["Firma"] or "",
        action=done,
        external=ids[0] if ids else None,
        parts=tuple(made or ()),
    )
    return Outcome(produced, tuple(saving.details), row["Cislo"])


def _row(saving: Saving, record: int) -> dict[str, Any]:
    return saving.pohoda.rows("SELECT * FROM AD WHERE ID = ?", record)[0]


def _all(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if element is None else element.findall(tag(name))
