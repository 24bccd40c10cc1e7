"""Codes out of the listings of POHODA's own lists."""

from collections.abc import Iterable, Iterator
from typing import Any

from pohoda_bridge.catalogue.field import Codes
from pohoda_bridge.pohoda.xml.kinds import Kind


def found(records: Iterable[Any], kind: Kind, of: Codes) -> Iterator[str]:
    """The codes of the records (elements of one kind) that count."""
    for record in records:
        code = _text(record, kind.code)
        if code and (of.xml_among is None or _text(record, of.xml_among.name) in {"", *of.xml_among.values}):
            yield code


def _text(record: Any, name: str) -> str:
    value = record.get(name[1:]) if name.startswith("@") else record.findtext(f".//{{*}}{name}")
    return str(value or "").strip()
