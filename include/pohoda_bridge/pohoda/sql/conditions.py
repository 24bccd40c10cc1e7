"""What can be asked of the server: windows, ids, and the rules on plain columns. Values are always bound."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pohoda_bridge.catalogue import Agenda, Rule
from pohoda_bridge.pohoda.sql.query import Condition, Query
from pohoda_bridge.pohoda.sql.schema import LONG_TEXT, named
from pohoda_bridge.side import Window

_COMPARED: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "reference": (int,),
    "decimal": (int, Decimal),
    "boolean": (bool,),
}


def saved_within(query: Query, window: Window) -> list[Condition]:
    """Rows whose newest stamp lies in [since, until); rows without any stamp lie in no such window."""
    stamps = [_coalesced(group) for group in query.stamps]
    if not stamps:
        return []
    made = []
    if window.since is not None:
        made.append(Condition(" OR ".join(f"{stamp} >= ?" for stamp in stamps), (window.since,) * len(stamps)))
    if window.until is not None:
        any_stamp = " OR ".join(f"{stamp} IS NOT NULL" for stamp in stamps)
        made += [Condition(any_stamp)]
        made += [Condition(f"{stamp} IS NULL OR {stamp} < ?", (window.until,)) for stamp in stamps]
    return made


def taken(query: Query, agenda: Agenda) -> list[Condition]:
    """The rules of `takes` that the server can judge; Python judges all of them again."""
    made = []
    for rule in agenda.takes:
        if rule.field is None or rule.field not in query.names:
            continue
        if (condition := _judged(query, rule)) is not None:
            made.append(condition)
    return made


def matching(query: Query, key: Mapping[str, Any]) -> list[Condition]:
    """Rows that may carry the key's values; what the server cannot compare is left to Python."""
    made = []
    for name, value in key.items():
        if name not in query.names:
            continue
        spec = query.agenda.fields[name]
        table, column, alias = query.place(str(spec.sql))
        condition = None
        if value is None:
            condition = _emptiness(f"{alias}.[{named(column)}]", spec.type, query.schema.type_of(table, column))
        elif query.schema.type_of(table, column) not in LONG_TEXT:
            condition = _equality(f"{alias}.[{named(column)}]", spec.type, value)
        if condition is not None:
            made.append(condition)
    return made


def _judged(query: Query, rule: Rule) -> Condition | None:
    spec = query.agenda.fields[str(rule.field)]
    if spec.sql is None or "/" in spec.sql:
        return None
    column, kind = f"t.[{named(spec.sql)}]", query.schema.type_of(query.table, spec.sql)
    if rule.operator in {"empty", "filled"}:
        empty = _emptiness(column, spec.type, kind)
        wanted = rule.empty if rule.operator == "empty" else not rule.filled
        return empty if wanted or empty is None else Condition(f"NOT ({empty.sql})")
    if rule.operator == "equals" and rule.equals is not None and kind not in LONG_TEXT:
        return _equality(column, spec.type, rule.equals)
    return None


def _emptiness(column: str, kind: str, stored: str | None) -> Condition | None:
    if kind == "reference":
        return Condition(f"NULLIF({column}, 0) IS NULL")
    if kind != "text":
        return Condition(f"{column} IS NULL")
    return None if stored in LONG_TEXT else Condition(f"{column} IS NULL OR {column} = ''")


def _equality(column: str, kind: str, value: Any) -> Condition | None:
    if not isinstance(value, _COMPARED.get(kind, ())):
        return None
    if kind == "text":
        # A text column is varchar: compared with an nvarchar value, no index of it would be used.
        return Condition(f"{column} = CAST(? AS varchar(8000))", (value,))
    small = not isinstance(value, int | Decimal) or bool(-(2**31) < value < 2**31)
    return Condition(f"{column} = ?", (value,)) if small else None


def _coalesced(group: list[str]) -> str:
    return group[0] if len(group) == 1 else f"COALESCE({', '.join(group)})"
