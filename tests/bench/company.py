"""Invoices to read: those of the sample company, copied until there are enough of them."""

import re
from itertools import count, cycle, islice
from pathlib import Path

from pohoda_sandbox.company import fill
from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml import XmlUnit
from tests.bench.measure import say

COMPANIES = 300
KIND = "issuedInvoice"
_RECORD = re.compile(rb"<lst:invoice .*?</lst:invoice>", re.DOTALL)
_ID = re.compile(rb"(<inv:invoiceHeader>\s*<inv:id>)\d+")
_REQUEST = f"""<?xml version="1.0" encoding="Windows-1250"?>
<dat:dataPack version="2.0" id="bench" ico="12345678" application="bench" note=""
 xmlns:dat="http://www.stormware.cz/schema/version_2/data.xsd"
 xmlns:lst="http://www.stormware.cz/schema/version_2/list.xsd"><dat:dataPackItem version="2.0" id="{KIND}">
<lst:listInvoiceRequest version="2.0" invoiceVersion="2.0" invoiceType="{KIND}"><lst:requestInvoice/>
<lst:restrictionData><lst:liquidations>true</lst:liquidations></lst:restrictionData>
</lst:listInvoiceRequest></dat:dataPackItem></dat:dataPack>"""


def database(folder: Path, size: int) -> Path:
    """A unit with `size` issued invoices and their lines."""
    path = folder / f"{size}.db"
    if not path.exists():
        say(f"filling a company with {size} invoices")
        pohoda = Pohoda.create(path)
        fill(pohoda, size=COMPANIES, documents=True)
        with pohoda.transaction():
            _copied(pohoda, size)
        pohoda.close()
    return path


def answer(folder: Path, size: int) -> Path:
    """A listing of `size` issued invoices as mServer writes it."""
    path = folder / f"{size}.xml"
    if not path.exists():
        say(f"writing a listing of {size} invoices")
        pohoda = Pohoda(database(folder, COMPANIES))
        whole = XmlUnit(pohoda).answer(_REQUEST.encode())
        pohoda.close()
        records = _RECORD.findall(whole)
        begin, end = whole.index(records[0]), whole.rindex(records[-1]) + len(records[-1])
        with path.open("wb") as file:
            file.write(whole[:begin])
            for record, number in zip(islice(cycle(records), size), count(1)):
                file.write(_ID.sub(rb"\g<1>%d" % number, record, count=1))
            file.write(whole[end:])
    return path


def _copied(pohoda: Pohoda, size: int) -> None:
    """Whole sets of copies with further ids and numbers, then as many off the end as are too many."""
    connection = pohoda._connection
    connection.execute("DELETE FROM FA WHERE RelTpFak NOT IN (1, 4, 8) OR COALESCE(Cislo, '') = ''")
    connection.execute("DELETE FROM FApol WHERE RefAg NOT IN (SELECT ID FROM FA)")
    ((invoices, most, lines),) = connection.execute("SELECT count(*), max(ID), (SELECT max(ID) FROM FApol) FROM FA")
    for number in range(1, size // invoices + 1):
        moved = {"FA": {"ID": f"ID + {number * most}", "Cislo": f"Cislo || '-{number}'"}}
        moved["FApol"] = {"ID": f"ID + {number * lines}", "RefAg": f"RefAg + {number * most}"}
        for table, changed in moved.items():
            names = [row["name"] for row in connection.execute(f"PRAGMA table_xinfo({table})") if not row["hidden"]]
            values = ", ".join(changed.get(name, f'"{name}"') for name in names)
            listed = ", ".join(f'"{name}"' for name in names)
            span = {"FA": most, "FApol": lines}[table]
            connection.execute(f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} WHERE ID <= {span}")
    connection.execute("DELETE FROM FA WHERE ID NOT IN (SELECT ID FROM FA ORDER BY ID LIMIT ?)", (size,))
    connection.execute("DELETE FROM FApol WHERE RefAg NOT IN (SELECT ID FROM FA)")
