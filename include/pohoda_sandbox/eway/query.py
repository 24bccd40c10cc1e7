"""Query, the only read with pages and an order: columns of one folder, filtered, sorted, a part of the rows.

The published samples show what is asked, not what is answered: rows of a DataResponse by the columns' aliases are
(assumed). Joins, relations and sums are not served: rcParameterError.
"""

import re
import uuid
from collections.abc import Callable, Set
from functools import lru_cache
from typing import Any

from pohoda_sandbox.eway import values
from pohoda_sandbox.eway.call import Call
from pohoda_sandbox.eway.errors import Json, wrong
from pohoda_sandbox.eway.folders import Field, Folder
from pohoda_sandbox.eway.store import Item, collated

TABLE, COLUMN, MAIN = "MainTableQuery", "Column", "MainTable"
GROUPS = {"AndFilterExpressionOperator": all, "OrFilterExpressionOperator": any}
NOT = "NotFilterExpression"
Row = Json
Holds = Callable[[Row], bool]
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": lambda one, other: one == other,
    "Less": lambda one, other: one < other,
    "LessOrEqual": lambda one, other: one <= other,
    "Greater": lambda one, other: one > other,
    "GreaterOrEqual": lambda one, other: one >= other,
}


def query(call: Call) -> Json:
    """The rows of the page. Raises rcParameterError for what is not served."""
    asked, folder, rows = _asked(call)
    for order in reversed(asked.get("Sort") or []):
        field = folder.fields[_column(folder, order.get("Field"))]
        descending = order.get("OrderDirection") == "Descending"
        rows.sort(key=lambda row: _sortable(field, row[field.name]), reverse=descending)
    paging = asked.get("Paging") or {}
    skip, take = int(paging.get("Skip") or 0), paging.get("Take")
    page = rows[skip : skip + int(take) if take is not None else None]
    fields = [(one.get("Alias") or _column(folder, one), _column(folder, one)) for one in asked.get("Fields") or []]
    return {"Data": [{alias: row[name] for alias, name in fields} for row in page]}


def amount(call: Call) -> Json:
    """How many rows there are on all pages."""
    return {"Datum": len(_asked(call)[2])}


def _asked(call: Call) -> tuple[Json, Folder, list[Row]]:
    asked = call.object("query")
    types = asked.get("ItemTypes")
    if _kind(asked) != TABLE or not isinstance(types, list) or len(types) != 1:
        raise wrong("Only queries of one main table are served")
    folder = call.folder(types[0])
    holds = _filter(folder, asked["Filter"]) if asked.get("Filter") else lambda row: True
    seen = call.rights.seen(call.user, folder.name, call.items.store.every(folder.name))
    used = _named(asked) & folder.fields.keys()
    masked = bool(call.rights.columns(call.user, folder.name))
    rows = (_row(call, folder, item, used, masked=masked) for item in seen)
    return asked, folder, [row for row in rows if holds(row)]


def _row(call: Call, folder: Folder, item: Item, used: Set[str], *, masked: bool) -> Row:
    dates, own = call.items.switches.dates, {"ItemGUID": item.guid, "ItemVersion": item.version}
    row = {name: own.get(name) or values.shown(folder.fields[name], item.data.get(name), dates) for name in used}
    return call.rights.masked(call.user, folder.name, item, row) if masked else row


def _named(sent: Any) -> frozenset[str]:
    """The names of all columns that a part of a query has."""
    if isinstance(sent, dict):
        own = frozenset({str(sent["Name"])} if "Name" in sent else ())
        return own.union(*map(_named, sent.values()))
    return frozenset().union(*map(_named, sent)) if isinstance(sent, list) else frozenset()


def _filter(folder: Folder, sent: Json) -> Holds:
    kind = _kind(sent)
    if kind in GROUPS:
        parts = [_filter(folder, one) for one in sent.get("Children") or []]
        return lambda row: GROUPS[kind](part(row) for part in parts)
    if kind == NOT:
        inner = _filter(folder, sent.get("Child") or {})
        return lambda row: not inner(row)
    predicate = kind.removesuffix("FilterExpressionPredicate")
    name = _column(folder, sent.get("Field"))
    field = folder.fields[name]
    if predicate == "In":
        wanted = {collated(one) for one in sent.get("Value") or []}
        return lambda row: collated(row[name]) in wanted
    value = collated(sent.get("Value"))
    if predicate == "Like":
        pattern = re.compile(re.escape(str(value)).replace("%", ".*"), re.DOTALL)
        return lambda row: bool(pattern.fullmatch(str(collated(row[name]) or "")))
    if predicate not in COMPARE:
        raise wrong(f"Filter '{kind}' is not served")
    if predicate == "Equals" or value is None:
        return lambda row: collated(row[name]) == value
    bound = _sortable(field, sent.get("Value"))
    return lambda row: row[name] is not None and COMPARE[predicate](_sortable(field, row[name]), bound)


def _column(folder: Folder, sent: Any) -> str:
    """The name of a column of the main table. Raises rcParameterError."""
    source = sent.get("Source") if isinstance(sent, dict) else None
    if not isinstance(source, dict) or _kind(sent) != COLUMN or _kind(source) != MAIN:
        raise wrong("Only columns of the main table are served")
    name = str(sent.get("Name"))
    if name not in folder.fields or name in folder.hidden:
        raise wrong(f"Column '{name}' is not known")
    return name


def _kind(sent: Json) -> str:
    return str(sent.get("__type") or "").removesuffix(":#EQ")


def _sortable(field: Field, value: Any) -> tuple[bool, Any]:
    """Empty ones first."""
    if field.kind == "guid" and isinstance(value, str):
        return True, _placed(value)
    return value is not None, collated(value) if value is not None else 0


@lru_cache(maxsize=1 << 17)
def _placed(text: str) -> bytes:
    """Where a guid stands in the order of SQL Server, which looks at its last six bytes first. Raises Refused."""
    raw = uuid.UUID(values.guid(text)).bytes_le
    return raw[10:] + raw[8:10] + raw[6:8] + raw[4:6] + raw[:4]
