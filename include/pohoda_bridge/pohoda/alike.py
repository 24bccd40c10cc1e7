"""Records that POHODA may keep twice with one key: the second and each later one gets its number among its equals.

Two settlements of one invoice may fall on one day, have one paying document and one amount: they are two payments.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from pohoda_bridge.catalogue import Alike
from pohoda_bridge.pohoda.identity import parsed
from pohoda_bridge.pohoda.reader import folded
from pohoda_bridge.records.fingerprint import fingerprint
from pohoda_bridge.side import Row


def numbered(alike: Alike, parts: Iterable[list[Row]]) -> Iterator[list[Row]]:
    """All rows, with their number among those equal in `alike.by`; None for the first, which most are alone.

    Rows count in the order of their ids: those that are equal come so, or together in one part.
    """
    met: Counter[str] = Counter()
    for part in parts:
        turns: dict[str, int | None] = {}
        for row in sorted(part, key=_number):
            equal = fingerprint({name: folded(row.get(name)) for name in alike.by})
            met[equal] += 1
            turns[row["_id"]] = met[equal] if met[equal] > 1 else None
        yield [{**row, alike.into: turns[row["_id"]]} for row in part]


def _number(row: Row) -> int:
    place = parsed(row["_id"])
    return place[2] if place else 0
