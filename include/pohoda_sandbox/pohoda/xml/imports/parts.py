"""The parts of an address, each with an action of its own: without one it is added, however often it is sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml import address_fields as fields
from pohoda_sandbox.pohoda.xml.answers import ProducedPart
from pohoda_sandbox.pohoda.xml.filters import ADDRESS_BOOK
from pohoda_sandbox.pohoda.xml.imports import external
from pohoda_sandbox.pohoda.xml.imports.outcome import NO_FILTER, NOT_SAVED, SEVERAL, Refused, Saving
from pohoda_sandbox.pohoda.xml.imports.references import CodeList, referred
from pohoda_sandbox.pohoda.xml.imports.values import plain
from pohoda_sandbox.pohoda.xml.names import child, children, text_of

_BY_EXTERNAL = (
    "ID IN (SELECT p.RefDocID FROM sExtIDpol p LEFT JOIN sExtID e ON e.ID = p.RefAg "
    "LEFT JOIN sExtSys s ON s.ID = e.RefExtSys WHERE p.RefTable = ? AND p.IDS = ? AND COALESCE(s.IDS, ?) = ?)"
)


@dataclass(frozen=True)
class Part:
    """A kind of part: its table, its elements, and the element a new one must have."""

    name: str
    table: str
    names: Mapping[str, str]
    lists: Mapping[str, CodeList]
    needed: str = ""

    @property
    def prefix(self) -> str:
        return self.name.split(":", maxsplit=1)[0]


DELIVERY = Part(
    "typ:shipToAddress",
    "ADdodaci",
    {f"typ:{name}": column for name, column in (fields.DELIVERY | fields.DELIVERY_AFTER).items()}
    | {"typ:zip": "PSC2", "typ:defaultShipAddress": "Vychozi"},
    {"typ:country": CodeList("RefZeme2", "sZeme", agenda=48)},
)
ACCOUNT = Part(
    "adb:accountItem",
    "ADucet",
    {f"adb:{name}": column for name, column in (fields.ACCOUNT | fields.BANK).items()}
    | {"adb:defaultAccount": "Vychozi"},
    {"adb:bankState": CodeList("BankaStat", "sZeme", agenda=48)},
    needed="adb:accountNumber",
)


def write(saving: Saving, address: int, part: Part, elements: Iterable[etree._Element]) -> list[ProducedPart]:
    """Carries out each element on the parts of one address; what was done, in order. Raises Refused."""
    done = [_written(saving, address, part, element) for element in elements]
    return [produced for produced in done if produced is not None]


def _written(saving: Saving, address: int, part: Part, element: etree._Element) -> ProducedPart | None:
    box = child(element, f"{part.prefix}:actionType")
    inside = list(children(box)) if box is not None else []
    kind = etree.QName(inside[0]).localname if inside else "add"
    id = _found(saving, address, part, inside[0]) if kind != "add" else None
    if kind != "add" and id is None:
        return None
    own = text_of(child(element, f"{part.prefix}:extId")) if part is DELIVERY else ""
    if kind == "delete" and id is not None:
        saving.pohoda.delete(part.table, id)
        return ProducedPart(part.name, "delete", id, own)
    id = _saved(saving, address, part, element, id)
    if id is not None and own:
        external.remember_part(saving.pohoda, ADDRESS_BOOK, address, part.table, id, own)
    return ProducedPart(part.name, kind, id, own) if id is not None else None


def _saved(saving: Saving, address: int, part: Part, element: etree._Element, id: int | None) -> int | None:
    """The id of the part after saving it; an empty new one is not made."""
    pohoda = saving.pohoda
    before = pohoda.rows(f"SELECT * FROM {part.table} WHERE ID = ?", id)[0] if id is not None else {}
    columns = plain(saving, element, part.names, pohoda.columns(part.table))
    columns |= referred(saving, children(element), part.lists, before)
    if id is None and part.needed and not columns.get(part.names[part.needed]):
        raise Refused(element, NOT_SAVED[1].format(reason=f"chybí {part.needed}"), NOT_SAVED[0])
    if id is None and not any(columns.values()):
        return None
    if columns.get("Vychozi"):
        for row in pohoda.rows(f"SELECT ID FROM {part.table} WHERE RefAg = ? AND Vychozi = 1", address):
            pohoda.edit(part.table, row["ID"], Vychozi=False)
    if id is None:
        return pohoda.insert(part.table, RefAg=address, **columns)
    pohoda.edit(part.table, id, **columns)
    return id


def _found(saving: Saving, address: int, part: Part, action: etree._Element) -> int | None:
    """The part that an update or deletion means, among those of this address alone."""
    rules: list[tuple[str, tuple[Any, ...]]] = []
    box = child(action, "ftr:filter")
    for condition in children(box) if box is not None else ():
        if etree.QName(condition).localname == "id":
            rules.append(("ID = ?", (int(text_of(condition)),)))
        else:
            system = text_of(child(condition, "typ:exSystemName"))
            rules.append((_BY_EXTERNAL, (part.table, text_of(child(condition, "typ:ids")), system, system)))
    if not rules:
        raise Refused(action, NO_FILTER)
    clause = " AND ".join(rule for rule, _ in rules)
    values = [value for _, given in rules for value in given]
    rows = saving.pohoda.rows(f"SELECT ID FROM {part.table} WHERE RefAg = ? AND {clause} LIMIT 2", address, *values)
    if len(rows) > 1:
        raise Refused(action, SEVERAL)
    return int(rows[0]["ID"]) if rows else None
