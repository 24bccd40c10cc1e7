"""Rules of a link asked of the server: what it keeps back surely breaks a rule; all else is judged again in Python.

A condition is never NULL where it is negated. `_over` holds wherever the rule does (and perhaps elsewhere), `_under`
nowhere else than where the rule does; under `not` each becomes the other.
"""

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from pohoda_bridge.catalogue import Field, Rule
from pohoda_bridge.pohoda.sql.query import Condition, Query
from pohoda_bridge.pohoda.sql.schema import named

WHOLE = frozenset({"int", "smallint", "tinyint", "bigint"})
EXACT = frozenset({"money", "smallmoney", "decimal", "numeric"})
TIMES = frozenset({"date", "datetime", "datetime2", "smalldatetime"})
TEXTS = frozenset({"varchar", "char"})
MOST = 500
"""A server takes 2100 values in one statement."""
ODD = ("up_to", "only_if", "repeats", "convert")
"""What makes a value of a column that the server cannot make."""


def ruled(query: Query, rules: Sequence[Rule]) -> list[Condition]:
    """Conditions that let every row through that holds all rules; a rule that cannot be asked gives none."""
    return [asked for rule in rules if (asked := _over(query, rule)) is not None]


def _over(query: Query, rule: Rule) -> Condition | None:
    if rule.any is not None:
        asked = [_over(query, one) for one in rule.any]
        return None if None in asked else _either([one for one in asked if one is not None])
    if rule.not_ is not None:
        return _not(_under(query, rule.not_))
    found = _asked(query, rule)
    return found[0] if found else None


def _under(query: Query, rule: Rule) -> Condition | None:
    if rule.any is not None:
        return _either([asked for one in rule.any if (asked := _under(query, one)) is not None])
    if rule.not_ is not None:
        return _not(_over(query, rule.not_))
    found = _asked(query, rule)
    return found[0] if found and found[1] else None


def _either(asked: Sequence[Condition]) -> Condition | None:
    if not asked or sum(len(one.values) for one in asked) > MOST:
        return None
    return Condition(
        " OR ".join(f"({one.sql})" for one in asked), tuple(value for one in asked for value in one.values)
    )


def _not(asked: Condition | None) -> Condition | None:
    return Condition(f"CASE WHEN {asked.sql} THEN 0 ELSE 1 END = 1", asked.values) if asked else None


def _asked(query: Query, rule: Rule) -> tuple[Condition, bool] | None:
    """The condition of a rule about one field, and whether it holds for nothing else than the rule does."""
    name = str(rule.field)
    made = {gives for derive in query.agenda.derive for gives in derive.gives}
    spec = query.agenda.fields.get(name)
    if spec is None or name in made or name not in query.names or any(getattr(spec, odd) for odd in ODD):
        return None
    table, stored, alias = query.place(str(spec.sql))
    kind = query.schema.type_of(table, stored) or ""
    column = f"{alias}.[{named(stored)}]"
    if spec.words:
        return None if spec.blank else _worded(column, spec, rule)
    if spec.blank:
        column = f"COALESCE({column}, {int(spec.blank == 'one')})"
    if rule.operator in {"empty", "filled"} or (rule.operator == "equals" and rule.equals is None):
        empty = None if spec.blank else _empty(column, spec, kind)
        wanted = {"empty": rule.empty, "filled": not rule.filled}.get(rule.operator, True)
        return (empty if wanted else Condition(f"NOT ({empty.sql})"), True) if empty else None
    return _compared(column, spec, kind, rule)


def _empty(column: str, spec: Field, kind: str) -> Condition | None:
    if spec.type == "reference":
        return Condition(f"NULLIF({column}, 0) IS NULL")
    if spec.type == "text":
        return Condition(f"{column} IS NULL OR {column} = ''") if kind in TEXTS else None
    return Condition(f"{column} IS NULL") if spec.type != "list" else None


def _compared(column: str, spec: Field, kind: str, rule: Rule) -> tuple[Condition, bool] | None:
    wanted = getattr(rule, rule.operator)
    values = [value for value in (wanted if rule.operator == "in_" else (wanted,)) if value is not None]
    if rule.operator in {"equals", "in_"} and len(values) <= MOST:
        return _among(column, spec, kind, values)
    if rule.operator in {"since", "until"} and spec.type in {"date", "datetime"} and kind in TIMES:
        return _bound(column, rule.operator, wanted), True
    if rule.operator in {"above", "below"}:
        sign = ">" if rule.operator == "above" else "<"
        if spec.type == "integer" and kind in WHOLE:
            whole = math.floor(wanted) if sign == ">" else math.ceil(wanted)
            return (Condition(f"{column} {sign} ?", (whole,)), True) if abs(whole) < 2**31 else None
        if spec.type == "decimal" and kind in EXACT:
            return Condition(f"{column} {sign} ?", (wanted,)), True
    if rule.operator == "starts_with" and spec.type == "text" and kind in TEXTS and _digits(wanted):
        # Letters are left to Python: by a Czech collation no `c%` finds what begins with `ch`.
        return Condition(f"{column} LIKE CAST(? AS varchar(8000))", (f"{wanted}%",)), False
    return None


def _among(column: str, spec: Field, kind: str, values: Sequence[Any]) -> tuple[Condition, bool] | None:
    if not values:
        return Condition("1 = 0"), True
    if (
        spec.type == "text"
        and kind in TEXTS
        and all(isinstance(one, str) and one and "\n" not in one for one in values)
    ):
        # POHODA's texts are equal without regard to case: the server lets more through than Python.
        marks = ", ".join("CAST(? AS varchar(8000))" for _ in values)
        return Condition(f"{column} IN ({marks})", tuple(values)), False
    if spec.type == "boolean" and kind == "bit" and all(isinstance(one, bool) for one in values):
        return Condition(f"{column} IN ({', '.join('?' for _ in values)})", tuple(map(int, values))), True
    whole = all(isinstance(one, int) and not isinstance(one, bool) and abs(one) < 2**31 for one in values)
    if spec.type == "integer" and kind in WHOLE and whole:
        return Condition(f"{column} IN ({', '.join('?' for _ in values)})", tuple(values)), True
    if spec.type == "decimal" and kind in EXACT and all(isinstance(one, int | Decimal) for one in values):
        marks = ", ".join("?" for _ in values)
        return Condition(f"{column} IN ({marks})", tuple(Decimal(one) for one in values)), True
    return None


def _bound(column: str, operator: str, day: date) -> Condition:
    if operator == "since":
        return Condition(f"{column} >= ?", (datetime.combine(day, time()),))
    if day >= date.max:
        return Condition(f"{column} IS NOT NULL")
    return Condition(f"{column} < ?", (datetime.combine(day + timedelta(days=1), time()),))


def _worded(column: str, spec: Field, rule: Rule) -> tuple[Condition, bool] | None:
    """Rows whose number stands for one of the rule's words; of codes in letters more may come."""
    words = {"equals": (rule.equals,), "in_": rule.in_ or ()}.get(rule.operator, ())
    meaning: dict[int | str | None, str] = {}
    for word, known in spec.words.items():
        for code in known.sql:
            meaning.setdefault(code, word)
    if not words or any(word == spec.otherwise or word not in meaning.values() for word in words):
        return None
    wanted = [code for code, word in meaning.items() if word in words]
    codes = [code for code in wanted if code is not None]
    text = any(isinstance(code, str) for code in codes)
    if text and not all(isinstance(code, str) for code in codes):
        return None
    mark = "CAST(? AS varchar(8000))" if text else "?"
    asked = [Condition(f"{column} IN ({', '.join(mark for _ in codes)})", tuple(codes))] if codes else []
    if None in wanted:
        asked.append(Condition(f"{column} IS NULL"))
    found = _either(asked)
    return (found, not text) if found else None


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
