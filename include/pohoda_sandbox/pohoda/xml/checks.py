"""The sandbox's own checks of a list request, used where Stormware's schemas are not at hand."""

import re
from datetime import date, datetime

from lxml import etree

from pohoda_sandbox.pohoda.xml.names import attributes, children, short, text_of
from pohoda_sandbox.pohoda.xml.requests import Request

_ID = "id"
_MOMENT = "moment"
_DAY = "day"
_PARTS = "parts"
_Kind = int | str

ADDRESSES: dict[str, _Kind] = {
    "id": _ID,
    "extId": _PARTS,
    "company": 255,
    "name": 32,
    "city": 45,
    "street": 64,
    "zip": 15,
    "ico": 15,
    "dic": 18,
    "number": _PARTS,
    "lastChanges": _MOMENT,
    "lastChangesIndividualPrice": _MOMENT,
}
DOCUMENTS: dict[str, _Kind] = {
    "id": _ID,
    "extId": _PARTS,
    "dateFrom": _DAY,
    "dateTill": _DAY,
    "selectedNumbers": _PARTS,
    "selectedCompanys": _PARTS,
    "selectedIco": _PARTS,
    "lastChanges": _MOMENT,
}
STOCK: dict[str, _Kind] = {
    "id": _ID,
    "extId": _PARTS,
    "code": 64,
    "EAN": 255,
    "PLU": 20,
    "name": 255,
    "storage": _PARTS,
    "store": _PARTS,
    "internet": 5,
    "lastChanges": _MOMENT,
}
FILTERS: dict[str, dict[str, _Kind]] = {
    "addresses": ADDRESSES,
    "documents": DOCUMENTS,
    "stock": STOCK,
    "id": {"id": _ID},
}
INNER = ("ftr:filter", "ftr:queryFilter", "ftr:userFilterName")
_EXTERNAL = ("typ:ids", "typ:exSystemName")


class Violation(Exception):
    """The request breaks its structure; names the element and what is wrong, as MSXML would."""

    def __init__(self, element: etree._Element, reason: str) -> None:
        super().__init__(reason)
        self.element = element
        self.reason = reason


def check(request: Request, content: etree._Element) -> None:
    """Raises Violation at the first thing that POHODA's schema would refuse."""
    _attributes(request, content)
    if not request.inner:
        _only(content, (), ordered=True)
        return
    prefix = request.inner.split(":")[0]
    optional = request.filters == "any" and request.inner.endswith(("stores", "agendas"))
    allowed = (f"{prefix}:limit", request.inner, f"{prefix}:restrictionData")
    found = _only(content, allowed if request.restrictions else allowed[:2], ordered=True)
    if request.inner not in found:
        if not optional:
            raise Violation(content, f"Element content is incomplete. Expecting: {request.inner}.")
        return
    for part in children(content):
        if short(part) == request.inner:
            _inner(request, part)
        elif short(part).endswith(":limit"):
            _limit(part)
        else:
            _only(part, tuple(f"{prefix}:{name}" for name in request.restrictions), ordered=False)
            for switch in children(part):
                _word(switch)


def _attributes(request: Request, content: etree._Element) -> None:
    for name in request.required:
        if content.get(name) is None:
            raise Violation(content, f"Required attribute '{name}' is missing.")
    for name, value in attributes(content).items():
        allowed = {**request.required, **request.optional}.get(name)
        if allowed is None:
            raise Violation(content, f"The attribute '{name}' is not defined.")
        if (allowed and value not in allowed) or len(value) > 64:
            raise Violation(content, f"The attribute '{name}' with value '{value}' failed to parse.")


def _inner(request: Request, part: etree._Element) -> None:
    if request.filters == "any":
        return
    _only(part, INNER, ordered=request.ordered)
    known = FILTERS[request.filters]
    for element in children(part):
        if short(element) == "ftr:filter":
            _only(element, tuple(f"ftr:{name}" for name in known), ordered=False)
            for condition in children(element):
                _condition(condition, known[etree.QName(condition).localname])
        elif short(element) == "ftr:queryFilter":
            _only(element, ("ftr:filter", "ftr:textName"), ordered=False)


def _condition(element: etree._Element, kind: _Kind) -> None:
    value = text_of(element)
    if isinstance(kind, int):
        if len(element.text or "") > kind:
            raise _failed(element)
    elif kind == _ID:
        if not re.fullmatch(r"\+?0*[1-9]\d*", value):
            raise _failed(element)
    elif kind == _MOMENT:
        _parsed(element, value)
    elif kind == _DAY:
        try:
            date.fromisoformat(value)
        except ValueError as error:
            raise _failed(element) from error
    elif short(element) == "ftr:extId":
        missing = [name for name in _EXTERNAL if name not in _only(element, (*_EXTERNAL, "typ:exSystemText"))]
        if missing:
            raise Violation(element, f"Element content is incomplete. Expecting: {', '.join(missing)}.")


def _parsed(element: etree._Element, value: str) -> None:
    try:
        if "T" not in value:
            raise ValueError(value)
        datetime.fromisoformat(value)
    except ValueError as error:
        raise _failed(element) from error


def _limit(part: etree._Element) -> None:
    _only(part, ("ftr:idFrom", "ftr:count"), ordered=False)
    for element in children(part):
        value = text_of(element)
        if not re.fullmatch(r"[+-]?\d+", value):
            raise _failed(element)
        if short(element) == "ftr:count" and not 1 <= int(value) <= 10_000:
            raise _failed(element)


def _word(element: etree._Element) -> None:
    if (element.text or "") not in {"true", "false"}:
        raise _failed(element)


def _only(element: etree._Element, allowed: tuple[str, ...], *, ordered: bool = False) -> list[str]:
    """The names of the children. Raises for one that is not allowed, stands twice or, if ordered, out of order."""
    found: list[str] = []
    for part in children(element):
        name = short(part)
        late = ordered and found and name in allowed and allowed.index(name) < allowed.index(found[-1])
        if name not in allowed or name in found or late:
            raise Violation(part, f"Element '{name}' is unexpected according to content model of '{short(element)}'.")
        found.append(name)
    return found


def _failed(element: etree._Element) -> Violation:
    return Violation(element, f"The element with value {text_of(element)} failed to parse.")
