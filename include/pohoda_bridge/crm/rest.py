"""A CRM with a plain REST API as a `Side`: all it knows of the CRM is the CRM's file."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pohoda_bridge.catalogue import Crm, Mapped
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.answer import folded
from pohoda_bridge.crm.api import api_of
from pohoda_bridge.crm.children import Children, Family
from pohoda_bridge.crm.describing import describe
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.finding import Finder
from pohoda_bridge.crm.http import Http
from pohoda_bridge.crm.listing import Listing
from pohoda_bridge.crm.names import Names
from pohoda_bridge.crm.period import earliest, within
from pohoda_bridge.crm.relinking import Relinker
from pohoda_bridge.crm.ruled import ruled
from pohoda_bridge.crm.shape import Shape, identity, shape_of
from pohoda_bridge.crm.users import by_name
from pohoda_bridge.crm.wire import Forms
from pohoda_bridge.crm.writing import Writer
from pohoda_bridge.side import Answer, Lookup, Mark, Pack, Reading, Relink, Row, Window

log = logging.getLogger(__name__)


class RestCrm:
    """One CRM installation. Nothing is sent before the first question; `close` lets go of the connections.

    `mappings`: agenda -> canonical name -> its place in the CRM (the flow's mapping, with the link's changes);
    an agenda that is not in it goes by the CRM's file. `system` is the name under which POHODA's records are marked
    as coming from here. `clock` gives aware times, `sleep` waits; `wait_budget` is what one call may wait for a busy
    service, in seconds.
    """

    def __init__(
        self,
        crm: Crm,
        connection: Connection,
        mappings: Mapping[str, Mapping[str, Mapped]],
        *,
        system: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        wait_budget: float = 60.0,
    ) -> None:
        self._crm = crm
        self._api = api_of(crm)
        self._system = system or crm.crm
        self._zone = ZoneInfo(crm.timezone)
        self._mappings = mappings
        self._forms = Forms(self._api.date, self._api.datetime, self._zone, self._api.system.id)
        self._shapes: dict[str, Shape] = {}
        self._users: dict[str, str] | None = None
        self._clock = clock
        self._http = Http(self._api, connection, clock=clock, sleep=sleep, wait_budget=wait_budget)
        self._listing = Listing(self._http, self._api, self._forms)
        self._names = Names(self._http, self._api, self._listing, self._forms, self._system)
        self._children = Children(self._http, self._api, self._listing)
        self._finder = Finder(self._http, self._api, self._listing, self._children)
        self._writer = Writer(self._http, self._api, self._finder, self._children, self._names)
        self._relinker = Relinker(self._http, self._api, self._finder)

    def describe(self, agenda: str) -> Mapping[str, str]:
        """Canonical name -> live kind on the wire. StopAgenda names the fields that are gone or of another kind."""
        return describe(self._http, self._api, self._shape(agenda))

    def ready(self, agenda: str) -> None:
        """Rights to write cannot be asked for by themselves: what `describe` reaches is all that is known before."""
        self.describe(agenda)

    def read(self, agenda: str, window: Window) -> Reading:
        """The records of the window, those saved shortly before it included (the file's overlap)."""
        shape = self._shape(agenda)
        return Reading(self._now(shape), self._parts(shape, window))

    def ids(self, agenda: str) -> frozenset[str]:
        """All ids of the agenda's entity, also of records moved out of the agenda: they are not deleted."""
        shape = self._shape(agenda)
        system = self._api.system
        fields = ",".join(filter(None, (system.id, system.modified))) if self._api.list.fields else ""
        pages = self._listing.walk(shape.entity, fields=fields)
        return frozenset(shape.identity(record) for page in pages for record in page)

    def mark_of(self, technical_id: str, agenda: str | None = None) -> Mark:
        return Mark(self._system, technical_id)

    def id_of(self, agenda: str, mark: Mark) -> str | None:
        return mark.id if mark.source == self._system else None

    def look_up(self, agenda: str, wanted: Sequence[Lookup]) -> list[list[Row]]:
        """The matching rows of each look-up. A key's text is found as the service's own equality finds it."""
        return self._finder.look_up(self._shape(agenda), wanted) if wanted else []

    def write(self, agenda: str, pack: Pack) -> list[Answer]:
        return self._writer.write(self._shape(agenda), pack)

    def updates(self, agenda: str) -> bool:
        return not self._crm.entities[self._shape(agenda).entity].read_only

    def relinks(self, agenda: str) -> bool:
        return self._api.marks

    def relink(self, agenda: str, wanted: Sequence[Relink], until: float) -> list[Answer]:
        return self._relinker.relink(self._shape(agenda), wanted, until)

    def deletes(self, agenda: str) -> bool:
        """Whether the CRM's file knows an operation for it."""
        return self._shape(agenda).deletes

    def marks(self, agenda: str) -> bool:
        return self._shape(agenda).deleted is not None

    def searchable(self, agenda: str) -> bool:
        return self._api.marks and self._api.filters

    def pack_size(self, agenda: str) -> int:
        return self._writer.pack_size

    def writable(self, agenda: str) -> frozenset[str]:
        """Mapped fields that the CRM lets write; read-only ones of the live service count once `describe` saw them."""
        return self._shape(agenda).writable

    def users(self) -> Mapping[str, str]:
        """Read once; nobody where the CRM's file names no users."""
        if self._users is None and (users := self._crm.users):
            wanted = (self._api.system.id, self._api.system.modified, *users.by, users.active)
            fields = ",".join(filter(None, wanted)) if self._api.list.fields else ""
            records = (record for page in self._listing.walk(users.entity, fields=fields) for record in page)
            self._users = by_name(users, ((identity(self._api, folded(record)), record) for record in records))
        return self._users or {}

    def close(self) -> None:
        self._http.close()

    def _shape(self, agenda: str) -> Shape:
        if agenda not in self._shapes:
            mapping = self._mappings.get(agenda)
            self._shapes[agenda] = shape_of(self._crm, self._api, agenda, mapping, self._forms, self._names)
        return self._shapes[agenda]

    def _now(self, shape: Shape) -> datetime:
        """The service's clock, asked for before the first row; ours when the service does not tell its own."""
        try:
            date = self._http.read(self._api.ping).date if self._api.ping else self._listing.peek(shape.entity).date
        except Failure:
            date = self._listing.peek(shape.entity).date
        if date is None:
            log.warning("%s does not tell its time; ours is taken", self._crm.title)
        return (date or self._clock()).astimezone(self._zone).replace(tzinfo=None)

    def _parts(self, shape: Shape, window: Window) -> Iterator[list[Row]]:
        if window.ids is not None:
            yield from filter(None, self._finder.by_ids(shape, window.ids))
            return
        begin = earliest(window.since, self._api.overlap_seconds, self._zone)
        filtered = begin is not None and self._api.rank >= 1 and self._api.list.since is not None
        since = self._forms.write_moment(begin) if begin and filtered else ""
        family = Family()
        where = ruled(self._api, shape, window.rules) if window.whole else ""
        for records in self._listing.walk(shape.entity, since=since, where=where):
            rows = [shape.row(record) for record in records if shape.belongs(record)]
            if part := [row for row in rows if within(row["_saved"], begin, window.until)]:
                self._children.fill(shape, part, family)
                family.drop()
                yield part
