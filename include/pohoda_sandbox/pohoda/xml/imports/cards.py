"""The stock card of a line, and what a document does to stock: issues, receives, orders or reserves it."""

from decimal import Decimal
from typing import Any

from lxml import etree

from pohoda_sandbox.company.amounts import ZERO, cents, money
from pohoda_sandbox.company.movements import CARD, average, movement
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.imports.draft import Draft, Line, Row
from pohoda_sandbox.pohoda.xml.imports.families import RECEIVED
from pohoda_sandbox.pohoda.xml.imports.outcome import NOT_SAVED, UNUSABLE, Refused
from pohoda_sandbox.pohoda.xml.imports.values import number
from pohoda_sandbox.pohoda.xml.names import child, text_of

_MOVES = frozenset({2, 3})
_LAST = "SELECT KcOceneni FROM SKzPoh WHERE RefSKz = ? ORDER BY Datum DESC, ID DESC LIMIT 1"
_COPIED = ("RefAD", "Firma", "Jmeno", "ICO", "Obec", "RefZeme", "RefStr", "RefCin", "CisloZAK")


def card(draft: Draft, box: etree._Element | None) -> Row | None:
    """The card that a line names by id, code or EAN, in the store it names. Raises Refused for one that is not there:
    the document is not made."""
    item = None if box is None else child(box, "typ:stockItem")
    if box is None or item is None:
        return None
    rules: list[tuple[str, Any]] = []
    for name, column in (("typ:id", "k.ID"), ("typ:ids", "k.IDS"), ("typ:EAN", "k.EAN")):
        if text_of(child(item, name)):
            rules.append((f"{column} = ?", text_of(child(item, name))))
            break
    store = child(box, "typ:store")
    if store is not None:
        id, code = text_of(child(store, "typ:id")), text_of(child(store, "typ:ids"))
        rules.append(("s.ID = ?", id) if id else ("s.IDS = ?", code))
    where = " AND ".join(rule for rule, _ in rules) or "1 = 0"
    found = draft.pohoda.rows(
        f"SELECT k.* FROM SKz k LEFT JOIN sSklad s ON s.ID = k.RefSklad WHERE {where} ORDER BY k.ID LIMIT 1",
        *(value for _, value in rules),
    )
    if not found:
        asked = " / ".join(str(value) for _, value in reversed(rules))
        raise Refused(item, UNUSABLE[1].format(reason=f"zásoba {asked} neexistuje."), UNUSABLE[0])
    return found[0]


def from_card(known: Row, sent: Row) -> Row:
    """What a card fills in on a line."""
    unit = sent.get("MJ") or known["MJ"]
    packs = {known["MJ2"]: known["MJ2Koef"], known["MJ3"]: known["MJ3Koef"]}
    return {
        "RefSKz": known["ID"],
        "RefSKz0": known["ID"],
        "Kod": known["IDS"],
        "SText": known["SText"] or known["Nazev"],
        "MJ": unit,
        "MJKoef": float(packs.get(unit) or 1) if unit != known["MJ"] else 1.0,
    }


def price(known: Row, *, buys: bool, with_vat: bool) -> Decimal:
    """The card's price in home currency, of its base unit."""
    column = ("NakupC", "NakupDPH") if buys else ("ProdejKc", "ProdejDPH")
    return money(known[column[with_vat]])


def check_stock(draft: Draft) -> None:
    """Holds issued lines against what lies in the store: a shortage refuses the document when it asks for that check,
    else the line gets the quantity zero. Nothing comes back from a line of zero."""
    if draft.agenda not in _MOVES or draft.kind in RECEIVED or _postponed(draft):
        return
    box = draft.sent("validate")
    checked = box is not None and text_of(child(box, "typ:inStock")) == "true"
    left: dict[int, Decimal] = {}
    for line in draft.lines:
        if line.card is None or line.card["RelSkTyp"] != CARD:
            continue
        there = left.setdefault(line.card["ID"], Decimal(str(line.card["StavZ"] or 0)))
        wanted = line.quantity
        if wanted > 0 and wanted > there:
            element = line.element if line.element is not None else draft.element
            if checked:
                reason = f"na skladě není dostatek zásoby {line.card['IDS']}."
                raise Refused(element, NOT_SAVED[1].format(reason=reason), NOT_SAVED[0])
            box = child(element, f"{draft.family.prefix}:quantity")
            sent = element if box is None else box
            draft.saving.changed(sent, number(sent) if box is not None else line.row["Mnozstvi"], Decimal(0))
            line.row["Mnozstvi"], wanted = 0.0, ZERO
        left[line.card["ID"]] = there - wanted


def keep_stock(draft: Draft, document: int) -> None:
    """Writes the movements of an invoice, or what an order has ordered and reserved."""
    for line in draft.lines:
        if line.card is None or line.card["RelSkTyp"] != CARD or not line.quantity:
            continue
        if draft.family.table == "OBJ":
            reserved = line.quantity if draft.row.get("Rezer") else ZERO
            _ordered(draft, line, line.quantity - Decimal(str(line.row.get("Dodano") or 0)), reserved)
        elif draft.agenda in _MOVES and not _postponed(draft):
            _moved(draft, line, document)


def release(pohoda: Pohoda, order: Row, line: Row, quantity: Decimal) -> None:
    """Takes what is deleted or delivered of an order's line, in the line's unit, off what its card has ordered and
    reserved."""
    change = quantity * Decimal(str(line["MJKoef"] or 1))
    for known in pohoda.rows("SELECT * FROM SKz WHERE ID = ?", line["RefSKz"]):
        column = "ObjedP" if order["RelTpObj"] == 1 else "ObjedV"
        columns = {name: _less(known[name], change) for name in (column, *(("Rezer",) if order["Rezer"] else ()))}
        pohoda.edit("SKz", known["ID"], DatSave=known["DatSave"], **columns)


def _less(before: Any, change: Decimal) -> float:
    return float(max(ZERO, Decimal(str(before or 0)) - change))


def _ordered(draft: Draft, line: Line, rest: Decimal, reserved: Decimal) -> None:
    known = draft.pohoda.rows("SELECT * FROM SKz WHERE ID = ?", line.row["RefSKz"])[0]
    column = "ObjedV" if draft.buys else "ObjedP"
    columns = {column: float(Decimal(str(known[column] or 0)) + rest)}
    if reserved:
        columns["Rezer"] = float(Decimal(str(known["Rezer"] or 0)) + reserved)
    draft.pohoda.edit("SKz", known["ID"], DatSave=known["DatSave"], **columns)


def _moved(draft: Draft, line: Line, document: int) -> None:
    """A movement leaves `DatSave` of the card as it was."""
    known = draft.pohoda.rows("SELECT * FROM SKz WHERE ID = ?", line.row["RefSKz"])[0]
    change = line.quantity if draft.buys else -line.quantity
    before, last = Decimal(str(known["StavZ"] or 0)), draft.pohoda.rows(_LAST, known["ID"])
    value = money(last[0]["KcOceneni"]) if last else ZERO
    worth = average(before, value, money(known["NakupC"]))
    if draft.buys and change:
        worth = abs(cents(money(line.row["Kc"]) / change))
    after = before + change
    left = cents(value + change * worth) if after else ZERO
    of = {name: draft.row.get(name) for name in _COPIED}
    of |= {"RelAg": draft.agenda, "RelID": document, "Datum": draft.row["Datum"], "Cislo": draft.row["Cislo"]}
    draft.pohoda.insert("SKzPoh", RefSKz=known["ID"], **movement(after, left, change, worth), **of)
    state = {"StavZ": float(after), "VNakup": average(after, left, worth)}
    draft.pohoda.edit("SKz", known["ID"], DatSave=known["DatSave"], **state)


def _postponed(draft: Draft) -> bool:
    return any(text_of(draft.sent(name)) == "true" for name in ("postponedIssue", "postponedReceive"))
