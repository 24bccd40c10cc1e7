"""A change of a field in words for people: old and new in one line, and of a set which rows came, changed and went."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]

NAMES = ("code", "name", "store", "group", "product", "client", "scope")
"""What a row of a set is called by; rows that agree in these are the same row, changed."""
SHOWN = 30


@dataclass(frozen=True)
class Words:
    """How a change is told in a language; `label` gives what a field is called in it."""

    nothing: str = "nothing"
    yes: str = "yes"
    no: str = "no"
    row: str = "{} row"
    rows: str = "{} rows"
    same: str = "the same rows in another order"
    more: str = "… {} more"
    label: Callable[[str], str] = str


ENGLISH = Words()


@dataclass(frozen=True)
class Told:
    """One field that changes. `rows` begin with `+` (added), `-` (gone) or `~` (changed, field by field)."""

    name: str
    old: str
    new: str
    rows: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """The change as text; the rows stand below it."""
        return [f"{self.name}: {self.old} -> {self.new}", *(f"  {row}" for row in self.rows)]


def tell(name: str, old: Any, new: Any, *, most: int = SHOWN, words: Words = ENGLISH) -> Told:
    """The change of a field from `old` to `new`, of a set with `most` of its rows and how many more there are."""
    rows = tuple(_rows(old or [], new or [], words)) if _is_set(old) or _is_set(new) else ()
    more = (words.more.format(len(rows) - most),) if len(rows) > most else ()
    return Told(words.label(name), shown(old, words), shown(new, words), rows[:most] + more)


def shown(value: Any, words: Words = ENGLISH) -> str:
    """A value in one line; of a set how many rows it has."""
    if _is_set(value):
        return (words.row if len(value) == 1 else words.rows).format(len(value))
    if value is None or value in ("", []):
        return words.nothing
    if isinstance(value, bool):
        return words.yes if value else words.no
    return ", ".join(shown(one, words) for one in value) if isinstance(value, list) else str(value)


def _is_set(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)


def _rows(old: Sequence[Row], new: Sequence[Row], words: Words) -> Iterator[str]:
    gone, added = _without(old, new), _without(new, old)
    pairs: list[tuple[Row, Row]] = []
    for names in (NAMES, *((name,) for name in ("product", *NAMES))):
        pairs += _pairs(gone, added, names)
    for row in added:
        yield f"+ {_named(row)}: {_values(row, words)}".removesuffix(": ")
    for before, after in pairs:
        both = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        changed = (
            f"{words.label(name)} {shown(before.get(name), words)} -> {shown(after.get(name), words)}" for name in both
        )
        yield f"~ {_named(after)}: {', '.join(changed)}"
    for row in gone:
        yield f"- {_named(row)}: {_values(row, words)}".removesuffix(": ")
    if not (added or pairs or gone):
        yield words.same


def _without(rows: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """The rows that the others do not have; of equal ones as many as are too many."""
    there: dict[str, int] = {}
    for row in others:
        there[_whole(row)] = there.get(_whole(row), 0) + 1
    left = []
    for row in rows:
        if there.get(_whole(row)):
            there[_whole(row)] -= 1
        else:
            left.append(row)
    return left


def _pairs(gone: list[Row], added: list[Row], names: Sequence[str]) -> list[tuple[Row, Row]]:
    """Takes out of both lists, in their order, the rows that have the same of these names, if they have any."""
    waiting: dict[tuple[str, ...], list[Row]] = {}
    for row in added:
        waiting.setdefault(tuple(shown(row.get(name)) for name in names), []).append(row)
    found = []
    for row in gone:
        same = waiting.get(tuple(shown(row.get(name)) for name in names))
        if same and any(row.get(name) is not None for name in names):
            found.append((row, same.pop(0)))
    before, after = ({id(pair[place]) for pair in found} for place in (0, 1))
    gone[:] = [row for row in gone if id(row) not in before]
    added[:] = [row for row in added if id(row) not in after]
    return found


def _named(row: Row) -> str:
    return " ".join(shown(row[name]) for name in _naming(row))


def _naming(row: Row) -> list[str]:
    """The first two of the names that the row has: code and name, a group, a product and its store."""
    return [name for name in NAMES if row.get(name) is not None][:2] or list(row)[:1]


def _values(row: Row, words: Words) -> str:
    hidden = {*_naming(row), *(["product"] if "code" in row else [])}
    rest = {name: value for name, value in row.items() if name not in hidden and value is not None}
    return ", ".join(f"{words.label(name)} {shown(value, words)}" for name, value in rest.items())


def _whole(row: Row) -> str:
    return repr(sorted((name, shown(value)) for name, value in row.items() if value is not None))
