"""Custom fields of POHODA E1 as they are sent: their values as texts, by the element that carries such a value."""

from collections.abc import Mapping
from typing import Any

from pohoda_bridge.catalogue import Field
from pohoda_bridge.pohoda.reader import Custom
from pohoda_bridge.pohoda.writing.texts import text_of
from pohoda_bridge.records.codepage import Loss

LIST, MEMO = "listValueRef", "memoValue"
_BY_TYPE: Mapping[str, str] = {
    "boolean": "booleanValue", "date": "datetimeValue", "integer": "integerValue", "decimal": "numberValue",
}  # fmt: skip
LONGEST = 240


def element(one: Custom) -> str:
    """The element of its values."""
    if one.values is not None:
        return LIST
    return one.element or _BY_TYPE.get(one.type, "textValue")


def text(one: Custom, value: Any) -> tuple[str, tuple[Loss, ...]]:
    """The value as it is sent, and the characters that were replaced; nothing for one that is emptied. ValueError: it
    does not fit, or POHODA could not empty it."""
    memo = element(one) == MEMO
    if value is None:
        if one.type not in {"text", "boolean"}:
            raise ValueError("it cannot be emptied in POHODA")
        return "false" if one.type == "boolean" else "", ()
    limit = LONGEST if one.type == "text" and not memo else None
    said, lost = text_of(Field(type=one.type, convert="lines" if memo else None, limit=limit), value)
    if one.values and said and said.casefold() not in {code.casefold() for code in one.values}:
        raise ValueError(f"POHODA's list has no such code, {said}; add it there or correct it")
    return said, lost
