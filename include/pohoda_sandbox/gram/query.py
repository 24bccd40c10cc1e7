"""The parameters of a list, read into SQL: what is not understood is refused, never passed over.

Levels: L0 pages, sorts and chooses fields; L1 also filters by the time of change; L2 by any field.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pohoda_sandbox.gram.errors import invalid, problem
from pohoda_sandbox.gram.nested import flat
from pohoda_sandbox.gram.store import Store, fold
from pohoda_sandbox.gram.wire import Entity, Field, Wire

COMPARE = {"eq": "=", "ne": "IS NOT", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
OPERATORS = frozenset({*COMPARE, "contains", "starts", "in", "null"})


@dataclass(frozen=True)
class Query:
    where: tuple[str, ...]
    values: tuple[Any, ...]
    order: str
    page: int
    size: int
    fields: tuple[str, ...]


def read(wire: Wire, store: Store, entity: Entity, parameters: dict[str, str], level: int) -> Query:
    """`entity` with its system fields. Raises the 400 of the service."""
    name = {logical: wire.parameter(logical) for logical in ("page", "size", "sort", "fields", "filter", "since")}
    known = [name[logical] for logical in ("page", "size", "sort", "fields")]
    known += [name["filter"], name["since"]] if level else []
    if unknown := [problem(given, "unknown") for given in parameters if given not in known]:
        raise invalid(*unknown)
    where: list[str] = []
    values: list[Any] = []
    narrow = False
    if since := parameters.get(name["since"]):
        _moment(name["since"], since, wire.datetime)
        where.append(f"{store.expression(wire.system('modified'))} >= ?")
        values.append(since)
    for field, operator, value in _conditions(wire, name["filter"], parameters.get(name["filter"], "")):
        suits = field in entity.fields and flat(entity.fields[field])
        if not suits or (level == 1 and field != wire.system("modified")):
            raise invalid(problem(name["filter"], "unknown_field", f"{field} cannot be filtered by."))
        condition, arguments = _condition(wire, store, entity.fields[field], operator, value)
        where.append(condition)
        values += arguments
        narrow = narrow or operator in {"eq", "in"}
    largest = int(wire.api["list"].get("max_page_size", 500))
    return Query(
        where=tuple(where),
        values=tuple(values),
        order=_order(wire, store, entity, parameters.get(name["sort"], ""), "+" if narrow else ""),
        page=_whole(name["page"], parameters.get(name["page"], "1"), 1, 10**9),
        size=_whole(name["size"], parameters.get(name["size"], "100"), 1, largest),
        fields=_fields(name["fields"], parameters.get(name["fields"], ""), entity),
    )


def _conditions(wire: Wire, parameter: str, text: str) -> list[tuple[str, str, str]]:
    """`Field:op:value` joined by `;`: a `;` inside a value stays, because no condition begins after it."""
    if not text:
        return []
    join = re.escape(wire.api["filter"]["join"])
    found = []
    for part in re.split(rf"{join}(?=\w+:(?:{'|'.join(OPERATORS)})(?::|{join}|$))", text):
        field, _, rest = part.partition(":")
        operator, _, value = rest.partition(":")
        if operator not in OPERATORS:
            raise invalid(problem(parameter, "bad_filter", f"Filter is not understood: {field}:{operator}."))
        found.append((field, operator, value))
    return found


def _condition(wire: Wire, store: Store, field: Field, operator: str, value: str) -> tuple[str, list[Any]]:
    column = store.expression(field.name)
    if operator == "null" or (operator in {"eq", "ne"} and not value):
        empty = operator == "eq" or (operator == "null" and value != "false")
        return f"{column} IS {'' if empty else 'NOT '}NULL", []
    if field.kind == "options":
        texts = value.split(wire.api["filter"]["in"]) if operator == "in" else [value]
        if operator not in {"eq", "contains", "in"}:
            raise invalid(problem(field.name, "bad_filter", f"{operator} does not suit {field.name}."))
        marks = ", ".join("?" * len(texts))
        return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value IN ({marks}))", list(texts)
    if operator == "contains":
        return f"instr(fold({column}), ?) > 0", [fold(value)]
    if operator == "starts":
        return f"substr(fold({column}), 1, ?) = ?", [len(fold(value) or ""), fold(value)]
    if operator == "in":
        store.index(column)
        texts = value.split(wire.api["filter"]["in"])
        return f"{column} IN ({', '.join('?' * len(texts))})", [_value(wire, field, text) for text in texts]
    if operator == "eq":
        store.index(column)
    return f"{column} {COMPARE[operator]} ?", [_value(wire, field, value)]


def _value(wire: Wire, field: Field, text: str) -> Any:
    if field.kind in {"number", "currency"}:
        try:
            return float(text)
        except ValueError:
            raise invalid(problem(field.name, "bad_type")) from None
    if field.kind == "bool":
        if text not in {"true", "false"}:
            raise invalid(problem(field.name, "bad_type"))
        return int(text == "true")
    if field.kind in {"date", "datetime"}:
        _moment(field.name, text, wire.api[field.kind])
    return text


def _moment(parameter: str, text: str, form: str) -> None:
    try:
        datetime.strptime(text, form)
    except ValueError:
        raise invalid(problem(parameter, "bad_type")) from None


def _order(wire: Wire, store: Store, entity: Entity, text: str, plus: str) -> str:
    """`plus` "+" keeps SQLite from walking the order's index where an equality leaves only a few records."""
    parts = []
    for given in [*(text.split(",") if text else []), wire.system("id")]:
        field = given.removeprefix("-")
        if field not in entity.fields or not flat(entity.fields[field]):
            raise invalid(problem(wire.parameter("sort"), "unknown_field", f"{field} cannot be sorted by."))
        parts.append(plus + store.expression(field) + (" DESC" if given.startswith("-") else ""))
    return ", ".join(parts)


def _fields(parameter: str, text: str, entity: Entity) -> tuple[str, ...]:
    chosen = tuple(text.split(",")) if text else ()
    for field in chosen:
        if field not in entity.fields:
            raise invalid(problem(parameter, "unknown_field", f"{field} is no field of {entity.name}."))
    return chosen


def _whole(parameter: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"\d{1,10}", text) or not least <= int(text) <= most:
        raise invalid(problem(parameter, "out_of_range", f"{parameter} must be {least} to {most}."))
    return int(text)
