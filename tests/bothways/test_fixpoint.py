"""Both directions in turn, whatever the two sides hold: they come to rest, at values that somebody wrote."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pohoda_bridge.catalogue import Mapped
from pohoda_bridge.sync.compare import Winner, compare
from tests.both import WAYS

FIELDS = ("a", "b")
VALUES = st.sampled_from([None, "1", "2", "3"])
RECORDS = st.fixed_dictionaries(dict.fromkeys(FIELDS, VALUES))
MASTERS = st.fixed_dictionaries(dict.fromkeys(FIELDS, st.sampled_from(["pohoda", "crm", "ask"])))
Record = dict[str, Any]


@dataclass
class Pair:
    """One record on both sides, and what the ledger knows of them; None: they were never linked."""

    pohoda: Record
    crm: Record
    base: tuple[Record, Record] | None
    writes: int = 0
    conflicts: dict[str, frozenset[str]] = field(default_factory=dict)

    def run(self, way: str, masters: Mapping[str, str]) -> None:
        """One direction, with the values kept as the plan and the load keep them."""
        to_crm = way == "to_crm"
        source, target = (self.pohoda, self.crm) if to_crm else (self.crm, self.pohoda)
        base = self.base if to_crm or self.base is None else self.base[::-1]
        winners: dict[str, Winner] = {
            name: "ask" if master == "ask" else "source" if (master == "pohoda") == to_crm else "target"
            for name, master in masters.items()
        }
        mapping = {name: Mapped(to=name.upper()) for name in FIELDS}
        found = compare(source, target, base, mapping, winners=winners, writable=FIELDS, returning=FIELDS)
        self.conflicts[way] = frozenset(found.conflicts)
        if found.conflicts:
            return
        target.update({name: new for name, (_, new) in found.write.items()})
        self.writes += len(found.write)
        of_source, of_target = ({name: both[place] for name, both in found.base.items()} for place in (0, 1))
        self.base = (of_source, of_target) if to_crm else (of_target, of_source)

    def settle(self, order: tuple[str, ...], masters: Mapping[str, str]) -> "Pair":
        for way in (*order, *order):
            self.run(way, masters)
        return self


@given(RECORDS, RECORDS, st.none() | RECORDS, MASTERS, st.permutations(WAYS))
def test_both_directions_come_to_rest_and_ask_about_the_same(
    pohoda: Record, crm: Record, last: Record | None, masters: dict[str, str], order: list[str]
) -> None:
    pair = Pair({**pohoda}, {**crm}, (last, last) if last else None).settle(tuple(order), masters)
    assert pair.conflicts["to_crm"] == pair.conflicts["to_pohoda"]
    writes = pair.writes
    assert pair.settle(tuple(order), masters).writes == writes
    for name in FIELDS:
        assert {pair.pohoda[name], pair.crm[name]} <= {pohoda[name], crm[name]}
        assert pair.conflicts["to_crm"] or pair.pohoda[name] == pair.crm[name]


@given(RECORDS, RECORDS, st.none() | RECORDS, MASTERS)
def test_either_direction_first_the_result_is_the_same(
    pohoda: Record, crm: Record, last: Record | None, masters: dict[str, str]
) -> None:
    base = (last, last) if last else None
    one, other = (Pair({**pohoda}, {**crm}, base).settle(order, masters) for order in (WAYS, WAYS[::-1]))
    assert (one.pohoda, one.crm, one.conflicts) == (other.pohoda, other.crm, other.conflicts)


@given(RECORDS, st.fixed_dictionaries(dict.fromkeys(FIELDS, st.none() | st.tuples(st.booleans(), VALUES))), MASTERS)
def test_what_only_one_side_changed_is_never_lost(
    last: Record, changes: dict[str, tuple[bool, Any] | None], masters: dict[str, str]
) -> None:
    pohoda, crm = {**last}, {**last}
    for name, change in changes.items():
        if change:
            (pohoda if change[0] else crm)[name] = change[1]
    pair = Pair(pohoda, crm, (last, last)).settle(WAYS, masters)
    expected = {name: change[1] if change else last[name] for name, change in changes.items()}
    assert (pair.pohoda, pair.crm) == (expected, expected)


@given(RECORDS, RECORDS, RECORDS, st.permutations(WAYS))
def test_the_master_of_a_field_wins_where_both_changed(
    pohoda: Record, crm: Record, last: Record, order: list[str]
) -> None:
    masters = {"a": "pohoda", "b": "crm"}
    pair = Pair({**pohoda}, {**crm}, (last, last)).settle(tuple(order), masters)
    for name, side in (("a", pohoda), ("b", crm)):
        if pohoda[name] != last[name] != crm[name]:
            assert pair.pohoda[name] == pair.crm[name] == side[name]
