"""From what a way of reading found to the row that all ways yield: words, blanks and sums, by the agenda file."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

from pohoda_bridge.catalogue import Field
from pohoda_bridge.pohoda import values
from pohoda_bridge.side import Row

Way = Literal["sql", "xml"]
"""How a way writes its values: `sql` gives columns of a database (an Access file too), `xml` the texts of elements."""


def value_of(spec: Field, way: Way, found: Any) -> Any:
    """One value as a row carries it; a reference stays a number. ValueError, ArithmeticError: another type."""
    if spec.words:
        return _word(spec, way, found)
    value = values.from_sql(spec.type, found) if way == "sql" else values.from_xml(spec.type, found)
    if spec.up_to and isinstance(value, str):
        value = values.text(value.partition(spec.up_to)[0])
    return _zero(spec) if value is None and spec.blank == "zero" else value


def finish(fields: Mapping[str, Field], way: Way, row: Row, header: Row | None = None) -> None:
    """Sums, conditions and repetitions, once all values of a row are there; `header` is the record of a set's row."""
    for name, spec in fields.items():
        if _source(spec, way) is not None:
            if spec.blank == "zero" and row.get(name) is None:
                row[name] = _zero(spec)
            continue
        if spec.otherwise is not None:
            row[name] = spec.otherwise
        if spec.sum:
            parts = [row.get(part) for part in spec.sum]
            row[name] = sum((part for part in parts if part is not None), Decimal(0))
    for name, spec in fields.items():
        if not _asked(spec, row, header or {}):
            row[name] = None
    copies = {name: spec.repeats for name, spec in fields.items() if spec.repeats}
    if copies and all(row.get(name) in {None, row.get(of)} for name, of in copies.items()):
        row.update(dict.fromkeys(copies))


def _asked(spec: Field, row: Row, header: Row) -> bool:
    if spec.condition is None:
        return True
    name, value = spec.condition
    found = (row if name in row else header).get(name)
    return bool(found) if value is None else found == value


def _zero(spec: Field) -> bool | int | Decimal:
    return {"boolean": False, "integer": 0}.get(spec.type, Decimal(0))


def _source(spec: Field, way: Way) -> str | None:
    return spec.sql if way == "sql" else spec.xml


def _word(spec: Field, way: Way, found: Any) -> str | None:
    said: int | str | None = values.from_xml("text", found) if way == "xml" else _plain(found)
    for word, known in spec.words.items():
        if said in (known.xml if way == "xml" else known.sql):
            return word
    if spec.otherwise is not None or said in {None, 0}:
        return spec.otherwise
    return f"?{said}"


def _plain(found: Any) -> int | str | None:
    if found is None or isinstance(found, str):
        return values.text(found) if found else None
    return int(found)
