"""All years of a unit, read as one: the newest first; what POHODA carried over into a newer year comes from there."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice

from pohoda_bridge.catalogue import Agenda, Alike, Unit
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.alike import numbered
from pohoda_bridge.pohoda.custom import carries
from pohoda_bridge.pohoda.fold import folded, value_of
from pohoda_bridge.pohoda.gather import gathered
from pohoda_bridge.pohoda.reader import Custom, Reader
from pohoda_bridge.side import Lookup, Reading, Row, Window

Open = Callable[[int], Reader]


class Years:
    """Reads agendas with their forms, folds and years; `open` gives the reader of one year, which is opened once."""

    def __init__(self, unit: Unit, open: Open) -> None:
        self.newest = max(unit.years)
        self._unit = unit
        self._opening = open
        self._readers: dict[int, Reader] = {}

    def reader(self, year: int | None = None) -> Reader:
        """The reader of a year, the newest by default."""
        asked = year or self.newest
        if asked not in self._readers:
            self._readers[asked] = self._opening(asked)
        return self._readers[asked]

    def describe(self, agenda: Agenda) -> Mapping[str, str]:
        return {name: kind for part in agenda.parts for name, kind in self.reader().describe(part).items()}

    def custom(self, agenda: Agenda) -> list[Custom]:
        """The custom fields that the agenda's records carry; none where they are parts or forms of other records."""
        return list(self.reader().custom(agenda)) if carries(agenda) else []

    def read(self, agenda: Agenda, window: Window) -> Reading:
        """As `Side.read`. The clock is that of the newest year's source, asked before its first row.

        Nothing tells when rows changed that are gathered: their agenda is read whole, whatever the window's times.
        """
        if agenda.forms or agenda.fold is not None or agenda.alike is not None:
            window = replace(window, rules=())
        if agenda.gather is not None and window.ids is None:
            window = Window()
        first, *others = [(year, part) for year in self._years(agenda) for part in agenda.recorded]
        opened = self._part(*first, window)
        return Reading(opened.now, self._gathered(agenda, self._parts(agenda, first, opened, others, window)))

    def ids(self, agenda: Agenda) -> frozenset[str]:
        asked = [(year, part) for year in self._years(agenda) for part in agenda.recorded]
        return frozenset().union(*(self.reader(year).ids(part) for year, part in asked))

    def look_up(self, agenda: Agenda, wanted: Sequence[Lookup]) -> list[list[Row]]:
        """Technical ids are looked up in their own year and table, marks and keys in the newest year."""
        found: list[list[Row]] = [[] for _ in wanted]
        for year in self._years(agenda):
            for part in agenda.recorded:
                places = [place for place, lookup in enumerate(wanted) if self._belongs(lookup, year, agenda, part)]
                if places:
                    answers = self.reader(year).look_up(part, [wanted[place] for place in places])
                    for place, rows in zip(places, answers, strict=True):
                        found[place] += self._formed(part, self._whole(year, part, rows))
        whole = chain.from_iterable(self._gathered(agenda, iter([[row for rows in found for row in rows]])))
        return [list(islice(whole, len(rows))) for rows in found]

    def close(self) -> None:
        readers, self._readers = self._readers, {}
        for reader in readers.values():
            reader.close()

    def _years(self, agenda: Agenda) -> list[int]:
        return sorted(self._unit.years, reverse=True) if agenda.years == "all" else [self.newest]

    def _parts(
        self,
        agenda: Agenda,
        first: tuple[int, Agenda],
        opened: Reading,
        others: Iterable[tuple[int, Agenda]],
        window: Window,
    ) -> Iterator[list[Row]]:
        yield from self._told(*first, opened.parts)
        for year, part in others:
            yield from self._told(year, part, self._part(year, part, window).parts)

    def _told(self, year: int, part: Agenda, parts: Iterable[list[Row]]) -> Iterator[list[Row]]:
        for rows in parts:
            if kept := self._formed(part, self._not_carried(year, part, rows)):
                yield kept

    @staticmethod
    def _formed(part: Agenda, rows: list[Row]) -> list[Row]:
        return [{**row, "form": part.form} for row in rows] if part.form is not None else rows

    def _gathered(self, agenda: Agenda, parts: Iterator[list[Row]]) -> Iterator[list[Row]]:
        """The records with what is gathered onto them; those of one form have the names of the others, empty."""
        gather = agenda.gather
        filled = (rows for rows in parts if rows)
        if agenda.forms:
            nothing = dict.fromkeys(agenda.own_names)
            filled = ([{**nothing, **row} for row in rows] for rows in filled)
        first = next(filled, None)
        if gather is None or first is None:
            yield from chain([] if first is None else [first], filled)
            return
        (form,) = [part for part in agenda.parts if part.form == gather.form]
        with gathered(gather, self.reader().read(form, Window()).parts) as known:
            for rows in chain([first], filled):
                yield from known.completed(rows)

    def _part(self, year: int, part: Agenda, window: Window) -> Reading:
        reading = self.reader(year).read(part, self._within(year, part, window))
        if part.fold is None and part.alike is None:
            return reading
        if window.whole and part.fold is not None:
            return Reading(reading.now, folded(part.fold, reading.parts))
        if window.whole and part.alike is not None:
            return Reading(reading.now, numbered(part.alike, reading.parts))
        return Reading(reading.now, (self._whole(year, part, rows) for rows in reading.parts))

    def _whole(self, year: int, part: Agenda, rows: list[Row]) -> list[Row]:
        """Of rows that were read alone the records that they belong to, with all of their rows, or their numbers."""
        if part.alike is not None and rows:
            return self._numbered(year, part, part.alike, rows)
        if part.fold is None or not rows:
            return rows
        fold = part.fold
        wanted = {value_of(fold, row) for row in rows}
        values = sorted({str(row[fold.by[0]]) for row in rows if value_of(fold, row) is not None})
        alone = [row for row in rows if value_of(fold, row) is None]
        mates = self.reader(year).having(part, fold.by[0], values) if values else iter(())
        together = {row["_id"]: row for found in mates for row in found if value_of(fold, row) in wanted}
        ordered = sorted([*together.values(), *alone], key=lambda row: identity.parsed(row["_id"]) or (0, "", 0))
        return [record for made in folded(fold, [ordered]) for record in made]

    def _numbered(self, year: int, part: Agenda, alike: Alike, rows: list[Row]) -> list[Row]:
        """The rows with their numbers among all that are equal, of which others may not have been read."""
        values = sorted({str(row[alike.among]) for row in rows if row.get(alike.among)})
        mates = (row for found in self.reader(year).having(part, alike.among, values) for row in found)
        together = {row["_id"]: row for row in (*mates, *rows)}
        (known,) = numbered(alike, [list(together.values())])
        turns = {row["_id"]: row[alike.into] for row in known}
        return [{**row, alike.into: turns[row["_id"]]} for row in rows]

    @staticmethod
    def _within(year: int, part: Agenda, window: Window) -> Window:
        if window.ids is None:
            return window
        table = part.read.sql.table
        own = tuple(known for known in window.ids if identity.number_in(known, year, table) is not None)
        return Window(ids=own)

    def _not_carried(self, year: int, part: Agenda, rows: list[Row]) -> list[Row]:
        """The rows that no newer year has."""
        newer = [other for other in self._years(part) if other > year]
        if part.carried is None or not newer or not rows:
            return rows
        name = part.carried
        values = sorted({str(row[name]) for row in rows if row.get(name)})
        met = {
            str(row[name]).casefold()
            for other in newer
            for found in self.reader(other).having(part, name, values)
            for row in found
        }
        return [row for row in rows if str(row.get(name)).casefold() not in met]

    def _belongs(self, lookup: Lookup, year: int, agenda: Agenda, part: Agenda) -> bool:
        """Whether this part of this year can answer the look-up."""
        if lookup.mark is None and lookup.id is not None:
            return identity.number_in(lookup.id, year, part.read.sql.table) is not None
        searched = part.form == agenda.form or set(lookup.key or ()) <= set(part.fields)
        return year == self.newest and searched
