"""What stands in an element: a column, words for its numbers, a group of elements, a set of rows.

A form maps the names of elements to nodes; a text as a node is a path to a column (see `source.Source`). NULL leaves
an element out, an empty text makes it empty, and a group without anything in it is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Words:
    """A word for each number of a column; `otherwise` for all others, NULL too."""

    column: str
    words: Mapping[Any, str]
    otherwise: str | None = None


@dataclass(frozen=True)
class Default:
    """A column, and the text that stands for NULL in it."""

    column: str
    text: str = "0"


@dataclass(frozen=True)
class Constant:
    """The same text in every record; alone it keeps a group alive."""

    text: str


@dataclass(frozen=True)
class Joined:
    """Columns, of lists too, put together with blanks."""

    columns: tuple[str, ...]


@dataclass(frozen=True)
class Element:
    """An element with attributes; without a `text` always there, and empty unless it has something `inside`."""

    attributes: Mapping[str, Any]
    text: Any = None
    inside: "Form" = field(default_factory=dict)


@dataclass(frozen=True)
class If:
    """The node, where the column (or what a function of the row tells) is neither NULL nor 0."""

    test: str | Callable[[Row], Any]
    node: "Node"


@dataclass(frozen=True)
class Many:
    """An element for each row of a set; `choose` may give the name and the form of a row instead."""

    rows: str
    form: "Form | Element"
    other: tuple[Callable[[Row], bool], str, "Form"] | None = None


@dataclass(frozen=True)
class Asked:
    """The node, unless the request's `restrictionData` switches it off (or does not switch it on)."""

    switch: str
    node: "Node"


@dataclass(frozen=True)
class Raw:
    """XML made by a function of the row, in place of the element."""

    made: Callable[[Row], str]


Node = Any
"""A text (path), Words, Default, Constant, a function of the row, a form, or one of the classes above."""
Form = Mapping[str, Node] | tuple[tuple[str, Node], ...]
