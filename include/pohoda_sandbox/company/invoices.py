"""Invoices of all kinds: issued and received, advances, proformas, credit notes, receivables and liabilities."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import ZERO, Terms, cents, line, to_pay
from pohoda_sandbox.company.paper import (
    DEDUCTED,
    Paper,
    append,
    drawn_lines,
    linked,
    paper,
    priced,
    taken,
    write,
)  # fmt: skip
from pohoda_sandbox.company.partners import Partner
from pohoda_sandbox.company.payments import drawn_payments, offset
from pohoda_sandbox.company.rates import OLD_DAY, OSS, THIRD, rates
from pohoda_sandbox.company.settlement import AGENDAS, ISSUED
from pohoda_sandbox.company.stock import Card
from pohoda_sandbox.company.writing import Row
from pohoda_sandbox.company.year import Year

INVOICE, ADVANCE, RECEIVABLE, PROFORMA, CREDIT = 1, 4, 5, 6, 8
RECEIVED, RECEIVED_ADVANCE, LIABILITY, RECEIVED_CREDIT = 11, 14, 15, 18
_SERIES = {
    INVOICE: "issued", ADVANCE: "advance", RECEIVABLE: "receivable", PROFORMA: "proforma", CREDIT: "credit",
    RECEIVED: "received", RECEIVED_ADVANCE: "received_advance", LIABILITY: "liability",
    RECEIVED_CREDIT: "received_credit",
}  # fmt: skip
_POSTINGS = {RECEIVABLE: "1OP", LIABILITY: "1OZ", ADVANCE: "4Zv", PROFORMA: "4Zv", RECEIVED_ADVANCE: "4Zv"}
_TEXTS = ("Fakturujeme Vám za tovar:", "Fakturujeme Vám podle Vaší objednávky:", "Práce dle smlouvy", "Za služby:")
_UNTAXED = {ADVANCE, PROFORMA, RECEIVED_ADVANCE}


def invoice(year: Year, day: date, kind: int, partner: Partner, terms: Terms, **columns: Any) -> Paper:
    """A new invoice without lines; `columns` replace what is usual for its kind."""
    codes, drawing, issued = year.firm.codes, year.firm.drawing, kind in ISSUED
    taxed = kind not in _UNTAXED
    vat_class = "UDzasEU" if terms.oss else "UDdodEU" if terms.exempt and issued else "UD" if issued else "PD"
    posting = _POSTINGS.get(kind, ("2Fv" if drawing.often(70) else "3Fv") if issued else "1Fp")
    row: Row = {
        "RelTpFak": kind,
        "SText": drawing.pick(_TEXTS),
        "DatSplat": day + timedelta(days=int(partner.row.get("ADSplat") or 14)),
        "DatZdPln": day if taxed else None,
        "DatUcP": day,
        "RelForUh": drawing.pick(tuple(codes.payments.values())),
        "RelPk": codes.postings[posting],
        "RelTpDPH": codes.vat_classes[vat_class if taxed else "UN" if issued else "PN"],
        "RefUcet": codes.accounts["EUR" if terms.exchange and year.firm.home == "CZ" else "BANK"],
        "KonstSym": "0308",
    }
    made = paper(year, "FA", _SERIES[kind], day, partner, terms, **row)
    if issued:
        made.row["VarSym"] = made.number
    else:
        theirs = f"{drawing.draw.randrange(10**6, 10**9)}"
        made.row |= {"PDoklad": f"FV-{theirs}", "VarSym": theirs, "Ucet": "1234567890", "KodBanky": "0800"}
        made.row["DatOdDPH"] = day if taxed else None
    made.row |= columns
    return made


def finish(year: Year, made: Paper, way: str = "") -> None:
    """Computes the invoice, moves its goods, pays it in a drawn way (`-`: not at all) and writes it."""
    balance(made)
    move_goods(year, made)
    if way != "-":
        drawn_payments(year, made.row, way)
    write(year, made)


def move_goods(year: Year, made: Paper) -> None:
    """Takes what is sold out of the stores, and puts there what is bought or comes back."""
    agenda, direction = AGENDAS[int(made.row["RelTpFak"])], -1 if made.row["RelTpFak"] in ISSUED else 1
    copied = {name: made.row.get(name) for name in ("RefAD", "Firma", "ICO", "Obec", "RefZeme", "RefStr", "RefCin")}
    of = {"RelAg": agenda, "RelID": made.id, "Datum": made.day, "Cislo": made.number, **copied}
    for card, quantity, row in taken(made.lines, year.firm.stock.by_id):
        price = abs(cents(row["Kc"] / quantity)) if agenda == 3 and quantity else None
        year.firm.stock.moved(year.writer, card, direction * quantity, of, price)


def balance(made: Paper) -> None:
    """Puts totals, deducted advances and what is left to pay into the header."""
    made.total()
    row = made.row
    deducted = [one for one in made.lines if one.get("RelAgID") in DEDUCTED]
    row |= to_pay(row, deducted)
    if not row["KcLikv"] and deducted:
        row["DatLikv"] = made.day


def deduct(year: Year, made: Paper, advance: Row, amount: Decimal) -> None:
    """Adds the line that takes a paid advance off an invoice; `amount` in home currency, with VAT not yet due."""
    agenda = AGENDAS[int(advance["RelTpFak"])]
    row = line(replace(made.terms, with_vat=False, explicit=False), price=-amount, quantity=Decimal(1), slot=0)
    text = f"Odpočet zálohy č. {advance['Cislo']}"
    append(year, made, {**row, "SText": text, "RelAgID": agenda, "RefPol": advance["ID"], "ParSym": advance["VarSym"]})


def stocked(year: Year, made: Paper, day: date) -> None:
    """Buys what the invoice takes and the store has too little of."""
    wanted = taken(made.lines, year.firm.stock.by_id)
    short = {card.id: card for card, quantity, _ in wanted if card.quantity < quantity}
    if short:
        purchase(year, day, list(short.values()), quantity=Decimal(200))


def purchase(year: Year, day: date, cards: Sequence[Card] = (), quantity: Decimal = ZERO) -> Paper:
    """A received invoice, for the given cards (`quantity` of each) or for drawn lines."""
    partner = year.firm.partners.any()
    terms = year.terms(partner)
    made = invoice(year, day, RECEIVED, partner, terms, SText="Nákup tovaru")
    drawn_lines(year, made, most=4, cards=cards)
    if quantity:
        for row, card in zip(made.goods, cards, strict=False):
            price = row["CmJedn"] if terms.exchange else row["KcJedn"]
            slot, discount = terms.slot(card.slot), int(row["Sleva"])
            row.update(line(terms, price=price, quantity=quantity, slot=slot, discount=discount))
    finish(year, made)
    return made


def sale(year: Year, day: date, way: str = "", countries: tuple[str, ...] = ()) -> None:
    """An issued invoice by itself, paid in the given way or a drawn one; now and then goods come back later."""
    drawing, partners = year.firm.drawing, year.firm.partners
    partner = partners.from_country(countries) if countries else partners.any()
    made = invoice(year, day, INVOICE, partner, year.terms(partner))
    drawn_lines(year, made)
    stocked(year, made, day)
    finish(year, made, way)
    if drawing.often(6):
        year.later(day + timedelta(days=drawing.draw.randrange(3, 40)), lambda then: credit(year, then, made))


def credit(year: Year, day: date, of: Paper) -> None:
    """Goods of an invoice come back: a credit note for its first lines."""
    kind = CREDIT if of.row["RelTpFak"] in ISSUED else RECEIVED_CREDIT
    made = invoice(year, day, kind, of.partner, of.terms, RelDobr=of.id, CisloObj=of.number, SText="Dobropis")
    if kind == RECEIVED_CREDIT:
        made.row["PDoklad"] = of.row.get("PDoklad")
    for source in of.goods[:2]:
        price = source["CmJedn"] if of.terms.exchange else source["KcJedn"]
        amounts = line(of.terms, price=price, quantity=-Decimal(str(source["Mnozstvi"])), slot=source["RelSzDPH"],
                       discount=int(source["Sleva"]))  # fmt: skip
        kept = {name: source[name] for name in ("RefSKz", "Kod", "SText", "MJ", "MJKoef") if name in source}
        append(year, made, kept | amounts)
    finish(year, made)
    linked(year, (AGENDAS[int(of.row["RelTpFak"])], of.row), (AGENDAS[kind], made.row))


def returned(year: Year, day: date) -> None:
    """An invoice and its credit note of the same day, settled against each other."""
    partner = year.firm.partners.any()
    terms = year.terms(partner)
    both: list[Paper] = []
    for kind, sign in ((INVOICE, 1), (CREDIT, -1)):
        made = invoice(year, day, kind, partner, terms)
        if both:
            made.row |= {"RelDobr": both[0].id, "CisloObj": both[0].number}
        drawn_lines(year, made, sign=sign)
        stocked(year, made, day)
        balance(made)
        move_goods(year, made)
        both.append(made)
    offset(year, both[0].row, both[1].row, day)
    for made in both:
        write(year, made)
    linked(year, (AGENDAS[INVOICE], both[0].row), (AGENDAS[CREDIT], both[1].row))


def cancelled(year: Year, day: date) -> None:
    """A cancelled invoice and the row that cancels it, settled against each other."""
    partner = year.firm.partners.any()
    terms = year.terms(partner)
    first = invoice(year, day, INVOICE, partner, terms, DatStorn=day)
    drawn_lines(year, first)
    stocked(year, first, day)
    text = f"Storno {first.number}"
    second = invoice(year, day, INVOICE, partner, terms, RelStorn=first.id, TpStorn=True, SText=text)
    first.row["RelStorn"] = second.id
    for source in first.lines:
        kept = {name: value for name, value in source.items() if name not in {"ID", "RefAg", "OrderFld"}}
        turned = ("Mnozstvi", "Kc", "KcDPH", "Cm", "CmDPH")
        append(year, second, kept | {name: -source[name] for name in turned if name in source})
    for made in (first, second):
        balance(made)
        move_goods(year, made)
    offset(year, first.row, second.row, day)
    for made in (first, second):
        write(year, made)


def old_credit(year: Year, day: date) -> None:
    """Goods sold before the last change of rates come back: historical rates, told on every line."""
    partner = year.firm.partners.from_country((year.firm.home,))
    terms = Terms(rates(year.firm.home, OLD_DAY[year.firm.home]), explicit=True)
    made = invoice(year, day, CREDIT, partner, terms, HistSzDPH=True, SText="Dobropis, staré sadzby")
    drawn_lines(year, made, sign=-1)
    free_line(year, made, "Kniha", Decimal("-12.90"), THIRD)
    finish(year, made)


def oss(year: Year, day: date) -> None:
    """Goods sent to consumers in another country of the EU, with that country's VAT."""
    country = year.firm.drawing.pick([one for one in OSS if one != year.firm.home])
    partner = year.firm.partners.from_country((country,))
    terms = Terms({0: ZERO, **dict.fromkeys((1, 2, 3), OSS[country])}, explicit=True, oss=country)
    made = invoice(year, day, INVOICE, partner, terms, DatZdPlnMOSS=day, MOSSDukaz="A")
    drawn_lines(year, made, most=3)
    finish(year, made)


def flat(year: Year, day: date, kind: int) -> None:
    """A receivable or liability: one line without card and VAT."""
    partner = year.firm.partners.any()
    made = invoice(year, day, kind, partner, Terms(year.rates, exempt=True), SText="Poistné plnenie")
    free_line(year, made, "Poistné plnenie", Decimal(year.firm.drawing.draw.randrange(5_000, 90_000)) / 100)
    finish(year, made)


def free_line(year: Year, made: Paper, text: str, price: Decimal, slot: int = 0) -> Row:
    """Adds a line without a card; `price` is a home price without VAT."""
    row = priced(made.terms, price, Decimal(1), slot)
    return append(year, made, {**row, "SText": text, "MJ": "ks", "MJKoef": 1.0})


def placeholder(year: Year, day: date) -> None:
    """The row without number, amounts and lines that POHODA keeps when somebody left a new invoice empty."""
    year.writer.add("FA", {"Cislo": "", "RelTpFak": INVOICE, "Datum": day, **year.stamps(day)})


def bought(year: Year, day: date) -> None:
    """A received invoice by itself."""
    purchase(year, day)


def returned_purchase(year: Year, day: date) -> None:
    """We send back what we bought."""
    made = purchase(year, day)
    year.later(day + timedelta(days=9), lambda then: credit(year, then, made))
