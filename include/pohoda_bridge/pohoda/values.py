"""Values as a row carries them, the same from SQL and from XML.

Text keeps POHODA's characters, with two changes that make both ways equal: spaces at the end go (SQL Server ignores
them, the program adds them to fixed columns), and every line end is a line feed (XML carries no other). Empty is None.
Decimals are exact and without trailing zeros. Both raise ValueError or ArithmeticError for a value of another type.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from struct import pack, unpack
from typing import Any

from pohoda_bridge.catalogue.field import Type

_PLAIN = re.compile(r"-?\d{1,25}(\.\d{1,25})?", re.ASCII)
_WORDS = {"true": True, "1": True, "-1": True, "false": False, "0": False}


def text(value: str) -> str | None:
    """A text with plain line ends and without the blanks that POHODA pads it with; an empty one is None."""
    return value.replace("\r\n", "\n").replace("\r", "\n").rstrip(" ") or None


def decimal(value: Any) -> Decimal:
    """A finite number, `1.5` and never `1.50` or `1E+2`."""
    written = str(value)
    if _PLAIN.fullmatch(written):
        return Decimal(written.rstrip("0").rstrip(".") if "." in written else written)
    number = Decimal(written).normalize()
    if not number.is_finite() or number.adjusted() > 30:
        raise ValueError("not a finite amount")
    return number.quantize(Decimal(1)) if int(number.as_tuple().exponent) > 0 else number


def single(stored: bytes) -> Decimal:
    """A driver's `real` as it was entered: 10.1, and not 10.100000381. 8 bytes are a double."""
    if len(stored) == 8:
        return Decimal(repr(unpack("<d", stored)[0]))
    (number,) = unpack("<f", stored[:4])
    shown = (f"{number:.{digits}g}" for digits in range(6, 10))
    return Decimal(next((text for text in shown if pack("<f", float(text)) == stored[:4]), str(number)))


def from_sql(kind: Type, value: Any) -> Any:
    """What a driver gave, as a row carries it; references stay numbers, None for 0."""
    return None if value is None else FROM_SQL[kind](value)


def from_xml(kind: Type, value: str | None) -> Any:
    """The text of an element, as a row carries it; a missing flag is false, as the schema says."""
    if kind == "text":
        return text(value) if value else None
    word = (value or "").strip()
    return FROM_XML[kind](word) if word else False if kind == "boolean" else None


def _boolean(word: str) -> bool:
    if word.lower() not in _WORDS:
        raise ValueError("neither true nor false")
    return _WORDS[word.lower()]


def _moment(kind: Type, moment: datetime) -> date | datetime:
    return moment.date() if kind == "date" else moment.replace(tzinfo=None)


def _stored(kind: Type, value: Any) -> date | datetime:
    return _moment(kind, value if isinstance(value, datetime) else datetime.fromisoformat(str(value)))


FROM_SQL: Mapping[Type, Callable[[Any], Any]] = {
    "boolean": bool,
    "reference": lambda value: int(value) or None,
    "integer": int,
    "decimal": decimal,
    "date": partial(_stored, "date"),
    "datetime": partial(_stored, "datetime"),
    "text": lambda value: text(str(value)),
    "list": lambda value: text(str(value)),
}
"""How a driver's value that is not None becomes one of a type."""
FROM_XML: Mapping[Type, Callable[[str], Any]] = {
    "boolean": _boolean,
    "reference": lambda word: int(word) or None,
    "integer": int,
    "decimal": decimal,
    "date": lambda word: _moment("date", datetime.fromisoformat(word)),
    "datetime": lambda word: _moment("datetime", datetime.fromisoformat(word)),
    "text": text,
    "list": text,
}
"""How a word that is not empty becomes a value of a type."""
