"""The three-way compare, every case of one field, in a table written by hand.

A case: what the source and the target hold now, what each held when both were last equal (or NEW: never paired), who
wins, whether the other direction runs; and what must come: W write the source's value, C conflict, T the target's
value stands, = nothing to do.
"""

from itertools import product
from typing import Any

import pytest

from pohoda_bridge.catalogue import Mapped
from pohoda_bridge.sync.compare import Comparison, compare

NEW: Any = object()
PLAIN = Mapped(to="F")
WINNERS = ("source", "target", "ask")


def _compare(
    source: Any, target: Any, base: Any = NEW, winner: Any = "source", *, two_way: bool = False,
    mapped: Mapped = PLAIN, writable: bool = True, decided: bool = False,
) -> Comparison:  # fmt: skip
    pair = None if base is NEW else ({"f": base[0]}, {"f": base[1]})
    return compare(
        {"f": source}, {"f": target}, pair, {"f": mapped},
        winners={"f": winner}, writable={"f"} if writable else (), returning={"f"} if two_way else (),
        decided={"f"} if decided else (),
    )  # fmt: skip


BOUND = [
    # source, target, what each held before; the signs for the winners source, target, ask: one way, both ways
    ("a", "a", "a", "a", "===", "==="),  # nothing changed
    ("b", "b", "a", "a", "===", "==="),  # both changed to the same
    ("a", "b", "a", "b", "===", "==="),  # a drift that was accepted when both were last synced
    (None, None, "a", "a", "===", "==="),  # both emptied
    ("b", "a", "a", "a", "WWW", "WWW"),  # only the source changed
    (None, "a", "a", "a", "WWW", "WWW"),  # only the source was emptied: the target is emptied too
    ("b", None, None, None, "WWW", "WWW"),  # only the source was filled
    (
        "a",
        "b",
        "a",
        "a",
        "WTC",
        "TTT",
    ),  # only the target changed: put back or asked one way, travels both ways
    ("a", None, "a", "a", "WTC", "TTT"),  # only the target was emptied
    (None, "b", None, None, "WTC", "TTT"),  # only the target was filled
    ("b", "c", "a", "a", "WTC", "WTC"),  # both changed, differently
    (None, "c", "a", "a", "WTC", "WTC"),  # the source was emptied, the target changed
    ("b", None, "a", "a", "WTC", "WTC"),  # the source changed, the target was emptied
    ("b", "c", None, None, "WTC", "WTC"),  # both were filled, differently
]
UNBOUND = [
    ("a", "a", "==="),
    (None, None, "==="),
    ("a", None, "WWW"),  # an empty target is filled
    (None, "b", "TTT"),  # an empty source never erases
    ("a", "b", "WTC"),  # no base: counts as changed on both
]


def _cases() -> list[Any]:
    found = []
    for source, target, s0, t0, one_way, both_ways in BOUND:
        for two_way, signs in ((False, one_way), (True, both_ways)):
            found += [(source, target, (s0, t0), w, two_way, sign) for w, sign in zip(WINNERS, signs, strict=True)]
    for source, target, signs in UNBOUND:
        for two_way, (winner, sign) in product((False, True), zip(WINNERS, signs, strict=True)):
            found.append((source, target, NEW, winner, two_way, sign))
    return found


@pytest.mark.parametrize(("source", "target", "base", "winner", "two_way", "sign"), _cases())
def test_what_comes_of_one_field(source: Any, target: Any, base: Any, winner: str, two_way: bool, sign: str) -> None:
    found = _compare(source, target, base, winner, two_way=two_way)
    old = (None, None) if base is NEW else base
    expected = {
        "W": Comparison(write={"f": (target, source)}, base={"f": (source, source)}),
        "C": Comparison(conflicts={"f": (source, target)}, base={"f": old}),
        "T": Comparison(base={"f": (source, old[1])}),
        "=": Comparison(base={"f": (source, target)}),
    }
    assert found == expected[sign]


def test_the_table_has_every_kind_of_case() -> None:
    """Each value changed or not, emptied, filled, on each side: with a base and without."""
    kinds = {(s == s0, t == t0, s == t, s is None, t is None) for s, t, s0, t0, _, _ in BOUND}
    assert len(kinds) >= 11
    assert {(s is None, t is None, s == t) for s, t, _ in UNBOUND} == {
        (False, False, True), (True, True, True), (False, True, False), (True, False, False), (False, False, False),
    }  # fmt: skip


PROTECTED = [
    # flag, source, target, base, writes?
    ("on_create_only", "b", "a", ("a", "a"), False),
    ("on_create_only", "b", None, ("a", None), False),
    ("on_create_only", "b", "c", ("a", "a"), False),
    ("on_create_only", "b", "c", NEW, False),
    ("if_empty", "b", "a", ("a", "a"), False),
    ("if_empty", "b", "c", NEW, False),
    ("if_empty", "b", None, NEW, True),
    ("if_empty", "b", None, ("a", "a"), True),
    ("if_empty", "b", None, ("a", None), True),
    ("if_empty", None, "a", ("a", "a"), False),
]


@pytest.mark.parametrize(("flag", "source", "target", "base", "writes"), PROTECTED)
@pytest.mark.parametrize("winner", WINNERS)
def test_a_protected_field(flag: str, source: Any, target: Any, base: Any, writes: bool, winner: str) -> None:
    """Never overwritten, never a conflict; with `if_empty` an empty target is filled by a winner or a lone change."""
    found = _compare(source, target, base, winner, mapped=Mapped.model_validate({"to": "F", flag: True}))
    if target is not None or flag == "on_create_only":
        assert not found.conflicts
    assert not found.stuck
    lone_or_winning = base is NEW or winner == "source" or base[1] == target
    assert bool(found.write) is (writes and lone_or_winning)


def test_a_field_that_the_target_cannot_take() -> None:
    found = _compare("b", "a", ("a", "a"), writable=False)
    assert found == Comparison(stuck={"f": ("a", "b")}, base={"f": ("a", "a")})
    assert _compare("a", "a", ("a", "a"), writable=False) == Comparison(base={"f": ("a", "a")})
    assert not _compare("a", "b", ("a", "a"), "target", writable=False).stuck


@pytest.mark.parametrize("two_way", [False, True])
def test_what_a_person_left_with_the_target_is_asked_no_more(two_way: bool) -> None:
    """The accident: one way, the same conflict came again with every run after it was decided."""
    decided = _compare("b", "c", ("a", "a"), "target", two_way=two_way, decided=True)
    assert decided.base == {"f": ("b", "a" if two_way else "c")}
    later = _compare("b", "c", decided.base["f"], "ask", two_way=two_way)
    assert (later.conflicts, later.write, later.base) == ({}, {}, decided.base)
    assert _compare("d", "c", decided.base["f"], "ask").write or two_way, "what the source says anew goes again"


def test_fields_are_compared_one_by_one() -> None:
    mapping = {name: Mapped(to=name.upper()) for name in ("same", "ours", "theirs", "both")}
    base = dict.fromkeys(mapping, "a")
    found = compare(
        {**base, "ours": "b", "both": "b"}, {**base, "theirs": "c", "both": "c"}, (base, base), mapping,
        winners=dict.fromkeys(mapping, "ask"), writable=mapping, returning=mapping,
    )  # fmt: skip
    assert (found.write, found.conflicts) == ({"ours": ("a", "b")}, {"both": ("b", "c")})
    assert found.base == {"same": ("a", "a"), "ours": ("b", "b"), "theirs": ("a", "a"), "both": ("a", "a")}


@pytest.mark.parametrize("winner", WINNERS)
def test_a_text_of_which_one_side_keeps_a_part_is_left_on_both(winner: Any) -> None:
    found = compare(
        {"f": "?????? 9"}, {"f": "Иванов 9"}, None, {"f": PLAIN}, winners={"f": winner}, writable={"f"}, alike={"f"}
    )
    assert (found.write, found.conflicts, found.base) == ({}, {}, {"f": ("?????? 9", "Иванов 9")})


@pytest.mark.parametrize(("source", "target"), [(s, t) for s, t, _ in UNBOUND])
@pytest.mark.parametrize("winner", WINNERS)
def test_a_field_that_was_never_synced_is_like_one_of_a_new_pair(source: Any, target: Any, winner: Any) -> None:
    own = {"winners": {"f": winner}, "writable": {"f"}}
    bound, new = (compare({"f": source}, {"f": target}, base, {"f": PLAIN}, **own) for base in (({}, {}), None))
    assert bound == new
