"""Packs of documents for a simulated POHODA, and the unit that takes the examples."""

from datetime import datetime
from pathlib import Path
from typing import Any

from pohoda_sandbox.company import fill
from pohoda_sandbox.pohoda import Pohoda
from pohoda_sandbox.pohoda.xml.names import NSMAP
from tests.sandbox.pohoda_desk import Answered, Desk
from tests.sandbox.pohoda_lists import Lists, where

SPACES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NSMAP.items())
PARTNER = "<{0}:partnerIdentity><typ:address><typ:company>Alfa</typ:company></typ:address></{0}:partnerIdentity>"
SERIES = {2: "2601", 3: "2605", 43: "2608", 44: "2609", 11: "2621", 12: "2611", 92: "2601", 39: "26Z"}
"""Number series by agenda, as the examples name them."""
NOW = datetime(2026, 11, 22, 12, 0, 0)


def packed(*documents: str, pack: str = "p") -> bytes:
    items = "".join(
        f'<dat:dataPackItem version="2.0" id="i{place}">{document}</dat:dataPackItem>'
        for place, document in enumerate(documents, start=1)
    )
    return f'<dat:dataPack {SPACES} version="2.0" id="{pack}" application="t" note="">{items}</dat:dataPack>'.encode()


def invoice(lines: str = "", header: str = "", summary: str = "", *, before: str = "", kind: str = "issuedInvoice",
            day: str = "2026-06-01") -> str:  # fmt: skip
    """An `inv:invoice`; `lines`, `header` and `summary` are elements, `before` what stands before the header."""
    dated = f"<inv:date>{day}</inv:date>" if day else ""
    detail = f"<inv:invoiceDetail>{lines}</inv:invoiceDetail>" if lines else ""
    sums = f"<inv:invoiceSummary>{summary}</inv:invoiceSummary>" if summary else ""
    head = f"<inv:invoiceHeader><inv:invoiceType>{kind}</inv:invoiceType>{dated}{header}</inv:invoiceHeader>"
    return f'<inv:invoice version="2.0">{before}{head}{detail}{sums}</inv:invoice>'


def order(lines: str = "", header: str = "", *, before: str = "", kind: str = "receivedOrder") -> str:
    detail = f"<ord:orderDetail>{lines}</ord:orderDetail>" if lines else ""
    head = f"<ord:orderType>{kind}</ord:orderType><ord:date>2026-06-01</ord:date>{PARTNER.format('ord')}{header}"
    return f'<ord:order version="2.0">{before}<ord:orderHeader>{head}</ord:orderHeader>{detail}</ord:order>'


def line(amounts: str = "", *, of: str = "inv:invoiceItem", money: str = "homeCurrency", **elements: Any) -> str:
    """A line; `amounts` are those of its currency, without prefix: `unitPrice=10 price=20`."""
    prefix = of.partition(":")[0]
    parts = [f"<{prefix}:{name}>{value}</{prefix}:{name}>" for name, value in elements.items()]
    if amounts:
        told = (pair.split("=") for pair in amounts.split())
        inside = "".join(f"<typ:{name}>{value}</typ:{name}>" for name, value in told)
        parts.append(f"<{prefix}:{money}>{inside}</{prefix}:{money}>")
    return f"<{of}>{''.join(parts)}</{of}>"


def card(code: str, store: str = "SKLAD") -> str:
    """What `stockItem` of a line holds."""
    named = f"<typ:store><typ:ids>{store}</typ:ids></typ:store>" if store else ""
    return f"{named}<typ:stockItem><typ:ids>{code}</typ:ids></typ:stockItem>"


def company(folder: Path, country: str = "SK", **more: Any) -> Desk:
    """A company with its lists and series and one card, without any address and document."""
    pohoda = Pohoda.create(folder / "unit.db", country=country, clock=lambda: NOW)
    fill(pohoda, size=0, country=country, documents=True)
    for agenda, code in SERIES.items():
        pohoda.insert("sCRady", IDS=code, Cislo="00000", RelCrAg=agenda, Rok=2026)
    add_card(pohoda, "ABC-1", 100)
    return Desk(pohoda, **more)


def add_card(pohoda: Pohoda, code: str, quantity: float, **columns: Any) -> int:
    """A card of the store SKLAD that costs 40, sells for 100 without VAT, and comes in boxes of 10."""
    stores = pohoda.rows("SELECT ID FROM sSklad WHERE IDS = 'SKLAD'")
    store = stores[0]["ID"] if stores else pohoda.insert("sSklad", IDS="SKLAD", SText="Sklad")
    usual = {"Nazev": "Stôl", "RelSkTyp": 1, "MJ": "ks", "MJ2": "bal", "MJ2Koef": 10.0, "NakupC": 40, "ProdejKc": 100}
    return pohoda.insert(
        "SKz", **usual | {"IDS": code, "RefSklad": store, "StavZ": quantity, "ProdejDPH": 123} | columns
    )


def lines_of(desk: Desk, id: int, table: str = "FApol") -> list[dict[str, Any]]:
    return desk.pohoda.rows(f"SELECT * FROM {table} WHERE RefAg = ? ORDER BY OrderFld", id)


def listed(desk: Desk, request: str, id: int, **attributes: str) -> Any:
    """The record with that id as the listing of its agenda tells it."""
    return Lists(desk.pohoda).one(request, where(id=str(id)), **attributes)


def send(desk: Desk, document: str, **terms: Any) -> Answered:
    [answer] = desk.post(packed(document), **terms)
    return answer


def number_of(answer: Answered) -> str:
    return answer.text("rdc:producedDetails/rdc:number")


def refused(desk: Desk, document: str, errno: str, **terms: Any) -> Answered:
    """The answer to a document of which nothing must be stored."""
    tables = ("FA", "FApol", "OBJ", "OBJpol", "NAB", "SKzPoh", "Vazby", "sExtID")
    before = [desk.count(table) for table in tables]
    answer = send(desk, document, **terms)
    assert (answer.states, answer.id, answer.details[-1].errno) == (("ok", "error"), 0, errno)
    assert [desk.count(table) for table in tables] == before
    return answer


def link(agenda: str, number: str, prefix: str = "inv") -> str:
    source = f"<typ:sourceDocument><typ:number>{number}</typ:number></typ:sourceDocument>"
    inside = f"<typ:link><typ:sourceAgenda>{agenda}</typ:sourceAgenda>{source}</typ:link>"
    return f"<{prefix}:links>{inside}</{prefix}:links>"
