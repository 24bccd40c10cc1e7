"""What salespeople made in a CRM by themselves: offers, orders, invoices and deals for companies that they entered.

| kind           | what it is                                                             |
|----------------|------------------------------------------------------------------------|
| deal           | a won deal                                                             |
| offer          | an accepted offer with two rates and a discount                        |
| draft          | an offer that nobody accepted: it is not for POHODA                    |
| received_order | an order of a customer, the first of two in a foreign currency         |
| issued_order   | an order to a supplier                                                 |
| invoice        | an invoice with a line of text and amounts that do not round evenly    |
| advance        | an advance invoice                                                     |
| credit_note    | a credit note                                                          |
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

RATES = {"SK": (23, 19), "CZ": (21, 12)}
_DAY = date(2026, 10, 5)
_GOODS = (
    ("Kancelárska stolička Ľahká", "4", "149.9000"),
    ("Montáž a zaškolenie", "2.5", "38.3300"),
    ("Čistiaci prostriedok 5 l", "7", "12.4500"),
    ("Predĺžená záruka", "1", "99.0000"),
)


class Line(NamedTuple):
    """`price` of one unit without VAT, `discount` and `percent` in percent; numbers as text."""

    name: str
    quantity: str
    unit: str
    price: str
    discount: str
    percent: int


class Document(NamedTuple):
    """A document for the company at the place `company` of the companies entered. `currency` "": the home one."""

    kind: str
    company: int
    name: str
    issued_on: date
    lines: tuple[Line, ...] = ()
    currency: str = ""
    rate: str = ""


def documents(home: str, companies: Sequence[int]) -> Iterator[Document]:
    """The documents of a CRM whose unit is at home in `home`, for these companies in turn."""
    high, low = RATES[home]
    kinds = (
        ("deal", "Vybavenie pobočky"), ("offer", "Ponuka nábytku"), ("draft", "Ponuka na skúšku"),
        ("received_order", "Objednávka zo zahraničia"), ("received_order", "Objednávka materiálu"),
        ("issued_order", "Objednávka u dodávateľa"), ("invoice", "Fakturujeme Vám dodaný tovar"),
        ("advance", "Záloha na objednávku"), ("credit_note", "Zľava po reklamácii"),
    )  # fmt: skip
    foreign = {"SK": ("CZK", "0.0405"), "CZ": ("EUR", "24.6500")}[home]
    for place, (kind, name) in enumerate(kinds):
        company, day = companies[place % len(companies)], _DAY.replace(day=5 + place)
        if kind == "deal":
            yield Document(kind, company, name, day)
            continue
        lines = _lines(place, high, low, one=kind in {"advance", "credit_note"})
        if kind == "credit_note":
            lines = tuple(line._replace(price=f"-{line.price}") for line in lines)
        currency, rate = foreign if place == 3 else ("", "")
        yield Document(kind, company, name, day, lines, currency, rate)


def _lines(place: int, high: int, low: int, *, one: bool) -> tuple[Line, ...]:
    chosen = _GOODS[: 1 if one else 2 + place % 3]
    return tuple(
        Line(
            name, quantity, "ks" if number != 1 else "hod", price,
            "10" if number == 2 else "0", low if number == 2 else high,
        )
        for number, (name, quantity, price) in enumerate(chosen)
    )  # fmt: skip
