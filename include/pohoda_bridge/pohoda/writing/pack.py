"""One dataPack of records to write, streamed in Windows-1250; the same items make the same bytes."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from pohoda_bridge.pohoda.writing.elements import order
from pohoda_bridge.pohoda.writing.outgoing import Block, Form, Leaf, Outgoing
from pohoda_bridge.pohoda.writing.outgoing_custom import LIST
from pohoda_bridge.pohoda.xml.kinds import BASE
from pohoda_bridge.pohoda.xml.requests import APPLICATION, DAT, FTR, TYP
from pohoda_bridge.records.codepage import fitted
from pohoda_bridge.side import Mark

XSI = "http://www.w3.org/2001/XMLSchema-instance"
ENCODING = "Windows-1250"


@dataclass(frozen=True)
class Document:
    """An import document: the prefix and namespace of its own elements; what lies deeper is of POHODA's types."""

    prefix: str
    namespace: str


_PREFIXES = {"addressbook": "adb", "order": "ord", "offer": "ofr", "invoice": "inv", "contract": "con"}
DOCUMENTS = {name: Document(prefix, f"{BASE}{name}.xsd") for name, prefix in _PREFIXES.items()}


def pack(form: Form, items: Iterable[Outgoing], *, id: str, ico: str, note: str = "") -> bytes:
    """The document for POHODA's door. No white space stands between the elements, none is added to a value."""
    file = BytesIO()
    write(file, form, items, id=id, ico=ico, note=note)
    return file.getvalue()


def write(file: BinaryIO, form: Form, items: Iterable[Outgoing], *, id: str, ico: str, note: str = "") -> None:
    """The document into a file, item by item: no more than one is held in memory."""
    from lxml import etree

    document = DOCUMENTS[form.xml.record]
    names = {"dat": DAT, document.prefix: document.namespace, "typ": TYP, "ftr": FTR, "xsi": XSI}
    attributes = {"version": "2.0", "id": id, "ico": ico, "application": APPLICATION, "note": fitted(note)[0]}
    with etree.xmlfile(file, encoding=ENCODING) as out:
        out.write_declaration()
        with out.element(f"{{{DAT}}}dataPack", attributes, nsmap=names):
            for item in items:
                with out.element(f"{{{DAT}}}dataPackItem", {"version": "2.0", "id": item.item.id}):
                    out.write(_record(form, document, item))


def _record(form: Form, document: Document, outgoing: Outgoing) -> Any:
    from lxml import etree

    names = {document.prefix: document.namespace, "typ": TYP, "ftr": FTR, "xsi": XSI}
    root = etree.Element(f"{{{document.namespace}}}{form.xml.record}", {"version": "2.0"}, names)
    if form.xml.record not in order().own:
        _card(root, form, document, outgoing)
    elif outgoing.item.action == "delete":
        action = _nested(root, document.namespace, "actionType")
        _filter(etree.SubElement(action, f"{{{document.namespace}}}delete"), outgoing.number)
        if form.agenda.write and form.agenda.write.listed_as:
            action[0][0].set("agenda", form.agenda.write.listed_as)
    else:
        for block in outgoing.blocks:
            _block(root, document.namespace, block)
    return root


def _block(root: Any, namespace: str, block: Block) -> None:
    """The last step of the path is an element of its own; what lies below an own one is of the document's names."""
    from lxml import etree

    *above, last = block.path
    parent = _nested(root, namespace, "/".join(above)) if above else root
    inner = last if last in order().own else ""
    own = namespace if not above or above[-1] in order().own else TYP
    part = etree.SubElement(parent, f"{{{own}}}{last}")
    if block.attribute:
        part.set(*block.attribute)
    for leaf in block.leaves:
        _add(part, namespace if inner else TYP, leaf)


def _card(root: Any, form: Form, document: Document, outgoing: Outgoing) -> None:
    """A card of the address book: what becomes of it, and its header."""
    from lxml import etree

    if form.owner is not None and outgoing.number is None:
        raise ValueError("a sub-record without its owner would be made a record of its own")
    action = etree.SubElement(root, f"{{{document.namespace}}}actionType")
    if outgoing.item.action == "delete" and not form.xml.rows:
        _filter(etree.SubElement(action, f"{{{document.namespace}}}delete"), outgoing.number)
        return
    if outgoing.number is None:
        mark = outgoing.item.mark if form.ext_id else None
        _filter(etree.SubElement(action, f"{{{document.namespace}}}add"), mark)
    else:
        _filter(etree.SubElement(action, f"{{{document.namespace}}}update"), outgoing.number)
    header = etree.SubElement(root, f"{{{document.namespace}}}{form.xml.header}")
    if form.xml.rows:
        _part_action(_nested(header, document.namespace, form.xml.rows), outgoing)
    for leaf in outgoing.leaves:
        _add(header, document.namespace, leaf)


def _part_action(part: Any, outgoing: Outgoing) -> None:
    """Says what becomes of the sub-record: POHODA adds one that says nothing, and a re-sent one would be doubled."""
    action = _nested(part, TYP, "actionType")
    if outgoing.part is None:
        _nested(action, TYP, "add")
    else:
        _filter(_nested(action, TYP, outgoing.item.action), outgoing.part)


def _filter(action: Any, wanted: Mark | int | None) -> None:
    """What the action is for: the record with this id, or, as a guard, none that carries this mark already."""
    if isinstance(wanted, int):
        _nested(action, FTR, "filter/id").text = str(wanted)
    elif wanted is not None:
        mark = _nested(action, FTR, "filter/extId")
        _nested(mark, TYP, "ids").text = wanted.id
        _nested(mark, TYP, "exSystemName").text = wanted.source


def _add(header: Any, namespace: str, leaf: Leaf) -> None:
    if leaf.parameter:
        _parameter(header, namespace, leaf.text, *leaf.parameter)
        return
    element = _nested(header, namespace, leaf.path)
    if leaf.nil:
        element.set(f"{{{XSI}}}nil", "true")
    else:
        element.text = leaf.text or None
    if leaf.attribute:
        element.set(*leaf.attribute)


def _parameter(header: Any, namespace: str, text: str, name: str, kind: str) -> None:
    """A custom field; the value of a list is a reference by its code."""
    from lxml import etree

    parameter = etree.SubElement(_nested(header, namespace, "parameters"), f"{{{TYP}}}parameter")
    etree.SubElement(parameter, f"{{{TYP}}}name").text = name
    path = kind if kind != LIST else f"{LIST}/ids" if text else f"{LIST}/valueType"
    _nested(parameter, TYP, path).text = text or (None if kind != LIST else "nullValue")


def _nested(parent: Any, namespace: str, path: str) -> Any:
    """The element at the path, made where it is missing: the first step in `namespace`, deeper ones are types.

    Steps of a filter stay filters. Only the last child is looked at, as values come in the order of the schema.
    """
    from lxml import etree

    for name in path.split("/"):
        tag = f"{{{namespace}}}{name}"
        parent = parent[-1] if len(parent) and parent[-1].tag == tag else etree.SubElement(parent, tag)
        namespace = namespace if namespace == FTR else TYP
    return parent
