"""A canonical field: its type, where POHODA keeps it, how it is written."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator
from pydantic import Field as Default

from pohoda_bridge.catalogue.base import Settings

Type = Literal["text", "integer", "decimal", "boolean", "date", "datetime", "list", "reference", "rows"]
Clear = Literal["empty", "null", "nil", "zero", "never"]


def several(value: Any) -> Any:
    """A value alone as a list of one."""
    return value if isinstance(value, list | tuple) else (value,)


class Among(Settings):
    """Only rows of a list whose column (in XML the element below the header) holds one of the values, or nothing."""

    name: str
    values: Annotated[tuple[int | str, ...], BeforeValidator(several)]


class Codes(Settings):
    """The list that holds every code a field may have: `sql` is TABLE.COLUMN, `xml` the names of listings that hold
    the codes together. `sql_among`, `xml_among`: not every row of the list counts."""

    sql: str | None = None
    xml: Annotated[tuple[str, ...], BeforeValidator(several)] = ()
    sql_among: Among | None = None
    xml_among: Among | None = None


class Word(Settings):
    """How POHODA writes one word of ours: numbers or codes in a column, names in XML; the first is the one written.

    `null` among them: the word also stands where POHODA writes nothing.
    """

    sql: Annotated[tuple[int | str | None, ...], BeforeValidator(several)] = ()
    xml: Annotated[tuple[str | None, ...], BeforeValidator(several)] = ()


class Field(Settings):
    """A canonical field and where POHODA keeps it.

    `sql` is a column of the table, or `RefX/sLIST.COLUMN`: the COLUMN of the list row whose ID stands in RefX; steps
    may follow each other, `RefSKz/SKz.RefSklad/sSklad.IDS`.
    `xml` is a path of local names below the record's header, `a/b@rate` an attribute, `.` the name of the element
    itself; `../` leaves a sub-record for the header around it, and `/` begins at the record. `$summary` in it stands
    for the name that `read.xml.names` gives.
    Either may be missing: the field is then not read that way, and `only` says why.
    `optional` columns were added by later releases: their absence is a note, any other absence stops the agenda.

    What is read becomes the value by, in this order: `words`, our word for POHODA's number or name (one that is not
    listed is `otherwise`, or itself after a question mark); `up_to`, the text before that sign; `blank`, nothing is 0
    (or false) or 1; where this way has no source, `otherwise` or the `sum` of those fields; `only_if`, nothing unless
    that field (of the row, else of its record) is filled, or `{field: value}` has that value; `repeats`, nothing in all
    fields that have it when each is empty or equal to the one that it names: POHODA copies the address of a company
    into its delivery address.

    For writing, where `xml` serves too: `write: false` is only read; `needed`: no record is made without it; `limit`:
    the longest text in characters, or the greatest whole number; `clear`: how an update empties it (an empty element,
    the nullValue of a reference, xsi:nil, a zero or false, or never); `digits`: a text of
    digits alone; `codes`: the list that a value must be in.
    """

    type: Type = "text"
    sql: str | None = None
    xml: str | None = None
    words: Mapping[str, Word] = Default(default_factory=dict)
    otherwise: str | None = None
    up_to: str | None = None
    blank: Literal["zero", "one"] | None = None
    sum: tuple[str, ...] = ()
    only_if: str | Mapping[str, str] | None = None
    repeats: str | None = None
    optional: bool = False
    only: str | None = None
    ref: str | None = None
    convert: str | None = None
    about: str | None = None
    write: bool = True
    needed: bool = False
    limit: int | None = None
    digits: bool = False
    clear: Clear = "empty"
    codes: Codes | None = None

    @property
    def condition(self) -> tuple[str, str | None] | None:
        """The field that `only_if` asks about, and the value it must have (None: any)."""
        if isinstance(self.only_if, Mapping):
            return next(iter(self.only_if.items()))
        return (self.only_if, None) if self.only_if else None
