"""Values of a save or a search, read as the service reads them, and shown again in its forms."""

import math
import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from pohoda_sandbox.eway.errors import ZERO, wrong
from pohoda_sandbox.eway.folders import Field
from pohoda_sandbox.gram.values import LARGEST, number

TRUE, FALSE = frozenset({"1", "true"}), frozenset({"0", "false", ""})
STORED = "%Y-%m-%dT%H:%M:%SZ"
FORMS = {"legacy": "%Y-%m-%d %H:%M:%SZ", "rfc3339": "%Y-%m-%dT%H:%M:%S+00:00"}
DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)?")
LONGEST = 2**31


def guid(value: Any, name: str = "guid") -> str:
    """In lower case with its hyphens. Raises rcParameterError."""
    try:
        return str(uuid.UUID(value)) if isinstance(value, str) and len(value.strip("{}")) == 36 else _refuse(name)
    except ValueError:
        return _refuse(name)


def read(field: Field, value: Any) -> Any:
    """The value as it is stored; None stays None. Raises rcParameterError."""
    if value is None:
        return None
    if field.kind == "guid":
        known = guid(value, field.name) if value != "" else None
        return None if known == ZERO else known
    if field.kind == "bool":
        return _bool(field.name, value)
    if field.kind in {"int", "decimal"}:
        return _number(field, value)
    if field.kind in {"date", "datetime"}:
        return _moment(field, value)
    if isinstance(value, bool | int | float | Decimal):
        return str(value)
    return value if isinstance(value, str) else _refuse(field.name)


def shown(field: Field, value: Any, dates: str) -> Any:
    """The stored value as an answer carries it."""
    if field.kind == "bool":
        return bool(value)
    if field.kind in {"date", "datetime"} and value is not None:
        return moment(value).strftime(FORMS[dates])
    return value


def moment(text: str) -> datetime:
    """A stored moment."""
    return datetime.strptime(text, STORED).replace(tzinfo=UTC)


def phone(text: str | None) -> str | None:
    """`+1 (123) 654-789` -> `001123654789`."""
    if not text:
        return text
    digits = "".join(letter for letter in text if letter.isascii() and letter.isdigit())
    return f"00{digits}" if text.lstrip().startswith("+") else digits


def boolean(value: Any) -> bool:
    """A switch of a request; anything that is no clear yes is a no."""
    return value is True or (isinstance(value, str | int) and str(value).lower() in TRUE)


def _bool(name: str, value: Any) -> bool:
    text = str(value).lower()
    if isinstance(value, bool | int | str) and text in TRUE | FALSE:
        return text in TRUE
    return _refuse(name)  # type: ignore[return-value]


def _number(field: Field, value: Any) -> int | float | None:
    if value == "":
        return None
    try:
        given = Decimal(str(value).strip()) if not isinstance(value, bool | list | dict) else Decimal("nan")
    except InvalidOperation:
        given = Decimal("nan")
    most = LONGEST if field.kind == "int" else LARGEST
    if not math.isfinite(given) or abs(given) >= most or (field.kind == "int" and given != given.to_integral_value()):
        _refuse(field.name)
    return number(given)


def _moment(field: Field, value: Any) -> str | None:
    """Kept to the second in UTC; a moment without offset is UTC (assumed), a date its midnight."""
    if value == "":
        return None
    if not isinstance(value, str) or not DATE.fullmatch(value):
        return _refuse(field.name)
    try:
        given = datetime.fromisoformat(value)
    except ValueError:
        return _refuse(field.name)
    if field.kind == "date":
        given = given.replace(hour=0, minute=0, second=0, tzinfo=UTC)
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC).strftime(STORED)


def _refuse(name: str) -> str:
    raise wrong(f"Value of '{name}' is not valid")
