"""What accountants do in POHODA: they make documents, and cancel invoices, by the same way as an import."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml import XmlUnit
from pohoda_sandbox.pohoda.xml.names import NSMAP, tag

TABLES = {"offer": "NAB", "order": "OBJ", "purchase": "OBJ", "invoice": "FA"}
SHAPES = {
    "offer": ("ofr", "offer", "<ofr:offerType>issuedOffer</ofr:offerType>"),
    "order": ("ord", "order", "<ord:orderType>receivedOrder</ord:orderType>"),
    "purchase": ("ord", "order", "<ord:orderType>issuedOrder</ord:orderType>"),
    "invoice": ("inv", "invoice", "<inv:invoiceType>issuedInvoice</inv:invoiceType>"),
    "credit_note": ("inv", "invoice", "<inv:invoiceType>issuedCorrectiveTax</inv:invoiceType>"),
}
RATES = {23: "high", 19: "low", 5: "third", 0: "none"}
_SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"' for prefix, uri in NSMAP.items() if prefix in {"dat", "typ", "ofr", "ord", "inv"}
)


def make(pohoda: Pohoda, kind: str, partner: int, lines: Sequence[Mapping[str, Any]], rate: str = "") -> str:
    """A document of today for a card of the address book; its number. `rate`: in CZK, at so many EUR for one."""
    prefix, name, _ = SHAPES[kind]
    partly = f"<{prefix}:partnerIdentity><typ:id>{partner}</typ:id></{prefix}:partnerIdentity>"
    rows = "".join(_line(prefix, name, line, foreign=bool(rate)) for line in lines)
    summed = f"<typ:currency><typ:ids>CZK</typ:ids></typ:currency><typ:rate>{rate}</typ:rate><typ:amount>1</typ:amount>"
    summary = f"<{prefix}:foreignCurrency>{summed}</{prefix}:foreignCurrency>" if rate else ""
    parts = {"Detail": rows, "Summary": summary}
    rest = "".join(f"<{prefix}:{name}{part}>{text}</{prefix}:{name}{part}>" for part, text in parts.items() if text)
    return _made(pohoda, kind, header=partly, after=rest)


def cancel(pohoda: Pohoda, number: str) -> str:
    """Cancels an invoice by a new one, whose number it returns."""
    source = f"<typ:sourceDocument><typ:number>{escape(number)}</typ:number></typ:sourceDocument>"
    return _made(pohoda, "invoice", before=f"<inv:cancelDocument>{source}</inv:cancelDocument>")


def _made(pohoda: Pohoda, kind: str, *, before: str = "", header: str = "", after: str = "") -> str:
    prefix, name, typed = SHAPES[kind]
    day = pohoda.now().date().isoformat()
    head = f"{typed}<{prefix}:date>{day}</{prefix}:date><{prefix}:text>Doklad</{prefix}:text>{header}"
    body = f"{before}<{prefix}:{name}Header>{head}</{prefix}:{name}Header>{after}"
    document = f'<{prefix}:{name} version="2.0">{body}</{prefix}:{name}>'
    item = f'<dat:dataPackItem version="2.0" id="1">{document}</dat:dataPackItem>'
    about = f'version="2.0" id="a" ico="{pohoda.settings()["ICO"]}" application="a" note=""'
    pack = f"<dat:dataPack {_SPACES} {about}>{item}</dat:dataPack>"
    with pohoda.transaction():
        answer = etree.fromstring(XmlUnit(pohoda).answer(pack.encode()))
    numbers = [str(found.text) for found in answer.iter(tag("rdc:number"))]
    assert numbers, etree.tostring(answer, encoding="unicode")
    return numbers[0]


def _line(prefix: str, name: str, line: Mapping[str, Any], *, foreign: bool) -> str:
    box = "foreignCurrency" if foreign else "homeCurrency"
    told = {"text": escape(line["name"]), "quantity": line["quantity"], "unit": line.get("unit", ""),
            "rateVAT": RATES[line["percent"]], "discountPercentage": line.get("discount", 0),
            box: f"<typ:unitPrice>{line['price']}</typ:unitPrice>"}  # fmt: skip
    if "code" in line:
        told["stockItem"] = f"<typ:stockItem><typ:ids>{line['code']}</typ:ids></typ:stockItem>"
    inside = "".join(f"<{prefix}:{of}>{value}</{prefix}:{of}>" for of, value in told.items() if value != "")
    return f"<{prefix}:{name}Item>{inside}</{prefix}:{name}Item>"
