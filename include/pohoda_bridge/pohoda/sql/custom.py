"""The custom fields of a database: their columns, and what `sVP` and its lists say of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pohoda_bridge.catalogue import Agenda
from pohoda_bridge.pohoda import custom
from pohoda_bridge.pohoda.reader import Custom
from pohoda_bridge.pohoda.sql.schema import Schema

Rows = list[Mapping[str, Any]]


@dataclass(frozen=True)
class Definitions:
    """Captions by (table, name part of the column), and the values of their lists, as far as POHODA says them."""

    captions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    lists: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, agendas: Rows, fields: Rows, values: Rows) -> "Definitions":
        """From the rows of `sVP` (ID, TabMain, TabItem), `sVPpol` (RefAg, Nazev, Popis, RelUL, Items) and `sVPULpol`.

        What their columns mean is inferred from their names. A field that names no table counts for every one.
        """
        tables = {row["ID"]: (row["TabMain"] or "", row["TabItem"] or "") for row in agendas}
        listed: dict[int, dict[str, str]] = {}
        for row in values:
            listed.setdefault(row["RefAg"], {})[_text(row["IDS"])] = _text(row["SText"])
        captions: dict[tuple[str, str], str] = {}
        lists: dict[tuple[str, str], Mapping[str, str]] = {}
        for row in fields:
            table = tables.get(row["RefAg"], ("", ""))[1 if row["Items"] else 0].lower()
            place = table, _text(row["Nazev"]).lower()
            captions[place] = _text(row["Popis"])
            lists[place] = listed.get(row["RelUL"], {})
        return cls(captions, lists)

    def custom(self, table: str, column: str, stored: str, of: str | None) -> Custom:
        part = column.removeprefix("Ref").removeprefix(custom.PLAIN).lower()
        place = next((known for known in ((table.lower(), part), ("", part)) if known in self.captions), ("", ""))
        listed = self.lists.get(place, {}) if column.startswith(custom.LISTED) else None
        known = custom.type_of(column, stored)
        return Custom(column, known, self.captions.get(place, ""), of, listed, custom.ELEMENTS.get(stored, "textValue"))


def customs(agenda: Agenda, schema: Schema, known: Definitions) -> list[Custom]:
    """The custom fields of an agenda's table and of its sets' tables, by name."""
    tables: dict[str | None, str] = {None: agenda.read.sql.table}
    tables |= {name: of.sql.table for name, of in agenda.sets.items() if of.sql}
    return [
        known.custom(table, column, schema.type_of(table, column) or "", of)
        for of, table in tables.items()
        for column in sorted(schema.columns(table))
        if custom.is_custom(column)
    ]


def definitions(cursor: Any, schema: Schema) -> Definitions:
    """What the database says of its custom fields; nothing when it has no such tables."""
    asked = {
        "sVP": ("ID", "TabMain", "TabItem"),
        "sVPpol": ("RefAg", "Nazev", "Popis", "RelUL", "Items"),
        custom.VALUES: ("RefAg", "IDS", "SText"),
    }
    if not all(schema.has(table, *columns) for table, columns in asked.items()):
        return Definitions()
    return Definitions.of(*(_rows(cursor, table, columns) for table, columns in asked.items()))


def _rows(cursor: Any, table: str, columns: tuple[str, ...]) -> Rows:
    names = ", ".join(f"[{name}]" for name in columns)
    fetched = cursor.execute(f"SELECT {names} FROM dbo.[{table}]").fetchall()  # ruff: ignore[hardcoded-sql-expression]
    return [dict(zip(columns, row, strict=True)) for row in fetched]


def _text(value: Any) -> str:
    return str(value or "").strip()
