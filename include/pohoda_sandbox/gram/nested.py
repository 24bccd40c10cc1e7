"""Objects and parts of a record: what a write of them leaves, and how they are shown."""

import uuid
from typing import Any

from pohoda_sandbox.gram.errors import Json
from pohoda_sandbox.gram.wire import NESTED, Field

POSITION = "Position"


def kept_part(field: Field, part: Json, stored: list[Json], used: set[str]) -> Json:
    """The stored part that a written one goes on with: it has the same id, and no part before it took that."""
    identity = part.get(field.key) if field.key else None
    known = next((one for one in stored if identity and one.get(field.key) == identity), None)
    if known is None or identity in used:
        return {}
    used.add(str(identity))
    return known


def merged(fields: dict[str, Field], stored: Json, values: Json) -> Json:
    """The record's data after a write: an object field by field, parts as a whole, what is empty left out."""
    data = dict(stored)
    for name, value in values.items():
        spec = fields.get(name)
        if spec is not None and spec.kind == "object" and value is not None:
            inner = {**stored.get(name, {}), **value}
            data[name] = {part: given for part, given in inner.items() if given is not None} or None
        elif spec is not None and spec.kind == "parts" and value is not None:
            data[name] = _parts(spec, value)
        else:
            data[name] = value
    return {name: value for name, value in data.items() if value is not None}


def settled(fields: dict[str, Field], stored: Json, data: Json) -> Json:
    """The data with the stored parts in place of new ones that differ from them in nothing but their ids."""
    same = {
        name: stored[name]
        for name, spec in fields.items()
        if spec.kind == "parts" and name in stored and _bare(spec, stored[name]) == _bare(spec, data.get(name, []))
    }
    return {**data, **same}


def shown(field: Field, value: Any) -> Any:
    """A value as an answer carries it: every inner field, empty ones as null, no parts as an empty list."""
    if field.kind == "object":
        return {name: (value or {}).get(name) for name in field.fields}
    if field.kind == "parts":
        return [{name: part.get(name) for name in field.fields} for part in value or []]
    return value if value is not None or field.kind != "options" else []


def flat(field: Field) -> bool:
    """Whether lists can be narrowed and sorted by the field."""
    return field.kind not in NESTED


def _parts(spec: Field, written: list[Json]) -> list[Json]:
    """The parts with their ids and places."""
    parts = []
    for number, part in enumerate(written, 1):
        filled = {name: value for name, value in part.items() if value is not None}
        own = {spec.key: filled.get(spec.key) or uuid.uuid4().hex} if spec.key else {}
        parts.append({**filled, **own, **({POSITION: number} if POSITION in spec.fields else {})})
    return parts


def _bare(spec: Field, parts: list[Json]) -> list[Json]:
    return [{name: value for name, value in part.items() if name != spec.key} for part in parts]
