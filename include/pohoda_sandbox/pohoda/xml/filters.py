"""Filters and paging of a list request as one WHERE clause with bound values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.clock import stored
from pohoda_sandbox.pohoda.xml.codes import BRANCH, PERIODS, SERIES
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
_EXTERNAL = (
    "{alias}.ID IN (SELECT e.RefDocID FROM sExtID e JOIN sExtSys s ON s.ID = e.RefExtSys "
    "WHERE e.RelAgID IN ({agendas}) AND e.IDS = ? AND s.IDS = ?)"
)
EXTERNAL = _EXTERNAL.format(alias="AD", agendas=ADDRESS_BOOK)


class FilterError(Exception):
    """The request cannot be answered; the text becomes the item's note."""


@dataclass(frozen=True)
class Search:
    """What filters look at: a table, the name of it in queries, the agenda's title, its agenda numbers in `sExtID`,
    the column of a plain condition, the expression of `dateFrom` and `dateTill`, and what never is listed."""

    table: str
    alias: str
    title: str
    agendas: tuple[int, ...] = ()
    plain: Mapping[str, str] = field(default_factory=dict)
    day: str = ""
    always: str = ""


ADDRESSES = Search("AD", "AD", "Adresář", (ADDRESS_BOOK,), PLAIN)


@dataclass(frozen=True)
class Where:
    """Conditions joined by AND, their values in order, and how many records at most."""

    conditions: tuple[str, ...] = ()
    values: tuple[Any, ...] = ()
    count: int | None = None
    alias: str = "AD"

    def also(self, condition: str, *values: Any) -> "Where":
        return replace(self, conditions=(*self.conditions, condition), values=(*self.values, *values))

    @property
    def sql(self) -> str:
        clause = " AND ".join(f"({condition})" for condition in self.conditions) or "1 = 1"
        return f"WHERE {clause} ORDER BY {self.alias}.ID" + (f" LIMIT {self.count}" if self.count else "")


def limited(where: Where, content: etree._Element, prefix: str) -> Where:
    """Adds `idFrom` (inclusive) and `count` of the request's limit."""
    limit = child(content, f"{prefix}:limit")
    if limit is None:
        return where
    start, count = text_of(child(limit, "ftr:idFrom")), text_of(child(limit, "ftr:count"))
    if start:
        where = where.also(f"{where.alias}.ID >= ?", int(start))
    return replace(where, count=int(count)) if count else where


def selected(
    where: Where,
    inner: etree._Element,
    columns: set[str],
    named: Mapping[str, str],
    search: Search = ADDRESSES,
) -> Where:
    """Adds the conditions of `ftr:filter`, `ftr:queryFilter` and `ftr:userFilterName`; `columns` are the table's in
    lower case, `named` the queries users saved. Raises FilterError."""
    fixed = child(inner, "ftr:filter")
    for condition in children(fixed) if fixed is not None else ():
        where = _filtered(where, condition, search)
    query = child(inner, "ftr:queryFilter")
    if query is not None and text_of(child(query, "ftr:filter")):
        where = _queried(where, text_of(child(query, "ftr:filter")), columns, search)
    name = text_of(child(inner, "ftr:userFilterName"))
    if name:
        if name not in named:
            raise FilterError(f"Uživatelský filtr '{name}' nebyl v agendě {search.title} nalezen.")
        where = _queried(where, named[name], columns, search)
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


def _filtered(where: Where, element: etree._Element, search: Search) -> Where:
    name, alias = etree.QName(element).localname, search.alias
    value = text_of(element)
    if name in search.plain:
        column = f"{alias}.{search.plain[name]}"
        return where.also(f"{column} = ?" if value else f"COALESCE({column}, '') = ?", value)
    if name == "id":
        return where.also(f"{alias}.ID = ?", int(value))
    if name == "lastChanges":
        return where.also(f"COALESCE({alias}.DatSave, {alias}.DatCreate) >= ?", _moment(value))
    if name in {"dateFrom", "dateTill"} and search.day:
        return where.also(f"{search.day} {'>=' if name == 'dateFrom' else '<='} ?", f"{value} 00:00:00")
    if name == "extId" and search.agendas:
        parts = (text_of(child(element, "typ:ids")), text_of(child(element, "typ:exSystemName")))
        return where.also(_EXTERNAL.format(alias=alias, agendas=", ".join(map(str, search.agendas))), *parts)
    if name in _SPECIAL:
        return _SPECIAL[name](where, element, search)
    raise FilterError(f"Filtr '{name}' agenda {search.title} nezná.")


def _moment(value: str) -> str:
    return stored(datetime.fromisoformat(value))


def _numbered(where: Where, element: etree._Element, search: Search) -> Where:
    number = text_of(child(element, "typ:numberRequested"))
    series, code = text_of(child(element, "typ:id")), text_of(child(element, "typ:ids"))
    if number:
        where = where.also(f"{search.alias}.Cislo = ?", number)
    if series:
        where = where.also(f"{search.alias}.RelCR = ?", int(series))
    elif code:
        where = where.also(f"{search.alias}.RelCR IN (SELECT ID FROM sCRady WHERE IDS = ?)", code)
    return where


def _one_of(column: str, below: str = "") -> "Condition":
    def condition(where: Where, element: etree._Element, search: Search) -> Where:
        values = [text_of(child(part, below) if below else part) for part in children(element)]
        return where.also(f"{search.alias}.{column} IN ({', '.join('?' for _ in values)})", *values)

    return condition


def _referred(column: str, table: str, code: str) -> "Condition":
    """A reference by id or by the code of the row it refers to."""

    def condition(where: Where, element: etree._Element, search: Search) -> Where:
        id, ids = text_of(child(element, "typ:id")), text_of(child(element, "typ:ids"))
        if id:
            return where.also(f"{search.alias}.{column} = ?", int(id))
        return where.also(f"{search.alias}.{column} IN (SELECT l.ID FROM {table} l WHERE {code} = ?)", ids)

    return condition


def _individual(where: Where, element: etree._Element, search: Search) -> Where:
    since = "SELECT RefAg FROM ADcn WHERE COALESCE(DatSave, DatCreate) >= ?"
    return where.also(f"{search.alias}.ID IN ({since})", _moment(text_of(element)))


def _flag(where: Where, element: etree._Element, search: Search) -> Where:
    return where.also(f"{search.alias}.IObchod = ?", int(text_of(element) == "true"))


def _worded(column: str, words: Mapping[int, str]) -> "Condition":
    def condition(where: Where, element: etree._Element, search: Search) -> Where:
        numbers = [str(number) for number, word in words.items() if word == text_of(element)]
        return where.also(f"COALESCE({search.alias}.{column}, 1) IN ({', '.join(numbers)})")

    return condition


Condition = Callable[[Where, etree._Element, Search], Where]
_SPECIAL: dict[str, Condition] = {
    "number": _numbered,
    "selectedNumbers": _one_of("Cislo", "typ:numberRequested"),
    "selectedCompanys": _one_of("Firma"),
    "selectedIco": _one_of("ICO"),
    "store": _referred("RefSklad", "sSklad", "l.IDS"),
    "storage": _referred("RefStruct", "SkSt", BRANCH.format(node="l")),
    "internet": _flag,
    "lastChangesIndividualPrice": _individual,
    "agenda": _worded("RelCrAg", SERIES),
    "period": _worded("RelTpObd", PERIODS),
}


def _queried(where: Where, condition: str, columns: set[str], search: Search) -> Where:
    try:
        return where.also(translated(condition, search.alias, columns))
    except QueryError as error:
        raise FilterError(str(error)) from error
