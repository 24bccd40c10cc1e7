"""One kind of business record: where POHODA keeps it, its names here, what makes it good (`include/agendas`)."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field as Default

from pohoda_bridge.catalogue.base import Settings, Titles
from pohoda_bridge.catalogue.rules import Rule

Type = Literal["text", "integer", "decimal", "boolean", "date", "datetime", "list", "reference"]


Clear = Literal["empty", "null", "nil", "zero", "never"]


class Codes(Settings):
    """The list that holds every code a field may have: `sql` is TABLE.COLUMN, `xml` the name of a listing."""

    sql: str | None = None
    xml: str | None = None


class Field(Settings):
    """A canonical field and where POHODA keeps it.

    `sql` is a column of the agenda's table, or `RefX/sLIST.COLUMN`: the COLUMN of the list row whose ID stands in RefX.
    `xml` is a path of local names below the record's header; `../` leaves a sub-record for the header around it.
    Either may be missing: the field is then not read that way, and `only` says why.
    `optional` columns were added by later releases: their absence is a note, any other absence stops the agenda.

    For writing, where `xml` serves too: `write: false` is only read; `needed`: no record is made without it; `limit`:
    the longest text in characters, or the greatest whole number; `clear`: how an update empties it (an empty element,
    the nullValue of a reference, xsi:nil, a zero or false, or never); `codes`: the list that a value must be in.
    """

    type: Type = "text"
    sql: str | None = None
    xml: str | None = None
    optional: bool = False
    only: str | None = None
    ref: str | None = None
    convert: str | None = None
    about: str | None = None
    write: bool = True
    needed: bool = False
    limit: int | None = None
    clear: Clear = "empty"
    codes: Codes | None = None


class Derive(Settings):
    """Fields that a named converter makes of others, after reading: `gives` from `of`."""

    with_: str = Default(alias="with")
    of: tuple[str, ...]
    gives: tuple[str, ...]


class LeaveOut(Settings):
    """Records of the agenda that do not go, unless the setting named by `unless` is on; `reason` is told by `why`."""

    when: tuple[Rule, ...]
    unless: str | None = None
    reason: str


class Expectation(Settings):
    """What the data must satisfy. `refuse` sends a row to quarantine, `warn` lets it go on and reports it.

    Rules: filled (any of the fields), unique (the fields together, over the whole side), ico, dic, ic_dph, email,
    country, length (of the target's limit, made for every text field by itself).
    """

    rule: Literal["filled", "unique", "ico", "dic", "ic_dph", "email", "country", "length"]
    fields: tuple[str, ...]
    level: Literal["refuse", "warn"]
    limit: int | None = None
    text: Titles | None = None

    @property
    def name(self) -> str:
        return f"{self.rule}:{'+'.join(self.fields)}"


class Sql(Settings):
    """The table of the agenda; `changed` names further tables (by the reference to them) whose save time counts too."""

    table: str
    changed: Mapping[str, str] = Default(default_factory=dict)


class Xml(Settings):
    """The listing of the agenda; `rows` is the path of the sub-records when one header holds several records.

    `key` is the path of the record's id; `table` the SQL table whose ids those are.
    """

    request: str
    record: str
    header: str
    rows: str | None = None
    key: str = "id"


class Write(Settings):
    """What POHODA lets XML do with the agenda's records; an agenda without it is only read."""

    actions: tuple[Literal["create", "update", "delete"], ...]


class Read(Settings):
    """How POHODA's rows of the agenda are read, by SQL and, where it has a listing, by XML."""

    sql: Sql
    xml: Xml | None = None


class Agenda(Settings):
    """An agenda file. `duplicates`: the fields that no two records of a side share, by the check that is on."""

    agenda: str
    title: Titles
    about: str
    on_failure: str
    years: Literal["newest", "all"] = "newest"
    after: tuple[str, ...] = ()
    read: Read
    write: Write | None = None
    takes: tuple[Rule, ...] = ()
    key: tuple[tuple[str, ...], ...]
    dated_by: str | None = None
    duplicates: Mapping[Literal["ico", "dic"], tuple[tuple[str, ...], ...]] = Default(default_factory=dict)
    fields: Mapping[str, Field]
    derive: tuple[Derive, ...] = ()
    leave_out: tuple[LeaveOut, ...] = ()
    settings: Mapping[str, Any] = Default(default_factory=dict)
    expect: tuple[Expectation, ...] = ()

    @property
    def names(self) -> set[str]:
        """Every canonical name that a record of the agenda can carry."""
        return set(self.fields) | {name for derive in self.derive for name in derive.gives}
