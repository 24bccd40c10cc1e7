"""The lines of a document: what was sent, what a card fills in, what POHODA computes of it."""

from dataclasses import replace
from decimal import Decimal

from lxml import etree

from pohoda_sandbox.company.amounts import Terms, in_home
from pohoda_sandbox.company.amounts import line as computed
from pohoda_sandbox.pohoda.xml.codes import GUARANTEES, SLOTS
from pohoda_sandbox.pohoda.xml.imports import cards
from pohoda_sandbox.pohoda.xml.imports.draft import Draft, Line, Row
from pohoda_sandbox.pohoda.xml.imports.families import HANDLED, VAT_CLASSES
from pohoda_sandbox.pohoda.xml.imports.outcome import NO_SOURCE, Refused
from pohoda_sandbox.pohoda.xml.imports.parameters import parameters
from pohoda_sandbox.pohoda.xml.imports.references import referred
from pohoda_sandbox.pohoda.xml.imports.values import number, plain
from pohoda_sandbox.pohoda.xml.listings.vat import former
from pohoda_sandbox.pohoda.xml.names import child, children, short, text_of

_SLOTS = {word: slot for slot, word in SLOTS.items()} | {"historyLow": 1, "historyHigh": 2, "historyThird": 3}
_GUARANTEES = {word: kind for kind, word in GUARANTEES.items()}
MANUAL = -1
"""`RelAgID` of a line that deducts an advance of which there is no document."""


def add_line(draft: Draft, element: etree._Element) -> None:
    """Adds a line that was sent by itself. Raises Refused for an unknown card."""
    line = Line(_columns(draft, element), element, _text(draft, element, "extId"))
    box = _part(draft, element, "stockItem")
    line.card = cards.card(draft, box)
    if serial := text_of(child(box, "typ:serialNumber")) if box is not None else "":
        line.row["VCislo"] = serial
    if line.card is not None:
        line.row = cards.from_card(line.card, line.row) | {
            name: value for name, value in line.row.items() if value is not None
        }
    line.row.setdefault("MJKoef", 1.0)
    sent = _part(draft, element, "quantity")
    priced = line.card is not None or _amount(draft, element, "unitPrice") is not None
    line.row["Mnozstvi"] = float(number(sent)) if sent is not None else float(priced)
    if _text(draft, element, "rateVAT").startswith("history"):
        draft.row["HistSzDPH"] = True
    draft.lines.append(line)


def add_deduction(draft: Draft, element: etree._Element) -> None:
    """Adds the line that deducts an advance, named by id or number, or none. Raises Refused for an unknown one."""
    row = _columns(draft, element) | {"Mnozstvi": 1.0, "MJKoef": 1.0, "RelAgID": MANUAL, "SText": "Odpočet zálohy"}
    document = _part(draft, element, "sourceDocument")
    if document is not None:
        advance = _advance(draft, document)
        row |= {"RelAgID": 44 if draft.buys else 43, "RefPol": advance["ID"]}
        row["SText"] = f"Odpočet zálohy č. {advance['Cislo']}"
        row["ParSym"] = row.get("ParSym") or advance["VarSym"]
    draft.lines.append(Line(row, element, _text(draft, element, "extId")))


def compute(draft: Draft, line: Line, terms: Terms) -> None:
    """Puts the amounts of a line that was sent into its row: computed, or as they were forced."""
    element = line.element
    if element is None:
        return
    row, word = line.row, _text(draft, element, "rateVAT") or "none"
    slot = _SLOTS[word]
    percent = _percent(draft, row, terms, slot, word)
    if slot and not percent and row.get("ProcentoDPH") is None:
        draft.saving.changed(element, word, SLOTS[0])
        slot = 0
    own = replace(
        terms,
        rates={slot: percent if slot else Decimal(0)},
        with_vat=_text(draft, element, "payVAT") == "true",
        explicit=row.get("ProcentoDPH") is not None or word.startswith("history"),
    )
    price = _price(draft, line, own)
    discount = number(box) if (box := _part(draft, element, "discountPercentage")) is not None else Decimal(0)
    quantity = Decimal(str(row["Mnozstvi"]))
    row |= computed(own, price=price, quantity=quantity, slot=slot, discount=discount)
    _forced(draft, element, row, own, slot)


def _columns(draft: Draft, element: etree._Element) -> Row:
    """The columns of a line that need nothing but the line."""
    family, saving, table = draft.family, draft.saving, draft.family.items
    known = saving.pohoda.columns(table)
    names = {name: column for name, column in family.line.items() if column.lower() in known}
    lists = dict(family.line_lists)
    if "inv:classificationVAT" in lists:
        lists["inv:classificationVAT"] = VAT_CLASSES[draft.buys]
    coded = f"{family.prefix}:typeServiceMOSS"
    row = plain(saving, element, names, known) | referred(saving, children(element), lists, {})
    for part in children(element):
        name = short(part)
        if name == coded:
            row |= plain(saving, part, {"typ:ids": "MOSSDruh"}, known)
        elif name == f"{family.prefix}:guaranteeType":
            row["RelZaruka"] = _GUARANTEES.get(text_of(part))
        elif name == f"{family.prefix}:parameters":
            row |= parameters(saving, part, table)
        elif name not in names and name not in lists and name.partition(":")[2] not in HANDLED:
            saving.unused(part)
    return row


def _advance(draft: Draft, document: etree._Element) -> Row:
    kinds = "14, 16" if draft.buys else "4, 6"
    id, cislo = text_of(child(document, "typ:id")), text_of(child(document, "typ:number"))
    condition, value = ("ID = ?", id) if id else ("Cislo = ?", cislo)
    rows = draft.pohoda.rows(f"SELECT * FROM FA WHERE RelTpFak IN ({kinds}) AND {condition}", value)
    if len(rows) != 1:
        raise Refused(document, NO_SOURCE[1], NO_SOURCE[0])
    return rows[0]


def _percent(draft: Draft, row: Row, terms: Terms, slot: int, word: str) -> Decimal:
    if row.get("ProcentoDPH") is not None:
        return Decimal(str(row["ProcentoDPH"]))
    if word.startswith("history"):
        return Decimal(str(former(draft.country, draft.day.isoformat())[slot - 1]))
    return terms.rates[slot]


def _price(draft: Draft, line: Line, terms: Terms) -> Decimal:
    """The unit price that was sent, else the card's; a line without either costs nothing."""
    element = line.element
    sent = _amount(draft, element, "unitPrice")
    if sent is not None:
        return number(sent)
    if line.card is None or _amount(draft, element, "price") is not None:
        return Decimal(0)
    home = cards.price(line.card, buys=draft.buys, with_vat=terms.with_vat) * Decimal(str(line.row["MJKoef"]))
    return terms.exchange.price(home) if terms.exchange else home


def _forced(draft: Draft, element: etree._Element, row: Row, terms: Terms, slot: int) -> None:
    """Amounts that were sent for the line stand, whatever comes out of price and quantity."""
    net, vat = (_amount(draft, element, name) for name in ("price", "priceVAT"))
    money, tax = ("Cm", "CmDPH") if terms.exchange else ("Kc", "KcDPH")
    if net is not None:
        row[money] = number(net)
        without = replace(terms, with_vat=False)
        row[tax] = computed(without, price=row[money], quantity=Decimal(1), slot=slot)[tax]
    if vat is not None:
        row[tax] = number(vat)
    if terms.exchange and (net is not None or vat is not None):
        row |= in_home(terms.exchange, row, terms.rates[slot])


def _amount(draft: Draft, element: etree._Element | None, name: str) -> etree._Element | None:
    """An amount of a line in the document's currency; those in the other one do not count."""
    box = _part(draft, element, "foreignCurrency" if draft.exchange else "homeCurrency")
    found = None if box is None else child(box, f"typ:{name}")
    return found if text_of(found) else None


def _part(draft: Draft, element: etree._Element | None, name: str) -> etree._Element | None:
    return None if element is None else child(element, f"{draft.family.prefix}:{name}")


def _text(draft: Draft, element: etree._Element, name: str) -> str:
    return text_of(_part(draft, element, name))
