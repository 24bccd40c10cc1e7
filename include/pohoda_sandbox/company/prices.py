"""Prices beside that of the card: levels, individual prices and discounts of customers, time-limited actions."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from pohoda_sandbox.company.amounts import cents
from pohoda_sandbox.company.codes import Codes
from pohoda_sandbox.company.drawing import Drawing
from pohoda_sandbox.company.partners import Partners
from pohoda_sandbox.company.rates import Rates
from pohoda_sandbox.company.stock import Stock
from pohoda_sandbox.company.writing import Writer, add_to_all

OF_GROUP, OF_CARD = 22, 20
LEVELS = {"Sleva 2": ("Zľava 15 %", 15, False), "S DPH": ("Maloobchod s DPH", 0, True)}
_DISCOUNTS = {"Sleva 1": 10, **{code: discount for code, (_, discount, _) in LEVELS.items()}}


def insert_levels(writers: Sequence[Writer], home: str, codes: Codes) -> dict[str, int]:
    """Adds the levels to those that the address book knows, one of them in a foreign currency; ids by code."""
    rows = writers[0].pohoda.rows("SELECT ID, IDS FROM SkCeny")
    levels = {row["IDS"]: int(row["ID"]) for row in rows}
    for code, (text, discount, with_vat) in LEVELS.items():
        levels[code] = add_to_all(writers, "SkCeny", IDS=code, SText=text, Sleva=float(discount), SDph=with_vat)
    abroad = codes.currencies["CZK" if home == "SK" else "EUR"]
    levels[abroad.code] = add_to_all(writers, "SkCeny", IDS=abroad.code, SText=abroad.code, **abroad.columns)
    return levels


def insert_prices(writers: Sequence[Writer], stock: Stock, levels: dict[str, int], rates: Rates, codes: Codes) -> None:
    """Every card's price in every level; the groups know of the levels, too."""
    for group in {card.group for card in stock.cards}:
        for code, level in levels.items():
            discount = float(_DISCOUNTS.get(code, 0))
            row = {"RefAg": group, "RefSkCeny": level, "Sleva": discount, "SDph": code == "S DPH", "Pouzit": True}
            add_to_all(writers, "SkCSpol", **row)
    for card in stock.cards:
        for code, level in levels.items():
            price = cents(card.sold * (100 - _DISCOUNTS.get(code, 0)) / 100)
            if code == "S DPH":
                price = cents(card.sold * (100 + rates[card.slot]) / 100)
            elif code in codes.currencies:
                price = codes.currencies[code].price(card.sold)
            add_to_all(writers, "SKzCn", RefAg=card.id, RefSkCeny=level, ProdejC=price)


def insert_individual(writers: Sequence[Writer], drawing: Drawing, stock: Stock, partners: Partners) -> None:
    """Discounts on a group and prices of a card for one customer in ten."""
    groups = sorted({card.group for card in stock.cards})
    for partner in sorted(drawing.draw.sample(partners.ids, -(-len(partners.ids) // 10))):
        group = drawing.pick(groups)
        add_to_all(writers, "ADcn", RefAg=partner, RelAgID=OF_GROUP, RefPol=group, Sleva=float(drawing.pick((3, 5, 8))))
        for _ in range(drawing.draw.randrange(3)):
            card, discount = drawing.pick(stock.cards), drawing.pick((7, 12, 20))
            add_to_all(
                writers,
                "ADcn",
                RefAg=partner,
                RelAgID=OF_CARD,
                RefPol=card.id,
                Kod=card.code,
                Nazev=card.name,
                RefStruct=card.branch,
                Sleva=float(discount),
                Cena=cents(card.sold * (100 - discount) / 100),
            )


def insert_actions(writers: Sequence[Writer], drawing: Drawing, stock: Stock, partners: Partners, first: date) -> None:
    """Two actions: one for everybody, one for a few customers."""
    for place, (code, text) in enumerate({"JAR": "Jarná akcia", "VERNÍ": "Akce pro věrné"}.items()):
        begins, discount = first + timedelta(days=60 + 90 * place), 10 + 5 * place
        valid = {"DatOd": begins, "DatDo": begins + timedelta(days=45), "Sleva": float(discount)}
        action = add_to_all(writers, "SkACn", IDS=code, SText=text, **valid)
        for order, card in enumerate(drawing.draw.sample(stock.cards, min(5, len(stock.cards))), 1):
            add_to_all(
                writers,
                "SkACnPol",
                RefAg=action,
                RefSKz=card.id,
                Kod=card.code,
                Nazev=card.name,
                RefSklad=card.store,
                RefStruct=card.branch,
                ProdejZPC=card.sold,
                ProdejC=cents(card.sold * Decimal(100 - discount) / 100),
                Sleva=float(discount),
                OrderFld=order,
            )
        for order, id in enumerate(sorted(partners.ids[:3]) if place else (), 1):
            row = partners.of(id).row
            copied = {name: row[name] for name in ("Firma", "Jmeno", "Ulice", "PSC", "Obec", "ICO", "Cislo", "Smlouva")}
            add_to_all(writers, "SkACnAD", RefAg=action, RefAD=id, OrderFld=order, **copied)
