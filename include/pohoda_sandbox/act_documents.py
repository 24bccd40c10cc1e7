"""Invoices that a person in POHODA makes of a customer's order, by the same way as an import that links to it."""

from collections.abc import Sequence
from decimal import Decimal
from xml.sax.saxutils import escape

from lxml import etree

from pohoda_sandbox.act_records import ActError, Row, one, today
from pohoda_sandbox.company.amounts import cents, money
from pohoda_sandbox.company.orders import FROM_CUSTOMER
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml import XmlUnit
from pohoda_sandbox.pohoda.xml.names import NSMAP, tag

_SPACES = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NSMAP.items() if prefix in {"dat", "inv", "typ"})
_OPEN = "ABS(COALESCE(Mnozstvi, 0) - COALESCE(Dodano, 0) - COALESCE(DodBefor, 0)) > 0.000001"
_CHECKED = "<inv:validate><typ:inStock>true</typ:inStock></inv:validate>"


def advance(pohoda: Pohoda, number: str, amount: Decimal) -> str:
    """Asks the customer of an order for an advance, in the order's currency. Says what was done."""
    with pohoda.transaction():
        order = _order(pohoda, number)
        text = f"Záloha na objednávku {number}"
        made = _made(pohoda, order, "issuedAdvanceInvoice", text, _line("invoiceItem", _money(order, amount), text))
    return f"Made advance invoice {made} of {cents(amount)} for order {number}."


def invoice(pohoda: Pohoda, number: str, advances: Sequence[str] = ()) -> str:
    """Invoices all that is open of an order, which takes the goods out of the store, and deducts what was paid of these
    advances. Says what was done."""
    with pohoda.transaction():
        order = _order(pohoda, number)
        lines = pohoda.rows(f"SELECT ID FROM OBJpol WHERE RefAg = ? AND {_OPEN} ORDER BY OrderFld", order["ID"])
        if not lines:
            raise ActError(f"Nothing of order {number} is open.")
        told = [
            "<inv:invoiceItem><inv:link><typ:sourceAgenda>receivedOrder</typ:sourceAgenda>"
            f"<typ:sourceItemId>{line['ID']}</typ:sourceItemId></inv:link></inv:invoiceItem>"
            for line in lines
        ]
        told += [_deduction(pohoda, order, one) for one in advances]
        made = _made(pohoda, order, "issuedInvoice", "Fakturujeme Vám za tovar:", "".join(told), _CHECKED)
    return f"Made invoice {made} of order {number}{', less ' + ', '.join(advances) if advances else ''}."


def _order(pohoda: Pohoda, number: str) -> Row:
    sql = "SELECT * FROM OBJ WHERE RelTpObj = ? AND Cislo = ? AND Cislo <> ''"
    return one(pohoda.rows(sql, FROM_CUSTOMER, number), f"order {number} of a customer")


def _deduction(pohoda: Pohoda, order: Row, number: str) -> str:
    """The line that deducts what was paid of an advance and is not deducted yet."""
    found = pohoda.rows("SELECT * FROM FA WHERE RelTpFak IN (4, 6) AND Cislo = ?", number)
    row = one(found, f"advance invoice {number}")
    if row["RefCM"] or order["RefCM"]:
        raise ActError("Only advances in the home currency are deducted here.")
    free = money(row["KcCelkem"]) - money(row["KcLikv"]) - money(row["KcUplat"])
    if free <= 0:
        raise ActError(f"Nothing of advance {number} is paid and not deducted yet.")
    source = f"<inv:sourceDocument><typ:number>{escape(number)}</typ:number></inv:sourceDocument>"
    return _line("invoiceAdvancePaymentItem", _money(order, -free), before=source)


def _line(name: str, price: str, text: str = "", before: str = "") -> str:
    """A line without VAT."""
    named = f"<inv:text>{escape(text)}</inv:text>" if text else ""
    terms = "<inv:quantity>1</inv:quantity><inv:payVAT>false</inv:payVAT><inv:rateVAT>none</inv:rateVAT>"
    return f"<inv:{name}>{before}{named}{terms}{price}</inv:{name}>"


def _money(order: Row, amount: Decimal) -> str:
    box = "inv:foreignCurrency" if order["RefCM"] else "inv:homeCurrency"
    return f"<{box}><typ:unitPrice>{cents(amount)}</typ:unitPrice></{box}>"


def _made(pohoda: Pohoda, order: Row, kind: str, text: str, lines: str, more: str = "") -> str:
    """Makes the document; its number. Raises ActError with POHODA's words when it does not."""
    number, day = escape(str(order["Cislo"])), today(pohoda)
    source = f"<typ:sourceDocument><typ:number>{number}</typ:number></typ:sourceDocument>"
    link = f"<inv:links><typ:link><typ:sourceAgenda>receivedOrder</typ:sourceAgenda>{source}</typ:link></inv:links>"
    head = f"<inv:invoiceType>{kind}</inv:invoiceType><inv:date>{day}</inv:date><inv:text>{escape(text)}</inv:text>"
    named = f"<inv:numberOrder>{escape(str(order['PDoklad'] or order['Cislo']))}</inv:numberOrder>"
    header = f"<inv:invoiceHeader>{head}{named}{more}</inv:invoiceHeader>"
    body = f'<inv:invoice version="2.0">{link}{header}<inv:invoiceDetail>{lines}</inv:invoiceDetail></inv:invoice>'
    item = f'<dat:dataPackItem version="2.0" id="1">{body}</dat:dataPackItem>'
    pack = f'<dat:dataPack {_SPACES} version="2.0" id="act" application="act" note="">{item}</dat:dataPack>'
    answer = etree.fromstring(XmlUnit(pohoda).answer(pack.encode()))
    numbers = [found.text for found in answer.iter(tag("rdc:number"))]
    if not numbers or not numbers[0]:
        notes = [found.text or "" for found in answer.iter(tag("rdc:note"))]
        notes += [str(box.get("note")) for box in answer.iter() if box.get("note")]
        raise ActError(f"POHODA refuses that: {' '.join(' '.join(notes).split())}")
    return str(numbers[0])
