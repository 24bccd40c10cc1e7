"""What a document asks for: add, update or delete, and the records it means."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from pohoda_sandbox.pohoda.xml.filters import FilterError, Where, described, selected
from pohoda_sandbox.pohoda.xml.imports.outcome import DUPLICATE, NO_FILTER, SEVERAL, UNUSABLE, Refused, Saving
from pohoda_sandbox.pohoda.xml.names import child, children


@dataclass(frozen=True)
class Action:
    """`kind` add, update or delete; `otherwise` lets an add update what it finds, an update add what it misses.

    `where` is None without a filter; `found` words it for the answer."""

    kind: str
    element: etree._Element
    otherwise: bool = False
    where: Where | None = None
    found: str = ""


def asked(document: etree._Element, columns: set[str], named: Mapping[str, str]) -> Action:
    """The action of a document; without `adb:actionType` it is an add. Raises Refused."""
    box = child(document, "adb:actionType")
    inside = list(children(box)) if box is not None else []
    if not inside:
        return Action("add", document)
    element = inside[0]
    kind = etree.QName(element).localname
    try:
        where = selected(Where(), element, columns, named)
    except FilterError as error:
        raise Refused(element, UNUSABLE[1].format(reason=error), UNUSABLE[0]) from error
    other = {"add": "update", "update": "add"}.get(kind, "")
    otherwise = bool(other) and element.get(other) == "true"
    return Action(kind, element, otherwise, where if where.conditions else None, described(element))


def target(saving: Saving, action: Action) -> int | None:
    """The one record that the action means, None when there is none. Raises Refused for a guarded add that finds
    one, for several, and for an update or deletion without a filter."""
    if action.where is None:
        if action.kind == "add":
            return None
        raise Refused(action.element, NO_FILTER)
    rows = saving.pohoda.rows(f"SELECT ID FROM AD {action.where.sql} LIMIT 2", *action.where.values)
    if rows and action.kind == "add" and not action.otherwise:
        raise Refused(action.element, DUPLICATE[1].format(found=action.found), DUPLICATE[0])
    if len(rows) > 1:
        raise Refused(action.element, SEVERAL)
    return int(rows[0]["ID"]) if rows else None
