"""References of a record, of its own and in the rows of its sets, turned into ids of the target.

A reference is known by the id that it names; of another year, or of a card that was folded into another one, by the key
that the agenda file says (`known_by`). One that leads to no bound record makes the record wait; where the mapping calls
it optional, the record goes without it, and again when it is there. A row of a set that is nothing without its
reference waits by itself: the record goes without the row.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from pohoda_bridge.catalogue import Mapped
from pohoda_bridge.ledger import Binding, bindings, deletions
from pohoda_bridge.records.keys import business_key
from pohoda_bridge.records.ordered import in_order
from pohoda_bridge.side import Row
from pohoda_bridge.sync.job import Job


@dataclass(frozen=True)
class Awaited:
    """A record that another one refers to and that is not bound: its agenda, its id, its key where that is known."""

    agenda: str
    technical: str
    key: str | None = None

    def line(self) -> list[str | None]:
        return [self.agenda, self.technical, self.key]


@dataclass(frozen=True)
class Referring:
    """`record` with ids of the target, `keyed` with keys in their place; what it waits for, what it goes without.

    `deleted` is a record that it cannot be made without, and that people deleted on the target.
    """

    record: Row
    keyed: Row
    waits: Awaited | None = None
    deleted: Awaited | None = None
    wishes: Sequence[Awaited] = ()


@dataclass
class References:
    """The pairs that the records of one part refer to."""

    job: Job
    by_id: dict[str, dict[str, Binding]] = field(default_factory=dict)
    by_key: dict[str, dict[str, Binding]] = field(default_factory=dict)
    deleted: dict[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Connection, job: Job, part: Sequence[Row]) -> "References":
        """What the ledger knows of everything that these records refer to."""
        made = cls(job)
        asked: dict[str, set[Awaited]] = {}
        for row in part:
            for awaited in made._asked(row):
                asked.setdefault(awaited.agenda, set()).add(awaited)
        for agenda, wanted in asked.items():
            scope = replace(job.scope, agenda=agenda)
            made.by_id[agenda] = bindings.by_source(ledger, scope, {one.technical for one in wanted})
            keys = {one.key for one in wanted if one.key and one.technical not in made.by_id[agenda]}
            made.by_key[agenda] = bindings.by_key(ledger, scope, keys)
            made.deleted[agenda] = frozenset(deletions.known(ledger, scope.back))
        return made

    def resolve(self, record: Row) -> Referring:
        """The record with its references as the target knows them."""
        resolved, keyed = dict(record), dict(record)
        waits: list[Awaited] = []
        wishes: list[Awaited] = []
        gone: list[Awaited] = []
        for name, mapped in self.job.flow.mapping.items():
            if mapped.fields and isinstance(record.get(name), list):
                rows = [self._row(name, mapped, row, wishes) for row in record[name]]
                there = [row for row in rows if row is not None]
                resolved[name] = (in_order(there) if mapped.entity else there) or None
            elif mapped.ref and record.get(name) is not None:
                awaited = self._awaited(name, mapped.ref, record[name], record)
                binding = self._found(awaited)
                if binding is None:
                    (wishes if mapped.optional else waits).append(awaited)
                elif not mapped.optional and binding.target_id(self.job.flow.direction) in self.deleted[awaited.agenda]:
                    gone.append(awaited)
                resolved[name] = binding.target_id(self.job.flow.direction) if binding else None
                keyed[name] = binding.key if binding else record[name]
        return Referring(resolved, keyed, next(iter(waits), None), next(iter(gone), None), wishes)

    def _row(self, set_: str, mapped: Mapped, row: Row, wishes: list[Awaited]) -> Row | None:
        """A row of a set, without what the CRM has no place for and what it cannot refer to; None when it is nothing
        without that.
        """
        made = {name: value for name, value in row.items() if name in mapped.fields and value is not None}
        for name, part in mapped.fields.items():
            if part.ref and row.get(name) is not None:
                awaited = self._awaited(f"{set_}.{name}", part.ref, row[name], row)
                if (binding := self._found(awaited)) is not None:
                    made[name] = binding.target_id(self.job.flow.direction)
                    continue
                wishes.append(awaited)
                if not part.optional:
                    return None
                del made[name]
        return made

    def _asked(self, record: Row) -> Iterator[Awaited]:
        for awaited in _asked(self.job, record):
            yield awaited if self.job.flow.direction == "to_crm" else replace(awaited, key=None)

    def _awaited(self, name: str, agenda: str, technical: str, beside: Mapping[str, object]) -> Awaited:
        found = _awaited(self.job, name, agenda, technical, beside)
        return found if self.job.flow.direction == "to_crm" else replace(found, key=None)

    def _found(self, awaited: Awaited) -> Binding | None:
        found = self.by_id.get(awaited.agenda, {}).get(awaited.technical)
        return found or self.by_key.get(awaited.agenda, {}).get(awaited.key or "")


@dataclass
class Named:
    """What the records that pairs refer to are called on the target now, by agenda and by any id that they have.

    Last synced values hold ids of the side that was written last, and a document of an older year those of its year.
    """

    job: Job | None = None
    ids: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls, ledger: Connection, job: Job, targets: Iterable[Mapping[str, Any]], synced: Iterable[Mapping[str, Any]]
    ) -> "Named":
        """What the ledger knows of everything that these rows and values refer to; rows of POHODA name it by key too,
        as one of an older year that was never bound.
        """
        asked: dict[str, dict[str, str | None]] = {}
        for row in synced:
            for awaited in _asked(job, row):
                asked.setdefault(awaited.agenda, {})[awaited.technical] = None
        for row in targets:
            for awaited in _asked(job, row):
                key = awaited.key if job.flow.direction == "to_pohoda" else None
                asked.setdefault(awaited.agenda, {})[awaited.technical] = key
        made = cls(job)
        for agenda, ids in asked.items():
            scope = replace(job.scope, agenda=agenda)
            found = bindings.by_target(ledger, scope, ids) | bindings.by_source(ledger, scope, ids)
            by_key = bindings.by_key(ledger, scope, {key for id_, key in ids.items() if key and id_ not in found})
            found |= {id_: by_key[key] for id_, key in ids.items() if id_ not in found and key in by_key}
            newest = bindings.by_crm_id(ledger, scope, {binding.crm_id for binding in found.values()})
            made.ids[agenda] = {
                id_: newest[binding.crm_id].target_id(job.flow.direction) for id_, binding in found.items()
            }
        return made

    def row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with these ids in their references, rows of sets with what the CRM has a place for."""
        made = dict(values)
        for name, mapped in self.job.flow.mapping.items() if self.job else ():
            refs = {part: self.ids.get(inner.ref, {}) for part, inner in mapped.fields.items() if inner.ref}
            if mapped.ref and name in made:
                made[name] = self.ids.get(mapped.ref, {}).get(made[name], made[name])
            elif mapped.fields and isinstance(made.get(name), list):
                there = [{n: v for n, v in row.items() if n in mapped.fields} for row in made[name]]
                rows = [{n: refs[n].get(v, v) if n in refs else v for n, v in row.items()} for row in there]
                made[name] = in_order(rows) if mapped.entity else rows
        return made


def _asked(job: Job, record: Mapping[str, Any]) -> Iterator[Awaited]:
    """Everything that the record refers to, in the rows of its sets too."""
    for name, mapped in job.flow.mapping.items():
        if mapped.ref and record.get(name) is not None:
            yield _awaited(job, name, mapped.ref, record[name], record)
        for part, inner in mapped.fields.items():
            for row in _rows(record.get(name)) if inner.ref else ():
                if row.get(part) is not None:
                    yield _awaited(job, f"{name}.{part}", str(inner.ref), row[part], row)


def _awaited(job: Job, name: str, agenda: str, technical: str, beside: Mapping[str, object]) -> Awaited:
    known = job.flow.agenda.known_by.get(name)
    key = business_key(tuple(known), {part: beside.get(of) for part, of in known.items()}) if known else None
    return Awaited(agenda, technical, key)


def _rows(value: object) -> Iterable[Row]:
    return value if isinstance(value, list) else ()
