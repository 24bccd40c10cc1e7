"""Values in the one form the product compares: named converters, total and repeatable."""

import re
from collections.abc import Callable, Mapping
from typing import Any

_INVISIBLE = re.compile(r"[\s\u200b\u2060\ufeff]+")
_SHORT_ICO = re.compile(r"[0-9]{6,7}")


def convert(name: str, value: Any, *, country: str) -> Any:
    """The value in its compared form; empty text is None, what is no text stays as it is, an unknown name is KeyError.

    `country` is the unit's (CZ or SK). Converting twice gives what converting once gives.
    """
    converter = CONVERTERS[name]
    if not isinstance(value, str):
        return value
    return converter(value, country) or None


def without_space(text: str) -> str:
    """The text without any white space, the no-break space and invisible spaces included."""
    return _INVISIBLE.sub("", text)


def one_line(text: str) -> str:
    """The text trimmed, with every run of white space as one space."""
    return " ".join(_INVISIBLE.split(text)).strip()


def _ico(text: str, country: str) -> str:
    bare = without_space(text)
    return bare.zfill(8) if country in {"CZ", "SK"} and _SHORT_ICO.fullmatch(bare) else bare


def _vat_number(text: str, country: str) -> str:
    return without_space(text).upper()


def _postcode(text: str, country: str) -> str:
    bare = without_space(text)
    return bare if bare.isascii() and bare.isdigit() else one_line(text)


def _country(text: str, country: str) -> str:
    return one_line(text).upper()


def _lines(text: str, country: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip()


def _main_state(text: str, country: str) -> str:
    return _MAIN_STATES.get(text, text)


_MAIN_STATES = {"part_paid": "issued", "new": "in_progress"}
"""States of documents for a CRM that tells an unpaid invoice from a paid one, and an open order from a done one."""

CONVERTERS: Mapping[str, Callable[[str, str], str]] = {
    "ico": _ico,
    "vat_number": _vat_number,
    "postcode": _postcode,
    "country": _country,
    "lines": _lines,
    "main_state": _main_state,
}
