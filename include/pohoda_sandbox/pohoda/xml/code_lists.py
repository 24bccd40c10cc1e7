"""The listings of centres, activities and accounting units."""

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.filters import FilterError
from pohoda_sandbox.pohoda.xml.names import add, add_filled, child, text_of

_LISTS = {
    "lCen:listCentreRequest": ("sSTR", "lCen", "Centre", "cen"),
    "lAcv:listActivityRequest": ("sCIN", "lAcv", "Activity", "acv"),
}


def write(listing: etree._Element, pohoda: Pohoda, request: str, content: etree._Element) -> None:
    """Adds the list's rows by ascending id; paging does not limit them, the filter is by id alone."""
    table, outer, name, prefix = _LISTS[request]
    inner = child(content, f"{outer}:request{name}")
    if inner is not None and text_of(child(inner, "ftr:userFilterName")):
        raise FilterError(f"Uživatelský filtr '{text_of(child(inner, 'ftr:userFilterName'))}' nebyl nalezen.")
    fixed = child(inner, "ftr:filter") if inner is not None else None
    wanted = text_of(child(fixed, "ftr:id")) if fixed is not None else ""
    for row in pohoda.rows(f"SELECT * FROM {table} WHERE ? IN ('', CAST(ID AS TEXT)) ORDER BY ID", wanted):
        record = add(listing, f"{outer}:{name.lower()}")
        record.set("version", "2.0")
        header = add(record, f"{prefix}:{name.lower()}Header")
        add(header, f"{prefix}:id", row["ID"])
        add_filled(header, f"{prefix}:code", row["IDS"])
        add_filled(header, f"{prefix}:name", row["SText"])
        add_filled(header, f"{prefix}:note", row["Pozn"])
        add(header, f"{prefix}:markRecord", bool(row["Sel"]))


def write_unit(listing: etree._Element, pohoda: Pohoda) -> None:
    """Adds the one accounting unit this server has open."""
    unit = pohoda.settings()
    element = add(listing, "acu:itemAccountingUnit")
    add(element, "acu:id", unit["ID"])
    add(element, "acu:year", unit["Rok"])
    add(element, "acu:yearType", "calendar")
    add(element, "acu:dateFrom", unit["DatRokOd"][:10])
    add(element, "acu:dateTo", unit["DatRokDo"][:10])
    add(element, "acu:unitType", "doubleEntry")
    add(element, "acu:stateType", "legalPerson")
    identity = add(add(element, "acu:accountingUnitIdentity"), "typ:address")
    add(identity, "typ:company", unit["Firma"])
    add_filled(identity, "typ:ico", unit["ICO"])
    add(element, "acu:dataFile", pohoda.database)
    add(element, "acu:key", unit["Klic"])
