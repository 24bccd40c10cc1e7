"""What the database says of itself: its company and year in `sKonfig`."""

from typing import Any

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import company
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.sql.schema import Schema


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
