"""SQLite connections that compare text as SQL Server does under Czech_CI_AS."""

import re
import sqlite3
from functools import lru_cache
from pathlib import Path


def _collate(left: str, right: str) -> int:
    """Case of every letter and trailing spaces do not matter, accents do."""
    one, two = left.rstrip(" ").casefold(), right.rstrip(" ").casefold()
    return (one > two) - (one < two)


@lru_cache(maxsize=256)
def _pattern(like: str, escape: str | None) -> re.Pattern[str]:
    """A LIKE pattern of SQL Server: `%`, `_` and sets such as `[a-c]` or `[^x]`."""
    pieces = re.findall(rf"{re.escape(escape)}.|\[[^]]*\]|." if escape else r"\[[^]]*\]|.", like, re.DOTALL)
    parts = []
    for piece in pieces:
        if piece in {"%", "_"}:
            parts.append(".*" if piece == "%" else ".")
        elif len(piece) > 2 and piece.startswith("["):
            negated = piece[1] == "^"
            inside = re.sub(r"([\\\]\[^])", r"\\\1", piece[2:-1] if negated else piece[1:-1])
            parts.append(f"[{'^' if negated else ''}{inside}]")
        else:
            parts.append(re.escape(piece[-1] if escape and piece.startswith(escape) else piece))
    return re.compile("".join(parts), re.IGNORECASE | re.DOTALL)


def _like(pattern: str | None, value: object, escape: str | None = None) -> bool | None:
    if pattern is None or value is None:
        return None
    return _pattern(str(pattern), escape).fullmatch(str(value)) is not None


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to the file; NOCASE and LIKE, which in SQLite fold ASCII alone, fold all letters on it."""
    mode = "ro" if read_only else "rwc"
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=10)
    connection.create_collation("NOCASE", _collate)
    connection.create_function("like", 2, _like, deterministic=True)
    connection.create_function("like", 3, _like, deterministic=True)
    connection.row_factory = sqlite3.Row
    return connection
