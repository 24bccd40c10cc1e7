"""One order for rows that have none of their own, the same on both sides whatever came first."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from pohoda_bridge.records.fingerprint import canonical


def in_order(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows by their content: equal sets of rows become equal lists."""
    return sorted(
        (dict(row) for row in rows), key=lambda row: orjson.dumps(canonical(row), option=orjson.OPT_SORT_KEYS)
    )
