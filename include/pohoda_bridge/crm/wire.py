"""Values between canonical and wire form: exact numbers, naive local times, options by name, empty text as None.

What cannot be read as its kind is kept as text, so that a comparison shows it; what cannot be sent raises ValueError.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

LONGEST_NUMBER = 40


@dataclass(frozen=True)
class Forms:
    """How a service writes moments, and the zone of its naive ones."""

    day: str
    moment: str
    zone: ZoneInfo
    id: str

    def read_moment(self, value: Any) -> datetime | None:
        """A moment of the service, naive in its zone; None when it is none."""
        if not isinstance(value, str) or not value:
            return None
        try:
            found = datetime.strptime(value, self.moment)
        except ValueError:
            try:
                found = datetime.fromisoformat(value)
            except ValueError:
                return None
        return found.astimezone(self.zone).replace(tzinfo=None) if found.tzinfo else found

    def write_moment(self, moment: datetime) -> str:
        """A naive moment of the zone as the service writes it."""
        return moment.replace(tzinfo=self.zone).strftime(self.moment)

    def read_day(self, value: Any) -> date | None:
        try:
            return datetime.strptime(value, self.day).date()
        except (ValueError, TypeError):
            return found.date() if (found := self.read_moment(value)) else None


def from_wire(value: Any, kind: str, names: Mapping[str, str], forms: Forms) -> Any:
    """The canonical value; `names` maps wire options to canonical ones."""
    if kind == "options":
        given = value if isinstance(value, list) else [value]
        return sorted({names.get(text, text) for part in given if (text := _text(part)) is not None}) or None
    if value is None or value == "":
        return None
    if kind in {"number", "currency"}:
        number = _number(value)
        return _text(value) if number is None else Decimal(number)
    if kind == "bool":
        return {"true": True, "1": True, "false": False, "0": False}.get(str(value).casefold(), _text(value))
    if kind == "date":
        return forms.read_day(value) or _text(value)
    if kind == "datetime":
        return forms.read_moment(value) or _text(value)
    if kind == "ref" and isinstance(value, dict):
        value = {key.casefold(): part for key, part in value.items()}.get(forms.id.casefold())
    text = _text(value)
    return text if text is None else names.get(text, text)


def to_wire(value: Any, kind: str, names: Mapping[str, str], forms: Forms) -> Any:
    """The value as it is sent, None to clear; `names` maps canonical options to wire ones. Raises ValueError."""
    if value is None:
        return None
    if kind == "options":
        given = value if isinstance(value, list | tuple | set | frozenset) else [value]
        return sorted(names.get(str(part), str(part)) for part in given)
    if kind in {"number", "currency"}:
        number = None if isinstance(value, float) else _number(value)
        if number is None:
            raise ValueError("is no number")
        return number
    if kind == "bool":
        if not isinstance(value, bool):
            raise ValueError("is neither true nor false")
        return value
    if kind == "date" and isinstance(value, date):
        return value.strftime(forms.day)
    if kind == "datetime" and isinstance(value, datetime):
        return forms.write_moment(value)
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("has characters that are no text") from None
    return names.get(text, text)


def dumps(value: Any) -> str:
    """JSON with exact numbers: the standard library would send a Decimal only as a binary float."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)}: {dumps(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumps, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _number(value: Any) -> int | Decimal | None:
    """A whole number as int, any other as Decimal, as they are sent; None when it is none or absurdly long."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        number = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite():
        return None
    if len(number.as_tuple().digits) > LONGEST_NUMBER or abs(number.adjusted()) > LONGEST_NUMBER:
        return None
    return int(number) if number == number.to_integral_value() else number


def _text(value: Any) -> str | None:
    """The value as text, None when empty; half a surrogate pair, which no file could hold, becomes U+FFFD."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        return dumps(value)
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value
