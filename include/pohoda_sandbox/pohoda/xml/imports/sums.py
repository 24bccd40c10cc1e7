"""The terms and totals of a document: currency and rate, rounding, sums by VAT slot, what is left to pay."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from lxml import etree

from pohoda_sandbox.company.amounts import ZERO, Exchange, Terms, cents, money, to_pay, totals, with_rounding
from pohoda_sandbox.pohoda.xml.codes import ROUNDINGS
from pohoda_sandbox.pohoda.xml.imports.draft import Draft, Row
from pohoda_sandbox.pohoda.xml.imports.lines import compute
from pohoda_sandbox.pohoda.xml.imports.outcome import UNUSABLE, Refused
from pohoda_sandbox.pohoda.xml.imports.values import number
from pohoda_sandbox.pohoda.xml.listings.links import DEDUCTED
from pohoda_sandbox.pohoda.xml.listings.vat import rates
from pohoda_sandbox.pohoda.xml.names import child, children, text_of

_WORDS = {word: kind for kind, word in ROUNDINGS.items()}
_SLOTS = {"Low": 1, "High": 2, "3": 3}


def find_exchange(draft: Draft) -> None:
    """The currency of a document: that of its summary, else that of the document it is made from. Raises Refused for
    a currency that is not in the list, and for a rate that nobody knows."""
    box = _part(draft, "foreignCurrency")
    currency = None if box is None else child(box, "typ:currency")
    if box is None or currency is None:
        first = draft.sources[0].row if draft.sources else {}
        if first.get("RefCM"):
            draft.exchange = Exchange(first["RefCM"], "", Decimal(str(first["CmKurs"])), int(first["CmMnoz"] or 1))
        return
    id, code = text_of(child(currency, "typ:id")), text_of(child(currency, "typ:ids"))
    found = draft.pohoda.rows("SELECT * FROM sCMeny WHERE " + ("ID = ?" if id else "Kod = ?"), id or code)
    if not found:
        raise Refused(currency, UNUSABLE[1].format(reason=f"měna {id or code} neexistuje."), UNUSABLE[0])
    rate, amount = child(box, "typ:rate"), child(box, "typ:amount")
    units = int(number(amount)) if text_of(amount) and amount is not None else int(found[0]["Mnozstvi"] or 1)
    kurs = number(rate) if text_of(rate) and rate is not None else _last_rate(draft, found[0]["ID"])
    if kurs <= 0 or units <= 0:
        reason = f"kurz měny {found[0]['Kod']} není znám."
        raise Refused(box if rate is None else rate, UNUSABLE[1].format(reason=reason), UNUSABLE[0])
    draft.exchange = Exchange(found[0]["ID"], found[0]["Kod"], kurs, units)


def sum_up(draft: Draft) -> None:
    """Computes the lines and puts the totals into the header; without lines the sent totals count. A deducted advance
    lowers what is left to pay; one that was taxed, and is deducted with its VAT, lowers the totals themselves."""
    word = text_of(_part(draft, "roundingDocument"))
    rounding = _WORDS.get(word, 0) if word or not draft.sources else int(draft.row.get("ZaokrFV") or 0)
    low, high, third = rates(draft.country, draft.day.isoformat())
    known = {slot: Decimal(str(percent)) for slot, percent in enumerate((0, low, high, third))}
    terms = Terms(known, exchange=draft.exchange, rounding=rounding)
    for line in draft.lines:
        compute(draft, line, terms)
    rows = [line.row for line in draft.lines]
    deducted = [row for row in rows if row.get("RelAgID") in DEDUCTED and not row["RelSzDPH"]]
    goods = [row for row in rows if all(row is not other for other in deducted)]
    draft.row["Polozky"] = bool(rows)
    draft.row |= totals(goods, terms) if rows else _totals_sent(draft, terms)
    if rows:
        _compared(draft)
    forced = _rounding_sent(draft)
    if forced is not None:
        exact = draft.row["KcCelkem"] - draft.row["KcZaokr"]
        draft.row |= with_rounding(exact, forced, terms, draft.row.get("Cm0", ZERO))
    if draft.family.table == "FA":
        draft.row |= to_pay(draft.row, deducted)
        if not draft.row["KcLikv"] and deducted:
            draft.row["DatLikv"] = draft.row["Datum"]


def _part(draft: Draft, name: str) -> etree._Element | None:
    box = child(draft.element, draft.family.tag("Summary"))
    return None if box is None else child(box, f"{draft.family.prefix}:{name}")


def _last_rate(draft: Draft, currency: int) -> Decimal:
    """The rate of the last invoice in the currency, for there is no list of rates; zero when there is none."""
    rows = draft.pohoda.rows("SELECT CmKurs FROM FA WHERE RefCM = ? ORDER BY Datum DESC, ID DESC LIMIT 1", currency)
    return Decimal(str(rows[0]["CmKurs"] or 0)) if rows else ZERO


def _rounding_sent(draft: Draft) -> Decimal | None:
    """The forced rounding in the document's currency; a cancellation takes back that of its invoice."""
    for source in draft.sources:
        if source.how == "cancel":
            return -money(source.row["CmZaokr" if draft.exchange else "KcZaokr"])
    box = _part(draft, "foreignCurrency" if draft.exchange else "homeCurrency")
    inside = None if box is None else child(box, "typ:round")
    sent = None if inside is None else child(inside, "typ:priceRound")
    return number(sent) if sent is not None and text_of(sent) else None


def _sent(draft: Draft) -> dict[str, Decimal]:
    box = _part(draft, "homeCurrency")
    parts = children(box) if box is not None else ()
    return {etree.QName(part).localname: number(part) for part in parts if text_of(part) and len(part) == 0}


def _totals_sent(draft: Draft, terms: Terms) -> Row:
    """Totals of a document without lines: net amounts with VAT computed where it was not sent, or gross ones."""
    if draft.exchange is not None:
        box = _part(draft, "foreignCurrency")
        whole = None if box is None else child(box, "typ:priceSum")
        amount = number(whole) if whole is not None else ZERO
        return totals([{"RelSzDPH": 0, "Cm": amount, "Kc": draft.exchange.home(amount)}], terms)
    sent = _sent(draft)
    lines: list[dict[str, Any]] = [{"RelSzDPH": 0, "Kc": sent.get("priceNone", ZERO)}]
    for name, slot in _SLOTS.items():
        net, vat, gross = (sent.get(f"price{name}{end}") for end in ("", "VAT", "Sum"))
        percent = terms.rates[slot]
        if net is None and gross is not None:
            vat = cents(gross * percent / (100 + percent)) if vat is None else vat
            net = gross - vat
        net = net or ZERO
        lines.append({"RelSzDPH": slot, "Kc": net, "KcDPH": cents(net * percent / 100) if vat is None else vat})
    return totals(lines, replace(terms, exchange=None))


def _compared(draft: Draft) -> None:
    """Warns of totals that were sent and are not what the lines add up to; the lines count."""
    box = _part(draft, "homeCurrency")
    if box is None or draft.exchange is not None:
        return
    row = draft.row
    made = {"priceNone": row["Kc0"]}
    for name, slot in _SLOTS.items():
        net, vat = row[f"Kc{slot}"], row[f"KcDPH{slot}"]
        made |= {f"price{name}": net, f"price{name}VAT": vat, f"price{name}Sum": net + vat}
    for name, asked in _sent(draft).items():
        element = child(box, f"typ:{name}")
        if name in made and element is not None and asked != made[name]:
            draft.saving.changed(element, asked, made[name])
