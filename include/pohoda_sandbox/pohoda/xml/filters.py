"""Filters and paging of an address-book request as one WHERE clause with bound values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.clock import stored
from pohoda_sandbox.pohoda.xml.names import child, children, text_of
from pohoda_sandbox.pohoda.xml.query_filter import QueryError, translated

ADDRESS_BOOK = 13
PLAIN = {
    "company": "Firma",
    "name": "Jmeno",
    "city": "Obec",
    "street": "Ulice",
    "zip": "PSC",
    "ico": "ICO",
    "dic": "DIC",
}
EXTERNAL = (
    "AD.ID IN (SELECT e.RefDocID FROM sExtID e JOIN sExtSys s ON s.ID = e.RefExtSys "
    f"WHERE e.RelAgID = {ADDRESS_BOOK} AND e.IDS = ? AND s.IDS = ?)"
)


class FilterError(Exception):
    """The request cannot be answered; the text becomes the item's note."""


@dataclass(frozen=True)
class Where:
    """Conditions joined by AND, their values in order, and how many records at most."""

    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    count: int | None = None

    def also(self, condition: str, *values: Any) -> "Where":
        return Where((*self.conditions, condition), (*self.values, *values), self.count)

    @property
    def sql(self) -> str:
        clause = " AND ".join(f"({condition})" for condition in self.conditions) or "1 = 1"
        return f"WHERE {clause} ORDER BY AD.ID" + (f" LIMIT {self.count}" if self.count else "")


def limited(where: Where, content: etree._Element, prefix: str, id_column: str) -> Where:
    """Adds `idFrom` (inclusive) and `count` of the request's limit."""
    limit = child(content, f"{prefix}:limit")
    if limit is None:
        return where
    start, count = text_of(child(limit, "ftr:idFrom")), text_of(child(limit, "ftr:count"))
    if start:
        where = where.also(f"{id_column} >= ?", int(start))
    return Where(where.conditions, where.values, int(count)) if count else where


def address_book(content: etree._Element, columns: set[str], named: Mapping[str, str]) -> Where:
    """All conditions of a `lAdb:listAddressBookRequest`; `named` are the queries users saved. Raises FilterError."""
    where = limited(Where(), content, "lAdb", "AD.ID")
    inner = child(content, "lAdb:requestAddressBook")
    return where if inner is None else selected(where, inner, columns, named)


def selected(where: Where, inner: etree._Element, columns: set[str], named: Mapping[str, str]) -> Where:
    """Adds the conditions of `ftr:filter`, `ftr:queryFilter` and `ftr:userFilterName`. Raises FilterError."""
    fixed = child(inner, "ftr:filter")
    for condition in children(fixed) if fixed is not None else ():
        where = _filtered(where, condition)
    query = child(inner, "ftr:queryFilter")
    if query is not None and text_of(child(query, "ftr:filter")):
        where = _queried(where, text_of(child(query, "ftr:filter")), columns)
    name = text_of(child(inner, "ftr:userFilterName"))
    if name:
        if name not in named:
            raise FilterError(f"Uživatelský filtr '{name}' nebyl v agendě Adresář nalezen.")
        where = _queried(where, named[name], columns)
    return where


def described(inner: etree._Element) -> str:
    """The same conditions in the words of the program: `(Firma = 'A') AND (ICO = '1')`."""
    fixed, query = child(inner, "ftr:filter"), child(inner, "ftr:queryFilter")
    words = []
    for element in children(fixed) if fixed is not None else ():
        name = etree.QName(element).localname
        value = " ".join(filter(None, (text_of(part) for part in children(element)))) or text_of(element)
        words.append(f"({PLAIN.get(name, name)} = '{value}')")
    words += [f"({text_of(part)})" for part in children(query) if text_of(part)] if query is not None else []
    name = text_of(child(inner, "ftr:userFilterName"))
    return " AND ".join([*words, f"({name})"] if name else words)


def _filtered(where: Where, element: etree._Element) -> Where:
    name = etree.QName(element).localname
    value = text_of(element)
    if name in PLAIN:
        return where.also(f"AD.{PLAIN[name]} = ?" if value else f"COALESCE(AD.{PLAIN[name]}, '') = ?", value)
    if name == "id":
        return where.also("AD.ID = ?", int(value))
    if name == "lastChanges":
        since = stored(datetime.fromisoformat(value))
        return where.also("COALESCE(AD.DatSave, AD.DatCreate) >= ?", since)
    if name == "extId":
        parts = (text_of(child(element, "typ:ids")), text_of(child(element, "typ:exSystemName")))
        return where.also(EXTERNAL, *parts)
    if name == "number":
        return _numbered(where, element)
    raise FilterError(f"Filtr '{name}' agenda Adresář nezná.")


def _numbered(where: Where, element: etree._Element) -> Where:
    number = text_of(child(element, "typ:numberRequested"))
    series, code = text_of(child(element, "typ:id")), text_of(child(element, "typ:ids"))
    if number:
        where = where.also("AD.Cislo = ?", number)
    if series:
        where = where.also("AD.RelCR = ?", int(series))
    elif code:
        where = where.also("AD.RelCR IN (SELECT ID FROM sCRady WHERE IDS = ?)", code)
    return where


def _queried(where: Where, condition: str, columns: set[str]) -> Where:
    try:
        return where.also(translated(condition, "AD", columns))
    except QueryError as error:
        raise FilterError(str(error)) from error
