"""Values as POHODA prints them in listings, by the declared type of their column; XML-escaped text."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

Printer = Callable[[Any], str]

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MARKUP = re.compile(r"[&<>\"]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def escaped(value: Any) -> str:
    """Text for elements and attributes; control characters, which XML cannot hold, are left out."""
    words = str(value)
    if _MARKUP.search(words):
        words = _MARKUP.sub(lambda found: _ENTITIES[found.group()], words)
    return _NOT_XML.sub("", words)


def amount(value: Any) -> str:
    """`1600`, `368.55`: no exponent, no zeros behind."""
    if isinstance(value, int):
        return str(value)
    words = f"{Decimal(str(value)):f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def measure(value: Any) -> str:
    """`30.0`, `0.25`: quantities and percentages keep one place."""
    words = amount(value)
    return words if "." in words else f"{words}.0"


def boolean(value: Any) -> str:
    return "true" if value else "false"


def day(value: Any) -> str:
    return str(value)[:10]


def plain(value: Any) -> str:
    """A value that comes from no column, by its own type."""
    if isinstance(value, bool):
        return boolean(value)
    if isinstance(value, int | float | Decimal):
        return amount(value)
    return value.isoformat() if isinstance(value, date) else escaped(value)


PRINTERS: dict[str, Printer] = {
    "bit": boolean,
    "datetime": day,
    "float": measure,
    "int": str,
    "integer": str,
    "money": amount,
    "real": measure,
    "smallint": str,
}
"""The declared types; any other is text."""
