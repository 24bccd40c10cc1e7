"""Items of a folder that belong to one item each, read together and saved one by one: a company's own prices.

Every one has a guid that follows from its owner and what it refers to, so that a save that is repeated makes no second.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from pohoda_bridge.crm.eway.api import Belonging
from pohoda_bridge.crm.eway.guids import same
from pohoda_bridge.crm.eway.lines import wire_value
from pohoda_bridge.crm.eway.member import Member
from pohoda_bridge.crm.eway.saving import Unsure
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import GUID, VERSION, Shape
from pohoda_bridge.crm.failure import Failure
from pohoda_bridge.errors import BridgeError
from pohoda_bridge.records.fingerprint import canonical
from pohoda_bridge.records.ordered import in_order
from pohoda_bridge.side import Row

Items = list[dict[str, Any]]


class Belongings:
    """Those of one installation; `member` is the set of a record that they are the rows of."""

    def __init__(self, session: Session, spec: Belonging, shape: Shape, member: Member) -> None:
        self._session = session
        self._spec = spec
        self._shape = shape
        self._member = member
        self._reference = next(name for name, inner in member.inner.items() if inner.kind == "ref")

    @property
    def name(self) -> str:
        return self._member.name

    def by_owner(self) -> dict[str, Items]:
        """All there are, by the guid of their owner: foreign keys cannot be searched for. Raises Retry, StopAgenda."""
        method = f"Get{self._spec.folder}"
        items = self._session.ask(method, includeForeignKeys=True).at("Data")
        if not isinstance(items, list) or not all(isinstance(item, dict) and same(item.get(GUID)) for item in items):
            raise Failure("unreadable", f"POST {method}").error()
        found: dict[str, Items] = {}
        for item in items:
            found.setdefault(same(item.get(self._spec.parent)), []).append(item)
        return found

    def rows(self, items: Iterable[Mapping[str, Any]]) -> list[Row] | None:
        """Their canonical rows, in an order of their own."""
        return in_order(self._shape.line(self._member, item) for item in items) or None

    def change(self, owner: str, wanted: Sequence[Row], there: Sequence[Mapping[str, Any]], until: float) -> None:
        """Make the owner's what is wanted, with few calls. Raises ValueError, Failure when nothing was sent, Unsure."""
        left = {self._shape.line(self._member, item).get(self._reference): item for item in reversed(there)}
        twice = [item for item in there if all(item is not one for one in left.values())]
        saved = [sent for row in wanted if (sent := self._saved(owner, row, left.pop(row.get(self._reference), None)))]
        calls = [(f"Save{self._spec.singular}", {"transmitObject": sent, "dieOnItemConflict": True}) for sent in saved]
        gone = [same(item.get(GUID)) for item in (*left.values(), *twice)]
        calls += [(f"Delete{self._spec.singular}", {"itemGuid": guid}) for guid in gone]
        for number, (method, members) in enumerate(calls):
            try:
                self._session.tell(method, until, **members)
            except (Failure, BridgeError) as error:
                if not number and isinstance(error, Failure):
                    raise
                raise Unsure(f"{number} of {len(calls)} calls went through: {error}") from None

    def _saved(self, owner: str, row: Row, known: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """What is saved of a row, None when it is there already. Raises ValueError naming the field that cannot go."""
        if known is not None and canonical(self._shape.line(self._member, known)) == canonical(row):
            return None
        sent: dict[str, Any] = {self._spec.parent: owner}
        for name, inner in self._member.inner.items():
            try:
                sent[inner.wire] = wire_value(self._shape, inner, row.get(name))
            except ValueError as error:
                raise ValueError(f"{self._member.name}.{name}: {error}") from None
        if known is not None:
            return {GUID: same(known.get(GUID)), VERSION: int(known.get(VERSION) or 0) + 1, **sent}
        return {GUID: str(uuid5(UUID(owner), f"{self._spec.folder} {row.get(self._reference)}")), VERSION: 1, **sent}
