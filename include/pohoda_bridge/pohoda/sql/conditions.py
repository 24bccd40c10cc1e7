"""What can be asked of the server: windows, ids, and the rules on plain columns. Values are always bound."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pohoda_bridge.catalogue import Again, Agenda, Field, Rule
from pohoda_bridge.pohoda.sql.query import STAMPS, Condition, Query
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
    """Rows whose newest stamp lies in [since, until); rows without any stamp lie in no such window.

    With no `until`, those too that the agenda reads again.
    """
    stamps = [_coalesced(group) for group in query.stamps]
    if not stamps:
        return []
    made = []
    if window.since is not None:
        asked = [Condition(f"{stamp} >= ?", (window.since,)) for stamp in stamps]
        if window.until is None:
            asked += [_again(query, again, window.since) for again in read_again(query)]
        made.append(_any(asked))
    if window.until is not None:
        any_stamp = " OR ".join(f"{stamp} IS NOT NULL" for stamp in stamps)
        made += [Condition(any_stamp)]
        made += [Condition(f"{stamp} IS NULL OR {stamp} < ?", (window.until,)) for stamp in stamps]
    return made


def read_again(query: Query) -> list[Again]:
    """What the agenda reads again, as far as this database has the columns."""
    return [again for again in query.agenda.read.sql.again if not _lacks(query, again)]


def held(query: Query) -> list[Condition]:
    """Rows that are records of the agenda at all, as rows of another table point at them."""
    holders = query.agenda.read.sql.held_by
    if holders is None or not query.schema.has(holders.table, holders.by):
        return []
    points = f"SELECT a.[{named(holders.by)}] FROM dbo.[{named(holders.table)}] AS a"  # ruff: ignore[hardcoded-sql-expression]
    return [Condition(f"t.[ID] IN ({points})")]


def among(query: Query, column: str, values: Sequence[Any], alias: str = "t") -> Condition:
    """Rows whose column holds one of the values; of a text column as POHODA compares texts."""
    # A text column is varchar: compared with an nvarchar value, no index of it would be used.
    mark = "CAST(? AS varchar(8000))" if values and isinstance(values[0], str) else "?"
    return Condition(f"{alias}.[{named(column)}] IN ({', '.join(mark for _ in values)})", tuple(values))


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
        if spec.words:
            known = spec.words.get(str(value)) if value != spec.otherwise else None
            condition = among(query, column, known.sql, alias) if known and known.sql else None
        elif value is None:
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
    if spec.words:
        return _worded(query, spec, rule)
    column, kind = f"t.[{named(spec.sql)}]", query.schema.type_of(query.table, spec.sql)
    if rule.operator in {"empty", "filled"}:
        empty = _emptiness(column, spec.type, kind)
        wanted = rule.empty if rule.operator == "empty" else not rule.filled
        return empty if wanted or empty is None else Condition(f"NOT ({empty.sql})")
    if rule.operator == "equals" and rule.equals is not None and kind not in LONG_TEXT:
        return _equality(column, spec.type, rule.equals)
    return None


def _worded(query: Query, spec: Field, rule: Rule) -> Condition | None:
    """Rows whose number stands for one of the rule's words."""
    words = {"equals": (rule.equals,), "in_": rule.in_ or ()}.get(rule.operator, ())
    known = [spec.words.get(str(word)) for word in words if word != spec.otherwise]
    if not words or len(known) < len(words) or None in known:
        return None
    return among(query, str(spec.sql), [value for word in known if word for value in word.sql])


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


def _again(query: Query, again: Again, since: datetime) -> Condition:
    if again.column is not None:
        column = f"t.[{named(again.column)}]"
        return Condition(f"{column} IS NOT NULL AND {column} <> 0")
    stamps = [f"a.[{stamp}]" for stamp in STAMPS if query.schema.has(str(again.table), stamp)]
    moved = (
        Condition(f"a.[{named(again.when)}] >= ?", (since - timedelta(days=again.days),))
        if again.when is not None
        else Condition(f"{_coalesced(stamps)} >= ?", (since,))
    )
    asked = [moved, *(among(query, column, numbers, "a") for column, numbers in again.where.items())]
    rows = " AND ".join(f"({condition.sql})" for condition in asked)
    values = tuple(value for condition in asked for value in condition.values)
    by, table = named(str(again.by)), named(str(again.table))
    points = f"SELECT a.[{by}] FROM dbo.[{table}] AS a WHERE {rows}"  # ruff: ignore[hardcoded-sql-expression]
    return Condition(f"t.[ID] IN ({points})", values)


def _lacks(query: Query, again: Again) -> bool:
    if again.column is not None:
        return not query.schema.has(query.table, again.column)
    stamped = again.when is not None or any(query.schema.has(str(again.table), stamp) for stamp in STAMPS)
    wanted = [name for name in (again.by, again.when, *again.where) if name is not None]
    return not (stamped and query.schema.has(str(again.table), *wanted))


def _any(asked: Sequence[Condition]) -> Condition:
    values = tuple(value for condition in asked for value in condition.values)
    return Condition(" OR ".join(condition.sql for condition in asked), values)


def _coalesced(group: list[str]) -> str:
    return group[0] if len(group) == 1 else f"COALESCE({', '.join(group)})"
