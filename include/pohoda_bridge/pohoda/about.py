"""What a unit's POHODA is, as it says itself: names of what it tells, and what does not go with the unit's settings."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from pohoda_bridge.catalogue import Unit
from pohoda_bridge.side import About

PROGRAM, RELEASE, COMPANY, ICO, YEAR, PERIOD, DATABASE = (
    "program", "release", "company", "IČO", "accounting year", "accounting period", "database",
)  # fmt: skip
SERVER = "mServer"
_PROGRAM = re.compile(r"\s*(\d+)(?:\.\d+)?\s*(SQL|E1)?", re.ASCII | re.IGNORECASE)
_EDITIONS = {"sql": "SQL", "e1": "E1", "": "MDB"}


@dataclass(frozen=True)
class _Since:
    """What a release older than this one lacks; of one agenda, or of all."""

    release: int
    lacks: str
    agenda: str | None = None


SINCE = (
    _Since(9700, "is older than all whose answers are known: try every agenda with --dry-run first"),
    _Since(11000, "does not say whether it added or changed a record"),
    _Since(13200, "lists the state of a contract in another form", "deals"),
)


def introduced(unit: Unit, facts: Mapping[str, str], agendas: Collection[str]) -> About:
    """The facts with what the unit's settings, and these agendas, do not go with."""
    told = {name: text for name, text in facts.items() if text}
    return About(told, tuple(_warnings(unit, told, agendas)))


def _warnings(unit: Unit, facts: Mapping[str, str], agendas: Collection[str]) -> Iterator[str]:
    program = _PROGRAM.match(facts.get(PROGRAM) or facts.get(RELEASE) or "")
    if program is None:
        return
    for one in SINCE:
        if int(program[1]) < one.release and (one.agenda is None or one.agenda in agendas):
            of = f" ({one.agenda})" if one.agenda else ""
            yield f"unit {unit.unit}: POHODA {program[1]} {one.lacks}{of}; releases from {one.release} on do not"
    edition = _EDITIONS[(program[2] or "").casefold()]
    if PROGRAM in facts and edition not in {"E1" if unit.edition.startswith("e1") else unit.edition.upper()}:
        yield f"unit {unit.unit}: its edition is set as {unit.edition!r}, and the program says that it is {edition}"
