"""Custom fields of POHODA E1 and labels, as columns of the record that has them."""

from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.columns import Column
from pohoda_sandbox.pohoda.xml.imports.outcome import Saving
from pohoda_sandbox.pohoda.xml.imports.references import CodeList, referred
from pohoda_sandbox.pohoda.xml.imports.values import plain
from pohoda_sandbox.pohoda.xml.names import child, children, short, text_of

_KINDS = {
    "typ:textValue": {"varchar"},
    "typ:memoValue": {"text"},
    "typ:currencyValue": {"money"},
    "typ:booleanValue": {"bit"},
    "typ:numberValue": {"float", "real"},
    "typ:integerValue": {"int"},
    "typ:datetimeValue": {"datetime"},
}


def parameters(saving: Saving, box: etree._Element | None, table: str) -> dict[str, Any]:
    """The columns of the fields that were sent; a name or a kind of value that the table does not know is warned of."""
    found: dict[str, Any] = {}
    known = saving.pohoda.columns(table)
    for parameter in children(box) if box is not None else ():
        name = text_of(child(parameter, "typ:name"))
        prefixed = name.lower().startswith(("vpr", "refvpr"))
        column = (known.get(name.lower()) or known.get(f"ref{name.lower()}")) if prefixed else None
        values = _value(saving, parameter, column) if column is not None else {}
        if not values:
            saving.unused(parameter)
        found |= values
    return found


def _value(saving: Saving, parameter: etree._Element, column: Column) -> dict[str, Any]:
    for element in children(parameter):
        name = short(element)
        if name == "typ:listValueRef" and column.name.startswith("Ref"):
            return {column.name: None} | referred(saving, [element], {name: CodeList(column.name, "sVPULpol")}, {})
        if column.type in _KINDS.get(name, ()) and not column.name.startswith("Ref"):
            return plain(saving, parameter, {name: column.name}, {column.name.lower(): column})
    return {}


def labels(box: etree._Element | None) -> dict[str, Any]:
    """The words of the labels between commas."""
    if box is None:
        return {}
    words = [text_of(child(label, "typ:ids")) for label in children(box)]
    return {"Labels": ", ".join(word for word in words if word)[:255] or None}
