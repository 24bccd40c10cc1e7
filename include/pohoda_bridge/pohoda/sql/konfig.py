"""What the database says of itself: its company and year in `sKonfig`, the program in `Verze`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import about, company
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.sql.schema import Schema

TABLES = ("sKonfig", "Verze")


def check(cursor: Any, schema: Schema, source: Source) -> None:
    """StopAgenda, naming both, when `sKonfig` holds another company or year."""
    if not schema.has("sKonfig", "ICO", "Rok"):
        raise StopAgenda(
            f"unit {source.unit.unit}: this database is none of POHODA's, it has no sKonfig with ICO and Rok"
        )
    cursor.execute("SELECT TOP 1 [ICO], [Rok] FROM dbo.[sKonfig]")
    row = cursor.fetchone()
    if row is None:
        raise StopAgenda(f"unit {source.unit.unit}: sKonfig is empty, the database does not say whose it is")
    company.check(source, ico=row[0], year=row[1], where="the database")


def told(cursor: Any, schema: Schema) -> Mapping[str, str]:
    """Company, year, period and release, as far as the database has them."""
    own = _row(cursor, schema, "sKonfig", ("Firma", "ICO", "Rok", "DatRokOd", "DatRokDo"))
    program = _row(cursor, schema, "Verze", ("Release", "TypeDB"))
    return {
        about.COMPANY: own["Firma"],
        about.ICO: own["ICO"],
        about.YEAR: own["Rok"],
        about.PERIOD: " – ".join(filter(None, (own["DatRokOd"], own["DatRokDo"]))),
        about.RELEASE: " ".join(filter(None, (program["Release"], program["TypeDB"]))),
    }


def _row(cursor: Any, schema: Schema, table: str, columns: tuple[str, ...]) -> dict[str, str]:
    """The texts of a table's only row; empty where the table or a column is not there."""
    found = [column for column in columns if schema.has(table, column)]
    row = None
    if found:
        asked = ", ".join(f"[{column}]" for column in found)
        cursor.execute(f"SELECT TOP 1 {asked} FROM dbo.[{table}]")  # ruff: ignore[hardcoded-sql-expression]
        row = cursor.fetchone()
    return dict.fromkeys(columns, "") | dict(zip(found, map(_text, row or ()), strict=False))


def _text(value: object) -> str:
    return str(value.date() if isinstance(value, datetime) else value) if value is not None else ""
