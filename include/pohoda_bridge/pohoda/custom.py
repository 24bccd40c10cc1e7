"""Custom fields of POHODA E1 ("volitelné parametry") as fields of an agenda.

A custom field is a column of the agenda's table or of its lines': `VPr<Name>`, or `RefVPr<Name>` with the id of a row
of `sVPULpol`, whose code we carry. What POHODA says of them stands in `sVP` (the tables) and `sVPpol` (the fields).
"""

from collections.abc import Mapping, Sequence

from pohoda_bridge.catalogue import Agenda, Field, Type
from pohoda_bridge.pohoda.reader import Custom

PLAIN, LISTED = "VPr", "RefVPr"
VALUES = "sVPULpol"
TABLES = ("sVP", "sVPpol", "sVPUL", VALUES)
_TYPES: Mapping[str, Type] = {
    "bit": "boolean", "datetime": "date", "smalldatetime": "date", "date": "date", "int": "integer",
    "smallint": "integer", "tinyint": "integer", "bigint": "integer", "money": "decimal", "smallmoney": "decimal",
    "decimal": "decimal", "numeric": "decimal", "float": "decimal", "real": "decimal",
}  # fmt: skip

ELEMENTS: Mapping[str, str] = {
    "bit": "booleanValue", "datetime": "datetimeValue", "smalldatetime": "datetimeValue", "date": "datetimeValue",
    "int": "integerValue", "smallint": "integerValue", "tinyint": "integerValue", "bigint": "integerValue",
    "money": "currencyValue", "smallmoney": "currencyValue", "decimal": "numberValue", "numeric": "numberValue",
    "float": "numberValue", "real": "numberValue", "text": "memoValue", "ntext": "memoValue",
}  # fmt: skip
"""The element that carries values of a column in XML; all others carry texts of one line."""


def carries(agenda: Agenda) -> bool:
    """Whether its records have custom fields of their own: those of a form, and parts of a record, have none."""
    return agenda.form is None and (agenda.read.xml is None or agenda.read.xml.rows is None)


def is_custom(column: str) -> bool:
    """Whether a column of a table is a custom field. One with letters outside ASCII could not be asked for: none."""
    return column.startswith((PLAIN, LISTED)) and column.isascii() and column.isidentifier()


def type_of(column: str, stored: str) -> Type:
    """The type of a custom field by that of its column, as the database names it."""
    return "text" if column.startswith(LISTED) else _TYPES.get(stored, "text")


def extended(agenda: Agenda, found: Sequence[Custom]) -> Agenda:
    """The agenda with its custom fields, on records and in sets, as further fields."""
    sets = {
        name: of.model_copy(update={"fields": {**of.fields, **_fields(found, name)}})
        for name, of in agenda.sets.items()
    }
    return agenda.model_copy(update={"fields": {**agenda.fields, **_fields(found, None)}, "sets": sets})


def _fields(found: Sequence[Custom], of: str | None) -> dict[str, Field]:
    return {one.key: _field(one) for one in found if one.set == of}


def _field(one: Custom) -> Field:
    source = f"{one.name}/{VALUES}.IDS" if one.name.startswith(LISTED) else one.name
    return Field(type=one.type, sql=source, optional=True, blank="zero" if one.type == "boolean" else None)
