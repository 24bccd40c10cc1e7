"""Look-ups matched with rows: which of them each row that is shown answers."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pohoda_bridge.catalogue import Mapped
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.side import Lookup, Mark, Row


class Agenda(Protocol):
    """What the index asks of an agenda."""

    @property
    def agenda(self) -> str: ...

    @property
    def mapping(self) -> Mapping[str, Mapped]: ...


class Found:
    """The look-ups of one call, indexed, so that each row shown finds those it answers."""

    def __init__(self, shape: Agenda, wanted: Sequence[Lookup], *, marks: bool) -> None:
        self.results: list[list[Row]] = [[] for _ in wanted]
        self.ids: dict[str, list[int]] = {}
        self.marks: dict[Mark, list[int]] = {}
        self.asked: list[dict[str, Any]] = []
        self._keys: dict[tuple[str, ...], dict[tuple[Any, ...], list[int]]] = {}
        for position, lookup in enumerate(wanted):
            if lookup.id is not None:
                self.ids.setdefault(lookup.id, []).append(position)
            elif lookup.mark is not None and (marks or lookup.key is None):
                self.marks.setdefault(lookup.mark, []).append(position)
            elif lookup.key and any(value is not None for value in lookup.key.values()):
                if unknown := sorted(set(lookup.key) - set(shape.mapping)):
                    raise StopAgenda(f"{shape.agenda}: the key's {', '.join(unknown)} has no place in the CRM")
                self.asked.append(dict(lookup.key))
                values = tuple(map(normal, lookup.key.values()))
                self._keys.setdefault(tuple(lookup.key), {}).setdefault(values, []).append(position)

    def take(self, rows: Iterable[Row], belong: Sequence[bool] = ()) -> None:
        """Give each row to the look-ups it answers, once; only a record of the agenda answers a key."""
        for number, row in enumerate(rows):
            hits = [*self.ids.get(row["_id"], ()), *(self.marks.get(row["_mark"], ()) if row["_mark"] else ())]
            if belong and belong[number]:
                for names, keys in self._keys.items():
                    hits += keys.get(tuple(normal(row[name]) for name in names), ())
            for position in hits:
                if all(known["_id"] != row["_id"] for known in self.results[position]):
                    self.results[position].append(row)


def normal(value: Any) -> Any:
    """A key's value as it is compared: text without case and surplus blanks, a number of digits without any blank."""
    if isinstance(value, list):
        return tuple(map(normal, value))
    if not isinstance(value, str):
        return value
    words = unicodedata.normalize("NFC", value).casefold().split()
    return "".join(words) if "".join(words).isdigit() else " ".join(words) or None
