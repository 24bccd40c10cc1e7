"""Stormware's XML schemas, as far as a path of elements needs them."""

import os
from pathlib import Path

from lxml import etree

FOLDER = Path(os.environ["POHODA_XSD_DIR"]) if os.environ.get("POHODA_XSD_DIR") else None
XS = "{http://www.w3.org/2001/XMLSchema}"
Node = etree._Element
Global = tuple[str, str]
"""Namespace and name of an element that a schema declares by itself."""


class Schemas:
    """`has` says whether a path of local names below a global element is declared; `a/b@c` ends in an attribute."""

    def __init__(self) -> None:
        assert FOLDER is not None
        self._named: dict[tuple[str, str, str], Node] = {}
        for path in sorted(FOLDER.glob("*.xsd")):
            root = etree.parse(path).getroot()
            for node in root.iterchildren(f"{XS}*"):
                name = node.get("name")
                if name:
                    self._named[etree.QName(node).localname, root.get("targetNamespace", ""), name] = node
        assert self._named

    def has(self, listing: Global, path: list[str]) -> bool:
        node, attribute = self._at(listing, path), path[-1].partition("@")[2]
        return node is not None and (not attribute or attribute in self.attributes(node))

    def _at(self, listing: Global, path: list[str]) -> Node | None:
        node: Node | None = self._named["element", *listing]
        for step in path:
            node = self.children(node).get(step.partition("@")[0]) if node is not None else None
        return node

    def attributes(self, element: Node) -> set[str]:
        """The names of an element's attributes."""
        kind = self._reference(element, "type", "complexType")
        found = (kind if kind is not None else element).iter(f"{XS}attribute")
        return {str(node.get("name")) for node in found}

    def words(self, listing: Global, path: list[str]) -> set[str]:
        """The values that an element with a closed list of them may have; empty for another or unknown one."""
        node = self._at(listing, path)
        return self._enumerated(node) if node is not None else set()

    def _enumerated(self, node: Node) -> set[str]:
        found = {str(value.get("value")) for value in node.iter(f"{XS}enumeration")}
        for attribute in ("type", "base"):
            for kind in ("simpleType", "complexType"):
                named = self._reference(node, attribute, kind)
                found |= self._enumerated(named) if named is not None else set()
        for below in (*node.iter(f"{XS}restriction"), *node.iter(f"{XS}extension")):
            found |= self._enumerated(below) if below is not node else set()
        return found

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
