"""Element to column: the value as POHODA keeps it, with a warning when that is not the value that was sent."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.columns import CODE_PAGE, Column
from pohoda_sandbox.pohoda.xml.imports.outcome import UNUSABLE, Refused, Saving
from pohoda_sandbox.pohoda.xml.names import children, short, text_of

_LINE_END = re.compile(r"\r\n|\r|\n")
_CENT = Decimal("0.0001")
_MOST = Decimal(10) ** 14


def plain(
    saving: Saving, parent: etree._Element | None, names: Mapping[str, str], columns: Mapping[str, Column]
) -> dict[str, Any]:
    """The columns of those children that `names` knows ("typ:city" to "Obec"); only what is present counts."""
    found = {}
    for element in children(parent) if parent is not None else ():
        column = names.get(short(element))
        if column is not None:
            found[column] = _value(saving, element, columns[column.lower()])
    return found


def _value(saving: Saving, element: etree._Element, column: Column) -> Any:
    if column.type in {"varchar", "text"}:
        return _text(saving, element, column)
    sent = text_of(element)
    if column.type == "bit":
        return sent in {"true", "1"}
    if column.type == "datetime":
        return f"{sent[:10]} 00:00:00" if sent else None
    if column.type == "money":
        return _money(saving, element, sent)
    if column.type in {"float", "real"}:
        return float(number(element)) if sent else None
    return int(sent or 0)


def number(element: etree._Element) -> Decimal:
    """The element as a number; empty is zero. Raises Refused for one that no amount can be."""
    sent = text_of(element) or "0"
    try:
        found = Decimal(sent)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or abs(found) >= _MOST:
        raise Refused(element, UNUSABLE[1].format(reason=sent), UNUSABLE[0])
    return found


def _text(saving: Saving, element: etree._Element, column: Column) -> str | None:
    sent = element.text or ""
    kept = _lines(sent) if column.type == "text" else _LINE_END.sub(" ", sent).strip()
    kept = kept.encode(CODE_PAGE, "replace").decode(CODE_PAGE)
    if column.length:
        kept = kept[: column.length].rstrip()
    if kept != sent:
        saving.changed(element, sent, kept)
    return kept or None


def _lines(sent: str) -> str:
    """A note: lines end with CR LF, none at the end."""
    return _LINE_END.sub("\r\n", sent.rstrip())


def _money(saving: Saving, element: etree._Element, sent: str) -> Decimal | None:
    if not sent:
        return None
    kept = Decimal(sent).quantize(_CENT)
    if kept != Decimal(sent):
        saving.changed(element, sent, kept)
    return kept
