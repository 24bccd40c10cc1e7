"""Namespaces of POHODA's XML and the making of elements in them."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from lxml import etree

BASE = "http://www.stormware.cz/schema/version_2/"
FILES = {
    "acp": "actionPrice", "acu": "accountingunit", "acv": "activity", "adb": "addressbook", "bal": "balance",
    "bka": "bankAccount", "bnk": "bank", "cen": "centre", "con": "contract", "dat": "data", "dis": "discount",
    "ftr": "filter", "idp": "individualPrice", "int": "intDoc", "inv": "invoice", "lAcv": "list_activity",
    "lAdb": "list_addBook", "lCen": "list_centre", "lCon": "list_contract", "lStk": "list_stock", "lst": "list",
    "lwl": "liquidationWithoutLink", "nms": "numericalSeries", "ofr": "offer", "ord": "order", "pay": "payment",
    "prm": "parameter", "rdc": "documentresponse", "rsp": "response", "stk": "stock", "sto": "store",
    "str": "storage", "typ": "type", "vat": "classificationVAT", "vch": "voucher",
}  # fmt: skip
NSMAP = {prefix: f"{BASE}{file}.xsd" for prefix, file in FILES.items()}
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
ANSWERED = {prefix: uri for prefix, uri in NSMAP.items() if prefix not in {"dat", "ftr"}}


@cache
def tag(name: str) -> str:
    """`typ:ids` as lxml wants it, `{http://...type.xsd}ids`."""
    prefix, local = name.split(":")
    return f"{{{NSMAP[prefix]}}}{local}"


def short(element: etree._Element) -> str:
    """The name of an element with POHODA's usual prefix, whatever prefix the document uses."""
    name = etree.QName(element)
    for prefix, uri in NSMAP.items():
        if uri == name.namespace:
            return f"{prefix}:{name.localname}"
    file = (name.namespace or "").removeprefix(BASE).removesuffix(".xsd")
    return f"{file}:{name.localname}" if file else name.localname


def children(element: etree._Element) -> Iterator[etree._Element]:
    """Child elements, without comments and processing instructions."""
    return (child for child in element if isinstance(child.tag, str))


def attributes(element: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in element.attrib.items()}


def child(element: etree._Element, name: str) -> etree._Element | None:
    return element.find(tag(name))


def text_of(element: etree._Element | None) -> str:
    """The trimmed text of an element; empty when it is missing or empty."""
    return (element.text or "").strip() if element is not None else ""


def add(parent: etree._Element, name: str, value: Any = None) -> etree._Element:
    """Adds an element with the value as POHODA prints it: words true and false, decimals with a dot."""
    element = etree.SubElement(parent, tag(name))
    printed = text(value)
    if printed:
        element.text = printed
    return element


def add_filled(parent: etree._Element, name: str, value: Any) -> None:
    """Adds an element unless the value is NULL; an empty text makes an empty element, as real exports have."""
    if value is not None:
        add(parent, name, value)


def text(value: Any) -> str:
    """A value as the program prints it; control characters, which XML cannot hold, are left out."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return f"{Decimal(str(value)):f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))
    return _NOT_XML.sub("", str(value))
