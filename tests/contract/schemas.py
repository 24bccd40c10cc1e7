"""Stormware's XML schemas, as far as a path of elements needs them."""

import os
from pathlib import Path

from lxml import etree

FOLDER = Path(os.environ["POHODA_XSD_DIR"]) if os.environ.get("POHODA_XSD_DIR") else None
XS = "{http://www.w3.org/2001/XMLSchema}"
Node = etree._Element


class Schemas:
    """`has` says whether a path of local names below a global element is declared."""

    def __init__(self) -> None:
        assert FOLDER is not None
        self._named: dict[tuple[str, str, str], Node] = {}
        self._elements: dict[str, Node] = {}
        for path in sorted(FOLDER.glob("*.xsd")):
            root = etree.parse(path).getroot()
            for node in root.iterchildren(f"{XS}*"):
                name = node.get("name")
                if name:
                    self._named[etree.QName(node).localname, root.get("targetNamespace", ""), name] = node
                    if node.tag == f"{XS}element":
                        self._elements.setdefault(name, node)
            for node in root.iter(f"{XS}element"):
                if node.get("name"):
                    self._elements.setdefault(node.get("name", ""), node)
        assert self._elements

    def has(self, header: str, path: list[str]) -> bool:
        node: Node | None = self._elements[header]
        for step in path:
            node = self.children(node).get(step) if node is not None else None
        return node is not None

    def children(self, element: Node) -> dict[str, Node]:
        """The elements inside an element, by local name."""
        kind = self._reference(element, "type", "complexType")
        inline = element.find(f"{XS}complexType")
        return self._inside(kind if kind is not None else inline) if kind is not None or inline is not None else {}

    def _inside(self, node: Node) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for child in node.iterchildren(f"{XS}*"):
            match etree.QName(child).localname:
                case "element":
                    target = self._reference(child, "ref", "element")
                    real = target if target is not None else child
                    found[real.get("name", "")] = real
                case "group":
                    target = self._reference(child, "ref", "group")
                    found |= self._inside(target) if target is not None else {}
                case "extension":
                    base = self._reference(child, "base", "complexType")
                    found |= (self._inside(base) if base is not None else {}) | self._inside(child)
                case "sequence" | "all" | "choice" | "complexContent" | "restriction":
                    found |= self._inside(child)
        return found

    def _reference(self, node: Node, attribute: str, kind: str) -> Node | None:
        prefix, _, name = str(node.get(attribute) or "").rpartition(":")
        return self._named.get((kind, node.nsmap.get(prefix or None, ""), name)) if name else None
