"""The envelope of a request: refused before parsing when it has a DOCTYPE, then read into a Pack."""

import re
from dataclasses import dataclass

from lxml import etree

from pohoda_sandbox.pohoda.xml.names import attributes, children, short, tag

UNREADABLE = "Obálku dokumentu se nepodařilo ověřit podle schématu. Reason: {reason}"
WRONG_UNIT = "Tento balíček není určen pro tuto jednotku."
NO_XML_RIGHT = "Uživatel není oprávněn importovat XML soubory."

_LIMITS = {"id": 64, "ico": 15, "key": 64, "application": 100}
_REQUIRED = ("version", "id", "application", "note")
_OPTIONAL = ("ico", "key", "period", "programVersion")
_VERSIONS = {"1.0", "1.1", "1.2", "2.0"}


class PackError(Exception):
    """The whole pack is refused; `note` and `id` go into the answer."""

    def __init__(self, note: str, id: str = "") -> None:
        super().__init__(note)
        self.note = note
        self.id = id


@dataclass(frozen=True)
class Item:
    """One `dat:dataPackItem`: its id and the document or request in it; `index` counts from 1 as XPaths do."""

    id: str
    index: int
    content: etree._Element

    @property
    def name(self) -> str:
        return short(self.content)


@dataclass(frozen=True)
class Pack:
    id: str
    ico: str
    key: str
    note: str
    root: etree._Element
    items: tuple[Item, ...]


def parse(body: bytes) -> etree._Element:
    """The root of the document. Raises PackError for a DOCTYPE (before parsing) and for what is no XML."""
    if re.search(rb"<!\s*doctype", _ascii(body), re.IGNORECASE):
        raise PackError(UNREADABLE.format(reason="DTD is prohibited."))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root: etree._Element = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PackError(UNREADABLE.format(reason=error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise PackError(UNREADABLE.format(reason="DTD is prohibited."))
    return root


def _ascii(body: bytes) -> bytes:
    """The bytes with UTF-16 and UTF-32 padding taken out, so that no encoding hides a DOCTYPE."""
    return body.replace(b"\0", b"")


def read(root: etree._Element) -> Pack:
    """The pack, checked as POHODA's first pass does. Raises PackError."""
    if root.tag != tag("dat:dataPack"):
        raise PackError(UNREADABLE.format(reason=f"The element '{short(root)}' is not dat:dataPack."))
    id = root.get("id") or ""
    _check_attributes(root, _REQUIRED, _OPTIONAL, id)
    if root.get("version") not in _VERSIONS:
        raise PackError(UNREADABLE.format(reason="The attribute 'version' has an invalid value."), id)
    items: list[Item] = []
    for element in children(root):
        if element.tag == tag("dat:transformation") and not items:
            continue
        items.append(_item(element, len(items) + 1, id))
    if not items:
        raise PackError(UNREADABLE.format(reason="Element 'dat:dataPack' has no dat:dataPackItem."), id)
    return Pack(
        id=id,
        ico=(root.get("ico") or "").strip(),
        key=(root.get("key") or "").strip(),
        note=root.get("note") or "",
        root=root,
        items=tuple(items),
    )


def _item(element: etree._Element, index: int, pack: str) -> Item:
    if element.tag != tag("dat:dataPackItem"):
        raise PackError(UNREADABLE.format(reason=f"Unexpected element '{short(element)}'."), pack)
    _check_attributes(element, ("version", "id"), None, pack)
    inside = list(children(element))
    if len(inside) != 1:
        reason = f"Element 'dat:dataPackItem' [{index}] holds {len(inside)} elements, exactly one is expected."
        raise PackError(UNREADABLE.format(reason=reason), pack)
    return Item(id=element.get("id") or "", index=index, content=inside[0])


def _check_attributes(
    element: etree._Element, required: tuple[str, ...], optional: tuple[str, ...] | None, pack: str
) -> None:
    for name in required:
        if element.get(name) is None:
            raise PackError(UNREADABLE.format(reason=f"Required attribute '{name}' is missing."), pack)
    for name, value in attributes(element).items():
        limit = _LIMITS.get(name)
        if limit and len(value) > limit:
            reason = f"The attribute '{name}' is longer than {limit} characters."
            raise PackError(UNREADABLE.format(reason=reason), pack)
        if optional is not None and name not in {*required, *optional}:
            raise PackError(UNREADABLE.format(reason=f"Unexpected attribute '{name}'."), pack)
