"""A document of the sample company with its lines: drawn, computed, written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import Terms, line, totals
from pohoda_sandbox.company.movements import CARD
from pohoda_sandbox.company.partners import Partner
from pohoda_sandbox.company.stock import Card
from pohoda_sandbox.company.writing import Row
from pohoda_sandbox.company.year import Year

ITEMS = {"FA": "FApol", "OBJ": "OBJpol", "NAB": "NABpol"}
DEDUCTED = frozenset({43, 44})
_FREE = ("Práca technika", "Doprava a balenie", "Poplatek za zpracování", "Příprava podkladů", "Údržba zariadenia")
_NOTES = ("Ďakujeme za objednávku.", "Žluťoučký kůň úpěl ďábelské ódy.", "Dodať do 14:00,\r\nrampa č. 3.")


@dataclass
class Paper:
    """A document of table FA, OBJ or NAB. `row` is its header, with its id; `lines` become rows of `<table>pol`."""

    table: str
    row: Row
    terms: Terms
    partner: Partner
    lines: list[Row] = field(default_factory=list)

    @property
    def id(self) -> int:
        return int(self.row["ID"])

    @property
    def number(self) -> str:
        return str(self.row["Cislo"])

    @property
    def day(self) -> date:
        day: date = self.row["Datum"]
        return day

    @property
    def goods(self) -> list[Row]:
        """The lines that are no deducted advances."""
        return [one for one in self.lines if one.get("RelAgID") not in DEDUCTED]

    def total(self) -> None:
        """Puts the totals of the lines into the header."""
        self.row |= totals(self.goods, self.terms)


def paper(year: Year, table: str, series: str, day: date, partner: Partner, terms: Terms, **columns: Any) -> Paper:
    """A new document without lines."""
    firm, drawing = year.firm, year.firm.drawing
    row: Row = {
        "ID": year.writer.id(table),
        **year.number(series),
        "Datum": day,
        "Polozky": True,
        "RefStr": _some(year, firm.codes.centres),
        "RefCin": _some(year, firm.codes.activities),
        "CisloZAK": drawing.pick(firm.contracts) if firm.contracts and drawing.often(15) else None,
        "Pozn": drawing.pick(_NOTES) if drawing.often(20) else None,
        "Pozn2": "Interne: preveriť cenu" if drawing.often(5) else None,
        **firm.partners.copy(partner, table),
        **firm.custom.of(table),
        **year.stamps(day),
        **columns,
    }
    if terms.oss:
        row["MOSS"] = terms.oss
    return Paper(table, row, terms, partner)


def _some(year: Year, ids: Mapping[str, int]) -> int | None:
    drawing = year.firm.drawing
    return drawing.pick(tuple(ids.values())) if ids and drawing.often(45) else drawing.pick((None, 0))


def drawn_lines(year: Year, of: Paper, most: int = 5, sign: int = 1, cards: Sequence[Card] = ()) -> None:
    """Draws lines: cards of the stock (or the given ones), works without a card, now and then a text without price."""
    drawing, table = year.firm.drawing, ITEMS[of.table]
    buys = of.row.get("RelTpFak") == 11 or of.row.get("RelTpObj") == 2
    number = drawing.draw.randrange(1, most)
    drawn = (drawing.pick(year.firm.stock.cards) if drawing.often(80) else None for _ in range(number))
    wanted: Iterable[Card | None] = cards or drawn
    for card in wanted:
        quantity = sign * (Decimal(drawing.draw.randrange(1, 12)) if card is None or card.unit == "ks" else
                           Decimal(drawing.draw.randrange(2, 60)) / 4)  # fmt: skip
        home = (card.bought if buys else card.sold) if card else Decimal(drawing.draw.randrange(500, 30_000)) / 100
        packs = card is not None and card.pack > 1 and drawing.often(30)
        if card and packs:
            home, quantity = home * card.pack, sign * Decimal(drawing.draw.randrange(1, 4))
        row = priced(of.terms, home, quantity, card.slot if card else 2, drawing.pick((0, 0, 0, 0, 5, 10)))
        row |= _of_card(card, packs) if card else {"SText": drawing.pick(_FREE), "MJ": "hod", "MJKoef": 1.0}
        if drawing.often(12):
            row |= {"RefStr": _some(year, year.firm.codes.centres), "RefCin": _some(year, year.firm.codes.activities)}
        if drawing.often(6) and year.firm.contracts:
            row["CisloZAK"] = drawing.pick(year.firm.contracts)
        if drawing.often(8):
            row["Pozn"] = "Žiadaný odtieň: béžová"
        append(year, of, row | year.firm.custom.of(table))
    if drawing.often(12):
        text = line(of.terms, price=Decimal(0), quantity=Decimal(0), slot=0)
        append(year, of, {**text, "SText": "Podle nabídky ze dne schůzky; ceny platí měsíc."})


def priced(terms: Terms, home: Decimal, quantity: Decimal, slot: int, discount: int = 0) -> Row:
    """The amounts of a line from a home price without VAT, turned into what the document's terms price in."""
    slot = terms.slot(slot)
    price = terms.exchange.price(home) if terms.exchange else home
    if terms.with_vat:
        price = (price * (100 + terms.rates[slot]) / 100).quantize(Decimal("0.01"))
    return line(terms, price=price, quantity=quantity, slot=slot, discount=discount)


def append(year: Year, of: Paper, row: Row) -> Row:
    """Adds a line with its id and place."""
    row = {"ID": year.writer.id(ITEMS[of.table]), "RefAg": of.id, **row, "OrderFld": len(of.lines) + 1}
    row |= {name: of.row[name] for name in ("DatCreate", "DatSave")}
    of.lines.append(row)
    return row


def _of_card(card: Card, packs: bool) -> Row:
    return {
        "RefSKz": card.id,
        "RefSKz0": card.id,
        "Kod": card.code,
        "SText": card.name,
        "MJ": "bal" if packs else card.unit,
        "MJKoef": float(card.pack) if packs else 1.0,
    }


def taken(lines: Iterable[Row], by_id: Mapping[int, Card]) -> Iterable[tuple[Card, Decimal, Row]]:
    """Cards of lines with their quantity in base units."""
    for row in lines:
        card = by_id.get(row.get("RefSKz") or 0)
        if card is not None and card.kind == CARD and row.get("RelAgID") not in DEDUCTED:
            yield card, Decimal(str(row["Mnozstvi"])) * Decimal(str(row["MJKoef"])), row


def linked(year: Year, source: tuple[int, Mapping[str, Any]], made: tuple[int, Mapping[str, Any]]) -> None:
    """Ties a document to the one that it was made from; each is its agenda number and its row. Side 1 is what was
    made, side 2 and the number what it was made from: which is which in POHODA is not published."""
    (agenda, row), (made_agenda, made_row) = source, made
    year.writer.add(
        "Vazby",
        {
            "RelAgID1": made_agenda,
            "RefID1": made_row["ID"],
            "RelAgID2": agenda,
            "RefID2": row["ID"],
            "RelTypVazby": 1,
            "Datum": row["Datum"],
            "Cislo": row["Cislo"],
            "SText": str(row.get("SText") or "")[:64],
            "Kc": row["KcCelkem"],
        },
    )


def write(year: Year, of: Paper) -> None:
    year.writer.add(of.table, of.row)
    for row in of.lines:
        year.writer.add(ITEMS[of.table], row)
