"""Stock of the sample company: stores, groups, the tree, cards and what happens to their quantities."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import ZERO, cents
from pohoda_sandbox.company.codes import Codes
from pohoda_sandbox.company.drawing import Drawing
from pohoda_sandbox.company.movements import CARD, average, movement
from pohoda_sandbox.company.rates import BASIC, REDUCED, THIRD, Rates
from pohoda_sandbox.company.writing import Row, Writer, add_to_all

TEXT, SERVICE = 2, 3
OPENING = 63
LEAST = 20
GROUPS = {"Nábytok": "Nábytok a doplnky", "Železo": "Železiarsky tovar", "Služby": "Práce a služby"}
_NOUNS = (
    ("Stôl", "Stolička", "Skříňka", "Polička", "Věšák", "Kôš"),
    ("Šroub", "Kľúč", "Závěs", "Pántová súprava", "Vŕtačka", "Hřebík"),
    ("Montáž", "Doprava", "Seřízení", "Školenie"),
)
_KINDS = ("dubový", "buková", "nerezový", "skládací", "veľká", "malý", "zelená", "žltý", "rozkládací", "ťažký")


@dataclass(slots=True)
class Card:
    """One card in one store; `quantity` and `value` are its stock now, `ordered` and `coming` open quantities of
    received and issued orders, `reserved` those of reserving ones. `product` has what its cards in all stores share.
    """

    id: int
    code: str
    name: str
    kind: int
    unit: str
    pack: Decimal
    store: int
    group: int
    branch: int
    slot: int
    bought: Decimal
    sold: Decimal
    product: Row
    quantity: Decimal = ZERO
    value: Decimal = ZERO
    reserved: Decimal = ZERO
    ordered: Decimal = ZERO
    coming: Decimal = ZERO

    def row(self) -> Row:
        """Its columns that do not change."""
        return {"ID": self.id, "RefSklad": self.store, "RefStruct": self.branch, **self.product}


@dataclass
class Stock:
    """All cards; `cards` are those that documents may take, `others` belong to no document (dirty ones)."""

    drawing: Drawing
    cards: list[Card] = field(default_factory=list)
    by_id: dict[int, Card] = field(default_factory=dict)
    others: list[Row] = field(default_factory=list)

    def moved(self, writer: Writer, card: Card, change: Decimal, of: Row, price: Decimal | None = None) -> None:
        """Adds a movement of the card; `of` has the columns of its document, `price` is what a receipt cost."""
        if card.kind != CARD or not change:
            return
        worth = price if price is not None else average(card.quantity, card.value, card.bought)
        card.quantity += change
        card.value = cents(card.value + change * worth) if card.quantity else ZERO
        row = movement(card.quantity, card.value, change, worth)
        writer.add("SKzPoh", {"RefSKz": card.id, **row, **of})

    def open_year(self, writer: Writer, day: date) -> None:
        """What lay in the stores when the year began."""
        for card in self.cards:
            card.reserved = card.ordered = card.coming = ZERO
            quantity, worth = card.quantity, average(card.quantity, card.value, card.bought)
            card.quantity = card.value = ZERO
            self.moved(writer, card, quantity, {"RelAg": OPENING, "Datum": day, "Cislo": "PS"}, worth)

    def close_year(self, writer: Writer, stamps: Row) -> None:
        """Writes the cards as they are at the end."""
        for card in self.cards:
            state = {"StavZ": card.quantity, "Rezer": card.reserved, "ObjedP": card.ordered, "ObjedV": card.coming}
            writer.add(
                "SKz",
                {
                    **card.row(),
                    **{name: float(quantity) for name, quantity in state.items()},
                    "VNakup": average(card.quantity, card.value, card.bought),
                    **stamps,
                },
            )
        for row in self.others:
            writer.add("SKz", {**row, **stamps})


def insert_stock(writers: Sequence[Writer], drawing: Drawing, codes: Codes, partners: Sequence[int], rates: Rates,
                 number: int, custom: Any) -> Stock:  # fmt: skip
    """Adds groups and branches, and draws `number` products, most of them with a card in several stores."""
    groups = [add_to_all(writers, "SkCS", IDS=code, SText=text) for code, text in GROUPS.items()]
    branches = {
        (store, place): add_to_all(
            writers, "SkSt", RefSklad=store, Vetev1=group, Vetev2=None if place else "Interiér", SText=group
        )
        for store in codes.stores.values()
        for place, group in enumerate(GROUPS)
    }
    stock = Stock(drawing)
    stores = list(codes.stores.values())
    for product in range(1, number + 1):
        place = 2 if product % 7 == 0 else drawing.draw.randrange(2)
        kind = CARD if place < 2 else (TEXT if product % 21 == 0 else SERVICE)
        bought = Decimal(drawing.draw.randrange(80, 90_000)) / 100
        sold = cents(bought * drawing.draw.randrange(115, 190) / 100)
        slot = drawing.pick((BASIC, BASIC, BASIC, REDUCED, THIRD if THIRD in rates else REDUCED))
        unit = "hod" if kind == SERVICE else drawing.pick(("ks", "ks", "kg", "m", "l"))
        pack = drawing.pick((6, 10, 12))
        name = f"{drawing.pick(_NOUNS[place])} {drawing.pick(_KINDS)} {product}"
        shared = {
            "IDS": f"{name[:3].upper()}{product:05d}",
            "Nazev": name,
            "SText": f"{name}, doplnkový text" if product % 3 == 0 else None,
            "RelSkTyp": kind,
            "RelSkDruh": 2 if kind == CARD else None,
            "RelDPHn": slot,
            "RelDPHp": slot,
            "MJ": unit,
            **({"MJ2": "bal", "MJ2Koef": float(pack)} if kind == CARD and product % 4 == 0 else {}),
            "EAN": _ean(product) if kind == CARD and product % 5 else None,
            "NakupC": bought,
            "NakupDPH": cents(bought * (100 + rates[slot]) / 100),
            "ProdejKc": sold,
            "ProdejDPH": cents(sold * (100 + rates[slot]) / 100),
            "RefSkSkup": groups[place],
            "Odbyt": True,
            "IObchod": product % 2 == 0,
            "Popis": f"Popis tovaru {name}.\r\nŽltý štítok" if product % 9 == 0 else None,
            "Vyrobce": "Vzorová výroba, a.s." if kind == CARD else None,
            "Zaruka": 24 if kind == CARD else None,
            "MinLim": float(drawing.draw.randrange(20)) if kind == CARD else None,
            **custom.of("SKz"),
        }
        if kind == CARD and partners and product % 3:
            shared["RefAD"] = drawing.pick(partners)
        for store in stores[: 1 if kind != CARD else 1 + product % len(stores)]:
            id, branch = writers[0].id("SKz"), branches[store, place]
            card = Card(
                id, shared["IDS"], name, kind, unit, Decimal(pack if "MJ2" in shared else 1), store, groups[place],
                branch, slot, bought, sold, shared,
            )  # fmt: skip
            card.quantity = Decimal(drawing.draw.randrange(800)) if kind == CARD else ZERO
            card.value = cents(card.quantity * bought)
            stock.cards.append(card)
            stock.by_id[id] = card
    return stock


def _ean(product: int) -> str:
    """A number of a Czech producer with its check digit."""
    base = f"859{product:09d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(base))
    return base + str(-weighted % 10)
