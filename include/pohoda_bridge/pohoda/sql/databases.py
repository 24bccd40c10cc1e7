"""The databases of one server that belong to a company: what each says of itself decides, never its name."""

from dataclasses import replace
from typing import Any

from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.pohoda.identity import padded
from pohoda_bridge.pohoda.sql.connect import connect
from pohoda_bridge.pohoda.sql.errors import translated
from pohoda_bridge.pohoda.sql.schema import probe

NAMES = "SELECT name FROM sys.databases WHERE HAS_DBACCESS(name) = 1 ORDER BY name"
COMPANY = "SELECT TOP 1 [ICO], [Rok] FROM dbo.[sKonfig]"
NEEDED = ("sKonfig", "ICO", "Rok")


def years_of(connection: Connection, ico: str) -> dict[int, list[str]]:
    """Accounting year -> names of the databases that hold the company in that year. Raises Retry, StopAgenda.

    Databases that the login may not open, or that are none of POHODA's, are passed over.
    """
    opened = connect(connection)
    try:
        with translated(connection.id):
            names = [str(row[0]) for row in opened.cursor().execute(NAMES).fetchall()]
    finally:
        opened.close()
    found: dict[int, list[str]] = {}
    for name in names:
        told = _told(replace(connection, schema=name))
        if told is not None and padded(told[0]) == padded(ico) and str(told[1]).isdecimal():
            found.setdefault(int(told[1]), []).append(name)
    return found


def _told(connection: Connection) -> tuple[Any, Any] | None:
    """IČO and year as the database tells them, None when it does not."""
    try:
        opened = connect(connection)
    except BridgeError:
        return None
    try:
        with translated(connection.id):
            cursor = opened.cursor()
            row = cursor.execute(COMPANY).fetchone() if probe(cursor, {NEEDED[0]}).has(*NEEDED) else None
    except BridgeError:
        return None
    finally:
        opened.close()
    return (row[0], row[1]) if row else None
