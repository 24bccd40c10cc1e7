"""A listing: which rows a request wants, what belongs to them, and how they are written, a page of ids at a time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from pohoda_sandbox.pohoda.database import Pohoda
from pohoda_sandbox.pohoda.xml.filters import Search, Where, limited, selected
from pohoda_sandbox.pohoda.xml.listings.form import Form, Row
from pohoda_sandbox.pohoda.xml.listings.source import Loose, Source, grouped
from pohoda_sandbox.pohoda.xml.listings.writer import Maker, Writer
from pohoda_sandbox.pohoda.xml.names import child, children, text_of
from pohoda_sandbox.pohoda.xml.requests import Request

PAGE = 500
_OFF_UNLESS_ASKED = frozenset({"attachments", "liquidations"})


@dataclass(frozen=True)
class Ways:
    """Ways of the program that differ between versions and installations: `empties` writes empty elements where
    there is nothing, `zeros` amounts in foreign currency on lines of documents in home currency, `contract_state`
    the state of a contract as versions before 13200 did."""

    empties: bool = False
    zeros: bool = True
    contract_state: bool = False


@dataclass(frozen=True)
class Ask:
    """One list request to one unit; `named` are the queries users saved."""

    pohoda: Pohoda
    content: etree._Element
    request: Request
    ways: Ways = field(default_factory=Ways)
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def inner(self) -> etree._Element | None:
        return child(self.content, self.request.inner) if self.request.inner else None

    @property
    def system(self) -> str:
        """The system whose external ids are wanted; empty for all."""
        return self.content.get("extSystem") or ""

    @cached_property
    def off(self) -> frozenset[str]:
        """The parts `restrictionData` leaves out."""
        prefix = self.request.name.partition(":")[0]
        given = child(self.content, f"{prefix}:restrictionData")
        said = {etree.QName(part).localname: text_of(part) for part in children(given)} if given is not None else {}
        wanted = {switch for switch, word in said.items() if word == "true"}
        return (_OFF_UNLESS_ASKED - wanted) | {switch for switch, word in said.items() if word == "false"}

    @cached_property
    def settings(self) -> Row:
        return self.pohoda.settings()

    @cached_property
    def country(self) -> str:
        """The country of the installation: CZ or SK."""
        return str(self.pohoda.rows("SELECT LC FROM Verze LIMIT 1")[0]["LC"])


@dataclass(frozen=True)
class Rows:
    """A set of a record: the rows of a table whose column `by` is the record's id."""

    table: str
    by: str = "RefAg"
    where: str = ""
    order: str = "t.OrderFld, t.ID"


@dataclass(frozen=True)
class Listing:
    """One agenda's listing. `kinds` maps an attribute of the request to its column and the words for its numbers;
    `form` gives the elements of a record; `prepare` adds to a page of rows what other tables know of them; `narrow`
    adds conditions of the request's own."""

    record: str
    search: Search
    form: Callable[[Ask], Form]
    sets: Mapping[str, Rows] = field(default_factory=dict)
    kinds: Mapping[str, tuple[str, Mapping[int, str]]] = field(default_factory=dict)
    prepare: tuple[Callable[[Ask, list[Row]], None], ...] = ()
    version: str = "2.0"
    paged: bool = True
    narrow: Callable[[Ask, Where], Where] = lambda ask, where: where

    def write(self, ask: Ask) -> list[bytes]:
        """The records, in Windows-1250, a piece a page. Raises FilterError."""
        ids = [row["ID"] for row in ask.pohoda.rows(*self._wanted(ask))]
        source = Source(ask.pohoda, self.search.table)
        sources = {name: Source(ask.pohoda, rows.table) for name, rows in self.sets.items()}
        write = Maker(sources, ask.off).form(self.form(ask), source)
        pages = (self._page(ask, ids[start : start + PAGE], source, sources) for start in range(0, len(ids), PAGE))
        return [_written(self.record, self.version, page, write) for page in pages]

    def _wanted(self, ask: Ask) -> tuple[Any, ...]:
        search = self.search
        where = Where(alias=search.alias)
        if search.always:
            where = where.also(search.always)
        for attribute, (column, words) in self.kinds.items():
            word = ask.content.get(attribute)
            numbers = [str(number) for number, name in words.items() if word in {name, None}]
            where = where.also(f"{search.alias}.{column} IN ({', '.join(numbers)})")
        if self.paged and ask.request.inner:
            where = limited(where, ask.content, ask.request.inner.partition(":")[0])
        if ask.inner is not None and ask.request.filters:
            columns = set(ask.pohoda.columns(search.table))
            where = self.narrow(ask, selected(where, ask.inner, columns, ask.named, search))
        return f'SELECT {search.alias}.ID FROM "{search.table}" AS {search.alias} {where.sql}', *where.values

    def _page(self, ask: Ask, ids: list[int], source: Source, sources: Mapping[str, Source]) -> list[Row]:
        page = source.rows(ids)
        for name, rows in self.sets.items():
            found = sources[name].rows(ids, by=rows.by, where=rows.where, order=rows.order)
            below = grouped(found, rows.by)
            for row in page:
                row[name] = below.get(row["ID"], [])
        for prepare in self.prepare:
            prepare(ask, page)
        return page


@dataclass(frozen=True)
class Made:
    """A listing of records that are no rows of one table: `rows` makes them, `form` their elements."""

    record: str
    rows: Callable[[Ask], Iterable[Row]]
    form: Form
    version: str = "2.0"

    def write(self, ask: Ask) -> list[bytes]:
        """The records in Windows-1250. Raises FilterError."""
        write = Maker({}, ask.off).form(self.form, Loose())
        text = _written(self.record, self.version, self.rows(ask), write)
        return [text] if text else []


def _written(record: str, version: str, rows: Iterable[Row], write: Writer) -> bytes:
    """The rows' records in Windows-1250; without the name of a record its elements stand alone."""
    numbered = f' version="{version}"' if version else ""
    head, tail = (f"<{record}{numbered}>", f"</{record}>") if record else ("", "")
    out: list[str] = []
    for row in rows:
        out.append(head)
        write(row, out)
        out.append(tail)
    return "".join(out).encode("cp1250", "xmlcharrefreplace")
