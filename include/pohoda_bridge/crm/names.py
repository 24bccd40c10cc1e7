"""Records that others know by a name (warehouses, product groups): looked up once, made when they are not there.

Two of one name would split what belongs together. Where the service finds records by a mark, one is made by upsert,
which the service itself keeps from happening twice. Elsewhere the list is looked through again right after a create,
and the later one of two that were made at once is given up.
"""

import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pohoda_bridge.catalogue.crm import Named
from pohoda_bridge.crm.answer import folded
from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.failure import ON_WRITE, Failure
from pohoda_bridge.crm.found import normal
from pohoda_bridge.crm.http import Http
from pohoda_bridge.crm.listing import Listing
from pohoda_bridge.crm.wire import Forms
from pohoda_bridge.errors import Retry
from pohoda_bridge.side import Mark

log = logging.getLogger(__name__)
Place = tuple[str, str]
Known = tuple[datetime, str, str]


class Names:
    """The names of one installation. `system` marks what is made here."""

    def __init__(self, http: Http, api: Api, listing: Listing, forms: Forms, system: str) -> None:
        self._http = http
        self._api = api
        self._listing = listing
        self._forms = forms
        self._system = system
        self._known: dict[Place, list[Known]] = {}
        self._names: dict[Place, dict[str, str]] = {}
        self._ids: dict[Place, dict[Any, str]] = {}

    def name(self, named: Named, identity: str) -> str:
        """The name of a record, its id where it has none or is gone. Raises Retry, StopAgenda."""
        place = (named.entity, named.by)
        if identity not in self._of(place):
            self._read(place)
            self._names[place].setdefault(identity, identity)
        return self._names[place][identity]

    def identity(self, named: Named, name: str) -> str:
        """The id of the record of that name; of several the first made. Raises ValueError when there is none."""
        place = (named.entity, named.by)
        self._of(place)
        if (found := self._ids[place].get(normal(name))) is None:
            raise ValueError(f"the CRM has no {named.entity} {name!r}")
        return found

    def ensure(self, wanted: Iterable[tuple[Named, str]], until: float) -> None:
        """Make what is not there and may be made. Raises Retry, StopAgenda; a name that is refused stays unknown."""
        for named, name in dict.fromkeys(wanted):
            place = (named.entity, named.by)
            self._of(place)
            if not named.create or normal(name) in self._ids[place]:
                continue
            self._read(place)
            if normal(name) not in self._ids[place]:
                self._make(place, name, until)

    def _make(self, place: Place, name: str, until: float) -> None:
        entity, by = place
        body: dict[str, Any] = {by: name}
        upserts = self._api.upsert if self._api.marks else None
        if upserts:
            mark = Mark(f"{self._system}:{entity}", name)
            body |= {str(self._api.system.source): mark.source, str(self._api.system.external_id): mark.id}
        try:
            record = self._http.write(upserts or self._api.create, entity, "", body, until).at(
                self._api.envelope.record
            )
        except Failure as failure:
            step = ON_WRITE[failure.kind]
            if step == "stop":
                raise failure.error() from None
            self._read(place)
            if normal(name) not in self._ids[place] and step != "refused":
                raise Retry(f"{entity} {by} could not be made: {failure}", after=failure.after) from None
            return
        self._read(place)
        if not upserts and isinstance(record, dict):
            self._settle(place, str(folded(record).get(self._api.system.id.casefold())), until)

    def _settle(self, place: Place, own: str, until: float) -> None:
        """Give up the record just made where another run made one of its name at once, and not after it."""
        made = next((known for known in self._known[place] if known[1] == own), None)
        others = [
            known
            for known in self._known[place]
            if made and known[1] != own and normal(known[2]) == normal(made[2]) and known[0] <= made[0]
        ]
        if not others or self._api.delete is None:
            return
        log.info("several %s of one name were made at once; the later one is given up", place[0])
        try:
            self._http.write(self._api.delete, place[0], own, None, until)
        except Failure as failure:
            log.warning("a second %s of one name stays: %s", place[0], failure)
        self._read(place)

    def _of(self, place: Place) -> dict[str, str]:
        if place not in self._names:
            self._read(place)
        return self._names[place]

    def _read(self, place: Place) -> None:
        entity, by = place
        system = self._api.system
        fields = ",".join(filter(None, (system.id, system.modified, by))) if self._api.list.fields else ""
        found: list[Known] = []
        for page in self._listing.walk(entity, fields=fields):
            for record in map(folded, page):
                saved = self._forms.read_moment(record.get((system.modified or "").casefold()))
                name = record.get(by.casefold())
                if name not in {None, ""}:
                    found.append((saved or datetime.max, str(record[system.id.casefold()]), str(name)))
        self._known[place] = sorted(found)
        self._names[place] = {identity: name for _, identity, name in found}
        self._ids[place] = {}
        for _, identity, name in self._known[place]:
            self._ids[place].setdefault(normal(name), identity)
