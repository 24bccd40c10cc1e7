"""Rows that are there held against rows that are wanted, so that as few as possible are written."""

from collections.abc import Mapping, Sequence
from typing import Any

from pohoda_bridge.crm.columns import Column
from pohoda_bridge.records.fingerprint import canonical

Row = Mapping[str, Any]


def pairs(there: Sequence[Row], wanted: Sequence[Row], known_by: Sequence[Sequence[str]]) -> list[int | None]:
    """For each wanted row the place of the one that is there and becomes it, None for a new one.

    Rows that are equal come first; then, in turn, those that name the same, and for an empty turn any two.
    """
    found: list[int | None] = [None] * len(wanted)
    free = list(range(len(there)))
    for names in (None, *known_by):
        places: dict[str, list[int]] = {}
        for place in free:
            places.setdefault(_print(there[place], names), []).append(place)
        for number, row in enumerate(wanted):
            if found[number] is None and (text := _print(row, names)) and places.get(text):
                found[number] = places[text].pop(0)
        free = [place for place in free if place not in found]
    return found


def alike(one: Row, other: Row) -> bool:
    """Whether two rows hold the same values."""
    return _print(one, None) == _print(other, None)


def references(column: Column) -> list[str]:
    """The values of a set's rows that name other records."""
    return [name for name, inner in column.inner.items() if inner.mapped.ref or inner.mapped.named]


def _print(row: Row, names: Sequence[str] | None) -> str:
    """The row, or these values of it, as text; "" when none of them is filled, and one text for all without names."""
    values = canonical(dict(row) if names is None else {name: row.get(name) for name in names})
    return repr(sorted(values.items())) if values or not names else ""
