"""The live columns of a folder held against the file, before anything is read or written with wrong names."""

import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pohoda_bridge.crm.eway.member import Member
from pohoda_bridge.crm.eway.rights import Rights
from pohoda_bridge.crm.eway.session import Session
from pohoda_bridge.crm.eway.shape import Shape
from pohoda_bridge.errors import StopAgenda

log = logging.getLogger(__name__)


def describe(session: Session, shape: Shape, rights: Rights) -> Mapping[str, str]:
    """Canonical name -> kind. StopAgenda names each column that is gone or hidden, and custom fields that do not fit.

    A service that does not tell its columns is trusted to be what the file says.
    """
    if hidden := list(rights.closed(shape)):
        raise StopAgenda(f"{shape.agenda}: " + "; ".join(hidden))
    told = session.ask("GetColumns", includeAdditionalFields=True).at("Data") or ()
    live = _live(told, shape.folder)
    if not live:
        log.info("eWay-CRM does not tell the columns of %s; its file is trusted", shape.folder)
    faults = list(_gone(shape.folder, shape.members.values(), live, shape.unlisted))
    for member in shape.members.values():
        if member.inner:
            inside = _live(told, member.wire)
            faults += _gone(member.wire, member.inner.values(), inside, set())
    book = shape.listed(shape.spec.kind) if shape.spec.kind else None
    lacking = [kind for kind in shape.kinds if book and not book.guid(kind)]
    faults += [f"{shape.folder} has no {kind!r} in its list of {shape.spec.kind}" for kind in lacking]
    if faults:
        raise StopAgenda(f"{shape.agenda}: " + "; ".join(faults) + f". Mend {shape.crm.crm}.yaml or the link's fields")
    return {name: member.kind for name, member in shape.members.items()}


def _live(told: Iterable[Any], folder: str) -> dict[str, str]:
    """The columns of a folder, by their names in small letters."""
    mine = [one for one in told if isinstance(one, dict) and one.get("FolderName", folder) == folder]
    return {str(one["ColumnName"]).casefold(): str(one["ColumnName"]) for one in mine if one.get("ColumnName")}


def _gone(
    folder: str, members: Iterable[Member], live: Mapping[str, str], hidden: Collection[str | None]
) -> Iterator[str]:
    """What is wrong with each member that the folder's columns lack; references are no columns."""
    for member in members:
        if live and member.kind != "ref" and member.wire not in hidden and member.wire.casefold() not in live:
            yield f"{folder} has no {member.wire} any more ({member.name}){_nearest(member.wire, live)}"


def _nearest(wire: str, live: Mapping[str, str]) -> str:
    close = get_close_matches(wire.casefold(), live, n=1)
    return f"; the nearest is {live[close[0]]}" if close else ""
