"""An ODBC connection to a copied Access file: MDBTools on Linux, Microsoft's Access driver on Windows."""

import ctypes
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import BridgeError, Retry, StopAgenda
from pohoda_bridge.pohoda.values import single

MDBTOOLS = "MDBTools"
MICROSOFT = ("Microsoft Access Driver (*.mdb, *.accdb)", "Microsoft Access Driver (*.mdb)")
INSTALL = (
    "on Debian or Ubuntu: apt-get install unixodbc odbc-mdbtools; on Windows: the Access Database Engine of "
    "Microsoft, of as many bits as Python"
)
# Microsoft's number for a password that is not the file's.
LOCKED = "(-1905)"
NO_DRIVER = frozenset({"IM002", "IM003", "IM004"})


def connect(connection: Connection, file: Path) -> Any:
    """An open pyodbc connection to the file. `extra.driver`: a registered name or the path of the library."""
    try:
        import pyodbc
    except ImportError as error:
        raise StopAgenda(f"reading an Access file needs ODBC, which is not installed here: {INSTALL}") from error
    # A pooled connection would keep the copy open, and on Windows so keep it there.
    pyodbc.pooling = False
    driver = str(connection.extra.get("driver") or _default_driver(pyodbc.drivers()))
    with translated(connection.id):
        opened = pyodbc.connect(connection_string(connection, driver, file), autocommit=True)
    if driver not in MICROSOFT:
        opened.add_output_converter(pyodbc.SQL_REAL, single)
        opened.add_output_converter(pyodbc.SQL_FLOAT, single)
    return opened


def connection_string(connection: Connection, driver: str, file: Path) -> str:
    """The ODBC connection string. MDBTools needs no password, and takes what stands between `=` and `;` as it is."""
    if driver not in MICROSOFT:
        parts = {"DRIVER": driver, "DBQ": str(file)}
        sound = not any(letter in value for value in parts.values() for letter in "{};")
    else:
        parts = {"DRIVER": driver, "DBQ": str(file), "ReadOnly": "1"}
        parts |= {"PWD": connection.password} if connection.password else {}
        sound = all(letter >= " " for value in parts.values() for letter in value)
        parts = {name: "{" + value.replace("}", "}}") + "}" for name, value in parts.items()}
    if not sound:
        raise StopAgenda(
            f"connection {connection.id}: its driver, its password or the path of TMPDIR has a character "
            "that ODBC cannot take"
        )
    return ";".join(f"{name}={value}" for name, value in parts.items()) + ";"


def _default_driver(registered: list[str]) -> str:
    for name in (*MICROSOFT, MDBTOOLS):
        if name in registered:
            return name
    raise StopAgenda(f"no ODBC driver for Access files is registered here: {INSTALL}")


@contextmanager
def translated(connection: str) -> Generator[None, None, None]:
    """Turns the driver's errors into ours, and keeps its own words off our output."""
    import pyodbc

    try:
        with _silent():
            yield
    except pyodbc.Error as error:
        state, message = (*map(str, error.args), "", "")[:2]
        raise _meaning(state, message, connection) from None
    except UnicodeError:
        # MDBTools gives what happens to stand in memory where a page is missing.
        raise _meaning("22018", "", connection) from None


def _meaning(state: str, message: str, connection: str) -> BridgeError:
    if state in NO_DRIVER or "can't open lib" in message.lower():
        return StopAgenda(f"the ODBC driver of connection {connection} could not be loaded: {INSTALL}")
    if LOCKED in message:
        return StopAgenda(f"the Access file has a password: put the right one into connection {connection}")
    return Retry(
        f"the Access file of connection {connection} could not be read (SQLSTATE {state}): it may be damaged; when it "
        "stays so, compact and repair it, or restore it",
        log=f"mdb {connection}: SQLSTATE {state}",
    )


@contextmanager
def _silent() -> Generator[None, None, None]:
    """MDBTools prints damaged pages, with whatever stands on them, to where our results and logs go."""
    if os.name != "posix":
        yield
        return
    flush = ctypes.CDLL(None).fflush
    sys.stdout.flush()
    flush(None)
    kept, nothing = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        yield
    finally:
        flush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nothing)
