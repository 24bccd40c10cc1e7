"""What a driver's error means: one table of SQL Server's numbers and of ODBC's states."""

import re
from collections.abc import Generator
from contextlib import contextmanager

from pohoda_bridge.errors import BridgeError, Retry, StopAgenda

_LOGIN = (StopAgenda, "SQL Server refused the login: check user and password of the connection")
_RIGHTS = (StopAgenda, "the SQL login may not read POHODA's tables: grant it db_datareader in the unit's database")
_DRIFT = (StopAgenda, "POHODA's database lacks a table or column that was there when the reading began")
_GONE = (Retry, "the connection to SQL Server was lost")
_SILENT = (Retry, "SQL Server does not answer: check host and port of the connection, and that it runs")
_LATE = (Retry, "SQL Server did not answer in time")
_BUSY = (Retry, "SQL Server is busy: somebody holds the rows")
_QUERY = (StopAgenda, "SQL Server refused the query; please report it with the log")
_DRIVER = (StopAgenda, "the ODBC driver could not be loaded: install tdsodbc (FreeTDS) or Microsoft's ODBC Driver 18")

NATIVE: dict[int, tuple[type[BridgeError], str]] = {
    18456: _LOGIN,
    18452: _LOGIN,
    18470: (StopAgenda, "the SQL login is disabled"),
    18487: (StopAgenda, "the password of the SQL login has expired"),
    18488: (StopAgenda, "the password of the SQL login must be changed"),
    4060: (StopAgenda, "the database of the unit cannot be opened: check its name and the login's rights to it"),
    916: _RIGHTS,
    229: _RIGHTS,
    230: _RIGHTS,
    208: _DRIFT,
    207: _DRIFT,
    102: _QUERY,
    1222: _BUSY,
    1205: _BUSY,
    601: _BUSY,
    701: _BUSY,
    18461: (Retry, "the database is in single-user mode, somebody works on it"),
    17142: (Retry, "SQL Server is paused"),
    40613: _GONE,
    233: _GONE,
    10054: _GONE,
    10060: _GONE,
    10061: _GONE,
    # FreeTDS's own numbers.
    20002: (Retry, "SQL Server cut the connection at the login"),
    20003: _LATE,
    20004: _GONE,
    20006: _GONE,
    20009: _SILENT,
    20017: _GONE,
    20020: _GONE,
}
STATES: dict[str, tuple[type[BridgeError], str]] = {
    "08001": _SILENT,
    "08003": _GONE,
    "08004": (Retry, "SQL Server refused the connection"),
    "08007": _GONE,
    "08S01": _GONE,
    "40001": _BUSY,
    "HYT00": _LATE,
    "HYT01": _LATE,
    "28000": _LOGIN,
    "42S02": _DRIFT,
    "42S22": _DRIFT,
    "42000": _QUERY,
    "IM002": _DRIVER,
    "IM003": _DRIVER,
    "IM004": _DRIVER,
}
# The driver manager reports a missing library with a general state.
_NO_LIBRARY = "can't open lib"
_UNKNOWN = (Retry, "reading over SQL failed")


def meaning(state: str, message: str, connection: str) -> BridgeError:
    """The error for an ODBC state and a driver's message. Only codes go on: a message may carry values."""
    numbers = [int(found) for found in re.findall(r"\((\d{1,6})\)", message)]
    native = next((number for number in numbers if number in NATIVE), None)
    kind, text = NATIVE[native] if native is not None else STATES.get(state, _UNKNOWN)
    if _NO_LIBRARY in message.lower():
        kind, text = _DRIVER
    code = f"SQLSTATE {state}" + (f", error {native}" if native is not None else "")
    return kind(f"{text} (connection {connection}, {code})", log=f"sql {connection}: {code}, codes {numbers}")


@contextmanager
def translated(connection: str) -> Generator[None, None, None]:
    """Turns the driver's errors into ours."""
    import pyodbc

    try:
        yield
    except pyodbc.Error as error:
        state, message = (*map(str, error.args), "", "")[:2]
        raise meaning(state, message, connection) from None
