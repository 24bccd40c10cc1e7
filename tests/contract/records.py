"""Records of an agenda in a CRM, drawn and written by what the CRM's file says of them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st

from pohoda_bridge.catalogue import Mapped, WireField
from pohoda_bridge.side import Item, Pack, Row

from .conftest import CRMS, Tried

TEXT = st.characters(exclude_categories=["Cs", "Cc"])
Values = Mapping[str, Any]


class Records:
    """`fields`: those that can be written. `part_of`: the reference that a record is a part of and never leaves."""

    def __init__(self, tried: Tried, name: str, agenda: str) -> None:
        self.tried, self.side, self.name, self.agenda = tried, tried.side, name, agenda
        crm = CRMS[name]
        entity, self.mapped = crm.agendas[agenda].entity, crm.agendas[agenda].fields
        wire = crm.entities[entity].fields
        self.fields = {field: wire[place.to] for field, place in self.mapped.items() if not wire[place.to].read_only}
        owner = crm.api.get("folders", {}).get(entity, {}).get("owner")
        self.part_of = next((field for field, place in self.mapped.items() if place.to == owner), None)

    def drawn(self) -> st.SearchStrategy[dict[str, Any]]:
        """Values of a record that holds something beside its references; those are numbers of `targets`."""
        fields = {name: _values(field, self.mapped[name]) for name, field in self.fields.items()}
        own = [name for name, field in self.fields.items() if field.kind != "ref"]
        return st.fixed_dictionaries(fields).filter(lambda values: any(values[name] is not None for name in own))

    def targets(self) -> dict[str, list[str]]:
        """The ids of two new records for each field that refers to some."""
        referred = {name: str(self.mapped[name].ref) for name, field in self.fields.items() if field.kind == "ref"}
        return {name: [Records(self.tried, self.name, ref).bare() for _ in range(2)] for name, ref in referred.items()}

    def placed(self, drawn: Values, targets: Mapping[str, list[str]]) -> dict[str, Any]:
        """The values with ids for references."""
        return {n: targets[n][v] if n in targets and v is not None else v for n, v in drawn.items()}

    def shown(self, values: Values) -> dict[str, Any]:
        """The values as the CRM shows them: what a cleared field is depends on it."""
        return {n: self.tried.empty.get(self.fields[n].kind) if v is None else v for n, v in values.items()}

    def bare(self) -> str:
        """The id of a new record with nothing but what it must have."""
        values = {name: uuid4().hex[: field.length] for name, field in self.fields.items() if field.required}
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
        "number": st.integers(-(10**9), 10**9) | st.decimals(-(10**6), 10**6, places=3).map(_plain),
        "currency": st.decimals(-(10**9), 10**9, places=4).map(_plain),
        "ref": st.sampled_from([0, 1]),
    }  # fmt: skip
    return kinds[field.kind] if field.required else st.none() | kinds[field.kind]


def _name(text: str) -> str:
    """An entry of a list that takes new ones: those know neither case nor blanks, and have names of their own."""
    return " ".join(["nový", *text.split()]).casefold()


def _plain(number: Decimal) -> int | Decimal:
    """A whole number is an int in a row."""
    return int(number) if number == number.to_integral_value() else number.normalize()
