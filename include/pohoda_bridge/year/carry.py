"""Which record of the new year is which known one: by its business key, by number and natural key, never by a guess."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.ledger import Binding, bindings
from pohoda_bridge.pohoda.identity import parsed
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.side import Row, Window
from pohoda_bridge.sync import Job
from pohoda_bridge.sync.decide import Known
from pohoda_bridge.sync.match import natural_keys
from pohoda_bridge.sync.refer import References
from pohoda_bridge.sync.shape import as_rows, shape

Natural = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Carried:
    """A known record and its id in the new year. `how`: bound (it was so already), key, number, person."""

    binding: int
    crm_id: str
    old: str
    new: str
    how: str


@dataclass(frozen=True)
class Doubtful:
    """A known record that may be one of these of the new year; a person decides."""

    old: str
    candidates: tuple[str, ...]
    why: str


@dataclass
class Carrying:
    """What the new year holds of one agenda of a link. `left` are known records without a pair in the new year."""

    link: str
    agenda: str
    newest_only: bool
    carried: list[Carried] = field(default_factory=list)
    ambiguous: list[Doubtful] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    def fresh(self) -> list[Carried]:
        """Those that were not bound under their new id yet."""
        return [one for one in self.carried if one.how != "bound"]


@dataclass(frozen=True)
class Decisions:
    """What a person says: `same` (old id -> new id) are one record; `apart` are new ones although they look known."""

    same: Mapping[str, str] = field(default_factory=dict)
    apart: frozenset[str] = frozenset()


@dataclass
class _Year:
    """The new year's records: key -> ids, and each one's values of the natural keys; `free` are nobody's pair yet."""

    by_key: dict[str, list[str]] = field(default_factory=dict)
    natural: dict[str, Row] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)


def carry(job: Job, year: int, decisions: Decisions) -> Carrying:
    """Hold every bound record of a flow to the CRM against what the year holds; nothing is written."""
    made = Carrying(job.flow.link.link, job.agenda, job.flow.agenda.years == "newest")
    with job.ledger.transaction() as ledger:
        by_id = bindings.all_of(ledger, job.scope)
    there = _read(job, year)
    pairs = {technical: binding for technical, binding in by_id.items() if _year(technical) == year}
    known: dict[int, Binding] = {}
    for technical, binding in sorted(by_id.items()):
        if _year(technical) < year:
            known[binding.id] = binding
    for technical, binding in pairs.items():
        old = known.pop(binding.id, binding)
        made.carried.append(Carried(binding.id, binding.crm_id, old.technical, technical, "bound"))
    there.free = set(there.natural) - pairs.keys()
    search = _Search(made, there, natural_keys(job))
    rest = search.by_person(list(known.values()), decisions.same)
    there.free -= decisions.apart
    rest = search.by_number(search.by_key(rest))
    search.left(rest)
    found = {one.new for one in made.carried}
    made.new = sorted(set(there.natural) - found)
    return made


@dataclass
class _Search:
    """Each step takes the records that the one before did not find, and gives those that it does not find either."""

    made: Carrying
    there: _Year
    keys: list[tuple[str, ...]]

    def by_person(self, known: list[Binding], same: Mapping[str, str]) -> list[Binding]:
        rest = []
        for binding in known:
            new = same.get(binding.technical)
            if new is not None and new in self.there.free:
                self._carried(binding, new, "person")
            else:
                rest.append(binding)
        return rest

    def by_key(self, known: list[Binding]) -> list[Binding]:
        """The whole business key; of several records with it the one that has the number too."""
        rest = []
        for binding in known:
            hits = [new for new in self.there.by_key.get(binding.key, ()) if new in self.there.free]
            same = [new for new in hits if self.made.newest_only and _number(new) == _number(binding.technical)]
            if len(hits) == 1 or len(same) == 1:
                self._carried(binding, (same or hits)[0], "key")
            elif hits:
                self._doubtful(binding, hits, "several records have its key")
            else:
                rest.append(binding)
        return rest

    def by_number(self, known: list[Binding]) -> list[Binding]:
        """POHODA's number of the row, with a natural key as the second witness."""
        numbers = self._numbers()
        rest = []
        for binding in known:
            twin = numbers.get(_number(binding.technical))
            if twin is not None and set(_values(self.there.natural[twin], self.keys)) & set(self._known(binding)):
                self._carried(binding, twin, "number")
            else:
                rest.append(binding)
        return rest

    def left(self, known: list[Binding]) -> None:
        """What only looks alike is for a person; the rest has no pair in the new year."""
        numbers, index = self._numbers(), self._index()
        for binding in known:
            hits = sorted({new for value in self._known(binding) for new in index.get(value, ())})
            twin = numbers.get(_number(binding.technical))
            if hits:
                self._doubtful(binding, hits, "its key changed; these have a part of it")
            elif twin is not None:
                self._doubtful(binding, [twin], "it has its number, and nothing else of it")
            else:
                self.made.left.append(binding.technical)

    def _carried(self, binding: Binding, new: str, how: str) -> None:
        self.made.carried.append(Carried(binding.id, binding.crm_id, binding.technical, new, how))
        self.there.free.discard(new)

    def _doubtful(self, binding: Binding, candidates: list[str], why: str) -> None:
        self.made.ambiguous.append(Doubtful(binding.technical, tuple(candidates), why))

    def _numbers(self) -> dict[tuple[str, int] | None, str]:
        """Free records by table and number, where the new year's database is a copy of the old one's."""
        return {_number(new): new for new in self.there.free} if self.made.newest_only else {}

    def _known(self, binding: Binding) -> list[Natural]:
        return _values(binding.pohoda, self.keys)

    def _index(self) -> dict[Natural, list[str]]:
        index: dict[Natural, list[str]] = {}
        for new in self.there.free:
            for value in _values(self.there.natural[new], self.keys):
                index.setdefault(value, []).append(new)
        return index


def _read(job: Job, year: int) -> _Year:
    there = _Year()
    names = {name for key in natural_keys(job) for name in key}
    for part in job.source.read(job.agenda, Window()).parts:
        rows = [row for row in part if _year(row["_id"]) == year]
        shaped = as_rows(shape(rows, job.flow)) if rows else []
        with job.ledger.transaction() as ledger:
            references = References.of(ledger, job, shaped)
        for row in shaped:
            known = references.resolve(row)
            there.natural[row["_id"]] = {name: canonical(known.record.get(name)) for name in names}
            if key := Known.key_of(job.flow.agenda.key, known.keyed):
                there.by_key.setdefault(key, []).append(row["_id"])
    return there


def _values(row: Mapping[str, Any], keys: list[tuple[str, ...]]) -> list[Natural]:
    """The natural keys that are filled: their names and values."""
    found = [(key, tuple(str(row.get(name)) for name in key)) for key in keys if key]
    return [(key, values) for key, values in found if all(row.get(name) is not None for name in key)]


def _year(technical: str) -> int:
    found = parsed(technical)
    return found[0] if found else 0


def _number(technical: str) -> tuple[str, int] | None:
    found = parsed(technical)
    return found[1:] if found else None
