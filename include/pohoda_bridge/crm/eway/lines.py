"""Lines of an item: which of those that are there become the wanted ones, what is sent for each, which ones go.

Every line goes with every save of its item, with a guid of its own: whether a save of fewer lines takes the others away
is not documented. Those that are wanted no more are deleted one by one after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any
from uuid import UUID, uuid5

from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.member import Member
from pohoda_bridge.crm.eway.reading import Reader
from pohoda_bridge.crm.eway.saving import Saver, Unsure
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import GUID, VERSION, Shape
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.crm.pairing import pairs
from pohoda_bridge.crm.wire import Forms, to_wire
from pohoda_bridge.errors import BridgeError

PLACES, HUNDRED, DIGITS = Decimal("0.0001"), Decimal(100), 50
MOST = 999
"""The largest discount that POHODA takes, in percent; a price less more than that is none."""


@dataclass
class Made:
    """`sent` with the item; `gone`: guids of lines to be deleted; `nameless`: fields whose list lacks the value."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)


def made_lines(shape: Shape, member: Member, rows: Any, current: Mapping[str, Any] | None, guid: str) -> Made:
    """The lines that make these rows in the item `guid`. Raises ValueError naming the field that cannot go."""
    if rows is not None and not isinstance(rows, list | tuple):
        raise ValueError(f"{member.name}: is no list of rows")
    held = (current or {}).get(member.wire) or ()
    there = shape.counted(held)
    references = [name for name, inner in member.inner.items() if inner.kind == "ref"]
    texts = [name for name, inner in member.inner.items() if inner.kind == "text"]
    known_by = [[*references, *texts], references, *([text] for text in texts), []]
    place = pairs([shape.line(member, line) for line in there], rows or (), known_by)
    taken = {same(line.get(GUID)) for line in held}
    made = Made(gone=[same(line.get(GUID)) for number, line in enumerate(there) if number not in place])
    for number, (row, known) in enumerate(zip(rows or (), place, strict=True)):
        line = there[known] if known is not None else None
        try:
            sent = _line(shape, member, row, line, made.nameless)
        except ValueError as error:
            raise ValueError(f"{member.name}[{number + 1}].{error}") from None
        if line is None:
            sent[GUID] = _free(guid, number, taken)
        made.sent.append(sent | _fixed(shape, sent, number + 1))
    return made


def wire_value(shape: Shape, member: Member, value: Any) -> Any:
    """Raises ValueError for a value that cannot be sent, LookupError for a text that its list has no guid for."""
    named = {here: there for there, here in member.own.items()}
    if value is None or value == "":
        return None
    if member.kind == "ref":
        if not (guid := same(value)):
            raise ValueError("is no reference to a record of eWay-CRM")
        return guid
    if member.book is not None:
        text = str(to_wire(value, "text", named, shape.forms))
        if (guid := member.book.guid(text) or "") == "":
            raise LookupError(text)
        return guid
    if member.kind in {"date", "datetime"} and hasattr(value, "isoformat"):
        return _moment(value, shape.forms)
    wire = to_wire(value, member.kind, named, shape.forms)
    if member.wire in shape.spec.ranges:
        least, most = shape.spec.ranges[member.wire]
        if not least <= wire <= most:
            raise ValueError(f"must be between {least} and {most}")
    return wire


class LineRemoval:
    """Ends lines of items of one installation."""

    def __init__(self, session: Session, reader: Reader, saver: Saver) -> None:
        self._session = session
        self._reader = reader
        self._saver = saver

    def remove(self, shape: Shape, guid: str, lines: Sequence[str], members: Mapping[str, Any], until: float) -> None:
        """Delete lines of the item `guid`, and save its sums, of `members`, again if that changed them. Raises Unsure.

        A refusal is passed over: the item shows the line, and is planned again.
        """
        spec = shape.spec.lines
        assert spec is not None
        try:
            for line in lines:
                self._delete(f"Delete{spec.singular}", line, until)
            item = self._reader.one(shape, guid)
            sums = {wire: members[wire] for wire in spec.kept if wire in members}
            if item is not None and any(item.get(wire) != value for wire, value in sums.items()):
                self._saver.save(shape, guid, sums, item, until)
        except (BridgeError, Failure) as error:
            raise Unsure(f"it was saved, a line too many perhaps not deleted: {error}") from None

    def _delete(self, method: str, line: str, until: float) -> None:
        try:
            self._session.tell(method, until, itemGuid=line)
        except Failure as failure:
            if failure.kind not in {"invalid", "denied", "gone"}:
                raise


def _line(
    shape: Shape, member: Member, row: Any, line: Mapping[str, Any] | None, nameless: list[str]
) -> dict[str, Any]:
    """The members of one line, empty ones too: what is left out the service might work out by itself."""
    if not isinstance(row, Mapping):
        raise ValueError("is no row")
    if unknown := sorted(set(row) - set(member.inner)):
        raise ValueError(f"{', '.join(unknown)}: the CRM cannot take this field")
    sent: dict[str, Any] = {}
    for name, inner in member.inner.items():
        try:
            sent[inner.wire] = wire_value(shape, inner, row.get(name))
        except LookupError:
            nameless.append(f"{member.name}.{name}")
            continue
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return sent if line is None else {GUID: same(line.get(GUID)), VERSION: int(line.get(VERSION) or 0) + 1, **sent}


def _fixed(shape: Shape, sent: Mapping[str, Any], rank: int) -> dict[str, Any]:
    """What a line is written with beside its values: its place, and the prices without the discount."""
    spec = shape.spec.lines
    assert spec is not None
    fixed = {**spec.always, spec.rank: rank}
    if spec.discounted and sent.get(spec.price) is not None and abs(sent.get(spec.discount) or 0) <= MOST:
        with localcontext() as context:
            context.prec = DIGITS
            price = Decimal(sent[spec.price]) * (HUNDRED - Decimal(sent.get(spec.discount) or 0)) / HUNDRED
            fixed |= dict.fromkeys(spec.discounted, price.quantize(PLACES))
    return fixed


def _free(guid: str, number: int, taken: set[str]) -> str:
    """A guid for a new line that follows from its item and place, so that a save that is repeated makes no second."""
    text = f"line {number}"
    while (made := str(uuid5(UUID(guid), text))) in taken:
        text += "'"
    taken.add(made)
    return made


def _moment(value: date | datetime, forms: Forms) -> str:
    """A moment of the zone, or a day, as the service reads it."""
    if not isinstance(value, datetime):
        return value.isoformat()
    return value.replace(tzinfo=forms.zone).isoformat(timespec="seconds")
