"""Where POHODA keeps the records of an agenda: tables and listings, and the rows that belong to a record."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator
from pydantic import Field as Default

from pohoda_bridge.catalogue.base import Settings
from pohoda_bridge.catalogue.field import Field, several
from pohoda_bridge.catalogue.rules import Rule


class Again(Settings):
    """Rows that are read again though they were not saved anew, for what POHODA changes without saving them.

    Those whose `column` is not zero; or those with rows in `table` (which points at them by `by`) that were saved
    since, or, where the table keeps no such time, whose date in `when` is not older than `days` before. `where` lists
    the numbers that columns of the table must have.
    """

    column: str | None = None
    table: str | None = None
    by: str | None = None
    when: str | None = None
    days: int = 31
    where: Mapping[str, tuple[int, ...]] = Default(default_factory=dict)


class Holders(Settings):
    """Rows of `table` that point at records by their column `by`."""

    table: str
    by: str


class Sql(Settings):
    """The table of the agenda; `changed` names further tables (by the reference to them) whose save time counts too.

    `held_by`: its rows are records as long as rows there point at them; one with none is gone, not only left out.
    """

    table: str
    held_by: Holders | None = None
    changed: Mapping[str, str] = Default(default_factory=dict)
    again: tuple[Again, ...] = ()


class Xml(Settings):
    """The listing of the agenda; `rows` is the path of the sub-records when one header holds several records.

    `key` is the path of the record's id; `table` the SQL table whose ids those are. `types`: the listing is asked for
    once for each (of invoices, orders, offers). `names` are those that `$...` in paths stand for; `restrict` switches
    parts of the answer on and off. `again` is what `Again` is for SQL: a condition for POHODA's own query dialog
    (records that are listed whatever their last change), or "all" where it cannot be told what changed.
    """

    request: str
    record: str
    header: str | None = None
    rows: str | None = None
    key: str = "id"
    types: tuple[str, ...] = ()
    names: Mapping[str, str] = Default(default_factory=dict)
    restrict: Mapping[str, bool] = Default(default_factory=dict)
    again: str | None = None


class Read(Settings):
    """How POHODA's rows of the agenda are read, by SQL and, where it has a listing, by XML."""

    sql: Sql
    xml: Xml | None = None


class SetSql(Settings):
    """The table of a set's rows: they belong to the record whose ID stands in their column `by`, and come by `order`.

    `where` lists the numbers that columns of the table must have. An `optional` table was added by a later release:
    where it is not there the set is empty, and that is a note.
    """

    table: str
    by: str
    order: str = "ID"
    where: Mapping[str, tuple[int, ...]] = Default(default_factory=dict)
    optional: bool = False


class SetXml(Settings):
    """The elements of a set's rows: paths of local names below the header, from the record when they begin with `/`."""

    rows: Annotated[tuple[str, ...], BeforeValidator(several)]


class Set(Settings):
    """Rows that belong to a record (its lines, its settlements, its quantities): read and compared as a whole.

    A record carries them under the set's name: a list of {field: value}, in order.
    """

    sql: SetSql | None = None
    xml: SetXml | None = None
    takes: tuple[Rule, ...] = ()
    fields: Mapping[str, Field]


class Fold(Settings):
    """Rows with the same values of `by` are one record: the row with the lowest id, `into` lists `fields` of every row.

    The first of `by` is the one that POHODA finds the others by; rows without it stand alone.
    """

    by: tuple[str, ...]
    into: str
    fields: tuple[str, ...]


class Alike(Settings):
    """Records that may share a key: `into` numbers the second and each later one of those equal in `by`.

    `among` is the text field whose value all that are equal share: by it POHODA finds them.
    """

    by: tuple[str, ...]
    into: str
    among: str


class Fill(Settings):
    """What rows of a set learn from gathered rows: `fields` of one that has the same value in `by`."""

    by: str
    fields: tuple[str, ...]


class Gather(Settings):
    """The rows of a form that are no records of their own: each goes to the record that it names.

    The set `rows` of the form's rows says by `by` which record that is: the one whose `key` has the same text. It
    carries them as the set `into`: `fields` of the row and of the set, one for each value of `once`, that of the oldest
    row; `reference` (a field of the form) then leads to the oldest row with that value at all, as `fold` does. `fills`:
    what rows of other sets learn; one that is found by the `reference` gets the oldest row's, too.
    """

    form: str
    rows: str
    by: str
    key: str
    into: str
    fields: tuple[str, ...]
    once: str
    reference: str
    fills: Mapping[str, Fill] = Default(default_factory=dict)


class Form(Settings):
    """A further table of an agenda whose records stand in several; a record's `form` says which."""

    read: Read
    takes: tuple[Rule, ...] = ()
    fields: Mapping[str, Field]
    sets: Mapping[str, Set] = Default(default_factory=dict)
