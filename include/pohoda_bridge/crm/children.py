"""Sets whose rows are records of their own (stock levels of a product): read with their parents, written after them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.crm.answer import folded
from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.columns import Column
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.http import Http, label
from pohoda_bridge.crm.listing import Listing, filterable, one_of
from pohoda_bridge.crm.pairing import alike, pairs, references
from pohoda_bridge.crm.shape import NoRecord, Shape, identity
from pohoda_bridge.records.ordered import in_order
from pohoda_bridge.side import Row


@dataclass(frozen=True)
class Child:
    """A record of a set: its id, its filled canonical values."""

    id: str
    row: Row


@dataclass
class Family:
    """Children by set and parent. `whole` sets were read for all parents, so that a parent without any has none."""

    of: dict[tuple[str, str], list[Child]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def drop(self) -> None:
        """Forget what was read for single parents."""
        self.of = {key: children for key, children in self.of.items() if key[0] in self.whole}

    def add(self, name: str, parent: str, child: Child) -> None:
        known = self.of.setdefault((name, parent), [])
        if all(one.id != child.id for one in known):
            known.append(child)


class Children:
    """The children in one service. Where it can filter, those of the parents asked for; else all, in one scan."""

    def __init__(self, http: Http, api: Api, listing: Listing) -> None:
        self._http = http
        self._api = api
        self._listing = listing

    def fill(self, shape: Shape, rows: Sequence[Row], family: Family | None = None) -> None:
        """Put the sets into the rows, in an order of their own. `family` keeps what a scan found for further calls."""
        if shape.children and rows:
            family = self.read(shape, [row["_id"] for row in rows], family)
            for column in shape.children:
                for row in rows:
                    row[column.name] = shown(family.of.get((column.name, row["_id"]), ()))

    def read(self, shape: Shape, parents: Sequence[str], family: Family | None = None) -> Family:
        """The children of these parents. Raises Retry, StopAgenda."""
        family = family or Family()
        for column in shape.children:
            asked = [one for one in dict.fromkeys(parents) if (column.name, one) not in family.of]
            if column.name in family.whole or not asked:
                continue
            wanted = set(asked)
            chunks = list(self._filters(column, asked))
            for where in chunks:
                for page in self._listing.walk(str(column.mapped.entity), where=where):
                    for record in page:
                        parent = _parent(column, record, shape)
                        if parent is None or (where and parent not in wanted):
                            continue
                        try:
                            family.add(column.name, parent, self._child(shape, column, record))
                        except NoRecord:
                            raise Failure(
                                "unreadable", label(self._api.list, str(column.mapped.entity))
                            ).error() from None
            if "" in chunks:
                family.whole.add(column.name)
            else:
                for one in asked:
                    family.of.setdefault((column.name, one), [])
        return family

    def write(
        self, shape: Shape, parent: str, column: Column, wanted: Sequence[Row], there: Sequence[Child], until: float
    ) -> list[Row]:
        """Make the set what is wanted, with few calls; its rows as stored. Raises Failure, ValueError."""
        entity = str(column.mapped.entity)
        place = pairs([child.row for child in there], wanted, [references(column), _words(column), []])
        gone = [child for number, child in enumerate(there) if number not in place]
        stored: list[Row] = []
        for row, number in zip(wanted, place, strict=True):
            known = there[number] if number is not None else None
            if known is not None and alike(known.row, row):
                stored.append(known.row)
                continue
            body = column.part(row, shape.forms, shape.names, clears=known is not None)
            if known is None:
                body[str(column.mapped.parent)] = parent
            by = self._api.update if known else self._api.create
            document = self._http.write(by, entity, known.id if known else "", body, until)
            try:
                stored.append(self._child(shape, column, document.at(self._api.envelope.record)).row)
            except NoRecord:
                raise Failure("unreadable", label(by, entity)) from None
        for child in gone:
            if self._api.delete is None:
                stored.append(child.row)
                continue
            try:
                self._http.write(self._api.delete, entity, child.id, None, until)
            except Failure as failure:
                if failure.kind != "gone":
                    raise
        return stored

    def _filters(self, column: Column, parents: Sequence[str]) -> Iterator[str]:
        """Filters that together show the children of the parents; "" where only a full scan can."""
        if not self._api.filters or not all(filterable(self._api, one) for one in parents):
            yield ""
            return
        for where, _ in one_of(self._api, str(column.mapped.parent), parents):
            yield where

    def _child(self, shape: Shape, column: Column, record: Any) -> Child:
        if not isinstance(record, dict):
            raise NoRecord
        return Child(identity(self._api, folded(record)), column.row(record, shape.forms, shape.names))


def shown(children: Iterable[Child]) -> list[Row] | None:
    """The rows of a set, None when there are none."""
    return in_order(child.row for child in children) or None


def _parent(column: Column, record: Any, shape: Shape) -> str | None:
    value = folded(record).get(str(column.mapped.parent).casefold()) if isinstance(record, dict) else None
    if isinstance(value, dict):
        value = folded(value).get(shape.forms.id.casefold())
    return None if value in {None, ""} else str(value)


def _words(column: Column) -> list[str]:
    return [name for name, inner in column.inner.items() if inner.kind == "option"]
