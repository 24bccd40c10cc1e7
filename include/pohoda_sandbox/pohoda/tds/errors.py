"""SQL Server's errors: number, severity and text."""

import re
import sqlite3


class SqlError(Exception):
    """An error as SQL Server reports it; clients tell errors apart by `number`."""

    def __init__(self, number: int, text: str, severity: int = 16) -> None:
        super().__init__(text)
        self.number = number
        self.text = text
        self.severity = severity


def invalid_object(name: str) -> SqlError:
    return SqlError(208, f"Invalid object name '{name}'.")


def invalid_column(name: str) -> SqlError:
    return SqlError(207, f"Invalid column name '{name}'.")


def syntax(near: str) -> SqlError:
    return SqlError(102, f"Incorrect syntax near '{near}'.", 15)


def login_failed(user: str) -> SqlError:
    return SqlError(18456, f"Login failed for user '{user}'.", 14)


def no_database(name: str) -> SqlError:
    return SqlError(4060, f'Cannot open database "{name}" requested by the login. The login failed.', 11)


def denied(action: str, table: str, database: str) -> SqlError:
    text = f"The {action} permission was denied on the object '{table}', database '{database}', schema 'dbo'."
    return SqlError(229, text, 14)


def from_sqlite(error: sqlite3.Error) -> SqlError:
    """What SQL Server would say where SQLite said `error`."""
    text = str(error)
    for pattern, make in (
        (r"no such column: (?:\S+\.)?(.+)", invalid_column),
        (r"no such table: (?:main\.)?(.+)", invalid_object),
        (r"ambiguous column name: (.+)", lambda name: SqlError(209, f"Ambiguous column name '{name}'.")),
        (
            r"no such function: (.+)",
            lambda name: SqlError(195, f"'{name}' is not a recognized built-in function name.", 15),
        ),
        (r"near \"(.*?)\": syntax error", syntax),
    ):
        found = re.search(pattern, text)
        if found:
            return make(found.group(1).strip("[]\"'"))
    if isinstance(error, sqlite3.IntegrityError):
        return SqlError(2627, f"Violation of a constraint: {text}", 14)
    return SqlError(8180, f"Statement could not be prepared: {text}")
