"""What a way of reading one unit-year offers to the side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pohoda_bridge.catalogue import Agenda, Field, Type, Unit
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Lookup, Reading, Row, Window


@dataclass(frozen=True)
class Source:
    """The unit-year to read, the agendas known, and the name under which our marks are kept (None: not read).

    `custom`: rows carry the custom fields of POHODA E1 too.
    """

    unit: Unit
    year: int
    agendas: Mapping[str, Agenda] = field(repr=False)
    system: str | None = None
    custom: bool = False

    def agenda(self, name: str) -> Agenda:
        if name not in self.agendas:
            raise StopAgenda(f"POHODA's side knows no agenda {name!r}")
        return self.agendas[name]

    def table_of(self, agenda: str | None) -> str:
        """The table whose ids a reference to the agenda holds."""
        return self.agenda(agenda or "").read.sql.table


@dataclass(frozen=True)
class Custom:
    """A custom field of POHODA E1 ("volitelný parametr"): the column that it has in the table, as rows carry it.

    `name` is the column (`VPrColour`, of a list `RefVPrColour`), a row's key is `key`. `set` is the agenda's set that
    has it on its rows, None for the record itself. A field of a list holds the code of one of its `values` (code ->
    text). `element` is the one that carries its values in XML, as far as it is known.
    """

    name: str
    type: Type
    caption: str = ""
    set: str | None = None
    values: Mapping[str, str] | None = None
    element: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        return f"custom.{self.name}"


class Reader(Protocol):
    """One way of reading one unit-year; opens when first asked, after the check that it is the right company.

    Every agenda that it is given has one table: of an agenda with `forms`, one of its `parts`.
    """

    def describe(self, agenda: Agenda) -> Mapping[str, str]: ...

    def read(self, agenda: Agenda, window: Window) -> Reading: ...

    def ids(self, agenda: Agenda) -> frozenset[str]: ...

    def having(self, agenda: Agenda, name: str, values: Sequence[str]) -> Iterator[list[Row]]:
        """The rows whose text field holds one of the values, in parts; texts compare as POHODA does."""
        ...

    def custom(self, agenda: Agenda) -> Sequence[Custom]:
        """The custom fields that the agenda's records and their sets have here, by name."""
        ...

    def look_up(self, agenda: Agenda, wanted: Sequence[Lookup]) -> list[list[Row]]: ...

    def codes(self, spec: Field) -> frozenset[str] | None:
        """The codes in the list that a field's values must be in, or None where this way cannot tell."""
        ...

    def keeps_marks(self, agenda: Agenda) -> bool:
        """Whether a record that carries our mark is certain to be found by it, right after it was written."""
        ...

    def about(self) -> Mapping[str, str]:
        """What the source says of itself, name -> text (see `pohoda.about`)."""
        ...

    def close(self) -> None: ...


def taken(agenda: Agenda, rows: list[Row]) -> list[Row]:
    """The rows that are records of the agenda."""
    return [row for row in rows if all(rule.holds(row) for rule in agenda.takes)]


def matches(row: Row, key: Mapping[str, object]) -> bool:
    """Whether the row carries the values of a key; texts compare as POHODA does, without regard to case."""
    return all(folded(row.get(name)) == folded(value) for name, value in key.items())


def folded(value: object) -> object:
    """A value as POHODA compares it: a text without regard to case and to blanks at its end; an empty one is None."""
    return (value.rstrip(" ").casefold() or None) if isinstance(value, str) else value


def known_key(agenda: Agenda, key: Mapping[str, object]) -> None:
    """Refuses a key that POHODA does not keep as it stands: a derived name cannot be searched."""
    if not key or not set(key) <= set(agenda.fields):
        names = ", ".join(sorted(set(key) - set(agenda.fields))) or "nothing"
        raise StopAgenda(f"{agenda.agenda} cannot be looked up in POHODA by {names}")
