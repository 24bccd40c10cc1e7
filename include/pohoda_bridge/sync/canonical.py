"""The sides as the steps compare them: whatever a side keeps, its rows come and go in the canonical form.

A CRM keeps what people typed: an IČO with spaces is the same IČO. POHODA as a target keeps its own fields: its rows are
shaped like those of a source, and what is written is restored to its fields from the record as it stands.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.records.keys import business_key
from pohoda_bridge.side import (
    Answer,
    Collected,
    Hiding,
    Item,
    Later,
    Lookup,
    Mark,
    Pack,
    Partial,
    Reading,
    Row,
    Side,
    Window,
)
from pohoda_bridge.sync.by_key import ByKey
from pohoda_bridge.sync.shape import as_rows, of_crm, of_pohoda, restorable, restored


class CrmRows:
    """A CRM with its mapped values in the form that POHODA's have; satisfies `Side` for the flow's agenda."""

    def __init__(self, side: Side, flow: Flow) -> None:
        self.side = side
        self._flow = flow
        self._others: dict[tuple[str, str], list[str]] = {}
        self._all: list[Row] | None = None
        self._keys: dict[tuple[str, ...], dict[str | None, list[Row]]] = {}

    def rows(self, rows: list[Row]) -> list[Row]:
        """Rows of the side in canonical form. Words of a list that the mapping does not know are the CRM's own."""
        listed = {name: mapped.values for name, mapped in self._flow.mapping.items() if mapped.values}
        shown = of_crm(rows, self._flow)
        for row in shown:
            for name, words in listed.items():
                if isinstance(row.get(name), list):
                    self._others[row["_id"], name] = [word for word in row[name] if word not in words]
                    row[name] = [word for word in row[name] if word in words] or None
        return shown

    def describe(self, agenda: str) -> Mapping[str, str]:
        return self.side.describe(agenda)

    def ready(self, agenda: str) -> None:
        self.side.ready(agenda)

    def read(self, agenda: str, window: Window) -> Reading:
        reading = self.side.read(agenda, window)
        return Reading(reading.now, (self.rows(part) for part in reading.parts))

    def ids(self, agenda: str) -> frozenset[str]:
        return self.side.ids(agenda)

    def deleted(self, agenda: str, ids: Collection[str]) -> frozenset[str]:
        return self.side.deleted(agenda, ids) if isinstance(self.side, Hiding) else frozenset(ids)

    def closed(self, agenda: str, record: Row) -> str | None:
        return self.side.closed(agenda, record) if isinstance(self.side, Partial) else None

    def mark_of(self, technical_id: str, agenda: str | None = None) -> Mark:
        return self.side.mark_of(technical_id, agenda)

    def id_of(self, agenda: str, mark: Mark) -> str | None:
        return self.side.id_of(agenda, mark)

    def look_up(self, agenda: str, wanted: Sequence[Lookup]) -> list[list[Row]]:
        """By key over all of the agenda, which is read once: no side can be asked for a value in any other form."""
        direct = [look for look in wanted if look.key is None]
        found = iter(self.side.look_up(agenda, direct) if direct else [])
        return [self.rows(next(found)) if look.key is None else self._by_key(agenda, look.key) for look in wanted]

    def write(self, agenda: str, pack: Pack) -> list[Answer]:
        self._forget()
        items = [replace(item, values=self._with_others(item)) for item in pack.items]
        return self._shown(self.side.write(agenda, replace(pack, items=items)))

    def searchable(self, agenda: str) -> bool:
        return self.side.searchable(agenda)

    def pack_size(self, agenda: str) -> int:
        return self.side.pack_size(agenda)

    def writable(self, agenda: str) -> frozenset[str]:
        return self.side.writable(agenda)

    def updates(self, agenda: str) -> bool:
        return self.side.updates(agenda)

    def users(self) -> Mapping[str, str]:
        return self.side.users()

    def deletes(self, agenda: str) -> bool:
        return self.side.deletes(agenda)

    def marks(self, agenda: str) -> bool:
        return self.side.marks(agenda)

    def close(self) -> None:
        self.side.close()

    def _with_others(self, item: Item) -> dict[str, object]:
        """The values to write, lists with the words that the CRM alone knows: they stay as they were last read."""
        kept = {name: self._others.get((item.target_id or "", name)) for name in item.values}
        return {name: sorted([*(value or []), *(kept[name] or [])]) if kept[name] else value
                for name, value in item.values.items()}  # fmt: skip

    def _forget(self) -> None:
        self._all = None
        self._keys.clear()

    def _by_key(self, agenda: str, key: Mapping[str, object]) -> list[Row]:
        if self._all is None:
            self._all = [row for part in self.read(agenda, Window()).parts for row in part]
        names = tuple(key)
        if names not in self._keys:
            index = self._keys.setdefault(names, {})
            for row in self._all:
                index.setdefault(business_key(names, row), []).append(row)
        wanted = business_key(names, key)
        return self._keys[names].get(wanted, []) if wanted else []

    def _shown(self, answers: Iterable[Answer]) -> list[Answer]:
        return [
            replace(answer, row=self.rows([answer.row])[0]) if answer.row is not None else answer for answer in answers
        ]


class PohodaRows(CrmRows):
    """POHODA as a target: rows shaped, what is written restored to POHODA's own fields."""

    def __init__(self, side: Side, flow: Flow) -> None:
        super().__init__(side, flow)
        self._keyed = ByKey(side, flow)

    def rows(self, rows: list[Row]) -> list[Row]:
        return as_rows(of_pohoda(rows, self._flow)) if rows else []

    def write(self, agenda: str, pack: Pack) -> list[Answer]:
        self._forget()
        now = self._stand(agenda, pack.items)
        answers: dict[str, Answer] = {}
        items: list[Item] = []
        wanted = {item.id: item for item in self._keyed.named(pack.items)}
        for item in wanted.values():
            own = self._restored(agenda, item, now.get(item.target_id or "", {}))
            if item.action == "update" and not own.values and item.target_id in now:
                answers[item.id] = Answer(item.id, "written", now[item.target_id])
            else:
                items.append(own)
        if items:
            written = self.side.write(agenda, replace(pack, items=items))
            answers |= {one.item_id: self._keyed.shown(wanted[one.item_id], one) for one in self._shown(written)}
        return [answers[item.id] for item in pack.items]

    def handed(self, packs: Sequence[str]) -> frozenset[str]:
        return self._later.handed(packs)

    def collect(self, agenda: str, packs: Sequence[Pack]) -> Collected:
        self._forget()
        now = self._stand(agenda, [item for pack in packs for item in pack.items])
        own = [self._own(agenda, pack, now) for pack in packs]
        found = self._later.collect(agenda, own)
        wanted = {item.id: item for pack in packs for item in self._keyed.named(pack.items)}
        shown = {
            pack: [self._keyed.shown(wanted[one.item_id], one) for one in self._shown(answers)]
            for pack, answers in found.answers.items()
        }
        return replace(found, answers=shown)

    def answered(self) -> frozenset[str]:
        return self._later.answered()

    def put_away(self, packs: Sequence[str]) -> None:
        self._later.put_away(packs)

    def writable(self, agenda: str) -> frozenset[str]:
        return restorable(self._flow, self.side.writable(agenda))

    def _own(self, agenda: str, pack: Pack, now: Mapping[str, Row]) -> Pack:
        items = self._keyed.named(pack.items)
        return replace(pack, items=[self._restored(agenda, one, now.get(one.target_id or "", {})) for one in items])

    @property
    def _later(self) -> Later:
        assert isinstance(self.side, Later)
        return self.side

    def _stand(self, agenda: str, items: Sequence[Item]) -> dict[str, Row]:
        """The records that are to be changed, as they stand now."""
        ids = tuple(sorted({item.target_id for item in items if item.action == "update" and item.target_id}))
        parts = self.read(agenda, Window(ids=ids)).parts if ids else ()
        return {row["_id"]: row for part in parts for row in part}

    def _restored(self, agenda: str, item: Item, now: Row) -> Item:
        """The item in POHODA's own fields: of an update those that differ from the record as it stands."""
        if item.action not in {"create", "update"}:
            return item
        own = self.side.writable(agenda)
        fields = {name: value for name, value in restored(dict(item.values), now, self._flow).items() if name in own}
        if item.action == "create":
            constants = {name: value for name, value in self._flow.given_to_pohoda.items() if name in own}
            return replace(item, values={**constants, **fields})
        changed = {n: v for n, v in fields.items() if n in item.values or canonical(v) != canonical(now.get(n))}
        return replace(item, values=changed)
