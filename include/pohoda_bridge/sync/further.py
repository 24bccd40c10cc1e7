"""A CRM whose records of one agenda lie in several entities: each id tells the entity that its record is of.

Records of the first entity have the ids that the CRM gives; those of a further one have its name before that. New
records are made in the first. What becomes of such a record when it goes on in another entity is told by the row there.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pohoda_bridge.side import Answer, Lookup, Pack, Reading, Row, Window
from pohoda_bridge.sync.canonical import CrmRows


class FurtherRows(CrmRows):
    """All records of the flow's agenda, whatever entity they are of."""

    def read(self, agenda: str, window: Window) -> Reading:
        """The clock is that of the first entity, which is read first."""
        places = self._places(window.ids) if window.ids is not None else dict.fromkeys(self._names)
        readings = {
            name: self.side.read(self._flow.part(name), window if ids is None else replace(window, ids=tuple(ids)))
            for name, ids in places.items()
        }
        first = next(iter(readings.values()), None) or self.side.read(agenda, Window(ids=()))
        return Reading(first.now, self._parts(readings.items()))

    def describe(self, agenda: str) -> Mapping[str, str]:
        further = [self.side.describe(self._flow.part(name)) for name in self._flow.to_crm.further]
        return {name: kind for told in (*further, super().describe(agenda)) for name, kind in told.items()}

    def ids(self, agenda: str) -> frozenset[str]:
        return frozenset(_full(name, one) for name in self._names for one in self.side.ids(self._flow.part(name)))

    def deleted(self, agenda: str, ids: Collection[str]) -> frozenset[str]:
        found: set[str] = set()
        for name, some in self._places(ids).items():
            found.update(_full(name, one) for one in super().deleted(self._flow.part(name), some))
        return frozenset(found)

    def look_up(self, agenda: str, wanted: Sequence[Lookup]) -> list[list[Row]]:
        """A record that an item of ours made is of the first entity."""
        found: list[list[Row]] = []
        for look in wanted:
            name, own = self._placed(look.id or "")
            if look.id is None or not name:
                found += super().look_up(agenda, [look])
            else:
                (rows,) = self.side.look_up(self._flow.part(name), [replace(look, id=own)])
                found.append(self.rows(_named(name, rows)))
        return found

    def write(self, agenda: str, pack: Pack) -> list[Answer]:
        """Each item where its record is; the answers in the order of the items."""
        places: dict[str, list[str]] = {}
        for item in pack.items:
            places.setdefault(self._placed(item.target_id or "")[0], []).append(item.id)
        answers: dict[str, Answer] = {}
        for name, ids in places.items():
            items = [item for item in pack.items if item.id in ids]
            if name:
                items = [replace(item, target_id=self._placed(item.target_id or "")[1]) for item in items]
            told = super().write(self._flow.part(name), replace(pack, items=items))
            answers |= {one.item_id: _answered(name, one) for one in told}
        return [answers[item.id] for item in pack.items]

    @property
    def _names(self) -> list[str]:
        return ["", *self._flow.to_crm.further]

    def _placed(self, identity: str) -> tuple[str, str]:
        """The name of the further entity that the id tells, "" for the first, and the id that the CRM knows."""
        name, _, own = identity.partition("/")
        return (name, own) if name in self._flow.to_crm.further else ("", identity)

    def _places(self, ids: Collection[str]) -> dict[str, list[str]]:
        places: dict[str, list[str]] = {}
        for name, own in map(self._placed, ids):
            places.setdefault(name, []).append(own)
        return places

    def _parts(self, readings: Iterable[tuple[str, Reading]]) -> Iterator[list[Row]]:
        for name, reading in readings:
            for rows in reading.parts:
                yield self.rows(_named(name, rows))


def _named(name: str, rows: Sequence[Row]) -> list[Row]:
    return [{**row, "_id": _full(name, row["_id"])} for row in rows]


def _full(name: str, identity: str) -> str:
    return f"{name}/{identity}" if name else identity


def _answered(name: str, answer: Answer) -> Answer:
    return replace(answer, row=_named(name, [answer.row])[0]) if answer.row is not None else answer
