"""From what a way of reading found to the row that all ways yield: words, blanks and sums, by the agenda file.

Everything is made ready once for the fields of a shape: a reading makes thousands of rows of it.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from pohoda_bridge.catalogue import Field
from pohoda_bridge.pohoda import values
from pohoda_bridge.side import Row

Way = Literal["sql", "xml"]
"""How a way writes its values: `sql` gives columns of a database (an Access file too), `xml` the texts of elements."""
Convert = Callable[[Any], Any]


def value_of(spec: Field, way: Way, found: Any) -> Any:
    """One value as a row carries it; a reference stays a number. ValueError, ArithmeticError: another type."""
    return converter(spec, way)(found)


def converter(spec: Field, way: Way) -> Convert:
    """`value_of` for many values of one field."""
    if spec.words:
        return _worder(spec, way)
    nothing = _blank(spec) if spec.blank else values.from_xml(spec.type, None) if way == "xml" else None
    read: Convert = values.FROM_SQL[spec.type] if way == "sql" else partial(values.from_xml, spec.type)
    if spec.type == "text":
        read = values.text if way == "xml" else values.FROM_SQL["text"]
    if spec.up_to is not None:
        read = _cut(read, spec.up_to)

    def convert(found: Any) -> Any:
        value = None if found is None else read(found)
        return nothing if value is None else value

    return convert


class Finish:
    """Sums, conditions and repetitions, once all values of a row are there; one for all rows of the same fields."""

    def __init__(self, fields: Mapping[str, Field], way: Way) -> None:
        here = {name for name, spec in fields.items() if (spec.sql if way == "sql" else spec.xml) is not None}
        away = {name: spec for name, spec in fields.items() if name not in here}
        self._blanks = {name: _blank(fields[name]) for name in here if fields[name].blank}
        self._constants = {name: spec.otherwise for name, spec in away.items() if spec.otherwise is not None}
        self._sums = {name: spec.sum for name, spec in away.items() if spec.sum}
        self._asked = [(name, *spec.condition) for name, spec in fields.items() if spec.condition is not None]
        self._copies = {name: spec.repeats for name, spec in fields.items() if spec.repeats}

    def __call__(self, row: Row, header: Row | None = None) -> None:
        """Completes the row in place; `header` is the record of a set's row."""
        for name, blank in self._blanks.items():
            if row.get(name) is None:
                row[name] = blank
        row.update(self._constants)
        for name, parts in self._sums.items():
            row[name] = values.decimal(sum((row[part] for part in parts if row.get(part) is not None), Decimal(0)))
        for name, asked, wanted in self._asked:
            found = (row if asked in row else header or row).get(asked)
            if not found if wanted is None else found != wanted:
                row[name] = None
        if self._copies and all(row.get(name) in {None, row.get(of)} for name, of in self._copies.items()):
            row.update(dict.fromkeys(self._copies))


def _blank(spec: Field) -> bool | int | Decimal:
    number = int(spec.blank == "one")
    return {"boolean": bool(number), "integer": number}.get(spec.type, Decimal(number))


def _cut(read: Convert, sign: str) -> Convert:
    def cut(found: Any) -> Any:
        value = read(found)
        return values.text(value.partition(sign)[0]) if isinstance(value, str) else value

    return cut


def _worder(spec: Field, way: Way) -> Convert:
    words: dict[Any, str] = {}
    for word, known in spec.words.items():
        for said in known.xml if way == "xml" else known.sql:
            words.setdefault(said, word)

    def word_of(found: Any) -> str | None:
        said = values.from_xml("text", found) if way == "xml" else _plain(found)
        if said in words:
            return words[said]
        return spec.otherwise if spec.otherwise is not None or said in {None, 0} else f"?{said}"

    return word_of


def _plain(found: Any) -> int | str | None:
    if found is None or isinstance(found, str):
        return values.text(found) if found else None
    return int(found)
