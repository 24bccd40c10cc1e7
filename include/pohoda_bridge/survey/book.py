"""The list as a workbook: a sheet for each agenda, ready to be filtered; every value of a record is text."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pohoda_bridge.catalogue.base import Language
from pohoda_bridge.quality.labels import labels
from pohoda_bridge.survey.unit import Survey
from pohoda_bridge.survey.words import said

COLUMNS = (("level", 18), ("number", 20), ("name", 40), ("field", 24), ("todo", 90), ("id", 30))
SHEET_ROWS = 1_048_575
CELL = 32_767
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_book(path: Path, survey: Survey, words: Mapping[str, str], language: Language) -> None:
    """Write the workbook; rows beyond what a sheet can hold go on in a further sheet."""
    import xlsxwriter  # type: ignore[import-untyped]

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        overview = _Sheet(
            book, words["overview"], [(words[key], 28) for key in ("agenda", "rows", "refused", "warned")]
        )
        for name, rows in survey.rows.items():
            levels = survey.levels(name)
            overview.add([said(survey.titles[name], language), rows, levels["refuse"], levels["warn"]])
        for name, reason in survey.unread.items():
            overview.add([said(survey.titles[name], language), words["unread"], reason])
        overview.close()
        for name, faults in survey.faults.items():
            for first in range(0, len(faults), SHEET_ROWS):
                title = said(survey.titles[name], language) + (f" {first // SHEET_ROWS + 1}" if first else "")
                sheet = _Sheet(book, title, [(words[key], width) for key, width in COLUMNS])
                for fault in faults[first : first + SHEET_ROWS]:
                    field, todo = said(labels(fault.fields), language), said(fault.text, language)
                    sheet.add([words[fault.level], fault.number, fault.name, field, todo, fault.id])
                sheet.close()


class _Sheet:
    def __init__(self, book: Any, title: str, columns: Sequence[tuple[str, int]]) -> None:
        self._sheet = book.add_worksheet(_sheet_name(title, {one.name.casefold() for one in book.worksheets()}))
        self._quoted = book.add_format({"quote_prefix": True})
        self._columns, self._rows = len(columns), 0
        for number, (_, width) in enumerate(columns):
            self._sheet.set_column(number, number, width)
        self._sheet.freeze_panes(1, 0)
        bold = book.add_format({"bold": True})
        for number, (name, _) in enumerate(columns):
            self._sheet.write_string(0, number, name, bold)

    def add(self, values: Sequence[str | int]) -> None:
        self._rows += 1
        for number, value in enumerate(values):
            if isinstance(value, int):
                self._sheet.write_number(self._rows, number, value)
            else:
                style = self._quoted if value.startswith(FORMULA) else None
                self._sheet.write_string(self._rows, number, value[:CELL], style)

    def close(self) -> None:
        self._sheet.autofilter(0, 0, self._rows, self._columns - 1)


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none that a sheet's name cannot have, and no name twice."""
    name = "".join("-" if char in "[]:*?/\\" else char for char in title).strip("'")[:31]
    number = 2
    while name.casefold() in taken:
        name = f"{name[:28]} {number}"
        number += 1
    return name
