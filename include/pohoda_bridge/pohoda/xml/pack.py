"""One dataPack of records to write, streamed in Windows-1250; the same items make the same bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pohoda_bridge.pohoda.codepage import fitted
from pohoda_bridge.pohoda.xml.kinds import BASE
from pohoda_bridge.pohoda.xml.outgoing import Form, Leaf, Outgoing
from pohoda_bridge.pohoda.xml.requests import APPLICATION, DAT, FTR, TYP
from pohoda_bridge.side import Mark

XSI = "http://www.w3.org/2001/XMLSchema-instance"
ENCODING = "Windows-1250"


@dataclass(frozen=True)
class Document:
    """An import document: the prefix and namespace of its own elements; what lies deeper is of POHODA's types."""

    prefix: str
    namespace: str


DOCUMENTS = {"addressbook": Document("adb", f"{BASE}addressbook.xsd")}


def pack(form: Form, items: Sequence[Outgoing], *, id: str, ico: str, note: str = "") -> bytes:
    """The document for POHODA's door. No white space stands between the elements, none is added to a value."""
    from lxml import etree

    document = DOCUMENTS[form.xml.record]
    names = {"dat": DAT, document.prefix: document.namespace, "typ": TYP, "ftr": FTR, "xsi": XSI}
    attributes = {"version": "2.0", "id": id, "ico": ico, "application": APPLICATION, "note": fitted(note)[0]}
    file = BytesIO()
    with etree.xmlfile(file, encoding=ENCODING) as out:
        out.write_declaration()
        with out.element(f"{{{DAT}}}dataPack", attributes, nsmap=names):
            for item in items:
                with out.element(f"{{{DAT}}}dataPackItem", {"version": "2.0", "id": item.item.id}):
                    out.write(_document(form, document, item))
    return file.getvalue()


def _document(form: Form, document: Document, outgoing: Outgoing) -> Any:
    from lxml import etree

    if form.owner is not None and outgoing.number is None:
        raise ValueError("a sub-record without its owner would be made a record of its own")
    root = etree.Element(
        f"{{{document.namespace}}}{form.xml.record}",
        {"version": "2.0"},
        {document.prefix: document.namespace, "typ": TYP, "ftr": FTR, "xsi": XSI},
    )
    action = etree.SubElement(root, f"{{{document.namespace}}}actionType")
    if outgoing.item.action == "delete" and not form.xml.rows:
        _filter(etree.SubElement(action, f"{{{document.namespace}}}delete"), outgoing.number)
        return root
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
    return root


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
    element = _nested(header, namespace, leaf.path)
    if leaf.nil:
        element.set(f"{{{XSI}}}nil", "true")
    else:
        element.text = leaf.text or None


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
