"""Look-ups: by guid, by business key; every hit is checked again here, and no answer is never "none".

eWay-CRM has no place for our mark; a record that we made is known by its guid, which we chose.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pohoda_bridge.crm.eway.guids import made
from pohoda_bridge.crm.eway.reading import Reader
from pohoda_bridge.crm.eway.shape import GUID, Shape
from pohoda_bridge.crm.found import Found
from pohoda_bridge.side import Lookup, Row

LONG_NUMBER = 8


class Finder:
    """`searches`: so many searches are made at most; for more keys the folder is read once, which finds the same."""

    def __init__(self, reader: Reader, searches: int) -> None:
        self._reader = reader
        self._searches = searches

    def look_up(self, shape: Shape, wanted: Sequence[Lookup]) -> list[list[Row]]:
        found = Found(shape, [_by_guid(shape, lookup) for lookup in wanted], marks=False)
        for items in self._reader.some(shape, found.ids):
            found.take(map(shape.row, items))
        asked = [members for key in found.asked for members in self._searched(shape, key)]
        if {} in asked or len(asked) > self._searches:
            for items in self._reader.everything(shape):
                found.take(map(shape.row, items), [True] * len(items))
            return found.results
        for members in asked:
            items = self._reader.equal(shape, members)
            found.take(map(shape.row, items), [True] * len(items))
        return found.results

    def twins(self, shape: Shape, guid: str, members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """(member, guid) of other records with the same value in a member that the duplicate check may go by."""
        for wires in shape.spec.duplicates:
            first, *further = (wires,) if isinstance(wires, str) else wires
            if not all(isinstance(members.get(wire), str) and members[wire] for wire in (first, *further)):
                continue
            for form in _forms(members[first]):
                for item in self._reader.equal(shape, {first: form, **{wire: members[wire] for wire in further}}):
                    if (other := str(item[GUID]).lower()) != guid:
                        yield from ((wire, other) for wire in (first, *further))

    @staticmethod
    def _searched(shape: Shape, key: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """What to search for, one for each form the key may be written in; {} where only reading all finds it.

        Foreign keys and names in lists cannot be searched for; they are compared here.
        """
        members = [shape.members[name] for name, value in key.items() if value is not None]
        texts = {m.wire: key[m.name] for m in members if m.kind == "text" and not m.custom and m.book is None}
        if not texts:
            yield {}
        elif len(texts) == 1:
            ((wire, value),) = texts.items()
            yield from ({wire: form} for form in _forms(str(value)))
        else:
            yield texts


def _by_guid(shape: Shape, lookup: Lookup) -> Lookup:
    """A record is known by the item that made it; a part of an item by the item that it belongs to."""
    if lookup.item is not None:
        return Lookup(id=made(lookup.item))
    own = next((name for name, mapped in shape.mapping.items() if mapped.to == shape.spec.owner), None)
    if lookup.id is None and lookup.key is not None and own is not None and lookup.key.get(own) is not None:
        return Lookup(id=str(lookup.key[own]))
    return replace(lookup, id=lookup.id.lower()) if lookup.id is not None else lookup


def _forms(value: str) -> list[str]:
    """A number of digits as people write it: as it is, without blanks, in groups of three."""
    bare = "".join(value.split())
    grouped = f"{bare[:3]} {bare[3:5]} {bare[5:]}" if bare.isdigit() and len(bare) == LONG_NUMBER else bare
    return list(dict.fromkeys((value, bare, grouped) if bare.isdigit() else (value,)))
