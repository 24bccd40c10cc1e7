"""The partner of a document: the address that was sent, and the record of the address book it stands for."""

from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.xml import address_fields as fields
from pohoda_sandbox.pohoda.xml.filters import EXTERNAL
from pohoda_sandbox.pohoda.xml.imports.outcome import Saving
from pohoda_sandbox.pohoda.xml.imports.parent import SEARCHED
from pohoda_sandbox.pohoda.xml.imports.references import COUNTRY, CodeList, referred
from pohoda_sandbox.pohoda.xml.imports.values import plain
from pohoda_sandbox.pohoda.xml.names import child, children, text_of

Row = dict[str, Any]
_PHONES = {"phone": "Tel", "mobilPhone": "GSM", "fax": "Fax", "email": "Email"}
_MAIN = {f"typ:{name}": column for name, column in (fields.ADDRESS | _PHONES).items()}
_SECOND = {f"typ:{name}": column for name, column in (fields.DELIVERY | fields.DELIVERY_AFTER).items()} | {
    "typ:zip": "PSC2"
}
_COUNTRY2 = CodeList("RefZeme2", "sZeme", agenda=48)
_COPIED = (*_MAIN.values(), "RefZeme")
_COPIED2 = (*_SECOND.values(), "RefZeme2")


def partner(saving: Saving, identity: etree._Element | None, table: str) -> tuple[Row, Row | None]:
    """The partner's columns in a row of `table`, and the address that the document is tied to, if any. What was sent
    stands; a tied address fills the rest."""
    if identity is None:
        return {}, None
    known = saving.pohoda.columns(table)
    address, delivery = child(identity, "typ:address"), child(identity, "typ:shipToAddress")
    linked = _linked(saving, identity, address)
    row: Row = {}
    if linked is not None:
        row = {name: linked[name] for name in (*_COPIED, *_COPIED2) if name.lower() in known}
        row |= {"RefAD": linked["ID"], "RefADdod": _default_delivery(saving, linked["ID"])}
    if address is not None:
        row |= plain(saving, address, _known(_MAIN, known), known)
        row |= referred(saving, children(address), {"typ:country": COUNTRY}, row)
    if delivery is not None and "firma2" in known:
        row |= dict.fromkeys(_COPIED2) | {"RefADdod": None} | _of_id(saving, delivery, linked)
        row |= plain(saving, delivery, _known(_SECOND, known), known)
        row |= referred(saving, children(delivery), {"typ:country": _COUNTRY2}, row)
    return row, linked


def _known(names: dict[str, str], columns: Any) -> dict[str, str]:
    return {name: column for name, column in names.items() if column.lower() in columns}


def _linked(saving: Saving, identity: etree._Element, address: etree._Element | None) -> Row | None:
    """The address by id, by external id, or, when that is asked for, by the first filled of `SEARCHED` that exactly
    one main address has."""
    id, external = child(identity, "typ:id"), child(identity, "typ:extId")
    if id is not None:
        return _one(saving, id, text_of(id), "AD.ID = ?", int(text_of(id)))
    if external is not None:
        parts = text_of(child(external, "typ:ids")), text_of(child(external, "typ:exSystemName"))
        return _one(saving, external, parts[0], EXTERNAL, *parts)
    if address is None or address.get("linkToAddress") not in {"true", "1"}:
        return None
    sent = ((column, text_of(child(address, f"typ:{name}"))) for name, column in SEARCHED.items())
    column, value = next(((column, value) for column, value in sent if value), ("", ""))
    if not value:
        return None
    rows = saving.pohoda.rows(f"SELECT * FROM AD WHERE {column} = ? AND COALESCE(RefAD, 0) = 0 LIMIT 2", value)
    return rows[0] if len(rows) == 1 else None


def _one(saving: Saving, element: etree._Element, asked: str, condition: str, *values: Any) -> Row | None:
    rows = saving.pohoda.rows(f"SELECT * FROM AD WHERE {condition} ORDER BY ID LIMIT 1", *values)
    if not rows:
        saving.changed(element, asked, "")
    return rows[0] if rows else None


def _default_delivery(saving: Saving, address: int) -> int | None:
    rows = saving.pohoda.rows("SELECT MIN(ID) AS ID FROM ADdodaci WHERE RefAg = ? AND Vychozi = 1", address)
    return rows[0]["ID"] if rows else None


def _of_id(saving: Saving, delivery: etree._Element, linked: Row | None) -> Row:
    """The delivery address of the tied address that `typ:id` names."""
    id = child(delivery, "typ:id")
    if id is None:
        return {}
    address = linked["ID"] if linked else None
    rows = saving.pohoda.rows("SELECT * FROM ADdodaci WHERE ID = ? AND RefAg IS ?", int(text_of(id)), address)
    if not rows:
        saving.changed(id, text_of(id), "")
        return {}
    return {name: rows[0][name] for name in _COPIED2} | {"RefADdod": rows[0]["ID"]}
