"""SQLite connections that compare text as SQL Server does under Czech_CI_AS."""

import sqlite3
from pathlib import Path


def _collate(left: str, right: str) -> int:
    """Case of every letter and trailing spaces do not matter, accents do."""
    one, two = left.rstrip(" ").casefold(), right.rstrip(" ").casefold()
    return (one > two) - (one < two)


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to the file; NOCASE, which SQLite folds for ASCII alone, folds all letters on it."""
    mode = "ro" if read_only else "rwc"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)
    connection.create_collation("NOCASE", _collate)
    connection.row_factory = sqlite3.Row
    return connection
