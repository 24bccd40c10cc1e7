"""Records of an agenda in a CRM, drawn and written by what the CRM's file says of them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

from pohoda_bridge.catalogue import Crm, Mapped, WireField
from pohoda_bridge.records.ordered import in_order
from pohoda_bridge.side import Item, Pack, Row

from .conftest import CRMS, Tried

TEXT = st.characters(exclude_categories=["Cs", "Cc"])
DAY = date(2026, 3, 1)
Values = Mapping[str, Any]


class Records:
    """`fields`: those that can be written. `part_of`: the reference that a record is a part of and never leaves."""

    def __init__(self, tried: Tried, name: str, agenda: str) -> None:
        self.tried, self.side, self.name, self.agenda = tried, tried.side, name, agenda
        self.crm = CRMS[name]
        self.entity, self.mapped = self.crm.agendas[agenda].entity, self.crm.agendas[agenda].fields
        known = {field: wire_of(self.crm, self.entity, place) for field, place in self.mapped.items()}
        flags = {wire.unless for wire in known.values() if wire.unless} & {p.to for p in self.mapped.values()}
        first = {place.to: field for field, place in reversed([*self.mapped.items()])}
        """Of fields that are read from one place, the one that is written to it."""
        known = {field: wire for field, wire in known.items() if first[self.mapped[field].to] == field}
        self.fields = {n: w for n, w in known.items() if not w.read_only and (not w.unless or w.unless in flags)}
        self.kept = {field for field, place in self.mapped.items() if place.to in flags}
        self.folder = self.crm.api.get("folders", {}).get(self.entity, {})
        self.part_of = self._named(self.folder.get("owner"))
        together = {one[0] for one in self.folder.get("duplicates", ()) if isinstance(one, list)}
        self.alone = {n for n, wire in self.fields.items() if wire.unique or self.mapped[n].to in together}

    def _named(self, wire: str | None) -> str | None:
        return next((field for field, place in self.mapped.items() if place.to == wire), None)

    def drawn(self) -> st.SearchStrategy[dict[str, Any]]:
        """Values of a record that holds something beside its references; those are numbers of `targets`."""
        fields = {name: self._drawn(name, field) for name, field in self.fields.items()}
        own = [name for name, field in self.fields.items() if field.kind != "ref" and name not in self.kept]
        return st.fixed_dictionaries(fields).filter(lambda values: any(values[name] is not None for name in own))

    def _drawn(self, name: str, field: WireField) -> st.SearchStrategy[Any]:
        place = self.mapped[name]
        if name in self.kept:
            return st.just(value=True)
        if field.kind != "parts":
            given = place.to in self.tried.given
            return _values(field.model_copy(update={"required": True}) if given else field, place)
        wire = self.crm.places(self.entity, place)
        rows = {row: (wire[inner.to], inner) for row, inner in place.fields.items()}
        drawn = {row: _values(of, inner) for row, (of, inner) in rows.items() if not of.unless or self.kept}
        rows_of = st.lists(st.fixed_dictionaries(drawn).map(_filled).filter(bool), min_size=1, max_size=3)
        return st.none() | rows_of

    def targets(self) -> dict[str, list[str]]:
        """The ids of two new records for each agenda that its fields and rows refer to."""
        rows = [inner for place in self.mapped.values() for inner in place.fields.values()]
        own = [place for name, place in self.mapped.items() if name in self.fields]
        agendas = {str(place.ref) for place in (*own, *rows) if place.ref}
        return {ref: [Records(self.tried, self.name, ref).bare() for _ in range(2)] for ref in sorted(agendas)}

    def placed(self, drawn: Values, targets: Mapping[str, list[str]]) -> dict[str, Any]:
        """The values with ids for references, what nobody else has, and rows that are records of their own in order."""
        placed = {name: self._placed(self.mapped[name], value, targets) for name, value in drawn.items()}
        placed |= dict.fromkeys(self._foreign_to(drawn))
        return placed | {n: uuid4().hex[: self.fields[n].length or None] for n in self.alone}

    def _foreign_to(self, drawn: Values) -> set[str]:
        """The relations that records of the drawn kind do not have."""
        kind = self._named(self.folder.get("kind"))
        wire = (self.mapped[kind].values or {}).get(drawn[kind]) if kind else None
        relations = self.folder.get("relations", {}).items()
        return {n for to, spec in relations if wire not in spec.get("of", [wire]) and (n := self._named(to))}

    def _placed(self, place: Mapped, value: Any, targets: Mapping[str, list[str]]) -> Any:
        if place.fields and value is not None:
            rows = [{n: self._placed(place.fields[n], v, targets) for n, v in row.items()} for row in value]
            return in_order(rows) if place.entity else rows
        return targets[place.ref][value] if place.ref and value is not None else value

    def shown(self, values: Values) -> dict[str, Any]:
        """The values as the CRM shows them: what a cleared field is depends on it."""
        return {n: self.tried.empty.get(self.fields[n].kind) if v is None else v for n, v in values.items()}

    def seen(self, row: Row, names: Iterable[str]) -> dict[str, Any]:
        """The values of a row, without what the service works out in its sets."""
        return {name: self._seen(self.mapped[name], row[name]) for name in names}

    def _seen(self, place: Mapped, value: Any) -> Any:
        if not place.fields or value is None or self.kept:
            return value
        wire = self.crm.places(self.entity, place)
        return [{n: v for n, v in row.items() if not wire[place.fields[n].to].unless} for row in value]

    def bare(self) -> str:
        """The id of a new record with nothing but what it must have."""
        values: dict[str, Any] = {}
        for name, field in self.fields.items():
            if field.required:
                place = self.mapped[name]
                words = [*(place.values or field.options or ())]
                if field.kind == "ref":
                    values[name] = Records(self.tried, self.name, str(place.ref)).bare()
                else:
                    values[name] = DAY if field.kind == "date" else words[0] if words else uuid4().hex[: field.length]
        return str(self.write("create", values)[1]["_id"])

    def write(self, action: Any, values: Values, target: str | None = None, **more: Any) -> tuple[Item, Row]:
        """What was sent, and the record as stored; nothing of it may be left out."""
        item = Item(uuid4().hex, "k", action, values, target, **more)
        (answer,) = self.side.write(self.agenda, Pack("p", [item]))
        assert (answer.state, answer.reasons, answer.details.get("nameless")) == ("written", (), None)
        assert answer.row is not None
        return item, answer.row


def _values(field: WireField, mapped: Mapped) -> st.SearchStrategy[Any]:
    """What a canonical field may hold, None when it is empty."""
    text = st.text(TEXT, min_size=1, max_size=min(field.length or 60, 60)).filter(lambda t: t == t.strip())
    if mapped.values or field.options != "any":
        entry = st.sampled_from([*(mapped.values or field.options or ["x"])])
    else:
        entry = text.map(_name)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": text,
        "option": entry,
        "options": st.lists(entry, min_size=1, max_size=3, unique=True).map(sorted),
        "bool": st.booleans(),
        "number": st.integers(-(10**9), 10**9).map(Decimal) | st.decimals(-(10**6), 10**6, places=3).map(_plain),
        "currency": st.decimals(-(10**9), 10**9, places=4).map(_plain),
        "date": st.dates(date(1990, 1, 1), date(2090, 1, 1)),
        "datetime": st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda t: t.replace(microsecond=0)),
        "ref": st.sampled_from(["A", "B c"]) if mapped.named else st.sampled_from([0, 1]),
    }  # fmt: skip
    return kinds[field.kind] if field.required else st.none() | kinds[field.kind]


def wire_of(crm: Crm, entity: str, place: Mapped) -> WireField:
    """The field on the wire; of rows that are records of their own a list of parts."""
    found = crm.place(entity, place.to)
    if place.entity:
        return WireField(kind="parts", read_only=crm.entities[place.entity].read_only)
    assert found is not None, place.to
    return found


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _name(text: str) -> str:
    """An entry of a list that takes new ones: those know neither case nor blanks, and have names of their own."""
    return " ".join(["nový", *text.split()]).casefold()


def _plain(number: Decimal) -> Decimal:
    return Decimal(0) if not number else number.normalize()
