"""Writing packs of clients and of issued invoices, against a bare f-string writer of the same records."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, RawIOBase
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pohoda_bridge.catalogue import Unit, open_catalogue
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.writing import pack
from pohoda_bridge.pohoda.writing.forms import form_of
from pohoda_bridge.side import Item, Mark
from tests.bench import measure

UNIT = Unit(
    unit="firma", ico="12345678", country="SK", timezone="Europe/Bratislava", edition="sql", years={2026: {}}
)  # fmt: skip
BASE = "http://www.stormware.cz/schema/version_2/"
LINES = 3
ISSUED, DUE = date(2026, 3, 7), date(2026, 3, 21)


class Nowhere(RawIOBase):
    """Takes bytes and forgets them; `size` is how many there were."""

    size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.size += len(data)
        return len(data)


def clients(folder: Path, size: int, pairs: int) -> dict[str, Any]:
    return _bench("clients", size, pairs)


def invoices(folder: Path, size: int, pairs: int) -> dict[str, Any]:
    """Each with three lines; ours computes every total anew, the bare writer believes."""
    return _bench("issued_invoices", size, pairs)


def _bench(agenda: str, size: int, pairs: int) -> dict[str, Any]:
    ours, bare = BytesIO(), BytesIO()
    _ours(agenda, 3, ours)
    _bare(agenda, 3, bare)
    assert _same(ours, bare), f"the two writers differ:\n{ours.getvalue()!r}\n{bare.getvalue()!r}"
    found = measure.ratio(lambda: _ours(agenda, size), lambda: _bare(agenda, size), pairs, size)
    return {"records": size, **found, **measure.memory(agenda, size, module="tests.bench.writing")}


def _ours(agenda: str, size: int, file: Any = None) -> int:
    agendas = open_catalogue().agendas
    form = form_of(agendas[agenda], Source(UNIT, 2026, agendas, "bench"))
    made = _clients(size) if agenda == "clients" else _invoices(size)
    counted = _Counted(form.outgoing(item) for item in made)
    pack.write(file or Nowhere(), form, counted, id="bench", ico=UNIT.ico)
    return counted.number


def _bare(agenda: str, size: int, file: Any = None) -> int:
    name, prefix = ("addressbook", "adb") if agenda == "clients" else ("invoice", "inv")
    file = file or Nowhere()
    file.write(_head(name, prefix))
    count = 0
    for item in _clients(size) if agenda == "clients" else _invoices(size):
        text = _client(item) if agenda == "clients" else _invoice(item)
        file.write(f'<dat:dataPackItem version="2.0" id="{item.id}">{text}</dat:dataPackItem>'.encode("cp1250"))
        count += 1
    file.write(b"</dat:dataPack>")
    return count


class _Counted(Iterator[Any]):
    def __init__(self, items: Iterable[Any]) -> None:
        self._items, self.number = iter(items), 0

    def __next__(self) -> Any:
        found = next(self._items)
        self.number += 1
        return found


def _clients(size: int) -> Iterator[Item]:
    for number in range(1, size + 1):
        values = {
            "company": f"Žiarovka & syn {number}, s.r.o.", "street": f"Dlhá {number % 99}", "city": "Košice",
            "zip": "04001", "ico": f"{number:08}", "emails": f"firma{number}@example.sk", "phone": "+421 55 123456",
        }  # fmt: skip
        yield Item(f"i{number}", f"key {number}", "create", values, mark=Mark("bench", f"c{number}"))


def _invoices(size: int) -> Iterator[Item]:
    for number in range(1, size + 1):
        lines = [
            {"text": f"Kábel {line}", "quantity": Decimal(line), "unit": "m", "vat_slot": "high",
             "unit_price": Decimal("20.00"), "net": Decimal(20 * line), "vat": Decimal(20 * line) * Decimal("0.23")}
            for line in range(1, LINES + 1)
        ]  # fmt: skip
        values = {
            "kind": "invoice", "issued_on": ISSUED, "symbol": f"{number:08}", "due_on": DUE,
            "partner": f"2026/AD/{number}", "text": f"Faktúra č. {number}", "net_high": Decimal(120),
            "vat_high": Decimal("27.60"), "lines": lines,
        }  # fmt: skip
        yield Item(f"i{number}", f"key {number}", "create", values, mark=Mark("bench", f"f{number}"))


def _head(name: str, prefix: str) -> bytes:
    return (
        f"<?xml version='1.0' encoding='Windows-1250'?>"
        f'<dat:dataPack xmlns:dat="{BASE}data.xsd" xmlns:ftr="{BASE}filter.xsd" xmlns:{prefix}="{BASE}{name}.xsd" '
        f'xmlns:typ="{BASE}type.xsd" version="2.0" id="bench" ico="12345678" application="POHODA Bridge" note="">'
    ).encode()


def _client(item: Item) -> str:
    one, mark = item.values, item.mark
    assert mark
    marked = f"<typ:ids>{mark.id}</typ:ids><typ:exSystemName>{mark.source}</typ:exSystemName>"
    return (
        f'<adb:addressbook version="2.0"><adb:actionType><adb:add><ftr:filter><ftr:extId>{marked}</ftr:extId>'
        f"</ftr:filter></adb:add></adb:actionType><adb:addressbookHeader><adb:identity><typ:extId>{marked}</typ:extId>"
        f"<typ:address><typ:company>{escape(one['company'])}</typ:company><typ:city>{escape(one['city'])}</typ:city>"
        f"<typ:street>{escape(one['street'])}</typ:street><typ:zip>{one['zip']}</typ:zip><typ:ico>{one['ico']}</typ:ico>"
        f"</typ:address></adb:identity><adb:phone>{escape(one['phone'])}</adb:phone>"
        f"<adb:email>{escape(one['emails'])}</adb:email></adb:addressbookHeader></adb:addressbook>"
    )


def _invoice(item: Item) -> str:
    one, mark = item.values, item.mark
    assert mark
    lines = "".join(
        f"<inv:invoiceItem><inv:text>{escape(line['text'])}</inv:text><inv:quantity>{line['quantity']}</inv:quantity>"
        f"<inv:unit>{line['unit']}</inv:unit><inv:payVAT>false</inv:payVAT><inv:rateVAT>{line['vat_slot']}</inv:rateVAT>"
        f"<inv:homeCurrency><typ:unitPrice>{_amount(line['unit_price'])}</typ:unitPrice>"
        f"<typ:price>{_amount(line['net'])}</typ:price><typ:priceVAT>{_amount(line['vat'])}</typ:priceVAT>"
        f"</inv:homeCurrency></inv:invoiceItem>"
        for line in one["lines"]
    )
    return (
        f'<inv:invoice version="2.0"><inv:invoiceHeader><inv:extId><typ:ids>{mark.id}</typ:ids>'
        f"<typ:exSystemName>{mark.source}</typ:exSystemName></inv:extId><inv:invoiceType>issuedInvoice</inv:invoiceType>"
        f"<inv:symVar>{one['symbol']}</inv:symVar><inv:date>{one['issued_on']}</inv:date>"
        f"<inv:dateDue>{one['due_on']}</inv:dateDue><inv:text>{escape(one['text'])}</inv:text><inv:partnerIdentity>"
        f"<typ:id>{one['partner'].rpartition('/')[2]}</typ:id></inv:partnerIdentity></inv:invoiceHeader>"
        f"<inv:invoiceDetail>{lines}</inv:invoiceDetail><inv:invoiceSummary>"
        f"<inv:roundingDocument>none</inv:roundingDocument></inv:invoiceSummary></inv:invoice>"
    )


def _amount(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _same(first: BytesIO, second: BytesIO) -> bool:
    """Equal XML, wherever its names are declared."""
    from lxml import etree

    one, other = (etree.tostring(etree.fromstring(made.getvalue()), method="c14n", exclusive=True)
                  for made in (first, second))  # fmt: skip
    return bool(one == other)


def _alone(agenda: str, size: int) -> None:
    """Writing in this process: its records, and the memory it took beyond what the first ones took."""
    _ours(agenda, 500)
    begun = measure.taken()
    records = _ours(agenda, size)
    print(json.dumps({"records": records, "megabytes": round((measure.taken() - begun) / 1024)}))


if __name__ == "__main__":
    _alone(sys.argv[1], int(sys.argv[2]))
