"""Exchange rates of the service's own list, for a document's currency on its day; none is ever guessed."""

import logging
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from pohoda_bridge.crm.eway.api import Exchange, Rated
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.names import Library
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.wire import Forms, from_wire
from pohoda_bridge.errors import StopAgenda

Item = Mapping[str, Any]
ONE = Decimal(1)
log = logging.getLogger(__name__)


class Rates:
    """The list of one installation, read at the first document in a foreign currency. `home`: the unit's currency."""

    def __init__(self, session: Session, library: Library, spec: Exchange | None, forms: Forms, home: str) -> None:
        self._session = session
        self._library = library
        self._spec = spec
        self._forms = forms
        self._home = home
        self._rows: list[tuple[str, date | None, date | None, Decimal]] | None = None

    def shown(self, rated: Rated, wire: str, item: Item) -> Decimal | None:
        """Home currency for one unit of the item's own, or that unit; None at home, and where no rate is known."""
        currency = same(item.get(rated.currency))
        if not currency or self._code(currency) == self._home:
            return None
        day = next(filter(None, (self._forms.read_day(item.get(name)) for name in rated.days)), None)
        rate = self._rate(self._code(currency), day) if day else None
        return rate if wire == rated.rate or rate is None else ONE

    def abroad(self, currency: str) -> bool:
        """Whether the guid is that of another currency than the unit's."""
        return self._code(currency) not in {"", self._home}

    def _rate(self, code: str, day: date) -> Decimal | None:
        """That of the newest span that holds the day; None when several began at once and differ."""
        held = [
            (since or date.min, rate)
            for known, since, until, rate in self._known()
            if known == code and (since or date.min) <= day <= (until or date.max)
        ]
        newest = max((since for since, _ in held), default=None)
        found = {rate for since, rate in held if since == newest}
        return found.pop() if len(found) == 1 else None

    def _known(self) -> list[tuple[str, date | None, date | None, Decimal]]:
        if self._rows is None:
            self._rows = [row for item in self._items() if (row := self._row(item))]
        return self._rows

    def _items(self) -> list[Item]:
        if self._spec is None:
            return []
        try:
            return list(self._session.ask(f"Get{self._spec.plural}").at("Data") or ())
        except StopAgenda as error:
            log.warning("eWay-CRM shows no exchange rates (%s)", error.log)
            return []

    def _row(self, item: Item) -> tuple[str, date | None, date | None, Decimal] | None:
        """The span of a rate into the home currency; None for any other, and for one that does not hold."""
        spec = self._spec
        assert spec is not None
        rate = from_wire(item.get(spec.rate), "number", {}, self._forms)
        into, of = self._code(same(item.get(spec.into))), self._code(same(item.get(spec.of)))
        if into != self._home or item.get(spec.valid) is False or not isinstance(rate, Decimal) or rate <= 0:
            return None
        return of, self._forms.read_day(item.get(spec.since)), self._forms.read_day(item.get(spec.until)), rate

    def _code(self, guid: str) -> str:
        return self._library.book(str(self._spec.currencies)).text(guid).upper() if self._spec and guid else ""
