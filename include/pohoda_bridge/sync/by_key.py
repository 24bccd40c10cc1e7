"""References that POHODA has no id for: it names the record by a key, as the contract of a document by its number."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pohoda_bridge.catalogue import Flow
from pohoda_bridge.side import Answer, Item, Row, Side, Window


class ByKey:
    """Writes such references of one flow to POHODA; the steps know them by technical ids, as all others."""

    def __init__(self, side: Side, flow: Flow) -> None:
        self._side = side
        fields = flow.agenda.fields
        self._of = {name: str(mapped.ref) for name, mapped in flow.mapping.items() if mapped.ref and name not in fields}
        known = flow.agenda.known_by.items()
        self._parts = {name: parts for name, parts in known if name in self._of and set(parts.values()) <= set(fields)}

    def named(self, items: Sequence[Item]) -> list[Item]:
        """The items with the key beside each reference, as the record that it leads to has it."""
        made = list(items)
        for name, parts in self._parts.items():
            ids = sorted({str(item.values[name]) for item in items if item.values.get(name)})
            found = self._side.read(self._of[name], Window(ids=tuple(ids))).parts if ids else ()
            there = {row["_id"]: row for part in found for row in part}
            made = [_with_key(item, name, parts, there) for item in made]
        return made

    def shown(self, item: Item, answer: Answer) -> Answer:
        """The answer with the id that was sent, where POHODA shows the key that it stands for."""
        if answer.row is None:
            return answer
        kept = {
            name: item.values[name]
            for name, parts in self._parts.items()
            if item.values.get(name)
            and all(item.values.get(of) == answer.row.get(of) is not None for of in parts.values())
        }
        return replace(answer, row={**answer.row, **kept})


def _with_key(item: Item, name: str, parts: Mapping[str, str], there: Mapping[str, Row]) -> Item:
    if name not in item.values:
        return item
    row = there.get(str(item.values[name]), {})
    return replace(item, values={**item.values, **{of: row.get(part) for part, of in parts.items()}})
