"""Custom fields of POHODA E1 in XML ("volitelné parametry"): named values below records and their rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pohoda_bridge.catalogue import Agenda, Type
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import values
from pohoda_bridge.pohoda.custom import LISTED, PLAIN
from pohoda_bridge.pohoda.reader import Custom
from pohoda_bridge.pohoda.xml.walk import local
from pohoda_bridge.side import Row

PATH = "parameters/parameter"
_LIST = "listValueRef"
_KEY = "custom."
_PREFIX = re.compile(f"^(Ref)?{PLAIN}")
_CARRIED: Mapping[str, Type] = {
    "textValue": "text", "memoValue": "text", "currencyValue": "decimal", "numberValue": "decimal",
    "integerValue": "integer", "booleanValue": "boolean", "datetimeValue": "date", _LIST: "text",
}  # fmt: skip
_PYTHON: Mapping[type, Type] = {bool: "boolean", int: "integer", Decimal: "decimal", date: "date"}


def column(name: str, *, listed: bool) -> str:
    """The column of a custom field by its name in XML, which may have the prefix of columns or not."""
    return f"{LISTED if listed else PLAIN}{_PREFIX.sub('', name)}"


def row_of(elements: Iterable[Any], known: Sequence[Custom], technical: str) -> Row:
    """The values by key: of every known field, and of those that are there. StopAgenda: another type."""
    row: Row = {one.key: False if one.type == "boolean" else None for one in known}
    for element in elements:
        name, kind, said = _read(element)
        if not name or not kind:
            continue
        try:
            row[f"{_KEY}{name}"] = values.from_xml(_CARRIED[kind], said)
        except (ValueError, ArithmeticError):
            raise StopAgenda(f"the custom field {name} of {technical} is not of type {_CARRIED[kind]}") from None
    return row


def told(agenda: Agenda, rows: Iterable[Row]) -> list[Custom]:
    """The custom fields that rows have, by name, where nobody defines them; their type is that of their values."""
    found: dict[tuple[str, str], Custom] = {}
    for record in rows:
        for of in ("", *agenda.sets):
            for row in record[of] if of else [record]:
                for key in row:
                    if key.startswith(_KEY) and (row[key] is not None or (of, key) not in found):
                        found[of, key] = _like(key.removeprefix(_KEY), row[key], of or None)
    return [found[place] for place in sorted(found)]


def _like(name: str, value: Any, of: str | None) -> Custom:
    return Custom(name, _PYTHON.get(type(value), "text"), set=of, values={} if name.startswith(LISTED) else None)


def _read(element: Any) -> tuple[str, str, str | None]:
    """Column, name of the element that carries the value, and the text in it; of a list's value its code."""
    name, kind, said = "", "", None
    for child in element:
        tag = local(child)
        if tag == "name":
            name = (child.text or "").strip()
        elif tag in _CARRIED and not kind:
            kind = tag
            said = child.findtext("{*}ids") if tag == _LIST else child.text
    return column(name, listed=kind == _LIST) if name else "", kind, said
