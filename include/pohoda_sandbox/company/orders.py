"""Orders and offers: an offer may become an order, an order invoices of what was delivered, wholly or in parts."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import Exchange, Terms, line
from pohoda_sandbox.company.invoices import INVOICE, RECEIVED, finish, invoice, stocked
from pohoda_sandbox.company.paper import Paper, append, drawn_lines, linked, paper, taken, write
from pohoda_sandbox.company.partners import Partner
from pohoda_sandbox.company.settlement import AGENDAS
from pohoda_sandbox.company.writing import Row
from pohoda_sandbox.company.year import Year

FROM_CUSTOMER, TO_SUPPLIER, OUR_OFFER = 1, 2, 2
ORDERS = {FROM_CUSTOMER: 11, TO_SUPPLIER: 12}
OFFERS = 92
_INVOICES = {FROM_CUSTOMER: INVOICE, TO_SUPPLIER: RECEIVED}
_ASIDE = frozenset({"ID", "RefAg", "OrderFld", "Dodano", "DodBefor", "Prenes", "PrenesBfr", "RelAgID", "RefPol",
                    "DatCreate", "DatSave"})  # fmt: skip


def offer(year: Year, day: date) -> None:
    """An offer of ours; every second one becomes an order within the year."""
    drawing = year.firm.drawing
    partner = year.firm.partners.any()
    made = paper(year, "NAB", "offer", day, partner, year.terms(partner), RelTpNab=OUR_OFFER, SText="Naša ponuka",
                 DatDo=day + timedelta(days=30), PoznPred="Vážený zákazník, ponúkame Vám:")  # fmt: skip
    drawn_lines(year, made)
    then = day + timedelta(days=drawing.draw.randrange(2, 25))
    accepted = drawing.often(50) and year.later(then, lambda late: order(year, late, FROM_CUSTOMER, made))
    for row in made.lines:
        row["Prenes"] = row["Mnozstvi"] if accepted else 0.0
    made.total()
    made.row |= {"Vyrizeno": accepted or (drawing.often(20) and then <= year.last), "BPrenes": accepted}
    write(year, made)


def order(year: Year, day: date, kind: int, of: Paper | None = None) -> None:
    """An order of a customer, or one of ours to a supplier; `of` is the offer that it was made from."""
    drawing = year.firm.drawing
    partner = of.partner if of else year.firm.partners.any()
    terms = of.terms if of else year.terms(partner)
    ours = kind == TO_SUPPLIER
    made = paper(year, "OBJ", "issued_order" if ours else "order", day, partner, terms, RelTpObj=kind)
    made.row |= {
        "SText": "Objednávame u Vás:" if ours else "Objednávka zákazníka",
        "RelForUh": drawing.pick(tuple(year.firm.codes.payments.values())),
        "PDoklad": None if ours else f"OBJ/{drawing.draw.randrange(1, 10_000):04d}/{day:%y}",
        "DatOd": day,
        "DatDo": day + timedelta(days=drawing.draw.randrange(5, 40)),
        "Rezer": not ours and drawing.often(40),
    }
    if ours:
        made.row["DatDod"] = made.row["DatDo"]
    if of:
        for source in of.lines:
            row = append(year, made, _kept(source) | {"RelAgID": OFFERS, "RefPol": source["ID"]})
            _tied(year, ORDERS[kind], row, OFFERS, source)
    else:
        drawn_lines(year, made)
    if drawing.often(4):
        made.row["DatStorn"] = day
    made.total()
    for row in made.lines:
        row |= {"Dodano": 0.0, "DodBefor": 0.0}
    if "DatStorn" not in made.row:
        deliver(year, made, kind)
    write(year, made)
    if of:
        linked(year, (OFFERS, of.row), (ORDERS[kind], made.row))


def deliver(year: Year, made: Paper, kind: int) -> None:
    """Plans deliveries of what is open: all at once, in two parts, a part only, or none; puts down on the order what
    the year sees of it, and on the cards what stays open."""
    drawing, day = year.firm.drawing, max(made.day, year.first)
    way = drawing.pick(("all", "all", "all", "two", "part", "none"))
    days = [day + timedelta(days=drawing.draw.randrange(2, 30))]
    if way == "two":
        days.append(days[0] + timedelta(days=drawing.draw.randrange(5, 30)))
    for place, then in enumerate(() if way == "none" else days):
        last = way == "all" or place == 1
        parts = [_open(row) if last else _half(row) for row in made.lines]
        if not any(parts) or not year.later(then, _delivery(year, made, kind, parts)):
            break
        for row, part in zip(made.lines, parts, strict=True):
            row["Dodano"] += float(part)
    done = not any(_open(row) for row in made.lines)
    made.row |= {"Vyrizeno": done, "BDodano": done}
    for card, quantity, row in taken(made.lines, year.firm.stock.by_id):
        still = _open(row) * Decimal(str(row["MJKoef"])) if quantity else Decimal(0)
        if kind == TO_SUPPLIER:
            card.coming += still
        else:
            card.ordered += still
            card.reserved += still if made.row.get("Rezer") else 0


def _delivery(year: Year, made: Paper, kind: int, parts: Sequence[Decimal]) -> Any:
    # Taken out of the order now, for its rows change with further deliveries and are not kept.
    kept = [(row, _kept(row), part) for row, part in zip(made.lines, parts, strict=True) if part or not row["Kc"]]
    return lambda then: _invoice(year, then, made, kind, kept)


def _invoice(year: Year, day: date, of: Paper, kind: int, parts: Sequence[tuple[Row, Row, Decimal]]) -> None:
    made = invoice(year, day, _INVOICES[kind], of.partner, of.terms)
    made.row |= {"CisloObj": of.row.get("PDoklad") or of.number, "DatObj": of.day, "CisloZAK": of.row.get("CisloZAK")}
    for source, kept, quantity in parts:
        amounts = line(of.terms, price=kept["CmJedn"] if of.terms.exchange else kept["KcJedn"], quantity=quantity,
                       slot=kept["RelSzDPH"], discount=int(kept["Sleva"]))  # fmt: skip
        row = append(year, made, kept | amounts | {"RelAgID": ORDERS[kind], "RefPol": source["ID"]})
        _tied(year, AGENDAS[_INVOICES[kind]], row, ORDERS[kind], source)
    if kind == FROM_CUSTOMER:
        stocked(year, made, day)
    finish(year, made)
    linked(year, (ORDERS[kind], of.row), (AGENDAS[_INVOICES[kind]], made.row))


def _tied(year: Year, agenda: int, row: Row, source_agenda: int, source: Row) -> None:
    year.writer.add(
        "RefPolToPol",
        {
            "RelAgID": agenda,
            "RefPol": row["ID"],
            "RelAgID1": source_agenda,
            "RefPol1": source["ID"],
            "Mnozstvi": row["Mnozstvi"],
        },
    )


def _kept(source: Row) -> Row:
    """What a line takes over from the one it is made from; custom fields stay where they are."""
    return {name: value for name, value in source.items() if name not in _ASIDE and "VPr" not in name}


def _open(row: Row) -> Decimal:
    return Decimal(str(row["Mnozstvi"])) - Decimal(str(row["Dodano"])) - Decimal(str(row.get("DodBefor") or 0))


def _half(row: Row) -> Decimal:
    return Decimal(int(_open(row) / 2))


def as_terms(row: Row, lines: Sequence[Row], year: Year) -> Terms:
    """The terms of an order that was read back from the year before."""
    foreign, rounding = row.get("RefCM"), int(row.get("ZaokrFV", 0))
    exchange = Exchange(foreign, "", Decimal(str(row["CmKurs"])), row["CmMnoz"]) if foreign else None
    return Terms(year.rates, exchange=exchange, with_vat=any(one["SDph"] for one in lines), rounding=rounding)


def taken_over(year: Year, row: Row, lines: list[Row], partner: Partner) -> None:
    """Writes an unfinished order of the year before into this one, and plans what is still delivered."""
    for one in lines:
        one |= {"DodBefor": one["DodBefor"] + one["Dodano"], "Dodano": 0.0}
    made = Paper("OBJ", row, as_terms(row, lines, year), partner, lines)
    deliver(year, made, int(row["RelTpObj"]))
    write(year, made)
