"""A read-only ODBC connection to a unit's database, with FreeTDS or Microsoft's driver."""

from typing import Any

from pohoda_bridge.connections import Connection
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda.sql.errors import translated
from pohoda_bridge.pohoda.values import single

LOGIN_SECONDS = 15
QUERY_SECONDS = 300
LOCK_MILLISECONDS = 10_000
FREETDS = "FreeTDS"
MICROSOFT = ("ODBC Driver 18 for SQL Server", "ODBC Driver 17 for SQL Server")
INSTALL = "on Debian or Ubuntu: apt-get install libodbc2 tdsodbc; or read this unit by XML (`read: xml`)"


def connect(connection: Connection) -> Any:
    """An open pyodbc connection. Reads do not wait for POHODA's clients for longer than the lock time-out.

    `extra`: driver (a registered name or the path of the library), encrypt, trust_server_certificate, login_timeout,
    query_timeout (seconds), lock_timeout (milliseconds), database. Raises StopAgenda, Retry.
    """
    try:
        import pyodbc
    except ImportError as error:
        raise StopAgenda(f"reading by SQL needs ODBC, which is not installed here: {INSTALL}") from error
    wanted = connection.extra.get("driver") or _default_driver(pyodbc.drivers())
    login_seconds = _seconds(connection, "login_timeout", LOGIN_SECONDS)
    with translated(connection.id):
        opened = pyodbc.connect(
            connection_string(connection, str(wanted)), autocommit=True, timeout=login_seconds, readonly=True
        )
        opened.add_output_converter(pyodbc.SQL_REAL, single)
        opened.timeout = _seconds(connection, "query_timeout", QUERY_SECONDS)
        opened.execute(f"SET LOCK_TIMEOUT {_seconds(connection, 'lock_timeout', LOCK_MILLISECONDS)}")
        opened.execute("SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED")
    return opened


def connection_string(connection: Connection, driver: str) -> str:
    """The ODBC connection string; StopAgenda when the connection lacks host or database."""
    database = connection.schema or connection.extra.get("database")
    if not connection.host or not database:
        raise StopAgenda(f"connection {connection.id} needs a host and, as its schema, the database of the unit")
    freetds = "freetds" in driver.lower() or "tdsodbc" in driver.lower()
    parts = {"DRIVER": driver, **(_freetds(connection) if freetds else _microsoft(connection))}
    parts["DATABASE"] = str(database)
    if connection.login:
        parts |= {"UID": connection.login, "PWD": connection.password or ""}
    else:
        parts["Trusted_Connection"] = "yes"
    return ";".join(f"{name}={_quoted(connection, value, freetds=freetds)}" for name, value in parts.items()) + ";"


def _freetds(connection: Connection) -> dict[str, str]:
    server = {"SERVER": connection.host}
    if "\\" not in connection.host:
        server["PORT"] = str(connection.port or 1433)
    encrypt = {"Encryption": "require"} if _yes(connection, "encrypt", default=False) else {}
    return {**server, "TDS_Version": "7.4", "ClientCharset": "UTF-8", "ApplicationIntent": "ReadOnly", **encrypt}


def _microsoft(connection: Connection) -> dict[str, str]:
    named = "\\" in connection.host
    return {
        "SERVER": connection.host if named else f"{connection.host},{connection.port or 1433}",
        "Encrypt": "yes" if _yes(connection, "encrypt", default=True) else "no",
        "TrustServerCertificate": "yes" if _yes(connection, "trust_server_certificate", default=True) else "no",
        "ApplicationIntent": "ReadOnly",
        "APP": "POHODA Bridge",
    }


def _default_driver(registered: list[str]) -> str:
    for name in (FREETDS, *MICROSOFT):
        if name in registered:
            return name
    raise StopAgenda(f"no ODBC driver for SQL Server is registered here: {INSTALL}")


def _quoted(connection: Connection, value: str, *, freetds: bool) -> str:
    """A value that cannot end its place in the connection string. FreeTDS knows no doubled brace: `};` ends a value."""
    if any(ord(letter) < 32 for letter in value) or (freetds and "};" in value):
        raise StopAgenda(f"connection {connection.id} has a value that ODBC cannot take: a control character or `}};`")
    if not set(value) & set("{};=[](),?*!@ '\""):
        return value
    return "{" + (value if freetds else value.replace("}", "}}")) + "}"


def _yes(connection: Connection, name: str, *, default: bool) -> bool:
    value = connection.extra.get(name)
    return default if value is None else str(value).lower() in {"yes", "true", "1", "require"}


def _seconds(connection: Connection, name: str, default: int) -> int:
    try:
        return max(1, int(connection.extra.get(name, default)))
    except (TypeError, ValueError) as error:
        raise StopAgenda(f"connection {connection.id}: `{name}` must be a whole number") from error
