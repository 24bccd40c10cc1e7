"""Whose contact person an address is: `adb:refAddress`."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml.filters import EXTERNAL
from pohoda_sandbox.pohoda.xml.imports.outcome import Saving
from pohoda_sandbox.pohoda.xml.names import child, text_of

SEARCHED = {"ico": "ICO", "dic": "DIC", "icDph": "ICDPH", "company": "Firma", "name": "Jmeno"}
_MAIN = "COALESCE(AD.RefAD, 0) = 0"


def parent(saving: Saving, element: etree._Element | None, before: Mapping[str, Any]) -> dict[str, Any]:
    """The column `RefAD`: the main address by id, external id, or the first filled of `SEARCHED` when exactly one
    has it. What is not found is warned of, and the address stands where it stood."""
    rule = None if element is None else _rule(element)
    if element is None or rule is None:
        return {}
    asked, condition, values = rule
    rows = saving.pohoda.rows(
        f"SELECT ID FROM AD WHERE {condition} AND {_MAIN} AND ID IS NOT ? LIMIT 2", *values, before.get("ID")
    )
    if len(rows) == 1:
        return {"RefAD": rows[0]["ID"]}
    saving.changed(element, asked, before.get("RefAD") or "")
    return {}


def _rule(element: etree._Element) -> tuple[str, str, tuple[Any, ...]] | None:
    id, external, address = (child(element, f"typ:{name}") for name in ("refAD", "extId", "address"))
    if text_of(id):
        return text_of(id), "AD.ID = ?", (int(text_of(id)),)
    if external is not None:
        parts = text_of(child(external, "typ:ids")), text_of(child(external, "typ:exSystemName"))
        return parts[0], EXTERNAL, parts
    if address is None:
        return None
    sent = ((column, text_of(child(address, f"typ:{name}"))) for name, column in SEARCHED.items())
    return next(((value, f"AD.{column} = ?", (value,)) for column, value in sent if value), None)
