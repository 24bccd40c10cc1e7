"""The end of an accounting year: what is unpaid, unused or unfinished stands in the next year as well.

A document taken over keeps its number and has another id; it belongs to no number series of the new year, and its
lines lose the reference to lines of other documents.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from pohoda_sandbox.company.advances import use
from pohoda_sandbox.company.amounts import money
from pohoda_sandbox.company.orders import taken_over
from pohoda_sandbox.company.paper import DEDUCTED, ITEMS
from pohoda_sandbox.company.payments import pay
from pohoda_sandbox.company.writing import Row
from pohoda_sandbox.company.year import Year

_ADVANCES = (4, 6, 14)
_UNFINISHED = {
    "FA": """Cislo <> '' AND (KcLikv <> 0 OR RelTpFak IN (4, 6, 14) AND KcLikv = 0 AND KcUplat < KcCelkem)""",
    "OBJ": "Vyrizeno = 0 AND DatStorn IS NULL",
    "NAB": "Vyrizeno = 0",
}
_MONEY = ("KcJedn", "Kc", "KcDPH", "CmJedn", "Cm", "CmDPH")
_AT_ONCE = 500


def take_over(last: Year, this: Year) -> None:
    """Writes what the last year left open into this one; some of it is finished early in the year."""
    for table in _UNFINISHED:
        for row in _rows(last, table):
            old, row["ID"] = row["ID"], this.writer.id(table, other_than=row["ID"])
            lines = [_line(this, table, row["ID"], line) for line in _lines(last, table, old)]
            row.pop("RelCR", None)  # the series of last year are not those of this one
            row["Datum"] = date.fromisoformat(row["Datum"][:10])
            match table:
                case "FA":
                    _invoice(this, row)
                case "OBJ":
                    taken_over(this, row, lines, this.firm.partners.of(row["RefAD"]))
                    continue
                case _:
                    for line in lines:
                        line |= {"PrenesBfr": line.get("Prenes") or 0.0, "Prenes": 0.0}
            this.writer.add(table, row)
            for line in lines:
                this.writer.add(ITEMS[table], line)


def _invoice(this: Year, row: Row) -> None:
    drawing = this.firm.drawing
    day = this.first + timedelta(days=drawing.draw.randrange(4, 60))
    unpaid = money(row["CmLikv" if row.get("RefCM") else "KcLikv"])
    if unpaid:
        if drawing.often(50) and day <= this.last:
            pay(this, row, day, unpaid)
    elif drawing.often(50):
        use(this, day, row, this.firm.partners.of(row["RefAD"]))


def _line(this: Year, table: str, document: int, line: Row) -> Row:
    line |= {"ID": this.writer.id(ITEMS[table]), "RefAg": document}
    line |= {name: money(line[name]) for name in _MONEY if name in line}
    line.pop("RefPol", None)
    if line.get("RelAgID") not in DEDUCTED:
        line.pop("RelAgID", None)
    return line


def _rows(last: Year, table: str) -> Iterator[Row]:
    done = 0
    while True:
        sql = f"SELECT * FROM {table} WHERE ID > ? AND ({_UNFINISHED[table]}) ORDER BY ID LIMIT {_AT_ONCE}"
        rows = last.writer.pohoda.rows(sql, done)
        if not rows:
            return
        done = int(rows[-1]["ID"])
        yield from map(_filled, rows)


def _lines(last: Year, table: str, document: int) -> Iterator[Row]:
    sql = f"SELECT * FROM {ITEMS[table]} WHERE RefAg = ? ORDER BY OrderFld"
    yield from map(_filled, last.writer.pohoda.rows(sql, document))


def _filled(row: dict[str, Any]) -> Row:
    return {name: value for name, value in row.items() if value is not None and not name.startswith("NullCheck")}
