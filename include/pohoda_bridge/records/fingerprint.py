"""Values as text: a fingerprint to compare by, and JSON that brings every value back as it was.

Equal values give equal text whatever the order of the names, the hash seed, the locale or the process.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any

import orjson

from pohoda_bridge.errors import RejectRecord

VERSION = "1"


def fingerprint(values: Mapping[str, Any]) -> str:
    """`<version>:<32 hex digits>` of the values; None, an empty text, an empty list and an absent name are the same.

    Decimals are compared by value (1.50 is 1.5). A float is TypeError; a text that is no Unicode is RejectRecord.
    """
    return f"{VERSION}:{blake2b(_json(canonical(dict(values))), digest_size=16).hexdigest()}"


def canonical(value: Any) -> Any:
    """The value as JSON knows it; decimals without trailing zeros and times in ISO form, as text."""
    match value:
        case None | bool() | str() | int():
            return value
        case Decimal():
            return _plain(value)
        case datetime():
            return _naive_or_utc(value).isoformat()
        case date():
            return value.isoformat()
        case list() | tuple():
            return [canonical(item) for item in value]
        case dict():
            return {name: canonical(item) for name, item in value.items() if item not in (None, "", [])}
    raise TypeError(f"a record holds no {type(value).__name__}")


def dumps(values: Mapping[str, Any]) -> str:
    """The values as JSON with sorted names; `loads` gives them back with their types."""
    return _json({name: _tagged(value) for name, value in values.items()}).decode()


def loads(text: str | bytes) -> dict[str, Any]:
    """The values of `dumps`, with the types they had."""
    return {name: _untagged(value) for name, value in orjson.loads(text).items()}


def _tagged(value: Any) -> Any:
    match value:
        case None | bool() | str() | int():
            return value
        case Decimal() if value.is_finite():
            return {"decimal": str(value)}
        case datetime():
            return {"datetime": value.isoformat()}
        case date():
            return {"date": value.isoformat()}
        case list() | tuple():
            return [_tagged(item) for item in value]
        case dict():
            return {"row": {name: _tagged(item) for name, item in value.items()}}
    raise TypeError(f"a record holds no {type(value).__name__}")


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        return [_untagged(item) for item in value]
    if isinstance(value, dict):
        ((kind, held),) = value.items()
        return {name: _untagged(item) for name, item in held.items()} if kind == "row" else _READ[kind](held)
    return value


_READ: Mapping[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def _plain(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("a record holds no infinite or undefined decimal")
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _naive_or_utc(value: datetime) -> datetime:
    return value.astimezone(UTC) if value.tzinfo else value


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise RejectRecord(
            "a text holds half a character, or a number more than 64 bits; write it again",
            log="a value cannot be stored as JSON",
        ) from error
