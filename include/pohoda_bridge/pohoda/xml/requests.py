"""List requests: a pack of items, each one listing with its filter, in Windows-1250."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.pohoda.xml.kinds import BASE, Kind
from pohoda_bridge.side import Mark

DAT, FTR, TYP = f"{BASE}data.xsd", f"{BASE}filter.xsd", f"{BASE}type.xsd"
APPLICATION = "POHODA Bridge"


@dataclass(frozen=True)
class Filter:
    """One condition of a listing: a filter's name with its text, or `extId` with a mark."""

    name: str
    value: str | Mark


@dataclass(frozen=True)
class Ask:
    """One item of a pack. `start` and `count` page the listing by ascending id; no count asks for everything.

    `type` chooses among the types of the kind; `query` is a condition for POHODA's own query dialog; `restrict`
    switches parts of the records on and off; `inner` are the attributes of the element that holds the filters.
    """

    id: str
    filters: Sequence[Filter] = ()
    start: int | None = None
    count: int | None = None
    type: str | None = None
    query: str | None = None
    restrict: Mapping[str, bool] = field(default_factory=dict)
    inner: Mapping[str, str] = field(default_factory=dict)


def pack(kind: Kind, asks: Sequence[Ask], *, id: str, ico: str, system: str | None = None) -> bytes:
    """The request document. The same arguments make the same bytes; ids are told back in the answer."""
    from lxml import etree

    names = {"dat": DAT, "ftr": FTR, "typ": TYP, kind.prefix: kind.namespace}
    root = etree.Element(f"{{{DAT}}}dataPack", nsmap=names)
    for name, value in {"version": "2.0", "id": id, "ico": ico, "application": APPLICATION, "note": ""}.items():
        root.set(name, value)
    for ask in asks:
        item = etree.SubElement(root, f"{{{DAT}}}dataPackItem")
        item.set("version", "2.0")
        item.set("id", ask.id)
        _request(item, kind, ask, system)
    printed = str(etree.tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="Windows-1250"?>\n{printed}'.encode("cp1250")


def askable(value: str, length: int) -> bool:
    """Whether POHODA could hold this text: short enough, every letter in its code page and allowed in XML."""
    if not 0 < len(value) <= length:
        return False
    try:
        value.encode("cp1250")
    except UnicodeEncodeError:
        return False
    return all(letter >= " " or letter in "\t\n\r" for letter in value)


def _request(item: Any, kind: Kind, ask: Ask, system: str | None) -> None:
    request = _add(item, kind.namespace, kind.request)
    for name, value in kind.attributes.items():
        request.set(name, value)
    if kind.type is not None and ask.type is not None:
        request.set(kind.type, ask.type)
    if system is not None and kind.tells_system:
        request.set("extSystem", system)
    if kind.inner is None:
        return
    if ask.count is not None:
        limit = _add(request, kind.namespace, "limit")
        _add(limit, FTR, "idFrom", str(ask.start or 1))
        _add(limit, FTR, "count", str(ask.count))
    inner = _add(request, kind.namespace, kind.inner)
    for name, value in ask.inner.items():
        inner.set(name, value)
    if ask.filters:
        box = _add(inner, FTR, "filter")
        for known in ask.filters:
            _filter(box, known)
    if ask.query is not None:
        query = _add(inner, FTR, "queryFilter")
        _add(query, FTR, "filter", ask.query)
        _add(query, FTR, "textName", APPLICATION)
    if ask.restrict:
        restriction = _add(request, kind.namespace, "restrictionData")
        for name, on in ask.restrict.items():
            _add(restriction, kind.namespace, name, "true" if on else "false")


def _filter(box: Any, known: Filter) -> None:
    if isinstance(known.value, Mark):
        mark = _add(box, FTR, known.name)
        _add(mark, TYP, "ids", known.value.id)
        _add(mark, TYP, "exSystemName", known.value.source)
        return
    *above, last = known.name.split("/")
    for name in above:
        box = _add(box, FTR, name)
    _add(box, TYP if last.startswith("typ:") else FTR, last.removeprefix("typ:"), known.value)


def _add(parent: Any, namespace: str, name: str, text: str | None = None) -> Any:
    from lxml import etree

    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    element.text = text
    return element
