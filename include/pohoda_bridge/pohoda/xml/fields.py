"""The fields of a record, or of the rows in one of its sets, as texts of the record's tree become their values."""

from collections.abc import Mapping

from pohoda_bridge.catalogue import Field
from pohoda_bridge.errors import StopAgenda
from pohoda_bridge.pohoda import identity, rowing
from pohoda_bridge.pohoda.reader import Source
from pohoda_bridge.pohoda.xml.paths import Paths
from pohoda_bridge.pohoda.xml.tree import Found, Tree
from pohoda_bridge.side import Row


class Fields:
    """`record` is the tree of the record; `row` that of the rows in it, None for fields of the record itself.

    `owner` is the agenda or set, told in errors.
    """

    def __init__(
        self, fields: Mapping[str, Field], source: Source, paths: Paths, owner: str, record: Tree, row: Tree | None
    ) -> None:
        self._owner = owner
        self._year = source.year
        self._fields = fields
        self._finish = rowing.Finish(fields, "xml")
        self._empty: Row = dict.fromkeys(fields)
        self._own: list[tuple[int, str, rowing.Convert]] = []
        self._outer: list[tuple[int, str, rowing.Convert]] = []
        self._tables = {n: source.table_of(spec.ref) for n, spec in fields.items() if spec.type == "reference"}
        for name, spec in fields.items():
            if spec.xml is None:
                continue
            below = paths.of_row(spec.xml) if row is not None else None
            tree = record if row is None or below is None else row
            slot = tree.text(paths.of_record(spec.xml) if below is None else below)
            convert = rowing.converter(spec, "xml")
            self._empty[name] = convert(None)
            (self._outer if tree is record else self._own).append((slot, name, convert))

    def row(self, record: Found, row: Found, technical: str, header: Row | None = None) -> Row:
        """The values; `header` is the finished row of the record `technical`, for rows in a set.

        StopAgenda: another type.
        """
        values, name = self._empty.copy(), ""
        try:
            for places, texts in ((self._outer, record.texts), (self._own, row.texts)):
                for slot, name, convert in places:
                    if (said := texts[slot]) is not None:
                        values[name] = convert(said)
        except (ValueError, ArithmeticError):
            spec = self._fields[name]
            path = str(spec.xml).removeprefix("../")
            raise StopAgenda(f"{self._owner}: {path} of {technical} is not of type {spec.type}") from None
        for name, table in self._tables.items():
            if values[name] is not None:
                values[name] = identity.technical(self._year, table, values[name])
        self._finish(values, header)
        return values
