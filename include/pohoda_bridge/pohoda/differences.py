"""The fields in which the two ways of reading one company may differ, each with its reason; all others are equal."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Difference:
    """`way` does not carry `field` of `agenda` ("*": of every agenda)."""

    agenda: str
    field: str
    way: Literal["sql", "xml"]
    reason: str


DIFFERENCES = (
    Difference(
        "*", "_saved", "xml", "POHODA exports no time of the last save; a filter by it exists, a value does not"
    ),
)


def differing(agenda: str) -> frozenset[str]:
    """The fields of an agenda that a comparison of both ways leaves out."""
    return frozenset(known.field for known in DIFFERENCES if known.agenda in {"*", agenda})
