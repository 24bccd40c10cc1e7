"""The answer to a pack of records: three states for each item, what POHODA changed, and the records it made.

Reading it is lenient about what is missing and strict about what it is: an answer that cannot be read, belongs to
another pack or another company says nothing of what was stored, so it is a Doubt.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from pohoda_bridge.errors import BridgeError, Doubt
from pohoda_bridge.pohoda.identity import padded
from pohoda_bridge.pohoda.xml import guard
from pohoda_bridge.pohoda.xml.walk import local

MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class Detail:
    """One remark of POHODA on an item; `state` is ok, warning or error."""

    state: str
    number: int | None
    note: str = field(repr=False)
    xpath: str = ""
    requested: str | None = field(default=None, repr=False)
    produced: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Told:
    """What was said of one item. `inner` is None when the item has no inner answer; `produced` 0 when none was made.

    `earlier` are the ids of records that an earlier sending of the item made (None for one deleted since); it is None
    when the duplicate check did not speak. `parts` are the ids of sub-records that were made, `number` is that of a
    document.
    """

    ok: bool
    note: str = field(repr=False)
    inner: bool | None = None
    details: tuple[Detail, ...] = ()
    produced: int = 0
    action: str | None = None
    earlier: tuple[int | None, ...] | None = None
    parts: tuple[int, ...] = ()
    number: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What POHODA said of a pack, and of its items by their ids."""

    ok: bool
    note: str = field(repr=False)
    items: Mapping[str, Told]


def read(file: BinaryIO, *, pack: str, ico: str, place: str) -> Receipt:
    """The answer in the file, which is closed. Doubt says why it cannot be trusted; it never quotes the answer."""
    try:
        root = _root(file, place)
    except Doubt:
        raise
    except BridgeError as error:
        raise Doubt(error.text, log=error.log) from None
    finally:
        file.close()
    if local(root) != "responsePack":
        raise Doubt(f"{place}: it is no answer of POHODA")
    ok = _ok(root)
    if ok and (root.get("id") or "") != pack:
        raise Doubt(f"{place}: it belongs to another pack")
    if ok and root.get("ico") and padded(root.get("ico")) != padded(ico):
        raise Doubt(f"{place}: it comes from another company")
    items = [(element.get("id") or "", _told(element)) for element in root if local(element) == "responsePackItem"]
    ids = [id for id, _ in items]
    return Receipt(ok, root.get("note") or "", {id: told for id, told in items if ids.count(id) == 1})


def _root(file: BinaryIO, place: str) -> Any:
    from lxml import etree

    if file.seek(0, 2) > MAX_BYTES:
        raise Doubt(f"{place}: it is longer than any answer is")
    guard.check(file, place)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.parse(file, parser).getroot()
    except (etree.LxmlError, ValueError, LookupError, AssertionError) as error:
        raise Doubt(f"{place}: it is cut or broken ({type(error).__name__})") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Doubt(f"{place}: it has a DOCTYPE, which POHODA never sends")
    return root


def _told(item: Any) -> Told:
    note, inner = item.get("note") or "", next(iter(item), None)
    if inner is None:
        return Told(_ok(item), note)
    if local(inner) == "errorDetail":
        found = [_number(_text(one, "id")) or None for one in inner if local(one) == "recordDuplicity"]
        return Told(_ok(item), note, None, earlier=tuple(found))
    made = _child(inner, "producedDetails")
    return Told(
        ok=_ok(item),
        note=note,
        inner=_ok(inner),
        details=tuple(_detail(one) for one in _all(inner, "importDetails", "detail")),
        produced=_number(_text(made, "id")),
        action=_text(made, "actionType"),
        number=_text(made, "number"),
        parts=tuple(
            _number(id.text)
            for listed in (_all(made, "itemDetails", "item") if made is not None else ())
            for id in _all(listed, "producedItem", "id")
        ),
    )


def _detail(element: Any) -> Detail:
    return Detail(
        state=(_text(element, "state") or "").strip().lower(),
        number=_number(_text(element, "errno")) or None,
        note=_text(element, "note") or "",
        xpath=_text(element, "XPath") or "",
        requested=_text(element, "valueRequested"),
        produced=_text(element, "valueProduced"),
    )


def _ok(element: Any) -> bool:
    return str(element.get("state") or "").strip().lower() == "ok"


def _child(element: Any, name: str) -> Any:
    return next((child for child in element if local(child) == name), None) if element is not None else None


def _all(element: Any, outer: str, inner: str) -> list[Any]:
    return [child for box in element if local(box) == outer for child in box if local(child) == inner]


def _text(element: Any, name: str) -> str | None:
    child = _child(element, name)
    return str(child.text) if child is not None and child.text else None


def _number(text: str | None) -> int:
    """A positive number, or 0."""
    word = (text or "").strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 12 else 0
