"""The structure of documents the sandbox checks by itself: which children, in which order, holding what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from pohoda_sandbox.pohoda.xml.checks import Violation
from pohoda_sandbox.pohoda.xml.names import attributes, children, short

ID = "id"
SHORT = "short"
DAY = "day"
MONEY = "money"
ANY = "any"
BOOL = frozenset({"true", "false"})
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN")


@dataclass(frozen=True)
class Shape:
    """An element with children. `kinds` gives each child a Shape, a greatest length, allowed words, or a kind above;
    `ordered` wants them in that order, `many` may repeat, `needed` must be there, `one` allows exactly one."""

    kinds: Mapping[str, "Kind"]
    ordered: bool = False
    many: frozenset[str] = frozenset()
    needed: frozenset[str] = frozenset()
    one: bool = False
    attributes: Mapping[str, "frozenset[str]"] = field(default_factory=dict)


Kind = Shape | int | str | frozenset[str]


def fits(element: etree._Element, kind: Kind) -> None:
    """Raises Violation at the first thing in the element that its kind does not allow."""
    if isinstance(kind, Shape):
        _shaped(element, kind)
    elif kind != ANY and (next(children(element), None) is not None or not _holds(text(element), kind)):
        raise Violation(element, f"The element with value {text(element)} failed to parse.")


def text(element: etree._Element) -> str:
    """All text of an element, comments in it left out."""
    return (element.text or "") + "".join(part.tail or "" for part in element)


def _shaped(element: etree._Element, shape: Shape) -> None:
    for name, value in attributes(element).items():
        if value not in shape.attributes.get(name, ()):
            raise Violation(element, f"The attribute '{name}' with value '{value}' failed to parse.")
    order, found = list(shape.kinds), list[str]()
    for part in children(element):
        name = short(part)
        twice = name in found and name not in shape.many
        late = bool(shape.ordered and found and name in order and order.index(name) < order.index(found[-1]))
        if name not in shape.kinds or twice or late or (shape.one and found):
            reason = f"Element '{name}' is unexpected according to content model of '{short(element)}'."
            raise Violation(part, reason)
        found.append(name)
        fits(part, shape.kinds[name])
    missing = [name for name in order if name in shape.needed and name not in found]
    if missing or (shape.one and not found):
        raise Violation(element, f"Element content is incomplete. Expecting: {', '.join(missing or order)}.")


def _holds(value: str, kind: int | str | frozenset[str]) -> bool:
    if isinstance(kind, int):
        return len(value) <= kind
    if isinstance(kind, frozenset):
        return value in kind
    value = value.strip()
    if kind == ID:
        return re.fullmatch(r"\+?0*[1-9]\d*", value) is not None
    if kind == SHORT:
        return not value or (re.fullmatch(r"[+-]?\d+", value) is not None and -32768 <= int(value) <= 32767)
    if kind == MONEY:
        return not value or _NUMBER.fullmatch(value) is not None
    try:
        return bool(date.fromisoformat(value[:10]))
    except ValueError:
        return False
