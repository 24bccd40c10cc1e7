"""The guids of a large folder page by page, by the service's Query, whose answer nobody has published.

A page goes on after the last guid of the one before: what is deleted meanwhile moves no row to another page.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.failure import Failure

GUID = "ItemGUID"


def guids_by_page(session: Session, folder: str, size: int, wire: str | None, kinds: Sequence[str]) -> Iterator[str]:
    """The guids of all items of a folder, of those whose member `wire` is one of `kinds` where it is given.

    Raises Retry, StopAgenda: also for an answer whose rows show no guid or no other than before.
    """
    last = ""
    while True:
        parts = [_predicate("In", wire, Value=list(kinds))] if wire else []
        parts += [_predicate("Greater", GUID, Value=last)] if last else []
        query = {
            "__type": "MainTableQuery:#EQ",
            "ItemTypes": [folder],
            "Fields": [_column(GUID)],
            "Filter": {"__type": "AndFilterExpressionOperator:#EQ", "Children": parts} if parts else None,
            "Sort": [{"Field": _column(GUID), "OrderDirection": "Ascending"}],
            "Paging": {"Skip": 0, "Take": size},
        }
        rows = session.ask("Query", query=query).at("Data")
        found = [same(row.get(GUID)) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [""]
        if "" in found or last in found:
            raise Failure("unreadable", "POST Query").error()
        yield from found
        if len(found) < size:
            return
        last = found[-1]


def _column(name: str) -> dict[str, Any]:
    return {"__type": "Column:#EQ", "Source": {"__type": "MainTable:#EQ"}, "Name": name, "Alias": name}


def _predicate(kind: str, name: str, **value: Any) -> dict[str, Any]:
    return {"__type": f"{kind}FilterExpressionPredicate:#EQ", "Field": _column(name), **value}
