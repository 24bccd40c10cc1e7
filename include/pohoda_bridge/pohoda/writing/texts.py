"""Values in POHODA's form: what a field's type takes, Windows-1250, the limits of the schema."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pohoda_bridge.catalogue import Field
from pohoda_bridge.records import codepage
from pohoda_bridge.records.codepage import Loss

_LINE_END = re.compile(r"\r\n|\r|\n")
_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,), "reference": (str,), "integer": (int,), "decimal": (Decimal, int), "boolean": (bool,),
    "date": (date,), "datetime": (datetime,),
}  # fmt: skip


def text_of(spec: Field, value: Any) -> tuple[str, tuple[Loss, ...]]:
    """The value of any field but a reference, and the characters that were replaced. ValueError: it does not fit."""
    check(spec, value)
    if spec.words:
        return _word(spec, value), ()
    if spec.type == "text":
        text, lost = fitted(value, lines=spec.convert == "lines")
        if spec.limit and len(text) > spec.limit:
            raise ValueError(f"{len(text)} characters, POHODA takes {spec.limit}")
        if spec.digits and not (text.isascii() and text.isdecimal()) and text:
            raise ValueError("POHODA takes digits alone")
        return text, lost
    number = value if spec.type in {"integer", "decimal"} else 0
    if spec.limit and abs(number) > spec.limit:
        raise ValueError(f"{value} is more than POHODA takes, {spec.limit}")
    return _plain(value), ()


def check(spec: Field, value: Any) -> None:
    """ValueError for a value of another type."""
    if not isinstance(value, _TYPES.get(spec.type, ())) or (spec.type != "boolean" and isinstance(value, bool)):
        raise ValueError(f"{type(value).__name__} is no value of a {spec.type} field")


def fitted(value: str, *, lines: bool = False) -> tuple[str, tuple[Loss, ...]]:
    """The text as POHODA keeps it: lines end with CR LF in notes, elsewhere a line break is a space."""
    text, lost = codepage.fitted(value)
    if lines:
        return _LINE_END.sub("\r\n", text).rstrip(), lost
    text = text.strip(" \t\r\n")
    if broken := len(_LINE_END.findall(text)):
        lost = (Loss("U+000A", " ", broken), *lost)
    return _LINE_END.sub(" ", text), lost


def _word(spec: Field, value: str) -> str:
    known = [name for name in spec.words[value].xml if name] if value in spec.words else []
    if not known:
        raise ValueError(f"{value!r} is none of {', '.join(spec.words)}")
    return known[0]


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > 14:
            raise ValueError("no amount that POHODA could keep")
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)
