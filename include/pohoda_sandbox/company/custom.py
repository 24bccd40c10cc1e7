"""The custom fields of the sample company ("volitelné parametry" of POHODA E1): columns, definitions and values.

A field is a column `VPr<name>` of the table it extends, or `RefVPr<name>` with the id of a row of `sVPULpol`. The
numbers of `RelTyp` are not published; here they count the types in the order in which POHODA offers them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from pohoda_sandbox.company.writing import Writer, add_to_all
from pohoda_sandbox.pohoda.database import Pohoda

LISTS = {
    "Doprava": {"OSOBNE": "Osobný odber", "KURIER": "Kuriér", "POSTA": "Pošta"},
    "Zdroj": {"WEB": "Webová stránka", "VELTRH": "Veľtrh", "ODPOR": "Odporúčanie"},
    "Farba": {"CERVENA": "Červená", "ZLTA": "Žltá", "BUK": "Buk"},
}
_TYPES = ("text", "currency", "number", "bool", "date", "list", "integer", "memo")
_DECLARED = {
    "text": "varchar(40) COLLATE NOCASE", "currency": "money", "number": "float", "bool": "bit NOT NULL DEFAULT 0",
    "date": "datetime", "list": "int", "integer": "int", "memo": "text",
}  # fmt: skip
_WORDS = ("Šťastný výber", "Přednostně", "Ľahký tovar", "Kôš č. 5")


@dataclass(frozen=True)
class Custom:
    """One field: its table, whether that is one of lines, its name without prefix, its caption, type and list."""

    table: str
    name: str
    caption: str
    type: str
    list: str = ""

    @property
    def column(self) -> str:
        return f"{'RefVPr' if self.type == 'list' else 'VPr'}{self.name}"


FIELDS = (
    Custom("AD", "Segment", "Segment trhu", "text"),
    Custom("AD", "Limit", "Limit obchodu", "currency"),
    Custom("AD", "Skore", "Skóre", "number"),
    Custom("AD", "Novinky", "Posielať novinky", "bool"),
    Custom("AD", "Vyrocie", "Výročie spolupráce", "date"),
    Custom("AD", "Zdroj", "Zdroj kontaktu", "list", "Zdroj"),
    Custom("FA", "Projekt", "Projekt", "text"),
    Custom("FA", "Provizia", "Provízia v %", "number"),
    Custom("FA", "Schvalene", "Schválené", "bool"),
    Custom("FA", "SchvaleneDna", "Schválené dňa", "date"),
    Custom("FA", "Naklady", "Vedľajšie náklady", "currency"),
    Custom("FA", "Doprava", "Spôsob dopravy", "list", "Doprava"),
    Custom("FApol", "Sarza", "Šarža", "text"),
    Custom("FApol", "Vyrobene", "Vyrobené dňa", "date"),
    Custom("OBJ", "Doprava", "Spôsob dopravy", "list", "Doprava"),
    Custom("OBJ", "Sluby", "Sľúbené dňa", "date"),
    Custom("OBJ", "Rozpocet", "Rozpočet", "currency"),
    Custom("OBJpol", "Balenie", "Balenie", "text"),
    Custom("OBJpol", "Overene", "Overené", "bool"),
    Custom("NAB", "Sanca", "Šanca v %", "number"),
    Custom("NAB", "Zdroj", "Zdroj dopytu", "list", "Zdroj"),
    Custom("SKz", "Farba", "Farba", "list", "Farba"),
    Custom("SKz", "Eko", "Ekologický výrobok", "bool"),
    Custom("SKz", "Zivotnost", "Životnosť v rokoch", "integer"),
    Custom("SKz", "Navod", "Návod", "memo"),
    Custom("sZAK", "Rozpocet", "Rozpočet zákazky", "currency"),
    Custom("sZAK", "Hodiny", "Odhad hodín", "number"),
)
_ITEMS = {"FApol": "FA", "OBJpol": "OBJ", "NABpol": "NAB"}


def add_columns(pohoda: Pohoda) -> None:
    for field in FIELDS:
        pohoda.add_column(field.table, field.column, _DECLARED[field.type])


class Values:
    """Draws values of custom fields, from numbers of its own; knows the ids of the lists' rows once they are there."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._fields = {table: [one for one in FIELDS if one.table == table] for table in {f.table for f in FIELDS}}
        # Ids of list rows are known before the rows are, for addresses come first.
        codes = [(name, code) for name, rows in LISTS.items() for code in rows]
        self._ids = {name: [n for n, (of, _) in enumerate(codes, 1) if of == name] for name in LISTS}

    def of(self, table: str) -> dict[str, Any]:
        """Columns of one row; about half of the fields are filled."""
        fields = self._fields.get(table, ())
        return {field.column: self._value(field) for field in fields if self._draw.random() < 0.5}

    def _value(self, field: Custom) -> Any:
        number = self._draw.randrange(1, 1000)
        match field.type:
            case "currency":
                return Decimal(number * 137) / 100
            case "number":
                return number / 4
            case "bool":
                return number % 2 == 0
            case "date":
                return date(2025, 1, 1) + timedelta(days=number)
            case "list":
                return self._draw.choice(self._ids[field.list])
            case "integer":
                return number
            case "memo":
                return f"{_WORDS[number % 4]}\r\n{_WORDS[number % 3]}"
            case _:
                return f"{_WORDS[number % 4]} {number}"


def add_definitions(writers: Sequence[Writer]) -> None:
    """What POHODA itself knows of the fields: their tables (`sVP`), captions and types (`sVPpol`) and lists."""
    lists = {}
    for name, rows in LISTS.items():
        lists[name] = add_to_all(writers, "sVPUL", IDS=name, SText=name)
        for place, (code, text) in enumerate(rows.items(), 1):
            add_to_all(writers, "sVPULpol", RefAg=lists[name], IDS=code, SText=text, ConstID=place, OrderFld=place)
    tables = dict.fromkeys(_ITEMS.get(field.table, field.table) for field in FIELDS)
    items = {main: item for item, main in _ITEMS.items()}
    for main in tables:
        names = {"IDS": main, "Nazev": main, "TabMain": main, "TabItem": items.get(main)}
        of = add_to_all(writers, "sVP", **names, Items=main in items)
        own = [field for field in FIELDS if _ITEMS.get(field.table, field.table) == main]
        for place, field in enumerate(own, 1):
            add_to_all(
                writers,
                "sVPpol",
                RefAg=of,
                Items=field.table in _ITEMS,
                Nazev=field.name,
                Popis=field.caption,
                RelTyp=_TYPES.index(field.type) + 1,
                Delka=40 if field.type == "text" else None,
                RelUL=lists.get(field.list),
                OrderFld=place,
            )
