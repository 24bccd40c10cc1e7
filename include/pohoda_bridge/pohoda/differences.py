"""The fields in which the ways of reading one company may differ, each with its reason; all others are equal.

Those that a way has no source for say so in their agenda file (`only`). A database and its Access file are one way.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pohoda_bridge.catalogue import Agenda, Field
from pohoda_bridge.side import Row


@dataclass(frozen=True)
class Difference:
    """`way` does not carry `field` of `agenda` ("*": of every agenda), or makes it itself; `set.field` is of a set."""

    agenda: str
    field: str
    way: Literal["sql", "xml"]
    reason: str


DIFFERENCES = (
    Difference(
        "*", "_saved", "xml", "POHODA exports no time of the last save; a filter by it exists, a value does not"
    ),
    Difference(
        "*",
        "total",
        "xml",
        "a listing has no total, only its parts: one that POHODA keeps a cent off shows over SQL alone",
    ),
)


def differences(agenda: Agenda) -> list[Difference]:
    """All differences of an agenda: those of every agenda, and those that its file tells."""
    names = {name for part in agenda.parts for name in part.fields} | {"_saved"}
    known = [one for one in DIFFERENCES if one.agenda in {"*", agenda.agenda} and one.field in names]
    for part in agenda.parts:
        known += _told(agenda.agenda, part.fields, "")
        for name, of in part.sets.items():
            known += _told(agenda.agenda, of.fields, f"{name}.")
    return known


def comparable(agenda: Agenda, row: Row) -> Row:
    """The row without the fields in which the ways differ."""
    left_out = {one.field for one in differences(agenda)}
    return {
        name: [_without(entry, left_out, name) for entry in value] if _is_set(value) else value
        for name, value in row.items()
        if name not in left_out
    }


def _told(agenda: str, fields: Mapping[str, Field], before: str) -> Iterator[Difference]:
    for name, spec in fields.items():
        if spec.only is not None:
            yield Difference(agenda, before + name, "xml" if spec.xml is None else "sql", spec.only)


def _is_set(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _without(entry: Row, left_out: set[str], of: str) -> Row:
    return {name: value for name, value in entry.items() if f"{of}.{name}" not in left_out}
