"""The fields of a record, or of the rows in one of its sets, as texts of the record's tree become their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pohoda_bridge.catalogue import Field
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import identity, rowing
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml.paths import Paths
from pohoda_bridge.pohoda.xml.tree import Found, Tree
from pohoda_bridge.side import Row


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a field's text is found: below the row, or below the record around it when `outer`."""

    name: str
    spec: Field
    convert: rowing.Convert
    outer: bool
    slot: int
    empty: Any
    table: str | None


class Fields:
    """`record` is the tree of the record; `row` that of the rows in it, None for fields of the record itself.

    `owner` is the agenda or set, told in errors.
    """

    def __init__(
        self, fields: Mapping[str, Field], source: Source, paths: Paths, owner: str, record: Tree, row: Tree | None
    ) -> None:
        self._owner = owner
        self._year = source.year
        self._names = tuple(fields)
        self._finish = rowing.Finish(fields, "xml")
        self._places = []
        for name, spec in fields.items():
            if spec.xml is None:
                continue
            below = paths.of_row(spec.xml) if row is not None else None
            tree = record if row is None or below is None else row
            slot = tree.text(paths.of_record(spec.xml) if below is None else below)
            table = source.table_of(spec.ref) if spec.type == "reference" else None
            convert = rowing.converter(spec, "xml")
            self._places.append(_Place(name, spec, convert, tree is record, slot, convert(None), table))

    def row(self, record: Found, row: Found, technical: str, header: Row | None = None) -> Row:
        """The values; `header` is the finished row of the record `technical`, for rows in a set.

        StopAgenda: another type.
        """
        values: Row = dict.fromkeys(self._names)
        for known in self._places:
            said = (record if known.outer else row).texts[known.slot]
            values[known.name] = known.empty if said is None else self._value(known, said, technical)
        self._finish(values, header)
        return values

    def _value(self, known: _Place, said: str, technical: str) -> Any:
        try:
            value = known.convert(said)
        except (ValueError, ArithmeticError):
            path = str(known.spec.xml).removeprefix("../")
            raise StopAgenda(f"{self._owner}: {path} of {technical} is not of type {known.spec.type}") from None
        if known.table is not None and value is not None:
            return identity.technical(self._year, known.table, value)
        return value
