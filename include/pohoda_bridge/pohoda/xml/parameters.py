"""Custom fields of POHODA E1 in XML ("volitelné parametry"): named values below records and their rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pohoda_bridge.catalogue import Type
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import values
from pohoda_bridge.pohoda.custom import LISTED, PLAIN
from pohoda_bridge.pohoda.reader import Custom
from pohoda_bridge.pohoda.xml.walk import local
from pohoda_bridge.side import Row

PATH = "parameters/parameter"
LIST = "listValueRef"
_PREFIX = re.compile(f"^(Ref)?{PLAIN}")
_CARRIED: Mapping[str, Type] = {
    "textValue": "text", "memoValue": "text", "currencyValue": "decimal", "numberValue": "decimal",
    "integerValue": "integer", "booleanValue": "boolean", "datetimeValue": "date", LIST: "text",
}  # fmt: skip


def column(name: str, *, listed: bool) -> str:
    """The column of a custom field by its name in XML, which may have the prefix of columns or not."""
    return f"{LISTED if listed else PLAIN}{_PREFIX.sub('', name)}"


def seen(elements: Iterable[Any], of: str | None) -> list[Custom]:
    """The custom fields that some parameters tell of by being there; `of` is the set that they belong to."""
    found = []
    for element in elements:
        name, kind, _ = _read(element)
        if name and kind:
            found.append(Custom(name, _CARRIED[kind], set=of, values={} if kind == LIST else None))
    return found


def row_of(elements: Iterable[Any], known: Sequence[Custom], technical: str) -> Row:
    """The values by key: of every known field, and of those that are there. StopAgenda: another type."""
    row: Row = {one.key: False if one.type == "boolean" else None for one in known}
    for element in elements:
        name, kind, said = _read(element)
        if not name or not kind:
            continue
        try:
            row[f"custom.{name}"] = values.from_xml(_CARRIED[kind], said)
        except (ValueError, ArithmeticError):
            raise StopAgenda(f"the custom field {name} of {technical} is not of type {_CARRIED[kind]}") from None
    return row


def _read(element: Any) -> tuple[str, str, str | None]:
    """Column, name of the element that carries the value, and the text in it; of a list's value its code."""
    name, kind, said = "", "", None
    for child in element:
        tag = local(child)
        if tag == "name":
            name = (child.text or "").strip()
        elif tag in _CARRIED and not kind:
            kind = tag
            said = child.findtext("{*}ids") if tag == LIST else child.text
    return column(name, listed=kind == LIST) if name else "", kind, said
