"""eWay-CRM as a `Side`: its web service in one session, its names out of its file."""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from pohoda_bridge.catalogue import Crm, Mapped
from pohoda_bridge.connections import Connection
from pohoda_bridge.crm.eway.about import introduced
from pohoda_bridge.crm.eway.api import api_of
from pohoda_bridge.crm.eway.custom import CustomFields
from pohoda_bridge.crm.eway.describing import describe
from pohoda_bridge.crm.eway.finding import Finder
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.keeping import Keep, Memory, Tokens
from pohoda_bridge.crm.eway.lines import LineRemoval
from pohoda_bridge.crm.eway.names import Library
from pohoda_bridge.crm.eway.paging import Pages
from pohoda_bridge.crm.eway.positions import Positions
from pohoda_bridge.crm.eway.price_list import PriceList
from pohoda_bridge.crm.eway.rates import Rates
from pohoda_bridge.crm.eway.reading import Reader, rows_of
from pohoda_bridge.crm.eway.refusing import Refusals
from pohoda_bridge.crm.eway.related import Related
from pohoda_bridge.crm.eway.relations import Relations
from pohoda_bridge.crm.eway.removal import Removal
from pohoda_bridge.crm.eway.rights import Rights
from pohoda_bridge.crm.eway.saving import Saver
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import GUID, Shape, shape_of, whole
from pohoda_bridge.crm.eway.writing import PACK_SIZE, Writer
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.period import earliest, within
from pohoda_bridge.crm.users import by_name
from pohoda_bridge.crm.wire import Forms
from pohoda_bridge.side import About, Answer, Lookup, Mark, Pack, Reading, Row, Window

KEPT = timedelta(days=29)
"""So far back the service surely still knows what was deleted: it keeps thirty days."""
log = logging.getLogger(__name__)


class EwayCrm:
    """One installation. Nothing is sent before the first question; `close` logs out.

    `mappings`, `system`, `clock`, `sleep`, `wait_budget` are those of `RestCrm`. `tokens` keeps the refresh token of a
    connection with OAuth; `positions` keeps change ids between runs: without it every incremental read is a full one.
    `home`: the currency that the accounting unit keeps its books in.
    """

    def __init__(
        self,
        crm: Crm,
        connection: Connection,
        mappings: Mapping[str, Mapping[str, Mapped]],
        *,
        system: str | None = None,
        home: str = "EUR",
        tokens: Tokens | None = None,
        positions: Keep | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        wait_budget: float = 60.0,
    ) -> None:
        self._crm = crm
        self._api = api_of(crm, connection.extra)
        self._system = system or crm.crm
        self._zone = ZoneInfo(crm.timezone)
        self._mappings = mappings
        self._clock = clock
        self._session = Session(self._api, connection, tokens, clock=clock, sleep=sleep, wait_budget=wait_budget)
        self._positions = Positions(positions or Memory())
        self._versions: dict[str, int] = {}
        self._shapes: dict[str, Shape] = {}
        self._price_lists: dict[str, PriceList] = {}
        self._home = home
        self._users: dict[str, str] | None = None
        library = Library(self._session, self._api)
        forms = Forms("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z", self._zone, GUID)
        related = Related(self._session)
        rates = Rates(self._session, library, self._api.exchange, forms, home)
        self._parts = (forms, library, CustomFields(self._session), related, rates)
        self._pages = Pages(self._session, self._api)
        self._reader = Reader(self._session, self._api.guids_per_call, self._pages)
        self._finder = Finder(self._reader, self._api.searches)
        saver = Saver(self._session, self._reader, wave=self._api.ignore_warnings)
        self._rights = Rights(self._session)
        refusals = Refusals(self._rights, self._finder)
        relations = Relations(self._session, library, related)
        removal = Removal(self._session, self._reader, saver, relations)
        lines = LineRemoval(self._session, self._reader, saver)
        self._writer = Writer(self._reader, saver, relations, lines, removal, refusals, self._versions)

    def describe(self, agenda: str) -> Mapping[str, str]:
        """Canonical name -> kind. StopAgenda names the columns that are gone."""
        prices = self._prices(agenda)
        shapes = prices.shapes if prices else [self._shape(agenda)]
        kinds = [describe(self._session, shape, self._rights) for shape in shapes]
        return {name: kind for told in kinds for name, kind in told.items()}

    def about(self, read: Collection[str], written: Collection[str]) -> About:
        """Its version, the rights to the agendas' modules that our user lacks, and whether it serves pages."""
        folders = [{agenda: self._shape(agenda).folder for agenda in agendas} for agendas in (read, written)]
        about = introduced(self._session, self._rights, *folders)
        fault = self._pages.tried([*folders[0].values(), *folders[1].values()])
        return replace(about, warnings=(*about.warnings, fault)) if fault else about

    def ready(self, agenda: str) -> None:
        """Rights to write cannot be asked for by themselves: what `describe` reaches is all that is known before."""
        self.describe(agenda)

    def read(self, agenda: str, window: Window) -> Reading:
        """The records of the window, some saved shortly before it included.

        A window that begins at a time is read by change ids, as far as one was noted before that time and the service
        still keeps its history (30 days); otherwise everything is read and filtered here.
        """
        shape = self._shape(agenda)
        prices = self._prices(agenda)
        if prices or window.ids is not None:
            parts = prices.read(window.ids) if prices else rows_of(shape, self._reader.some(shape, window.ids or ()))
            return Reading(self._naive(self._clock()), self._noted(parts))
        change, document = self._reader.last_change()
        if document.date is None:
            log.warning("%s does not tell its time; ours is taken", self._crm.title)
        now = self._naive(document.date or self._clock())
        begin = earliest(window.since, self._api.overlap_seconds, self._zone)
        base = self._positions.before(window.since, begin) if window.since and begin else None
        self._positions.note(now, change)
        guids = self._changed(shape, base, change) if base is not None else None
        return Reading(now, self._within(shape, guids, begin, window.until))

    def ids(self, agenda: str) -> frozenset[str]:
        """The guids of all records. StopAgenda when the user may not see all of them."""
        shape, prices = self._shape(agenda), self._prices(agenda)
        if prices:
            return prices.ids()
        self._rights.whole(shape)
        if not shape.spec.picked:
            return frozenset(self._reader.guids(shape))
        return frozenset(str(item[GUID]).lower() for part in self._reader.everything(shape) for item in part)

    def deleted(self, agenda: str, ids: Collection[str]) -> frozenset[str]:
        """Those of these ids that the service tells as deleted within its history; the others are hidden.

        All of them when no change id from its history is known, and of a part of an item those that it shows empty.
        """
        shape = self._shape(agenda)
        if self._prices(agenda) or not ids:
            return frozenset(ids)
        shown = self._reader.some(whole(shape), ids) if shape.spec.part_of else ()
        emptied = {same(item[GUID]) for part in shown for item in part}
        change, document = self._reader.last_change()
        base = self._positions.oldest(self._naive(document.date or self._clock()) - KEPT)
        try:
            removed = self._reader.removed(shape, base, change) if base is not None else frozenset(ids)
        except Failure as failure:
            log.warning("%s; what is hidden cannot be told from what was deleted", failure)
            removed = frozenset(ids)
        return frozenset(ids) & (removed | emptied)

    def mark_of(self, technical_id: str, agenda: str | None = None) -> Mark:
        return Mark(self._system, technical_id)

    def id_of(self, agenda: str, mark: Mark) -> str | None:
        return mark.id if mark.source == self._system else None

    def look_up(self, agenda: str, wanted: Sequence[Lookup]) -> list[list[Row]]:
        """The matching rows of each look-up. No record carries our mark: what we made is found by its item."""
        prices = self._prices(agenda)
        look_up = prices.look_up if prices else partial(self._finder.look_up, self._shape(agenda))
        found = look_up(wanted) if wanted else []
        self._shown(row for rows in found for row in rows)
        return found

    def write(self, agenda: str, pack: Pack) -> list[Answer]:
        prices = self._prices(agenda)
        return prices.write(pack) if prices else self._writer.write(self._shape(agenda), pack)

    def closed(self, agenda: str, record: Row) -> str | None:
        """Why no method of the service writes the record: a part of the price list."""
        prices = self._prices(agenda)
        return prices.closed(record) if prices else None

    def updates(self, agenda: str) -> bool:
        return True

    def deletes(self, agenda: str) -> bool:
        """Every folder has its method for it; a part of an item is emptied."""
        prices = self._prices(agenda)
        return prices.deletes if prices else not self._crm.entities[self._shape(agenda).entity].read_only

    def marks(self, agenda: str) -> bool:
        return self._shape(agenda).deleted is not None

    def searchable(self, agenda: str) -> bool:
        """A new record has the guid that its item chose, and is found by it at once."""
        return True

    def pack_size(self, agenda: str) -> int:
        return PACK_SIZE

    def writable(self, agenda: str) -> frozenset[str]:
        prices = self._prices(agenda)
        return prices.writable if prices else self._shape(agenda).writable

    def users(self) -> Mapping[str, str]:
        """Read once, as far as our own user may see them."""
        if self._users is None and (users := self._crm.users):
            self._users = by_name(users, self._reader.people(users.entity))
        return self._users or {}

    def close(self) -> None:
        self._session.close()

    def _shape(self, agenda: str) -> Shape:
        if agenda not in self._shapes:
            self._shapes[agenda] = shape_of(self._crm, self._api, agenda, self._mappings.get(agenda), self._parts)
        return self._shapes[agenda]

    def _prices(self, agenda: str) -> PriceList | None:
        """The door to an agenda that lies in several folders."""
        shape = self._shape(agenda)
        if shape.spec.beside and agenda not in self._price_lists:
            parts = (self._session, self._reader, self._finder, self._writer)
            self._price_lists[agenda] = PriceList(shape, *parts, home=self._home)
        return self._price_lists.get(agenda)

    def _naive(self, moment: datetime) -> datetime:
        return moment.astimezone(self._zone).replace(tzinfo=None)

    def _noted(self, parts: Iterator[list[Row]]) -> Iterator[list[Row]]:
        for rows in parts:
            self._shown(rows)
            yield rows

    def _changed(self, shape: Shape, base: int, change: int) -> list[str] | None:
        """The guids that changed since; None when the history does not reach back so far."""
        try:
            return self._reader.changed(shape, base, change)
        except Failure as failure:
            log.warning("%s; %s is read whole", failure, shape.folder)
            return None

    def _within(
        self, shape: Shape, guids: Sequence[str] | None, begin: datetime | None, until: datetime | None
    ) -> Iterator[list[Row]]:
        """By change ids everything that changed counts, whatever time it carries; else the time decides."""
        parts = self._reader.everything(shape) if guids is None else self._reader.some(shape, guids)
        for rows in rows_of(shape, parts):
            if part := [row for row in rows if within(row["_saved"], begin if guids is None else None, until)]:
                yield part

    def _shown(self, rows: Any) -> None:
        """Note the versions of records as they are given out: writes are held against them."""
        self._versions.update({row["_id"]: row["_version"] for row in rows})
