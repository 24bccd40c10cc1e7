"""Look-ups: rows by our mark, by id, by business key; every hit is checked again, and no answer is never "none"."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.children import Children, Family
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.found import Found
from pohoda_bridge.crm.http import Http, label
from pohoda_bridge.crm.listing import Listing, both, condition, filterable, one_of
from pohoda_bridge.crm.marks import kept
from pohoda_bridge.crm.shape import NoRecord, Shape
from pohoda_bridge.crm.wire import to_wire
from pohoda_bridge.side import Lookup, Row

DRIVERS = ("ref", "text", "option")


class Finder:
    """Searches one service. What a filter cannot ask for exactly is found by a full scan, once for all look-ups."""

    def __init__(self, http: Http, api: Api, listing: Listing, children: Children) -> None:
        self._http = http
        self._api = api
        self._listing = listing
        self._children = children

    def by_ids(self, shape: Shape, ids: Iterable[str]) -> Iterator[list[Row]]:
        """The rows of these ids that exist; in chunks where the service can filter, else one by one."""
        wanted = [one for one in dict.fromkeys(ids) if one]
        chunked = [one for one in wanted if self._api.filters and self._api.filter.in_ and filterable(self._api, one)]
        for where, asked in one_of(self._api, self._api.system.id, chunked):
            for records in self._listing.walk(shape.entity, where=where):
                rows = [row for row in map(shape.row, records) if row["_id"] in asked]
                self._children.fill(shape, rows)
                yield rows
        family = Family()
        for one in wanted:
            if one not in chunked and (record := self.record(shape, one)) is not None:
                row = shape.row(record)
                self._children.fill(shape, [row], family)
                yield [row]

    def by_id(self, shape: Shape, identity: str) -> Row | None:
        """The row of an id, None when the service itself says that there is none."""
        record = self.record(shape, identity)
        if record is None:
            return None
        row = shape.row(record)
        self._children.fill(shape, [row])
        return row

    def record(self, shape: Shape, identity: str) -> Any:
        """The record of an id as the service shows it, None when it says that there is none."""
        try:
            record = self._http.read(self._api.read, shape.entity, identity).at(self._api.envelope.record)
            return record if shape.row(record)["_id"] == identity else None
        except Failure:
            return None
        except NoRecord:
            raise Failure("unreadable", label(self._api.read, shape.entity)).error() from None

    def look_up(self, shape: Shape, wanted: Sequence[Lookup]) -> list[list[Row]]:
        found = Found(shape, wanted, marks=self._api.marks)
        for rows in self.by_ids(shape, found.ids):
            found.take(rows)
        everything = False
        for where in (*self._mark_filters(found), *self._key_filters(shape, found)):
            if where:
                for records in self._listing.walk(shape.entity, where=where):
                    found.take(map(shape.row, records), [shape.belongs(record) for record in records])
            else:
                everything = True
        if everything:
            for records in self._listing.walk(shape.entity):
                found.take(map(shape.row, records), [shape.belongs(record) for record in records])
        self._children.fill(shape, [row for rows in found.results for row in rows])
        return found.results

    def _mark_filters(self, found: Found) -> Iterator[str]:
        """Filters that together show every wanted mark; "" where only a full scan can."""
        system = self._api.system
        by_source: dict[str, list[str]] = {}
        for mark in kept(system, found.marks):
            by_source.setdefault(mark.source, []).append(mark.id)
        for source, ids in by_source.items():
            if not (self._api.filters and self._api.marks and filterable(self._api, source)):
                yield ""
                continue
            same = condition(self._api, str(system.source), "eq", source)
            plain = [one for one in ids if filterable(self._api, one)]
            if len(plain) < len(ids):
                yield same
                continue
            for where, _ in one_of(self._api, str(system.external_id), plain):
                yield both(self._api, same, where)

    def _key_filters(self, shape: Shape, found: Found) -> Iterator[str]:
        """Filters by the field of each key that tells most: a reference, else a text; "" where only a full scan can."""
        by_field: dict[str, list[str]] = {}
        for key in found.asked:
            driver = self._driver(shape, key)
            if driver is None:
                yield ""
                return
            by_field.setdefault(driver[0], []).append(driver[1])
        for field, values in by_field.items():
            for where, _ in one_of(self._api, field, values):
                yield where

    def _driver(self, shape: Shape, key: dict[str, Any]) -> tuple[str, str] | None:
        """(wire field, value) to filter by; the rest of the key is compared here."""
        for kind in DRIVERS if self._api.filters else ():
            for name, value in key.items():
                column, mapped = shape.columns[name], shape.mapping[name]
                if column.kind == kind and value is not None and not column.object and not mapped.named:
                    text = to_wire(value, kind, mapped.values or {}, shape.forms)
                    if filterable(self._api, text):
                        return mapped.to, text
        return None
