"""The numbers of documents that new ones are made from: POHODA knows the invoice that a credit note corrects by it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pohoda_bridge.side import Item, Lookup, Pack, Row

LookUp = Callable[[str, Sequence[Lookup]], list[list[Row]]]


def with_numbers(pack: Pack, tables: Mapping[str, str], year: int, look_up: LookUp) -> Pack:
    """The pack whose new documents name their sources by number too; `tables`: that of each agenda, `year`: where the
    documents go, and the ids of their sources lie. A source that is not found stays as it is, to be refused."""
    return replace(pack, items=[_named(item, tables, year, look_up) for item in pack.items])


def _named(item: Item, tables: Mapping[str, str], year: int, look_up: LookUp) -> Item:
    sources = item.values.get("sources")
    if item.action != "create" or not isinstance(sources, list):
        return item
    return replace(item, values={**item.values, "sources": [_numbered(one, tables, year, look_up) for one in sources]})


def _numbered(source: Row, tables: Mapping[str, str], year: int, look_up: LookUp) -> dict[str, Any]:
    agenda, record = str(source.get("agenda")), source.get("record")
    if source.get("number") or record is None or agenda not in tables:
        return dict(source)
    (found,) = look_up(agenda, [Lookup(id=f"{year}/{tables[agenda]}/{record}")])
    return {**source, "number": found[0]["number"]} if len(found) == 1 and found[0].get("number") else dict(source)
