"""The price list, behind one door: price levels are items of a folder, a company's own prices are a part of it.

No published method writes either, and none even shows a company's own prices. So three ways are open, by data alone:
nothing is written, and a record says why; the methods that the service is assumed to have (`price_list: assumed`); and
a custom field of the company that a link maps, which holds its prices as a text.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pohoda_bridge.catalogue import Mapped
from pohoda_bridge.crm.eway.belonging import Belongings, Items
from pohoda_bridge.crm.eway.finding import Finder
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.reading import Reader, rows_of
from pohoda_bridge.crm.eway.refusing import gone
from pohoda_bridge.crm.eway.saving import Unsure
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import GUID, Shape, whole
from pohoda_bridge.crm.eway.writing import Writer, target
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.outcome import UNSENT, answer_of
from pohoda_bridge.errors import Retry
from pohoda_bridge.side import Answer, Item, Lookup, Pack, Row

CERTAIN = frozenset({"written", "refused"})


class PriceList:
    """An agenda whose records lie in the folder of its shape, and beside it as parts of other items.

    A part is there as far as it can be shown: with the assumed methods every company has a list, be it an empty one.
    `home`: the currency of the accounting unit.
    """

    def __init__(
        self, shape: Shape, session: Session, reader: Reader, finder: Finder, writer: Writer, *, home: str
    ) -> None:
        self._home = home
        self._session, self._reader, self._finder, self._writer = session, reader, finder, writer
        self._mapping, self._assumed = shape.mapping, shape.api.price_list == "assumed"
        spec = shape.api.folders[str(shape.spec.beside)]
        prefix = shape.api.custom_prefix
        beside = {n: m for n, m in shape.mapping.items() if m.to == spec.owner or m.to.startswith(prefix) or m.fields}
        texts = tuple(mapped.to for mapped in beside.values() if mapped.to.startswith(prefix))
        self._owner = next(name for name, mapped in beside.items() if mapped.to == spec.owner)
        self._level = replace(shape, mapping={n: m for n, m in shape.mapping.items() if n not in beside}, _members=None)
        self._part = _beside(shape, {n: m for n, m in beside.items() if not m.fields}, texts)
        self._sets = {n: m for n, m in beside.items() if m.fields} if self._assumed and not texts else {}
        self._with_sets = _beside(shape, {**self._part.mapping, **self._sets}, texts)
        self._shown = bool(texts or self._sets)

    @property
    def shapes(self) -> list[Shape]:
        """Where its records can be read."""
        return [self._level, self._part] if self._shown else [self._level]

    @property
    def writable(self) -> frozenset[str]:
        return self._level.writable | self._with_sets.writable

    @property
    def deletes(self) -> bool:
        return self._assumed or self._shown

    def closed(self, record: Row) -> str | None:
        """Why no method writes the record; None when it can be written."""
        if not record.get(self._owner):
            return None if self._assumed else self._level.spec.unpublished
        belonging = self._part.spec.belonging
        currency = record.get(belonging.home_only) if belonging and self._sets else None
        if currency not in {None, self._home}:
            return f"eWay-CRM keeps no currency with the prices of a company, and these are in {currency}"
        return None if self._shown else self._part.spec.unpublished

    def read(self, ids: Sequence[str] | None = None) -> Iterator[list[Row]]:
        """The records of these ids, or all, part by part. A text that is empty is none, but the company is there: the
        link may have given its prices another field since."""
        for shape in self.shapes:
            items = self._reader.everything(shape) if ids is None else self._reader.some(whole(shape), ids)
            for rows in rows_of(shape, items):
                yield self._filled(shape, rows)

    def ids(self) -> frozenset[str]:
        return frozenset(row["_id"] for rows in self.read() for row in rows)

    def look_up(self, wanted: Sequence[Lookup]) -> list[list[Row]]:
        found: list[list[Row]] = [[] for _ in wanted]
        for shape in self.shapes:
            places = [n for n, one in enumerate(wanted) if one.key is None or set(one.key) <= set(shape.mapping)]
            hits = self._finder.look_up(shape, [wanted[place] for place in places]) if places else []
            for place, rows in zip(places, hits, strict=True):
                found[place] += self._filled(shape, rows)
        return found

    def write(self, pack: Pack) -> list[Answer]:
        """One answer for each item, in order; nothing is sent any more after the first doubt."""
        levels = self._levels(pack.items)
        answers: dict[str, Answer] = {}
        for shape in (self._level, self._part):
            items = [item for item in pack.items if (item.id in levels) is (shape is self._level)]
            if not all(answer.state in CERTAIN for answer in answers.values()):
                told = [Answer(item.id, "retry", reasons=(UNSENT,)) for item in items]
            elif shape is self._level and not self._assumed:
                told = [Answer(item.id, "refused", reasons=(str(shape.spec.unpublished),)) for item in items]
            elif shape is self._part and self._sets:
                told = self._sets_written(items, pack.until)
            else:
                told = self._writer.write(shape, Pack(pack.id, items, pack.until)) if items else []
            rows = self._filled(shape, [one.row for one in told if one.row is not None])
            by_id = {row["_id"]: row for row in rows}
            answers |= {one.item_id: replace(one, row=one.row and by_id[one.row["_id"]]) for one in told}
        return [answers[item.id] for item in pack.items]

    def _levels(self, items: Sequence[Item]) -> set[str]:
        """The ids of the items that write price levels."""
        asked = [same(item.target_id) for item in items if item.action != "create"]
        there = {same(one[GUID]) for part in self._reader.some(self._level, asked) for one in part}
        made = {item.id for item in items if item.action == "create" and not item.values.get(self._owner)}
        return made | {item.id for item in items if same(item.target_id) in there}

    def _filled(self, shape: Shape, rows: Sequence[Row]) -> list[Row]:
        """The rows with all names of the agenda, and with what belongs to their parts."""
        made = [{**dict.fromkeys(self._mapping), **row} for row in rows]
        for belongings in self._belongings() if shape is self._part and made else ():
            there = belongings.by_owner()
            for row in made:
                row[belongings.name] = belongings.rows(there.get(row["_id"], ()))
        return made

    def _belongings(self) -> Iterator[Belongings]:
        if (spec := self._part.spec.belonging) is not None:
            for name in self._sets:
                yield Belongings(self._session, spec, self._with_sets, self._with_sets.members[name])

    def _sets_written(self, items: Sequence[Item], until: float) -> list[Answer]:
        """A company's own prices, as the rows that belong to it; nothing of the company itself is written."""
        (belongings,) = self._belongings()
        guids = {item.id: target(self._part, item) for item in items}
        try:
            parts = self._reader.some(self._part, guids.values())
            companies = {row["_id"]: row for rows in rows_of(self._part, parts) for row in rows}
            there = belongings.by_owner() if items else {}
        except Retry as error:
            return [Answer(item.id, "retry", reasons=(error.text,)) for item in items]
        told: list[Answer] = []
        for item in items:
            guid = guids[item.id]
            if any(answer.state not in CERTAIN for answer in told):
                told.append(Answer(item.id, "retry", reasons=(UNSENT,)))
            elif guid not in companies:
                told.append(gone(item))
            else:
                answer = self._set_written(belongings, item, guid, there.get(guid, []), until, sent=bool(told))
                stored = answer.state == "written" and item.action != "delete"
                told.append(replace(answer, row=companies[guid]) if stored else answer)
        return told

    def _set_written(
        self, belongings: Belongings, item: Item, guid: str, there: Items, until: float, *, sent: bool
    ) -> Answer:
        wanted = () if item.action == "delete" else item.values.get(belongings.name)
        try:
            if item.action == "delete" or belongings.name in item.values:
                belongings.change(guid, wanted or (), there, until)
        except ValueError as error:
            return Answer(item.id, "refused", reasons=(str(error),))
        except Failure as failure:
            return answer_of(self._with_sets, item, failure, sent=sent)
        except Unsure as unsure:
            return Answer(item.id, "doubt", reasons=(str(unsure),))
        return Answer(item.id, "written", details={"action": "deleted"} if item.action == "delete" else {})


def _beside(shape: Shape, mapping: Mapping[str, Mapped], present: tuple[str, ...]) -> Shape:
    """The shape of the parts, which have the members of the agenda's entity."""
    name, carried = str(shape.spec.beside), shape.crm.agendas[shape.agenda]
    folders = {**shape.api.folders, name: shape.api.folders[name].model_copy(update={"present": present})}
    there = {
        "entities": {**shape.crm.entities, name: shape.crm.entities[shape.entity]},
        "agendas": {**shape.crm.agendas, shape.agenda: carried.model_copy(update={"entity": name})},
    }
    crm, api = shape.crm.model_copy(update=there), shape.api.model_copy(update={"folders": folders})
    return replace(shape, crm=crm, api=api, mapping=mapping, _members=None)
