"""Values as a row carries them, the same from SQL and from XML.

Text keeps POHODA's characters, with two changes that make both ways equal: spaces at the end go (SQL Server ignores
them, the program adds them to fixed columns), and every line end is a line feed (XML carries no other). Empty is None.
Decimals are exact and without trailing zeros. Both raise ValueError or ArithmeticError for a value of another type.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from pohoda_bridge.catalogue.field import Type

_WORDS = {"true": True, "1": True, "-1": True, "false": False, "0": False}


def text(value: str) -> str | None:
    """A text with plain line ends and without the blanks that POHODA pads it with; an empty one is None."""
    return value.replace("\r\n", "\n").replace("\r", "\n").rstrip(" ") or None


def decimal(value: Any) -> Decimal:
    """A finite number, `1.5` and never `1.50` or `1E+2`."""
    number = (value if isinstance(value, Decimal) else Decimal(str(value))).normalize()
    if not number.is_finite() or number.adjusted() > 30:
        raise ValueError("not a finite amount")
    return number.quantize(Decimal(1)) if int(number.as_tuple().exponent) > 0 else number


def from_sql(kind: Type, value: Any) -> Any:
    """What a driver gave, as a row carries it; references stay numbers, None for 0."""
    return None if value is None else FROM_SQL[kind](value)


def from_xml(kind: Type, value: str | None) -> Any:
    """The text of an element, as a row carries it; a missing flag is false, as the schema says."""
    if kind == "text":
        return text(value) if value else None
    word = (value or "").strip()
    if kind == "boolean":
        return _boolean(word) if word else False
    if not word:
        return None
    if kind == "reference":
        return int(word) or None
    if kind == "integer":
        return int(word)
    if kind == "decimal":
        return decimal(word)
    if kind in {"date", "datetime"}:
        return _moment(kind, datetime.fromisoformat(word))
    return text(word)


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
