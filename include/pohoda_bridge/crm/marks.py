"""Marks as the CRM keeps them: our own, and those of a Connector that ran before, which name POHODA's records too.

Ours is the source `POHODA:<IČO>:<year>` with the row's ID. The Connector's form stands in the CRM's file; a mark in it
is shown as ours is, and one of ours is searched for in both forms.
"""

import re
from collections.abc import Iterable, Iterator

from pohoda_bridge.crm.api import MarkForm, System
from pohoda_bridge.side import Mark

_OURS = re.compile(r"POHODA:(?P<ico>\d{8}):(?P<year>\d{4})", re.ASCII)
_PARTS = {"ico": r"\d{6,8}", "year": r"\d{4}", "id": r"\d{1,10}"}


def shown(system: System, source: str, id: str) -> Mark:
    """The mark that a record carries, in our own form where it is one of the Connector's."""
    form = system.connector
    if form is None or _OURS.fullmatch(source):
        return Mark(source, id)
    found, number = _pattern(form.source).fullmatch(source), _pattern(form.id).fullmatch(id)
    if found is None or number is None:
        return Mark(source, id)
    parts = {**found.groupdict(), **number.groupdict()}
    return Mark(f"POHODA:{parts['ico'].zfill(8)}:{parts['year']}", str(int(parts["id"])))


def kept(system: System, marks: Iterable[Mark]) -> Iterator[Mark]:
    """Every form in which the CRM may keep these marks."""
    for mark in marks:
        yield mark
        ours = _OURS.fullmatch(mark.source)
        if ours and system.connector is not None and mark.id.isdecimal():
            other = _filled(system.connector, {**ours.groupdict(), "id": mark.id})
            if other != mark:
                yield other


def _filled(form: MarkForm, parts: dict[str, str]) -> Mark:
    return Mark(form.source.format(**parts), form.id.format(**parts))


def _pattern(form: str) -> re.Pattern[str]:
    """What a text of this form looks like; its parts are groups."""
    pieces = re.split(r"\{(\w+)\}", form)
    return re.compile("".join(
        f"(?P<{piece}>{_PARTS[piece]})" if number % 2 else re.escape(piece) for number, piece in enumerate(pieces)
    ), re.ASCII)  # fmt: skip
