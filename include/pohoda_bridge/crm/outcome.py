"""The answer for one item: what the table of failures makes of a failed write, in words for the quarantine."""

from collections.abc import Mapping
from typing import Any, Protocol

from pohoda_bridge.crm.answer import at
from pohoda_bridge.crm.api import Api
from pohoda_bridge.crm.failure import ON_WRITE, Failure
from pohoda_bridge.errors import BridgeError, StopAgenda
from pohoda_bridge.side import Answer, Item

UNSENT = "not sent: the item before it got no certain answer"


class Canonical(Protocol):
    """What reasons ask of an agenda."""

    def canonical(self, wire: str) -> str: ...


def answer_of(shape: Canonical, item: Item, failure: Failure, *, sent: bool) -> Answer:
    """The answer that the table gives for a failed write.

    Raises StopAgenda only when nothing was `sent` before it: later it would take the answers of the items before with
    it, so the item is to be retried, and the next call meets the same stop.
    """
    step = ON_WRITE[failure.kind]
    if failure.kind == "gone" and item.action == "create":
        step = "stop"
    if step == "stop" and not sent:
        raise StopAgenda(str(failure)) from None
    if step == "doubt":
        return Answer(item.id, "doubt", reasons=(str(failure),), details={"status": failure.status})
    if step != "refused":
        return Answer(item.id, "retry", reasons=(str(failure),), details={"status": failure.status})
    details: dict[str, object] = {"status": failure.status, "codes": failure.codes}
    if failure.kind in {"gone", "conflict"}:
        details[failure.kind] = True
    return Answer(item.id, "refused", reasons=reasons(shape, failure), details=details)


def kept_back(item: Item, error: ValueError | BridgeError, *, sent: bool) -> Answer:
    """The answer of an item that did not go out: refused for a value that cannot go, else to be tried again.

    Raises StopAgenda only when nothing was `sent` before it, as `answer_of`.
    """
    if isinstance(error, StopAgenda) and not sent:
        raise error
    if isinstance(error, BridgeError):
        return Answer(item.id, "retry", reasons=(error.text,))
    return Answer(item.id, "refused", reasons=(str(error),))


def reasons(shape: Canonical, failure: Failure) -> tuple[str, ...]:
    """The service's reasons with canonical names first, for the person who looks at the quarantine."""
    if failure.kind == "gone":
        return ("the record is gone from the CRM",)
    told = tuple(
        ": ".join(filter(None, (shape.canonical(field), text or code))) for field, code, text in failure.problems
    )
    if failure.kind == "conflict":
        return (failure.text or str(failure), *told)
    return told or (failure.text or str(failure),)


def details_of(api: Api, answered: Any) -> Mapping[str, object]:
    """`action`: what the service did (created, updated, unchanged, relinked), where it says so."""
    action = at(answered, api.envelope.action) if api.envelope.action else None
    names = {wire: name for name, wire in api.actions.items()}
    return {"action": names[action]} if isinstance(action, str) and action in names else {}
