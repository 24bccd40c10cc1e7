"""One accounting year that fills up day by day: what is due on a day is done in the order of days."""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pohoda_sandbox.company.amounts import Exchange, Terms
from pohoda_sandbox.company.codes import SERIES, Codes, Series
from pohoda_sandbox.company.custom import Values
from pohoda_sandbox.company.drawing import Drawing
from pohoda_sandbox.company.partners import Partner, Partners
from pohoda_sandbox.company.rates import Rates, rates
from pohoda_sandbox.company.stock import Stock
from pohoda_sandbox.company.writing import Row, Writer

Case = Callable[["Year", date], None]
_MORNING = 8 * 3600


@dataclass
class Firm:
    """What both years of the unit share. `contracts` are numbers of contracts."""

    home: str
    drawing: Drawing
    codes: Codes
    partners: Partners
    stock: Stock
    custom: Values
    contracts: list[str]


@dataclass
class Year:
    """`first` and `last` are the days that documents may have: the last one is today or the end of the year."""

    firm: Firm
    writer: Writer
    year: int
    now: datetime
    _series: dict[str, Series] = field(default_factory=dict)
    _due: list[tuple[date, int, Callable[[date], None]]] = field(default_factory=list)
    _promised: int = 0

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return max(self.first, min(date(self.year, 12, 31), self.now.date()))

    @property
    def rates(self) -> Rates:
        return rates(self.firm.home, self.first)

    def number(self, series: str) -> dict[str, Any]:
        """Number and series of the next document, as columns."""
        return self._of(series).take()

    def _of(self, series: str) -> Series:
        if series not in self._series:
            self._series[series] = Series(self.writer, self.year, *SERIES[series])
        return self._series[series]

    def later(self, day: date, make: Callable[[date], None]) -> bool:
        """Has something done on a day, and says whether that lies within the year; if not it is forgotten."""
        if day > self.last:
            return False
        self._promised += 1
        heapq.heappush(self._due, (day, self._promised, make))
        return True

    def run(self, cases: Iterable[Case], number: int, done: Callable[[int], None]) -> None:
        """Begins `number` cases, spread over the year, and whatever follows from them. `done` gets their count."""
        days = (self.last - self.first).days
        for place, case in enumerate(cases):
            day = self.first + timedelta(days=days * place // max(1, number))
            self._catch_up(day)
            case(self, day)
            done(place + 1)
        self._catch_up(self.last)

    def close(self) -> None:
        """Adds number series (of every kind if there are documents), the cards as they lie in store, and the rest."""
        for name in SERIES if self._series else ():
            self._of(name)
        for series in self._series.values():
            series.close()
        # Cards were made long before; movements are not known to change when a card was saved.
        made = min(datetime(self.year, 1, 2, 9), self.now)
        self.firm.stock.close_year(self.writer, {"DatCreate": made, "DatSave": made})
        self.writer.flush()

    def _catch_up(self, day: date) -> None:
        while self._due and self._due[0][0] <= day:
            due, _, make = heapq.heappop(self._due)
            make(due)

    def stamps(self, day: date) -> Row:
        """When a document of that day was made and last saved: in the past, and often not since it was made."""
        draw = self.firm.drawing.draw
        made = datetime(day.year, day.month, day.day) + timedelta(seconds=_MORNING + draw.randrange(30_000))
        made = min(made, self.now - timedelta(seconds=60))
        saved = min(made + timedelta(seconds=draw.randrange(200_000)), self.now)
        return {"DatCreate": made, "DatSave": None if draw.randrange(4) == 0 else saved}

    def terms(self, partner: Partner) -> Terms:
        """Terms usual for a partner: home prices at home, mostly exempt ones in a foreign currency abroad."""
        drawing, home = self.firm.drawing, self.firm.home
        if partner.country in {home, ""} or (partner.country in {"CZ", "SK"} and drawing.often(60)):
            rounding = 1 if home == "CZ" and drawing.often(40) else (4 if home == "SK" and drawing.often(10) else 0)
            return Terms(self.rates, with_vat=drawing.often(20), rounding=rounding)
        return Terms(self.rates, exchange=self.exchange(partner.country), exempt=drawing.often(80))

    def exchange(self, country: str) -> Exchange | None:
        """The currency in which a country pays, at the day's rate; None where it is the home currency."""
        code = {"HU": "HUF", "CZ": "CZK"}.get(country, "EUR")
        usual = self.firm.codes.currencies.get(code)
        if usual is None:
            return None
        return Exchange(usual.currency, usual.code, self.moved(usual.kurs), usual.units)

    def moved(self, kurs: Decimal) -> Decimal:
        """A rate some days later."""
        change = Decimal(self.firm.drawing.draw.randrange(-200, 201)) / 10_000
        return (kurs * (1 + change)).quantize(kurs)
