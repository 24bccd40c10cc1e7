"""The one port that both sides satisfy; the steps of a sync know nothing else of a side.

A row is a plain dict of canonical names. Three names are of the port itself:
`_id` the technical key on that side (POHODA: "<year>/<table>/<ID>"; CRM: its record id), `_saved` the time of
the last change by the side's own clock (naive, its time zone) or None, `_mark` our mark found on the record or None.
Values are str, int, bool, Decimal, date, datetime, list or None; never float. An empty text is None.
A reference holds the `_id` of the other row on the same side.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, runtime_checkable

Row = dict[str, Any]
Direction = Literal["to_crm", "to_pohoda"]
Action = Literal["create", "update", "delete", "mark"]


@dataclass(frozen=True)
class Window:
    """What to read: everything, what was saved in [since, until), or the given technical ids.

    `rules` (of the catalogue): of everything, a side may keep back records that surely break one; it need not.
    """

    since: datetime | None = None
    until: datetime | None = None
    ids: tuple[str, ...] | None = None
    rules: tuple[Any, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether everything is read, but for what the rules keep back."""
        return self.since is None and self.until is None and self.ids is None


@dataclass(frozen=True)
class Reading:
    """The parts of a read, streamed, and the source's clock as it stood before the first row was read."""

    now: datetime
    parts: Iterator[list[Row]]


@dataclass(frozen=True)
class Mark:
    """Our mark on a record: the system or database it came from and its id there (extId, ExternalSource/ExternalId)."""

    source: str
    id: str


@dataclass(frozen=True)
class Item:
    """One record to write. `values` are canonical and hold only what changes; references hold target ids.

    `delete` takes the record `target_id` away, `mark` writes on it that its pair was deleted; both have no values.
    `beside`: the target has records with this one's natural key, but none is its pair. It must make a new one, and
    not match by itself.
    """

    id: str
    key: str
    action: Action
    values: Mapping[str, Any]
    target_id: str | None = None
    mark: Mark | None = None
    beside: bool = False


@dataclass(frozen=True)
class Pack:
    """The unit of writing; its id and the items' ids were stored before the first sending and serve every resend.

    `until` is the end of the writer's lease (seconds since the epoch): a writer paused past it sends no more.
    """

    id: str
    items: Sequence[Item]
    until: float = float("inf")


@dataclass(frozen=True)
class Answer:
    """What the target said of one item.

    written: `row` is the record as stored. refused: definite, nothing stored. doubt: unknown, look it up.
    retry: definite, nothing stored, and a later attempt may work. submitted: it lies with a writer that answers later.

    `details["told"]`: what the target said of the record, as texts by language (en, cs, sk), errors and warnings alike.

    Of a deletion. written: the record is not there now, `row` is None, and `details["action"]` says "deleted", or
    "gone" when it was not there before. refused: the target does not let it go (other records use it, no right).
    """

    item_id: str
    state: Literal["written", "refused", "doubt", "retry", "submitted"]
    row: Row | None = None
    reasons: tuple[str, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Lookup:
    """How to find a record on a side: by our mark, by its technical id, or by the values of a business key.

    `item` is the id of the item that was to make the record, beside its mark: where a target takes ids that the client
    makes, the record's id follows from it.
    """

    mark: Mark | None = None
    item: str | None = None
    id: str | None = None
    key: Mapping[str, Any] | None = None


class Side(Protocol):
    """POHODA or a CRM, for one link. Raises Retry, StopAgenda; `write` never raises for one item, it answers."""

    def describe(self, agenda: str) -> Mapping[str, str]:
        """The live fields of an agenda, canonical name -> the side's type; a needed one missing is StopAgenda."""
        ...

    def ready(self, agenda: str) -> None:
        """Raises Retry or StopAgenda when nothing of the agenda could be written now; nothing is written."""
        ...

    def read(self, agenda: str, window: Window) -> Reading: ...

    def ids(self, agenda: str) -> frozenset[str]:
        """All technical ids of the agenda that exist on the side now."""
        ...

    def mark_of(self, technical_id: str, agenda: str | None = None) -> Mark:
        """The mark that a record of this side carries on the other one; without its agenda only `source` counts."""
        ...

    def id_of(self, agenda: str, mark: Mark) -> str | None:
        """The id of the record of this side that the mark names; None for a mark of another system or year."""
        ...

    def look_up(self, agenda: str, wanted: Sequence[Lookup]) -> list[list[Row]]:
        """The rows that match, one list for each look-up, in order. No answer raises Retry: it is never 'not found'."""
        ...

    def write(self, agenda: str, pack: Pack) -> list[Answer]:
        """One answer for each item, in order.

        A record that was deleted is found by no `look_up` any more. Deleting it, or writing the mark, once more is
        harmless: a doubt about either is cleared by looking the record up and, when it is there, writing again.
        """
        ...

    def deletes(self, agenda: str) -> bool:
        """Whether the side can delete records of the agenda at all."""
        ...

    def marks(self, agenda: str) -> bool:
        """Whether records of the agenda can carry the mark that their pair was deleted; nothing un-marks them."""
        ...

    def updates(self, agenda: str) -> bool:
        """Whether a record of the agenda can be changed once it is there; else it is only ever made."""
        ...

    def searchable(self, agenda: str) -> bool:
        """Whether `look_up` by mark is certain right after a write (Gram from L2 on, POHODA's extId)."""
        ...

    def pack_size(self, agenda: str) -> int: ...

    def writable(self, agenda: str) -> frozenset[str]:
        """Canonical fields that a write may carry."""
        ...

    def users(self) -> Mapping[str, str]:
        """Whom records can belong to: alias, login or e-mail in small letters -> the user's id.

        Users that are not active, and names that several of them share, are left out.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class About:
    """What a side says of itself, name -> text for people (program, company, year ...), as far as it tells.

    `warnings`: what of it does not go with the settings, or with what a link wants; nothing of it stops a run.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@runtime_checkable
class Introduced(Protocol):
    """A side that can say what it is. Raises Retry and StopAgenda."""

    def about(self, read: Collection[str], written: Collection[str]) -> About:
        """Asks the side; of the agendas that are `read` from it and `written` to it also what it lacks for them."""
        ...


@runtime_checkable
class Hiding(Protocol):
    """A side that may hide records from our user, and tells itself which were deleted. Raises Retry and StopAgenda."""

    def deleted(self, agenda: str, ids: Collection[str]) -> frozenset[str]:
        """Those of these ids, which it does not show any more, that were deleted, as far as it knows."""
        ...


@dataclass(frozen=True)
class Collected:
    """What has come for packs that were submitted. `answers`: pack id -> one answer for each item, in order.

    `smaller` are packs that were refused as a whole for their form: nothing of them was stored, each half may go for
    itself. `stop`: pack id -> why nothing of the agenda is taken; a pack that is in no other of them waits on.
    `unreadable`: pack id -> why its answer tells nothing so far. A pack without an answer is in none of them.
    """

    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    smaller: frozenset[str] = frozenset()
    stop: Mapping[str, str] = field(default_factory=dict)
    unreadable: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Later(Protocol):
    """A side whose `write` may hand packs to a writer that answers later. Raises Retry and StopAgenda."""

    def handed(self, packs: Sequence[str]) -> frozenset[str]:
        """Those of the packs that lie with the writer: not yet taken, not yet answered, or with an unread answer."""
        ...

    def collect(self, agenda: str, packs: Sequence[Pack]) -> Collected:
        """The answers that have come for these packs. What was answered does not go to the writer again."""
        ...

    def answered(self) -> frozenset[str]:
        """The ids of all packs whose answers lie there, whosever they are."""
        ...

    def put_away(self, packs: Sequence[str]) -> None:
        """The answers of these packs were noted: they are not looked at again."""
        ...


@runtime_checkable
class Partial(Protocol):
    """A side whose service has no way to write some records of an agenda, whatever of them changes."""

    def closed(self, agenda: str, record: Row) -> str | None:
        """Why the record cannot be written, for the person who reads it; None when it can."""
        ...


@dataclass(frozen=True)
class Relink:
    """A record of the side (`id`) whose mark becomes another one; nothing else of it changes."""

    id: str
    was: Mark
    now: Mark


@runtime_checkable
class Relinks(Protocol):
    """A side on which our marks can be changed, as at a change of year. Raises Retry and StopAgenda."""

    def relinks(self, agenda: str) -> bool:
        """Whether records of the agenda carry our marks at all."""
        ...

    def relink(self, agenda: str, wanted: Sequence[Relink], until: float) -> list[Answer]:
        """One answer for each, in order, under the record's id. A record is never made; asked again, it is unchanged.

        `until` is the end of the writer's lease (seconds since the epoch).
        """
        ...
