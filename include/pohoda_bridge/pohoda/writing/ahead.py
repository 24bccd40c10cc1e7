"""What must be known before a pack goes: POHODA has the codes, whose sub-records they are, what stood there before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pohoda_bridge.catalogue import Field
from pohoda_bridge.catalogue.field import Codes as CodesOf
from pohoda_bridge.pohoda import identity
from pohoda_bridge.pohoda.reader import Reader, Source
from pohoda_bridge.pohoda.writing import deletion
from pohoda_bridge.pohoda.writing.outgoing import Form, Outgoing
from pohoda_bridge.records import codepage
from pohoda_bridge.side import Answer, Lookup, Row

GONE = "its record is gone from POHODA"
CodeList = CodesOf | None
_Key = str | tuple[tuple[str, Any], ...]


@dataclass
class Ahead:
    """`items` may go; `answers` are of those that need not, or may not; `before`: sub-records by their owner."""

    items: list[Outgoing] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    before: dict[int, frozenset[str]] = field(default_factory=dict)

    def refuse(self, outgoing: Outgoing, *reasons: str, **details: object) -> None:
        self.answers[outgoing.item.id] = Answer(outgoing.item.id, "refused", reasons=reasons, details=details)


class Codes:
    """The codes that POHODA knows, asked once a list; a value that is not there makes it ask again, once."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._known: dict[CodeList, frozenset[str] | None] = {}

    def unknown(self, form: Form, items: Sequence[Outgoing]) -> dict[str, list[str]]:
        """Reasons by item id. What POHODA's lists cannot tell this way of reading is taken for known."""
        wanted = [
            (outgoing.item.id, name, spec, text)
            for outgoing in items
            for name, spec, value in form.coded(outgoing.item)
            if (text := codepage.fitted(value)[0].strip())
        ]
        for again in (False, True):
            lists = {of.codes: of for _, _, of, _ in wanted}
            for codes, spec in lists.items():
                if again or codes not in self._known:
                    self._ask(codes, spec)
            wanted = [(id, name, of, code) for id, name, of, code in wanted if not self._has(of, code)]
        reasons: dict[str, list[str]] = {}
        for id, name, _, code in wanted:
            reasons.setdefault(id, []).append(
                f"{name}: POHODA's list has no such code, {code}; add it there or correct it"
            )
        return reasons

    def _ask(self, of: CodeList, spec: Field) -> None:
        codes = self._reader.codes(spec)
        self._known[of] = None if codes is None else frozenset(code.casefold() for code in codes)

    def _has(self, spec: Field, code: str) -> bool:
        known = self._known.get(spec.codes)
        return known is None or code.casefold() in known


def look(reader: Reader, codes: Codes, form: Form, source: Source, items: Sequence[Outgoing]) -> Ahead:
    """Raises Retry and StopAgenda as the reading does; nothing was sent then."""
    ahead = Ahead()
    if removed := [outgoing for outgoing in items if deletion.deletes(outgoing)]:
        ahead.items, ahead.answers = deletion.look(reader, form, source, removed)
        items = [outgoing for outgoing in items if not deletion.deletes(outgoing)]
    unknown = codes.unknown(form, items)
    for id, reasons in _absent(reader, form, source, items).items():
        unknown.setdefault(id, []).extend(reasons)
    rows = _current(reader, form, items)
    for outgoing in items:
        row = rows.get(outgoing.item.target_id or "")
        if outgoing.item.id in unknown:
            ahead.refuse(outgoing, *unknown[outgoing.item.id])
        elif outgoing.item.target_id in rows and row is None:
            ahead.refuse(outgoing, GONE, gone=True)
        elif row is not None and (moved := [name for name in _moves(form, outgoing) if row.get(name) is None]):
            ahead.refuse(outgoing, f"{moved[0]}: it stands for itself and is not put below another record")
        elif row is not None and form.owner is not None:
            number = identity.number_in(row[form.owner], source.year, source.table_of(form.fields[form.owner].ref))
            if number is None:
                ahead.refuse(outgoing, f"{form.owner}: it belongs to no record of POHODA")
            else:
                ahead.items.append(replace(outgoing, number=number))
        else:
            ahead.items.append(outgoing)
    if form.owner is not None:
        owners = sorted({outgoing.number for outgoing in ahead.items if outgoing.number is not None})
        found = parts_of(reader, form, source, owners)
        ahead.before = {number: frozenset(row["_id"] for row in rows) for number, rows in found.items()}
    return ahead


def parts_of(reader: Reader, form: Form, source: Source, owners: Sequence[int]) -> Mapping[int, list[Row]]:
    """The sub-records of each owner."""
    if form.owner is None:
        return {}
    table = source.table_of(form.fields[form.owner].ref)
    wanted = [Lookup(key={form.owner: identity.technical(source.year, table, number)}) for number in owners]
    return dict(zip(owners, reader.look_up(form.agenda, wanted) if wanted else [], strict=True))


def _current(reader: Reader, form: Form, items: Sequence[Outgoing]) -> dict[str, Row | None]:
    """The records, by id, of updates that depend on what stands there now; None for one that is gone."""
    ids = [
        outgoing.item.target_id
        for outgoing in items
        if outgoing.item.target_id and (outgoing.part is not None or _moves(form, outgoing))
    ]
    found = reader.look_up(form.agenda, [Lookup(id=id) for id in ids]) if ids else []
    return {id: rows[0] if rows else None for id, rows in zip(ids, found, strict=True)}


def _moves(form: Form, outgoing: Outgoing) -> list[str]:
    """The fields by which an update puts a record below another one."""
    if outgoing.item.action != "update" or form.owner is not None:
        return []
    return [name for name, spec in form.fields.items() if name in outgoing.item.values and spec.type == "reference"]


def _absent(reader: Reader, form: Form, source: Source, items: Sequence[Outgoing]) -> dict[str, list[str]]:
    """Reasons by item id: the records of POHODA that a document names and that are not there."""
    asked: dict[str, dict[_Key, Lookup]] = {}
    named = [(outgoing.item.id, *one) for outgoing in items for one in form.referred(outgoing.item)]
    for _, _, agenda, lookup in named:
        asked.setdefault(agenda, {})[_key(lookup)] = lookup
    gone: set[tuple[str, _Key]] = set()
    for agenda, lookups in asked.items():
        found = reader.look_up(deletion.whole(source.agenda(agenda)), list(lookups.values()))
        gone |= {(agenda, key) for key, rows in zip(lookups, found, strict=True) if not rows}
    reasons: dict[str, list[str]] = {}
    for id, name, agenda, lookup in named:
        if (agenda, _key(lookup)) in gone:
            reasons.setdefault(id, []).append(f"{name}: POHODA has no such record of {agenda}")
    return reasons


def _key(lookup: Lookup) -> _Key:
    return lookup.id or tuple(sorted((lookup.key or {}).items()))
