"""What salespeople and accountants do in a trade: a card and a customer, an offer and an order over it."""

from decimal import Decimal
from typing import Any

from pohoda_sandbox import act
from tests.trade.world import World

CODE, ICO = "STÔL-DUB", "12345679"
LINES: list[dict[str, Any]] = [
    {"kind": "product", "code": CODE, "name": "Stôl dubový", "quantity": 3, "unit": "ks", "price": 100,
     "discount": 10, "percent": 23},
    {"kind": "text", "name": "Montáž u zákazníka", "quantity": 2, "unit": "hod", "price": 40, "percent": 23},
]  # fmt: skip
"""3 x 100 less 10 % are 270.00, with 62.10 of VAT; 2 x 40 are 80.00, with 18.40: 350.00 + 80.50 = 430.50."""


KINDS = {"deals": "deal", "offers": "offer", "received_orders": "order", "issued_orders": "purchase",
         "issued_invoices": "invoice"}  # fmt: skip
"""Agenda -> the kind of what people enter for POHODA."""
STATUS = {"deal": "won", "offer": "accepted", "order": "new", "purchase": "new", "invoice": "ready"}
WORK, DEAL = "Montáž u Lipy", "Vybavenie pobočky Lipa"


def make_card(world: World, pieces: int = 10) -> None:
    """A card of a table that sells for 100 without VAT, and so many of it in the store."""
    pohoda = world.pohoda
    like = world.rows("SELECT * FROM SKz WHERE RelSkTyp = 1 AND ProdejDPH > 1.2 * ProdejKc ORDER BY ID")[0]
    kept = {name: like[name] for name, column in ((c.name, c) for c in pohoda.columns("SKz").values())
            if not column.computed and name not in {"ID", "EAN", "DatCreate", "DatSave", "RefAD"}}  # fmt: skip
    empty = dict.fromkeys(("StavZ", "Rezer", "ObjedP", "ObjedV"), 0.0)
    pohoda.insert("SKz", **kept | empty | {"IDS": CODE, "Nazev": "Stôl dubový", "SText": None, "MJ": "ks"}
                  | {"ProdejKc": 100, "ProdejDPH": 123, "NakupC": 40, "VNakup": 40})  # fmt: skip
    act.move(pohoda, CODE, Decimal(pieces))


def make_client(world: World) -> str:
    """A customer entered in the CRM; its id."""
    return world.desk.enter(
        "client", name="Drevo Lipa s.r.o.", ico=ICO,
        street="Dlhá 1", city="Žilina", zip="010 01", country="SK", phone="041 111 11 11",
    )  # fmt: skip


def make_offer(world: World, client: str, **values: Any) -> str:
    """An offer over `LINES` that the customer accepted; its id."""
    wanted = {"status": "accepted", "text": "Ponuka stolov", **values}
    return world.desk.enter("offer", **_document(world, client), **wanted)


def make_order(world: World, client: str, offer: str, **values: Any) -> str:
    """The customer's order of what was offered; its id."""
    wanted = {"status": "new", "text": "Objednávka stolov", "offer": offer, **values}
    return world.desk.enter("order", **_document(world, client), **wanted)


def make_each(world: World) -> dict[str, str]:
    """A record of each kind that POHODA is to get, for a new customer, documents with a line `WORK`; agenda -> id."""
    client = make_client(world)
    lines = [
        {"kind": "text", "name": WORK, "quantity": 2, "unit": "hod", "price": 40, "percent": 23},
        {"kind": "text", "name": "Doprava", "quantity": 1, "unit": "ks", "price": 7.5, "percent": 23},
    ]
    document = {"issued_on": today(world), "currency": "EUR", "items": lines, "note": "Volať ráno"}
    made = {}
    for agenda, kind in KINDS.items():
        told = {"name": DEAL} if kind == "deal" else document | ({"type": "invoice"} if kind == "invoice" else {})
        made[agenda] = world.desk.enter(kind, client=client, status=STATUS[kind], **told)
    return made


def today(world: World) -> str:
    return world.pohoda.now().date().isoformat()


def _document(world: World, client: str) -> dict[str, Any]:
    product = world.desk.record("product", code=CODE)["id"]
    items = [{**line, "product": product} if "code" in line else line for line in LINES]
    return {"client": client, "issued_on": today(world), "currency": "EUR", "items": items}
