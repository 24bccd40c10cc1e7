"""The fields that one element of a document takes, in the order of the schema, and a record's values as its leaves."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.catalogue import Field
from pohoda_bridge.pohoda.writing.elements import order
from pohoda_bridge.pohoda.writing.outgoing import Leaf
from pohoda_bridge.pohoda.writing.texts import check, text_of
from pohoda_bridge.records.codepage import Loss

Numbered = Callable[[str, Field], int | None]
"""The number of the record that a reference names, None when it lies in another year or table."""
CHECKED = ("checkDuplicity", "true")


@dataclass
class Notes:
    """What is wrong with an item, each reason beginning with its field, and what its texts lost, by field."""

    reasons: list[str] = field(default_factory=list)
    losses: dict[str, tuple[Loss, ...]] = field(default_factory=dict)


class Element:
    """`fields` are those that the element takes, by their paths below it; `refused` those that it has no place for."""

    def __init__(self, name: str, paths: Mapping[str, tuple[Field, Sequence[str]]], numbered: Numbered) -> None:
        self.name = name
        self._numbered = numbered
        places = {field: order().place(name, path) for field, (_, path) in paths.items()}
        taken = sorted((place, field) for field, place in places.items() if place is not None)
        self.fields = {field: (paths[field][0], "/".join(paths[field][1])) for _, field in taken}
        self.refused = frozenset(paths) - self.fields.keys()
        self._needed = order().needed.get(name, ())
        self._children = {field: path.partition("/")[0] for field, (_, path) in self.fields.items()}
        self._fills = {child: field for field, child in reversed(self._children.items())}

    def leaves(self, values: Mapping[str, Any], notes: Notes, of: str = "") -> Iterator[Leaf]:
        """A leaf for each value that is filled; `of` goes before the names of fields in notes."""
        for name, (spec, path) in self.fields.items():
            value = values.get(name)
            if value is None:
                continue
            try:
                text = self._text(of + name, spec, value, notes)
            except ValueError as error:
                notes.reasons.append(f"{of}{name}: {error}")
                continue
            if text:
                yield Leaf(path, text, attribute=CHECKED if path.endswith("numberRequested") else None)

    def complete(self, leaves: Sequence[Leaf], notes: Notes, of: str = "") -> None:
        """Notes what POHODA wants in the element and nothing fills, by the field; one that has a reason fills it."""
        there = {leaf.path.partition("/")[0] for leaf in leaves}
        wrong = [reason.partition(":")[0] for reason in notes.reasons if reason.startswith(of)]
        there |= {self._children.get(name.removeprefix(of), "") for name in wrong}
        wanted = [child for child in self._needed if child not in there]
        notes.reasons += [f"{of}{self._fills.get(child, child)}: it must be filled" for child in wanted]

    def named(self, below: str, leaves: Sequence[str]) -> str | None:
        """The field whose element the path names; `leaves` are steps that only say which record is meant."""
        paths = {path: name for name, (_, path) in reversed(self.fields.items())}
        return next((paths[path] for path in (below, *(f"{below}/{leaf}" for leaf in leaves)) if path in paths), None)

    def _text(self, name: str, spec: Field, value: Any, notes: Notes) -> str:
        if spec.type == "reference":
            check(spec, value)
            number = self._numbered(value, spec)
            if number is None:
                raise ValueError("it lies in another year or table of POHODA")
            return str(number)
        text, lost = text_of(spec, value)
        if lost:
            notes.losses[name] = lost
        return text
