"""List requests: a pack of items, each one listing with its filter, in Windows-1250."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Mark

BASE = "http://www.stormware.cz/schema/version_2/"
DAT, FTR, TYP = f"{BASE}data.xsd", f"{BASE}filter.xsd", f"{BASE}type.xsd"
APPLICATION = "POHODA Bridge"


@dataclass(frozen=True)
class Kind:
    """What POHODA wants of one kind of listing.

    `filters` maps a path below the header to the filter that finds it and the longest value it takes. `ext_id` is the
    path of the marks below the header, or None when such records carry none.
    """

    prefix: str
    namespace: str
    request: str
    inner: str
    listing: str
    attributes: Mapping[str, str]
    filters: Mapping[str, tuple[str, int]]
    ext_id: str | None


KINDS = {
    "addressbook": Kind(
        prefix="lAdb",
        namespace=f"{BASE}list_addBook.xsd",
        request="listAddressBookRequest",
        inner="requestAddressBook",
        listing="listAddressBook",
        attributes={"version": "2.0", "addressBookVersion": "2.0"},
        filters={
            "id": ("id", 10),
            "identity/address/company": ("company", 255),
            "identity/address/name": ("name", 32),
            "identity/address/city": ("city", 45),
            "identity/address/street": ("street", 64),
            "identity/address/zip": ("zip", 15),
            "identity/address/ico": ("ico", 15),
            "identity/address/dic": ("dic", 18),
        },
        ext_id="identity/extId",
    ),
    **{
        name: Kind(
            prefix=prefix,
            namespace=f"{BASE}list_{name}.xsd",
            request=f"list{name.capitalize()}Request",
            inner=f"request{name.capitalize()}",
            listing=f"list{name.capitalize()}",
            attributes={"version": "2.0", f"{name}Version": "2.0"},
            filters={},
            ext_id=None,
        )
        for name, prefix in (("centre", "lCen"), ("activity", "lAcv"))
    },
}


@dataclass(frozen=True)
class Filter:
    """One condition of a listing: a filter's name with its text, or `extId` with a mark."""

    name: str
    value: str | Mark


@dataclass(frozen=True)
class Ask:
    """One item of a pack. `start` and `count` page the listing by ascending id; no count asks for everything."""

    id: str
    filters: Sequence[Filter] = ()
    start: int | None = None
    count: int | None = None


def kind_of(request: str) -> Kind:
    """The listing by its name in the agenda files; StopAgenda when this version has none."""
    if request not in KINDS:
        raise StopAgenda(f"this version has no XML listing {request!r}")
    return KINDS[request]


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
    from lxml import etree

    request = etree.SubElement(item, f"{{{kind.namespace}}}{kind.request}")
    for name, value in kind.attributes.items():
        request.set(name, value)
    if system is not None and kind.ext_id is not None:
        request.set("extSystem", system)
    if ask.count is not None:
        limit = etree.SubElement(request, f"{{{kind.namespace}}}limit")
        _add(limit, FTR, "idFrom", str(ask.start or 1))
        _add(limit, FTR, "count", str(ask.count))
    inner = etree.SubElement(request, f"{{{kind.namespace}}}{kind.inner}")
    if ask.filters:
        box = etree.SubElement(inner, f"{{{FTR}}}filter")
        for known in ask.filters:
            _filter(box, known)


def _filter(box: Any, known: Filter) -> None:
    if isinstance(known.value, Mark):
        mark = _add(box, FTR, known.name)
        _add(mark, TYP, "ids", known.value.id)
        _add(mark, TYP, "exSystemName", known.value.source)
    else:
        _add(box, FTR, known.name, known.value)


def _add(parent: Any, namespace: str, name: str, text: str | None = None) -> Any:
    from lxml import etree

    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    element.text = text
    return element
